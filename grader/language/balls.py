"""The rigorous meaning: real numbers as balls (FLINT's `arb`), every operation rounded outwards.

A ball is a midpoint and a radius that surely hold the true value (Johansson 2017, "Arb: efficient arbitrary-precision
midpoint-radius interval arithmetic"). Two disjoint balls are two different numbers; where balls overlap, nothing is
known yet, and a question that hangs on it raises `Undecided`: ask again with more bits (`flint.ctx.workprec`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce

from flint import arb, ctx, fmpq

from grader.language import limits
from grader.language.arithmetic import Arithmetic, Closure, EvaluationError, Frame, TooLarge
from grader.language.arrays import Array, ShapeError, Value, describe, shape_of, zipped
from grader.language.numbers import show_number

MAX_PRECISION = 4096
"""Bits of the finest evaluation; literals are rounded to a little more, so that they never are the limit."""

MAX_SHOWN = 1000
"""Bits of a number that is shown exactly."""

LARGEST, LARGEST_WHOLE = arb(2) ** (1 << 24), arb(2) ** 62
"""The largest power, and the largest whole number for an index or a range."""

ZERO, ONE, HALF = arb(0), arb(1), arb(0.5)


class Undecided(Exception):  # noqa: N818  # names the condition
    """The balls are too wide to answer: more precision may help."""


def lifted(function: Callable[[arb], arb]) -> Callable[[Value], Value]:
    """The function of a scalar, entry by entry on arrays."""
    return lambda value: value.map(function) if isinstance(value, Array) else function(value)


def entries(value: Value) -> tuple[arb, ...]:
    """The numbers in a value."""
    return value.entries if isinstance(value, Array) else (value,)


def _below(left: arb, right: arb) -> bool:
    if left < right:
        return True
    if left >= right:
        return False
    raise Undecided("which of two numbers is smaller")


def _equal(left: arb, right: arb) -> bool:
    if left.is_exact() and right.is_exact():
        return bool(left == right)
    if not left.overlaps(right):
        return False
    raise Undecided("whether two numbers are equal")


_BALL_COMPARISONS: dict[str, Callable[[arb, arb], bool]] = {
    "<": _below,
    ">": lambda a, b: _below(b, a),
    "<=": lambda a, b: not _below(b, a),
    ">=": lambda a, b: not _below(a, b),
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
}


def truth(value: arb) -> bool:
    """Whether a number is not 0."""
    return not _equal(value, ZERO)


class Balls(Arithmetic):
    """Expressions over the reals, enclosed; the precision is FLINT's at the time of evaluation."""

    def __init__(self, *, vacuous: bool = False) -> None:
        self.vacuous = vacuous

    def number(self, value: fmpq) -> arb:
        with ctx.workprec(MAX_PRECISION + 64):
            return arb(value)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test = _BALL_COMPARISONS[op]

        def compare(left: Value, right: Value) -> Value:
            result = zipped(lambda a, b: ONE if test(a, b) else ZERO, left, right)
            return ZERO if isinstance(result, Array) and not result.entries and not self.vacuous else result

        return compare

    def is_true(self, number: arb) -> bool:
        return truth(number)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _VACUOUS_BALL_FUNCTIONS if self.vacuous else BALL_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return zipped(lambda a, b: a - b * _floor_divide(a, b), left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(power, base, exponent)

    def whole(self, value: Value) -> int:
        if isinstance(value, Array):
            raise EvaluationError(f"{describe(value.shape)} is not a whole number")
        if abs(value) > LARGEST_WHOLE:
            raise TooLarge(f"{_shown(value)} is too large a number of steps")
        if value.is_exact() and value.is_integer():
            return int(value.unique_fmpz())
        if value.contains_integer() and not value.is_exact():
            raise Undecided("whether an index is a whole number")
        raise EvaluationError(f"{_shown(value)} is not a whole number, as an index or a bound must be")

    def guard(self, value: Value) -> Value:
        if all(abs(entry) < LARGEST for entry in entries(value)):
            return value
        raise TooLarge("a number is too large to enclose")

    def select(self, condition: Value, then: Value, otherwise: Value) -> Value:
        chosen = Array(shape_of(condition), (fmpq(truth(entry)) for entry in condition.entries))
        return super().select(chosen, then, otherwise)

    def choose(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            c = condition(frame)
            if isinstance(c, Array):
                return self.select(c, then(frame), otherwise(frame))
            return then(frame) if truth(c) else otherwise(frame)

        return choice

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        return super().logic(op, [_tested(operand) for operand in operands])


def _tested(operand: Closure) -> Closure:
    """A number as true or false: FLINT's own `bool` of a ball is always true."""

    def test(frame: Frame) -> Value:
        value = operand(frame)
        return value if isinstance(value, Array) else truth(value)

    return test


def as_rational(value: arb) -> fmpq | None:
    """The number that an exact ball is, if it is not a very long one."""
    if not value.is_exact() or not value.is_finite():
        return None
    mantissa, exponent = value.man_exp()
    return value.fmpq() if abs(exponent) + mantissa.bit_length() <= MAX_SHOWN else None


def _shown(value: arb) -> str:
    exact = as_rational(value)
    return str(value.str(6, radius=False)) if exact is None else show_number(exact)


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
            return ZERO
        if exponent < 0:
            raise EvaluationError("zero has no negative power")
    if base < 0 and not exponent.contains_integer():
        raise EvaluationError(f"a negative number has no power {_shown(exponent)}")
    if not base > 0:
        raise Undecided("the sign of the base of a power")
    return base.sqrt() if exponent == HALF else (exponent * base.log()).exp()


def _whole_power(base: arb, exponent: arb) -> arb:
    if base == 1 or base == -1:  # balls have no hash
        return base if exponent.fmpq().p % 2 else ONE
    if abs(exponent) > limits.MAX_EXPONENT:
        raise TooLarge(f"a power of {_shown(exponent)} is too large")
    if exponent < 0 and base.contains(0):
        if base.is_zero():
            raise EvaluationError("zero has no negative power")
        raise Undecided("whether a divisor is zero")
    size, result = int(abs(exponent.fmpq()).p), ONE
    while size:
        if size % 2:
            result = result * base
        base, size = base * base, size // 2
    return result if exponent >= 0 else ONE / result


def _log(z: arb) -> arb:
    if z > 0:
        return z.log()
    if z <= 0:
        raise EvaluationError(f"log({_shown(z)}) does not exist")
    raise Undecided("whether a logarithm exists")


def _sqrt(z: arb) -> arb:
    if z >= 0:
        return z.sqrt()
    if z < 0:
        raise EvaluationError(f"sqrt({_shown(z)}) does not exist")
    raise Undecided("whether a square root exists")


def _sigmoid(z: arb) -> arb:
    """Through the exponential that is at most 1, so that the ball stays narrow on both sides."""
    if z > 0:
        return ONE / (ONE + (-z).exp())
    small = z.exp()
    return small / (ONE + small)


def _softplus(z: arb) -> arb:
    """`log(1 + exp(z))`, which is `z + log(1 + exp(-z))`."""
    return z + (-z).exp().log1p() if z > 0 else z.exp().log1p()


def _sign(z: arb) -> arb:
    return ZERO if z.is_zero() else -ONE if _below(z, ZERO) else ONE


def _softmax(values: Value) -> Value:
    powers = [z.exp() for z in entries(values)]
    total = sum(powers, ZERO)
    return Array((len(powers),), (p / total for p in powers))


def _extreme(pick: Callable[[arb, arb], arb]) -> Callable[..., Value]:
    def extreme(*values: Value) -> Value:
        if len(values) == 1:
            return reduce(pick, entries(values[0]))
        return reduce(lambda a, b: zipped(pick, a, b), values)

    return extreme


def _norm(value: Value) -> arb:
    return sum((x * x for x in entries(value)), ZERO).nonnegative_part().sqrt()


def _diag(value: Value) -> Array:
    if len(shape_of(value)) != 1:
        raise ShapeError(f"diag needs a vector, not {describe(shape_of(value))}")
    size = len(value.entries)
    return Array((size, size), (x if i == j else ZERO for i, x in enumerate(value.entries) for j in range(size)))


def _outer(left: Value, right: Value) -> Array:
    return Array((len(entries(left)), len(entries(right))), (a * b for a in entries(left) for b in entries(right)))


BALL_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": lifted(abs),
    "sign": lifted(_sign),
    "step": lifted(lambda z: ZERO if _below(z, ZERO) else ONE),
    "relu": lifted(lambda z: z.max(ZERO)),
    "sigmoid": lifted(_sigmoid),
    "tanh": lifted(arb.tanh),
    "exp": lifted(arb.exp),
    "log": lifted(_log),
    "sqrt": lifted(_sqrt),
    "sinh": lifted(arb.sinh),
    "cosh": lifted(arb.cosh),
    "sin": lifted(arb.sin),
    "cos": lifted(arb.cos),
    "softplus": lifted(_softplus),
    "softmax": _softmax,
    "norm": _norm,
    "dot": lambda a, b: sum(entries(zipped(operator.mul, a, b)), ZERO),
    "diag": _diag,
    "outer": _outer,
    "len": lambda v: arb(v.shape[0] if isinstance(v, Array) else 1),
    "sum": lambda v: sum(entries(v), ZERO),
    "prod": lambda v: reduce(operator.mul, entries(v), ONE),
    "all": lambda v: ONE if entries(v) and all(truth(x) for x in entries(v)) else ZERO,
    "any": lambda v: ONE if any(truth(x) for x in entries(v)) else ZERO,
    "min": _extreme(arb.min),
    "max": _extreme(arb.max),
}
_VACUOUS_BALL_FUNCTIONS = {**BALL_FUNCTIONS, "all": lambda v: ONE if all(truth(x) for x in entries(v)) else ZERO}
