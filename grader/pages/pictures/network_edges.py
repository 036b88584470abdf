"""The edges of a network's diagram, each with its weight where there is room for it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.page_details import DrawnEdge, DrawnUnit
from grader.pages.pictures.boxes import Corners, PicturePoint, corners, mean_point, overlap
from grader.pages.pictures.svg import arrow_head, clipped, number, text_at, width_of

MAX_EDGE_WIDTH = 3.5

LABEL_HEIGHT = 11

WEIGHT_SHARES = (0.72, 0.5, 0.6, 0.4, 0.8, 0.3, 0.2)
"""How far on its way an edge has its weight, from the end at which edges stand apart: the first where there is room."""


@dataclass(frozen=True)
class UnitBox:
    """A unit as it lies: its middle, its size, its lines of text."""

    unit: DrawnUnit
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class _Curve:
    """A curve by its start, two points that bend it, and its end; its tip is where its arrow ends."""

    points: tuple[PicturePoint, PicturePoint, PicturePoint, PicturePoint]
    tip: PicturePoint

    @property
    def path(self) -> str:
        start, *rest = (f"{number(x)},{number(y)}" for x, y in self.points)
        return f"M{start}C{' '.join(rest)}"

    def at(self, share: float) -> PicturePoint:
        """The point a share of the way from the start."""
        rest = 1 - share
        return mean_point(self.points, (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3))


def drawn_edges(edges: Sequence[DrawnEdge], boxes: Mapping[str, UnitBox]) -> tuple[list[str], list[str]]:
    """All edges with their arrows, and the weights for which there is room."""
    largest = max((abs(edge.size) for edge in edges if math.isfinite(edge.size)), default=0.0) or 1.0
    fan_out = Counter(edge.source for edge in edges)
    fan_in = Counter(edge.target for edge in edges)
    lines: list[str] = []
    weights: list[str] = []
    taken: list[Corners] = [corners((box.x, box.y), (box.width, box.height)) for box in boxes.values()]
    for edge in edges:
        source, target = boxes[edge.source], boxes[edge.target]
        curve = _loop(source) if edge.source == edge.target else _between(source, target)
        classes = f"edge {sign_of(edge)}"
        share = min(1.0, abs(edge.size) / largest) if edge.size == edge.size else 0.0
        width = number(1 + (MAX_EDGE_WIDTH - 1) * share)
        arrow = arrow_head(curve.tip, curve.points[-1], classes)
        lines.append(f'<path class="{classes}" d="{curve.path}" stroke-width="{width}"/>{arrow}')
        apart_at_target = fan_out[edge.source] >= fan_in[edge.target]
        weights += _weight(edge, source, curve, taken, apart_at_target)
    return lines, weights


def _weight(edge: DrawnEdge, source: UnitBox, curve: _Curve, taken: list[Corners], apart_at_target: bool) -> list[str]:
    """The weight at the first place where nothing else stands, which then is taken; nothing where there is none."""
    text = label_of(edge)
    if edge.source == edge.target:
        places = [(source.x, source.y - source.height / 2 - 24)]
    else:
        places = [curve.at(share if apart_at_target else 1 - share) for share in WEIGHT_SHARES]
    for x, y in places:
        box = corners((x, y), (width_of(text), LABEL_HEIGHT))
        if not any(overlap(box, other) for other in taken):
            taken.append(box)
            return [text_at(x, y + 4, text, f"middle weight {sign_of(edge)}")]
    return []


def label_of(edge: DrawnEdge) -> str:
    """The weight, of a summary of many the part before the comma."""
    text = clipped(edge.weight.partition(",")[0], 16)
    return f"{text} (t-{edge.lag})" if edge.lag else text


def sign_of(edge: DrawnEdge) -> str:
    """What an edge looks like: by the sign of its weight."""
    if not edge.weight:
        return "other"
    if edge.count > 1:
        return "many"
    if edge.size == 0:
        return "zero"
    return "negative" if edge.size < 0 else "positive"


def _loop(box: UnitBox) -> _Curve:
    """An edge from a unit to itself over its top."""
    x, y = box.x, box.y - box.height / 2
    return _Curve(((x - 14, y), (x - 22, y - 24), (x + 22, y - 24), (x + 14, y - 6)), (x + 14, y))


def _between(source: UnitBox, target: UnitBox) -> _Curve:
    """An edge from the right of one unit to the left of another."""
    x1, y1, x2, y2 = source.x + source.width / 2, source.y, target.x - target.width / 2, target.y
    bend = max(20.0, abs(x2 - x1) / 3)
    return _Curve(((x1, y1), (x1 + bend, y1), (x2 - bend, y2), (x2 - 6, y2)), (x2, y2))
