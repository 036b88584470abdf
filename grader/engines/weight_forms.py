"""The domain of affine forms: what a network works out as a function of its weights, near one choice of them.

A value is an `fmpq` where it does not depend on the weights that move, else an `AffineForm` of them. Comparisons are
decided by the weights of a `WeightPoint`, which keeps what it was asked: wherever all of these comparisons come out the
same, the network does the same, step by step.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import COMPARISON_FUNCTIONS, Arithmetic, Closure, Inexact, TooLarge
from grader.language.arrays import Array, Scalar, Value, entries, zipped
from grader.language.exact import Exact, RationalOperations
from grader.language.functions.table import FUNCTIONS, values_in
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO

Signs = frozenset[int]
"""Which of -1, 0 and 1 a number may have as its sign."""

EVERY_SIGN: Signs = frozenset((-1, 0, 1))


class NotAffine(Exception):
    """Something is worked out of the weights that is no affine function of them: the message says what."""


@dataclass(frozen=True)
class AffineConstraint:
    """Weights w for which `constant + coefficients . w` has one of the signs; the first coefficient not 0 is 1."""

    constant: fmpq
    coefficients: tuple[fmpq, ...]
    signs: Signs

    def at(self, weights: tuple[fmpq, ...]) -> fmpq:
        """The left side."""
        return _applied(self.constant, self.coefficients, weights)

    def pieces_outside(self) -> list[AffineConstraint]:
        """The weights for which it does not hold, as constraints on convex sets that have nothing in common."""
        outside = EVERY_SIGN - self.signs
        parts = [frozenset((-1,)), frozenset((1,))] if outside == {-1, 1} else [outside]
        return [AffineConstraint(self.constant, self.coefficients, signs) for signs in parts if signs]


class WeightPoint:
    """Weights, moved by an infinitely small multiple of a direction; keeps every comparison that it decides.

    `values` are the weights themselves. Where a form is 0 there, its sign is that of its change in the direction.
    """

    def __init__(self, values: tuple[fmpq, ...], direction: tuple[fmpq, ...]) -> None:
        self.values = values
        self.direction = direction
        self._signs: dict[tuple[Any, ...], AffineConstraint] = {}

    @property
    def constraints(self) -> list[AffineConstraint]:
        """What the comparisons that were decided here say of the weights, each form once."""
        return list(self._signs.values())

    def weights(self) -> list[AffineForm]:
        """The weights as forms of themselves."""
        n = range(len(self.values))
        return [AffineForm(self, RATIONAL_ZERO, tuple(fmpq(int(i == j)) for j in n)) for i in n]

    def sign(self, form: AffineForm) -> int:
        """The sign of a form here."""
        value = _applied(form.constant, form.coefficients, self.values)
        return _sign(value or _applied(RATIONAL_ZERO, form.coefficients, self.direction))

    def decide(self, form: AffineForm, test: Callable[[Any, Any], bool]) -> bool:
        """Whether the form and 0 compare so; for which signs of the form the answer would be the same is kept."""
        sign = self.sign(form)
        answer = test(sign, 0)
        same = frozenset(other for other in EVERY_SIGN if test(other, 0) is answer)
        self._keep(form, same if same != {-1, 1} else frozenset((sign,)))
        return answer

    def _keep(self, form: AffineForm, signs: Signs) -> None:
        lead = next(c for c in form.coefficients if c)
        constant, coefficients = form.constant / lead, tuple([c / lead for c in form.coefficients])
        if lead < 0:
            signs = frozenset(-sign for sign in signs)
        key = affine_key(constant, coefficients)
        if key in self._signs:
            signs &= self._signs[key].signs
        self._signs[key] = AffineConstraint(constant, coefficients, signs)


def affine_key(constant: fmpq, coefficients: tuple[fmpq, ...]) -> tuple[Any, ...]:
    """Equal for equal forms, and quick to hash."""
    return (constant.p, constant.q, *((c.p, c.q) for c in coefficients))


class AffineForm:
    """`constant + coefficients . weights`, of which some coefficient is not 0; compared at a point."""

    __slots__ = ("coefficients", "constant", "point")

    def __init__(self, point: WeightPoint, constant: fmpq, coefficients: tuple[fmpq, ...]) -> None:
        self.point = point
        self.constant = constant
        self.coefficients = coefficients

    def __add__(self, other: Any) -> Scalar:
        if isinstance(other, AffineForm):
            summed = tuple(map(operator.add, self.coefficients, other.coefficients))
            return _form(self.point, self.constant + other.constant, summed)
        if isinstance(other, fmpq | int):
            return AffineForm(self.point, self.constant + other, self.coefficients)
        return NotImplemented

    __radd__ = __add__

    def __neg__(self) -> AffineForm:
        return AffineForm(self.point, -self.constant, tuple(map(operator.neg, self.coefficients)))

    def __sub__(self, other: Any) -> Scalar:
        return NotImplemented if isinstance(other, Array) else self + -other

    def __rsub__(self, other: Any) -> Scalar:
        return NotImplemented if isinstance(other, Array) else -self + other

    def __mul__(self, other: Any) -> Scalar:
        if isinstance(other, AffineForm):
            raise NotAffine("weights are multiplied by each other")
        if not isinstance(other, fmpq | int):
            return NotImplemented
        return _form(self.point, self.constant * other, tuple([c * other for c in self.coefficients]))

    __rmul__ = __mul__

    def __abs__(self) -> AffineForm:
        return -self if self < RATIONAL_ZERO else self

    def __bool__(self) -> bool:
        return self.point.decide(self, operator.ne)

    def __eq__(self, other: object) -> bool:
        return _compared(self, other, operator.eq)

    def __ne__(self, other: object) -> bool:
        return _compared(self, other, operator.ne)

    def __lt__(self, other: Any) -> bool:
        return _compared(self, other, operator.lt)

    def __le__(self, other: Any) -> bool:
        return _compared(self, other, operator.le)

    def __gt__(self, other: Any) -> bool:
        return _compared(self, other, operator.gt)

    def __ge__(self, other: Any) -> bool:
        return _compared(self, other, operator.ge)

    __hash__ = None  # type: ignore[assignment]  # equality holds at a point only


def _applied(constant: fmpq, coefficients: tuple[fmpq, ...], weights: tuple[fmpq, ...]) -> fmpq:
    return sum(map(operator.mul, coefficients, weights), constant)


def _sign(number: fmpq) -> int:
    return (number > 0) - (number < 0)


def _form(point: WeightPoint, constant: fmpq, coefficients: tuple[fmpq, ...]) -> Scalar:
    return AffineForm(point, constant, coefficients) if any(coefficients) else constant


def _compared(left: Scalar, right: Any, test: Callable[[Any, Any], bool]) -> bool:
    """Whether two numbers compare so at their point; nothing else is equal to a number."""
    if not isinstance(left, AffineForm) and not isinstance(right, AffineForm):
        return test(left, right)
    if not isinstance(left, AffineForm | fmpq | int) or not isinstance(right, AffineForm | fmpq | int):
        return test is operator.ne
    difference = left - right
    return difference.point.decide(difference, test) if isinstance(difference, AffineForm) else test(difference, 0)


def _depends(*values: Value) -> bool:
    """True if any number in the values depends on the weights."""
    return any(isinstance(entry, AffineForm) for value in values for entry in entries(value))


def _refused(name: str) -> Callable[..., Value]:
    """A function that has irrational values, in stead of which nothing exact could be said."""

    def refuse(*arguments: Value) -> Value:
        raise NotAffine(f"{name} has irrational values")

    return refuse


_AFFINE_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    name: function if FUNCTIONS[name].rational else _refused(name)
    for name, function in values_in(RationalOperations()).items()
}


class AffineArithmetic(Exact):
    """Expressions over exact numbers and affine forms; piecewise linear functions are decided at the point."""

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test, exact = COMPARISON_FUNCTIONS[op], super().comparison(op)

        def one(left: Scalar, right: Scalar) -> fmpq:
            return RATIONAL_ONE if _compared(left, right, test) else RATIONAL_ZERO

        def compare(left: Value, right: Value) -> Value:
            return zipped(one, left, right) if _depends(left, right) else exact(left, right)

        return compare

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _AFFINE_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        if not _depends(left, right):
            return super().divide(left, right)
        if _depends(right):
            raise NotAffine("something is divided by what depends on a weight")
        return zipped(operator.mul, left, super().divide(RATIONAL_ONE, right))

    def floor_divide(self, left: Value, right: Value) -> Value:
        self._refuse("a floor division", left, right)
        return super().floor_divide(left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        self._refuse("a remainder", left, right)
        return super().modulo(left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        self._refuse("a power", base, exponent)
        try:
            return super().power(base, exponent)
        except Inexact as error:
            raise NotAffine(str(error)) from None

    def whole(self, value: Value) -> int:
        self._refuse("an index or a loop bound", value)
        return super().whole(value)

    @staticmethod
    def _refuse(what: str, *values: Value) -> None:
        if _depends(*values):
            raise NotAffine(f"{what} depends on a weight")

    def guard(self, value: Value) -> Value:
        for entry in entries(value):
            parts = (entry.constant, *entry.coefficients) if isinstance(entry, AffineForm) else (entry,)
            if max(part.height_bits() for part in parts) > self.max_bits:
                raise TooLarge(f"a number grew beyond {self.max_bits} bits")
        return value

    def effort(self, value: Value) -> int:
        return 1

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        return Arithmetic.if_exp(self, condition, then, otherwise)


AFFINE_ARITHMETIC = AffineArithmetic(limits.MAX_NETWORK_BITS)
