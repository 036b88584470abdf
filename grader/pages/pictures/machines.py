"""Minimal machines as state diagrams, the answer's beside the wanted one; large ones as tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup

from grader.network_details import MachineTable, MinimalMachines
from grader.page_details import MachinePath
from grader.pages.pictures.graphviz_layout import graphviz_layout
from grader.pages.pictures.layered_layout import GraphLayout, PlacedArrow, layered_layout
from grader.pages.pictures.machine_graph import (
    ANY_OUTPUT,
    LABEL_LINE_HEIGHT,
    STATE_HEIGHT,
    Arrow,
    MachineGraph,
    machine_graph,
    state_name,
)
from grader.pages.pictures.svg import (
    arrow_head,
    clipped,
    figure,
    folded,
    heading,
    number,
    scrolling,
    svg,
    table,
    text_at,
)

MAX_TABLE_STATES, MAX_TABLE_INPUTS = 24, 12
"""Rows and columns of a machine as a table; how many are left out is said."""

MAX_KEPT_DIAGRAMS = 128
"""Diagrams that are kept: the wanted machine, and wrong ones that many students hand in, are drawn once."""

MARGIN, START_LENGTH = 6, 26
"""Pixels around a diagram, and of the arrow that says where a machine starts."""


def state_diagrams(machines: MinimalMachines, path: MachinePath | None = None) -> Markup:
    """The answer's machine beside the wanted one (where it is shown), the path of a counterexample in one colour.

    Empty where the answer has no machine.
    """
    if machines.answer is None:
        return Markup()
    both = [("Yours", machines.answer), *([("Wanted", machines.wanted)] if machines.wanted is not None else [])]
    steps = tuple(path.inputs) if path is not None else ()
    title = heading("What the network does, as the smallest machine")
    parts = [title, f'<div class="machine-pair">{"".join(_machine(title, one, steps) for title, one in both)}</div>']
    return figure("machines", parts, _caption(machines, path))


@lru_cache(maxsize=MAX_KEPT_DIAGRAMS)
def _machine(title: str, found: MachineTable, path: tuple[int, ...]) -> str:
    """One machine: its diagram with the table below, or the table alone where it is too large."""
    count = len(found.states)
    states = f"{count} state{'s' * (count != 1)}"
    graph = machine_graph(found, path)
    layout = graphviz_layout(graph) or layered_layout(graph)
    listed = _table(title, found)
    if layout is None:
        why = f"This machine has {states}, too many for a diagram: here it is as a table."
        shown = f'<p class="too-large">{why}</p>{listed}'
    else:
        width, height = layout.width + 2 * MARGIN + START_LENGTH, layout.height + 2 * MARGIN
        name = f"{title}: a machine with {states}"
        image = svg(name, _description(found), (width, height), _drawn(graph, layout))
        shown = scrolling(image, name, width) + folded(f"{title}, as a table", listed)
    return f'<div class="machine">{heading(f"{title}: {states}")}{shown}</div>'


def _drawn(graph: MachineGraph, layout: GraphLayout) -> Iterator[str]:
    """All arrows, those of the path last, then the states, then all texts."""
    yield f'<g transform="translate({MARGIN + START_LENGTH} {MARGIN})">'
    arrows = sorted(graph.arrows, key=lambda arrow: arrow.on_path)
    placed = layout.arrows
    for arrow in arrows:
        yield from _arrow(arrow, placed[arrow.source, arrow.target])
    on_path = {state for arrow in graph.arrows if arrow.on_path for state in (arrow.source, arrow.target)}
    x, y = layout.states[0]
    left = x - graph.width(0) / 2
    yield f'<path class="step" d="M{number(left - START_LENGTH)},{number(y)}L{number(left - 8)},{number(y)}"/>'
    yield arrow_head((left, y), (left - START_LENGTH, y), "step")
    for i, (x, y) in enumerate(layout.states):
        width = graph.width(i)
        classes = "state on-path" if i in on_path else "state"
        yield (
            f'<rect class="{classes}" x="{number(x - width / 2)}" y="{number(y - STATE_HEIGHT / 2)}"'
            f' width="{number(width)}" height="{STATE_HEIGHT}" rx="{STATE_HEIGHT // 2}"/>'
        )
        yield text_at(x, y + 4, graph.states[i], "middle name")
    for arrow in arrows:
        yield from _texts(arrow, placed[arrow.source, arrow.target])
    yield "</g>"


def _arrow(arrow: Arrow, placed: PlacedArrow) -> Iterator[str]:
    classes = "step on-path" if arrow.on_path else "step"
    start, *rest = (f"{number(x)},{number(y)}" for x, y in placed.curve)
    yield f'<path class="{classes}" d="M{start}C{" ".join(rest)}"/>{arrow_head(placed.tip, placed.curve[-1], classes)}'


def _texts(arrow: Arrow, placed: PlacedArrow) -> Iterator[str]:
    x, y = placed.text
    top = y - LABEL_LINE_HEIGHT * len(arrow.lines) / 2
    for i, line in enumerate(arrow.lines):
        classes = "middle step-text on-path" if line.on_path else "middle step-text"
        yield text_at(x, top + LABEL_LINE_HEIGHT * (i + 1) - 3, line.text, classes, 80)


def _description(found: MachineTable) -> str:
    """The first steps in sentences, input, output and next state; the table below has all."""
    said = []
    for state, row in enumerate(found.steps[:8]):
        steps = [
            f"on {clipped(name, 12)} {clipped(step.output, 12) or ANY_OUTPUT}, to {state_name(found, step.target)}"
            for name, step in zip(found.inputs[:8], row, strict=False)
            if step is not None
        ]
        said.append(f"From {state_name(found, state)}: {'; '.join(steps) or 'no step'}.")
    return " ".join(said)


def _table(title: str, found: MachineTable) -> str:
    """A row a state: the output and the next state by input."""
    inputs, states = found.inputs[:MAX_TABLE_INPUTS], found.states[:MAX_TABLE_STATES]
    rows = []
    for state, row in enumerate(found.steps[: len(states)]):
        cells = [
            "-" if step is None else f"{step.output or ANY_OUTPUT}, {state_name(found, step.target)}" for step in row
        ]
        rows.append([state_name(found, state), *cells[: len(inputs)]])
    left_out = [
        f"{len(found.states) - len(states)} more states" if len(found.states) > len(states) else "",
        f"{len(found.inputs) - len(inputs)} more inputs" if len(found.inputs) > len(inputs) else "",
    ]
    more = f" (left out: {' and '.join(filter(None, left_out))})" if any(left_out) else ""
    return table(f"{title}: output and next state{more}", ["state", *(f"on {name}" for name in inputs)], rows)


def _caption(machines: MinimalMachines, path: MachinePath | None) -> str:
    said = ["An arrow is a step: input / output."]
    tables = [one for one in (machines.answer, machines.wanted) if one is not None]
    if path is not None and path.inputs:
        cut = f", as far as its first {len(path.inputs)} steps" if path.cut else ""
        said.append(f"The marked steps are those of the counterexample to “{clipped(path.check, 80)}”{cut}.")
    if any(step is not None and not step.output for one in tables for row in one.steps for step in row):
        said.append(f"“{ANY_OUTPUT}”: the output does not count there.")
    said += [
        f"{whose} output for the empty input: {clipped(one.empty, 40)}."
        for whose, one in zip(("Your", "The wanted"), tables, strict=False)
        if one.empty
    ]
    if machines.joined_outputs:
        said.append("Outputs that `accept` does not tell apart are shown as one.")
    return " ".join(said)
