"""Numbers, vectors and matrices as people write them, against the shape that is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flint import fmpq

from grader.documents import Node, ScalarNode, SequenceNode, describe_node, shortened, split_number
from grader.documents.matrix_text import MatrixTextError, matrix_in
from grader.errors import Problem, SourceLocation, listed
from grader.language.arrays import Array, Value, describe, entries
from grader.language.limits import MAX_ENTRIES
from grader.language.numbers import NumberError, read_rational, show_number, without_decimal_comma
from grader.machines.system import Parameter

_PRINTED = re.compile(r";|[\d.]\s+[-+−\d.]|\w\(")
"""What parts numbers in MATLAB and in what NumPy prints, and the type that it prints before them: `np.float64(0.5)`."""


class ValueMismatchError(Exception):
    """A value that does not fit; carries the `Problem`."""

    def __init__(self, message: str, place: SourceLocation) -> None:
        super().__init__(message)
        self.place = place
        self.problem = Problem(message, place)


def read_value(node: Node, name: str, wanted: Parameter, notes: list[str] | None = None) -> Value:
    """The exact value of a node, of the shape and among the numbers that a parameter allows.

    Where brackets around a single number, a row or a column leave one reading, it is taken, and `notes` get a sentence.

    Raises:
        ValueMismatchError: naming the parameter, what was wanted and what came.
    """
    node = _from_text(node, name, wanted, notes)
    shape = _shape_of(node)
    if shape is not None and shape != wanted.shape and fits_without_ones(shape, wanted.shape):
        numbers = [_number(leaf, name) for leaf in leaves_of(node)]
        if notes is not None:
            notes.append(shape_note(name, shape, wanted.shape))
        value: Value = Array(wanted.shape, numbers) if wanted.shape else numbers[0]
    elif not wanted.shape:
        value = _number(node, name)
    else:
        value = Array(wanted.shape, _read_entries(node, name, wanted.shape, wanted.shape))
    check_allowed(value, name, wanted, node.place)
    return value


def _from_text(node: Node, name: str, wanted: Parameter, notes: list[str] | None) -> Node:
    """The numbers of a text, and of a list in which some stand as programs print them; any other node as it is.

    Raises:
        ValueMismatchError: for text that looks like a matrix and cannot be read as one.
    """
    text = node if isinstance(node, ScalarNode) else _as_printed(node)
    if text is None or text.blank:
        return node
    try:
        found = matrix_in(text, len(wanted.shape))
    except MatrixTextError as error:
        raise ValueMismatchError(f"{name}: {error}", node.place) from None
    if found is None:
        return node
    if notes is not None:
        notes.append(f"{name} was read from text as {shortened(_written(found))}")
    return found


def _as_printed(node: Node) -> ScalarNode | None:
    """A list of numbers as text, where blanks or semicolons part some of them, or their type stands before them."""
    leaves = list(leaves_of(node)) if isinstance(node, SequenceNode) else []
    if not all(isinstance(leaf, ScalarNode) and not leaf.quoted for leaf in leaves):
        return None
    if not any(_PRINTED.search(leaf.strip()) for leaf in leaves if isinstance(leaf, ScalarNode)):
        return None
    return ScalarNode(_written(node), node.place)


def _written(node: Node) -> str:
    return f"[{', '.join(map(_written, node))}]" if isinstance(node, SequenceNode) else str(node)


def fits_without_ones(came: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether lengths of 1 are all that tells two shapes apart, so that there is one way to take the one for the other.

    One number in any brackets is that number, `[[1, 2]]` and `[[1], [2]]` are the vector of 1 and 2. A row where a
    column is wanted is no such case: somebody may have meant the transpose.
    """
    return len(came) != len(wanted) and [n for n in came if n != 1] == [n for n in wanted if n != 1]


def shape_note(name: str, came: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """What a report says of a value that came in another shape."""
    if not wanted:
        return f"{name} came as a number in brackets: read as the number"
    shape = f"an array of shape {came}" if len(came) > 2 else describe(came)
    return f"{name} came as {shape}: read as {describe(wanted)}"


def shape_of_value(node: Node, name: str, wanted: Parameter) -> tuple[int, ...] | None:
    """The shape in which a value was handed in; None where it is no number, vector or matrix."""
    try:
        return _shape_of(_from_text(node, name, wanted, None))
    except ValueMismatchError:
        return None


def _shape_of(node: Node) -> tuple[int, ...] | None:
    """The lengths of lists within lists, `()` of text; None where they differ, or are no lists of text."""
    if isinstance(node, ScalarNode):
        return ()
    if not isinstance(node, SequenceNode) or not node:
        return None
    inner = [_shape_of(item) for item in node]
    return (len(node), *inner[0]) if inner[0] is not None and all(shape == inner[0] for shape in inner) else None


def leaves_of(node: Node) -> Iterator[Node]:
    """What stands in lists within lists, in order."""
    if isinstance(node, SequenceNode):
        for item in node:
            yield from leaves_of(item)
    else:
        yield node


def check_allowed(value: Value, name: str, wanted: Parameter, place: SourceLocation) -> None:
    """Raises `ValueMismatchError` if an entry is not among the numbers that the parameter allows.

    Where the question says what other numbers earn, they are taken as they are.
    """
    if wanted.allowed is None or wanted.otherwise is not None:
        return
    for entry in entries(value):
        if entry not in wanted.allowed:
            choices = listed(map(show_number, wanted.allowed), "or")
            raise ValueMismatchError(f"{name} must be {choices}, not {show_number(entry)}", place)


def _read_entries(node: Node, name: str, shape: tuple[int, ...], whole: tuple[int, ...]) -> list[fmpq]:
    if not isinstance(node, SequenceNode) or len(node) != shape[0]:
        message = f"{name} must be {describe(whole)}, written {_pattern(whole)}; this"
        if not isinstance(node, SequenceNode):
            raise ValueMismatchError(f"{message} is {describe_node(node)}", node.place)
        what = "rows" if len(shape) == 2 else "entries"
        message += f" has {len(node)} {what}, not {shape[0]}{_comma_advice(node, shape[0])}"
        raise ValueMismatchError(message, node.place)
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


def _comma_advice(node: Node, wanted: int) -> str:
    """What is said of a list of twice as many numbers as are wanted, the first two of which are like `1,5`."""
    if not isinstance(node, SequenceNode) or len(node) != 2 * wanted:
        return ""
    split = split_number(node[0], node[1])
    return f": a decimal comma? write {split.replace(',', '.')}, not {split}" if split else ""


def _number(node: Node, name: str) -> fmpq:
    if not isinstance(node, ScalarNode):
        advice = "" if "[" in name else _comma_advice(node, 1)
        message = f"{name} must be a number, not {describe_node(node)}{advice}"
        raise ValueMismatchError(message, node.place)
    if node.blank:
        raise ValueMismatchError(f"{name} is blank: write a number", node.place)
    is_json_fraction = not node.place.line and "/" in node  # JSON has no other way to write a fraction
    if node.quoted and not is_json_fraction and not without_decimal_comma(node):
        message = f"{name} must be a number, not {describe_node(node)}: leave out the quotes"
        raise ValueMismatchError(message, node.place)
    try:
        return read_rational(node)
    except NumberError as error:
        is_unadvised = str(error).endswith("is not a number") and any(map(str.isnumeric, node))
        advice = ": write it as 2, -1.5, 1e-3 or -3/2" if is_unadvised else ""
        raise ValueMismatchError(f"{name}: {error}{advice}", node.place) from None


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
