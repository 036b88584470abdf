"""Sums of parameters, each times something without any, and where the entries of one unit stand in a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from flint import fmpq

from grader.language.tree import Binary, IfExp, Index, Name, Tree, Unary, subtrees

UnitNumbers = Mapping[str, tuple[tuple[int, ...], tuple[fmpq, ...]]]
"""By parameter its shape and its entries, row by row."""


class NotLinearError(Exception):
    """An expression of which it is not known that it is a sum of parameters, each times something without any."""


def entry_places(shape: tuple[int, ...], axis: int | None, unit: int) -> list[int]:
    """Where the entries of a unit stand, row by row."""
    if axis is None:
        return list(range(prod(shape)))
    inner = prod(shape[axis + 1 :])
    first_places = range(unit * inner, prod(shape), max(1, inner * shape[axis]))
    return [first + i for first in first_places for i in range(inner)]


def degree_in(tree: Tree, parameters: set[str]) -> int:
    """0 of an expression without parameters, 1 of one that is multiplied as they are.

    Raises:
        NotLinearError: for all others, as far as is seen.
    """
    if not any(isinstance(part, Name) and part.id in parameters for part in subtrees(tree)):
        return 0
    match tree:
        case Name():
            return 1
        case Unary(op="-", operand=operand):
            return degree_in(operand, parameters)
        case Binary(op="+" | "-", left=left, right=right) if degree_in(left, parameters) == degree_in(
            right, parameters
        ):
            return 1
        case Binary(op="*" | "@", left=left, right=right):
            if (degree := degree_in(left, parameters) + degree_in(right, parameters)) <= 1:
                return degree
        case IfExp(condition=condition, then=then, otherwise=otherwise):
            if not degree_in(condition, parameters) and degree_in(then, parameters) == degree_in(otherwise, parameters):
                return 1
        case Index(base=base, index=index) if not degree_in(index, parameters):
            return degree_in(base, parameters)
    raise NotLinearError
