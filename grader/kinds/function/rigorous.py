"""A property decided without rounding, for when float64 says that it fails: nobody loses points to the last bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from flint import ctx, fmpq

from grader.kinds.function.values import has_nan
from grader.language.arithmetic import EvaluationError, Inexact, TooLarge
from grader.language.arrays import Array, entries
from grader.language.ball_numbers import Undecided
from grader.language.balls import Balls
from grader.language.exact import Exact
from grader.language.formula import Formula
from grader.language.rewriting import replaced
from grader.language.tree import Binary, Call, Compare, Logic, Number, Tree

RIGOROUS_PRECISIONS_BITS = (128, 1024)
"""Bits that are tried in turn."""


class RigorousCheck:
    """The truth of a property over the exact values of floats; compiled when it is first asked for."""

    def __init__(self, tree: Tree, names: Sequence[str], rtol: float, atol: float, vacuous: bool) -> None:
        self._tree = tree
        self._names = names
        self._vacuous = vacuous
        self._tolerances = _literal(rtol), _literal(atol)

    @cached_property
    def _exact(self) -> Formula:
        return Formula(without_closeness(self._tree, *self._tolerances), self._names, Exact(vacuous=self._vacuous))

    @cached_property
    def _balls(self) -> Formula:
        return Formula(without_closeness(self._tree, *self._tolerances), self._names, Balls(vacuous=self._vacuous))

    def __call__(self, values: Mapping[str, Any]) -> bool | None:
        """In fractions, and in balls where there are roots and exponentials; None where neither decides."""
        if any(has_nan(value) or _infinite(value) for value in values.values()):
            return None
        try:
            return self._exact.holds({name: _changed(value, _fraction) for name, value in values.items()})
        except (Inexact, TooLarge):
            return self._in_balls(values)
        except EvaluationError:
            return None

    def _in_balls(self, values: Mapping[str, Any]) -> bool | None:
        for bits in RIGOROUS_PRECISIONS_BITS:
            try:
                with ctx.workprec(bits):
                    return self._balls.holds({name: _changed(value, _ball) for name, value in values.items()})
            except Undecided:
                continue
            except EvaluationError:
                return None
        return None


def without_closeness(tree: Tree, rtol: Number, atol: Number) -> Tree:
    """`a ~ b` written out as `abs(a - b) <= atol + rtol * abs(b)`."""

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Compare) or "~" not in node.ops:
            return None
        sides = [without_closeness(side, rtol, atol) for side in node.operands]
        links = [
            near(left, right) if op == "~" else Compare((op,), (left, right), node.at)
            for op, left, right in zip(node.ops, sides, sides[1:], strict=False)
        ]
        return links[0] if len(links) == 1 else Logic("and", tuple(links), node.at)

    def near(left: Tree, right: Tree) -> Tree:
        bound = Binary("+", atol, Binary("*", rtol, Call("abs", (right,))))
        return Compare(("<=",), (Call("abs", (Binary("-", left, right),)), bound))

    return replaced(tree, change)


def _literal(value: float) -> Number:
    return Number(fmpq(*value.as_integer_ratio()))


def _infinite(value: Any) -> bool:
    if isinstance(value, dict | list | tuple):
        return any(map(_infinite, value.values() if isinstance(value, dict) else value))
    return any(isinstance(entry, float) and math.isinf(entry) for entry in entries(value))


def _changed(value: Any, number: Callable[[fmpq], Any]) -> Any:
    """A value with other numbers; what is no number in it stays, and is refused where it is compared."""
    if isinstance(value, Array):
        return value.map(lambda entry: _changed(entry, number))
    if isinstance(value, dict):
        return {key: _changed(item, number) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_changed(item, number) for item in value)
    return number(fmpq(*value.as_integer_ratio())) if isinstance(value, int | float) else value


def _fraction(value: fmpq) -> fmpq:
    return value


_ball = Balls().number
