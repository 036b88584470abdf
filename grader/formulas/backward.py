"""Gradients through a network: which equation reads what at which lag, and what it hands back.

The total gradient at a node (a sequence at a step) is the sum, over every equation that reads it, of the pullback of
that equation's own gradient (back-propagation through time: Werbos 1990). Gradients that are given cut the paths: with
dL/dh[t+1] and dL/dh[t+2] both given, only direct effects of h[t] remain; with dL/dh[t+2] alone, every path counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.formulas.setting import later, references, shifted
from grader.language.build import ONE, ZERO, plus, times
from grader.language.derivative import pullback
from grader.language.ranks import Ranks
from grader.language.rewriting import replaced, substituted
from grader.language.scope import time_lag
from grader.language.tree import Comprehension, Index, Name, Tree, subtrees

GRADIENT = "∇"
"""The name of the gradient that an edge hands back; no formula can write it."""


@dataclass(frozen=True)
class GradientNode:
    """A sequence at a step that is an expression in the question's whole numbers: h at t+1."""

    name: str
    step: Tree


@dataclass(frozen=True)
class GradientEdge:
    """The equation of `consumer` at step t reads `name[t-lag]`; `effect` is what it hands back, in terms of `∇`."""

    consumer: str
    name: str
    lag: int
    effect: Tree


@dataclass(frozen=True)
class Backward:
    """The gradient at `by`, from the gradients that are given; `direct`: through no other step in between."""

    by: GradientNode
    given: Mapping[GradientNode, Tree]
    direct: bool = False


def gradient_name(name: str) -> str:
    """The sequence of gradients at `name`."""
    return f"{GRADIENT}{name}"


def edges(equations: Mapping[str, Tree], ranks: Ranks) -> tuple[GradientEdge, ...]:
    """Every way in which one step of the network depends on another."""
    return tuple(_edges(equations, ranks))


def _edges(equations: Mapping[str, Tree], ranks: Ranks) -> Iterator[GradientEdge]:
    for consumer, tree in equations.items():
        inner = Ranks({**ranks.names, GRADIENT: ranks.sequences.get(consumer, 0)}, ranks.sequences)
        for name in equations:
            for lag, node in sorted(references(tree, name).items()):
                yield GradientEdge(
                    consumer, name, lag, named(pullback(tree, node, Name(GRADIENT), inner), consumer, tree)
                )


def named(effect: Tree, consumer: str, equation: Tree) -> Tree:
    """The effect with the equation's own value under its name: `h[t]*(1 - h[t])` is how a slope is best seen."""
    value = Index(Name(consumer), Name("t"))
    return replaced(effect, lambda node: value if node == equation else None)


def closed_chain(backward: Backward, equations: Mapping[str, Tree], ranks: Ranks) -> Tree | None:
    """`dL[T] * prod(... for k in range(t, T))`, for one number that depends on its own last step alone."""
    if len(backward.given) > 1 or list(equations) != [backward.by.name] or ranks.sequences.get(backward.by.name):
        return None
    [(name, equation)], [(end, gradient)] = equations.items(), backward.given.items()
    [lag, *others] = references(equation, name) or [0]
    loop = next(letter for letter in "kij" if Name(letter) not in subtrees(equation))
    if others or lag != 1 or end.name != name or backward.direct:
        return None
    slope = named(pullback(equation, references(equation, name)[1], ONE, ranks), name, equation)
    step = replaced(shifted(slope, 1), lambda node: Name(loop) if node == Name("t") else None)
    return times(gradient, Comprehension("prod", step, loop, backward.by.step, end.step, ONE))


def unrolled(backward: Backward, network: tuple[GradientEdge, ...], origin: str, most: int = 400) -> Tree | None:
    """The gradient as one formula, where every step is `origin` plus a constant; None if it would be too long."""

    def offset(step: Tree) -> int | None:
        if any(isinstance(part, Name) and part.id != origin for part in subtrees(step)):
            return None
        lag = time_lag(substituted(step, {origin: Name("t")}))
        return None if lag is None else -lag

    given = {(node.name, offset(node.step)): tree for node, tree in backward.given.items()}
    start, ends = offset(backward.by.step), [at for _, at in given if at is not None]
    if start is None or len(ends) < len(given):
        return None
    last, budget = max(ends), [most]

    def gradient(name: str, at: int) -> Tree:
        if (name, at) in given:
            return given[name, at]
        total: Tree = ZERO
        for edge in network:
            step = at + edge.lag
            if edge.name != name or step > last or (backward.direct and start < step < last):
                continue
            budget[0] -= 1
            if budget[0] < 0:
                return ZERO
            inner = gradient(edge.consumer, step)
            if inner != ZERO:
                total = plus(total, substituted(shifted_to(edge.effect, step, origin), {GRADIENT: inner}))
        return total

    result = gradient(backward.by.name, start)
    return result if budget[0] >= 0 else None


def shifted_to(tree: Tree, step: int, origin: str) -> Tree:
    """An equation of step t written for step `origin + step`."""
    moved = shifted(tree, step)
    return moved if origin == "t" else substituted(moved, {"t": later(origin, 0)})
