"""The everyday domain: Python's own numbers (whole numbers exact, the rest float64), one value at a time.

Quick, and rounded like the code it judges; where such a judgement would cost points, `Balls` has the last word.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import COMPARISON_FUNCTIONS, Arithmetic, Closure, EvaluationError, TooLarge
from grader.language.arrays import Array, Value, zipped
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.table import values_in

FloatNumber = int | float
NUMBER_TYPES = (int, float)

ENTRIES_A_BUDGET_STEP = 32
"""Entries of lists that a loop works on for each step of its budget."""

MAX_MADE_ENTRIES = 1 << 18
"""Entries of a matrix that `outer` and `diag` make."""


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
        test = self.close if op == "~" else COMPARISON_FUNCTIONS[op]
        equal = self.close if op == "~" else operator.eq

        def scalar(left: Any, right: Any) -> int:
            return 1 if test(left, right) else 0

        def compare(left: Value, right: Value) -> Value:
            if isinstance(left, NUMBER_TYPES) and isinstance(right, NUMBER_TYPES):
                return 1 if test(left, right) else 0
            stretched = isinstance(left, Array) and isinstance(right, NUMBER_TYPES)
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
        if not isinstance(value, NUMBER_TYPES):
            raise EvaluationError("what comes out is neither true nor false")
        return bool(value)

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        return super().logic(op, [_tested(operand) for operand in operands])

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        return super().if_exp(_tested(condition), then, otherwise)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _FLOAT_FUNCTIONS[self.vacuous]

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
        return _weight(value) // ENTRIES_A_BUDGET_STEP

    def effort(self, value: Value) -> int:
        return 1 + _weight(value) // ENTRIES_A_BUDGET_STEP

    def product_effort(self, left: Value, right: Value) -> int:
        if isinstance(left, Array) and isinstance(right, Array) and right.shape[0]:
            return 1 + len(left.entries) * len(right.entries) // right.shape[0] // ENTRIES_A_BUDGET_STEP
        return 1

    def whole(self, value: Value) -> int:
        if isinstance(value, Array) or value != int(value):
            raise EvaluationError("an index or a loop bound must be a whole number")
        return int(value)


_OF_ANYTHING = ("==", "!=", "~")
"""Comparisons that texts can be given to, and that values of different shapes simply fail."""


def _weight(value: Value) -> int:
    """How many entries a value has, in lists of lists as well."""
    if isinstance(value, Array):
        return len(value.entries)
    if isinstance(value, dict):
        return len(value) + sum(map(_weight, value.values()))
    return len(value) + sum(map(_weight, value)) if isinstance(value, list | tuple) else 0


def _alike(left: Value, right: Value, equal: Callable[[Any, Any], bool]) -> bool | None:
    """Equality of texts, and of sequences and dictionaries part by part.

    None where the shapes differ, which is neither == nor !=. A number on the left is not stretched to fit an array.
    """
    if isinstance(left, NUMBER_TYPES) and isinstance(right, NUMBER_TYPES):
        return equal(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, Array) and isinstance(right, Array) and left.shape != right.shape:
        return None
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return None
        found = [_alike(left[key], right[key], equal) for key in left]
        return None if None in found else all(found)
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
    if whole and (
        abs(exponent) > limits.MAX_POWER_EXPONENT or abs(exponent) * int(base).bit_length() > 4 * limits.MAX_NUMBER_BITS
    ):
        raise TooLarge(f"{base} ** {exponent} is too large a power")
    result = _checked(operator.pow)(base, exponent)
    if isinstance(result, complex):
        raise EvaluationError(f"{base} ** {exponent} is not real")
    return result  # type: ignore[no-any-return]  # a power of real numbers


class FloatOperations(ScalarOperations):
    """The functions of the language over ints and floats."""

    zero, one = 0, 1
    max_made_entries = MAX_MADE_ENTRIES

    def of_entry(self, values: EntryValues) -> Callable[[Any], Any]:
        return values.floats

    def number(self, whole: int) -> int:
        return whole

    def pi(self) -> float:
        return math.pi

    def norm(self, numbers: Sequence[FloatNumber]) -> float:
        return math.hypot(*numbers)

    def exponentials(self, numbers: Sequence[FloatNumber]) -> list[float]:
        largest = max(numbers)
        return [math.exp(z - largest) for z in numbers]

    @staticmethod
    def entries(value: Value) -> tuple[Any, ...]:
        """The numbers in a value, which may be a list.

        Raises:
            TypeError: if a part is no number.
        """
        if isinstance(value, Array):
            return value.entries
        return tuple(map(_numeric, value if isinstance(value, list | tuple) else (value,)))

    def length(self, value: Value) -> int:
        return len(value) if isinstance(value, list | tuple | str) else super().length(_numeric(value))

    def size_limit(self) -> str:
        return f"{super().size_limit()} are taken"


_FLOAT_FUNCTIONS = {vacuous: values_in(FloatOperations(vacuous)) for vacuous in (False, True)}
