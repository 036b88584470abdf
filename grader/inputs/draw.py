"""Sets as Hypothesis strategies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from grader.inputs.enumerate import table_of
from grader.inputs.ranges import bounds, sizes, whole_numbers
from grader.inputs.sets import (
    Case,
    Choice,
    Either,
    GeneratorSet,
    InputSet,
    Matrix,
    NumberSet,
    Seed,
    SequenceSet,
    TableOf,
)
from grader.language.arrays import Array

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Draw = Callable[[SearchStrategy[Any]], Any]

MIN_DRAWN_SIZE = 1e-6
"""Reals closer to 0 are drawn as 0: homework is not about underflow."""


def cases(sets: Mapping[str, InputSet]) -> SearchStrategy[Case]:
    """A strategy for whole inputs: each set may speak of the values before it."""
    from hypothesis import strategies as st

    @st.composite
    def case(draw: Draw) -> Case:
        env: dict[str, Any] = {}
        for name, input_set in sets.items():
            env[name] = drawn(draw, input_set, env)
        return env

    return case()


def drawn(draw: Draw, input_set: InputSet, env: Mapping[str, Any]) -> Any:
    """One member of a set, given the values before it."""
    from hypothesis import strategies as st

    match input_set:
        case NumberSet(kind="integer"):
            return _one_of(draw, whole_numbers(input_set, env))
        case NumberSet():
            return _real(draw, *bounds(input_set, env))
        case Choice(values=values):
            return draw(st.sampled_from(values))
        case SequenceSet(form=form, length=length, element=element):
            items = [drawn(draw, element, env) for _ in range(_one_of(draw, sizes(length, env)))]
            return "".join(items) if form == "word" else Array((len(items),), items) if form == "vector" else items
        case Matrix(rows=rows, columns=columns, element=element):
            shape = _one_of(draw, sizes(rows, env)), _one_of(draw, sizes(columns, env))
            return Array(shape, (drawn(draw, element, env) for _ in range(shape[0] * shape[1])))
        case Either(sets=sets):
            return drawn(draw, sets[draw(st.integers(0, len(sets) - 1))], env)
        case GeneratorSet():
            return Seed(draw(st.integers(0, 2**32 - 1)))
        case TableOf():
            return table_of(input_set, env, lambda one, before: drawn(draw, one, before))


def _one_of(draw: Draw, numbers: range) -> int:
    """One of them, drawn so that it shrinks towards 0; an input for which there is none is given up."""
    from hypothesis import reject
    from hypothesis import strategies as st

    if not numbers:
        reject()
    if numbers.step == 1:
        return int(draw(st.integers(numbers[0], numbers[-1])))
    return numbers[draw(st.integers(0, len(numbers) - 1))]


def _real(draw: Draw, low: float, high: float) -> float:
    """Whole numbers and thousandths of the range, which shrink to simple numbers, and any float in it."""
    from hypothesis import reject
    from hypothesis import strategies as st

    if not low <= high:
        reject()
    grid = st.integers(0, 1000).map(lambda k: min(max(low + (high - low) * k / 1000, low), high))
    whole = st.integers(math.ceil(low), math.floor(high)) if math.ceil(low) <= math.floor(high) else grid
    anywhere = st.floats(low, high, allow_nan=False).map(
        lambda x: 0.0 if abs(x) < MIN_DRAWN_SIZE and low <= 0 <= high else x
    )
    return float(draw(st.one_of(whole, grid, anywhere)))
