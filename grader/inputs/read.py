"""Sets of inputs as they stand in a question: lines of text, lists of sets, mappings."""

from __future__ import annotations

from grader.documents import FieldError, MappingNode, Node, SequenceNode, text_of
from grader.inputs import table
from grader.inputs.alternatives import either_of
from grader.inputs.array_types import NUMPY_ARRAYS, ArrayDefault, read_array_type
from grader.inputs.input_set import InputSet
from grader.inputs.set_forms import MappingForm
from grader.inputs.text_parts import MAX_SET_DEPTH, InputSetError


def read_input_set(text: str, at: int = 0, depth: int = 0) -> InputSet:
    """The set that a line of text describes.

    Raises:
        InputSetError: with the offset of the part that is not understood.
    """
    if depth > MAX_SET_DEPTH:
        raise InputSetError("sets are nested too deeply", at)
    lead = len(text) - len(text.lstrip())
    at, text = at + lead, text.strip()
    forms = [form for form in table.INPUT_SETS if not isinstance(form, MappingForm)]
    for form in forms:
        if (parts := form.parts(text, at)) is not None:
            return form.read(parts, lambda part: read_input_set(*part, depth + 1))
    known = "; ".join(form.written for form in forms)
    raise InputSetError(f"{text!r} is not a set of inputs (there are {known})", at)


class _InnerSetReader:
    """Reads the sets that stand in a mapping."""

    def read(self, node: Node, arrays: ArrayDefault = NUMPY_ARRAYS) -> InputSet:
        return read_set(node, arrays)

    def no_form(self, node: Node) -> FieldError:
        first, *others = [form.written for form in reversed(table.INPUT_SETS) if isinstance(form, MappingForm)]
        return FieldError(f"a mapping is {', '.join([first, *others[:-1]])}, or {others[-1]}", node.place)


def read_set(node: Node, default: ArrayDefault = NUMPY_ARRAYS) -> InputSet:
    """A set of inputs: a line of text, a list of sets (any of them), or a mapping.

    `default` is the type of the arrays in it that state none.

    Raises:
        FieldError: at the character that is not understood.
    """
    if isinstance(node, SequenceNode):
        if not node:
            raise FieldError("a list of sets needs at least one", node.place)
        return either_of([read_set(item, default) for item in node], node)
    if isinstance(node, MappingNode):
        keys = set(map(str, node))
        forms = (form for form in table.INPUT_SETS if isinstance(form, MappingForm))
        return next(form for form in forms if form.has_keys(keys)).read(node, default, _InnerSetReader())
    try:
        return read_input_set(node).with_array_default(default)
    except InputSetError as error:
        raise FieldError(str(error), node.at(error.at)) from None


def read_array_default(node: Node) -> ArrayDefault:
    """`array: torch` among the inputs of a question: every vector, matrix and array there is a tensor.

    Raises:
        FieldError: for a text that names no type of arrays.
    """
    text = text_of(node)
    try:
        return read_array_type(text)
    except ValueError as error:
        raise FieldError(str(error), text.place) from None
