"""Checks boxes and searches for none: the start lies in one, every step leads from one into another, none breaks a line.

Boxes come in layers. Steps lead from each layer to the next, and from the last to itself, so that one layer that is
closed under every input proves the lines for inputs of every length (Floyd, "Assigning meanings to programs", 1967).
Inputs of up to n steps need n layers at most, and nothing of the last one but that no step from it breaks a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flint import arb, ctx, fmpq

from grader.engines.boxes import BOX_PRECISION_BITS, Box, BoxedSystem, UnboxedStep
from grader.language.arithmetic import MissingValue
from grader.language.arrays import Array, Scalar, Value
from grader.language.intervals import Interval
from grader.language.numbers import show_number
from grader.machines.alphabet import Symbol
from grader.machines.program import Program, State

Layers = Sequence[Sequence[Box]]


def holds(
    system: BoxedSystem, lines: Iterable[int], symbols: Sequence[Symbol], layers: Layers, length: int | None = None
) -> bool:
    """True if the boxes show that no input of up to `length` steps (None: of any) breaks one of the lines."""
    wanted, last = tuple(lines), len(layers) - 1
    with ctx.workprec(BOX_PRECISION_BITS):
        if not any(box.contains(system.start) for box in layers[0]):
            return False
        for i, layer in enumerate(layers[:length]):
            is_final = i + 1 == length
            following = _by_place(layers[min(i + 1, last)])
            for box in layer:
                for symbol in symbols:
                    if not _is_kept(system, wanted, box, symbol, None if is_final else following):
                        return False
    return True


def _is_kept(
    system: BoxedSystem, lines: Sequence[int], box: Box, symbol: Symbol, following: Mapping[Any, list[Box]] | None
) -> bool:
    """True if a step breaks no line, and leads into one of the following boxes where there have to be any."""
    try:
        landing = system.step(box, symbol, lines)
    except UnboxedStep:
        return False
    if landing is None:
        return True
    if landing.maybe_broken:
        return False
    return following is None or any(other.contains(landing.box) for other in following.get(_place(landing.box), ()))


def _place(box: Box) -> Any:
    return box.network[0], box.behaviour[0]


def _by_place(layer: Iterable[Box]) -> dict[Any, list[Box]]:
    found: dict[Any, list[Box]] = {}
    for box in layer:
        found.setdefault(_place(box), []).append(box)
    return found
