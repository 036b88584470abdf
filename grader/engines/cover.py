"""Covers the states that inputs of one length lead to by boxes, length by length, as far as no output is in doubt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from flint import ctx

from grader.deferred import dataclass
from grader.engines.boxes import BOX_PRECISION_BITS, Box, BoxedSystem, UnboxedStep
from grader.language.interval_numbers import Interval, outwards
from grader.machines.alphabet import Symbol

COVER_SIZES = (64, 512)
"""Boxes of one length; with more of them the same steps take shorter inputs, but more closely."""

MAX_COVER_STEPS = 5_000
"""Steps of boxes of one cover: inputs of two symbols up to length 40 with the smaller size."""

COVER_DECIMALS = 12
"""Decimals of the ends of boxes."""

FINEST_CELL, COARSEST_CELL, FARTHEST_CELL = 2.0**-40, 2.0**20, 2.0**200
"""Sides of the cells in which boxes are joined."""


@dataclass(frozen=True)
class Cover:
    """A layer of boxes for the states before each of the first steps; no step from them breaks a line.

    `in_doubt`: a step from the layer after these may break one. `met` are the lines that surely apply to some step.
    """

    layers: list[list[Box]]
    in_doubt: bool
    met: frozenset[int] = frozenset()


def covered_layers(system: BoxedSystem, symbols: Sequence[Symbol], lines: Iterable[int], longest: int | None) -> Cover:
    """Boxes of the states before the first steps, as far as no step from them may break a line, `longest` at most."""
    wanted, best = tuple(lines), Cover([], True, frozenset())
    with ctx.workprec(BOX_PRECISION_BITS):
        for size in COVER_SIZES:
            cover = _cover(system, symbols, wanted, size, longest)
            if len(cover.layers) > len(best.layers):
                best = cover
            if not cover.in_doubt:
                break
    return best


def _cover(
    system: BoxedSystem, symbols: Sequence[Symbol], lines: Sequence[int], size: int, longest: int | None
) -> Cover:
    layers, layer, met = list[list[Box]](), [system.start], set[int]()
    last = system.steps + MAX_COVER_STEPS
    while layer and len(layers) != longest and system.steps + len(layer) * len(symbols) <= last:
        landed = _landed(system, symbols, lines, layer, met)
        if landed is None:
            return Cover(layers, True, frozenset(met))
        layers.append(layer)
        layer = _merged(landed, size)
    return Cover(layers, False, frozenset(met))


def _landed(
    system: BoxedSystem, symbols: Sequence[Symbol], lines: Sequence[int], layer: Iterable[Box], met: set[int]
) -> list[Box] | None:
    """Where all steps from boxes lead; None if one of them may break a line. `met` gets the lines that apply."""
    boxes = []
    for box in layer:
        for symbol in symbols:
            try:
                landing = system.step(box, symbol, lines)
            except UnboxedStep:
                return None
            if landing is not None:
                if landing.maybe_broken:
                    return None
                met |= landing.applied
                boxes.append(landing.box)
    return boxes


def _merged(boxes: Sequence[Box], size: int) -> list[Box]:
    """The boxes, those that lie in one cell joined; cells are made larger until so many are left."""
    cell = FINEST_CELL
    kinds = {box.kind() for box in boxes}
    while True:
        found: dict[Any, Box] = {}
        for box in boxes:
            place = box.kind(), tuple(_cell_of(interval, cell) for interval in box.intervals())
            found[place] = found[place].joined(box) if place in found else box
        if len(found) <= max(size, len(kinds)) or cell >= COARSEST_CELL:
            return [
                box.with_intervals(outwards(interval, COVER_DECIMALS) for interval in box.intervals())
                for box in found.values()
            ]
        boxes, cell = list(found.values()), cell * 4


def _cell_of(interval: Interval, side: float) -> int:
    """The number of the cell around the middle of an interval; all that are far out are one."""
    place = float(interval.low + interval.high) / 2 / side
    return math.floor(place) if abs(place) < FARTHEST_CELL else -1
