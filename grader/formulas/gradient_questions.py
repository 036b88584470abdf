"""Questions whose right answer is a gradient: what a spec says of it, checked and made a `Backward`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flint import fmpq

from grader.deferred import dataclass
from grader.errors import listed
from grader.formulas.backward import (
    Backward,
    GradientNode,
    LossTerm,
    NetworkEdges,
    loss_terms,
    network_of,
)
from grader.formulas.gradient_values import Reach
from grader.formulas.questions import WantedFormula
from grader.formulas.setting import Setting, tidied
from grader.language.build import ONE
from grader.language.printing import to_text
from grader.language.tree import Binary, Index, Name, Number, Tree, subtrees

KINDS_OF_VALUE = ("a number", "a vector", "a matrix")
"""By rank."""


class GradientError(ValueError):
    """A gradient that cannot be derived as it is described; `subject` is the expression of the spec at fault."""

    def __init__(self, message: str, subject: Tree | None = None) -> None:
        super().__init__(message)
        self.subject = subject


@dataclass(frozen=True)
class GradientRequest:
    """What a spec says of a gradient: by what, and from which gradients or (`loss`) of which expression.

    `given` are gradients at steps of the network; that at `by` itself is the loss's own term there. `seed` is the
    gradient at the loss. `since` is the first step whose equation counts, for a quantity that all steps share.
    """

    by: Tree
    given: Mapping[Tree, Tree]
    loss: Tree | None = None
    seed: Tree = ONE
    direct: bool = False
    since: Tree | None = None


def gradient_question(
    setting: Setting, by: Tree, given: Mapping[Tree, Tree], *, direct: bool = False, since: Tree | None = None
) -> WantedFormula:
    """The gradient at `by` (`h[t]`, `W`) from those that are given (`{h[t+1]: dL[t+1]}`; `{h[T]: dL[T]}` for a chain).

    Every path counts that meets no other given gradient first; with `direct`, only paths through no step in between.
    A sequence of gradients exists at the given steps alone.

    Raises:
        GradientError: where that has no meaning, or two.
        DerivativeError: for an equation that cannot be differentiated.
    """
    return asked_gradient(setting, GradientRequest(by, dict(given), direct=direct, since=since))


def asked_gradient(setting: Setting, asked: GradientRequest) -> WantedFormula:
    """The question whose right answer is a gradient.

    Raises:
        GradientError: where what is asked has no meaning, or two.
        DerivativeError: for an equation that cannot be differentiated.
        ExpressionError: for names that the question does not have.
    """
    builder = _Builder(setting, asked)
    backward = builder.backward()
    return WantedFormula(builder.narrowed(backward), backward.wanted, backward)


class _Builder:
    """Makes a gradient of what a spec says."""

    def __init__(self, setting: Setting, asked: GradientRequest) -> None:
        self.setting, self.asked = setting, asked
        self.by = self.asked_node(asked.by)

    def backward(self) -> Backward:
        """The gradient, once it is known to mean one thing."""
        network = network_of(self.setting, self.by)
        given, terms = self.ends()
        first = self.first(network) if self.by.step is None else None
        backward = Backward(self.by, given, terms, network, self.asked.direct, first)
        self.check_paths(backward)
        return backward

    def asked_node(self, by: Tree) -> GradientNode:
        """The node whose gradient is asked for."""
        tree, symbols = self.read(by), self.setting.symbols
        match tree:
            case Name(id=name) if name in symbols.quantities:
                return GradientNode(name)
            case Index(base=Name(id=name)) if name in symbols.sequences:
                return GradientNode(name, tree.index)
            case Name(id=name) if name in symbols.whole:
                raise GradientError(f"{name} is a whole number: there is no gradient by it", by)
            case Index(base=Name(id=name)):
                raise GradientError(f"a gradient is by the whole of {name}, not by a part: write {name}", by)
        raise GradientError("a gradient is asked by a quantity (W) or a step of a sequence (h[t])", by)

    def read(self, tree: Tree) -> Tree:
        return tidied(self.setting.read(tree))

    def ends(self) -> tuple[dict[GradientNode, Tree], tuple[LossTerm, ...]]:
        """The gradients that are given at steps of the network, and the loss's own terms."""
        given: dict[GradientNode, Tree] = {}
        terms: tuple[LossTerm, ...] = ()
        for end, value in self.asked.given.items():
            node, gradient = self.given_node(end), self.read(value)
            self.check_rank(end, node, value, gradient)
            if node == self.by:
                terms = (LossTerm(node, gradient),)
            else:
                given[node] = gradient
        if self.asked.loss is not None:
            loss, seed = self.read(self.asked.loss), self.read(self.asked.seed)
            ranks = self.setting.symbols.ranks
            if ranks.of(loss):
                kind = KINDS_OF_VALUE[ranks.of(loss)]
                raise GradientError(f"a loss is a number, and this is {kind}", self.asked.loss)
            if ranks.of(seed):
                raise GradientError("the gradient at a loss is a number", self.asked.seed)
            terms += loss_terms(loss, seed, [*self.setting.steps, self.by.name], self.setting)
        return given, terms

    def given_node(self, end: Tree) -> GradientNode:
        """The node of the network at which a gradient is given."""
        tree = self.read(end)
        if isinstance(tree, Name) and tree == self.by.tree:
            return self.by
        if isinstance(tree, Index) and isinstance(tree.base, Name) and tree.base.id in self.setting.symbols.sequences:
            node = GradientNode(tree.base.id, tree.index)
            if node == self.by or node.name in self.setting.equations:
                return node
            linked = listed(self.setting.equations) or "none"
            raise GradientError(f"{node.name!r} has no equation: a gradient goes through {linked}", end)
        raise GradientError("a gradient is given at a step of the network, like h[t+1], or at `by` itself", end)

    def check_rank(self, end: Tree, node: GradientNode, value: Tree, gradient: Tree) -> None:
        ranks = self.setting.symbols.ranks
        wanted, found = ranks.of(node.tree), ranks.of(gradient)
        if wanted != found:
            kinds = KINDS_OF_VALUE[wanted], KINDS_OF_VALUE[found]
            message = f"{to_text(end)} is {kinds[0]}, so the gradient given there is one too, not {kinds[1]}"
            raise GradientError(f"{message}: name a sequence of that shape", value)

    def first(self, network: NetworkEdges) -> Tree | None:
        """The first step whose equation counts for a quantity that all steps share.

        With initial values, step 1; else the states that are given are those up to `t`, or up to 0 where the question
        has no `t`. With both `t` and `T` it could be either, and the spec has to say `since`.
        """
        if self.asked.since is not None:
            return self.read(self.asked.since)
        if not network.recurrent:
            return None
        integers = self.setting.symbols.integers
        if self.setting.initial or "t" not in integers:
            return ONE
        if "T" in integers and not self.asked.direct:
            message = f"{self.by.name} is in every step: say `since: t+1` (the states up to t are given) or `since: 1`"
            raise GradientError(f"{message}, or give the network an `initial`", self.asked.by)
        return Binary("+", Name("t"), Number(fmpq(1)))

    def check_paths(self, backward: Backward) -> None:
        """Whether the asked node leads to everything that is given."""
        starts = bool(self.setting.initial)
        reaches = [Reach(backward, case, starts) for case in self.setting.all_cases]
        met = [reach.reached() | {reach.by} for reach in reaches]
        own = any(key in keys for reach, keys in zip(reaches, met, strict=True) for key in reach.terms)
        by = to_text(self.by.tree)
        useful = {
            node for reach, keys in zip(reaches, met, strict=True) for key, node in reach.given.items() if key in keys
        }
        if not useful and not own:
            hint = (
                ""
                if backward.first is None
                else (f"; {by} counts from step {to_text(backward.first)} on: say `since` for another first step")
            )
            raise GradientError(f"nothing that is given depends on {by}, so its gradient is 0{hint}", self.asked.by)
        for end in self.asked.given:
            node = self.given_node(end)
            if node != self.by and node not in useful:
                why = f"every path from {by} there, if there is one, meets another given step first"
                remedy = "what is given at a step is its whole gradient: leave it out, or write the loss itself as `of`"
                raise GradientError(f"the gradient at {to_text(end)} counts for nothing: {why} ({remedy})", end)

    def narrowed(self, backward: Backward) -> Setting:
        """The setting in which a sequence of gradients exists at the given steps alone."""
        setting, steps = self.setting, dict[str, list[Tree]]()
        used = {part.id for tree in (*setting.steps.values(), *setting.starts.values()) for part in _names(tree)}
        for value in self.asked.given.values():
            tree = self.read(value)
            if isinstance(tree, Index) and isinstance(tree.base, Name) and tree.base.id in setting.symbols.sequences:
                name = tree.base.id
                if name not in setting.equations and name not in used and name != backward.by.name:
                    steps.setdefault(name, []).append(tree.index)
        sequences = dict(setting.symbols.sequences)
        for name, only in steps.items():
            sequences[name] = replace(sequences[name], only=tuple(only))
        return replace(setting, symbols=replace(setting.symbols, sequences=sequences))


def _names(tree: Tree) -> list[Name]:
    return [part for part in subtrees(tree) if isinstance(part, Name)]
