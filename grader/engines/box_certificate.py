"""Checks boxes, and cuts of inputs, and searches for neither.

Boxes of joint states come in layers: the start lies in one of the first, every step from a layer leads into a box of
the next, those from the last into itself, and none on the way breaks a line. One layer that is closed in this way
proves the lines for inputs of every length (Floyd, "Assigning meanings to programs", 1967); for inputs of up to n steps
n layers do, and nothing has to hold of where the last one leads. Cuts say how all inputs of one step are divided into
cells, each of which breaks no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flint import ctx

from grader.engines.boxes import BOX_PRECISION_BITS, Box, BoxedSystem, UnboxedStep
from grader.engines.input_cells import halved, symbol_of, whole_cells
from grader.machines.alphabet import Alphabet, Symbol

Layers = Sequence[Sequence[Box]]


def boxes_hold(
    system: BoxedSystem,
    lines: Sequence[int],
    symbols: Sequence[Symbol],
    layers: Layers,
    *,
    length: int | None = None,
    stride: int = 1,
) -> bool:
    """True if the boxes show that no input of up to `length` steps (None: of any) breaks one of the lines.

    The symbols are all inputs of a step, as values or as intervals. From a layer to the next one lead `stride` steps.
    """
    with ctx.workprec(BOX_PRECISION_BITS):
        if not symbols or not any(box.contains(system.start) for layer in layers[:1] for box in layer):
            return False
        for i, layer in enumerate(layers[:length]):
            is_last = i + 1 == length
            following = _by_place(layers[min(i + 1, len(layers) - 1)])
            for box in layer:
                try:
                    for inputs, landing in system.walk(box, symbols, lines, stride):
                        if landing.maybe_broken:
                            return False
                        if len(inputs) == stride and not is_last and not _is_in(landing.box, following):
                            return False
                except UnboxedStep:
                    return False
    return True


def _is_in(box: Box, layer: Mapping[Any, list[Box]]) -> bool:
    return any(other.contains(box) for other in layer.get(_place(box), ()))


def _place(box: Box) -> Any:
    return box.network[0], box.behaviour[0]


def _by_place(layer: Iterable[Box]) -> dict[Any, list[Box]]:
    found: dict[Any, list[Box]] = {}
    for box in layer:
        found.setdefault(_place(box), []).append(box)
    return found


def cuts_hold(system: BoxedSystem, alphabet: Alphabet, lines: Sequence[int], cuts: Sequence[int]) -> bool:
    """True if the cuts leave cells none of whose inputs breaks a line in one step from the start.

    A cut is the place of the number that is halved, before those of both parts; -1: the cell is not cut.
    """
    todo, rest = (whole_cells(alphabet) or [])[::-1], iter(cuts)
    with ctx.workprec(BOX_PRECISION_BITS):
        while todo:
            cell, place = todo.pop(), next(rest, None)
            if place is None or not -1 <= place < len(cell) or (place >= 0 and cell[place].is_point):
                return False
            if place >= 0:
                todo += halved(cell, place)[::-1]
                continue
            try:
                landing = system.step(system.start, symbol_of(alphabet, cell), lines, is_last=True)
            except UnboxedStep:
                return False
            if landing is not None and landing.maybe_broken:
                return False
    return bool(cuts) and next(rest, None) is None
