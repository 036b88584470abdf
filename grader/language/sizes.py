"""The size of a value, without the value: what a dry run works with."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

from flint import fmpq

from grader.language import limits
from grader.language.arrays import ShapeError, describe


@dataclass(frozen=True)
class Size:
    """The shape of a value, and the value itself where it is a constant number (an index, say)."""

    shape: tuple[int, ...] = ()
    constant: fmpq | None = None

    def __add__(self, other: Size) -> Size:
        return worked(operator.add, self, other)

    def __sub__(self, other: Size) -> Size:
        return worked(operator.sub, self, other)

    def __mul__(self, other: Size) -> Size:
        return worked(operator.mul, self, other)

    def __neg__(self) -> Size:
        return worked(operator.neg, self)


NUMBER_SIZE = Size()


def joined(*sizes: Size) -> Size:
    """The size of an entry-by-entry operation.

    Raises:
        ShapeError: unless all arrays among them have one shape.
    """
    shapes = list(dict.fromkeys(size.shape for size in sizes if size.shape))
    if len(shapes) > 1:
        raise ShapeError(f"{describe(shapes[0])} does not fit {describe(shapes[1])}")
    return Size(shapes[0]) if shapes else NUMBER_SIZE


def worked(function: Callable[..., fmpq], *sizes: Size) -> Size:
    """The size of an entry-by-entry operation, and its value where all that it takes is constant and small."""
    constants = [size.constant for size in sizes if size.constant is not None]
    if len(constants) < len(sizes):
        return joined(*sizes)
    value = function(*constants)
    return Size((), value) if value.height_bits() <= limits.MAX_NUMBER_BITS else NUMBER_SIZE


def number_size(*sizes: Size) -> Size:
    """The size of a function whose value is a number."""
    return NUMBER_SIZE


def vector_size(value: Size) -> Size:
    """The size of a function whose value is a vector like its argument.

    Raises:
        ShapeError: unless the argument is a vector.
    """
    if len(value.shape) != 1:
        raise ShapeError(f"a vector is needed here, not {describe(value.shape)}")
    return Size(value.shape)


def matrix_size(rows: Size, columns: Size) -> Size:
    """The size of a matrix with a row for each entry of one vector, and a column for each entry of another.

    Raises:
        ShapeError: unless both are vectors, and for more than `MAX_ENTRIES` entries.
    """
    shape = vector_size(rows).shape + vector_size(columns).shape
    if shape[0] * shape[1] > limits.MAX_ENTRIES:
        raise ShapeError(f"{describe(shape)} is too large (at most {limits.MAX_ENTRIES} entries)")
    return Size(shape)
