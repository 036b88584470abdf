"""What a formula may speak of: quantities with shapes, sequences over time, whole numbers, short names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Literal

from grader.deferred import dataclass
from grader.errors import did_you_mean, listed
from grader.language.arrays import Shape
from grader.language.functions.table import FUNCTIONS, WRITTEN_OUT
from grader.language.numbers import shorten
from grader.language.parse import ExpressionError, unknown_function
from grader.language.ranks import Ranks
from grader.language.rewriting import replaced, substituted
from grader.language.scope import Function
from grader.language.tree import Call, Comprehension, Index, Name, Transpose, Tree, children, names_in, subtrees

Domain = Literal["real", "positive", "nonnegative", "unit", "integer", "bit"]
"""Which numbers a quantity takes: all, > 0, >= 0, strictly between 0 and 1, whole, 0 or 1."""


@dataclass(frozen=True)
class Quantity:
    """A number, vector or matrix.

    `hot`: a vector with a single 1, at the index that the whole number of this name says. `columns`: a matrix whose
    components are its columns, so that `U[o]` is a column.
    """

    shape: Shape = ()
    domain: Domain = "real"
    hot: str = ""
    columns: bool = False


@dataclass(frozen=True)
class SequenceSymbol:
    """A quantity at every step: `x[t]`. It exists from `first` to `last`, or only at the steps `only`, where given.

    `hot`: a vector with a single 1, whose index varies from step to step with the whole number of this name.
    """

    shape: Shape = ()
    domain: Domain = "real"
    first: Tree | None = None
    last: Tree | None = None
    only: tuple[Tree, ...] = ()
    hot: str = ""

    @property
    def everywhere(self) -> bool:
        """Whether it has a value at every step."""
        return self.first is None and self.last is None and not self.only


@dataclass(frozen=True)
class Symbols:
    """The names of a question; `aliases` are short names for expressions (`s` for `h[t+1]`).

    `ranges` are the first and the last value of whole numbers that do not just count from 1; `hidden` are whole numbers
    that no formula may name: which entry of a one-hot vector is 1.
    """

    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    sequences: Mapping[str, SequenceSymbol] = field(default_factory=dict)
    integers: tuple[str, ...] = ()
    aliases: Mapping[str, Tree] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    ranges: Mapping[str, tuple[Tree, Tree]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[str, ...]:
        """The whole numbers that are no sizes but steps (`t` before `T`), with those that no formula may name."""
        sizes = set(self.sizes) - {"t", "T"}
        return tuple(name for name in (*self.integers, *self.hidden) if name not in sizes)

    @property
    def sizes(self) -> tuple[str, ...]:
        """The named sizes of vectors and matrices; they are whole numbers that formulas may use."""
        shapes = [q.shape for q in self.quantities.values()] + [s.shape for s in self.sequences.values()]
        return tuple(dict.fromkeys(size for shape in shapes for size in shape if isinstance(size, str)))

    @property
    def whole(self) -> tuple[str, ...]:
        """Every whole number that a case gives a value."""
        return tuple(dict.fromkeys((*self.counted, *self.sizes)))

    @property
    def plain(self) -> tuple[str, ...]:
        """Every name that stands for a value on its own."""
        return (*self.quantities, *self.aliases, *dict.fromkeys((*self.integers, *self.sizes)))

    @property
    def names(self) -> tuple[str, ...]:
        """Every name but those of functions."""
        return (*self.plain, *self.sequences)

    @property
    def ranks(self) -> Ranks:
        """Which names are vectors and matrices."""
        sequences = {name: len(sequence.shape) for name, sequence in self.sequences.items()}
        names = {name: len(quantity.shape) for name, quantity in self.quantities.items()}
        inner = Ranks(names, sequences)
        return Ranks({**names, **{name: inner.of(tree) for name, tree in self._meanings.items()}}, sequences)

    @cached_property
    def _meanings(self) -> Mapping[str, Tree]:
        """What short names stand for, without short names; one that stands for itself is left as it is."""
        found: dict[str, Tree] = {}

        def meaning(name: str, outer: frozenset[str]) -> Tree:
            if name not in found:
                tree = self.aliases[name]
                inner = [other for other in names_in(tree) if other in self.aliases and other not in outer]
                found[name] = substituted(tree, {other: meaning(other, outer | {other}) for other in inner})
            return found[name]

        return {name: meaning(name, frozenset({name})) for name in self.aliases}

    def written_out(self, tree: Tree) -> Tree:
        """The tree with short names exchanged for what they stand for, and columns of matrices as such (`U.T[o]`)."""
        tree = substituted(tree, self._meanings) if self.aliases else tree
        return replaced(tree, self._column) if self._by_columns else tree

    @cached_property
    def _by_columns(self) -> frozenset[str]:
        return frozenset(name for name, quantity in self.quantities.items() if quantity.columns)

    def _column(self, node: Tree) -> Tree | None:
        if isinstance(node, Index) and isinstance(node.base, Name) and node.base.id in self._by_columns:
            return Index(Transpose(node.base, node.at), replaced(node.index, self._column), node.at)
        return None

    def check(self, tree: Tree) -> None:
        """Whether every name and function is known, and every sequence has its step.

        Raises:
            ExpressionError: at the first that is not.
        """
        counting = {part.variable: part.kind for part in subtrees(tree) if isinstance(part, Comprehension)}
        for problem in self._problems(tree, frozenset(), counting):
            raise problem

    def _problems(self, tree: Tree, loop: frozenset[str], counting: Mapping[str, str]) -> Iterator[ExpressionError]:
        """What is wrong with a tree inside of loops; `counting` are the indices of all loops, with their kinds."""
        match tree:
            case Name(id=name) if name not in loop:
                if name in self.sequences:
                    yield ExpressionError(f"{name!r} needs its step: write {name}[t], {name}[t+1], ...", tree.at)
                elif name in counting and name not in self.plain:
                    kind = counting[name]
                    advice = f"put all that has {name} in brackets behind the {kind}"
                    message = f"{name} has no meaning outside of the {kind} that it counts: {advice}"
                    yield ExpressionError(message, tree.at)
                elif name not in self.plain:
                    yield ExpressionError(self.unknown(name, loop), tree.at)
                return
            case Index(base=Name(id=name)) if name in self.sequences and name not in loop:
                yield from self._problems(tree.index, loop, counting)
                return
            case Comprehension(variable=variable):
                if variable in self.names:
                    yield ExpressionError(f"{variable!r} already has a meaning: count with another letter", tree.at)
                for bound in (tree.start, tree.stop, tree.step):
                    yield from self._problems(bound, loop, counting)
                yield from self._problems(tree.body, loop | {variable}, counting)
                return
            case Call(function=function):
                if function not in self.functions and function not in FUNCTIONS:
                    yield ExpressionError(unknown_function(function, list(self.functions)), tree.at)
                elif problem := self.wrong_count(function, len(tree.arguments)):
                    yield ExpressionError(problem, tree.at)
        for child in children(tree):
            yield from self._problems(child, loop, counting)

    def wrong_count(self, function: str, count: int) -> str:
        """The message for a call of a known function with so many arguments; "" if it may have them."""
        if function not in self.functions:
            return FUNCTIONS[function].wrong_count(count)
        parameters = self.functions[function].parameters
        if len(parameters) == count:
            return ""
        return f"{function} takes {len(parameters)}, not {count}: write {function}({', '.join(parameters)})"

    def unknown(self, name: str, loop: frozenset[str] = frozenset()) -> str:
        """The message for a name that nothing defines."""
        if name in self.functions or name in FUNCTIONS or name in WRITTEN_OUT:
            return f"{name!r} is a function: write {name}(...)"
        advice = did_you_mean(name[:100], [*self.names, *sorted(loop)])
        return f"{shorten(name)!r} is not a name in this question{advice or f' ({self.known()})'}"

    def known(self) -> str:
        """`dL[...], h[...], W and t can be used`."""
        shown = [f"{name}[...]" for name in self.sequences] + list(self.plain)
        return f"{listed(shown)} can be used" if shown else "only numbers and functions can be used"
