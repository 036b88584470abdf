"""The exact domain: rationals of any size (FLINT's `fmpq`), so that a comparison is a fact and never a rounding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import fmpq, fmpz

from grader.language import limits
from grader.language.arithmetic import (
    COMPARISON_FUNCTIONS,
    Arithmetic,
    Closure,
    EvaluationError,
    Frame,
    Inexact,
    TooLarge,
    refuse_unlike,
)
from grader.language.arrays import Array, Value, entries, zipped
from grader.language.functions.elementary import exact_sqrt
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.table import values_in
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO, show_number

_EXACT_HALF = fmpq(1, 2)


def _comparison(test: Callable[[fmpq, fmpq], bool], vacuous: bool) -> Callable[[Value, Value], Value]:
    def scalar(left: fmpq, right: fmpq) -> fmpq:
        return RATIONAL_ONE if test(left, right) else RATIONAL_ZERO

    def compare(left: Value, right: Value) -> Value:
        if type(left) is fmpq and type(right) is fmpq:
            return RATIONAL_ONE if test(left, right) else RATIONAL_ZERO
        if type(left) is not Array or type(right) is not fmpq:
            refuse_unlike(left, right)
        result = zipped(scalar, left, right)
        return result if result.entries or vacuous else RATIONAL_ZERO

    return compare


_COMPARISONS = {
    vacuous: {op: _comparison(test, vacuous) for op, test in COMPARISON_FUNCTIONS.items()} for vacuous in (False, True)
}


class Exact(Arithmetic):
    """Expressions over the rationals.

    `max_bits` bounds the numbers that outlive a power, a call, a comprehension or a step.
    `vacuous`: a comparison of no entries is true.
    """

    def __init__(self, max_bits: int = limits.MAX_NUMBER_BITS, *, vacuous: bool = False) -> None:
        self.max_bits = max_bits
        self.vacuous = vacuous

    def number(self, value: fmpq) -> fmpq:
        return value

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        return _COMPARISONS[self.vacuous][op]

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _EXACT_FUNCTIONS[self.vacuous]

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(_divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(_power, base, exponent)

    def whole(self, value: Value) -> int:
        if type(value) is not fmpq or value.q != 1:
            shown = show_number(value) if type(value) is fmpq else "a vector"
            raise EvaluationError(f"{shown} is not a whole number, as an index or a loop bound must be")
        if value.height_bits() > 64:
            raise TooLarge(f"{show_number(value)} is too large for an index or a loop bound")
        return int(value.p)

    def guard(self, value: Value) -> Value:
        if type(value) is fmpq and value.height_bits() <= self.max_bits:
            return value
        for entry in entries(value):
            if entry.height_bits() > self.max_bits:
                raise TooLarge(f"a number grew beyond {self.max_bits} bits")
        return value

    def effort(self, value: Value) -> int:
        bits: int = sum(64 + entry.height_bits() for entry in entries(value))
        return 1 + bits // 512

    def product_effort(self, left: Value, right: Value) -> int:
        if isinstance(left, Array) and isinstance(right, Array):
            return 1 + len(left.entries) * len(right.entries) // right.shape[0] // 16
        return 1

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            c = condition(frame)
            if type(c) is fmpq:
                return then(frame) if c else otherwise(frame)
            return self.select(c, then(frame), otherwise(frame))

        return choice


def _divide(left: fmpq, right: fmpq) -> fmpq:
    if not right:
        raise EvaluationError(f"{show_number(left)} is divided by zero")
    return left / right


def _floor_divide(left: fmpq, right: fmpq) -> fmpq:
    return fmpq(_divide(left, right).floor())


def _power(base: fmpq, exponent: fmpq) -> fmpq:
    if exponent.q != 1:
        if exponent == _EXACT_HALF:
            return exact_sqrt(base)
        raise Inexact(f"the power {show_number(exponent)} is not a whole number")
    if abs(base) == 1:
        return base if exponent.p % 2 else fmpq(1)
    if abs(exponent) > limits.MAX_POWER_EXPONENT or abs(exponent) * base.height_bits() > 4 * limits.MAX_NUMBER_BITS:
        raise TooLarge(f"{show_number(base)} ** {show_number(exponent)} is too large a power")
    if not base and exponent < 0:
        raise EvaluationError("zero has no negative power")
    return base ** int(exponent.p)


class RationalOperations(ScalarOperations):
    """The functions of the language over the rationals."""

    zero, one = RATIONAL_ZERO, RATIONAL_ONE
    max_made_entries = limits.MAX_ENTRIES

    def of_entry(self, values: EntryValues) -> Callable[[fmpq], fmpq]:
        return values.exact

    def number(self, whole: int) -> fmpq:
        return fmpq(fmpz(whole))

    def pi(self) -> fmpq:
        raise Inexact("pi is not a rational number")

    def norm(self, numbers: Sequence[fmpq]) -> fmpq:
        return exact_sqrt(sum((x * x for x in numbers), RATIONAL_ZERO))

    def exponentials(self, numbers: Sequence[fmpq]) -> list[fmpq]:
        if any(x != numbers[0] for x in numbers):
            raise Inexact("a softmax of different numbers is not rational")
        return [RATIONAL_ONE] * len(numbers)


_EXACT_FUNCTIONS = {vacuous: values_in(RationalOperations(vacuous)) for vacuous in (False, True)}
