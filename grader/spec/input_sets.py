"""Sets of inputs as they stand in a question: lines of text, lists of them, functions that the grader supplies."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from grader.documents import MappingNode, Node, SequenceNode
from grader.errors import listed
from grader.inputs.array_types import is_whole, read_array_type, typed
from grader.inputs.read import InputSetError, read_input_set, read_value
from grader.inputs.sets import (
    ArrayDtype,
    ArrayLibrary,
    ArraySet,
    Choice,
    DictionarySet,
    Either,
    GeneratorSet,
    InputSet,
    NumberSet,
    PartsSet,
    SequenceSet,
    TableOf,
    TypedSet,
    sets_in,
)
from grader.language.tree import Tree
from grader.spec.fields import FieldError, read_expression, read_flag, text_of


class ArrayDefault(NamedTuple):
    """The library of the arrays in sets that name none, and what real entries are (None: what the library has)."""

    library: ArrayLibrary = "numpy"
    dtype: ArrayDtype | None = None


NUMPY_ARRAYS = ArrayDefault()


def read_array_default(node: Node) -> ArrayDefault:
    """`array: torch` among the inputs of a question: every vector, matrix and array there is a tensor.

    Raises:
        FieldError: for a text that names no type of arrays.
    """
    text = text_of(node)
    try:
        return ArrayDefault(*read_array_type(text))
    except ValueError as error:
        raise FieldError(str(error), text.place) from None


def read_set(node: Node, default: ArrayDefault = NUMPY_ARRAYS) -> InputSet:
    """A set of inputs: a line of text, a list of sets (any of them), or a mapping.

    A mapping is a supplied function, a list or tuple of parts, arrays of a stated type, else a dictionary by its keys.

    Raises:
        FieldError: at the character that is not understood.
    """
    if isinstance(node, SequenceNode):
        if not node:
            raise FieldError("a list of sets needs at least one", node.place)
        return _either([read_set(item, default) for item in node], node)
    if isinstance(node, MappingNode):
        return _mapping(node, default)
    text = text_of(node)
    try:
        return _of_default(read_input_set(text), default)
    except InputSetError as error:
        raise FieldError(str(error), text.at(error.at)) from None


def _either(sets: list[InputSet], node: SequenceNode) -> Either:
    """Any of several sets, whose arrays are of one type: from a drawn array alone its type could not be told."""
    types = {
        f"{one.type.library}.{one.type.dtype}" if isinstance(one, TypedSet) else "numpy.float64"
        for one in sets
        if isinstance(one, TypedSet | ArraySet) or (isinstance(one, SequenceSet) and one.form == "vector")
    }
    if len(types) > 1:
        advice = "say `{set: ..., array: torch.float32}` of each"
        raise FieldError(
            f"the arrays of a list of sets are of different types ({listed(sorted(types))}): {advice}", node.place
        )
    return Either(tuple(sets))


def _of_default(one: InputSet, default: ArrayDefault) -> InputSet:
    """A set with the type of its arrays, where it names none: of real entries the default's."""
    match one:
        case SequenceSet(form="sequence", element=element):
            return replace(one, element=_of_default(element, default))
        case SequenceSet(form="vector") | ArraySet():
            return typed(one, default.library, None if is_whole(one.element) else default.dtype)
    return one


def _mapping(node: MappingNode, default: ArrayDefault) -> InputSet:
    keys = set(map(str, node))
    if "arguments" in keys or (keys and keys <= {"gives", "table"}):
        return _table(node)
    if "set" in keys and keys <= {"set", "array", "requires_grad"}:
        return _typed(node, default)
    if len(keys) == 1 and keys <= {"list", "tuple"}:
        ((form, parts),) = node.items()
        if not isinstance(parts, SequenceNode) or not parts:
            raise FieldError(f"a {form} of parts is written {{{form}: [set, set, ...]}}", parts.place)
        made = tuple(_part(part, default) for part in parts)
        return PartsSet("tuple" if form == "tuple" else "list", made)
    inner = node.lookup("dictionary") if keys == {"dictionary"} else node
    if not isinstance(inner, MappingNode) or not inner:
        raise FieldError(MAPPING_FORMS, (node if inner is None else inner).place)
    return DictionarySet({str(key): _part(value, default) for key, value in inner.items()})


def _part(node: Node, default: ArrayDefault) -> InputSet:
    """The set of a part of a list, a tuple or a dictionary, which is no supplied function and no generator."""
    found = read_set(node, default)
    if any(isinstance(one, TableOf | GeneratorSet) for one in sets_in(found)):
        raise FieldError("a supplied function or a generator is an argument of its own, and no part of one", node.place)
    return found


def _typed(node: MappingNode, default: ArrayDefault) -> InputSet:
    """`{set: "matrix(3, 2, real)", array: torch.float64, requires_grad: true}`."""
    kind, grad = node.lookup("array"), node.lookup("requires_grad")
    tracked = grad is not None and read_flag(grad)
    library, dtype = default
    if kind is not None:
        text = text_of(kind)
        try:
            library, dtype = read_array_type(text)
        except ValueError as error:
            raise FieldError(str(error), text.place) from None
    members = read_set(node[next(key for key in node if key == "set")])
    if not isinstance(members, ArraySet) and not (isinstance(members, SequenceSet) and members.form == "vector"):
        raise FieldError("`set` beside `array` is a vector, a matrix or an array of numbers", node.place)
    if kind is None and is_whole(members.element) and not tracked:
        dtype = None
    try:
        return typed(members, library, dtype, tracked)
    except ValueError as error:
        raise FieldError(str(error), (grad or node).place) from None


MAPPING_FORMS = (
    "a mapping is a dictionary {W: set, b: set} (or {dictionary: {...}}), {list: [set, ...]}, {tuple: [set, ...]},"
    " arrays of a type {set: ..., array: torch.float32}, or a supplied function {arguments: {...}, gives: [...]}"
)

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
