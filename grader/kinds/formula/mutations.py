"""Formulas that differ from a right one in one place, or in one thing everywhere: each a small mistake of a student.

The rule: each subtree is changed in each way that its construct allows (`mutation_rules`). A subtree that stands there
more than once is also changed in all of its places together: who gets a step wrong gets it wrong throughout.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from grader.deferred import dataclass
from grader.kinds.formula.mutation_rules import FormulaPart, NodeChanges, doubled_or_halved, moved_throughout
from grader.language.build import minus
from grader.language.printing import to_text
from grader.language.rewriting import replaced
from grader.language.tree import Comprehension, Index, Number, Tree, Unary, subtrees
from grader.notation.symbols import Symbols

MAX_MUTATED_NODES = 300
"""Names, numbers and operators of a formula that is changed; a longer one has too many places."""

WHOLE_SIGN = "sign of the whole"
CONSTANT_FACTOR = "constant factor"


@dataclass(frozen=True)
class Mutation:
    """A changed formula: the operator (the kind of mistake), what stands in place of what, and the whole."""

    operator: str
    old: Tree
    new: Tree
    whole: Tree

    @property
    def change(self) -> str:
        """`h[t + 1] -> h[t]`."""
        return f"{to_text(self.old)} -> {to_text(self.new)}"


def mutations(tree: Tree, symbols: Symbols) -> Iterator[Mutation]:
    """Every changed formula, the same ones in the same order each time; none of one that is too long."""
    if next(islice(subtrees(tree), MAX_MUTATED_NODES, None), None) is not None:
        return
    rules = NodeChanges(symbols)
    yield from _of_whole(tree, symbols)
    yield from _everywhere(tree, rules)
    yield from _in_one_place(tree, lambda whole: whole, rules, "value")


def _of_whole(tree: Tree, symbols: Symbols) -> Iterator[Mutation]:
    negated = tree.operand if isinstance(tree, Unary) and tree.op == "-" else minus(tree)
    yield Mutation(WHOLE_SIGN, tree, negated, negated)
    for change in doubled_or_halved(tree):
        yield Mutation(CONSTANT_FACTOR, tree, change.tree, change.tree)
    for step in (-1, 1):
        later = moved_throughout(tree, step, symbols)
        if later != tree:
            yield Mutation("every step off by one", tree, later, later)


def _everywhere(tree: Tree, rules: NodeChanges) -> Iterator[Mutation]:
    """Changes of a subtree in all of its places, where there are several."""
    counts: Counter[Tree] = Counter(node for node in subtrees(tree) if not isinstance(node, Number))
    for node in dict.fromkeys(node for node in subtrees(tree) if counts[node] > 1):
        for change in rules.of(node, "value"):
            whole = _exchanged(tree, node, change.tree)
            yield Mutation(change.operator, node, change.tree, whole)


def _exchanged(tree: Tree, old: Tree, new: Tree) -> Tree:
    return replaced(tree, lambda node: new if node == old else None)


def _in_one_place(tree: Tree, put: Callable[[Tree], Tree], rules: NodeChanges, part: FormulaPart) -> Iterator[Mutation]:
    """Changes of a subtree and of what is in it; `put` puts a subtree into the whole in its place."""
    for change in rules.of(tree, part):
        yield Mutation(change.operator, tree, change.tree, put(change.tree))
    for place, inner in _places(tree):
        is_index = part == "index" or place.name in _INDEX_FIELDS[type(tree)]
        inside = partial(_put_at, tree, place, put)
        yield from _in_one_place(inner, inside, rules, "index" if is_index else "value")


class _Place(NamedTuple):
    """The field of a node that holds a subtree, and its number where the field holds several."""

    name: str
    number: int | None


_INDEX_FIELDS = defaultdict(
    frozenset, {Index: frozenset({"index"}), Comprehension: frozenset({"start", "stop", "step"})}
)
"""The fields that hold steps and bounds."""


def _places(tree: Tree) -> Iterator[tuple[_Place, Tree]]:
    """Where the direct subtrees of a node stand."""
    for one in fields(tree):
        value = getattr(tree, one.name)
        if isinstance(value, tuple) and value and not isinstance(value[0], str):
            yield from ((_Place(one.name, number), inner) for number, inner in enumerate(value))
        elif isinstance(value, Tree):
            yield _Place(one.name, None), value


def _put_at(tree: Tree, place: _Place, put: Callable[[Tree], Tree], new: Tree) -> Tree:
    """The whole, with a new subtree at a place of a node of it."""
    old = getattr(tree, place.name)
    value: Any = new if place.number is None else (*old[: place.number], new, *old[place.number + 1 :])
    return put(replace(tree, **{place.name: value}))
