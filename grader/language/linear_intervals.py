"""Intervals that remember how their numbers depend on some variables, as far as the dependence is a sum of multiples.

`f*c + i*g` depends on c as f times c, whatever f is between its ends: where f is nearly 1, this tells how little c
changes in a step, which the ends of f*c by themselves do not.
"""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from grader.language.arrays import Scalar
from grader.language.intervals import Interval, ends
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO


class LinearInterval(Interval):
    """Numbers that are `rest` plus a slope times each of some variables (by number); slopes are numbers of the domain."""

    __slots__ = ("rest", "slopes")

    def __init__(self, numbers: Interval, slopes: Mapping[int, Scalar], rest: Scalar) -> None:
        super().__init__(numbers.low, numbers.high)
        self.slopes = slopes
        self.rest = rest

    def __add__(self, other: Scalar) -> LinearInterval:
        total = Interval.__add__(self, other)
        if not isinstance(other, LinearInterval):
            return LinearInterval(total, self.slopes, self.rest + other)
        slopes = {
            i: self.slopes.get(i, RATIONAL_ZERO) + other.slopes.get(i, RATIONAL_ZERO)
            for i in {**self.slopes, **other.slopes}
        }
        return LinearInterval(total, slopes, self.rest + other.rest)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> LinearInterval:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> LinearInterval:
        return -self + other

    def __neg__(self) -> LinearInterval:
        return LinearInterval(Interval.__neg__(self), {i: -slope for i, slope in self.slopes.items()}, -self.rest)

    def __pos__(self) -> LinearInterval:
        return self

    def __mul__(self, other: Scalar) -> Scalar:
        if type(other) is fmpq and not other:
            return RATIONAL_ZERO
        plain = Interval(*ends(other)) if isinstance(other, LinearInterval) else other
        slopes = {i: slope * plain for i, slope in self.slopes.items()}
        product: Interval = Interval.__mul__(self, other)
        return LinearInterval(product, slopes, self.rest * plain)

    __rmul__ = __mul__


def variable(number: int, values: Interval) -> LinearInterval:
    """A variable by its number, with the interval of its values."""
    return LinearInterval(values, {number: RATIONAL_ONE}, RATIONAL_ZERO)
