"""Gradients through a network: which equation reads what at which lag, and what it hands back.

The total gradient at a node is the sum of the loss's own term there (how the loss names the node directly) and, over
every equation that reads it, of the pullback of that equation's own gradient (back-propagation through time: Werbos
1990). A node is a sequence at a step, or a quantity that every step shares, such as a weight: its gradient gathers what
each of the steps hands back.

Gradients that are given at other nodes are total ones and cut the paths: with dL/dh[t+1] and dL/dh[t+2] both given,
only direct effects of h[t] remain; with dL/dh[t+2] alone, every path counts. What is given at the asked node itself is
the loss's own term there, to which the paths are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.setting import Setting, references
from grader.language.derivative import DerivativeError, pullback
from grader.language.ranks import Ranks
from grader.language.rewriting import inlined, replaced
from grader.language.tree import Comprehension, Index, Name, Number, Tree, children, subtrees

GRADIENT = "∇"
"""The name of the gradient that an edge hands back; no formula can write it."""


@dataclass(frozen=True)
class GradientNode:
    """A sequence at a step that is an expression in the question's whole numbers (h at t+1), or a quantity (W)."""

    name: str
    step: Tree | None = None

    @property
    def tree(self) -> Tree:
        """How a formula writes it."""
        return Name(self.name) if self.step is None else Index(Name(self.name), self.step)


@dataclass(frozen=True)
class GradientEdge:
    """The equation of `consumer` at step t reads `name[t-lag]`; `effect` is what it hands back, in terms of `∇`.

    `lag` None: it reads a quantity that all steps share.
    """

    consumer: str
    name: str
    lag: int | None
    effect: Tree


@dataclass(frozen=True)
class InitialEdge:
    """The initial value of `consumer`, at step 0, reads a node; `effect` is what it hands back, in terms of `∇`."""

    consumer: str
    node: GradientNode
    effect: Tree


@dataclass(frozen=True)
class LossTerm:
    """The loss's own term at a node, once for every round of `loops` (outermost first), which step and effect name."""

    node: GradientNode
    effect: Tree
    loops: tuple[Comprehension, ...] = ()


@dataclass(frozen=True)
class NetworkEdges:
    """Every way in which one step of a network depends on another, on an input or on a quantity that is asked for."""

    edges: tuple[GradientEdge, ...] = ()
    initial: tuple[InitialEdge, ...] = ()

    @property
    def recurrent(self) -> bool:
        """Whether a state depends on an earlier one."""
        consumers = {edge.consumer for edge in self.edges}
        return any(edge.lag and edge.name in consumers for edge in self.edges)


@dataclass(frozen=True)
class Backward:
    """The gradient at `by`: from total gradients that are `given` at other nodes, and from the loss's own `terms`.

    `direct`: through no other step in between. `first`: the first step whose equation counts where `by` is a quantity
    that all steps share; the states before it are given.
    """

    by: GradientNode
    given: Mapping[GradientNode, Tree]
    terms: tuple[LossTerm, ...] = ()
    network: NetworkEdges = NetworkEdges()
    direct: bool = False
    first: Tree | None = None

    @property
    def steps(self) -> list[Tree]:
        """The steps that the question names: of the asked node, of what is given, of the loss."""
        nodes = [self.by, *self.given, *(term.node for term in self.terms)]
        return [step for step in (*(node.step for node in nodes), self.first) if step is not None]

    @property
    def bounds(self) -> list[Tree]:
        """Between what the loops of the loss count."""
        loops = [loop for term in self.terms for loop in term.loops]
        return [bound for loop in loops for bound in (loop.start, loop.stop, loop.step)]

    @property
    def values(self) -> list[Tree]:
        """What is given, and what the loss hands back."""
        return [*self.given.values(), *(term.effect for term in self.terms)]

    @property
    def wanted(self) -> Tree:
        """The asked gradient, as evaluations know it."""
        return Index(Name(gradient_name(self.by.name)), self.by.step or Number(fmpq(0)))


def gradient_name(name: str) -> str:
    """The sequence of gradients at `name`."""
    return f"{GRADIENT}{name}"


def network_of(setting: Setting, by: GradientNode) -> NetworkEdges:
    """The edges of a setting: between its equations, and from them to `by`.

    Raises:
        DerivativeError: for an equation that cannot be differentiated; `where` names it.
    """
    names = dict.fromkeys([*setting.steps, by.name])
    return NetworkEdges(tuple(_edges(setting, list(names))), tuple(_initial_edges(setting, list(names))))


def _edges(setting: Setting, names: list[str]) -> Iterator[GradientEdge]:
    ranks = setting.symbols.ranks
    for consumer, written in setting.steps.items():
        tree = inlined(written, setting.symbols.functions)
        inner = _with_gradient(ranks, ranks.sequences.get(consumer, 0))
        with _in_part("equations", consumer):
            for name in names:
                for lag, node in _read(tree, name, setting):
                    effect = pullback(tree, node, Name(GRADIENT), inner)
                    yield GradientEdge(consumer, name, lag, named(effect, consumer, tree))


def _read(tree: Tree, name: str, setting: Setting) -> list[tuple[int | None, Tree]]:
    """Where an equation reads a sequence, by lag, or a quantity (None)."""
    if name in setting.symbols.sequences:
        return [*sorted(references(tree, name, past=name in setting.steps).items())]
    return [(None, Name(name))] if Name(name) in subtrees(tree) else []


def _initial_edges(setting: Setting, names: list[str]) -> Iterator[InitialEdge]:
    ranks = setting.symbols.ranks
    for consumer, written in setting.starts.items():
        tree = inlined(written, setting.symbols.functions)
        inner = _with_gradient(ranks, ranks.sequences.get(consumer, 0))
        with _in_part("initial", consumer):
            for node in nodes_in(tree, names, setting.symbols.sequences):
                yield InitialEdge(consumer, node, pullback(tree, node.tree, Name(GRADIENT), inner))


def _with_gradient(ranks: Ranks, rank: int) -> Ranks:
    return Ranks({**ranks.names, GRADIENT: rank}, ranks.sequences)


@contextmanager
def _in_part(part: str, consumer: str) -> Iterator[None]:
    """Says in which part of a network an error is."""
    try:
        yield
    except DerivativeError as error:
        error.where = (part, consumer)
        raise


def nodes_in(tree: Tree, names: list[str], sequences: Mapping[str, object]) -> list[GradientNode]:
    """The nodes with one of these names that a formula reads, each once."""
    found: dict[GradientNode, None] = {}
    for part in subtrees(tree):
        if isinstance(part, Index) and isinstance(part.base, Name) and part.base.id in sequences:
            if part.base.id in names:
                found[GradientNode(part.base.id, part.index)] = None
        elif isinstance(part, Name) and part.id in names and part.id not in sequences:
            found[GradientNode(part.id)] = None
    return list(found)


def named(effect: Tree, consumer: str, equation: Tree) -> Tree:
    """The effect with the equation's own value under its name: `h[t]*(1 - h[t])` is how a slope is best seen."""
    value = Index(Name(consumer), Name("t"))
    if isinstance(equation, Name | Number | Index):
        return effect
    return replaced(effect, lambda node: value if node == equation else None)


def loss_terms(loss: Tree, gradient: Tree, names: list[str], setting: Setting) -> tuple[LossTerm, ...]:
    """The loss's own terms at every node with one of these names; `gradient` is the one at the loss itself.

    Raises:
        DerivativeError: where a node stands in what cannot be differentiated.
    """
    return tuple(_loss_terms(inlined(loss, setting.symbols.functions), gradient, names, setting, ()))


def _loss_terms(
    tree: Tree, gradient: Tree, names: list[str], setting: Setting, loops: tuple[Comprehension, ...]
) -> Iterator[LossTerm]:
    """The terms at nodes whose step names the innermost of the loops around the tree, and no loop within it."""
    inner = list(_loops_over_steps(tree, names, setting))
    bound, outside = {loop.variable for loop in inner}, {loop.variable for loop in loops}
    for node in nodes_in(tree, names, setting.symbols.sequences):
        used = {part.id for part in subtrees(node.tree) if isinstance(part, Name)}
        if not used & bound and (not loops or loops[-1].variable in used):
            yield LossTerm(node, pullback(tree, node.tree, gradient, setting.symbols.ranks), loops)
    for loop in inner:
        if loop.kind != "sum":
            raise DerivativeError(f"the derivative through {loop.kind} over steps is not known here", loop.at)
        if loop.variable in outside:
            raise DerivativeError("loops within each other count with different letters", loop.at)
        outer = pullback(tree, loop, gradient, setting.symbols.ranks)
        yield from _loss_terms(loop.body, outer, names, setting, (*loops, loop))


def _loops_over_steps(tree: Tree, names: list[str], setting: Setting) -> Iterator[Comprehension]:
    """The outermost loops whose variable says at which step a node is read."""
    if isinstance(tree, Comprehension):
        nodes = nodes_in(tree.body, names, setting.symbols.sequences)
        if any(Name(tree.variable) in subtrees(node.tree) for node in nodes):
            yield tree
            return
    for part in children(tree):
        yield from _loops_over_steps(part, names, setting)
