"""A function's wrong call: arguments, what came and what was wanted, as small tables, or heat maps where large."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from grader.page_details import ShownArray, ShownCall
from grader.pages.pictures.axis import share_between
from grader.pages.pictures.svg import clipped, figure, folded, heading, label, number, scrolling, svg, text_at

MAX_PLAIN_ROWS, MAX_PLAIN_COLUMNS = 8, 8
"""Rows and columns of an array up to which it is a table of numbers at once; a larger one is a heat map first."""

CELL_PIXELS = 14

COLOUR_LEVELS = 6
"""Shades of a heat map, from the smallest number to the largest."""

MAX_VALUE_CHARACTERS = 400

MAX_ENTRY_CHARACTERS = 24
"""Characters of a cell: any double with all of its digits."""


def call_picture(call: ShownCall) -> Markup:
    """The arguments, what came and what was wanted; the cells that are wrong are marked in both tables."""
    parts = [_group("Called with", call.arguments)]
    wrong = [one.wrong for one in call.got]
    parts.append(_group("It gave", call.got, wrong))
    if call.wanted:
        parts.append(_group("Wanted", call.wanted, wrong if len(wrong) == len(call.wanted) else ()))
    if call.rule:
        parts.append(f'<div class="values">{heading("Wanted")}<p><code>{_text(call.rule)}</code></p></div>')
    return figure("call", [f'<div class="call-values">{"".join(parts)}</div>'], _caption(call))


MarkedCells = Sequence[tuple[int, int]]


def _group(title: str, values: Sequence[ShownArray], wrong: Sequence[MarkedCells] = ()) -> str:
    """Values below a title; `wrong` has for each of them the cells to mark."""
    marks = [*wrong, *[()] * (len(values) - len(wrong))]
    shown = "".join(_value(title, value, places) for value, places in zip(values, marks, strict=True))
    return f'<div class="values">{heading(title)}{shown or "<p>no arguments</p>"}</div>'


def _value(title: str, value: ShownArray, wrong: MarkedCells) -> str:
    name = f"{clipped(value.name, 40)}{_kind(value)}"
    if not value.cells:
        mark = ' class="wrong-cell"' if wrong else ""
        said = '<span class="unseen">wrong: </span>' if wrong else ""
        return f"<p>{label(name, 80)}: {said}<code{mark}>{_text(value.text)}</code></p>"
    caption = f"{name}{_kept(value)}"
    numbers = _table(caption, value, wrong)
    if len(value.cells) <= MAX_PLAIN_ROWS and len(value.cells[0]) <= MAX_PLAIN_COLUMNS:
        return numbers
    entries = {cell for row in value.cells for cell in row}
    if len(entries) == 1 and not wrong:
        return f"<p>{label(caption, 200)}: every cell is {label(entries.pop(), MAX_ENTRY_CHARACTERS)}</p>"
    return _heat_map(f"{title}: {caption}", value, wrong) + folded(f"{name} in numbers", numbers)


def _kind(value: ShownArray) -> str:
    """`, shape (3, 2), float32`."""
    shape = f", shape {value.shape}" if value.shape else ""
    return f"{shape}, {clipped(value.dtype, 16)}" if value.dtype else shape


def _kept(value: ShownArray) -> str:
    """What of an array is shown, where that is not all."""
    rows, columns = value.shape if len(value.shape) == 2 else (1, value.shape[0] if value.shape else 0)
    shown_rows, shown_columns = len(value.cells), len(value.cells[0])
    if (shown_rows, shown_columns) == (rows, columns):
        return ""
    top, left = value.origin
    return f" (rows {top} to {top + shown_rows - 1} and columns {left} to {left + shown_columns - 1})"


def _table(caption: str, value: ShownArray, wrong: MarkedCells) -> str:
    """The cells with their indices; a wrong one has a mark that is also read out."""
    top, left = value.origin
    marked = set(wrong)
    is_vector = len(value.shape) != 2
    head = "".join(f'<th scope="col">{left + j}</th>' for j in range(len(value.cells[0])))
    corner = "" if is_vector else '<td class="corner"></td>'
    rows = []
    for i, row in enumerate(value.cells, top):
        cells = "".join(
            f'<td class="wrong-cell"><span class="unseen">wrong: </span>{label(cell, MAX_ENTRY_CHARACTERS)}</td>'
            if (i, j) in marked
            else f"<td>{label(cell, MAX_ENTRY_CHARACTERS)}</td>"
            for j, cell in enumerate(row, left)
        )
        rows.append(f"<tr>{cells}</tr>" if is_vector else f'<tr><th scope="row">{i}</th>{cells}</tr>')
    inner = (
        f'<table class="data cells"><caption>{label(caption, 200)}</caption><thead><tr>{corner}{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    return scrolling(inner, caption, math.inf)


def _heat_map(caption: str, value: ShownArray, wrong: MarkedCells) -> str:
    """Shades from the smallest number to the largest, a cross on wrong cells, a text on those that are no number."""
    numbers = [[_number(cell) for cell in row] for row in value.cells]
    finite = [x for row in numbers for x in row if math.isfinite(x)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    squares: dict[int, list[str]] = {}
    texts = []
    for i, row in enumerate(numbers):
        for j, x in enumerate(row):
            place = f"M{j * CELL_PIXELS},{i * CELL_PIXELS}h{CELL_PIXELS}v{CELL_PIXELS}h-{CELL_PIXELS}z"
            if math.isfinite(x):
                squares.setdefault(_level(x, low, high), []).append(place)
            else:
                middle = (j + 0.5) * CELL_PIXELS, (i + 0.5) * CELL_PIXELS + 4
                texts.append(text_at(*middle, _sign(x), "middle no-number"))
    body = [f'<path class="level-{level}" d="{"".join(places)}"/>' for level, places in sorted(squares.items())]
    top, left = value.origin
    crosses = "".join(_cross(i - top, j - left) for i, j in wrong)
    marks = ("wrong-halo", "wrong-mark") if crosses else ()
    body += [*texts, *(f'<path class="{mark}" d="{crosses}"/>' for mark in marks)]
    width, height = len(numbers[0]) * CELL_PIXELS, len(numbers) * CELL_PIXELS
    said = f"Shades from {low:.4g} to {high:.4g}. {_wrong_in_words(wrong)}"
    image = svg(caption, said, (width, height), body)
    return f"<p>{label(caption, 200)}: {label(said, 400)}</p>{scrolling(image, caption, width)}"


def _level(x: float, low: float, high: float) -> int:
    """The shade of a number."""
    return min(COLOUR_LEVELS - 1, int(share_between(low, high, x) * COLOUR_LEVELS)) if low < high else 0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _sign(x: float) -> str:
    return "?" if x != x else "∞" if x > 0 else "-∞"


def _cross(i: int, j: int) -> str:
    x, y, size = j * CELL_PIXELS + 3, i * CELL_PIXELS + 3, CELL_PIXELS - 6
    return f"M{number(x)},{number(y)}l{size},{size}M{number(x + size)},{number(y)}l-{size},{size}"


def _wrong_in_words(wrong: MarkedCells) -> str:
    if not wrong:
        return ""
    shown = ", ".join(f"({i}, {j})" for i, j in wrong[:5])
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    return f"A cross marks what is wrong: row and column {shown}{more}."


def _text(text: str) -> str:
    return label(text, MAX_VALUE_CHARACTERS)


def _caption(call: ShownCall) -> str:
    different = [
        f"{clipped(got.name, 40)} has the shape {got.shape}, wanted is {wanted.shape}"
        for got, wanted in zip(call.got, call.wanted, strict=False)
        if got.shape and wanted.shape and got.shape != wanted.shape
    ]
    return f"{'; '.join(different)}." if different else ""
