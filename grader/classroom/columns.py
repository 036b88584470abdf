"""Cells as columns of text, by the width that a terminal gives to letters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence


def aligned(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> Iterator[str]:
    """The rows, their columns two spaces apart: those that are named to the left, the others to the right."""
    from rich.cells import cell_len

    widths = column_widths(rows)
    for row in rows:
        cells = []
        for i, (width, cell) in enumerate(zip(widths, row, strict=True)):
            pad = " " * (width - cell_len(cell))
            cells.append(cell + pad if i in left else pad + cell)
        yield "  ".join(cells).rstrip()


def column_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns of a terminal that each column of cells takes."""
    from rich.cells import cell_len

    return [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
