"""Sets as Hypothesis strategies."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from grader.inputs.sets import (
    WIDE,
    Case,
    Choice,
    Either,
    Generator,
    InputSet,
    Length,
    Matrix,
    Number,
    Seed,
    Sequence,
    Table,
    TableOf,
)
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.tree import Tree

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Draw = Callable[[SearchStrategy[Any]], Any]

TINY = 1e-6
"""Reals closer to 0 are drawn as 0: homework is not about underflow."""

MAX_TABLE = 1_000
"""Rows of a drawn table."""


def value_of(tree: Tree, env: Mapping[str, Any]) -> Any:
    """An expression over values by name, in Python's numbers.

    Raises:
        ExpressionError: for names that are not among them.
        EvaluationError: for values that do not exist.
    """
    return Formula(tree, list(env), Floats())(env)


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
        case Number(kind="integer"):
            low, high = _bounds(input_set, env)
            return draw(st.integers(int(low), int(high)))
        case Number():
            return draw(_reals(*_bounds(input_set, env)))
        case Choice(values=values):
            return draw(st.sampled_from(values))
        case Sequence(form=form, length=length, element=element):
            items = [drawn(draw, element, env) for _ in range(_length(draw, length, env))]
            return "".join(items) if form == "word" else Array((len(items),), items) if form == "vector" else items
        case Matrix(rows=rows, columns=columns, element=element):
            shape = _length(draw, rows, env), _length(draw, columns, env)
            return Array(shape, (drawn(draw, element, env) for _ in range(shape[0] * shape[1])))
        case Either(sets=sets):
            return drawn(draw, sets[draw(st.integers(0, len(sets) - 1))], env)
        case Generator():
            return Seed(draw(st.integers(0, 2**32 - 1)))
        case TableOf():
            return _table(draw, input_set, env)


def _bounds(number: Number, env: Mapping[str, Any]) -> tuple[float, float]:
    low = -WIDE if number.low is None else value_of(number.low, env)
    high = WIDE if number.high is None else value_of(number.high, env)
    return low, max(low, high)


def _reals(low: float, high: float) -> SearchStrategy[float]:
    """Thousandths, which shrink to simple numbers, and any float in the range."""
    from hypothesis import strategies as st

    grid = st.integers(0, 1000).map(lambda k: low + (high - low) * k / 1000)
    whole = st.integers(int(-(-low // 1)), int(high // 1)).map(float) if high // 1 >= -(-low // 1) else grid
    anywhere = st.floats(low, high, allow_nan=False).map(lambda x: 0.0 if abs(x) < TINY and low <= 0 <= high else x)
    return st.one_of(whole, grid, anywhere)


def _length(draw: Draw, length: Length, env: Mapping[str, Any]) -> int:
    from hypothesis import strategies as st

    low, high = int(value_of(length.low, env)), int(value_of(length.high, env))
    steps = max(0, (high - low) // length.step)
    return low + length.step * int(draw(st.integers(0, steps)))


def _table(draw: Draw, table: TableOf, env: Mapping[str, Any]) -> Table:
    from grader.inputs.enumerate import members

    names = tuple(table.arguments)
    arguments = [list(members(argument, env, MAX_TABLE)) for argument in table.arguments.values()]
    rows = {}
    for key in itertools.islice(itertools.product(*arguments), MAX_TABLE):
        inner = {**env, **dict(zip(names, key, strict=True))}
        values = tuple(
            value_of(give, inner) if isinstance(give, Tree) else drawn(draw, give, inner) for give in table.gives
        )
        rows[key] = values if len(values) > 1 else values[0]
    return Table(names, rows)
