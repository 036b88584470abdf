"""Intervals that remember how their numbers depend on some variables: a sum of multiples, with intervals as slopes.

`f*c + i*g` depends on c as f times c, whatever f is between its ends: where f is nearly 1, this tells how little c
changes in a step, which the ends of f*c by themselves do not. What two numbers have in common cancels in their
difference, and through a function dependence goes on with its slope (the mean value form of interval analysis).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.language.arrays import Scalar
from grader.language.functions.operations import EntryValues
from grader.language.interval_numbers import Interval, ends, interval_of
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO


@dataclass(frozen=True)
class Variables:
    """The intervals of variables; `through_functions`: dependence on them goes on through functions of one number."""

    ranges: Sequence[Interval]
    through_functions: bool

    def linear(self, slopes: Mapping[int, Scalar], rest: Scalar, known: Interval) -> LinearInterval:
        """`rest` plus the slopes times the variables; its ends are the closest that this or what is known tells."""
        total = rest
        for i, slope in slopes.items():
            total = total + slope * self.ranges[i]
        low, high = ends(total)
        return LinearInterval(self, slopes, rest, Interval(low.max(known.low), high.min(known.high)))


class LinearInterval(Interval):
    """Numbers that are `rest` plus a slope, a number of the domain, times each of some variables (by number)."""

    __slots__ = ("rest", "slopes", "variables")

    remembers = True

    def __init__(self, variables: Variables, slopes: Mapping[int, Scalar], rest: Scalar, known: Interval) -> None:
        super().__init__(known.low, known.high)
        self.variables = variables
        self.slopes = slopes
        self.rest = rest

    def __add__(self, other: Scalar) -> LinearInterval:
        if self._leaves_to(other):
            return NotImplemented
        known = Interval.__add__(self, other)
        if not isinstance(other, LinearInterval):
            return LinearInterval(self.variables, self.slopes, self.rest + other, known)
        return self.variables.linear(_added(self.slopes, other.slopes), self.rest + other.rest, known)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> LinearInterval:
        if self._leaves_to(other):
            return NotImplemented
        difference: LinearInterval = self + (-other)
        return difference

    def __rsub__(self, other: Scalar) -> LinearInterval:
        difference: LinearInterval = -self + other
        return difference

    def __neg__(self) -> LinearInterval:
        slopes = {i: -slope for i, slope in self.slopes.items()}
        return LinearInterval(self.variables, slopes, -self.rest, Interval.__neg__(self))

    def __mul__(self, other: Scalar) -> Scalar:
        if self._leaves_to(other):
            return NotImplemented
        if type(other) is fmpq and not other:
            return RATIONAL_ZERO
        known = Interval.__mul__(self, other)
        if not isinstance(other, LinearInterval):
            slopes = {i: slope * other for i, slope in self.slopes.items()}
            return LinearInterval(self.variables, slopes, self.rest * other, known)
        plain = Interval(other.low, other.high)
        ours = {i: slope * plain for i, slope in self.slopes.items()}
        theirs = {i: self.rest * slope for i, slope in other.slopes.items()}
        return self.variables.linear(_added(ours, theirs), self.rest * other.rest, known)

    __rmul__ = __mul__

    def through(self, values: EntryValues, known: Interval) -> Interval:
        """The function of one number, which takes these numbers to those of the interval that is known."""
        if values.slope_of_value is None or not self.variables.through_functions:
            return known
        slope = values.slope_of_value(known)
        middle = _middle(self)
        rest = interval_of(values.balls(middle)) + slope * (self.rest - interval_of(middle))
        return self.variables.linear({i: slope * s for i, s in self.slopes.items()}, rest, known)


def _added(one: Mapping[int, Scalar], other: Mapping[int, Scalar]) -> dict[int, Scalar]:
    return {i: one.get(i, RATIONAL_ZERO) + other.get(i, RATIONAL_ZERO) for i in {**one, **other}}


def _middle(interval: Interval) -> arb:
    """A number between the ends."""
    return ((interval.low + interval.high) / 2).mid()


def variable(variables: Variables, number: int) -> LinearInterval:
    """A variable by its number."""
    return LinearInterval(variables, {number: RATIONAL_ONE}, RATIONAL_ZERO, variables.ranges[number])


def centred(intervals: Sequence[Interval]) -> list[LinearInterval]:
    """The same intervals, each as its middle plus a variable of its own."""
    middles = [_middle(interval) for interval in intervals]
    ranges = [Interval(i.low - middle, i.high - middle) for i, middle in zip(intervals, middles, strict=True)]
    variables = Variables(ranges, through_functions=True)
    rows = enumerate(zip(middles, intervals, strict=True))
    return [LinearInterval(variables, {i: RATIONAL_ONE}, interval_of(m), known) for i, (m, known) in rows]
