"""Expressions in the whole numbers of a question: steps of sequences, bounds of loops, sizes."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from grader.language.arithmetic import STEP_BUDGET, Frame
from grader.language.compile import compile_tree
from grader.language.exact import Exact
from grader.language.scope import Scope
from grader.language.tree import Tree

MAX_INDEX_LOOP_STEPS = 4_000
"""Steps of loops in one such expression."""


def whole_number(tree: Tree, case: Mapping[str, int]) -> int:
    """The value of an expression in the whole numbers of a case.

    Raises:
        ExpressionError: for a name that the case does not have.
        EvaluationError: for a value that is no whole number.
    """
    scope = Scope()
    for name in case:
        scope.names[name] = scope.new_slot()
    closure = compile_tree(tree, scope, Exact())
    frame: Frame = [None] * scope.new_slot()
    frame[STEP_BUDGET] = MAX_INDEX_LOOP_STEPS
    for name, value in case.items():
        frame[scope.names[name]] = fmpq(value)
    return Exact().whole(closure(frame))
