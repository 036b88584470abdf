"""Sets of inputs as they stand in a question: lines of text, lists of them, functions that the grader supplies."""

from __future__ import annotations

from grader.documents import MappingNode, Node, SequenceNode
from grader.inputs.read import InputSetError, read_input_set, read_value
from grader.inputs.sets import Choice, Either, InputSet, NumberSet, TableOf
from grader.language.tree import Tree
from grader.spec.fields import FieldError, read_expression, text_of


def read_set(node: Node) -> InputSet:
    """A set of inputs: a line of text, a list of sets (any of them), or a mapping for a supplied function.

    Raises:
        FieldError: at the character that is not understood.
    """
    if isinstance(node, SequenceNode):
        if not node:
            raise FieldError("a list of sets needs at least one", node.place)
        return Either(tuple(read_set(item) for item in node))
    if isinstance(node, MappingNode):
        return _table(node)
    text = text_of(node)
    try:
        return read_input_set(text)
    except InputSetError as error:
        raise FieldError(str(error), text.at(error.at)) from None


Row = tuple[int | float | str, ...]

SUPPLIED_FORM = "a supplied function is written {arguments: {state: set, ...}, gives: [set, ...]}, or with `table:`"


def _table(node: MappingNode) -> TableOf:
    """`{arguments: {state: bit, token: bit}, gives: [bit, "state * token"]}`, or with `table: {"0, 1": [1, 0]}`."""
    arguments = node.lookup("arguments")
    if set(node) not in ({"arguments", "gives"}, {"arguments", "table"}) or not isinstance(arguments, MappingNode):
        raise FieldError(SUPPLIED_FORM, node.place)
    sets = {str(name): read_set(value) for name, value in arguments.items()}
    for name, one in sets.items():
        if not isinstance(one, Choice) and not (isinstance(one, NumberSet) and one.kind == "integer" and one.low):
            raise FieldError(f"the argument {name!r} of a supplied function takes a finite set", node.place)
    gives, table = node.lookup("gives"), node.lookup("table")
    if isinstance(table, MappingNode):
        return TableOf(sets, rows=_rows(table, len(sets)))
    if not isinstance(gives, SequenceNode):
        raise FieldError(SUPPLIED_FORM, node.place)
    if not gives:
        raise FieldError("a supplied function gives at least one value", gives.place)
    return TableOf(sets, tuple(_given(item) for item in gives))


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


def _given(node: Node) -> InputSet | Tree:
    """A set that values are drawn from, else an expression that computes them."""
    try:
        return read_set(node)
    except FieldError:
        return read_expression(node).tree
