"""Truth of all or any entries, smallest and largest: functions that compare what they are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Literal

from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Scalar, Value, zipped
from grader.language.build import call
from grader.language.functions.operations import ScalarOperations
from grader.language.functions.record import (
    ArrayFunction,
    ArrayValues,
    Breakpoint,
    Gradients,
    LanguageFunction,
    not_differentiated,
    rank_of_largest,
)
from grader.language.sizes import NUMBER_SIZE, Size, number_size, worked
from grader.language.tree import Binary, Call, Tree


def _all(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    entries, is_true, one, zero = numbers.entries, numbers.is_true, numbers.one, numbers.zero
    empty = one if numbers.vacuous else zero
    return lambda value: (one if all(map(is_true, found)) else zero) if (found := entries(value)) else empty


def _any(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    entries, is_true, one, zero = numbers.entries, numbers.is_true, numbers.one, numbers.zero
    return lambda value: one if any(map(is_true, entries(value))) else zero


def _extreme(numbers: ScalarOperations, pick: Callable[[Scalar, Scalar], Scalar]) -> Callable[..., Value]:
    entries, entry_by_entry = numbers.entries, partial(zipped, pick)

    def extreme(first: Value, *more: Value) -> Value:
        if more:
            return reduce(entry_by_entry, more, first)
        found = entries(first)
        if not found:
            raise EvaluationError("nothing has no least or greatest entry")
        return reduce(pick, found)

    return extreme


def _extreme_rank(ranks: Sequence[int]) -> int:
    return rank_of_largest(ranks) if len(ranks) > 1 else 0


def _extreme_size(pick: Callable[..., Scalar]) -> Callable[..., Size]:
    return lambda *sizes: NUMBER_SIZE if len(sizes) == 1 else worked(pick, *sizes)


def _extreme_gradient(tree: Call, g: Tree, ranks: Sequence[int]) -> Gradients | None:
    if len(tree.arguments) == 1:
        return None
    return ((_by_relu(tree.function, tree.arguments), g),)


def _by_relu(name: str, arguments: tuple[Tree, ...]) -> Tree:
    """`max(a, b)` is `b + relu(a - b)`, and `min(a, b)` is `a - relu(a - b)`."""
    first = arguments[0] if len(arguments) == 2 else _by_relu(name, arguments[:-1])
    last = arguments[-1]
    excess = call("relu", Binary("-", first, last))
    return Binary("+", last, excess) if name == "max" else Binary("-", first, excess)


def _truth(name: Literal["all", "any"], description: str, value: ArrayFunction) -> LanguageFunction:
    return LanguageFunction(
        name,
        description,
        ArrayValues(value, number_size, rank=lambda ranks: 0, vector_jacobian_product=not_differentiated),
        rational=True,
        breakpoint=Breakpoint.TRUTH,
        signature=f"{name}(v)",
    )


ALL = _truth("all", "1 if no entry (no round) is 0, else 0", _all)
ANY = _truth("any", "1 if any entry (any round) is not 0, else 0", _any)

MIN = LanguageFunction(
    "min",
    "the smallest entry; `min(a, b, ...)`: the smallest of several, entry by entry; also of all rounds",
    ArrayValues(
        lambda numbers: _extreme(numbers, numbers.smaller),
        _extreme_size(min),
        _extreme_rank,
        _extreme_gradient,
    ),
    rational=True,
    breakpoint=Breakpoint.TIE,
    max_arguments=None,
    signature="min(a, b, ...)",
    spellings=("amin",),
    latex=r"\min",
)

MAX = LanguageFunction(
    "max",
    "the largest, likewise",
    ArrayValues(
        lambda numbers: _extreme(numbers, numbers.larger),
        _extreme_size(max),
        _extreme_rank,
        _extreme_gradient,
    ),
    rational=True,
    breakpoint=Breakpoint.TIE,
    max_arguments=None,
    signature="max(a, b, ...)",
    spellings=("amax",),
    latex=r"\max",
)
