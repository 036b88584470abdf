"""Where the states and arrows of a small machine lie, in plain layers: how many steps a state is from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.pages.pictures.boxes import PicturePoint, corners, mean_point, overlap
from grader.pages.pictures.machine_graph import STATE_HEIGHT, Arrow, MachineGraph

MAX_LAYERED_STATES = 12
"""States of a machine that is drawn without Graphviz."""

LAYER_GAP, ROW_GAP, ARROW_SPACE = 34, 40, 8
"""Pixels between two layers beside the texts, between two rows beside them, and between an arrow's tip and its end."""

LOOP_HEIGHT_PIXELS = 30

ARROW_BEND_SHARE = 0.22
"""How far a bent arrow is from straight, as a share of its length."""

TEXT_SHARES = (0.5, 0.35, 0.65, 0.25, 0.75)
"""How far on its way an arrow has its text: the first of these where nothing else stands."""


@dataclass(frozen=True)
class PlacedArrow:
    """An arrow as a curve: a start, then three points for each part of it; its tip, and the middle of its text."""

    curve: tuple[PicturePoint, ...]
    tip: PicturePoint
    text: PicturePoint


@dataclass(frozen=True)
class GraphLayout:
    """The middles of the states, the arrows by source and target, and the size of all."""

    width: float
    height: float
    states: tuple[PicturePoint, ...]
    arrows: Mapping[tuple[int, int], PlacedArrow]


def layered_layout(graph: MachineGraph) -> GraphLayout | None:
    """Where everything lies; None for a graph that is too large for this."""
    if len(graph.states) > MAX_LAYERED_STATES:
        return None
    layers = _layers(graph)
    states = _placed(graph, layers)
    layer_of = {state: i for i, layer in enumerate(layers) for state in layer}
    joined = {(arrow.source, arrow.target) for arrow in graph.arrows}
    arrows = {}
    boxes = [corners(at, (graph.width(i), STATE_HEIGHT)) for i, at in enumerate(states)]
    for arrow in sorted(graph.arrows, key=lambda arrow: arrow.source != arrow.target):
        here, there = arrow.source, arrow.target
        if here == there:
            layer = layers[layer_of[here]]
            down = len(layer) > 1 and here == layer[-1]
            candidates = [_loop(arrow, states[here], graph.width(here), -1 if down else 1)]
        else:
            is_plain = layer_of[there] - layer_of[here] == 1 and (there, here) not in joined
            candidates = [
                _bent(graph, arrow, states, 0.0 if is_plain else ARROW_BEND_SHARE, share) for share in TEXT_SHARES
            ]
        texts = [corners(one.text, arrow.size) for one in candidates]
        free = next((k for k, text in enumerate(texts) if not any(overlap(text, box) for box in boxes)), 0)
        arrows[here, there] = candidates[free]
        boxes.append(texts[free])
    return _framed(graph, states, arrows)


def _layers(graph: MachineGraph) -> list[list[int]]:
    """The states by the number of steps from the start; in a layer, those near their predecessors' rows first."""
    after: dict[int, list[int]] = {state: [] for state in range(len(graph.states))}
    for arrow in graph.arrows:
        after[arrow.source].append(arrow.target)
    layers, seen = [[0]], {0}
    while layers[-1]:
        found = dict.fromkeys(target for state in layers[-1] for target in after[state] if target not in seen)
        seen.update(found)
        layers.append(list(found))
    rest = [state for state in after if state not in seen]  # none, in a machine whose states are all reached
    return [*layers[:-1], *([rest] if rest else [])]


def _placed(graph: MachineGraph, layers: Sequence[Sequence[int]]) -> list[PicturePoint]:
    """The middle of each state: columns as wide as their states and the texts before them, rows as high as texts."""
    layer_of = {state: i for i, layer in enumerate(layers) for state in layer}
    text_widths = [0.0] * len(layers)
    for arrow in graph.arrows:
        if arrow.source != arrow.target:
            right = max(layer_of[arrow.source], layer_of[arrow.target])
            text_widths[right] = max(text_widths[right], arrow.size[0])
    row = STATE_HEIGHT + ROW_GAP + 2 * max((arrow.size[1] for arrow in graph.arrows), default=0.0)
    loops = max((arrow.size[0] for arrow in graph.arrows if arrow.source == arrow.target), default=0.0)
    places: dict[int, PicturePoint] = {}
    x = 0.0
    for i, layer in enumerate(layers):
        width = max(loops, *(graph.width(state) for state in layer))
        x += width / 2 + (LAYER_GAP + text_widths[i] if i else 0)
        for j, state in enumerate(layer):
            places[state] = (x, (j - (len(layer) - 1) / 2) * row)
        x += width / 2
    return [places[state] for state in range(len(graph.states))]


def _loop(arrow: Arrow, at: PicturePoint, width: float, up: int) -> PlacedArrow:
    """An arrow from a state to itself over its top (`up` 1) or below it (-1), with its text beyond."""
    x, y = at
    edge, reach = y - up * STATE_HEIGHT / 2, min(12.0, width / 3)
    far = edge - up * LOOP_HEIGHT_PIXELS
    curve = ((x - reach, edge), (x - 2 * reach, far), (x + 2 * reach, far), (x + reach, edge - up * ARROW_SPACE))
    text = (x, edge - up * (LOOP_HEIGHT_PIXELS * 0.8 + arrow.size[1] / 2))
    return PlacedArrow(curve, (x + reach, edge), text)


def _bent(graph: MachineGraph, arrow: Arrow, states: Sequence[PicturePoint], bend: float, share: float) -> PlacedArrow:
    """An arrow between two states, straight or bent to its left, so that one back lies on the other side.

    Its text stands a share of the way from its start.
    """
    (x1, y1), (x2, y2) = states[arrow.source], states[arrow.target]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    left = ((y2 - y1) / length, -(x2 - x1) / length)
    away = bend * length + (12 if bend else 0)
    middle = ((x1 + x2) / 2 + left[0] * away, (y1 + y2) / 2 + left[1] * away)
    start = _edge(states[arrow.source], graph.width(arrow.source), middle)
    tip = _edge(states[arrow.target], graph.width(arrow.target), middle)
    back = ((middle[0] - tip[0]) ** 2 + (middle[1] - tip[1]) ** 2) ** 0.5 or 1.0
    end = (tip[0] + (middle[0] - tip[0]) / back * ARROW_SPACE, tip[1] + (middle[1] - tip[1]) / back * ARROW_SPACE)
    text_width, text_height = arrow.size
    beside = abs(left[0]) * text_width / 2 + abs(left[1]) * text_height / 2
    parts = (1 - share) ** 2, 2 * share * (1 - share), share**2
    top = mean_point((start, middle, end), parts)
    text = (top[0] + left[0] * (beside + 2), top[1] + left[1] * (beside + 2))
    thirds = [(p[0] / 3 + middle[0] * 2 / 3, p[1] / 3 + middle[1] * 2 / 3) for p in (start, end)]
    return PlacedArrow((start, *thirds, end), tip, text)


def _edge(at: PicturePoint, width: float, towards: PicturePoint) -> PicturePoint:
    """Where the line from the middle of a state to a point leaves its box."""
    (x, y), dx, dy = at, towards[0] - at[0], towards[1] - at[1]
    shares = [size / 2 / abs(part) for size, part in ((width, dx), (STATE_HEIGHT, dy)) if part]
    share = min(shares, default=0.0)
    return x + dx * share, y + dy * share


def _framed(
    graph: MachineGraph, states: Sequence[PicturePoint], arrows: Mapping[tuple[int, int], PlacedArrow]
) -> GraphLayout:
    """Everything moved so that it begins at 0, with the size of all."""
    ends: list[PicturePoint] = []
    for i, (x, y) in enumerate(states):
        ends += corners((x, y), (graph.width(i), STATE_HEIGHT))
    for arrow in graph.arrows:
        placed = arrows[arrow.source, arrow.target]
        ends += [*placed.curve, *corners(placed.text, arrow.size)]
    left, top = (min(corner[i] for corner in ends) for i in (0, 1))
    right, bottom = (max(corner[i] for corner in ends) for i in (0, 1))

    def moved(point: PicturePoint) -> PicturePoint:
        return point[0] - left, point[1] - top

    shifted = {
        key: PlacedArrow(tuple(map(moved, placed.curve)), moved(placed.tip), moved(placed.text))
        for key, placed in arrows.items()
    }
    return GraphLayout(right - left, bottom - top, tuple(map(moved, states)), shifted)
