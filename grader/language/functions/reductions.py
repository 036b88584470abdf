"""Truth of all or any entries, smallest and largest: functions that compare what they are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Literal

from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Scalar, Value, zipped
from grader.language.build import call
from grader.language.functions.operations import ScalarOperations
from grader.language.functions.record import (
    ArrayValues,
    Breakpoint,
    Gradients,
    LanguageFunction,
    not_differentiated,
    rank_of_largest,
)
from grader.language.sizes import NUMBER, Size, number_size, worked
from grader.language.tree import Binary, Call, Tree


def _all(numbers: ScalarOperations, value: Value) -> Scalar:
    found = numbers.entries(value)
    return numbers.one if (found or numbers.vacuous) and all(map(numbers.is_true, found)) else numbers.zero


def _any(numbers: ScalarOperations, value: Value) -> Scalar:
    return numbers.one if any(map(numbers.is_true, numbers.entries(value))) else numbers.zero


def _extreme(numbers: ScalarOperations, pick: Callable[[Scalar, Scalar], Scalar], values: Sequence[Value]) -> Value:
    if len(values) > 1:
        return reduce(lambda a, b: zipped(pick, a, b), values)
    found = numbers.entries(values[0])
    if not found:
        raise EvaluationError("nothing has no least or greatest entry")
    return reduce(pick, found)


def _extreme_rank(ranks: Sequence[int]) -> int:
    return rank_of_largest(ranks) if len(ranks) > 1 else 0


def _extreme_size(pick: Callable[..., Scalar]) -> Callable[..., Size]:
    return lambda *sizes: NUMBER if len(sizes) == 1 else worked(pick, *sizes)


def _extreme_gradient(tree: Call, g: Tree, rank: int) -> Gradients | None:
    if len(tree.arguments) == 1:
        return None
    return ((_by_relu(tree.function, tree.arguments), g),)


def _by_relu(name: str, arguments: tuple[Tree, ...]) -> Tree:
    """`max(a, b)` is `b + relu(a - b)`, and `min(a, b)` is `a - relu(a - b)`."""
    first = arguments[0] if len(arguments) == 2 else _by_relu(name, arguments[:-1])
    last = arguments[-1]
    excess = call("relu", Binary("-", first, last))
    return Binary("+", last, excess) if name == "max" else Binary("-", first, excess)


def _truth(name: Literal["all", "any"], meaning: str, value: Callable[..., Value]) -> LanguageFunction:
    return LanguageFunction(
        name,
        meaning,
        ArrayValues(value, number_size, rank=lambda ranks: 0, vector_jacobian_product=not_differentiated),
        rational=True,
        breakpoint=Breakpoint.TRUTH,
    )


ALL = _truth("all", "1 if no entry (no round) is 0, else 0", _all)
ANY = _truth("any", "1 if any entry (any round) is not 0, else 0", _any)

MIN = LanguageFunction(
    "min",
    "the smallest entry; `min(a, b, ...)`: the smallest of several, entry by entry; also of all rounds",
    ArrayValues(
        lambda numbers, *values: _extreme(numbers, numbers.smaller, values),
        _extreme_size(min),
        _extreme_rank,
        _extreme_gradient,
    ),
    rational=True,
    breakpoint=Breakpoint.TIE,
    max_arguments=None,
    latex=r"\min",
)

MAX = LanguageFunction(
    "max",
    "the largest, likewise",
    ArrayValues(
        lambda numbers, *values: _extreme(numbers, numbers.larger, values),
        _extreme_size(max),
        _extreme_rank,
        _extreme_gradient,
    ),
    rational=True,
    breakpoint=Breakpoint.TIE,
    max_arguments=None,
    latex=r"\max",
)
