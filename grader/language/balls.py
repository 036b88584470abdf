"""The rigorous domain: real numbers as balls (FLINT's `arb`), every operation rounded outwards.

A ball is a midpoint and a radius that surely hold the true value (Johansson 2017, "Arb: efficient arbitrary-precision
midpoint-radius interval arithmetic"). Two disjoint balls are two different numbers; where balls overlap, nothing is
known yet, and a question that hangs on it raises `Undecided`: ask again with more bits (`flint.ctx.workprec`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from flint import arb, ctx, fmpq

from grader.language import limits
from grader.language.arithmetic import Arithmetic, EvaluationError, TooLarge, refuse_unlike
from grader.language.arrays import Array, Value, describe, entries, zipped
from grader.language.ball_numbers import BALL_HALF, BALL_ONE, BALL_ZERO, Undecided, below, equal, shown, truth
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.table import values_in

MAX_PRECISION_BITS = 4096
"""Bits of the finest evaluation; literals are rounded to a little more, so that they never are the limit."""

LARGEST, LARGEST_WHOLE = arb(2) ** (1 << 24), arb(2) ** 62
"""The largest power, and the largest whole number for an index or a range."""

BALL_COMPARISONS: dict[str, Callable[[arb, arb], bool]] = {
    "<": below,
    ">": lambda a, b: below(b, a),
    "<=": lambda a, b: not below(b, a),
    ">=": lambda a, b: not below(a, b),
    "==": equal,
    "!=": lambda a, b: not equal(a, b),
}


class Balls(Arithmetic):
    """Expressions over the reals, enclosed; the precision is FLINT's at the time of evaluation."""

    def __init__(self, *, vacuous: bool = False) -> None:
        self.vacuous = vacuous

    def number(self, value: fmpq) -> arb:
        return _ball(value)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test = BALL_COMPARISONS[op]

        def compare(left: Value, right: Value) -> Value:
            refuse_unlike(left, right)
            result = zipped(lambda a, b: BALL_ONE if test(a, b) else BALL_ZERO, left, right)
            return BALL_ZERO if isinstance(result, Array) and not result.entries and not self.vacuous else result

        return compare

    def is_true(self, number: arb) -> bool:
        return truth(number)  # FLINT's own `bool` of a ball is always true

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _BALL_FUNCTIONS[self.vacuous]

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(power, base, exponent)

    def whole(self, value: Value) -> int:
        if isinstance(value, Array):
            raise EvaluationError(f"{describe(value.shape)} is not a whole number")
        if abs(value) > LARGEST_WHOLE:
            raise TooLarge(f"{shown(value)} is too large a number of steps")
        if value.is_exact() and value.is_integer():
            return int(value.unique_fmpz())
        if value.contains_integer() and not value.is_exact():
            raise Undecided("whether an index is a whole number")
        raise EvaluationError(f"{shown(value)} is not a whole number, as an index or a bound must be")

    def guard(self, value: Value) -> Value:
        if all(abs(entry) < LARGEST for entry in entries(value)):
            return value
        raise TooLarge("a number is too large to enclose")


@lru_cache(maxsize=1 << 10)
def _ball(value: fmpq) -> arb:
    with ctx.workprec(MAX_PRECISION_BITS + 64):
        return arb(value)


def divide(left: arb, right: arb) -> arb:
    """`left / right`."""
    if right.contains(0):
        if right.is_zero():
            raise EvaluationError("a division by zero")
        raise Undecided("whether a divisor is zero")
    return left / right


def _floor_divide(left: arb, right: arb) -> arb:
    floor = divide(left, right).floor()
    if not floor.is_exact():
        raise Undecided("the whole part of a quotient")
    return floor


def power(base: arb, exponent: arb) -> arb:
    """`base ** exponent`: repeated multiplication for whole exponents, else `exp(exponent * log(base))`."""
    if exponent.is_exact() and exponent.is_integer():
        return _whole_power(base, exponent)
    if base.is_zero():
        if exponent > 0:
            return BALL_ZERO
        if exponent < 0:
            raise EvaluationError("zero has no negative power")
    if base < 0 and not exponent.contains_integer():
        raise EvaluationError(f"a negative number has no power {shown(exponent)}")
    if not base > 0:
        raise Undecided("the sign of the base of a power")
    return base.sqrt() if exponent == BALL_HALF else (exponent * base.log()).exp()


def _whole_power(base: arb, exponent: arb) -> arb:
    if base == 1 or base == -1:  # balls have no hash
        return base if exponent.fmpq().p % 2 else BALL_ONE
    if abs(exponent) > limits.MAX_POWER_EXPONENT:
        raise TooLarge(f"a power of {shown(exponent)} is too large")
    if exponent < 0 and base.contains(0):
        if base.is_zero():
            raise EvaluationError("zero has no negative power")
        raise Undecided("whether a divisor is zero")
    size, result = int(abs(exponent.fmpq()).p), BALL_ONE
    while size:
        if size % 2:
            result = result * base
        base, size = base * base, size // 2
    return result if exponent >= 0 else BALL_ONE / result


class BallOperations(ScalarOperations):
    """The functions of the language over the reals, enclosed."""

    zero, one = BALL_ZERO, BALL_ONE
    smaller, larger, is_true = staticmethod(arb.min), staticmethod(arb.max), staticmethod(truth)

    def of_entry(self, values: EntryValues) -> Callable[[arb], arb]:
        return values.balls

    def number(self, whole: int) -> arb:
        return arb(whole)

    def pi(self) -> arb:
        return arb.pi()

    def norm(self, numbers: Sequence[arb]) -> arb:
        return sum((x * x for x in numbers), BALL_ZERO).nonnegative_part().sqrt()

    def exponentials(self, numbers: Sequence[arb]) -> list[arb]:
        return [z.exp() for z in numbers]


_BALL_FUNCTIONS = {vacuous: values_in(BallOperations(vacuous)) for vacuous in (False, True)}
