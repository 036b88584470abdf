"""Whole inputs: drawn with Hypothesis, or listed to the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from grader.inputs import draw
from grader.inputs.drawn_values import Case
from grader.inputs.input_set import InputSet
from grader.language.arithmetic import EvaluationError
from grader.language.parse import ExpressionError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FIRST_INTEGERS = (0, 1, -1, 2, 3, 5, 10, 100, 1_001, -10, -1_001, 4, 7, 9_973)
"""What whole numbers are among the first inputs, as far as the set holds them."""


def cases(sets: Mapping[str, InputSet], first: int | None = None) -> SearchStrategy[Case]:
    """A strategy for whole inputs: each set may speak of the values before it.

    `first`: the whole number that every argument is, where its set holds that many that this one has to be named.
    """
    from hypothesis import strategies as st

    @st.composite
    def case(draw_one: draw.Draw) -> Case:
        env: dict[str, Any] = {}
        chooser = draw.DrawnSingly(draw_one)
        for name, input_set in sets.items():
            named = first is not None and first in input_set.many_integers(env)
            env[name] = first if named else input_set.drawn(chooser, env)
        return env

    return case()


def may_be_many(input_set: InputSet) -> bool:
    """Whether a set is one of many whole numbers, as far as can be told without the values before it."""
    try:
        return bool(input_set.many_integers({}))
    except (ExpressionError, EvaluationError):
        return True


def every_case(sets: Mapping[str, InputSet], longest: int) -> Iterator[Case]:
    """Every whole input whose sequences are no longer than `longest`.

    Raises:
        EndlessError: for sets that cannot be listed to their end.
    """
    names = list(sets)

    def extended(env: dict[str, Any], rest: list[str]) -> Iterator[Case]:
        if not rest:
            yield dict(env)
            return
        for value in sets[rest[0]].members(env, longest):
            yield from extended({**env, rest[0]: value}, rest[1:])

    return extended({}, names)
