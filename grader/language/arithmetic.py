"""What a domain of the language must supply: numbers, comparisons, choices, comprehensions and the built-in functions.

`compile` (compile.py) turns a tree into a Python closure that asks an `Arithmetic` for each step, so that one tree has
several domains: `Exact`, `Floats`, `Balls`, `Shapes`, and whatever comes after them.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from typing import Any

from flint import fmpq

from grader.deferred import dataclass
from grader.language import limits
from grader.language.arrays import Array, Scalar, ShapeError, Value, stacked, zipped
from grader.language.tree import ComprehensionKind, Tree

Frame = list[Value]
"""The values of one evaluation, by slot; see `STEP_BUDGET` and `THRESHOLDS`."""

Closure = Callable[[Frame], Value]
"""A compiled tree."""

STEP_BUDGET = 0
"""Slot of the steps that loops and matrix products may still take; see `spend`."""

THRESHOLDS = 1
"""Slot of the list that collects distances to thresholds, for trees that were compiled with `watch`."""

FIRST_SLOT = 2


COMPARISON_FUNCTIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
"""The comparisons of Python's own and of FLINT's exact numbers."""


@dataclass(frozen=True)
class MissingValue:
    """Stands in a frame for a value that does not exist, such as `y[0]` without an initial value."""

    label: str


class EvaluationError(Exception):
    """A value that does not exist (1/0, an index outside a vector) or cannot be had in this domain."""


class TooLarge(EvaluationError):
    """A number or a loop beyond the limits of the language."""


class Inexact(EvaluationError):
    """A value that is not rational, asked of exact arithmetic."""


def refuse_unlike(left: Value, right: Value) -> None:
    """Raises `EvaluationError` for a text or a list beside something else than its like, which is no comparison."""
    for kind in (str, (list, tuple)):
        ours, theirs = isinstance(left, kind), isinstance(right, kind)
        if ours != theirs or (ours and kind is not str and len(left) != len(right)):
            raise EvaluationError("a text or a list is compared with something else here")


def spend(frame: Frame, steps: int) -> None:
    """Takes steps off the budget of the frame.

    Raises:
        TooLarge: when it is used up.
    """
    frame[STEP_BUDGET] -= steps
    if frame[STEP_BUDGET] < 0:
        raise TooLarge(f"loops take more than {limits.MAX_ITERATIONS} steps")


class Arithmetic(ABC):
    """What an expression is over one kind of scalar; arrays are `Array` unless a domain says otherwise.

    A comparison of nothing (arrays without entries) is false, and so is `all` of nothing. `vacuous` True: they are
    true, for where the sizes are known to be right before anything is compared.
    """

    vacuous = False

    def enter(self, tree: Tree) -> None:  # noqa: B027  # only some domains ask which part of a formula it is
        """Called before a part of a formula is compiled; what the compiler asks for next belongs to that part."""

    def leave(self) -> None:  # noqa: B027  # as above
        """Called when the part is compiled."""

    @abstractmethod
    def number(self, value: fmpq) -> Scalar:
        """The scalar of a literal."""

    @abstractmethod
    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        """`op` as a function whose value is 1 or 0."""

    @property
    @abstractmethod
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        """The functions of the language by name (see `functions/table.py`), as plain callables."""

    @abstractmethod
    def divide(self, left: Value, right: Value) -> Value: ...

    @abstractmethod
    def floor_divide(self, left: Value, right: Value) -> Value: ...

    @abstractmethod
    def power(self, base: Value, exponent: Value) -> Value: ...

    def modulo(self, left: Value, right: Value) -> Value:
        """What a floor division leaves."""
        return left - right * self.floor_divide(left, right)

    @abstractmethod
    def whole(self, value: Value) -> int:
        """The Python integer that an index or a loop bound stands for."""

    def guard(self, value: Value) -> Value:
        """The value, if it is small enough to be kept."""
        return value

    def effort(self, value: Value) -> int:
        """The steps that working out the value costs inside a loop."""
        return 1

    def reading(self, value: Value) -> int:
        """The steps that naming a value costs inside a loop."""
        return 0

    def product_effort(self, left: Value, right: Value) -> int:
        """The steps that `left @ right` costs anywhere."""
        return 1

    def binary(self, op: str) -> Callable[[Value, Value], Value]:
        """The function of a binary operator."""
        return {
            "+": operator.add,
            "-": operator.sub,
            "*": operator.mul,
            "@": self.matmul,
            "/": self.divide,
            "//": self.floor_divide,
            "%": self.modulo,
            "**": self.power,
        }[op]

    def matmul(self, left: Value, right: Value) -> Value:
        if not isinstance(left, Array) and not isinstance(right, Array):
            raise ShapeError("@ needs vectors or matrices: a number @ a number")
        return left @ right

    def is_true(self, number: Scalar) -> bool:
        """Whether a number counts as true: whether it is not 0."""
        return bool(number)

    def is_elementwise(self, condition: Value) -> bool:
        """Whether a condition has to be decided entry by entry."""
        return isinstance(condition, Array)

    def select(self, condition: Value, then: Value, otherwise: Value) -> Value:
        """An elementwise choice: every branch has been evaluated."""
        branches = list[Iterable[Value]]()
        for branch in (then, otherwise):
            if not isinstance(branch, Array):
                branches.append(repeat(branch))
                continue
            if branch.shape != condition.shape:
                zipped(operator.add, condition, branch)  # raises the fitting ShapeError
            branches.append(branch.entries)
        conditions = map(self.is_true, condition.entries)
        return Array(condition.shape, [a if c else b for c, a, b in zip(conditions, *branches, strict=False)])

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        """`then if condition else otherwise`, lazily where one number decides."""

        def choice(frame: Frame) -> Value:
            c = condition(frame)
            if self.is_elementwise(c):
                return self.select(c, then(frame), otherwise(frame))
            return then(frame) if self.is_true(c) else otherwise(frame)

        return choice

    def negation(self, operand: Closure) -> Closure:
        """`not operand`."""
        equal, zero = self.comparison("=="), self.number(fmpq(0))
        return lambda frame: equal(operand(frame), zero)

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        """`and` and `or`, stopping at the first operand that decides."""
        differs, zero = self.comparison("!="), self.number(fmpq(0))
        merge = self.functions["min" if op == "and" else "max"]
        decisive, is_true = op == "or", self.is_true
        neutral = self.number(fmpq(0 if decisive else 1))
        decided = self.number(fmpq(1 if decisive else 0))

        def connective(frame: Frame) -> Value:
            pending = None
            for operand in operands:
                value = operand(frame)
                if self.is_elementwise(value):
                    truth = differs(value, zero)
                    pending = truth if pending is None else merge(pending, truth)
                elif is_true(value) is decisive:
                    return decided
            return neutral if pending is None else pending

        return connective

    def comprehension(
        self, kind: ComprehensionKind, body: Closure, variable: int, bounds: tuple[Closure, Closure, Closure]
    ) -> Closure:
        """A loop over a range; empty sums, products, alls and anys have their usual values."""
        combine = self.combination(kind)
        empty = {"sum": 0, "any": 0, "prod": 1, "all": 1}.get(kind)

        def loop(frame: Frame) -> Value:
            start, stop, step = (self.whole(bound(frame)) for bound in bounds)
            if step == 0:
                raise EvaluationError("a range cannot have step 0")
            rounds = range(start, stop, step)
            spend(frame, max(0, -((start - stop) // step)))  # len(rounds), which fails beyond 2**63
            total: Value = None if empty is None else self.number(fmpq(empty))
            for i in rounds:
                frame[variable] = self.number(fmpq(i))
                value = body(frame)
                total = value if total is None else self.guard(combine(total, value))
            if total is None:
                raise EvaluationError(f"the {kind} of nothing")
            return total

        return loop

    def combination(self, kind: ComprehensionKind) -> Callable[[Value, Value], Value]:
        """How a comprehension joins two values."""
        if kind in ("min", "max"):
            return self.functions[kind]
        if kind in ("all", "any"):
            differs, zero = self.comparison("!="), self.number(fmpq(0))
            merge = self.functions["min" if kind == "all" else "max"]
            return lambda a, b: merge(differs(a, zero), differs(b, zero))
        return operator.add if kind == "sum" else operator.mul

    def items(self, items: list[Value]) -> Value:
        """A list literal."""
        return stacked(items)

    def index(self, value: Value, index: Value) -> Value:
        """A component of a vector, a row of a matrix, a part of a list, an entry of a dictionary."""
        if isinstance(index, str):
            return _entry(value, index)
        if isinstance(value, list | tuple):
            at = self.whole(index)
            if not 0 <= at < len(value):
                raise ShapeError(f"index {at} is outside a sequence of {len(value)}")
            return value[at]
        if not isinstance(value, Array):
            raise ShapeError("a number has no components")
        return value.item(self.whole(index))

    def transpose(self, value: Value) -> Value:
        """`.T`; a number is its own transpose."""
        return value.T if isinstance(value, Array) else value


def _entry(value: Value, key: str) -> Value:
    if not isinstance(value, Mapping):
        raise ShapeError(f"the key {key!r} is asked for of something that is no dictionary")
    if key not in value:
        raise ShapeError(f"the key {key!r} is not in the dictionary ({', '.join(map(repr, value)) or 'nothing'} is)")
    return value[key]
