"""`{arguments: {state: bit, token: bit}, gives: [bit, "state * token"]}`: functions that the grader supplies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.documents import FieldError, MappingNode, Node, SequenceNode, text_of
from grader.documents.scalar_schemas import FILLED_SCALAR
from grader.expressions import read_expression
from grader.inputs.array_types import ArrayDefault
from grader.inputs.drawn_values import Table
from grader.inputs.input_set import Chooser, EndlessError, Env, InputSet
from grader.inputs.ranges import names_of, value_of
from grader.inputs.set_forms import INPUT_SET_REFERENCE, FormSchema, MappingForm, SetReader
from grader.inputs.text_parts import read_value
from grader.language.arithmetic import EvaluationError
from grader.language.tree import Tree

MAX_TABLE_ROWS = 1_000
"""Rows of a supplied function."""

Row = tuple[int | float | str, ...]

SUPPLIED_FORM = "a supplied function is written {arguments: {state: set, ...}, gives: [set, ...]}, or with `table:`"


@dataclass(frozen=True)
class TableOf(InputSet):
    """A function that the grader supplies: all its arguments are finite, its values drawn, computed or written down.

    `gives` holds a set for each value, or an expression in the arguments; `rows`, where there are any, hold the values
    for each tuple of arguments instead.
    """

    arguments: Mapping[str, InputSet]
    gives: tuple[InputSet | Tree, ...] = ()
    rows: Mapping[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)

    stands_alone = True

    @property
    def fed_arguments(self) -> tuple[str, ...]:
        return tuple(self.arguments)

    def drawn(self, chooser: Chooser, env: Env) -> Table:
        def values(inner: Env) -> tuple[Any, ...]:
            return tuple(
                value_of(give, inner) if isinstance(give, Tree) else give.drawn(chooser, inner) for give in self.gives
            )

        return self._table(env, values)

    def members(self, env: Env, longest: int) -> Iterator[Table]:
        computed = [give for give in self.gives if isinstance(give, Tree)]
        if len(computed) < len(self.gives):
            raise EndlessError
        yield self._table(env, lambda inner: tuple(value_of(tree, inner) for tree in computed))

    def _table(self, env: Env, values_of: Callable[[Env], tuple[Any, ...]]) -> Table:
        """The table of its values; `values_of` gives those that stand in no row, for the arguments among the values.

        Raises:
            EndlessError: for arguments without end.
            EvaluationError: for arguments that have no row, and values that do not exist.
        """
        names = tuple(self.arguments)
        arguments = [list(argument.members(env, MAX_TABLE_ROWS)) for argument in self.arguments.values()]
        if math.prod(map(len, arguments)) > MAX_TABLE_ROWS:
            raise EndlessError(f"a supplied function has at most {MAX_TABLE_ROWS} rows")
        rows: dict[tuple[Any, ...], Any] = {}
        for key in itertools.product(*arguments):
            if self.rows and key not in self.rows:
                raise EvaluationError(f"the table has no row for ({', '.join(map(str, key))})")
            values = self.rows.get(key) or values_of({**env, **dict(zip(names, key, strict=True))})
            rows[key] = values if len(values) > 1 else values[0]
        return Table(names, rows)

    def names_used(self) -> list[str]:
        bounds = [name for one in self.arguments.values() for name in one.names_used()]
        given = [name for one in self.gives for name in (names_of(one) if isinstance(one, Tree) else one.names_used())]
        return [*bounds, *(name for name in given if name not in self.arguments)]


def _read(node: MappingNode, _arrays: ArrayDefault, reader: SetReader) -> TableOf:
    """With `gives`, or with `table: {"0, 1": [1, 0]}`."""
    arguments = node.lookup("arguments")
    if set(node) not in ({"arguments", "gives"}, {"arguments", "table"}) or not isinstance(arguments, MappingNode):
        raise FieldError(SUPPLIED_FORM, node.place)
    sets = {str(name): reader.read(value) for name, value in arguments.items()}
    for name, one in sets.items():
        if not one.is_finite:
            raise FieldError(f"the argument {name!r} of a supplied function takes a finite set", node.place)
    gives, table = node.lookup("gives"), node.lookup("table")
    if isinstance(table, MappingNode):
        return TableOf(sets, rows=_rows(table, len(sets)))
    if not isinstance(gives, SequenceNode):
        raise FieldError(SUPPLIED_FORM, node.place)
    if not gives:
        raise FieldError("a supplied function gives at least one value", gives.place)
    return TableOf(sets, tuple(_given(item, reader) for item in gives))


def _rows(table: MappingNode, arity: int) -> dict[Row, Row]:
    """`"0, 1": [1, 0]`: the arguments, and the values that they give (one of them without brackets)."""
    rows: dict[Row, Row] = {}
    for key, node in table.items():
        arguments = tuple(map(read_value, key.split(",")))
        if len(arguments) != arity:
            raise FieldError(f"a row begins with {arity} arguments, not {str(key)!r}", key.place)
        items = node if isinstance(node, SequenceNode) else [node]
        values = tuple(read_value(text_of(item)) for item in items)
        if not values or (rows and len(values) != len(next(iter(rows.values())))):
            raise FieldError("every row gives equally many values, at least one", node.place)
        if arguments in rows:
            raise FieldError(f"there are two rows for {str(key)!r}", key.place)
        rows[arguments] = values
    if not rows:
        raise FieldError("a table needs rows", table.place)
    return rows


def _given(node: Node, reader: SetReader) -> InputSet | Tree:
    """A set that values are drawn from, else an expression that computes them."""
    try:
        return reader.read(node)
    except FieldError:
        return read_expression(node).tree


def _schemas() -> list[FormSchema]:
    keys = {
        "arguments": {
            "type": "object",
            "additionalProperties": INPUT_SET_REFERENCE,
            "description": "The arguments of a function that is supplied, each with its finite set.",
        },
        "gives": {
            "type": "array",
            "minItems": 1,
            "items": {"type": [*FILLED_SCALAR, "array", "object"]},
            "description": "What the supplied function gives: sets to draw from, or expressions.",
        },
        "table": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": [*FILLED_SCALAR, "array"],
                "items": {"type": [*FILLED_SCALAR]},
                "minItems": 1,
            },
            "description": 'The values of the supplied function, row by row: "0, 1": [1, 0].',
        },
    }
    two = {"required": ["arguments"], "minProperties": 2, "maxProperties": 2, "additionalProperties": False}
    meant = {"anyOf": [{"required": ["arguments"]}, {"required": ["gives"], "maxProperties": 1}]}
    return [(meant, {"properties": keys, **two})]


SUPPLIED_FUNCTION_FORM = MappingForm(
    "a supplied function {arguments: {...}, gives: [...]}",
    lambda keys: "arguments" in keys or (bool(keys) and keys <= {"gives", "table"}),
    _read,
    _schemas,
)
