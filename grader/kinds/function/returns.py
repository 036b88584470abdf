"""What a function returns as it stands in a question: a line of text, a list of parts, a mapping of keys."""

from __future__ import annotations

from grader.documents import FieldError, MappingNode, Node, SequenceNode, text_of
from grader.inputs.outputs import MappingOutput, Output, TupleOutput
from grader.inputs.read_outputs import read_output
from grader.inputs.text_parts import InputSetError


def read_returns(node: Node) -> Output:
    """`real`, `vector(len(g))`, `[real, vector(2)]` (a tuple of these), `{mean: real}` (a dictionary).

    Raises:
        FieldError: at the character that is not understood.
    """
    if isinstance(node, SequenceNode):
        if not node:
            raise FieldError("a list of parts needs at least one", node.place)
        return TupleOutput(tuple(map(read_returns, node)))
    if isinstance(node, MappingNode):
        return MappingOutput({str(key): read_returns(value) for key, value in node.items()})
    text = text_of(node)
    try:
        return read_output(text)
    except InputSetError as error:
        raise FieldError(str(error), text.at(error.at)) from None
