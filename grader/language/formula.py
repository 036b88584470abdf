"""An expression over named values, in one arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from grader.language.arithmetic import FIRST_SLOT, Arithmetic, EvaluationError
from grader.language.arrays import Array, ShapeError
from grader.language.compile import compile_tree
from grader.language.limits import MAX_ITERATIONS
from grader.language.scope import Scope
from grader.language.tree import Tree


class Formula:
    """A compiled expression; calling it with values by name gives its value.

    Raises:
        ExpressionError: for names and functions that are not known.
    """

    def __init__(self, tree: Tree, names: Sequence[str], arithmetic: Arithmetic) -> None:
        scope = Scope(
            names={name: FIRST_SLOT + i for i, name in enumerate(names)},
            slots=itertools.count(FIRST_SLOT + len(names)),
        )
        self.names = tuple(names)
        self._is_true = arithmetic.is_true
        self._vacuous = arithmetic.vacuous
        self._closure = compile_tree(tree, scope, arithmetic)
        self._spare = [None] * (scope.new_slot() - FIRST_SLOT - len(names))

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """The value.

        Raises:
            EvaluationError: where there is none: 1/0, an index outside, something that is no number.
        """
        frame = [MAX_ITERATIONS, None, *map(values.get, self.names), *self._spare]
        try:
            return self._closure(frame)
        except (ShapeError, OverflowError, ZeroDivisionError) as error:
            raise EvaluationError(str(error)) from None
        except (TypeError, AttributeError, ValueError, IndexError):
            raise EvaluationError("the values are not of the kind that this check compares") from None

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the value is true; of a vector or matrix, whether every entry is (and there is one).

        Raises:
            EvaluationError: as calling does.
        """
        value = self(values)
        if isinstance(value, Array):
            return (self._vacuous or bool(value.entries)) and all(map(self._is_true, value.entries))
        return self._is_true(value)
