"""Checks boxes, and cuts of inputs, and searches for neither.

Boxes of joint states come in layers: the start lies in one of the first, every step from a layer leads into a box of
the next, those from the last into itself, and none breaks a line. One layer that is closed in this way proves the lines
for inputs of every length (Floyd, "Assigning meanings to programs", 1967); for inputs of up to n steps n layers do, and
nothing has to hold of where the last one leads. Cuts say how all inputs of one step are divided into cells, each of
which breaks no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flint import ctx

from grader.engines.boxes import BOX_PRECISION_BITS, Box, BoxedSystem, Landing, UnboxedStep
from grader.engines.input_cells import halved, symbol_of, whole_cells
from grader.machines.alphabet import Alphabet, Symbol

Layers = Sequence[Sequence[Box]]


def boxes_hold(
    system: BoxedSystem, lines: Iterable[int], symbols: Sequence[Symbol], layers: Layers, length: int | None = None
) -> bool:
    """True if the boxes show that no input of up to `length` steps (None: of any) breaks one of the lines.

    The symbols are all inputs of a step, as values or as intervals.
    """
    wanted, last = tuple(lines), len(layers) - 1
    with ctx.workprec(BOX_PRECISION_BITS):
        if not symbols or not any(box.contains(system.start) for layer in layers[:1] for box in layer):
            return False
        for i, layer in enumerate(layers[:length]):
            following = None if i + 1 == length else _by_place(layers[min(i + 1, last)])
            for box in layer:
                for symbol in symbols:
                    if not _is_kept(system, wanted, box, symbol, following):
                        return False
    return True


def _is_kept(
    system: BoxedSystem, lines: Sequence[int], box: Box, symbol: Symbol, following: Mapping[Any, list[Box]] | None
) -> bool:
    """True if a step breaks no line, and leads into one of the following boxes where there have to be any."""
    try:
        landing = system.step(box, symbol, lines, is_last=following is None)
    except UnboxedStep:
        return False
    if landing is None or following is None:
        return _breaks_none(landing)
    found = following.get(_place(landing.box), ())
    return _breaks_none(landing) and any(other.contains(landing.box) for other in found)


def _breaks_none(landing: Landing | None) -> bool:
    """True of a step that surely breaks no line, or that no input takes."""
    return landing is None or not landing.maybe_broken


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
            if not _breaks_none(landing):
                return False
    return bool(cuts) and next(rest, None) is None
