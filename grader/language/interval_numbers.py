"""Intervals of real numbers with balls as ends: their arithmetic, rounded outwards, and what they decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import arb, fmpq

from grader.language.arithmetic import EvaluationError, TooLarge
from grader.language.arrays import Scalar
from grader.language.ball_numbers import BALL_ONE, BALL_ZERO, Undecided
from grader.language.functions.operations import EntryValues
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO

MAX_END_BITS = 8192
"""Bits before and behind the binary point of an end as a rational: those of a sigmoid of -1e300 fill no memory."""


class Interval:
    """The real numbers from the lower end of the ball `low` to the upper end of the ball `high`."""

    __slots__ = ("high", "low")

    def __init__(self, low: arb, high: arb) -> None:
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"Interval({self.low}, {self.high})"

    def __add__(self, other: Scalar) -> Interval:
        low, high = ends(other)
        return Interval(self.low + low, self.high + high)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> Interval:
        low, high = ends(other)
        return Interval(self.low - high, self.high - low)

    def __rsub__(self, other: Scalar) -> Interval:
        low, high = ends(other)
        return Interval(low - self.high, high - self.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __pos__(self) -> Interval:
        return self

    def __mul__(self, other: Scalar) -> Scalar:
        if type(other) is fmpq:
            return self._scaled(other)
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
    """Rational ends of an interval, or of a slightly larger one.

    Raises:
        TooLarge: if it reaches numbers of more than `MAX_END_BITS` bits.
    """
    if isinstance(interval, RationalInterval):
        return interval.exact
    return -rational_above(-interval.low), rational_above(interval.high)


def rational_above(ball: arb) -> fmpq:
    """The upper end of a ball as a rational, or one a little above it where that would be a very long one.

    Raises:
        TooLarge: if the ball reaches numbers of more than `MAX_END_BITS` bits.
    """
    end = ball.upper()
    if not end.is_finite():
        raise TooLarge("an interval has no end")
    mantissa, exponent = end.man_exp()
    if exponent + mantissa.bit_length() > MAX_END_BITS:
        raise TooLarge("a number is too large for an interval")
    if exponent >= -MAX_END_BITS:
        return end.fmpq()
    left_out_bits = min(int(-MAX_END_BITS - exponent), int(mantissa.bit_length()) + 1)
    return fmpq(-(-mantissa >> left_out_bits), 2**MAX_END_BITS)


def outwards(interval: Interval, decimals: int, units: int = 0) -> RationalInterval:
    """A larger interval with ends of few decimals, that many units of the last of them further away.

    Raises:
        TooLarge: if it reaches numbers of more than `MAX_END_BITS` bits.
    """
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
