"""The setting of a formula question: its names, the network that links them, and the cases that are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flint import fmpq

from grader.formulas.symbols import Symbols
from grader.language.compile import time_lag
from grader.language.rewriting import replaced, substituted
from grader.language.tree import Binary, Index, Name, Number, Tree, subtrees

Case = Mapping[str, int]
"""Values of the whole numbers of a question: `{"t": 1, "T": 3, "n": 2, "m": 3}`."""

SIZES = ((2, 3), (3, 2), (1, 2), (2, 1), (3, 1), (4, 2))
"""Sizes of vectors and matrices: never equal, so that a missing transpose shows."""

GAPS = (1, 2, 3, 4, 5, 6)
STARTS = (1, 2, 3, 1, 2, 1)
"""The step `t` of the cases in turn: a formula that holds at step 1 alone must not pass."""


@dataclass(frozen=True)
class Setting:
    """Where formulas are compared.

    `equations` link sequences (`h: sigmoid(W*h[t-1] + U*x[t])`), `initial` are values at step 0 (a sequence without one
    is free before the first step that is looked at), `cases` the values of the whole numbers (default: `usual_cases`).
    """

    symbols: Symbols
    equations: Mapping[str, Tree] = field(default_factory=dict)
    initial: Mapping[str, Tree] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()

    @cached_property
    def all_cases(self) -> tuple[Case, ...]:
        """The cases to look at, never none."""
        return self.cases or usual_cases(self.symbols)

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


def usual_cases(symbols: Symbols) -> tuple[Case, ...]:
    """`t` at 1, 2 and 3; with `T`, every gap from 1 to 6; named sizes unequal, several of them."""
    integers = symbols.integers
    if "t" in integers and "T" in integers:
        cases: Sequence[Case] = gap_cases()
    elif integers:
        cases = [{name: start + i for i, name in enumerate(integers)} for start in (1, 2, 3)]
    else:
        cases = [{}]
    return with_sizes(cases, symbols.sizes)


def gap_cases(start: str = "t", end: str = "T", gaps: Iterable[int] = GAPS) -> tuple[Case, ...]:
    """One case for each distance between two steps."""
    return tuple({start: STARTS[i % len(STARTS)], end: STARTS[i % len(STARTS)] + gap} for i, gap in enumerate(gaps))


def with_sizes(cases: Sequence[Case], sizes: Sequence[str]) -> tuple[Case, ...]:
    """The cases, each at other sizes of vectors and matrices; at least four where there are sizes."""
    if not sizes:
        return tuple(cases)
    count = max(4, len(cases))
    result = []
    for i in range(count):
        pair = SIZES[i % len(SIZES)]
        result.append({**cases[i % len(cases)], **{name: pair[j % 2] + j // 2 for j, name in enumerate(sizes)}})
    return tuple(result)


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
