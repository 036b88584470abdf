"""The everyday meaning: Python's own numbers (whole numbers exact, the rest float64), one value at a time.

Quick, and rounded like the code it judges; where such a judgement would cost points, `Balls` has the last word.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import Arithmetic, Closure, EvaluationError, TooLarge
from grader.language.arrays import Array, ShapeError, Value, describe, shape_of, stacked, zipped

FloatNumber = int | float
NUMBERS = (int, float)

ENTRIES_A_STEP = 32
"""Entries of lists that a loop works on for each step of its budget."""

MAX_MADE_ENTRIES = 1 << 18
"""Entries of a matrix that `outer` and `diag` make."""


def lifted(function: Callable[[Any], Any]) -> Callable[[Value], Value]:
    """The function of a scalar, entry by entry on arrays."""
    return lambda value: value.map(function) if isinstance(value, Array) else function(value)


def close(got: FloatNumber, wanted: FloatNumber, rtol: float, atol: float) -> bool:
    """`|got - wanted| <= atol + rtol * |wanted|`; NaN is close to nothing, an infinity only to itself."""
    if got == wanted:
        return True
    try:
        return abs(got - wanted) <= atol + rtol * abs(wanted) < math.inf
    except OverflowError:  # a whole number beyond the floats
        return _close_exactly(got, wanted, rtol, atol)


def _close_exactly(got: FloatNumber, wanted: FloatNumber, rtol: float, atol: float) -> bool:
    try:
        left, right = Fraction(got), Fraction(wanted)
    except (OverflowError, ValueError):  # an infinity or NaN
        return False
    return abs(left - right) <= Fraction(atol) + Fraction(rtol) * abs(right)


class Floats(Arithmetic):
    """Expressions over ints and floats; `~` is closeness: `|a - b| <= atol + rtol * |b|`."""

    def __init__(self, rtol: float = 1e-9, atol: float = 1e-12, *, vacuous: bool = False) -> None:
        self.rtol = rtol
        self.atol = atol
        self.vacuous = vacuous

    def number(self, value: fmpq) -> FloatNumber:
        return int(value.p) if value.q == 1 else int(value.p) / int(value.q)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test = self.close if op == "~" else _FLOAT_COMPARISONS[op]
        equal = self.close if op == "~" else operator.eq

        def scalar(left: Any, right: Any) -> int:
            return 1 if test(left, right) else 0

        def compare(left: Value, right: Value) -> Value:
            if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
                return 1 if test(left, right) else 0
            stretched = isinstance(left, Array) and isinstance(right, NUMBERS)
            if op in _OF_ANYTHING and not stretched and not _same_shape(left, right):
                alike = _alike(left, right, equal)
                return 0 if alike is None else int(alike is (op != "!="))
            result = zipped(scalar, _numeric(left), _numeric(right))
            return result if result.entries or self.vacuous else 0

        return compare

    def close(self, left: Any, right: Any) -> bool:
        """Whether two numbers are equal within the tolerances; NaN never is."""
        return close(left, right, self.rtol, self.atol)

    def is_true(self, value: Value) -> bool:
        if not isinstance(value, NUMBERS):
            raise EvaluationError("what comes out is neither true nor false")
        return bool(value)

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        return super().logic(op, [_tested(operand) for operand in operands])

    def choose(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        return super().choose(_tested(condition), then, otherwise)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _VACUOUS_FLOAT_FUNCTIONS if self.vacuous else FLOAT_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(_divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_checked(operator.floordiv), left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return zipped(_checked(operator.mod), left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(_power, base, exponent)

    def reading(self, value: Value) -> int:
        """A loop that names a long list in each of its rounds looks at it each time."""
        return _weight(value) // ENTRIES_A_STEP

    def effort(self, value: Value) -> int:
        return 1 + _weight(value) // ENTRIES_A_STEP

    def product_effort(self, left: Value, right: Value) -> int:
        if isinstance(left, Array) and isinstance(right, Array) and right.shape[0]:
            return 1 + len(left.entries) * len(right.entries) // right.shape[0] // ENTRIES_A_STEP
        return 1

    def whole(self, value: Value) -> int:
        if isinstance(value, Array) or value != int(value):
            raise EvaluationError("an index or a loop bound must be a whole number")
        return int(value)

    def index(self, value: Value, index: Value) -> Value:
        if isinstance(value, list | tuple):
            at = self.whole(index)
            if not 0 <= at < len(value):
                raise ShapeError(f"index {at} is outside a sequence of {len(value)}")
            return value[at]
        return super().index(value, index)


_FLOAT_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_OF_ANYTHING = ("==", "!=", "~")
"""Comparisons that texts can be given to, and that values of different shapes simply fail."""


def _weight(value: Value) -> int:
    """How many entries a value has, in lists of lists as well."""
    if isinstance(value, Array):
        return len(value.entries)
    return len(value) + sum(map(_weight, value)) if isinstance(value, list | tuple) else 0


def _alike(left: Value, right: Value, equal: Callable[[Any, Any], bool]) -> bool | None:
    """Equality of texts, and of sequences part by part; None where the shapes differ, which is neither == nor !=.

    A number on the left is not stretched to fit an array.
    """
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return equal(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, Array) and isinstance(right, Array) and left.shape != right.shape:
        return None
    ours, theirs = _parts(left), _parts(right)
    if len(ours) != len(theirs):
        return None
    found = [_alike(a, b, equal) for a, b in zip(ours, theirs, strict=True)]
    return None if None in found else all(found)


def _same_shape(left: Value, right: Value) -> bool:
    return isinstance(left, Array) and isinstance(right, Array) and left.shape == right.shape


def _parts(value: Value) -> Sequence[Value]:
    if isinstance(value, Array):
        return [value.item(i) for i in range(value.shape[0])]
    if isinstance(value, list | tuple):
        return value
    raise TypeError


def _numeric(value: Value) -> Value:
    """The value, if it is a number or made of numbers: text and None are neither true nor false, small nor large."""
    if not isinstance(value, Array | int | float):
        raise TypeError
    return value


def _tested(operand: Closure) -> Closure:
    return lambda frame: _numeric(operand(frame))


def _checked(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        try:
            return function(left, right)
        except (ZeroDivisionError, OverflowError, ValueError) as error:
            raise EvaluationError(str(error)) from None

    return apply


_divide = _checked(operator.truediv)


def _power(base: FloatNumber, exponent: FloatNumber) -> FloatNumber:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and (abs(exponent) > limits.MAX_EXPONENT or abs(exponent) * int(base).bit_length() > 4 * limits.MAX_BITS):
        raise TooLarge(f"{base} ** {exponent} is too large a power")
    result = _checked(operator.pow)(base, exponent)
    if isinstance(result, complex):
        raise EvaluationError(f"{base} ** {exponent} is not real")
    return result  # type: ignore[no-any-return]  # a power of real numbers


def _entries(value: Value) -> tuple[Any, ...]:
    if isinstance(value, Array):
        return value.entries
    return tuple(map(_numeric, value if isinstance(value, list | tuple) else (value,)))


def _guarded(function: Callable[[float], float]) -> Callable[[Value], Value]:
    def apply(z: float) -> float:
        try:
            return function(z)
        except OverflowError:
            return math.inf
        except ValueError:
            raise EvaluationError(f"{function.__name__.strip('_')}({z}) does not exist") from None

    return lifted(apply)


def _sigmoid(z: float) -> float:
    """Without overflow on either side."""
    small = math.exp(-abs(z))
    return 1 / (1 + small) if z >= 0 else small / (1 + small)


def _length(value: Value) -> int:
    if isinstance(value, list | tuple | str):
        return len(value)
    return value.shape[0] if isinstance(_numeric(value), Array) else 1


def _extreme(pick: Callable[[Iterable[Any]], Any]) -> Callable[..., Value]:
    def extreme(*values: Value) -> Value:
        if len(values) == 1:
            entries = _entries(values[0])
            if not entries:
                raise EvaluationError("nothing has no least or greatest entry")
            return pick(entries)
        return reduce(lambda a, b: zipped(lambda x, y: pick((x, y)), a, b), values)

    return extreme


def _norm(value: Value) -> float:
    return math.hypot(*_entries(value))


def _dot(left: Value, right: Value) -> Value:
    return sum(_entries(zipped(operator.mul, left, right)))


def _vector(value: Value) -> Array:
    if not isinstance(value, Array) or len(value.shape) != 1:
        raise ShapeError(f"a vector is needed here, not {describe(shape_of(value))}")
    return value


def _softmax(value: Value) -> Value:
    """Without overflow."""
    entries = _vector(value).entries
    small = [math.exp(z - max(entries)) for z in entries]
    return Array(value.shape, (s / math.fsum(small) for s in small))


def _sized(count: int) -> None:
    """TooLarge: what comes out has more entries than the language takes."""
    if count > MAX_MADE_ENTRIES:
        raise TooLarge(f"a matrix of {count} entries is too large (at most {MAX_MADE_ENTRIES} are taken)")


def _outer(left: Value, right: Value) -> Value:
    _sized(len(_vector(left).entries) * len(_entries(right)))
    return stacked([a * right for a in left.entries])


def _diag(value: Value) -> Value:
    entries = _vector(value).entries
    _sized(len(entries) ** 2)
    return Array((len(entries),) * 2, (z if i == j else 0 for i, z in enumerate(entries) for j in range(len(entries))))


FLOAT_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": lifted(abs),
    "sign": lifted(lambda z: (z > 0) - (z < 0)),
    "step": lifted(lambda z: int(z >= 0)),
    "relu": lifted(lambda z: z if z > 0 else 0),
    "sigmoid": lifted(_sigmoid),
    "tanh": lifted(math.tanh),
    "exp": _guarded(math.exp),
    "log": _guarded(math.log),
    "sqrt": _guarded(math.sqrt),
    "norm": _norm,
    "dot": _dot,
    "len": _length,
    "sum": lambda v: sum(_entries(v)),
    "prod": lambda v: math.prod(_entries(v)),
    "all": lambda v: int(bool(_entries(v)) and all(_entries(v))),
    "any": lambda v: int(any(_entries(v))),
    "min": _extreme(min),
    "max": _extreme(max),
    "sinh": _guarded(math.sinh),
    "cosh": _guarded(math.cosh),
    "sin": _guarded(math.sin),
    "cos": _guarded(math.cos),
    "softplus": _guarded(lambda z: max(z, 0) + math.log1p(math.exp(-abs(z)))),
    "softmax": _softmax,
    "diag": _diag,
    "outer": _outer,
}
_VACUOUS_FLOAT_FUNCTIONS = {**FLOAT_FUNCTIONS, "all": lambda v: int(all(_entries(v)))}
