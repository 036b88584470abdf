"""Expressions as they stand in a document: trees that know their places."""

from __future__ import annotations

from grader.deferred import dataclass
from grader.documents import FieldError, Node, SequenceNode, text_of
from grader.errors import SourceLocation
from grader.language.parse import ExpressionError, parse
from grader.language.tree import ListExpr, Tree


@dataclass(frozen=True)
class Expression:
    """A tree with the place it was read from."""

    tree: Tree
    place: SourceLocation
    text: str = ""


def read_expression(node: Node) -> Expression:
    """An expression; a YAML list is a vector, a list of lists a matrix."""
    return Expression(_tree(node), node.place)


def read_step_expression(node: Node) -> Expression:
    """The same, in which `x[t] == "a"` compares an input with one of its symbols."""
    return Expression(_tree(node, symbols=True), node.place)


def read_property(node: Node) -> Expression:
    """An expression in which `a ~ b` says that a is close to b."""
    text = text_of(node)
    try:
        return Expression(parse(text, closeness=True, keys=True), text.place, str(text))
    except ExpressionError as error:
        raise FieldError(error.message, text.at(error.at)) from None


def _tree(node: Node, *, symbols: bool = False) -> Tree:
    if isinstance(node, SequenceNode):
        if not node:
            raise FieldError("a vector needs at least one entry", node.place)
        return ListExpr(tuple(_tree(item, symbols=symbols) for item in node))
    text = text_of(node)
    try:
        return parse(text, symbols=symbols)
    except ExpressionError as error:
        raise FieldError(error.message, text.at(error.at)) from None
