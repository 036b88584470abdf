"""What a domain of numbers supplies, so that the functions of the language have values in it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.language.arithmetic import TooLarge
from grader.language.arrays import Array, Scalar, ShapeError, Value, describe, entries, shape_of
from grader.language.sizes import is_column
from grader.language.tree import Tree


class ScalarOperations(ABC):
    """The numbers of one domain, as the functions of vectors and matrices use them, besides `+ - *`."""

    zero: Scalar
    one: Scalar
    max_made_entries: int | None = None
    """The most entries of a matrix that `diag` and `outer` make; None: any number."""

    smaller: Callable[[Scalar, Scalar], Scalar] = staticmethod(min)
    """The smaller of two numbers."""

    larger: Callable[[Scalar, Scalar], Scalar] = staticmethod(max)
    """The larger of two numbers."""

    is_true: Callable[[Scalar], bool] = staticmethod(bool)
    """True if a number is not 0."""

    entries: Callable[[Value], tuple[Scalar, ...]] = staticmethod(entries)
    """The numbers in a value."""

    def __init__(self, vacuous: bool = False) -> None:
        """With `vacuous`, `all` of no entries is true."""
        self.vacuous = vacuous

    @abstractmethod
    def of_entry(self, values: EntryValues) -> Callable[[Scalar], Scalar]:
        """The function of one number in this domain."""

    @abstractmethod
    def number(self, whole: int) -> Scalar:
        """A whole number as a number of this domain."""

    @abstractmethod
    def pi(self) -> Scalar:
        """The number π."""

    @abstractmethod
    def norm(self, numbers: Sequence[Scalar]) -> Scalar:
        """The square root of the sum of the squares."""

    @abstractmethod
    def exponentials(self, numbers: Sequence[Scalar]) -> list[Scalar]:
        """`exp` of each number, all of them times one positive factor (which keeps them small)."""

    def quotient(self, left: Scalar, right: Scalar) -> Scalar:
        """`left / right`."""
        return left / right

    def total(self, numbers: Iterable[Scalar]) -> Scalar:
        """The sum of numbers."""
        return sum(numbers, self.zero)

    def length(self, value: Value) -> int:
        """The components of a vector, rows of a matrix, items of a list, letters of a text; 1 of a number."""
        if isinstance(value, list | tuple | str):
            return len(value)
        return value.shape[0] if isinstance(value, Array) else 1

    def vector(self, value: Value) -> tuple[Scalar, ...]:
        """The components of a vector.

        Raises:
            ShapeError: for a number or a matrix.
        """
        if len(shape_of(value)) != 1:
            raise ShapeError(f"a vector is needed here, not {describe(shape_of(value))}")
        return entries(value)

    def column(self, value: Value) -> tuple[Scalar, ...]:
        """The entries of a vector, or of a matrix with one column or one row.

        Raises:
            ShapeError: for anything else.
        """
        if not is_column(shape_of(value)):
            raise ShapeError(f"a vector is needed here, not {describe(shape_of(value))}")
        return entries(value)

    def check_size(self, count: int) -> None:
        """Refuses to make a matrix that is too large.

        Raises:
            TooLarge: if a matrix of `count` entries is more than this domain makes.
        """
        if self.max_made_entries is not None and count > self.max_made_entries:
            raise TooLarge(f"a matrix of {count} entries is too large ({self.size_limit()})")

    def size_limit(self) -> str:
        """The limit of `check_size` in words."""
        return f"at most {self.max_made_entries}"


class NormalFormOperations(ScalarOperations):
    """Rational functions of atoms: a normal form is made of these operations."""

    half: Scalar

    @abstractmethod
    def abs(self, u: Scalar) -> Scalar: ...

    @abstractmethod
    def sqrt(self, u: Scalar) -> Scalar: ...

    @abstractmethod
    def exp(self, u: Scalar) -> Scalar: ...

    @abstractmethod
    def log(self, u: Scalar) -> Scalar: ...

    @abstractmethod
    def sigmoid(self, u: Scalar) -> Scalar: ...

    @abstractmethod
    def sine(self, name: Literal["sin", "cos"], u: Scalar) -> Scalar: ...

    @abstractmethod
    def jump(self, name: str, u: Scalar, parity: int, of_sign: Callable[[int], int]) -> Scalar:
        """A function that depends on the sign of `u` alone; `parity`: odd (-1), even (1) or neither (0)."""


@dataclass(frozen=True)
class IeeeValues:
    """What IEEE 754 says of a function of doubles where there is no real number to be rounded.

    `at_pole`: the value at 0 where there is none; `keeps_zero`: its zero at -0.0 is -0.0.
    """

    at_minus_infinity: float = math.nan
    at_infinity: float = math.nan
    at_pole: float = math.nan
    keeps_zero: bool = False


@dataclass(frozen=True)
class EntryValues:
    """A function of one number, in each domain; arrays get it entry by entry.

    `slope` builds the tree of f'(u) from that of u; `largest_slope` is the supremum of f', where students may ask for
    it; `exponential`: the formula of f has an exponential, so that values far from 0 hide what happens near 0;
    `increasing`: f never falls, so that it takes an interval to that between its values at both ends; `slope_of_value`
    is f'(u) by f(u), each number standing there once, for functions whose slope intervals are to follow closely.
    """

    exact: Callable[[fmpq], fmpq]
    floats: Callable[[Any], Any]
    balls: Callable[[arb], arb]
    normal_form: Callable[[NormalFormOperations, Scalar], Scalar]
    slope: Callable[[Tree], Tree]
    largest_slope: fmpq | None = None
    exponential: bool = False
    ieee: IeeeValues = IeeeValues()
    increasing: bool = False
    slope_of_value: Callable[[Scalar], Scalar] | None = None
