"""The domain of terms: how expressions and the functions of the language are worked out over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import z3
from flint import fmpq

from grader.engines.terms import (
    EXACT_DOMAIN,
    Term,
    UnsupportedByTerms,
    choice,
    comparison,
    divide,
    floor_divide,
    of_condition,
    power,
    truth,
)
from grader.language.arithmetic import Arithmetic, Closure, Frame
from grader.language.arrays import Array, Scalar, Value, entries, shape_of, zipped
from grader.language.functions.operations import EntryValues, NormalFormOperations
from grader.language.functions.table import values_in
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO


class TermOperations(NormalFormOperations):
    """The functions of the language over terms: those that are piecewise rational."""

    zero, one, half = RATIONAL_ZERO, RATIONAL_ONE, fmpq(1, 2)
    smaller = staticmethod(lambda a, b: choice(comparison("<=")(a, b), a, b))
    larger = staticmethod(lambda a, b: choice(comparison(">=")(a, b), a, b))

    def of_entry(self, values: EntryValues) -> Callable[[Scalar], Scalar]:
        return lambda u: values.normal_form(self, u) if isinstance(u, Term) else values.exact(u)

    def number(self, whole: int) -> fmpq:
        return fmpq(whole)

    def abs(self, u: Scalar) -> Scalar:
        return choice(comparison(">=")(u, RATIONAL_ZERO), u, -u)

    def jump(self, name: str, u: Scalar, parity: int, of_sign: Callable[[int], int]) -> Scalar:
        below, at, above = (fmpq(of_sign(sign)) for sign in (-1, 0, 1))
        positive, zero = comparison(">")(u, RATIONAL_ZERO), comparison("==")(u, RATIONAL_ZERO)
        return choice(positive, above, choice(zero, at, below))

    def quotient(self, left: Scalar, right: Scalar) -> Scalar:
        return divide(left, right)

    def pi(self) -> Scalar:
        return self._irrational("pi")

    def norm(self, numbers: Sequence[Scalar]) -> Scalar:
        return self._irrational("norm")

    def exponentials(self, numbers: Sequence[Scalar]) -> list[Scalar]:
        return [self._irrational("exp")]

    def sqrt(self, u: Scalar) -> Scalar:
        return self._irrational("sqrt")

    def exp(self, u: Scalar) -> Scalar:
        return self._irrational("exp")

    def log(self, u: Scalar) -> Scalar:
        return self._irrational("log")

    def sigmoid(self, u: Scalar) -> Scalar:
        return self._irrational("sigmoid")

    def sine(self, name: Literal["sin", "cos"], u: Scalar) -> Scalar:
        return self._irrational(name)

    @staticmethod
    def _irrational(name: str) -> Scalar:
        raise UnsupportedByTerms(f"{name} is neither linear nor piecewise linear")


def _all(value: Value) -> Scalar:
    found = entries(value)
    return of_condition(z3.And([truth(entry) for entry in found])) if found else RATIONAL_ZERO


def _any(value: Value) -> Scalar:
    return of_condition(z3.Or([truth(entry) for entry in entries(value)]))


_FUNCTIONS: Mapping[str, Callable[..., Value]] = {**values_in(TermOperations()), "all": _all, "any": _any}


def _refuse_unlike_shapes(one: Value, other: Value) -> None:
    """Refuses a choice whose result would be a vector in one case and a number in another: a term has one shape."""
    if shape_of(one) != shape_of(other):
        raise UnsupportedByTerms("the size of a value depends on a quantity")


class Terms(Arithmetic):
    """Expressions over terms of z3 and exact constants."""

    def number(self, value: fmpq) -> fmpq:
        return value

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        compare = comparison(op)
        return lambda left, right: zipped(compare, left, right)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(floor_divide, left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return zipped(lambda a, b: a - b * floor_divide(a, b), left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(power, base, exponent)

    def whole(self, value: Value) -> int:
        if isinstance(value, Term):
            raise UnsupportedByTerms("a quantity that is not fixed is an index or a loop bound")
        return EXACT_DOMAIN.whole(value)

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def chosen(frame: Frame) -> Value:
            c = condition(frame)
            if isinstance(c, fmpq):
                return then(frame) if c else otherwise(frame)
            return self.select(c, then(frame), otherwise(frame))

        return chosen

    def select(self, condition: Value, then: Value, otherwise: Value) -> Value:
        if not isinstance(condition, Array):
            _refuse_unlike_shapes(then, otherwise)
            return zipped(lambda a, b: choice(condition, a, b), then, otherwise)
        pairs = zipped(lambda a, b: (a, b), *self._stretched(condition, then, otherwise))
        return zipped(lambda c, pair: choice(c, *pair), condition, pairs)

    @staticmethod
    def _stretched(condition: Array, *branches: Value) -> Iterable[Value]:
        for branch in branches:
            yield zipped(lambda _c, b: b, condition, branch)

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        decisive, joined = op == "or", z3.And if op == "and" else z3.Or

        def merge(left: Scalar, right: Scalar) -> Scalar:
            return of_condition(joined(truth(left), truth(right)))

        def connective(frame: Frame) -> Value:
            pending = None
            for operand in operands:
                value = operand(frame)
                if isinstance(value, fmpq):
                    if bool(value) is decisive:
                        return fmpq(int(decisive))
                    continue
                if pending is not None:
                    _refuse_unlike_shapes(pending, value)
                pending = value if pending is None else zipped(merge, pending, value)
            if pending is not None:
                return zipped(lambda a, _b: of_condition(truth(a)), pending, RATIONAL_ONE)
            return fmpq(int(not decisive))

        return connective
