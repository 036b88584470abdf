"""What an argument of a function may be. Bounds are expressions, which may speak of the arguments before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.language.tree import Tree, names_in

Case = Mapping[str, Any]
"""One drawn input by name: Python numbers, text, lists, tuples, dictionaries, `Array`, `Table`, `Seed`."""

Form = Literal["sequence", "vector", "word"]
PartsForm = Literal["list", "tuple"]
ArrayLibrary = Literal["numpy", "torch"]
ArrayDtype = Literal["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


@dataclass(frozen=True)
class NumberSet:
    """`bit`, `integer(-5..5)`, `real(0..1)`; where a bound is missing, numbers go as far as the defaults."""

    kind: Literal["integer", "real"]
    low: Tree | None = None
    high: Tree | None = None


DEFAULT_REAL_BOUND = 1_000
"""How far reals without a bound go."""

DEFAULT_INTEGER_BOUND = 10_000
"""How far whole numbers without a bound go."""


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
class SequenceSet:
    """A Python list (`sequence`), a NumPy vector, or text (`word`)."""

    form: Form
    length: Length
    element: InputSet


@dataclass(frozen=True)
class ArraySet:
    """A NumPy array with so many axes: two of a matrix, three of a batch of sequences of vectors."""

    sizes: tuple[Length, ...]
    element: InputSet


@dataclass(frozen=True)
class ArrayType:
    """Which library's arrays a student's code is given, what their entries are, and whether gradients are tracked."""

    library: ArrayLibrary
    dtype: ArrayDtype
    requires_grad: bool = False


@dataclass(frozen=True)
class TypedSet:
    """Vectors, matrices or arrays whose type is stated; their entries are numbers that this type has."""

    members: SequenceSet | ArraySet
    type: ArrayType


@dataclass(frozen=True)
class DictionarySet:
    """A dictionary with these keys, each entry from a set of its own."""

    entries: Mapping[str, InputSet]


@dataclass(frozen=True)
class PartsSet:
    """A list or a tuple of so many parts, each from a set of its own: vectors and matrices of several layers."""

    form: PartsForm
    parts: tuple[InputSet, ...]


@dataclass(frozen=True)
class Either:
    """Any of several sets."""

    sets: tuple[InputSet, ...]


@dataclass(frozen=True)
class GeneratorSet:
    """A fresh `numpy.random.Generator`, from a drawn seed."""


@dataclass(frozen=True)
class TableOf:
    """A function that the grader supplies: all its arguments are finite, its values drawn, computed or written down.

    `gives` holds a set for each value, or an expression in the arguments; `rows`, where there are any, hold the values
    for each tuple of arguments instead.
    """

    arguments: Mapping[str, InputSet]
    gives: tuple[InputSet | Tree, ...] = ()
    rows: Mapping[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)


InputSet = (
    NumberSet | Choice | SequenceSet | ArraySet | TypedSet | DictionarySet | PartsSet | Either | GeneratorSet | TableOf
)


def sets_in(input_set: InputSet) -> Iterator[InputSet]:
    """A set, and those that its members' parts are from."""
    yield input_set
    inner: Iterable[InputSet] = ()
    match input_set:
        case SequenceSet(element=element) | ArraySet(element=element):
            inner = (element,)
        case TypedSet(members=members):
            inner = (members,)
        case DictionarySet(entries=entries):
            inner = entries.values()
        case PartsSet(parts=sets) | Either(sets=sets):
            inner = sets
    for one in inner:
        yield from sets_in(one)


@dataclass(frozen=True)
class Seed:
    """A drawn generator."""

    seed: int


@dataclass(frozen=True, eq=False)
class Table:
    """A drawn function: the names of its arguments, and a value for each tuple of them."""

    parameters: tuple[str, ...]
    rows: Mapping[tuple[Any, ...], Any]


def fed_names(sets: Mapping[str, InputSet]) -> dict[str, tuple[str, int]]:
    """`step_token`, with the supplied function and the place of the argument: what was fed, call by call."""
    return {
        f"{name}_{argument}": (name, place)
        for name, one in sets.items()
        if isinstance(one, TableOf)
        for place, argument in enumerate(one.arguments)
    }


def names_used(input_set: InputSet) -> list[str]:
    """The values before it that a set speaks of."""
    match input_set:
        case NumberSet():
            return _names(input_set.low, input_set.high)
        case SequenceSet(length=length, element=element):
            return [*_names(length.low, length.high), *names_used(element)]
        case ArraySet(sizes=sizes, element=element):
            return [*_names(*(tree for size in sizes for tree in (size.low, size.high))), *names_used(element)]
        case TypedSet(members=members):
            return names_used(members)
        case DictionarySet(entries=entries):
            return [name for one in entries.values() for name in names_used(one)]
        case Either(sets=sets) | PartsSet(parts=sets):
            return [name for one in sets for name in names_used(one)]
        case TableOf(arguments=arguments, gives=gives):
            bounds = [name for one in arguments.values() for name in names_used(one)]
            given = [name for one in gives for name in (_names(one) if isinstance(one, Tree) else names_used(one))]
            return [*bounds, *(name for name in given if name not in arguments)]
    return []


def _names(*trees: Tree | None) -> list[str]:
    return [name for tree in trees if tree is not None for name in names_in(tree)]
