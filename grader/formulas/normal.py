"""The domain of proofs: a value is a rational function of atoms, and equal normal forms are a proof of equality."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

from flint import fmpq

from grader.formulas.atoms import Atoms
from grader.formulas.fractions import Fraction, Ring, Unprovable
from grader.language.arithmetic import Arithmetic, EvaluationError
from grader.language.arrays import Array, Value, describe, zipped
from grader.language.exact import Exact
from grader.language.functions.operations import EntryValues, NormalFormOperations
from grader.language.functions.table import values_in

_HALF = fmpq(1, 2)
MAX_NORMAL_POWER = 40


class NormalForms(Arithmetic):
    """Expressions over the field of rational functions in the atoms of one ring."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.atoms = Atoms(ring)
        self._functions = values_in(NormalFormNumbers(self.atoms))

    def number(self, value: fmpq) -> Fraction:
        return self.ring.number(value)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        exact = Exact().comparison(op)

        def compare(left: Fraction, right: Fraction) -> Fraction:
            return self.number(exact(_known(left), _known(right)))

        return lambda left, right: zipped(compare, left, right)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return self._functions

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(_divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(lambda a, b: self.atoms.floor(_divide(a, b)), left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return zipped(lambda a, b: a - b * self.atoms.floor(_divide(a, b)), left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(self._power, base, exponent)

    def _power(self, base: Fraction, exponent: Fraction) -> Fraction:
        value = exponent.constant()
        if value is None:
            if not self.ring.is_positive(base):
                raise Unprovable("a power whose exponent is not a number")
            return self.atoms.exp(exponent * self.atoms.log(base))
        doubled = value * 2
        if doubled.q != 1 or abs(value) > MAX_NORMAL_POWER:
            raise Unprovable("a power that is no small multiple of a half")
        if base.is_zero() and value < 0:
            raise EvaluationError("zero has no negative power")
        return base.power(int(value.p)) if value.q == 1 else self.atoms.sqrt(base).power(int(doubled.p))

    def whole(self, value: Value) -> int:
        if isinstance(value, Array):
            raise EvaluationError(f"{describe(value.shape)} is not a whole number")
        return Exact().whole(_known(value))

    def is_true(self, number: Fraction) -> bool:
        return bool(_known(number))


def _known(value: Fraction) -> fmpq:
    """The number that a condition or an index needs."""
    constant = value.constant()
    if constant is None:
        raise Unprovable("a condition on values that vary")
    return constant


def _divide(left: Fraction, right: Fraction) -> Fraction:
    if right.is_zero():
        raise EvaluationError("a division by zero")
    return left * right.inverse()


class NormalFormNumbers(NormalFormOperations):
    """The functions of the language as rational functions in the atoms of a ring.

    Everything with a kink is made of absolute values: `max(a, b)` is `(a + b + |a - b|)/2`.
    """

    half: Fraction

    def __init__(self, atoms: Atoms) -> None:
        super().__init__()
        self.atoms, self.ring = atoms, atoms.ring
        self.zero, self.one, self.half = self.ring.zero, self.ring.one, self.ring.number(_HALF)

    def of_entry(self, values: EntryValues) -> Callable[[Fraction], Fraction]:
        return partial(values.normal_form, self)

    def number(self, whole: int) -> Fraction:
        return self.ring.number(fmpq(whole))

    def quotient(self, left: Fraction, right: Fraction) -> Fraction:
        return _divide(left, right)

    def is_true(self, number: Fraction) -> bool:
        return bool(_known(number))

    def smaller(self, left: Fraction, right: Fraction) -> Fraction:
        return self.half * (left + right - self.abs(left - right))

    def larger(self, left: Fraction, right: Fraction) -> Fraction:
        return self.half * (left + right + self.abs(left - right))

    def pi(self) -> Fraction:
        return self.atoms.opaque("pi", self.one, 0)

    def norm(self, numbers: Sequence[Fraction]) -> Fraction:
        return self.sqrt(sum((x * x for x in numbers), self.zero))

    def exponentials(self, numbers: Sequence[Fraction]) -> list[Fraction]:
        return [self.exp(z) for z in numbers]

    def abs(self, u: Fraction) -> Fraction:
        return self.atoms.abs(u)

    def sqrt(self, u: Fraction) -> Fraction:
        return self.atoms.sqrt(u)

    def exp(self, u: Fraction) -> Fraction:
        return self.atoms.exp(u)

    def sigmoid(self, u: Fraction) -> Fraction:
        return self.atoms.sigmoid(u)

    def sine(self, name: Literal["sin", "cos"], u: Fraction) -> Fraction:
        return self.atoms.sine(name, u)

    def log(self, u: Fraction) -> Fraction:
        if (value := u.constant()) is not None and value <= 0:
            raise EvaluationError("the logarithm of a number that is not positive")
        return self.atoms.log(u)

    def jump(self, name: str, u: Fraction, parity: int, of_sign: Callable[[int], int]) -> Fraction:
        value = u.constant()
        return self.atoms.opaque(name, u, parity) if value is None else self.number(of_sign((value > 0) - (value < 0)))
