"""The numbers that stand in expressions, and the inputs around them: where a comparison is most likely to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from flint import fmpq

from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.language.compile import compile_tree
from grader.language.exact import Exact
from grader.language.parse import ExpressionError
from grader.language.scope import Scope
from grader.language.tree import Comprehension, Name, Tree, subtrees
from grader.machines.alphabet import NumberDomain

MAX_CONSTANTS = 40
"""Different numbers that are taken from the expressions of one question."""

USUAL_NUMBERS = tuple(fmpq(n) for n in (0, 1, -1, 2, -2, 3, -3, 10, -10, 100, -100, 1_001, -1_001, 10**6, -(10**6)))
"""Numbers that are tried whatever the expressions say, simple ones first."""

DISTANCES_FROM_CONSTANTS = (
    fmpq(0),
    fmpq(1),
    fmpq(-1),
    fmpq(1, 2**10),
    fmpq(-1, 2**10),
    fmpq(1, 2**20),
    fmpq(-1, 2**20),
)
"""How far from a constant its neighbours lie."""


def constants_in(trees: Iterable[Tree]) -> tuple[fmpq, ...]:
    """The values of all parts of the expressions in which nothing varies, without repeats, as they are met."""
    found: dict[fmpq, None] = {}
    for tree in trees:
        for part in subtrees(tree):
            value = _constant(part)
            if value is not None:
                found.setdefault(value)
                if len(found) == MAX_CONSTANTS:
                    return tuple(found)
    return tuple(found)


def _constant(tree: Tree) -> fmpq | None:
    """The value of an expression without names; None where it has none, or is no single number."""
    if any(isinstance(part, Name | Comprehension) for part in subtrees(tree)):
        return None
    try:
        value = compile_tree(tree, Scope(), Exact())([0, None])
    except (EvaluationError, ExpressionError, ShapeError):
        return None
    return value if isinstance(value, fmpq) else None


def numbers_near(kind: NumberDomain, constants: Iterable[fmpq]) -> tuple[fmpq, ...]:
    """Numbers of a kind at, beside and between the constants and its own bounds; simple ones come first."""
    ends = [end for end in (kind.low, kind.high) if end is not None]
    marks = sorted({*constants, *ends})
    between = [(a + b) / 2 for a, b in pairwise(marks)]
    beside = [mark + step for mark in [*ends, *constants] for step in DISTANCES_FROM_CONSTANTS]
    opposite = [-mark for mark in constants]
    return fitted(kind, [*USUAL_NUMBERS, *beside, *between, *opposite])


SMALL_WHOLE_NUMBERS = tuple(fmpq(sign * n) for n in range(1, 21) for sign in (1, -1))
SCALES = tuple(fmpq(10) ** power for power in range(-6, 7))
FINE_DISTANCES = tuple(fmpq(1, 2**power) for power in (4, 30, 40))


def edge_numbers(kind: NumberDomain, constants: Iterable[fmpq]) -> tuple[fmpq, ...]:
    """Numbers of a kind at which an answer may go wrong: those near constants, all small whole ones, several scales."""
    known = tuple(constants)
    scaled = [sign * scale for scale in SCALES for sign in (1, -1)]
    fine = [mark + sign * step for mark in known for step in FINE_DISTANCES for sign in (1, -1)]
    first = fitted(kind, [fmpq(0), *SMALL_WHOLE_NUMBERS[:6], *known])
    return tuple(
        dict.fromkeys((*first, *numbers_near(kind, known), *fitted(kind, [*SMALL_WHOLE_NUMBERS, *scaled, *fine])))
    )


def fitted(kind: NumberDomain, numbers: Iterable[fmpq]) -> tuple[fmpq, ...]:
    """The numbers that belong to a kind, rounded both ways where it is whole, without repeats and in their order."""
    return tuple(dict.fromkeys(n for number in numbers for n in _rounded(kind, number) if kind.holds(n)))


def _rounded(kind: NumberDomain, number: fmpq) -> Iterator[fmpq]:
    if not kind.whole or number.q == 1:
        yield number
    else:
        yield fmpq(number.floor())
        yield fmpq(number.ceil())
