"""Numbers, vectors and matrices as people write them, against the shape that is wanted."""

from __future__ import annotations

from flint import fmpq

from grader.documents import Node, ScalarNode, SequenceNode, describe_node, shortened
from grader.errors import Problem, SourceLocation, listed
from grader.language.arrays import Array, Value, describe, entries
from grader.language.limits import MAX_ENTRIES
from grader.language.numbers import NumberError, read_rational, show_number
from grader.machines.system import Parameter


class ValueMismatchError(Exception):
    """A value that does not fit; carries the `Problem`."""

    def __init__(self, message: str, place: SourceLocation) -> None:
        super().__init__(message)
        self.place = place
        self.problem = Problem(message, place)


def read_value(node: Node, name: str, wanted: Parameter) -> Value:
    """The exact value of a node, of the shape and among the numbers that a parameter allows.

    Raises:
        ValueMismatchError: naming the parameter, what was wanted and what came.
    """
    if not wanted.shape:
        value: Value = _number(node, name)
    else:
        value = Array(wanted.shape, _read_entries(node, name, wanted.shape, wanted.shape))
    check_allowed(value, name, wanted, node.place)
    return value


def check_allowed(value: Value, name: str, wanted: Parameter, place: SourceLocation) -> None:
    """Raises `ValueMismatchError` if an entry is not among the numbers that the parameter allows."""
    if wanted.allowed is None:
        return
    for entry in entries(value):
        if entry not in wanted.allowed:
            choices = listed(map(show_number, wanted.allowed), "or")
            raise ValueMismatchError(f"{name} must be {choices}, not {show_number(entry)}", place)


def _read_entries(node: Node, name: str, shape: tuple[int, ...], whole: tuple[int, ...]) -> list[fmpq]:
    wanted = f"{describe(whole)}, written {_pattern(whole)}"
    if not isinstance(node, SequenceNode):
        raise ValueMismatchError(f"{name} must be {wanted}; this is {describe_node(node)}", node.place)
    if len(node) != shape[0]:
        what = "rows" if len(shape) == 2 else "entries"
        raise ValueMismatchError(f"{name} must be {wanted}; this has {len(node)} {what}, not {shape[0]}", node.place)
    found: list[fmpq] = []
    for i, item in enumerate(node):
        label = f"{name}[{i}]"
        found += _read_entries(item, label, shape[1:], whole) if len(shape) > 1 else [_number(item, label)]
    return found


def _pattern(shape: tuple[int, ...]) -> str:
    row = f"[{', '.join('.' * shape[-1])}]" if shape[-1] <= 4 else "[., ., ...]"
    if len(shape) == 1:
        return row
    return f"[{', '.join([row] * shape[0])}]" if shape[0] <= 4 else f"[{row}, ...]"


def _number(node: Node, name: str) -> fmpq:
    if not isinstance(node, ScalarNode):
        raise ValueMismatchError(f"{name} must be a number, not {describe_node(node)}", node.place)
    if node.blank:
        raise ValueMismatchError(f"{name} is blank: write a number", node.place)
    is_json_fraction = not node.place.line and "/" in node  # JSON has no other way to write a fraction
    if node.quoted and not is_json_fraction:
        message = f"{name} must be a number, not {describe_node(node)}: leave out the quotes"
        raise ValueMismatchError(message, node.place)
    try:
        return read_rational(node)
    except NumberError as error:
        raise ValueMismatchError(f"{name}: {error}", node.place) from None


def read_shape(node: Node) -> tuple[int, ...]:
    """`scalar`, `[2]` or `[2, 2]`.

    Raises:
        ValueError: for anything else.
    """
    if node == "scalar":
        return ()
    if (
        isinstance(node, SequenceNode)
        and 1 <= len(node) <= 2
        and all(isinstance(n, ScalarNode) and n.isdecimal() for n in node)
    ):
        shape = tuple(int(n) for n in node)
        size = shape[0] * shape[-1] if len(shape) == 2 else shape[0]
        if all(shape) and size <= MAX_ENTRIES:
            return shape
    raise ValueError(f"a shape is scalar, [2] or [2, 3], not {shortened(describe_node(node))}")
