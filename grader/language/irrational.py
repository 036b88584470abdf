"""Which parts of an expression have irrational values, and so none in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

from grader.language.functions.table import FUNCTIONS
from grader.language.tree import Binary, Call, Number, Tree, subtrees


def irrational_parts(tree: Tree) -> Iterator[tuple[Tree, str]]:
    """The parts of an expression whose values are irrational, each with its name in words."""
    for part in subtrees(tree):
        if name := _irrational_name(part):
            yield part, name


def is_rational(tree: Tree) -> bool:
    """True if no part of an expression is irrational."""
    return not any(True for _ in irrational_parts(tree))


def _irrational_name(tree: Tree) -> str | None:
    match tree:
        case Call(function=name) if (record := FUNCTIONS.get(name)) and not record.rational:
            return name
        case Binary(op="**", right=Number(value=power)) if power.q != 1:
            return "a power that is no whole number"
        case Binary(op="**", right=Binary(op="/", left=Number(value=top), right=Number(value=bottom))):
            return "a power that is no whole number" if bottom and (top / bottom).q != 1 else None
    return None
