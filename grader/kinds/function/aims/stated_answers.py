"""Whether a property says how the output is computed, so that students do not get it in their copy."""

from __future__ import annotations

from collections.abc import Iterator

from grader.kinds.function.properties import OUTPUT_NAME
from grader.language.parse import ExpressionError, parse
from grader.language.tree import Binary, Call, Compare, Comprehension, IfExp, Index, Name, Tree, subtrees


def states_answer(text: str, function: str) -> bool:
    """Whether a property says how the output is computed: `out ~ 2 * x`, `abs(out - sum(x)) < 1e-6`."""
    try:
        tree = parse(text, closeness=True, keys=True)
    except ExpressionError:  # the spec could not be loaded with it
        return True
    return any(
        _is_answer(left, right, function) or _is_answer(right, left, function)
        for node in subtrees(tree)
        for left, right in _compared(node)
    )


def _compared(node: Tree) -> Iterator[tuple[Tree, Tree]]:
    match node:
        case Compare(ops=ops, operands=operands):
            pairs = zip(ops, operands, operands[1:], strict=False)
            yield from ((left, right) for op, left, right in pairs if op in ("==", "~"))
        case Binary(op="-", left=left, right=right):
            yield left, right


def _is_answer(left: Tree, right: Tree, function: str) -> bool:
    """Whether one side is about the output alone, and the other computes something from the arguments."""
    return _has_output(left, function) and not _has_output(right, function) and _computes(right)


def _has_output(tree: Tree, function: str) -> bool:
    return any(
        (isinstance(node, Name) and node.id == OUTPUT_NAME) or (isinstance(node, Call) and node.function == function)
        for node in subtrees(tree)
    )


def _computes(tree: Tree) -> bool:
    nodes = list(subtrees(tree))
    named = any(isinstance(node, Name) for node in nodes)
    return named and any(
        isinstance(node, Binary | Call | IfExp | Comprehension) for node in nodes if not _is_length(node)
    )


def _is_length(node: Tree) -> bool:
    """`len(x)`: the shape of an output is no answer."""
    return isinstance(node, Call) and node.function == "len" and isinstance(node.arguments[0], Name | Index)
