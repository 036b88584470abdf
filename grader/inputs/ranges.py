"""Bounds and sizes of sets, which are expressions over the values before them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from grader.inputs.sets import (
    DEFAULT_INTEGER_BOUND,
    DEFAULT_REAL_BOUND,
    ArraySet,
    DictionarySet,
    Either,
    InputSet,
    Length,
    NumberSet,
    PartsSet,
    SequenceSet,
    TypedSet,
)
from grader.language.arithmetic import EvaluationError
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
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
    whole = isinstance(between, NumberSet) and between.kind == "integer"
    default = DEFAULT_INTEGER_BOUND if whole else DEFAULT_REAL_BOUND
    low = -default if between.low is None else value_of(between.low, env)
    high = default if between.high is None else value_of(between.high, env)
    return low, high


def whole_numbers(between: NumberSet | Length, env: Mapping[str, Any]) -> range:
    """Those between the bounds."""
    low, high = bounds(between, env)
    return range(math.ceil(low), math.floor(high) + 1)


def most_entries(input_set: InputSet) -> int:
    """How many numbers a member holds at most, as far as that is stated without naming other inputs."""
    match input_set:
        case SequenceSet(length=length, element=element):
            return _longest(length) * most_entries(element)
        case ArraySet(sizes=sizes):
            return math.prod(map(_longest, sizes))
        case TypedSet(members=members):
            return most_entries(members)
        case DictionarySet(entries=entries):
            return sum(map(most_entries, entries.values()))
        case PartsSet(parts=parts):
            return sum(map(most_entries, parts))
        case Either(sets=alternatives):
            return max(map(most_entries, alternatives))
    return 1


def _longest(length: Length) -> int:
    try:
        return max(int(value_of(length.high, {})), 1)
    except (ExpressionError, EvaluationError):
        return 1


def sizes(length: Length, env: Mapping[str, Any]) -> range:
    """The sizes that a length allows, shortest first; none where it is negative."""
    allowed = whole_numbers(length, env)
    return range(allowed.start, allowed.stop, length.step) if allowed.start >= 0 else range(0)
