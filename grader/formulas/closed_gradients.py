"""Gradients as one formula, where a short one exists: what `spec check` shows and a report may."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flint import fmpq

from grader.formulas.backward import GRADIENT, Backward, GradientEdge, named
from grader.formulas.gradient_values import Reach
from grader.formulas.setting import Setting, later, references, shifted, tidied
from grader.formulas.whole_numbers import whole_number
from grader.language.arithmetic import EvaluationError
from grader.language.build import ONE, ZERO, plus, times
from grader.language.derivative import pullback
from grader.language.parse import ExpressionError
from grader.language.rewriting import inlined, substituted
from grader.language.scope import time_lag
from grader.language.tree import Binary, Comprehension, Index, Name, Number, Tree, subtrees

MAX_CLOSED_EDGES = 400
"""Edges that are followed for one formula."""

LOOP_LETTERS = "kijslmqru"


def closed_gradient(backward: Backward, setting: Setting) -> Tree | None:
    """The gradient as one formula; None where there is no short one."""
    if any(term.loops for term in backward.terms):
        return None
    for origin in (*setting.symbols.integers, None):
        if (tree := _Unrolled(backward, setting, origin).tree()) is not None:
            return tree
    return _Chain(backward, setting).tree()


class _Unrolled:
    """Every step is `origin` plus a constant, or (None) a constant: the paths are written out one by one."""

    def __init__(self, backward: Backward, setting: Setting, origin: str | None) -> None:
        self.backward, self.setting, self.origin = backward, setting, origin
        self.left = MAX_CLOSED_EDGES

    def offset(self, step: Tree) -> int | None:
        """How far a step lies after the origin."""
        if any(isinstance(part, Name) and part.id != self.origin for part in subtrees(step)):
            return None
        if self.origin is None:
            try:
                return whole_number(step, {})
            except (EvaluationError, ExpressionError):
                return None
        lag = time_lag(substituted(step, {self.origin: Name("t")}))
        return None if lag is None else -lag

    def tree(self) -> Tree | None:
        backward = self.backward
        offsets = [self.offset(step) for step in backward.steps]
        if not offsets and self.origin is not None:
            return None
        if None in offsets or (self.origin is not None and self.setting.initial and min(map(int, offsets)) < 0):  # type: ignore[arg-type]  # no None left
            return None
        self.given = {(node.name, self.key(node.step)): tree for node, tree in backward.given.items()}
        self.terms = [((term.node.name, self.key(term.node.step)), term.effect) for term in backward.terms]
        ends = [step for _, step in (*self.given, *(key for key, _ in self.terms)) if step is not None]
        self.start, self.last = self.key(backward.by.step), max(ends, default=0)
        self.first = self.key(backward.first) if backward.first is not None else min(ends, default=0)
        if self.start is None and self.origin is not None and backward.network.initial:
            return None
        result = self.gradient(backward.by.name, self.start)
        return result if self.left >= 0 else None

    def key(self, step: Tree | None) -> int | None:
        return None if step is None else self.offset(step)

    def gradient(self, name: str, at: int | None) -> Tree:
        """The gradient at a node."""
        if (name, at) in self.given:
            return self.given[name, at]
        total: Tree = ZERO
        for key, effect in self.terms:
            if key == (name, at):
                total = plus(total, effect)
        for edge in self.backward.network.edges:
            for step in self.consumers(edge, at) if edge.name == name else ():
                self.left -= 1
                if self.left < 0:
                    return ZERO
                total = plus(total, self.through(edge.effect, edge.consumer, step))
        for initial in self.backward.network.initial if self.origin is None else ():
            if (initial.node.name, self.key(initial.node.step)) == (name, at):
                total = plus(total, self.through(initial.effect, initial.consumer, 0))
        return total

    def through(self, effect: Tree, consumer: str, step: int) -> Tree:
        """What a consumer at a step hands back."""
        inner = self.gradient(consumer, step)
        return ZERO if inner == ZERO else substituted(self.at_step(effect, step), {GRADIENT: inner})

    def consumers(self, edge: GradientEdge, at: int | None) -> Iterator[int]:
        steps = range(self.first or 0, self.last + 1) if edge.lag is None else [(at or 0) + edge.lag]
        lowest = 1 if self.origin is None and self.setting.initial else None
        for step in steps:
            between = self.backward.direct and (self.start is None or self.start < step) and step < self.last
            if step <= self.last and not between and (lowest is None or step >= lowest):
                yield step

    def at_step(self, effect: Tree, step: int) -> Tree:
        """An equation's effect at a step."""
        if self.origin is None:
            return tidied(substituted(effect, {"t": Number(fmpq(step))}))
        moved = shifted(effect, step)
        return moved if self.origin == "t" else substituted(moved, {"t": later(self.origin, 0)})


class _Chain:
    """`dL[T] * prod(... for k in range(t, T))`, for one number that depends on its own last step alone."""

    def __init__(self, backward: Backward, setting: Setting) -> None:
        self.backward, self.setting = backward, setting
        trees = [*setting.steps.values(), *setting.starts.values(), *backward.steps, *backward.values]
        taken = {part.id for tree in trees for part in subtrees(tree) if isinstance(part, Name)}
        taken |= {part.variable for tree in trees for part in subtrees(tree) if isinstance(part, Comprehension)}
        self.letters = [letter for letter in LOOP_LETTERS if letter not in taken | set(setting.symbols.names)]

    def tree(self) -> Tree | None:
        backward, setting = self.backward, self.setting
        if len(backward.given) != 1 or len(setting.steps) != 1 or backward.terms or backward.direct:
            return None
        [(name, written)], [(end, gradient)] = setting.steps.items(), backward.given.items()
        equation, ranks = inlined(written, setting.symbols.functions), setting.symbols.ranks
        lags = references(equation, name)
        if set(lags) != {1} or end.name != name or end.step is None or ranks.sequences.get(name):
            return None
        if len(self.letters) < 2:
            return None
        loop, outer = self.letters[:2]
        slope = pullback(equation, lags[1], ONE, ranks)
        step = _moved(named(slope, name, equation), Name(loop), 1)
        stop = end.step

        def state(at: Tree) -> Tree:
            return times(gradient, Comprehension("prod", step, loop, at, stop, ONE))

        return self.gathered(name, end.step, state, outer)

    def gathered(self, name: str, end: Tree, state: Callable[[Tree], Tree], outer: str) -> Tree | None:
        """The gradient at the asked node, from those at the states."""
        by, edges = self.backward.by, [e for e in self.backward.network.edges if e.name == self.backward.by.name]
        if by.name == name and by.step is not None:
            return state(by.step)
        if by.step is not None:
            return self.of_input(by.step, edges, state)
        total: Tree = ZERO
        if edges and self.backward.first is not None:
            body: Tree = ZERO
            for edge in edges:
                body = plus(body, substituted(_moved(edge.effect, Name(outer), 0), {GRADIENT: state(Name(outer))}))
            stop = _plus(end, 1)
            total = Comprehension("sum", body, outer, self.backward.first, stop, ONE)
        for initial in self.backward.network.initial:
            if initial.node == by:
                total = plus(total, substituted(initial.effect, {GRADIENT: state(ZERO)}))
        return None if total == ZERO else total

    def of_input(self, step: Tree, edges: list[GradientEdge], state: Callable[[Tree], Tree]) -> Tree | None:
        total: Tree = ZERO
        for edge in edges:
            lag = edge.lag or 0
            reaches = [Reach(self.backward, case, bool(self.setting.initial)) for case in self.setting.all_cases]
            if not all(reach.counts(int(reach.by[1] or 0) + lag) for reach in reaches):
                return None
            at = _plus(step, lag)
            total = plus(total, substituted(_moved(edge.effect, step, lag), {GRADIENT: state(at)}))
        return None if total == ZERO else total


def _plus(step: Tree, lag: int) -> Tree:
    """A step `lag` steps later."""
    moved = Index(ZERO, Binary("+", step, Number(fmpq(lag)))) if lag else Index(ZERO, step)
    found = tidied(moved)
    return found.index if isinstance(found, Index) else step


def _moved(effect: Tree, step: Tree, lag: int) -> Tree:
    """An equation's effect at `step + lag`."""
    return tidied(substituted(shifted(effect, lag), {"t": step}))
