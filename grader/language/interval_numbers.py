"""Intervals of real numbers with balls as ends: their arithmetic, rounded outwards, and what they decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import arb, fmpq

from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Scalar
from grader.language.ball_numbers import BALL_ONE, BALL_ZERO, Undecided
from grader.language.functions.operations import EntryValues
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO


class Interval:
    """The real numbers from the lower end of the ball `low` to the upper end of the ball `high`."""

    __slots__ = ("high", "low")

    remembers = False
    """Whether the numbers know how they depend on variables, and so are added and multiplied in their own way."""

    def __init__(self, low: arb, high: arb) -> None:
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"Interval({self.low}, {self.high})"

    def _leaves_to(self, other: Scalar) -> bool:
        """True if it is the other operand's affair to compute: it is an array, or knows more."""
        if not isinstance(other, Interval):
            return type(other) is not fmpq
        return other.remembers and not self.remembers

    def __add__(self, other: Scalar) -> Interval:
        if self._leaves_to(other):
            return NotImplemented
        low, high = ends(other)
        return Interval(self.low + low, self.high + high)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> Interval:
        if self._leaves_to(other):
            return NotImplemented
        low, high = ends(other)
        return Interval(self.low - high, self.high - low)

    def __rsub__(self, other: Scalar) -> Interval:
        if self._leaves_to(other):
            return NotImplemented
        low, high = ends(other)
        return Interval(low - self.high, high - self.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Scalar) -> Scalar:
        if type(other) is fmpq:
            return self._scaled(other)
        if self._leaves_to(other):
            return NotImplemented
        return _square(self) if other is self else _product(self, other)

    __rmul__ = __mul__

    def through(self, values: EntryValues, known: Interval) -> Interval:
        """A function of one number that takes these numbers to those of the interval that is known."""
        return known

    def _scaled(self, factor: fmpq) -> Scalar:
        if not factor:
            return RATIONAL_ZERO
        ball = arb(factor)
        return (
            Interval(self.low * ball, self.high * ball) if factor > 0 else Interval(self.high * ball, self.low * ball)
        )


class RationalInterval(Interval):
    """An interval whose ends are given as rationals."""

    __slots__ = ("exact",)

    def __init__(self, low: fmpq, high: fmpq) -> None:
        super().__init__(arb(low), arb(high))
        self.exact = low, high


def bounds_of(interval: Interval) -> tuple[fmpq, fmpq]:
    """Rational ends of an interval, or of a slightly larger one."""
    if isinstance(interval, RationalInterval):
        return interval.exact
    return rational_end(interval.low.lower(), up=False), rational_end(interval.high.upper(), up=True)


MAX_END_BITS = 1_000
"""Numbers from 2 to this power on have no rational ends; those nearer 0 than 2 to minus this power get one there."""


LARGEST_END = arb(2) ** MAX_END_BITS


def rational_end(end: arb, *, up: bool) -> fmpq:
    """An end without radius as a rational, moved outwards where it is too close to 0 to be written down.

    Raises:
        Undecided: if it is too large.
    """
    if not end.is_finite():
        raise Undecided("how large a number is")
    mantissa, exponent = end.man_exp()
    size = mantissa.bit_length() + exponent
    if mantissa and size > MAX_END_BITS:
        raise Undecided("how large a number is")
    if mantissa and size < -MAX_END_BITS:
        tiny = fmpq(1, 2**MAX_END_BITS)
        return (tiny if up else fmpq(0)) if mantissa > 0 else (fmpq(0) if up else -tiny)
    return end.fmpq()


def outwards(interval: Interval, decimals: int, units: int = 0) -> RationalInterval:
    """A larger interval with ends of few decimals, that many units of the last of them further away."""
    scale = fmpq(10) ** decimals
    low, high = bounds_of(interval)
    return RationalInterval(((low * scale).floor() - units) / scale, ((high * scale).ceil() + units) / scale)


def _product(a: Interval, b: Interval) -> Interval:
    """The products of all pairs of numbers; a sign that a ball does not tell counts as both."""
    if a.low >= 0:
        if b.low >= 0:
            return Interval(a.low * b.low, a.high * b.high)
        if b.high <= 0:
            return Interval(a.high * b.low, a.low * b.high)
        return Interval(a.high * b.low, a.high * b.high)
    if a.high <= 0:
        return -_product(-a, b)
    if b.low >= 0 or b.high <= 0:
        return _product(b, a)
    least, greatest = (a.low * b.high).min(a.high * b.low), (a.low * b.low).max(a.high * b.high)
    return Interval(least, greatest)


def _square(a: Interval) -> Interval:
    a = magnitude(a)
    return Interval(a.low * a.low, a.high * a.high)


def magnitude(a: Scalar) -> Scalar:
    """The absolute values."""
    if type(a) is fmpq or a.low >= 0:
        return abs(a) if type(a) is fmpq else a
    if a.high <= 0:
        return -a
    return Interval(BALL_ZERO, a.high.max(-a.low))


def ends(number: Scalar) -> tuple[arb, arb]:
    """Both ends of a number of this domain, as balls."""
    if type(number) is fmpq:
        ball = arb(number)
        return ball, ball
    return number.low, number.high


def interval_of(ball: arb) -> Interval:
    """The numbers of a ball."""
    return Interval(ball, ball)


def hull(a: Scalar, b: Scalar) -> Scalar:
    """The smallest interval around two numbers of this domain; a rational where both are the same one."""
    return a if type(a) is fmpq and type(b) is fmpq and a == b else joined(a, b)


def joined(a: Scalar, b: Scalar) -> Interval:
    """The smallest interval around two numbers of this domain."""
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    return Interval(a_low.min(b_low), a_high.max(b_high))


MAYBE = Interval(BALL_ZERO, BALL_ONE)
"""The truth of what holds at some points and not at others."""


def of_truth(truth: bool | None) -> Scalar:
    return MAYBE if truth is None else RATIONAL_ONE if truth else RATIONAL_ZERO


def truth_of(number: Scalar) -> bool | None:
    """Whether a number is not 0; None where it may be either."""
    if type(number) is fmpq:
        return bool(number)
    if number.low > 0 or number.high < 0:
        return True
    return False if number.low.is_zero() and number.high.is_zero() else None


def _below(a: Scalar, b: Scalar) -> bool | None:
    """Whether a number is smaller than another."""
    if type(a) is fmpq and type(b) is fmpq:
        return bool(a < b)
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    return True if a_high < b_low else False if a_low >= b_high else None


def _equal(a: Scalar, b: Scalar) -> bool | None:
    if type(a) is fmpq and type(b) is fmpq:
        return bool(a == b)
    if _below(a, b) or _below(b, a):
        return False
    both = (*ends(a), *ends(b))
    return True if all(end.is_exact() and end == both[0] for end in both) else None


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


INTERVAL_COMPARISONS: Mapping[str, Callable[[Scalar, Scalar], bool | None]] = {
    "<": _below,
    ">": lambda a, b: _below(b, a),
    "<=": lambda a, b: _not(_below(b, a)),
    ">=": lambda a, b: _not(_below(a, b)),
    "==": _equal,
    "!=": lambda a, b: _not(_equal(a, b)),
}


def divide(left: Scalar, right: Scalar) -> Scalar:
    """All quotients.

    Raises:
        EvaluationError: if the divisor is 0.
        Undecided: if it may be.
    """
    if type(right) is fmpq:
        if not right:
            raise EvaluationError("a division by zero")
        return left * (RATIONAL_ONE / right)
    if not (right.low > 0 or right.high < 0):
        raise Undecided("whether a divisor is zero")
    return left * Interval(BALL_ONE / right.high, BALL_ONE / right.low)


def decided_truth(number: Scalar) -> bool:
    truth = truth_of(number)
    if truth is None:
        raise Undecided("whether a number is zero")
    return truth


def least_of(left: Scalar, right: Scalar) -> Interval:
    (a_low, a_high), (b_low, b_high) = ends(left), ends(right)
    return Interval(a_low.min(b_low), a_high.min(b_high))
