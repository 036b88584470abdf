"""The setting of a formula question: its names, the network that links them, and the cases that are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.cases import IntegerCase, usual_cases
from grader.language.derivative import DerivativeError
from grader.language.rewriting import replaced, substituted
from grader.language.scope import time_lag
from grader.language.tree import Binary, Index, Name, Number, Tree, Unary, subtrees
from grader.notation.declared_shapes import DeclaredShapes
from grader.notation.symbols import Symbols


@dataclass(frozen=True)
class Setting:
    """Where formulas are compared.

    `equations` link sequences (`h: sigmoid(W*h[t-1] + U*x[t])`), `initial` are values at step 0 (a sequence without one
    is free before the first step that is looked at), `cases` the values of the whole numbers (default: those of
    `cases.py`). `salt` is a secret of the course: where there is one, the points that are drawn depend on it.
    """

    symbols: Symbols
    equations: Mapping[str, Tree] = field(default_factory=dict)
    initial: Mapping[str, Tree] = field(default_factory=dict)
    cases: tuple[IntegerCase, ...] = ()
    salt: str = ""

    @cached_property
    def all_cases(self) -> tuple[IntegerCase, ...]:
        """The cases to look at, never none."""
        return self.cases or usual_cases(self.symbols)

    @cached_property
    def shapes(self) -> DeclaredShapes:
        """The shapes of all names, at the sizes of `cases` where there are any."""
        return DeclaredShapes(self.symbols, self.cases)

    @cached_property
    def steps(self) -> Mapping[str, Tree]:
        """The equations as they are followed: short names written out, every sequence at a step (`h` as `h[t]`)."""
        return {name: tidied(self._followed(tree)) for name, tree in self.equations.items()}

    @cached_property
    def starts(self) -> Mapping[str, Tree]:
        """The initial values as they are worked out at step 0, with short names written out."""
        at_zero = {"t": Number(fmpq(0))}
        return {name: tidied(substituted(self._followed(tree), at_zero)) for name, tree in self.initial.items()}

    def _followed(self, tree: Tree) -> Tree:
        return at_each_step(self.symbols.written_out(tree), self.symbols)

    def read(self, tree: Tree) -> Tree:
        """A formula as it is compared: short names written out.

        Raises:
            ExpressionError: for names that the question does not have.
        """
        self.symbols.check(tree)
        return self.symbols.written_out(tree)


def at_each_step(tree: Tree, symbols: Symbols) -> Tree:
    """The tree with a bare sequence `h` read as `h[t]`."""

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Index) and isinstance(node.base, Name) and node.base.id in symbols.sequences:
            return node
        if isinstance(node, Name) and node.id in symbols.sequences:
            return Index(node, Name("t", node.at), node.at)
        return None

    return replaced(tree, change)


def references(tree: Tree, name: str, *, past: bool = True) -> dict[int, Index]:
    """Where an equation reads a sequence: the lag k of `name[t-k]`, and the subtree.

    Raises:
        DerivativeError: if it is read at anything but `t` or, unless `past` is False, an earlier step; or at another
            step than `t` plus or minus a whole number.
    """
    found: dict[int, Index] = {}
    for node in subtrees(tree):
        if isinstance(node, Index) and isinstance(node.base, Name) and node.base.id == name:
            lag = time_lag(node.index)
            if lag is None or (past and lag < 0):
                steps = "t, t-1, t-2, ..." if past else "t, t-1, t+1, ..."
                raise DerivativeError(f"an equation reads {name} at {steps}", node.at)
            found[lag] = node
    return found


def shifted(tree: Tree, lag: int) -> Tree:
    """An equation of step t written for step t + lag."""
    if lag == 0:
        return tree
    return tidied(substituted(tree, {"t": later("t", lag)}))


def later(step: str, lag: int) -> Tree:
    """`t+2`, `t`, `t-1`."""
    sign = "+" if lag > 0 else "-"
    return Binary(sign, Name(step), Number(fmpq(abs(lag)))) if lag else Name(step)  # type: ignore[arg-type]  # one of two signs


def tidied(tree: Tree) -> Tree:
    """The tree with every index as short as it can be: `t + 2 - 1` and `1 + t` as `t + 1`, `3 - 1` as `2`."""
    return replaced(tree, _tidied)


def _tidied(node: Tree) -> Tree | None:
    if not isinstance(node, Index):
        return None
    inner, offset = _apart(node.index)
    if offset.q != 1 or not (inner is None or isinstance(inner, Name)):
        return None
    index = Number(offset) if inner is None else later(inner.id, int(offset.p))
    return Index(tidied(node.base), index, node.at)


def _apart(index: Tree) -> tuple[Tree | None, fmpq]:
    """What stands in an index beside numbers that are added and subtracted (None: nothing), and their sum."""
    match index:
        case Number(value=value):
            return None, value
        case Unary(op="-", operand=Number(value=value)):
            return None, -value
        case Binary(op="+" | "-" as op, left=left, right=right):
            (first, a), (second, b) = _apart(left), _apart(right)
            if second is None:
                return first, a + b if op == "+" else a - b
            if first is None and op == "+":
                return second, a + b
    return index, fmpq(0)
