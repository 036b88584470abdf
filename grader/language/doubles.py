"""The domain of IEEE 754 doubles: every operation is rounded once, to nearest, ties to even, and none is fused.

A sum, a product `@` and the like are worked out from left to right, one operation after the other; `norm` is the root
of the sum of the squares, `softmax` subtracts the largest number first. What is too large becomes an infinity, what has
no value NaN, as in NumPy and PyTorch. NaN passes through functions, also `min`, `max` and `relu`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from flint import fmpq

from grader.language import ieee, limits
from grader.language.arithmetic import COMPARISON_FUNCTIONS, Arithmetic, EvaluationError, TooLarge, refuse_unlike
from grader.language.arrays import Array, Value, entries, zipped
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.table import values_in
from grader.language.tree import Binary, Number, Tree, subtrees


class Doubles(Arithmetic):
    """Expressions over doubles; truth is 1.0 or 0.0."""

    def number(self, value: fmpq) -> float:
        return ieee.nearest_double(value)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test = COMPARISON_FUNCTIONS[op]

        def compare(left: Value, right: Value) -> Value:
            if type(left) is float and type(right) is float:
                return 1.0 if test(left, right) else 0.0
            refuse_unlike(left, right)
            result = zipped(lambda a, b: 1.0 if test(a, b) else 0.0, left, right)
            return result if result.entries else 0.0

        return compare

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _DOUBLE_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(ieee.quotient, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(ieee.floor_quotient, left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return zipped(ieee.remainder, left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(ieee.power, base, exponent)

    def whole(self, value: Value) -> int:
        if isinstance(value, Array) or not math.isfinite(value) or not value.is_integer():
            shown = "a vector" if isinstance(value, Array) else repr(value)
            raise EvaluationError(f"{shown} is not a whole number, as an index or a loop bound must be")
        if abs(value) >= 2**63:
            raise TooLarge(f"{value!r} is too large for an index or a loop bound")
        return int(value)

    def effort(self, value: Value) -> int:
        return 1 + len(entries(value)) // 8

    def product_effort(self, left: Value, right: Value) -> int:
        if isinstance(left, Array) and isinstance(right, Array) and right.shape[0]:
            return 1 + len(left.entries) * len(right.entries) // right.shape[0] // 16
        return 1


class DoubleOperations(ScalarOperations):
    """The functions of the language over doubles."""

    zero, one = 0.0, 1.0
    max_made_entries = limits.MAX_ENTRIES
    smaller = staticmethod(ieee.smaller)
    larger = staticmethod(ieee.larger)
    quotient = staticmethod(ieee.quotient)

    def of_entry(self, values: EntryValues) -> Callable[[float], float]:
        return ieee.rounded_function(values)

    def number(self, whole: int) -> float:
        return float(whole)

    def pi(self) -> float:
        return math.pi

    def norm(self, numbers: Sequence[float]) -> float:
        root: float = _DOUBLE_FUNCTIONS["sqrt"](self.total(x * x for x in numbers))
        return root

    def exponentials(self, numbers: Sequence[float]) -> list[float]:
        largest = reduce(ieee.larger, numbers)
        return [_DOUBLE_FUNCTIONS["exp"](number - largest) for number in numbers]

    def total(self, numbers: Iterable[float]) -> float:
        return reduce(add, numbers, 0.0)


_DOUBLE_FUNCTIONS = values_in(DoubleOperations())

DOUBLES = Doubles()


def is_double(value: Any) -> bool:
    """True if some number of a value is a double."""
    return type(value) is float or (isinstance(value, Array) and float in map(type, value.entries))


def as_double(value: Any) -> Any:
    """Each number of a value at its nearest double; what is no number stays as it is."""
    if isinstance(value, Array):
        return value.map(as_double)
    return ieee.nearest_double(value) if type(value) is fmpq else value


def exactly(value: Any) -> Any:
    """The exact value of doubles; a value with an infinity or NaN in it has none, and stays as it is."""
    if not is_double(value) or not all(math.isfinite(entry) for entry in entries(value)):
        return value
    exact = [fmpq(*entry.as_integer_ratio()) for entry in entries(value)]
    return Array(value.shape, exact) if isinstance(value, Array) else exact[0]


def show_double(value: float) -> str:
    """The shortest decimal that names a double: `0.1`, `3`, `-0.0`, `inf`, `nan`."""
    text = repr(value)
    return text if text == "-0.0" else text.removesuffix(".0")


def double_key(value: float, *, tells_zeros: bool) -> float | str:
    """Equal for equal doubles: all NaNs are alike; -0.0 is 0.0 unless they are to be told apart."""
    if value != value:
        return "nan"
    return "-0" if tells_zeros and value == 0 and math.copysign(1, value) < 0 else value


def tells_zeros_apart(trees: Iterable[Tree]) -> bool:
    """Whether something can come of the sign of a zero other than the sign of a zero.

    Only a division by it, or a negative power of it, makes a difference: +, -, *, comparisons and all functions have
    values at -0.0 that are equal to those at 0.0. A division by a number that stands there is by no zero.
    """
    return any(_divides(part) for tree in trees for part in subtrees(tree))


def _divides(part: Tree) -> bool:
    match part:
        case Binary(op="/" | "//" | "%", right=Number(value=number)):
            return not number
        case Binary(op="**", right=Number(value=number)):
            return bool(number < 0)
        case Binary(op="/" | "//" | "%" | "**"):
            return True
    return False
