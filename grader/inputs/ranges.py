"""Sizes of sets, and expressions over the values before them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grader.language.arithmetic import EvaluationError
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.tree import Tree, names_in


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


def names_of(*trees: Tree | None) -> list[str]:
    """The names in expressions, where there are any."""
    return [name for tree in trees if tree is not None for name in names_in(tree)]


@dataclass(frozen=True)
class Length:
    """`3`, `1..8`, `2..12 step 2`."""

    low: Tree
    high: Tree
    step: int = 1

    def sizes(self, env: Mapping[str, Any]) -> range:
        """The sizes that it allows, shortest first; none where it is negative."""
        low, high = math.ceil(value_of(self.low, env)), math.floor(value_of(self.high, env))
        return range(low, high + 1, self.step) if low >= 0 else range(0)

    def sizes_up_to(self, longest: int, env: Mapping[str, Any]) -> Iterator[int]:
        """Those of them that are not above `longest`."""
        return itertools.takewhile(lambda size: size <= longest, self.sizes(env))

    def most(self) -> int:
        """The largest size, at least 1, as far as it is stated without naming other inputs; else 1."""
        try:
            return max(int(value_of(self.high, {})), 1)
        except (ExpressionError, EvaluationError):
            return 1

    def names_used(self) -> list[str]:
        """The values before it that it speaks of."""
        return names_of(self.low, self.high)
