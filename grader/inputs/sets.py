"""What an argument of a function may be. Bounds are expressions, which may speak of the arguments before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from grader.language.tree import Tree

Case = Mapping[str, Any]
"""One drawn input by name: Python numbers, text, lists, `Array` for NumPy arrays, `Table`, `Seed`."""

Form = Literal["sequence", "vector", "word"]


@dataclass(frozen=True)
class Number:
    """`bit`, `integer(-5..5)`, `real(0..1)`; a missing bound is WIDE away."""

    kind: Literal["integer", "real"]
    low: Tree | None = None
    high: Tree | None = None


WIDE = 1_000
"""How far numbers without a bound go."""


@dataclass(frozen=True)
class Choice:
    """`one of 0.5, 1, 5`: Python numbers or words."""

    values: tuple[int | float | str, ...]


@dataclass(frozen=True)
class Length:
    """`3`, `1..8`, `2..12 step 2`."""

    low: Tree
    high: Tree
    step: int = 1


@dataclass(frozen=True)
class Sequence:
    """A Python list (`sequence`), a NumPy vector, or text (`word`)."""

    form: Form
    length: Length
    element: InputSet


@dataclass(frozen=True)
class Matrix:
    """A NumPy matrix."""

    rows: Length
    columns: Length
    element: InputSet


@dataclass(frozen=True)
class Either:
    """Any of several sets."""

    sets: tuple[InputSet, ...]


@dataclass(frozen=True)
class Generator:
    """A fresh `numpy.random.Generator`, from a drawn seed."""


@dataclass(frozen=True)
class TableOf:
    """A function that the grader supplies: all its arguments are finite, its values drawn from sets or computed.

    `gives` holds a set for each value, or an expression in the arguments.
    """

    arguments: Mapping[str, InputSet]
    gives: tuple[InputSet | Tree, ...]


InputSet = Number | Choice | Sequence | Matrix | Either | Generator | TableOf


@dataclass(frozen=True)
class Seed:
    """A drawn generator."""

    seed: int


@dataclass(frozen=True, eq=False)
class Table:
    """A drawn function: the names of its arguments, and a value for each tuple of them."""

    parameters: tuple[str, ...]
    rows: Mapping[tuple[Any, ...], Any]
