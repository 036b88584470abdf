"""A node as text or as a flag, and what is wrong with the node of a field."""

from __future__ import annotations

from grader.documents.tree import Node, ScalarNode, describe_node
from grader.errors import SourceLocation


class FieldError(ValueError):
    """What is wrong with a field, and where inside it."""

    def __init__(self, message: str, place: SourceLocation | None = None) -> None:
        super().__init__(message)
        self.place = place


def text_of(node: Node) -> ScalarNode:
    """The scalar itself, or a `FieldError` that says what came."""
    if not isinstance(node, ScalarNode):
        raise FieldError(f"must be text, not {describe_node(node)}", node.place)
    return node


def read_flag(node: Node) -> bool:
    """`true` or `false`."""
    text = text_of(node)
    if text not in ("true", "false"):
        raise FieldError(f"must be true or false, not {describe_node(text)}", text.place)
    return text == "true"
