"""Bounds and sizes of sets, which are expressions over the values before them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from grader.inputs.sets import DEFAULT_INTEGER_BOUND, Length, NumberSet
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.tree import Tree


def value_of(tree: Tree, env: Mapping[str, Any]) -> Any:
    """An expression over values by name, in Python's numbers.

    Raises:
        ExpressionError: for names that are not among them.
        EvaluationError: for values that do not exist.
    """
    return _compiled(tree, tuple(env))(env)


@lru_cache(maxsize=1024)
def _compiled(tree: Tree, names: tuple[str, ...]) -> Formula:
    return Formula(tree, names, Floats())


def bounds(between: NumberSet | Length, env: Mapping[str, Any]) -> tuple[float, float]:
    """The least and the greatest, where they are stated."""
    low = -DEFAULT_INTEGER_BOUND if between.low is None else value_of(between.low, env)
    high = DEFAULT_INTEGER_BOUND if between.high is None else value_of(between.high, env)
    return low, high


def whole_numbers(between: NumberSet | Length, env: Mapping[str, Any]) -> range:
    """Those between the bounds."""
    low, high = bounds(between, env)
    return range(math.ceil(low), math.floor(high) + 1)


def sizes(length: Length, env: Mapping[str, Any]) -> range:
    """The sizes that a length allows, shortest first; none where it is negative."""
    allowed = whole_numbers(length, env)
    return range(allowed.start, allowed.stop, length.step) if allowed.start >= 0 else range(0)
