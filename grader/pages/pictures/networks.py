"""A network with an answer's weights as a diagram: layers from left to right, the inputs first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

from grader.page_details import DrawnEdge, DrawnNetwork, DrawnUnit
from grader.pages.pictures.network_edges import UnitBox, drawn_edges, label_of, sign_of
from grader.pages.pictures.svg import (
    clipped,
    figure,
    folded,
    heading,
    label,
    number,
    scrolling,
    svg,
    table,
    text_at,
    width_of,
)

MAX_PICTURE_UNITS, MAX_PICTURE_EDGES = 60, 240
"""Units and edges of one picture; what is left out is counted in its caption."""

MAX_KEPT_NETWORK_DIAGRAMS = 128
"""Diagrams that are kept: right answers, and wrong ones that many students hand in, are drawn once."""

MAX_UNIT_CHARACTERS = 18

UNIT_LINE_HEIGHT, UNIT_GAP, LAYER_COLUMN_GAP = 14, 26, 84
"""Pixels of a line of text in a unit, between two units, and between two layers."""

MAX_LAYER_COLUMN_GAP = 190
"""Pixels between two layers that many edges join."""

NETWORK_LOOP_PIXELS = 34
"""Pixels above a unit that an edge to itself takes, with its weight."""


@lru_cache(maxsize=MAX_KEPT_NETWORK_DIAGRAMS)
def network_diagram(network: DrawnNetwork) -> Markup:
    """The units in layers, an edge a weight by sign and size; the weights as a table below. Empty without units."""
    if not network.units:
        return Markup()
    units = network.units[:MAX_PICTURE_UNITS]
    names = {unit.name for unit in units}
    edges = [edge for edge in network.edges if edge.source in names and edge.target in names][:MAX_PICTURE_EDGES]
    loops = all(edge.source == edge.target for edge in edges if edge.lag)
    units, edges = (units, edges) if loops else _with_past(units, edges)
    longest = max((width_of(label_of(edge)) for edge in edges if edge.source != edge.target), default=0.0)
    column_gap = max(LAYER_COLUMN_GAP, longest * 1.5 + 20, min(MAX_LAYER_COLUMN_GAP, 12.0 * _densest(units, edges)))
    boxes, width, height = _laid_out(units, any(edge.lag for edge in edges), column_gap)
    lines, weights = drawn_edges(edges, boxes)
    body = [*lines, *(part for box in boxes.values() for part in _unit(box)), *weights]
    title = "The network with these weights"
    image = svg(title, _description(network), (width, height), body)
    rows = [(edge.source, edge.target, edge.weight or "not times a number", _when(edge)) for edge in network.edges]
    listed = table("Weights", ["from", "to", "weight", "when"], rows[:MAX_PICTURE_EDGES])
    parts = [heading(title), _legend(edges), scrolling(image, title, width), folded("Weights as a table", listed)]
    return figure(
        "network",
        parts,
        _caption(network, len(network.units) - len(names), len(rows), loops, len(weights) < len(edges)),
    )


def _densest(units: Sequence[DrawnUnit], edges: Sequence[DrawnEdge]) -> int:
    """The most edges that go into one layer."""
    layers = {unit.name: unit.layer for unit in units}
    return max(Counter(layers[edge.target] for edge in edges).values(), default=0)


def _with_past(units: Sequence[DrawnUnit], edges: Sequence[DrawnEdge]) -> tuple[tuple[DrawnUnit, ...], list[DrawnEdge]]:
    """What goes in from earlier steps as units of its own beside the inputs."""
    past = {(edge.source, edge.lag): f"{clipped(edge.source)} (t-{edge.lag})" for edge in edges if edge.lag}
    before = tuple(DrawnUnit(name, 0, is_input=True) for name in past.values())
    moved = [replace(e, source=past[e.source, e.lag], lag=0) if e.lag else e for e in edges]
    return (*units, *before), moved


def _laid_out(
    units: Sequence[DrawnUnit], has_loops: bool, column_gap: float
) -> tuple[dict[str, UnitBox], float, float]:
    """Every unit's box by its name, and the size of the picture."""
    layers = [list(group) for _, group in groupby(sorted(units, key=lambda unit: unit.layer), lambda unit: unit.layer)]
    lines = {unit.name: _lines(unit) for unit in units}
    gap = UNIT_GAP + (NETWORK_LOOP_PIXELS - 12 if has_loops else 0)
    heights = [sum(_height(lines[unit.name]) for unit in layer) + gap * len(layer) for layer in layers]
    height = max(heights)
    boxes: dict[str, UnitBox] = {}
    left = 4.0
    for layer, own in zip(layers, heights, strict=True):
        width = max(46.0, *(width_of(line) + 12 for unit in layer for line in lines[unit.name]))
        y = (height - own) / 2 + (NETWORK_LOOP_PIXELS if has_loops else UNIT_GAP / 2)
        for unit in layer:
            size = _height(lines[unit.name])
            boxes[unit.name] = UnitBox(unit, lines[unit.name], left + width / 2, y + size / 2, width, size)
            y += size + gap
        left += width + column_gap
    margin = 40 if has_loops else 6
    return boxes, left - column_gap + margin, height - gap + (NETWORK_LOOP_PIXELS + 6 if has_loops else UNIT_GAP)


def _lines(unit: DrawnUnit) -> tuple[str, ...]:
    parts = [unit.name, f"bias {unit.bias}" if unit.bias else "", unit.does]
    return tuple(clipped(part, MAX_UNIT_CHARACTERS) for part in parts if part)


def _height(lines: Sequence[str]) -> float:
    return 10 + UNIT_LINE_HEIGHT * len(lines)


def _unit(box: UnitBox) -> Iterator[str]:
    """The box of a unit with its texts; its whole name, bias and function in a tooltip."""
    kind = "input" if box.unit.is_input else "output" if box.unit.is_output else "hidden"
    top, left = box.y - box.height / 2, box.x - box.width / 2
    whole = ", ".join(
        part for part in (box.unit.name, box.unit.bias and f"bias {box.unit.bias}", box.unit.does) if part
    )
    yield (
        f'<g class="unit {kind}"><title>{label(whole, 200)}</title><rect x="{number(left)}" y="{number(top)}"'
        f' width="{number(box.width)}" height="{number(box.height)}" rx="{3 if box.unit.is_input else 10}"/>'
    )
    for i, line in enumerate(box.lines):
        yield text_at(box.x, top + 16 + UNIT_LINE_HEIGHT * i, line, "middle" if i else "middle name")
    yield "</g>"


def _legend(edges: Sequence[DrawnEdge]) -> str:
    """What the lines mean, as far as there are such."""
    words = {
        "positive": "weight above 0",
        "negative": "below 0",
        "zero": "0",
        "many": "many weights",
        "other": "goes in otherwise than times a weight",
    }
    present = {sign_of(edge) for edge in edges}
    keys = "".join(f'<span class="key edge-{sign}">{text}</span>' for sign, text in words.items() if sign in present)
    return f'<p class="legend" aria-hidden="true">{keys}</p>' if keys else ""


def _when(edge: DrawnEdge) -> str:
    return "the same step" if not edge.lag else f"{edge.lag} {'step' if edge.lag == 1 else 'steps'} before"


def _description(network: DrawnNetwork) -> str:
    """Every unit with what goes into it, as long as that is short."""
    said = []
    for unit in network.units[:12]:
        sources = [
            f"{clipped(e.source)} times {clipped(e.weight)}" if e.weight else clipped(e.source)
            for e in network.edges
            if e.target == unit.name
        ]
        if sources:
            said.append(
                f"Into {clipped(unit.name)} go {', '.join(sources[:8])}{', and more' if len(sources) > 8 else ''}."
            )
    return " ".join(said) or "There are no weights between units."


def _caption(network: DrawnNetwork, units: int, edges: int, loops: bool, unlabelled: bool) -> str:
    said = ["A wider line is a weight that is farther from 0."]
    if not loops:
        said.append("What goes in from the step before stands on the left, as (t-1).")
    said += [f"{note[:1].upper()}{note[1:200]}." for note in network.notes]
    if units:
        said.append(f"{units} more units are left out.")
    if edges > MAX_PICTURE_EDGES:
        said.append(f"{edges - MAX_PICTURE_EDGES} more weights are left out.")
    if unlabelled:
        said.append("Weights that have no room in the picture are in the table.")
    return " ".join(said)
