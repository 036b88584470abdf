"""Every member of a finite set, shortest first: for exhaustive tests and for tables."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from grader.inputs.array_types import of_type
from grader.inputs.ranges import sizes, value_of, whole_numbers
from grader.inputs.sets import (
    ArraySet,
    Case,
    Choice,
    DictionarySet,
    Either,
    InputSet,
    Length,
    NumberSet,
    PartsSet,
    SequenceSet,
    Table,
    TableOf,
    TypedSet,
)
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.tree import Tree

MAX_TABLE_ROWS = 1_000
"""Rows of a supplied function."""


class EndlessError(ValueError):
    """A set that cannot be listed to its end."""


def members(input_set: InputSet, env: Mapping[str, Any], longest: int) -> Iterator[Any]:
    """The members of a set in order, sequences up to a length.

    Raises:
        EndlessError: for reals, unbounded integers, generators and tables whose values are drawn.
    """
    match input_set:
        case NumberSet(kind="integer", low=low) if low is not None:
            yield from sorted(whole_numbers(input_set, env), key=lambda n: (abs(n), -n))
        case Choice(values=values):
            yield from values
        case SequenceSet(form=form, length=length, element=element):
            elements = list(members(element, env, longest))
            for size in _sizes(length, env, longest):
                for items in itertools.product(elements, repeat=size):
                    yield _formed(form, items)
        case ArraySet(sizes=lengths, element=element):
            elements = list(members(element, env, longest))
            for shape in itertools.product(*(_sizes(length, env, longest) for length in lengths)):
                yield from (Array(shape, items) for items in itertools.product(elements, repeat=math.prod(shape)))
        case TypedSet(members=arrays, type=kind):
            yield from (of_type(array, kind.dtype) for array in members(arrays, env, longest))
        case DictionarySet(entries=entries):
            for values in _each_of(entries.values(), env, longest):
                yield dict(zip(entries, values, strict=True))
        case PartsSet(form=form, parts=parts):
            for values in _each_of(parts, env, longest):
                yield values if form == "tuple" else list(values)
        case Either(sets=sets):
            for one in sets:
                yield from members(one, env, longest)
        case TableOf(gives=gives) if all(isinstance(give, Tree) for give in gives):
            yield table_of(input_set, env, _nothing_to_choose)
        case _:
            raise EndlessError("reals, unbounded integers, generators and drawn tables cannot be listed to their end")


def _each_of(sets: Iterable[InputSet], env: Mapping[str, Any], longest: int) -> Iterator[tuple[Any, ...]]:
    """Every tuple of one member of each set."""
    return itertools.product(*(list(members(one, env, longest)) for one in sets))


def table_of(table: TableOf, env: Mapping[str, Any], choose: Callable[[InputSet, Mapping[str, Any]], Any]) -> Table:
    """A supplied function as the table of its values; `choose` takes a member of a set, given the values before it.

    Raises:
        EndlessError: for arguments without end.
        EvaluationError: for arguments that have no row, and values that do not exist.
    """
    names = tuple(table.arguments)
    arguments = [list(members(argument, env, MAX_TABLE_ROWS)) for argument in table.arguments.values()]
    if math.prod(map(len, arguments)) > MAX_TABLE_ROWS:
        raise EndlessError(f"a supplied function has at most {MAX_TABLE_ROWS} rows")
    rows: dict[tuple[Any, ...], Any] = {}
    for key in itertools.product(*arguments):
        inner = {**env, **dict(zip(names, key, strict=True))}
        if table.rows and key not in table.rows:
            raise EvaluationError(f"the table has no row for ({', '.join(map(str, key))})")
        values = table.rows.get(key) or tuple(
            value_of(give, inner) if isinstance(give, Tree) else choose(give, inner) for give in table.gives
        )
        rows[key] = values if len(values) > 1 else values[0]
    return Table(names, rows)


def _nothing_to_choose(input_set: InputSet, _env: Mapping[str, Any]) -> Any:
    raise EndlessError(f"{input_set} is not computed")


def _formed(form: str, items: tuple[Any, ...]) -> Any:
    return "".join(items) if form == "word" else Array((len(items),), items) if form == "vector" else list(items)


def _sizes(length: Length, env: Mapping[str, Any], longest: int) -> Iterator[int]:
    return itertools.takewhile(lambda size: size <= longest, sizes(length, env))


def every_case(sets: Mapping[str, InputSet], longest: int) -> Iterator[Case]:
    """Every whole input whose sequences are no longer than `longest`."""
    names = list(sets)

    def extended(env: dict[str, Any], rest: list[str]) -> Iterator[Case]:
        if not rest:
            yield dict(env)
            return
        for value in members(sets[rest[0]], env, longest):
            yield from extended({**env, rest[0]: value}, rest[1:])

    return extended({}, names)
