"""What of a function question travels in a student's copy: its inputs, and the lines that do not say the answer."""

from __future__ import annotations

from collections.abc import Iterator

from grader.kinds.copies import COMMON_KEYS, PlainDocument, kept
from grader.kinds.function.models import CALL_CHECKS
from grader.kinds.function.question import NETWORK_NAME
from grader.language.parse import ExpressionError, parse
from grader.language.tree import Binary, Call, Compare, Comprehension, IfExp, Index, Name, Tree, subtrees

COPIED_FUNCTION_KEYS = (
    "signature",
    "class",
    "inputs",
    "returns",
    "assume",
    "network",
    "credit",
    "cases",
    "seed",
    "call_seconds",
)
COPIED_FUNCTION_LINE_KEYS = (
    *("name", "points", "when", "holds", "somewhere", "equals", "of", "pure", "returns"),
    *("inputs", "exhaustive", "cases", "rtol", "atol", "nan"),
)
COPIED_PARTLY_KEYS = ("holds", "equals", "points", "rtol", "atol")


def copied_function(root: PlainDocument) -> PlainDocument:
    """The part of a question's mapping that travels."""
    name = root.get("signature", "").partition("(")[0].strip()  # nothing calls a class in a property
    checks = [_check(check, name, number) for number, check in enumerate(root["checks"], start=1)]
    return {**kept(root, COMMON_KEYS), **kept(root, COPIED_FUNCTION_KEYS), "checks": checks}


def _check(check: PlainDocument, function: str, number: int) -> PlainDocument:
    """A line of a function as it travels; what is hidden, or knows the right answer, waits for the course.

    Such a line goes without its name, which may say what the line knows.
    """
    if check.get("hidden") == "true" or _knows(check, function):
        return {"name": f"line {number}, which waits for the course", "points": check["points"], "waits": "true"}
    partly = [kept(part, COPIED_PARTLY_KEYS) for part in check.get("partly", []) if not _knows(part, function)]
    return {**kept(check, (*COPIED_FUNCTION_LINE_KEYS, *CALL_CHECKS)), **({"partly": partly} if partly else {})}


def _knows(aim: PlainDocument, function: str) -> bool:
    """Whether a line or a part of one has the right answer in it, or names Python that has."""
    stated = any(_states_the_answer(aim[key], function) for key in ("holds", "somewhere") if key in aim)
    return stated or aim.get("equals", NETWORK_NAME) != NETWORK_NAME or "feeds" in aim


def _states_the_answer(text: str, function: str) -> bool:
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
        (isinstance(node, Name) and node.id == "out") or (isinstance(node, Call) and node.function == function)
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
