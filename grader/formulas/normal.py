"""The proving meaning: a value is a rational function of atoms, and equal normal forms are a proof of equality."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce

from flint import fmpq

from grader.formulas.atoms import Atoms
from grader.formulas.fractions import Fraction, Ring, Unprovable
from grader.language.arithmetic import Arithmetic, Closure, EvaluationError, Frame
from grader.language.arrays import Array, ShapeError, Value, describe, shape_of, zipped
from grader.language.exact import Exact

_HALF = fmpq(1, 2)
MAX_POWER = 40


class NormalForms(Arithmetic):
    """Expressions over the field of rational functions in the atoms of one ring."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.atoms = Atoms(ring)
        self._functions = _functions(self, self.atoms)

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
        if doubled.q != 1 or abs(value) > MAX_POWER:
            raise Unprovable("a power that is no small multiple of a half")
        if base.is_zero() and value < 0:
            raise EvaluationError("zero has no negative power")
        return base.power(int(value.p)) if value.q == 1 else self.atoms.sqrt(base).power(int(doubled.p))

    def whole(self, value: Value) -> int:
        if isinstance(value, Array):
            raise EvaluationError(f"{describe(value.shape)} is not a whole number")
        return Exact().whole(_known(value))

    def choose(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            c = condition(frame)
            if isinstance(c, Array):
                chosen = Array(c.shape, (_known(entry) for entry in c.entries))
                return self.select(chosen, then(frame), otherwise(frame))
            return then(frame) if _known(c) else otherwise(frame)

        return choice

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        return super().logic(op, [_tested(operand) for operand in operands])


def _tested(operand: Closure) -> Closure:
    def test(frame: Frame) -> Value:
        value = operand(frame)
        return value if isinstance(value, Array) else _known(value)

    return test


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


def _entries(value: Value) -> tuple[Fraction, ...]:
    return value.entries if isinstance(value, Array) else (value,)


def _lifted(function: Callable[[Fraction], Fraction]) -> Callable[[Value], Value]:
    return lambda value: value.map(function) if isinstance(value, Array) else function(value)


def _vector(value: Value) -> tuple[Fraction, ...]:
    if len(shape_of(value)) != 1:
        raise ShapeError(f"a vector is needed here, not {describe(shape_of(value))}")
    return _entries(value)


def _positive(u: Fraction) -> Fraction:
    if (value := u.constant()) is not None and value <= 0:
        raise EvaluationError("the logarithm of a number that is not positive")
    return u


def _functions(meaning: NormalForms, atoms: Atoms) -> Mapping[str, Callable[..., Value]]:
    """The table of built-ins."""
    return {**smooth_and_gathering(meaning.ring, atoms), **_bent(meaning.ring, atoms)}


def smooth_and_gathering(ring: Ring, atoms: Atoms) -> Mapping[str, Callable[..., Value]]:
    """The built-ins that neither bend nor jump."""
    return {**_smooth(ring, atoms), **_gathering(ring, atoms)}


def _smooth(ring: Ring, atoms: Atoms) -> Mapping[str, Callable[..., Value]]:
    half = ring.number(_HALF)

    def tanh(u: Fraction) -> Fraction:
        s = atoms.sigmoid(u + u)
        return s + s - ring.one

    return {
        "sigmoid": _lifted(atoms.sigmoid),
        "tanh": _lifted(tanh),
        "exp": _lifted(atoms.exp),
        "log": _lifted(lambda u: atoms.log(_positive(u))),
        "sqrt": _lifted(atoms.sqrt),
        "sinh": _lifted(lambda u: half * (atoms.exp(u) - atoms.exp(-u))),
        "cosh": _lifted(lambda u: half * (atoms.exp(u) + atoms.exp(-u))),
        "sin": _lifted(lambda u: atoms.sine("sin", u)),
        "cos": _lifted(lambda u: atoms.sine("cos", u)),
        "softplus": _lifted(lambda u: atoms.log(ring.one + atoms.exp(u))),
    }


def _bent(ring: Ring, atoms: Atoms) -> Mapping[str, Callable[..., Value]]:
    """Everything with a kink is made of absolute values: `max(a, b)` is `(a + b + |a - b|)/2`."""
    half = ring.number(_HALF)

    def jump(name: str, sign: int, known: Callable[[fmpq], int]) -> Callable[[Value], Value]:
        def function(u: Fraction) -> Fraction:
            value = u.constant()
            return atoms.opaque(name, u, sign) if value is None else ring.number(fmpq(known(value)))

        return _lifted(function)

    def extreme(sign: fmpq) -> Callable[..., Value]:
        def pick(a: Fraction, b: Fraction) -> Fraction:
            return half * (a + b + ring.number(sign) * atoms.abs(a - b))

        def choice(*values: Value) -> Value:
            if len(values) == 1:
                return reduce(pick, _entries(values[0]))
            return reduce(lambda a, b: zipped(pick, a, b), values)

        return choice

    return {
        "abs": _lifted(atoms.abs),
        "sign": jump("sign", -1, lambda value: (value > 0) - (value < 0)),
        "step": jump("step", 0, lambda value: int(value >= 0)),
        "relu": _lifted(lambda u: half * (u + atoms.abs(u))),
        "min": extreme(fmpq(-1)),
        "max": extreme(fmpq(1)),
    }


def _gathering(ring: Ring, atoms: Atoms) -> Mapping[str, Callable[..., Value]]:
    """Functions of whole vectors and matrices."""

    def total(values: Value) -> Fraction:
        return reduce(operator.add, _entries(values))

    def softmax(value: Value) -> Array:
        powers = [atoms.exp(z) for z in _vector(value)]
        inverse = reduce(operator.add, powers).inverse()
        return Array((len(powers),), (p * inverse for p in powers))

    def diag(value: Value) -> Array:
        v = _vector(value)
        return Array((len(v), len(v)), (x if i == j else ring.zero for i, x in enumerate(v) for j in range(len(v))))

    def outer(left: Value, right: Value) -> Array:
        a, b = _vector(left), _vector(right)
        return Array((len(a), len(b)), (x * y for x in a for y in b))

    def truth(test: Callable[[list[bool]], bool]) -> Callable[[Value], Fraction]:
        return lambda value: ring.number(fmpq(int(test([bool(_known(x)) for x in _entries(value)]))))

    return {
        "softmax": softmax,
        "norm": lambda v: atoms.sqrt(total(zipped(operator.mul, v, v))),
        "dot": lambda a, b: total(zipped(operator.mul, a, b)),
        "diag": diag,
        "outer": outer,
        "len": lambda v: ring.number(fmpq(v.shape[0] if isinstance(v, Array) else 1)),
        "sum": total,
        "prod": lambda v: reduce(operator.mul, _entries(v)),
        "all": truth(all),
        "any": truth(any),
    }
