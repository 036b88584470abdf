"""Text in the columns of a terminal, by the width that it gives to letters: tables, and lines that are broken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from textwrap import wrap

BETWEEN_COLUMNS = "  "


def aligned(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> Iterator[str]:
    """The rows, their columns two spaces apart: those that are named to the left, the others to the right."""
    from rich.cells import cell_len

    widths = column_widths(rows)
    for row in rows:
        cells = []
        for i, (width, cell) in enumerate(zip(widths, row, strict=True)):
            pad = " " * (width - cell_len(cell))
            cells.append(cell + pad if i in left else pad + cell)
        yield BETWEEN_COLUMNS.join(cells).rstrip()


def column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns of a terminal that each column of cells takes."""
    from rich.cells import cell_len

    return [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []


def table_width(widths: Sequence[int]) -> int:
    """The columns of a terminal that a table of such columns takes."""
    return sum(widths) + len(BETWEEN_COLUMNS) * (len(widths) - 1)


def table_parts(rows: Sequence[Sequence[str]], width: int) -> Iterator[list[list[str]]]:
    """The table in parts of at most a width, each with the first column in front; where not even one other fits beside
    it, that one."""
    widths, taken = column_widths(rows), [0]
    for column in range(1, len(widths)):
        if len(taken) > 1 and table_width([widths[i] for i in (*taken, column)]) > width:
            yield [[row[i] for i in taken] for row in rows]
            taken = [0]
        taken.append(column)
    yield [[row[i] for i in taken] for row in rows]


def wrapped(
    text: str, width: int, indent: str = "", hanging: str | None = None, *, long_words: bool = False
) -> list[str]:
    """The text in lines of at most a width, broken at spaces alone; `hanging` is the indent of all but the first one.

    `long_words`: a word that is longer than a line is broken, too.
    """
    from rich.cells import cell_len

    if is_wide := not text.isascii():  # such letters count twice, but for one at the end of a part of a long word
        text = "".join(letter + "\0" * (cell_len(letter) - 1) for letter in text)
    lines = wrap(
        text,
        width - (is_wide and long_words),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=long_words,
        break_on_hyphens=False,
    )
    return [line.replace("\0", "") for line in lines]
