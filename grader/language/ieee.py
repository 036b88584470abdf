"""IEEE 754 doubles: nearest to a number, and functions of doubles that are rounded once, to nearest, ties to even.

Values are worked out in balls of growing precision until both ends of a ball have the same nearest double, so that they
are the same on every machine. That ends: at a double, the functions of the language are exact in balls, or no number
that could be half way between two doubles (Lindemann-Weierstrass; a root has half the digits of its square). Powers,
which can be half way, are worked out exactly where they are rational.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from flint import arb, ctx, fmpq

from grader.language.arithmetic import EvaluationError, Inexact, TooLarge
from grader.language.ball_numbers import Undecided
from grader.language.functions.elementary import exact_sqrt
from grader.language.functions.operations import EntryValues

ROUNDING_BITS = (96, 192, 384, 1_536, 6_144, 24_576)
"""Bits of the balls, one after the other, until they have one nearest double; no value is known that takes more than
the first few, but for sines of numbers near the largest."""

LARGEST_POWER_OF_TWO, SMALLEST_POWER_OF_TWO = 1_026, -1_080
"""Powers of two that are surely beyond the largest double, and surely nearer to 0 than to the smallest one."""

MAX_EXACT_EXPONENT = 64
"""The largest exponent of which a power is worked out exactly: of a larger one no odd number has a power of 54 bits, so
that it is neither a double nor half way between two."""

MAX_CACHED_VALUES = 1 << 14
"""Values that are remembered of each function."""


def nearest_double(number: fmpq) -> float:
    """The nearest double; an infinity for what is beyond the largest."""
    return _quotient(int(number.p), int(number.q))


def _quotient(top: int, bottom: int) -> float:
    """Python's quotient of whole numbers is rounded once, also below the smallest normal double."""
    try:
        return top / bottom
    except OverflowError:
        return math.inf if top > 0 else -math.inf


def _scaled(mantissa: int, exponent: int) -> float:
    """The double nearest to `mantissa * 2**exponent`, of exponents of any size."""
    size = mantissa.bit_length() + exponent
    sign = -1.0 if mantissa < 0 else 1.0
    if not mantissa or size < SMALLEST_POWER_OF_TWO:
        return 0.0 * sign
    if size > LARGEST_POWER_OF_TWO:
        return math.inf * sign
    return _quotient(mantissa << exponent, 1) if exponent >= 0 else _quotient(mantissa, 1 << -exponent)


def _end(ball: arb) -> float:
    """The double nearest to an end of a ball."""
    mantissa, exponent = ball.man_exp()
    return _scaled(int(mantissa), int(exponent))


def rounded(value: Callable[[], arb]) -> float:
    """The double nearest to a value that is not half way between two, from balls that hold it.

    Raises:
        TooLarge: if the finest ball still leaves two doubles.
        EvaluationError: if there is no such value.
    """
    for bits in ROUNDING_BITS:
        with ctx.workprec(bits):
            try:
                ball = value()
            except Undecided:
                continue
            if ball.is_finite():
                low, high = _end(ball.lower()), _end(ball.upper())
                if low == high and math.copysign(1, low) == math.copysign(1, high):
                    return low
    raise TooLarge("a value is too close to the middle of two doubles")


def rounded_function(values: EntryValues) -> Callable[[float], float]:
    """A function of the language as a function of doubles, with the values of IEEE 754 at NaN, infinities and zeros."""
    balls, ieee = values.balls, values.ieee

    @lru_cache(maxsize=MAX_CACHED_VALUES)
    def finite(number: float) -> float:
        return rounded(lambda: balls(arb(number)))

    def function(number: float) -> float:
        if number != number:
            return math.nan
        if math.isinf(number):
            return ieee.at_infinity if number > 0 else ieee.at_minus_infinity
        try:
            value = finite(number)
        except TooLarge:
            raise
        except EvaluationError:  # there is no such real number
            return math.nan if number else ieee.at_pole
        return number if number == value == 0 and ieee.keeps_zero else value

    return function


def quotient(left: float, right: float) -> float:
    """`left / right`; a division by 0 gives an infinity, or NaN."""
    if right:
        return left / right
    return left * math.copysign(math.inf, right) if left else math.nan


def floor_quotient(left: float, right: float) -> float:
    """The greatest whole number up to the exact quotient, rounded."""
    if not right or not math.isfinite(left) or not math.isfinite(right):
        return quotient(left, right) if not right else left // right
    return nearest_double(fmpq((_fraction(left) / _fraction(right)).floor()))


def remainder(left: float, right: float) -> float:
    """`left - right * floor(left/right)`, rounded once; it has the sign of `right`."""
    if not right or not math.isfinite(left) or not math.isfinite(right):
        return left % right if right else math.nan
    a, b = _fraction(left), _fraction(right)
    return math.copysign(nearest_double(a - b * fmpq((a / b).floor())), right)


def _fraction(number: float) -> fmpq:
    return fmpq(*number.as_integer_ratio())


def power(base: float, exponent: float) -> float:
    """`base ** exponent`; NaN for a negative base with an exponent that is not whole."""
    if not base and exponent < 0:
        is_odd = exponent.is_integer() and exponent % 2 == 1
        return math.copysign(math.inf, base) if is_odd else math.inf
    if not base or not exponent or not math.isfinite(base) or not math.isfinite(exponent):
        return math.pow(base, exponent)  # nothing of it is rounded
    if base < 0 and not exponent.is_integer():
        return math.nan
    sign = -1 if base < 0 and exponent % 2 == 1 else 1
    return sign * _positive_power(abs(base), exponent)


@lru_cache(maxsize=MAX_CACHED_VALUES)
def _positive_power(base: float, exponent: float) -> float:
    root, times, shift = _fraction(base), _fraction(exponent), 0
    try:
        while times.q > 1:  # a power of half the square is the same; where there is no root it is irrational
            root, times = exact_sqrt(root), 2 * times
    except Inexact:
        return rounded(lambda: (arb(exponent) * arb(base).log()).exp())
    for part, way in ((root.p, 1), (root.q, -1)):
        if int(part).bit_count() != 1:
            break
        shift += way * (int(part).bit_length() - 1)
    else:
        return _scaled(1, int(times.p) * shift)
    if abs(times) <= MAX_EXACT_EXPONENT:
        return nearest_double(root ** int(times.p))
    return rounded(lambda: (arb(exponent) * arb(base).log()).exp())


def smaller(left: float, right: float) -> float:
    """The smaller of two doubles; NaN if one is, and -0.0 is below 0.0."""
    if left != left or right != right:
        return math.nan
    if left == right:
        return left if math.copysign(1, left) < 0 else right
    return min(left, right)


def larger(left: float, right: float) -> float:
    """The larger of two doubles; NaN if one is, and 0.0 is above -0.0."""
    return -smaller(-left, -right)
