"""Real numbers as balls, one at a time: comparing them, and saying that a ball is too wide to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flint import arb, fmpq

from grader.language.numbers import MIN_SHOWN_DIGITS, show_beside, show_irrational_beside, show_number

MAX_SHOWN_BITS = 1000
"""Bits of a number that is shown exactly."""

BALL_ZERO, BALL_ONE, BALL_HALF = arb(0), arb(1), arb(0.5)


class Undecided(Exception):
    """The balls are too wide to answer: more precision may help."""


def below(left: arb, right: arb) -> bool:
    """True if the left number is smaller.

    Raises:
        Undecided: where the balls do not decide.
    """
    if left < right:
        return True
    if left >= right:
        return False
    raise Undecided("which of two numbers is smaller")


def equal(left: arb, right: arb) -> bool:
    """True if two numbers are equal.

    Raises:
        Undecided: where the balls do not decide.
    """
    if left.is_exact() and right.is_exact():
        return bool(left == right)
    if not left.overlaps(right):
        return False
    raise Undecided("whether two numbers are equal")


def surely_all(tests: Iterable[Callable[[], bool]]) -> bool:
    """True if every test holds; one that surely does not decides, whatever the others are.

    Raises:
        Undecided: if some are, and none is surely false.
    """
    open_test: Undecided | None = None
    for test in tests:
        try:
            if not test():
                return False
        except Undecided as undecided:
            open_test = undecided
    if open_test is not None:
        raise open_test
    return True


def truth(value: arb) -> bool:
    """Whether a number is not 0."""
    return not equal(value, BALL_ZERO)


def as_rational(value: arb) -> fmpq | None:
    """The number that an exact ball is, if it is not a very long one."""
    if not value.is_exact() or not value.is_finite():
        return None
    mantissa, exponent = value.man_exp()
    return value.fmpq() if abs(exponent) + mantissa.bit_length() <= MAX_SHOWN_BITS else None


SHOWN_AS_ZERO = arb(2) ** -30
"""A ball around 0 that is narrower is shown as 0, with decimals."""

MAX_SHOWN_EXPONENT = 1 << 16
"""Bits by which a number that is shown digit by digit may be larger or smaller than 1."""


def show_ball(value: arb, *others: arb | fmpq) -> str:
    """A number of which a narrow ball is known, correctly rounded, with enough digits to differ from the others."""
    if value.contains(0) and not value.is_zero():
        return f"{0:.{MIN_SHOWN_DIGITS}f}" if value.rad() < SHOWN_AS_ZERO else "a number of unknown size"
    low, high = midpoint(value.lower()), midpoint(value.upper())
    if low is None or high is None:
        return str(value.str(MIN_SHOWN_DIGITS, radius=False))
    different = [other for other in others if not value.overlaps(arb(other))]
    middles = (midpoint(other) if isinstance(other, arb) else other for other in different)
    beside = [other for other in middles if other is not None]
    if low == high:
        return show_beside(low, *beside)
    text = show_irrational_beside(low, *beside)
    return text if text == show_irrational_beside(high, *beside) else str(value.str(MIN_SHOWN_DIGITS, radius=False))


def midpoint(value: arb) -> fmpq | None:
    """The middle of a ball; None where it is too large or too small to be written."""
    middle = value.mid()
    if not middle.is_finite():
        return None
    mantissa, exponent = middle.man_exp()
    return middle.fmpq() if abs(exponent) + mantissa.bit_length() <= MAX_SHOWN_EXPONENT else None


def shown(value: arb) -> str:
    """The number for a message: exactly where it is short, else to six digits."""
    exact = as_rational(value)
    return str(value.str(6, radius=False)) if exact is None else show_number(exact)
