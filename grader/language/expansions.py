"""Reals as polynomials of what is not rational, so that equal numbers are seen to be equal, which balls never show.

A value of a function at a point is an unknown of its own, the same one at the same point: `tanh(1/3) + tanh(-1/3)` is
0, and two units with the same weights are equal. Where two polynomials differ, balls decide, as in `Reals`. This is
slow, and asked only where balls alone leave a comparison open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from flint import arb, fmpq

from grader.language import balls
from grader.language.arithmetic import COMPARISON_FUNCTIONS, EvaluationError, Inexact, TooLarge, refuse_unlike
from grader.language.arrays import Array, Scalar, Value, zipped
from grader.language.ball_numbers import BALL_ONE, Undecided
from grader.language.exact import Exact
from grader.language.functions.activations import RELU, SIGMOID, STEP, TANH
from grader.language.functions.elementary import ABS, COS, COSH, EXP, SIGN, SIN, SINH, SQRT
from grader.language.functions.operations import EntryValues
from grader.language.functions.table import values_in
from grader.language.limits import MAX_POWER_EXPONENT
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO
from grader.language.polynomials import MAX_EXPANDED_TERMS, UNKNOWNS, Expansion, ball_of
from grader.language.reals import RealOperations, Reals

_EXACT_ARITHMETIC = Exact()


class Expansions(Reals):
    """Expressions over the reals: `fmpq` or `Expansion`."""

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        exact = COMPARISON_FUNCTIONS[op]

        def scalar(left: Scalar, right: Scalar) -> fmpq:
            return RATIONAL_ONE if exact(fmpq(_sign(left - right)), RATIONAL_ZERO) else RATIONAL_ZERO

        def compare(left: Value, right: Value) -> Value:
            refuse_unlike(left, right)
            result = zipped(scalar, left, right)
            return RATIONAL_ZERO if isinstance(result, Array) and not result.entries else result

        return compare

    def is_true(self, number: Scalar) -> bool:
        return _is_true(number)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _EXPANSION_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(_divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(_power, base, exponent)

    def whole(self, value: Value) -> int:
        return super().whole(value.ball if isinstance(value, Expansion) else value)

    def guard(self, value: Value) -> Value:
        return value

    def effort(self, value: Value) -> int:
        return 1 + MAX_EXPANDED_TERMS


def _sign(number: Scalar) -> int:
    """-1, 0 or 1; Undecided where balls do not say."""
    if not isinstance(number, Expansion):
        return int(number > 0) - int(number < 0)
    ball = number.ball
    if ball > 0:
        return 1
    if ball < 0:
        return -1
    return _sign_by_point(number)


def _sign_by_point(number: Expansion) -> int:
    """The sign of a + b*f(u) where f is sigmoid or exp: by its range, or by the sign of u where f(0) is -a/b.

    However near to each other they are: sigmoid(u) is above 1/2 where u is above 0, and below 1 everywhere.
    """
    rest = number.terms.get((), RATIONAL_ZERO)
    ((monomial, factor), *more) = (item for item in number.terms.items() if item[0])
    if more or len(monomial) > 1 or monomial[0] not in UNKNOWNS.points:
        raise Undecided("which of two numbers is smaller")
    values, point = UNKNOWNS.points[monomial[0]]
    threshold, sign = -rest / factor, 1 if factor > 0 else -1
    if threshold <= 0:
        return sign
    if values is SIGMOID.values and threshold >= 1:
        return -sign
    if threshold == values.exact(RATIONAL_ZERO):
        return sign * _sign(point)
    raise Undecided("which of two numbers is smaller")


def _is_true(number: Scalar) -> bool:
    return _sign(number) != 0


def _divide(left: Scalar, right: Scalar) -> Scalar:
    if not isinstance(right, Expansion):
        if not right:
            raise EvaluationError("something is divided by zero")
        return left.scaled(1 / right) if isinstance(left, Expansion) else left / right
    _sign(right)
    unit = right.scaled(1 / right.leading)
    inverse = UNKNOWNS.get(("inverse", unit.key), lambda: BALL_ONE / unit.ball)
    return left * inverse * (1 / right.leading)


def _floor_divide(left: Scalar, right: Scalar) -> Scalar:
    quotient = _divide(left, right)
    if not isinstance(quotient, Expansion):
        return fmpq(quotient.floor())
    floor = quotient.ball.floor()
    if not floor.is_exact():
        raise Undecided("the whole part of a quotient")
    return floor.fmpq()


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    if not isinstance(base, Expansion) and not isinstance(exponent, Expansion):
        try:
            return _EXACT_ARITHMETIC.power(base, exponent)
        except (Inexact, TooLarge):
            pass
    elif not isinstance(exponent, Expansion) and exponent.q == 1 and 0 <= exponent <= MAX_POWER_EXPONENT:
        result: Scalar = RATIONAL_ONE
        for _ in range(int(exponent.p)):
            result = result * base
        return result
    key = ("power", _key(base), _key(exponent))
    return UNKNOWNS.get(key, lambda: balls.power(ball_of(base), ball_of(exponent)))


def _key(number: Scalar) -> Hashable:
    return number.key if isinstance(number, Expansion) else (int(number.p), int(number.q))


_ODD = {id(record.values) for record in (SINH, SIN)}
_EVEN = {id(record.values) for record in (COSH, COS)}


class ExpansionOperations(RealOperations):
    """The functions of the language; a function at a point that is not rational there is an unknown."""

    is_true = staticmethod(_is_true)
    quotient = staticmethod(_divide)

    @staticmethod
    def smaller(left: Scalar, right: Scalar) -> Scalar:
        return left if _sign(left - right) <= 0 else right

    @staticmethod
    def larger(left: Scalar, right: Scalar) -> Scalar:
        return left if _sign(left - right) >= 0 else right

    def of_entry(self, values: EntryValues) -> Callable[[Scalar], Scalar]:
        if by_sign := _BY_SIGN.get(id(values)):
            return lambda number: by_sign(number, _sign(number))

        assert isinstance(SIGMOID.values, EntryValues)
        sigmoid = self.of_entry(SIGMOID.values) if values is TANH.values else None

        def function(number: Scalar) -> Scalar:
            if not isinstance(number, Expansion):
                try:
                    return values.exact(number)
                except Inexact:
                    pass
            if sigmoid is not None:  # tanh
                return sigmoid(number + number) * 2 - 1
            if id(values) in _ODD and _is_turned(number):
                return -function(-number)
            if id(values) in _EVEN and _is_turned(number):
                return function(-number)
            if values is SIGMOID.values and _is_turned(number):
                return RATIONAL_ONE - function(-number)
            found = UNKNOWNS.get((id(values), _key(number)), lambda: values.balls(ball_of(number)))
            if values is SIGMOID.values or values is EXP.values:
                ((unknown,),) = found.terms
                UNKNOWNS.points[unknown] = (values, number)
            return found

        return function

    def pi(self) -> Expansion:
        return UNKNOWNS.get("pi", arb.pi)

    def norm(self, numbers: Sequence[Scalar]) -> Scalar:
        assert isinstance(SQRT.values, EntryValues)
        return self.of_entry(SQRT.values)(sum((x * x for x in numbers), RATIONAL_ZERO))

    def exponentials(self, numbers: Sequence[Scalar]) -> list[Scalar]:
        assert isinstance(EXP.values, EntryValues)
        exponential, largest = self.of_entry(EXP.values), numbers[0]
        for number in numbers:
            largest = number if ball_of(number).mid() > ball_of(largest).mid() else largest
        return [exponential(number - largest) for number in numbers]


def _is_turned(number: Scalar) -> bool:
    """Whether the opposite number is the one at which a function is an unknown."""
    return bool((number.leading if isinstance(number, Expansion) else number) < 0)


_BY_SIGN: Mapping[int, Callable[[Scalar, int], Scalar]] = {
    id(RELU.values): lambda number, sign: number if sign > 0 else RATIONAL_ZERO,
    id(ABS.values): lambda number, sign: number if sign >= 0 else -number,
    id(SIGN.values): lambda number, sign: fmpq(sign),
    id(STEP.values): lambda number, sign: RATIONAL_ONE if sign >= 0 else RATIONAL_ZERO,
}
"""Functions that are one of a few others, as the sign of their argument says."""

_EXPANSION_FUNCTIONS = values_in(ExpansionOperations())

EXPANSIONS = Expansions()
