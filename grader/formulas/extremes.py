"""The largest value of a function of one number: over all scales first, then closer and closer around the best one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import fmpq

GOLDEN_RATIO = fmpq(Fraction(0.6180339887).numerator, Fraction(0.6180339887).denominator)
"""By how much an interval gets shorter with each step (Kiefer 1953)."""

NUMBERS_OF_ALL_SCALES = tuple(sign * fmpq(10) ** exponent * fmpq(7, 5) for exponent in range(-6, 7) for sign in (1, -1))
PERIOD_NUMBERS = tuple(fmpq(n, 5) for n in range(-16, 17, 2))
"""Numbers over one period of sine and cosine."""

UNIT_INTERVAL_NUMBERS = tuple(fmpq(n, 16) for n in range(1, 16)) + tuple(fmpq(1, 10**n) for n in range(2, 9))

MAX_NARROWING_STEPS = 36
MAX_OUTWARD_STEPS = 3
"""How often one goes further out by `OUTWARD_FACTOR`, where the function is largest at the outermost number."""

OUTWARD_FACTOR = 1000

Height = Callable[[fmpq], float | None]
"""A function; None where it has no value."""


def climb(numbers: Sequence[fmpq], height: Height) -> fmpq | None:
    """A number at which the function is above 0, or else about as large as it gets; None where it has no value."""
    seen: list[tuple[float, fmpq]] = []
    for number in sorted(set(numbers)):
        value = height(number)
        if value is None:
            continue
        if value > 0:
            return number
        seen.append((value, number))
    if not seen:
        return None
    best = max(range(len(seen)), key=lambda i: seen[i][0])
    if best in (0, len(seen) - 1):
        return _outwards(*seen[best], height)
    return _between(seen[best - 1][1], seen[best + 1][1], seen[best][1], height)


def _outwards(value: float, number: fmpq, height: Height) -> fmpq:
    for _ in range(MAX_OUTWARD_STEPS):
        further = height(number * OUTWARD_FACTOR)
        if further is None or further <= value:
            break
        value, number = further, number * OUTWARD_FACTOR
        if value > 0:
            break
    return number


def _between(low: fmpq, high: fmpq, best: fmpq, height: Height) -> fmpq:
    """Golden section search."""
    left, right = high - GOLDEN_RATIO * (high - low), low + GOLDEN_RATIO * (high - low)
    at_left, at_right = height(left), height(right)
    for _ in range(MAX_NARROWING_STEPS):
        if at_left is None or at_right is None:
            return best
        if max(at_left, at_right) > 0:
            break
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = _short(high - GOLDEN_RATIO * (high - low))
            at_left = height(left)
        else:
            low, left, at_left = left, right, at_right
            right = _short(low + GOLDEN_RATIO * (high - low))
            at_right = height(right)
    return left if at_right is None or (at_left is not None and at_left >= at_right) else right


def _short(value: fmpq) -> fmpq:
    """The number to 64 binary places, so that fractions do not grow."""
    return fmpq((value * (1 << 64)).floor(), 1 << 64)


def exact_root(square: fmpq) -> fmpq:
    """The root of a number that is not negative, exactly where it is rational, else to 60 bits."""
    top, bottom = square.p, square.q
    if top.isqrt() ** 2 == top and bottom.isqrt() ** 2 == bottom:
        return fmpq(top.isqrt(), bottom.isqrt())
    return fmpq((top * bottom << 120).isqrt(), bottom << 60)
