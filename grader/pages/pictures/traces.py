"""A counterexample's trace as a plot: a row a quantity, a column a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from grader.evidence import Counterexample, TraceStep
from grader.pages.pictures.axis import PlotAxis, axis_of
from grader.pages.pictures.quantities import PlottedSeries, PlottedValue, series_of
from grader.pages.pictures.svg import (
    MAX_FITTING_WIDTH,
    clipped,
    figure,
    number,
    points,
    scrolling,
    svg,
    text_at,
    width_of,
)

MAX_PLOT_ROWS = 8
"""Quantities that are plotted; the page's table has all."""

MAX_INPUT_CHARACTERS_IN_PLOT = 6

TRACE_LEFT, TRACE_RIGHT = 46, 14
"""Pixels beside the columns: the numbers of the axes stand on the left."""

TRACE_LINE_HEIGHT, ROW_HEIGHT, PLOT_HEIGHT = 16, 66, 36
"""Pixels of a line of text, of a row, and of its part with points."""

MIN_COLUMN_PIXELS, MAX_COLUMN_PIXELS = 26, 64
"""Pixels of a step; more only where its inputs are longer."""


def trace_plot(found: Counterexample) -> Markup:
    """Units and output over time, the answer's beside what was wanted, the first wrong step marked.

    The page shows the trace as a table beside it. Empty where there is no number to plot.
    """
    series = series_of(found.trace) if found.trace else []
    plottable = [one for one in series if one.numbers]
    if not plottable:
        return Markup()
    rows = plottable[:MAX_PLOT_ROWS]
    columns = _Columns(found.trace)
    top = TRACE_LINE_HEIGHT * (len(columns.inputs) + 1) + 4
    height = top + ROW_HEIGHT * len(rows) + TRACE_LINE_HEIGHT
    body = [*columns.band(found.first_wrong_step, height), *columns.head(), *columns.foot(height)]
    for i, row in enumerate(rows):
        body += _row(row, columns, top + ROW_HEIGHT * i, found.trace)
    title = f"Trace on {found.input_in_words}"
    image = svg(title, _description(found, rows), (columns.width, height), body)
    return figure(
        "trace",
        [_legend(rows, found.trace), scrolling(image, title, columns.width)],
        _caption(found, len(series) - len(rows)),
    )


class _Columns:
    """Where the steps of a trace lie, and what stands above and below them."""

    def __init__(self, trace: Sequence[TraceStep]) -> None:
        self.trace = trace
        self.inputs = list(dict.fromkeys(name for step in trace for name in step.inputs))
        longest = max(
            (width_of(clipped(text, MAX_INPUT_CHARACTERS_IN_PLOT)) for step in trace for text in step.inputs.values()),
            default=0.0,
        )
        even = (MAX_FITTING_WIDTH - TRACE_LEFT - TRACE_RIGHT) / len(trace)
        self.step = max(MIN_COLUMN_PIXELS, longest + 4, min(MAX_COLUMN_PIXELS, even))
        names = max((width_of(clipped(name, 12)) for name in self.inputs), default=0.0)
        self.left = max(TRACE_LEFT, names + 10)
        self.width = max(220.0, self.left + self.step * len(trace) + TRACE_RIGHT)

    def x(self, i: int) -> float:
        """The middle of a column."""
        return self.left + self.step * (i + 0.5)

    def band(self, wrong_step: int | None, height: float) -> Iterator[str]:
        for i, step in enumerate(self.trace):
            if step.t == wrong_step:
                x = number(self.left + self.step * i)
                yield f'<rect class="first-wrong" x="{x}" y="0" width="{number(self.step)}" height="{number(height)}"/>'

    def head(self) -> Iterator[str]:
        """The inputs, a line each."""
        for line, name in enumerate(self.inputs):
            y = TRACE_LINE_HEIGHT * (line + 1) - 3
            yield text_at(self.left - 8, y, name, "end name", 12)
            for i, step in enumerate(self.trace):
                if text := step.inputs.get(name, ""):
                    yield text_at(self.x(i), y, text, "middle", MAX_INPUT_CHARACTERS_IN_PLOT)

    def foot(self, height: float) -> Iterator[str]:
        """The number of each step."""
        yield text_at(self.left - 8, height - 4, "step", "end quiet")
        for i, step in enumerate(self.trace):
            yield text_at(self.x(i), height - 4, str(step.t), "middle quiet")


def _row(row: PlottedSeries, columns: _Columns, top: float, trace: Sequence[TraceStep]) -> Iterator[str]:
    """One quantity: its name, its axis, and the points of the answer and of what was wanted."""
    axis = axis_of(row.numbers, top + TRACE_LINE_HEIGHT + 6, top + TRACE_LINE_HEIGHT + 6 + PLOT_HEIGHT)
    name = row.name if row.answer else f"wanted: {row.name}"
    yield text_at(columns.left, top + TRACE_LINE_HEIGHT - 6, name, "name", 36)
    right = columns.left + columns.step * len(trace)
    for end, text in axis.ends:
        y = number(axis.at(end))
        yield f'<line class="grid" x1="{number(columns.left)}" y1="{y}" x2="{number(right)}" y2="{y}"/>'
        yield text_at(columns.left - 6, axis.at(end) + 4, text, "end quiet", 9)
    for values, whose in ((row.wanted, "wanted"), (row.answer, "answer")):
        yield from _lines(values, columns, axis, whose)
    for i, value in enumerate(row.wanted):
        if value is not None:
            yield _mark(value, "wanted", columns.x(i), axis)
    for i, value in enumerate(row.answer):
        if value is not None:
            is_wrong = row.is_output and not trace[i].right and trace[i].counts
            yield _mark(value, "answer wrong" if is_wrong else "answer", columns.x(i), axis)


def _lines(values: Sequence[PlottedValue | None], columns: _Columns, axis: PlotAxis, whose: str) -> Iterator[str]:
    """Lines between the points of steps that follow each other."""
    for has_number, run in groupby(enumerate(values), lambda item: item[1] is not None and item[1].number is not None):
        places = [(columns.x(i), axis.at(value.number)) for i, value in run if value and value.number is not None]
        if has_number and len(places) > 1:
            yield f'<polyline class="{whose}" points="{points(places)}"/>'


def _mark(value: PlottedValue, classes: str, x: float, axis: PlotAxis) -> str:
    """A point: round for the answer, crossed where it is wrong, a square for what was wanted; a text for no number."""
    if value.number is None:
        middle = (axis.top + axis.bottom) / 2 + (9 if classes == "wanted" else -1)
        return text_at(x, middle, value.text, f"middle no-number {classes}", 5)
    y = axis.at(value.number)
    if classes == "wanted":
        return f'<rect class="wanted" x="{number(x - 5)}" y="{number(y - 5)}" width="10" height="10"/>'
    circle = f'<circle class="{classes}" cx="{number(x)}" cy="{number(y)}" r="3.5"/>'
    if classes == "answer":
        return circle
    left, top = number(x - 6), number(y - 6)
    return f'{circle}<path class="wrong" d="M{left},{top}l12,12M{number(x + 6)},{top}l-12,12"/>'


def _legend(rows: Sequence[PlottedSeries], trace: Sequence[TraceStep]) -> str:
    """Whose points are which, for those who see; the text alternative says it too."""
    keys = ['<span class="key answer">yours</span>']
    keys += ['<span class="key wanted">wanted</span>'] if any(row.wanted for row in rows) else []
    keys += ['<span class="key wrong">wrong</span>'] if any(step.counts and not step.right for step in trace) else []
    return f'<p class="legend" aria-hidden="true">{"".join(keys)}</p>'


def _description(found: Counterexample, rows: Sequence[PlottedSeries]) -> str:
    """What there is to see, in sentences."""
    steps = found.trace
    said = f"Steps {steps[0].t} to {steps[-1].t} of {', '.join(clipped(row.name) for row in rows)}."
    wrong = next((step for step in steps if step.t == found.first_wrong_step), None)
    if wrong is not None:
        wanted = f", wanted {clipped(wrong.expected, 80)}" if wrong.expected else ""
        said += f" The first wrong step is {wrong.t}: output {clipped(wrong.output, 80)}{wanted}."
    return said


def _caption(found: Counterexample, left_out: int) -> str:
    said = [] if found.first_wrong_step is None else [f"The first wrong step is {found.first_wrong_step}."]
    if len(found.trace) < found.length:
        said.append(f"These are the last {len(found.trace)} of {found.length} steps.")
    if left_out:
        said.append(
            f"{left_out} more {'quantity is' if left_out == 1 else 'quantities are'} not plotted: see the table."
        )
    return " ".join(said)
