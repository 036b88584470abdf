"""The exact meaning: rationals of any size (FLINT's `fmpq`), so that a comparison is a fact and never a rounding."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import reduce

from flint import fmpq, fmpz

from grader.language import limits
from grader.language.arithmetic import Arithmetic, Closure, EvaluationError, Frame, Inexact, TooLarge
from grader.language.arrays import Array, ShapeError, Value, describe, shape_of, zipped
from grader.language.numbers import show_number

ZERO, ONE = fmpq(0), fmpq(1)
_EXACT_HALF = fmpq(1, 2)
_EXACT_COMPARISONS: dict[str, Callable[[fmpq, fmpq], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def lifted(function: Callable[[fmpq], fmpq]) -> Callable[[Value], Value]:
    """The function of a scalar, entry by entry on arrays."""
    return lambda value: value.map(function) if isinstance(value, Array) else function(value)


def _comparison(test: Callable[[fmpq, fmpq], bool], vacuous: bool) -> Callable[[Value, Value], Value]:
    def scalar(left: fmpq, right: fmpq) -> fmpq:
        return ONE if test(left, right) else ZERO

    def compare(left: Value, right: Value) -> Value:
        if type(left) is fmpq and type(right) is fmpq:
            return ONE if test(left, right) else ZERO
        result = zipped(scalar, left, right)
        return result if result.entries or vacuous else ZERO

    return compare


_COMPARISONS = {
    vacuous: {op: _comparison(test, vacuous) for op, test in _EXACT_COMPARISONS.items()} for vacuous in (False, True)
}


class Exact(Arithmetic):
    """Expressions over the rationals; `max_bits` bounds the numbers that outlive a power, a call, a fold or a step.

    `vacuous`: what is said of no entries at all is true.
    """

    def __init__(self, max_bits: int = limits.MAX_BITS, *, vacuous: bool = False) -> None:
        self.max_bits = max_bits
        self.vacuous = vacuous

    def number(self, value: fmpq) -> fmpq:
        return value

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        return _COMPARISONS[self.vacuous][op]

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _VACUOUS_EXACT_FUNCTIONS if self.vacuous else EXACT_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(_divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return zipped(lambda a, b: a - b * _floor_divide(a, b), left, right)

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
        for entry in _entries(value):
            if entry.height_bits() > self.max_bits:
                raise TooLarge(f"a number grew beyond {self.max_bits} bits")
        return value

    def effort(self, value: Value) -> int:
        return 1 + sum(64 + entry.height_bits() for entry in _entries(value)) // 512

    def product_effort(self, left: Value, right: Value) -> int:
        if isinstance(left, Array) and isinstance(right, Array):
            return 1 + len(left.entries) * len(right.entries) // right.shape[0] // 16
        return 1

    def choose(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
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
            return _sqrt(base)
        raise Inexact(f"the power {show_number(exponent)} is not a whole number")
    if abs(base) == 1:
        return base if exponent.p % 2 else fmpq(1)
    if abs(exponent) > limits.MAX_EXPONENT or abs(exponent) * base.height_bits() > 4 * limits.MAX_BITS:
        raise TooLarge(f"{show_number(base)} ** {show_number(exponent)} is too large a power")
    if not base and exponent < 0:
        raise EvaluationError("zero has no negative power")
    return base ** int(exponent.p)


def _only_at(name: str, point: fmpq, value: fmpq) -> Callable[[Value], Value]:
    """A transcendental function, which is rational at one rational point only (Lindemann-Weierstrass)."""

    def function(z: fmpq) -> fmpq:
        if z == point:
            return value
        if name == "log" and z <= 0:
            raise EvaluationError(f"log({show_number(z)}) does not exist")
        raise Inexact(f"{name}({show_number(z)}) is not a rational number")

    return lifted(function)


def _never(name: str) -> Callable[[Value], Value]:
    """A function whose values at rational points are all irrational."""

    def function(z: fmpq) -> fmpq:
        raise Inexact(f"{name}({show_number(z)}) is not a rational number")

    return lifted(function)


def _sqrt(z: fmpq) -> fmpq:
    if z < 0:
        raise EvaluationError(f"sqrt({show_number(z)}) does not exist")
    top, bottom = z.p.isqrt(), z.q.isqrt()
    if top * top != z.p or bottom * bottom != z.q:
        raise Inexact(f"sqrt({show_number(z)}) is not a rational number")
    return fmpq(top, bottom)


def _vector(value: Value) -> tuple[fmpq, ...]:
    if len(shape_of(value)) != 1:
        raise ShapeError(f"a vector is needed here, not {describe(shape_of(value))}")
    entries: tuple[fmpq, ...] = value.entries
    return entries


def _softmax(value: Value) -> Array:
    z = _vector(value)
    if any(x != z[0] for x in z):
        raise Inexact("a softmax of different numbers is not rational")
    return Array((len(z),), [fmpq(1, len(z))] * len(z))


def _diag(value: Value) -> Array:
    v = _vector(value)
    _bounded(len(v) ** 2)
    return Array((len(v), len(v)), (x if i == j else ZERO for i, x in enumerate(v) for j in range(len(v))))


def _outer(left: Value, right: Value) -> Array:
    a, b = _vector(left), _vector(right)
    _bounded(len(a) * len(b))
    return Array((len(a), len(b)), (x * y for x in a for y in b))


def _bounded(size: int) -> None:
    if size > limits.MAX_ENTRIES:
        raise TooLarge(f"a matrix of {size} entries is too large (at most {limits.MAX_ENTRIES})")


def _sign(z: fmpq) -> fmpq:
    return ONE if z > 0 else -ONE if z < 0 else ZERO


def _entries(value: Value) -> tuple[fmpq, ...]:
    return value.entries if isinstance(value, Array) else (value,)


def _extreme(pick: Callable[[Iterable[fmpq]], fmpq]) -> Callable[..., Value]:
    def extreme(*values: Value) -> Value:
        if len(values) == 1:
            return pick(_entries(values[0]))
        return reduce(lambda a, b: zipped(lambda x, y: pick((x, y)), a, b), values)

    return extreme


def _dot(left: Value, right: Value) -> Value:
    return sum(_entries(zipped(operator.mul, left, right)), ZERO)


EXACT_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": lifted(abs),
    "sign": lifted(_sign),
    "step": lifted(lambda z: ONE if z >= 0 else ZERO),
    "relu": lifted(lambda z: z if z > 0 else ZERO),
    "sigmoid": _only_at("sigmoid", ZERO, _EXACT_HALF),
    "tanh": _only_at("tanh", ZERO, ZERO),
    "exp": _only_at("exp", ZERO, ONE),
    "log": _only_at("log", ONE, ZERO),
    "sqrt": lifted(_sqrt),
    "sinh": _only_at("sinh", ZERO, ZERO),
    "cosh": _only_at("cosh", ZERO, ONE),
    "sin": _only_at("sin", ZERO, ZERO),
    "cos": _only_at("cos", ZERO, ONE),
    "softplus": _never("softplus"),
    "softmax": _softmax,
    "norm": lambda v: _sqrt(sum((x * x for x in _entries(v)), ZERO)),
    "dot": _dot,
    "diag": _diag,
    "outer": _outer,
    "len": lambda v: fmpq(fmpz(v.shape[0] if isinstance(v, Array) else 1)),
    "sum": lambda v: sum(_entries(v), ZERO),
    "prod": lambda v: reduce(operator.mul, _entries(v), ONE),
    "all": lambda v: ONE if _entries(v) and all(_entries(v)) else ZERO,
    "any": lambda v: ONE if any(_entries(v)) else ZERO,
    "min": _extreme(min),
    "max": _extreme(max),
}
_VACUOUS_EXACT_FUNCTIONS = {**EXACT_FUNCTIONS, "all": lambda v: ONE if all(_entries(v)) else ZERO}
