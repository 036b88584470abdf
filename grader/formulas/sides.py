"""Which sides of its conditions a formula has met: the argument of relu below and above 0, which of max is larger.

A condition is one place in a formula, in its network or in a function of the question. Two formulas that agree on one
side of a condition may differ on the other, so points that meet one side alone do not show that they are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from flint import arb

from grader.deferred import dataclass
from grader.formulas.timeline import BallsInTime
from grader.language.arithmetic import Closure, Frame
from grader.language.arrays import Array, Value, entries
from grader.language.functions.table import BREAKS_AT_ZERO, EXTREMES

BELOW_ZERO, AT_ZERO, ABOVE_ZERO = "below 0", "0", "above 0"


@dataclass
class SideCondition:
    """One condition that was met: how it is written, the sides that it has, and those that were met."""

    written: str
    sides: frozenset[str]
    met: set[str] = field(default_factory=set)

    @property
    def missing(self) -> list[str]:
        """The sides that were not met, in order."""
        return sorted(self.sides - self.met)


class BallsWithSides(BallsInTime):
    """Balls that note which side of every condition was met; each formula is compiled with a fresh one."""

    def __init__(self) -> None:
        self._met: dict[int, SideCondition] = {}
        self._places = 0

    @property
    def conditions(self) -> tuple[SideCondition, ...]:
        """Every condition that was reached, in the order of the formula."""
        return tuple(condition for _, condition in sorted(self._met.items()))

    def place(self) -> int:
        """The number of a place in the formula that is being compiled."""
        self._places += 1
        return self._places

    def note(self, place: int, written: str, sides: tuple[str, ...], side: str | None) -> None:
        """Notes that a side was met; None where the ball is too wide to say which."""
        condition = self._met.setdefault(place, SideCondition(written, frozenset(sides)))
        if side is not None:
            condition.met.add(side)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test, place = super().comparison(op), self.place()
        equality = op in ("==", "!=")

        def noted(left: Value, right: Value) -> Value:
            value = test(left, right)
            for a, b in _aligned(left, right):
                side = _side(a - b)
                if equality:
                    self.note(place, op, ("equal", "not equal"), "equal" if side == AT_ZERO else side and "not equal")
                else:
                    self.note(place, op, (BELOW_ZERO, ABOVE_ZERO), side)
            return value

        return noted

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return {name: self._noting(name, function) for name, function in super().functions.items()}

    def _noting(self, name: str, function: Callable[..., Value]) -> Callable[..., Value]:
        if name not in BREAKS_AT_ZERO | EXTREMES:
            return function
        place = self.place()

        def of_sign(argument: Value) -> Value:
            for entry in entries(argument):
                self.note(place, name, (BELOW_ZERO, ABOVE_ZERO), _side(entry))
            return function(argument)

        def of_extreme(*arguments: Value) -> Value:
            rows = [entries(arguments[0])] if len(arguments) == 1 else _aligned(*arguments)
            for row in rows:
                self.note(place, name, tuple(map(_number, range(len(row)))), _extreme(row, largest=name == "max"))
            return function(*arguments)

        return of_sign if name in BREAKS_AT_ZERO else of_extreme

    def binary(self, op: str) -> Callable[[Value, Value], Value]:
        function = super().binary(op)
        if op not in ("//", "%"):
            return function
        place = self.place()

        def noted(left: Value, right: Value) -> Value:
            value = function(left, right)
            for quotient in entries(self.floor_divide(left, right)):
                self.note(place, op, (BELOW_ZERO, AT_ZERO, ABOVE_ZERO), _side(quotient))
            return value

        return noted

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        place = self.place()

        def taken(branch: Closure, side: str) -> Closure:
            def noted(frame: Frame) -> Value:
                self.note(place, "if", ("true", "false"), side)
                return branch(frame)

            return noted

        return super().if_exp(condition, taken(then, "true"), taken(otherwise, "false"))


def _side(number: arb) -> str | None:
    if number.is_zero():
        return AT_ZERO
    return BELOW_ZERO if number < 0 else ABOVE_ZERO if number > 0 else None


def _number(i: int) -> str:
    return f"number {i + 1} of them"


def _extreme(row: tuple[arb, ...], *, largest: bool) -> str | None:
    """Which of some numbers is the largest (or the smallest), where one surely is."""
    for i, one in enumerate(row):
        others = row[:i] + row[i + 1 :]
        if all(one > other if largest else one < other for other in others):
            return _number(i)
    return None


def _aligned(*values: Value) -> Iterator[tuple[arb, ...]]:
    """The entries of values that belong together; a number goes with every entry."""
    count = max((len(value.entries) for value in values if isinstance(value, Array)), default=1)
    columns = [value.entries if isinstance(value, Array) else (value,) * count for value in values]
    return zip(*columns, strict=False)
