"""The domain of sets of numbers: rationals exactly as long as a value is one rational, intervals from there on.

An expression worked out over intervals gives an interval that surely holds its values at all points of them (Moore,
"Interval Analysis", 1966). Both ends are balls of FLINT's `arb`, so rounding is outwards; the precision is FLINT's at
the time of evaluation. Where an interval does not decide a comparison, both outcomes are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import arb, fmpq

from grader.language import balls, limits
from grader.language.arithmetic import Arithmetic, Closure, Frame, Inexact, refuse_unlike
from grader.language.arrays import Array, Scalar, Value, describe, shape_of, zipped
from grader.language.ball_numbers import Undecided, as_rational
from grader.language.exact import Exact
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.table import values_in
from grader.language.interval_numbers import (
    INTERVAL_COMPARISONS,
    LARGEST_END,
    Interval,
    decided_truth,
    divide,
    hull,
    interval_of,
    least_of,
    magnitude,
    of_truth,
    truth_of,
)
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO

_RATIONALS = Exact()
_SQUARE_ROOT = fmpq(1, 2)

MAX_KEPT_BITS = 512
"""Bits of a numerator or denominator that outlives a power, a call, a comprehension or a step; longer rationals become
intervals."""


class Intervals(Arithmetic):
    """Expressions over rationals and intervals.

    What is undefined at some point, or hangs on what is not decided other than by joining outcomes (an index, the
    number of rounds of a loop), raises `Undecided` or `EvaluationError`.
    """

    def number(self, value: fmpq) -> fmpq:
        return value

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test = INTERVAL_COMPARISONS[op]

        def compare(left: Value, right: Value) -> Value:
            refuse_unlike(left, right)
            result = zipped(lambda a, b: of_truth(test(a, b)), left, right)
            return RATIONAL_ZERO if isinstance(result, Array) and not result.entries else result

        return compare

    def is_true(self, number: Scalar) -> bool:
        return decided_truth(number)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _INTERVAL_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(_power, base, exponent)

    def whole(self, value: Value) -> int:
        if isinstance(value, Interval):
            raise Undecided("an index or a bound of a loop")
        return _RATIONALS.whole(value)

    def guard(self, value: Value) -> Value:
        """The value, long rationals in it rounded to intervals."""
        return value.map(_kept) if isinstance(value, Array) else _kept(value)

    def product_effort(self, left: Value, right: Value) -> int:
        return _RATIONALS.product_effort(left, right)

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            c = condition(frame)
            if isinstance(c, Array):
                return self.select(c, then(frame), otherwise(frame))
            truth = truth_of(c)
            if truth is None:
                return _joined(then(frame), otherwise(frame))
            return then(frame) if truth else otherwise(frame)

        return choice

    def select(self, condition: Value, then: Value, otherwise: Value) -> Value:
        def chosen(c: Scalar, branches: tuple[Scalar, Scalar]) -> Scalar:
            truth = truth_of(c)
            return hull(*branches) if truth is None else branches[0] if truth else branches[1]

        stretched = [zipped(lambda _c, b: b, condition, branch) for branch in (then, otherwise)]
        return zipped(chosen, condition, zipped(lambda a, b: (a, b), *stretched))

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        decisive, merge = op == "or", self.functions["max" if op == "or" else "min"]

        def connective(frame: Frame) -> Value:
            pending: Value = of_truth(not decisive)
            for operand in operands:
                truth = _truths(operand(frame))
                if type(truth) is fmpq and bool(truth) is decisive:
                    return truth
                pending = merge(pending, truth)
            return pending

        return connective


def _kept(number: Scalar) -> Scalar:
    if type(number) is fmpq:
        return number if number.height_bits() <= MAX_KEPT_BITS else interval_of(arb(number))
    if isinstance(number, Interval) and not (abs(number.low) < LARGEST_END and abs(number.high) < LARGEST_END):
        raise Undecided("how large a number is")
    return number


def _truths(value: Value) -> Value:
    """1 for what is not 0, entry by entry."""
    return value.map(lambda n: of_truth(truth_of(n))) if isinstance(value, Array) else of_truth(truth_of(value))


def _joined(one: Value, other: Value) -> Value:
    """Both outcomes of a choice at once."""
    if shape_of(one) != shape_of(other):
        raise Undecided(f"whether a value is {describe(shape_of(one))} or {describe(shape_of(other))}")
    return zipped(hull, one, other)


def _floor_divide(left: Scalar, right: Scalar) -> Scalar:
    quotient = divide(left, right)
    if type(quotient) is fmpq:
        return fmpq(quotient.floor())
    low, high = quotient.low.lower().floor(), quotient.high.upper().floor()
    whole = as_rational(low) if low == high else None
    return Interval(low, high) if whole is None else whole


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    if type(exponent) is not fmpq:
        return _exp(exponent * _log(base))
    if type(base) is fmpq:
        try:
            return _RATIONALS.power(base, exponent)
        except Inexact:
            return interval_of(balls.power(arb(base), arb(exponent)))
    if exponent == _SQUARE_ROOT:
        return _INTERVAL_FUNCTIONS["sqrt"](base)
    if exponent.q != 1:
        return _exp(_log(base) * exponent)
    if exponent < 0:
        return divide(RATIONAL_ONE, _power(base, -exponent))
    if exponent.p % 2 == 0:
        base = magnitude(base)
    power = arb(exponent)
    return Interval(balls.power(base.low, power), balls.power(base.high, power)) if exponent else RATIONAL_ONE


def _exp(number: Scalar) -> Scalar:
    return _INTERVAL_FUNCTIONS["exp"](number)


def _log(number: Scalar) -> Scalar:
    return _INTERVAL_FUNCTIONS["log"](number)


class IntervalOperations(ScalarOperations):
    """The functions of the language over rationals and intervals."""

    zero, one = RATIONAL_ZERO, RATIONAL_ONE
    max_made_entries = limits.MAX_ENTRIES
    is_true = staticmethod(decided_truth)
    quotient = staticmethod(divide)

    @staticmethod
    def smaller(left: Scalar, right: Scalar) -> Scalar:
        return min(left, right) if type(left) is fmpq and type(right) is fmpq else least_of(left, right)

    @staticmethod
    def larger(left: Scalar, right: Scalar) -> Scalar:
        return max(left, right) if type(left) is fmpq and type(right) is fmpq else -least_of(-left, -right)

    def of_entry(self, values: EntryValues) -> Callable[[Scalar], Scalar]:
        def function(number: Scalar) -> Scalar:
            if type(number) is fmpq:
                try:
                    return values.exact(number)
                except Inexact:
                    return interval_of(values.balls(arb(number)))
            low, high = number.low.lower(), number.high.upper()
            if not values.increasing:
                return interval_of(values.balls(low.union(high)))
            low, high = values.balls(low), values.balls(high)
            only = as_rational(low) if low == high else None
            return number.through(values, Interval(low, high)) if only is None else only

        return function

    def number(self, whole: int) -> fmpq:
        return fmpq(whole)

    def pi(self) -> Interval:
        return interval_of(arb.pi())

    def norm(self, numbers: Sequence[Scalar]) -> Scalar:
        return _INTERVAL_FUNCTIONS["sqrt"](sum((x * x for x in numbers), RATIONAL_ZERO))

    def exponentials(self, numbers: Sequence[Scalar]) -> list[Scalar]:
        raise NotImplementedError("softmax has a row of its own")  # which knows that its terms share a number


def _softmax(value: Value) -> Value:
    """`1 / (1 + sum of exp(z_j - z_i))`, in which every number that varies stands once in a term."""
    numbers = IntervalOperations().column(value)

    def share(i: int) -> Scalar:
        others = [_exp(z - numbers[i]) for j, z in enumerate(numbers) if j != i]
        return divide(RATIONAL_ONE, sum(others, RATIONAL_ONE))

    return Array(shape_of(value), map(share, range(len(numbers))))


_INTERVAL_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **values_in(IntervalOperations()),
    "abs": lambda value: value.map(magnitude) if isinstance(value, Array) else magnitude(value),
    "softmax": _softmax,
}
INTERVALS = Intervals()
