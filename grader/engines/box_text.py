"""Boxes in words, and how far what is compared in them stays from being equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from flint import arb, ctx, fmpq

from grader.engines.boxes import BOX_PRECISION_BITS, Box, BoxedSystem
from grader.language.arrays import Scalar, Value, entries, zipped
from grader.language.functions.table import JUMPS_AT_ZERO
from grader.language.interval_numbers import LARGEST_END, Interval, bounds_of, ends, rational_end
from grader.language.intervals import Intervals
from grader.language.numbers import RATIONAL_ZERO, show_number
from grader.machines.alphabet import Symbol
from grader.machines.machine import EquationMachine
from grader.machines.specification import Specification

MAX_BOX_TEXT_CHARACTERS = 400

SHOWN_MARGIN_DIGITS = 2
"""Digits of a distance, rounded down."""

MAX_SHOWN_DECIMALS = 6
"""Decimals of the ends of an interval in words, rounded outwards; the certificate has them as they are."""


def text_of(system: BoxedSystem, boxes: Iterable[Box]) -> str:
    """`h in [0.85, 0.94] where q = 1; h in [-0.01, 0.15] where q = 0`; cut where it is long."""
    ours = len(list(Box(system.start.network, system.start.behaviour[:1]).numbers()))
    names = system.names()
    where: dict[str, dict[str, None]] = {}
    for box in boxes:
        numbers = list(box.numbers())
        if len(numbers) != len(names):
            continue  # some numbers are missing, before the first steps
        texts = [_about(name, number) for name, number in zip(names, numbers, strict=True)]
        where.setdefault(" and ".join(texts[ours:]), {}).setdefault(" and ".join(texts[:ours]))
    parts = [f"{' or '.join(own)}{f' where {theirs}' if theirs else ''}" for theirs, own in where.items()]
    text = "; ".join(parts)
    return text if len(text) <= MAX_BOX_TEXT_CHARACTERS else f"{text[: MAX_BOX_TEXT_CHARACTERS - 3]}..."


def _about(name: str, number: Scalar) -> str:
    if not isinstance(number, Interval):
        return f"{name} = {show_number(number)}"
    unit = fmpq(1, 10**MAX_SHOWN_DECIMALS)
    low, high = bounds_of(number)
    return f"{name} in [{show_number((low / unit).floor() * unit)}, {show_number((high / unit).ceil() * unit)}]"


class _Noting(Intervals):
    """Intervals that note how far numbers that are compared, at least one of them an interval, are apart."""

    def __init__(self) -> None:
        self.gaps: list[arb] = []

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        compare = super().comparison(op)

        def noted(left: Value, right: Value) -> Value:
            zipped(self._note, left, right)
            return compare(left, right)

        return noted

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        plain = super().functions
        return {**plain, **{name: self._noted(plain[name]) for name in JUMPS_AT_ZERO}}

    def _noted(self, function: Callable[[Value], Value]) -> Callable[[Value], Value]:
        def jump(value: Value) -> Value:
            for entry in entries(value):
                self._note(entry, RATIONAL_ZERO)
            return function(value)

        return jump

    def _note(self, left: Scalar, right: Scalar) -> None:
        if isinstance(left, Interval) or isinstance(right, Interval):
            (low, high), (other_low, other_high) = ends(left), ends(right)
            gap = (other_low - high).max(low - other_high).lower()
            if LARGEST_END > gap > 0:
                self.gaps.append(gap)


def margin_of(
    network: EquationMachine,
    specification: Specification,
    lines: Sequence[int],
    symbols: Sequence[Symbol],
    boxes: Iterable[Box],
) -> str:
    """The smallest distance of decided comparisons from being equal, at least; empty where none is of intervals."""
    noting = _Noting()
    with ctx.workprec(BOX_PRECISION_BITS):
        system = BoxedSystem(network, specification, noting)
        for box in boxes:
            for symbol in symbols:
                system.step(box, symbol, lines)
        return _rounded_down(min((rational_end(gap, up=False) for gap in noting.gaps), default=RATIONAL_ZERO))


def _rounded_down(number: fmpq) -> str:
    """The number to a few digits; empty for 0."""
    if not number:
        return ""
    unit = fmpq(1)
    while number / unit < 10 ** (SHOWN_MARGIN_DIGITS - 1):
        unit /= 10
    return show_number((number / unit).floor() * unit)
