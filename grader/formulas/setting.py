"""The setting of a formula question: its names, the network that links them, and the cases that are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flint import fmpq

from grader.formulas.cases import IntegerCase, usual_cases
from grader.language.rewriting import replaced, substituted
from grader.language.scope import time_lag
from grader.language.tree import Binary, Index, Name, Number, Tree, subtrees
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
        """The equations with every sequence at a step: `h` as `h[t]`."""
        return {name: at_each_step(tree, self.symbols) for name, tree in self.equations.items()}

    def read(self, tree: Tree) -> Tree:
        """A formula as it is compared: short names written out.

        Raises:
            ExpressionError: for names that the question does not have.
        """
        self.symbols.check(tree)
        return substituted(tree, self.symbols.aliases) if self.symbols.aliases else tree


def at_each_step(tree: Tree, symbols: Symbols) -> Tree:
    """The tree with a bare sequence `h` read as `h[t]`."""

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Index) and isinstance(node.base, Name) and node.base.id in symbols.sequences:
            return node
        if isinstance(node, Name) and node.id in symbols.sequences:
            return Index(node, Name("t", node.at), node.at)
        return None

    return replaced(tree, change)


def references(tree: Tree, name: str) -> dict[int, Index]:
    """Where an equation reads a sequence: the lag k of `name[t-k]`, and the subtree.

    Raises:
        ValueError: if it is read at anything but `t` or an earlier step.
    """
    found: dict[int, Index] = {}
    for node in subtrees(tree):
        if isinstance(node, Index) and isinstance(node.base, Name) and node.base.id == name:
            lag = time_lag(node.index)
            if lag is None or lag < 0:
                raise ValueError(f"an equation reads {name} at t, t-1, t-2, ...")
            found[lag] = node
    return found


def shifted(tree: Tree, lag: int) -> Tree:
    """An equation of step t written for step t + lag."""
    if lag == 0:
        return tree
    return replaced(substituted(tree, {"t": later("t", lag)}), _tidied)


def later(step: str, lag: int) -> Tree:
    """`t+2`, `t`, `t-1`."""
    sign = "+" if lag > 0 else "-"
    return Binary(sign, Name(step), Number(fmpq(abs(lag)))) if lag else Name(step)  # type: ignore[arg-type]  # one of two signs


def _tidied(node: Tree) -> Tree | None:
    """`t + 2 - 1` as `t + 1`, in indices."""
    if not isinstance(node, Index):
        return None
    offset, inner = fmpq(0), node.index
    while isinstance(inner, Binary) and inner.op in "+-" and isinstance(inner.right, Number):
        offset += inner.right.value if inner.op == "+" else -inner.right.value
        inner = inner.left
    if not isinstance(inner, Name) or offset.q != 1:
        return None
    return Index(node.base, later(inner.id, int(offset.p)), node.at)
