"""How far a step is from meeting a condition: 0 where it does, below 1 a comparison, so that a search can be guided.

The branch distance of search-based testing (Korel 1990; McMinn 2004, "Search-based software test data generation").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from math import fsum

from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, EvaluationError, Frame
from grader.language.arrays import ShapeError
from grader.language.compile import compile_tree
from grader.language.parse import ExpressionError
from grader.language.tree import Binary, Compare, Comprehension, Logic, Name, Tree, Unary, subtrees
from grader.machines.program import Program

Distance = Callable[[Frame], float]
"""Of a frame after its step was worked out."""

STRICT_DISTANCE = 2.0**-10
"""Distance of a strict comparison whose sides are equal."""

MAX_UNFOLDED = 10
"""How many quantities, one in the equation of the other, are looked into."""

OPPOSITE_COMPARISONS: Mapping[str, str] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


class Distances:
    """Compiles conditions about the steps of a program."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def of(self, tree: Tree, *, wanted: bool = True, depth: int = 0) -> Distance:
        """The distance to the condition's being true (or false, as `wanted` says)."""
        match tree:
            case Unary(op="not", operand=operand):
                return self.of(operand, wanted=not wanted, depth=depth)
            case Logic(op=op, operands=operands):
                parts = [self.of(operand, wanted=wanted, depth=depth) for operand in operands]
                return _joined(parts, every=(op == "and") is wanted)
            case Compare(ops=ops, operands=operands):
                named = [op if wanted else OPPOSITE_COMPARISONS[op] for op in ops]
                pairs = zip(named, pairwise(operands), strict=True)
                return _joined([self._pair(op, *sides) for op, sides in pairs], every=wanted)
            case Name(id=name) if name in self.program.system.equations and depth < MAX_UNFOLDED:
                equation = self.program.system.equations[name]
                if isinstance(equation, Compare | Logic | Unary | Name):
                    return self.of(equation, wanted=wanted, depth=depth + 1)
        return self._truth(tree, wanted)

    def differences(self, trees: list[Tree]) -> list[Callable[[Frame], fmpq | None]]:
        """Left side minus right side of every comparison in the trees, as functions of a frame (None: undefined)."""
        return [self._number(Binary("-", a, b)) for tree in trees for a, b in _compared(tree)]

    def _pair(self, op: str, left: Tree, right: Tree) -> Distance:
        difference = self._number(Binary("-", left, right))

        def distance(frame: Frame) -> float:
            d = difference(frame)
            return 1.0 if d is None else _distance(op, d)

        return distance

    def _truth(self, tree: Tree, wanted: bool) -> Distance:
        number = self._number(tree)

        def distance(frame: Frame) -> float:
            value = number(frame)
            return 1.0 if value is None else float(bool(value) is not wanted)

        return distance

    def _number(self, tree: Tree) -> Callable[[Frame], fmpq | None]:
        """The value of an expression where it is one number; None elsewhere."""
        try:
            closure = compile_tree(tree, self.program.layout.scope, self.program.arithmetic)
        except ExpressionError:  # it stands in a function or a loop, whose names have no meaning outside
            return lambda frame: None

        def number(frame: Frame) -> fmpq | None:
            frame[STEP_BUDGET] = limits.MAX_ITERATIONS
            try:
                value = closure(frame)
            except (EvaluationError, ShapeError, TypeError):  # the last of a value that does not exist yet
                return None
            return value if isinstance(value, fmpq) else None

        return number

    def room(self) -> Frame:
        """What a frame of the program must be followed by, for the slots of what was compiled here."""
        return [None] * (self.program.layout.scope.new_slot() - self.program.size)


def _compared(tree: Tree) -> Iterator[tuple[Tree, Tree]]:
    for part in subtrees(tree):
        if isinstance(part, Compare) and not any(isinstance(below, Comprehension) for below in subtrees(part)):
            yield from pairwise(part.operands)


def _joined(parts: list[Distance], *, every: bool) -> Distance:
    if every:
        return lambda frame: fsum(part(frame) for part in parts)  # the same in every version of Python
    return lambda frame: min(part(frame) for part in parts)


def _distance(op: str, difference: fmpq) -> float:
    """How far `difference op 0` is from true."""
    met = {
        "<": difference < 0,
        "<=": difference <= 0,
        ">": difference > 0,
        ">=": difference >= 0,
        "==": difference == 0,
        "!=": difference != 0,
    }[op]
    if met:
        return 0.0
    try:
        size = abs(int(difference.p)) / int(difference.q) + STRICT_DISTANCE
    except OverflowError:
        return 1.0
    return size / (size + 1)
