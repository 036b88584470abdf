"""A property decided without rounding, for when float64 says that it fails: nobody loses points to the last bit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from flint import ctx, fmpq

from grader.checks.functions.values import has_nan
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.balls import Balls, Undecided
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.rewriting import replaced
from grader.language.tree import Binary, Call, Compare, Number, Tree

PRECISIONS = (128, 1024)
"""Bits that are tried in turn."""


def decide_rigorously(
    tree: Tree, names: Sequence[str], values: Mapping[str, Any], rtol: float, atol: float
) -> bool | None:
    """The truth of a property over the exact values of floats; None where it cannot be told."""
    if any(has_nan(value) or _infinite(value) for value in values.values()):
        return None
    plain = without_closeness(tree, _literal(rtol), _literal(atol))
    arithmetic = Balls()
    for bits in PRECISIONS:
        try:
            with ctx.workprec(bits):
                exact = {name: _exact(value, arithmetic) for name, value in values.items()}
                return Formula(plain, names, arithmetic).holds(exact)
        except Undecided:
            continue
        except (EvaluationError, ExpressionError, TypeError):
            return None
    return None


def without_closeness(tree: Tree, rtol: Number, atol: Number) -> Tree:
    """`a ~ b` written out as `abs(a - b) <= atol + rtol * abs(b)`."""

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Compare) or node.ops != ("~",):
            return None
        left, right = (without_closeness(side, rtol, atol) for side in node.operands)
        bound = Binary("+", atol, Binary("*", rtol, Call("abs", (right,))))
        return Compare(("<=",), (Call("abs", (Binary("-", left, right),)), bound), node.at)

    return replaced(tree, change)


def _literal(value: float) -> Number:
    return Number(fmpq(*value.as_integer_ratio()))


def _infinite(value: Any) -> bool:
    entries = value.entries if isinstance(value, Array) else (value,)
    return any(isinstance(entry, float) and math.isinf(entry) for entry in entries)


def _exact(value: Any, arithmetic: Balls) -> Any:
    if isinstance(value, Array):
        return value.map(lambda entry: _exact(entry, arithmetic))
    if isinstance(value, int | float):
        return arithmetic.number(fmpq(*value.as_integer_ratio()))
    return value
