"""Vectors, matrices and larger arrays of any scalar that has `+ - *`: exact rationals, balls, shapes of a dry run."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

Scalar = Any
"""A number of some domain: `fmpq`, `arb`, ..."""

Value = Any
"""A `Scalar` or an `Array` of them."""


Shape = tuple[int | str, ...]
"""`()`, `(2,)`, `("n", "m")`: sizes along the axes; a name stands for several sizes."""


class ShapeError(Exception):
    """Sizes that do not fit together; the message says which."""


def shape_of(value: Value) -> tuple[int, ...]:
    """`()` of a scalar, `(n,)` of a vector, `(n, m)` of a matrix."""
    return value.shape if isinstance(value, Array) else ()


def describe(shape: Shape) -> str:
    """`a number`, `a vector of 2`, `a 2 x 3 matrix`, `an n x m matrix`."""
    match shape:
        case ():
            return "a number"
        case (n,):
            return f"a vector of {n}"
        case (n, m):
            return f"{_article(n)} {n} x {m} matrix"
    return f"an array of shape {shape}"


def _article(size: int | str) -> str:
    """`an` before the names of letters such as n, and before other names that begin with a vowel."""
    spelled = isinstance(size, str) and size[:1] in ("aefhilmnorsxAEFHILMNORSX" if len(size) == 1 else "aeioAEIO")
    return "an" if spelled else "a"


def entries(value: Value) -> tuple[Scalar, ...]:
    """The numbers in a value: those of an array, row by row, or the one that it is."""
    return value.entries if isinstance(value, Array) else (value,)


def lifted(function: Callable[[Scalar], Scalar]) -> Callable[[Value], Value]:
    """The function of a scalar, entry by entry on arrays."""
    return lambda value: value.map(function) if isinstance(value, Array) else function(value)


class Array:
    """An immutable vector (shape `(n,)`), matrix (shape `(n, m)`, entries row by row) or array of more axes.

    Operators work entry by entry between equal shapes or with a scalar; nothing else is stretched to fit, so that a
    missing transpose shows. `@` is the matrix product.
    """

    __slots__ = ("entries", "shape")

    def __init__(self, shape: tuple[int, ...], entries: Iterable[Scalar]) -> None:
        self.shape = shape
        self.entries = tuple(entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Array) and self.shape == other.shape and self.entries == other.entries

    def __hash__(self) -> int:
        return hash((self.shape, self.entries))

    def __repr__(self) -> str:
        return f"Array({self.shape}, {self.entries})"

    def __bool__(self) -> bool:
        raise ShapeError(f"{describe(self.shape)} is neither true nor false: write all(...) or any(...)")

    def map(self, function: Callable[[Scalar], Scalar]) -> Array:
        """The function of every entry."""
        return Array(self.shape, map(function, self.entries))

    def __add__(self, other: Value) -> Value:
        return zipped(operator.add, self, other)

    def __radd__(self, other: Value) -> Value:
        return zipped(operator.add, other, self)

    def __sub__(self, other: Value) -> Value:
        return zipped(operator.sub, self, other)

    def __rsub__(self, other: Value) -> Value:
        return zipped(operator.sub, other, self)

    def __mul__(self, other: Value) -> Value:
        return zipped(operator.mul, self, other)

    def __rmul__(self, other: Value) -> Value:
        return zipped(operator.mul, other, self)

    def __neg__(self) -> Array:
        return self.map(operator.neg)

    def __matmul__(self, other: Value) -> Value:
        if not isinstance(other, Array):
            raise ShapeError(f"@ needs vectors or matrices: {describe(self.shape)} @ a number")
        if max(len(self.shape), len(other.shape)) > 2:
            raise ShapeError(f"@ is of vectors and matrices: {describe(self.shape)} @ {describe(other.shape)}")
        if self.shape[-1] != other.shape[0]:
            raise ShapeError(f"{describe(self.shape)} @ {describe(other.shape)}: the inner sizes differ")
        if len(self.shape) == len(other.shape) == 1:
            return reduce(operator.add, map(operator.mul, self.entries, other.entries))
        left, right = self._rows(), other._columns()
        products = [reduce(operator.add, map(operator.mul, row, column)) for row in left for column in right]
        return Array(self.shape[:-1] + other.shape[1:], products)

    def __rmatmul__(self, other: Value) -> Value:
        raise ShapeError(f"@ needs vectors or matrices: a number @ {describe(self.shape)}")

    def _rows(self) -> list[tuple[Scalar, ...]]:
        width, count = self.shape[-1], self.shape[0] if len(self.shape) > 1 else 1
        return [self.entries[i * width : (i + 1) * width] for i in range(count)]

    def _columns(self) -> list[tuple[Scalar, ...]]:
        return [self.entries] if len(self.shape) == 1 else list(zip(*self._rows(), strict=True))

    @property
    def T(self) -> Array:  # noqa: N802  # the field's name for the transpose
        """The transpose; a vector is its own.

        Raises:
            ShapeError: of arrays with more than two axes.
        """
        if len(self.shape) > 2:
            raise ShapeError(f"only a matrix has a transpose, not {describe(self.shape)}")
        if len(self.shape) == 1:
            return self
        return Array(self.shape[::-1], (entry for column in self._columns() for entry in column))

    def item(self, index: int) -> Value:
        """Component of a vector, row of a matrix, the first axis of any array, from 0."""
        if not 0 <= index < self.shape[0]:
            raise ShapeError(f"index {index} is outside {describe(self.shape)} (0 to {self.shape[0] - 1})")
        if len(self.shape) == 1:
            return self.entries[index]
        width = math.prod(self.shape[1:])
        return Array(self.shape[1:], self.entries[index * width : (index + 1) * width])


def zipped(function: Callable[[Scalar, Scalar], Scalar], left: Value, right: Value) -> Value:
    """`function` entry by entry; a scalar meets every entry.

    Raises:
        ShapeError: between two different shapes.
    """
    if not isinstance(left, Array):
        if not isinstance(right, Array):
            return function(left, right)
        return Array(right.shape, [function(left, b) for b in right.entries])
    if not isinstance(right, Array):
        return Array(left.shape, [function(a, right) for a in left.entries])
    if left.shape != right.shape:
        raise ShapeError(f"{describe(left.shape)} does not fit {describe(right.shape)}")
    return Array(left.shape, map(function, left.entries, right.entries))


def stacked(items: list[Value]) -> Array:
    """`[a, b]`: numbers make a vector, equally long vectors a matrix.

    Raises:
        ShapeError: for rows of different lengths, or lists nested deeper than a matrix.
    """
    shapes = {shape_of(item) for item in items}
    if len(shapes) > 1:
        raise ShapeError(f"the entries of a list differ: {' and '.join(sorted(map(describe, shapes)))}")
    shape = shapes.pop()
    if len(shape) > 1:
        raise ShapeError("lists are nested deeper than a matrix")
    if not shape:
        return Array((len(items),), items)
    return Array((len(items), *shape), (entry for item in items for entry in item.entries))
