"""The size of a value, without the value: what a dry run works with."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import field

from flint import fmpq

from grader.deferred import dataclass
from grader.language import limits
from grader.language.arrays import Shape, ShapeError, describe


@dataclass(frozen=True)
class Size:
    """The shape of a value, and the value itself where it is a constant number (an index, say).

    `row`: the value is a vector that was transposed, where vectors count as columns (in students' formulas).
    `dimension`: the number is this size of other values, a name where it is not known which number that is.
    """

    shape: Shape = ()
    constant: fmpq | None = None
    row: bool = False
    dimension: int | str | None = field(default=None, compare=False)

    def __add__(self, other: Size) -> Size:
        return worked(operator.add, self, other)

    def __sub__(self, other: Size) -> Size:
        return worked(operator.sub, self, other)

    def __mul__(self, other: Size) -> Size:
        return worked(operator.mul, self, other)

    def __neg__(self) -> Size:
        return worked(operator.neg, self)

    @property
    def known_shape(self) -> tuple[int, ...]:
        """The shape, where no size is a name."""
        return tuple(size for size in self.shape if isinstance(size, int))

    def __str__(self) -> str:
        return f"a row of {self.shape[0]}" if self.row else describe(self.shape)


NUMBER_SIZE = Size()


def joined(*sizes: Size) -> Size:
    """The size of an entry-by-entry operation.

    Raises:
        ShapeError: unless all arrays among them have one shape.
    """
    arrays = list(dict.fromkeys(Size(size.shape, None, size.row) for size in sizes if size.shape))
    if len(arrays) > 1:
        one, other = arrays[:2]
        column = f"a column of {one.shape[0]}"
        if one.shape == other.shape:  # a row and a column
            raise ShapeError(f"{one if one.row else column} does not fit {other if other.row else column}")
        raise ShapeError(f"{one} does not fit {other}")
    return arrays[0] if arrays else NUMBER_SIZE


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


def is_column(shape: Shape) -> bool:
    """True of a vector, and of a matrix with one column or one row."""
    return len(shape) == 1 or (len(shape) == 2 and 1 in shape)


def column_size(value: Size) -> Size:
    """The size of a function that works on the entries of one vector together, and gives as many.

    Raises:
        ShapeError: unless the argument is a vector, or a matrix with one column or one row.
    """
    if not is_column(value.shape):
        raise ShapeError(f"a vector is needed here, not {value}")
    return Size(value.shape, None, value.row)


def vector_size(value: Size) -> Size:
    """The size of a vector.

    Raises:
        ShapeError: for a number or a matrix.
    """
    if len(value.shape) != 1:
        raise ShapeError(f"a vector is needed here, not {value}")
    return Size(value.shape)


def matrix_size(rows: Size, columns: Size) -> Size:
    """The size of a matrix with a row for each entry of one vector, and a column for each entry of another.

    Raises:
        ShapeError: unless both are vectors, and for more than `MAX_ENTRIES` entries.
    """
    shape = vector_size(rows).shape + vector_size(columns).shape
    height, width = shape
    if isinstance(height, int) and isinstance(width, int) and height * width > limits.MAX_ENTRIES:
        raise ShapeError(f"{describe(shape)} is too large (at most {limits.MAX_ENTRIES} entries)")
    return Size(shape)


def product_size(left: Size, right: Size) -> Size:
    """The size of `left @ right`.

    Raises:
        ShapeError: unless both are vectors or matrices whose inner sizes are equal.
    """
    if not left.shape or not right.shape:
        raise ShapeError(f"@ needs vectors or matrices: {left} @ {right}")
    if left.shape[-1] != right.shape[0]:
        raise ShapeError(f"{left} @ {right}: the inner sizes differ")
    return Size(left.shape[:-1] + right.shape[1:])


def dot_size(left: Size, right: Size) -> Size:
    """The size of `dot(left, right)`: of two vectors a number, else of a product.

    Raises:
        ShapeError: where the sizes do not fit.
    """
    if len(left.shape) == len(right.shape) == 1:
        joined(Size(left.shape), Size(right.shape))
        return NUMBER_SIZE
    return product_size(left, right) if left.shape and right.shape else worked(operator.mul, left, right)
