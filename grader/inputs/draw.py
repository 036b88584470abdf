"""Sets as Hypothesis strategies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
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
from grader.language.arithmetic import EvaluationError
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
    return _compiled(tree, tuple(env))(env)


@lru_cache(maxsize=1024)
def _compiled(tree: Tree, names: tuple[str, ...]) -> Formula:
    return Formula(tree, names, Floats())


def bounds(between: Number | Length, env: Mapping[str, Any]) -> tuple[float, float]:
    """The least and the greatest, where they are stated."""
    low = -WIDE if between.low is None else value_of(between.low, env)
    high = WIDE if between.high is None else value_of(between.high, env)
    return low, high


def whole_numbers(between: Number | Length, env: Mapping[str, Any]) -> range:
    """Those between the bounds."""
    low, high = bounds(between, env)
    return range(math.ceil(low), math.floor(high) + 1)


def sizes(length: Length, env: Mapping[str, Any]) -> range:
    """The sizes that a length allows, shortest first; none where it is negative."""
    allowed = whole_numbers(length, env)
    return range(allowed.start, allowed.stop, length.step) if allowed.start >= 0 else range(0)


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
            return _one_of(draw, whole_numbers(input_set, env))
        case Number():
            return _real(draw, *bounds(input_set, env))
        case Choice(values=values):
            return draw(st.sampled_from(values))
        case Sequence(form=form, length=length, element=element):
            items = [drawn(draw, element, env) for _ in range(_one_of(draw, sizes(length, env)))]
            return "".join(items) if form == "word" else Array((len(items),), items) if form == "vector" else items
        case Matrix(rows=rows, columns=columns, element=element):
            shape = _one_of(draw, sizes(rows, env)), _one_of(draw, sizes(columns, env))
            return Array(shape, (drawn(draw, element, env) for _ in range(shape[0] * shape[1])))
        case Either(sets=sets):
            return drawn(draw, sets[draw(st.integers(0, len(sets) - 1))], env)
        case Generator():
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
    anywhere = st.floats(low, high, allow_nan=False).map(lambda x: 0.0 if abs(x) < TINY and low <= 0 <= high else x)
    return float(draw(st.one_of(whole, grid, anywhere)))


def table_of(table: TableOf, env: Mapping[str, Any], choose: Callable[[InputSet, Mapping[str, Any]], Any]) -> Table:
    """A supplied function as the table of its values; `choose` takes a member of a set, given the values before it.

    Raises:
        EndlessError: for arguments without end.
        EvaluationError: for arguments that have no row, and values that do not exist.
    """
    from grader.inputs.enumerate import EndlessError, members

    names = tuple(table.arguments)
    arguments = [list(members(argument, env, MAX_TABLE)) for argument in table.arguments.values()]
    if math.prod(map(len, arguments)) > MAX_TABLE:
        raise EndlessError(f"a supplied function has at most {MAX_TABLE} rows")
    rows = {}
    for key in itertools.product(*arguments):
        inner = {**env, **dict(zip(names, key, strict=True))}
        if table.rows and key not in table.rows:
            raise EvaluationError(f"the table has no row for ({', '.join(map(str, key))})")
        values = table.rows.get(key) or tuple(
            value_of(give, inner) if isinstance(give, Tree) else choose(give, inner) for give in table.gives
        )
        rows[key] = values if len(values) > 1 else values[0]
    return Table(names, rows)
