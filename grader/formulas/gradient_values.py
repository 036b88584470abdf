"""The gradients of one evaluation: worked out backward through the network, each once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Protocol

from flint import fmpq

from grader.formulas.backward import (
    GRADIENT,
    Backward,
    GradientEdge,
    InitialEdge,
    LossTerm,
    gradient_name,
)
from grader.formulas.cases import IntegerCase
from grader.formulas.setting import Setting
from grader.formulas.timeline import Timeline
from grader.formulas.whole_numbers import whole_number
from grader.language.arithmetic import Arithmetic, Closure, Frame
from grader.language.arrays import Array, Value, shape_of
from grader.language.scope import Scope
from grader.language.tree import Tree, names_in

GradientKey = tuple[str, int | None]
"""A node in a case: a sequence at a step, or a quantity (None)."""


def rounds(term: LossTerm, case: IntegerCase) -> Iterator[IntegerCase]:
    """The whole numbers of a case with those of the term's loops, round by round."""
    found: list[IntegerCase] = [case]
    for loop in term.loops:
        found = [
            {**outer, loop.variable: value}
            for outer in found
            for value in range(*(whole_number(bound, outer) for bound in (loop.start, loop.stop, loop.step)))
        ]
    yield from found


class CompiledNames(Protocol):
    """A setting compiled in one domain of the language, as gradients use it."""

    @property
    def setting(self) -> Setting: ...
    @property
    def arithmetic(self) -> Arithmetic: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def steps(self) -> Mapping[str, Closure]: ...
    def compile(self, tree: Tree) -> Closure: ...


class FollowedNetwork(Protocol):
    """An evaluation, as gradients use it."""

    @property
    def compiled(self) -> CompiledNames: ...
    @property
    def case(self) -> IntegerCase: ...
    @property
    def frame(self) -> Frame: ...
    def at_step(self, step: int, *, observed: bool = False) -> Frame: ...


class Reach:
    """Which steps count for a gradient in one case."""

    def __init__(self, backward: Backward, case: IntegerCase, starts: bool) -> None:
        """`starts`: the network has initial values, so that its equations hold from step 1 on."""

        def at(step: Tree | None, there: IntegerCase) -> int | None:
            return None if step is None else whole_number(step, there)

        self.backward, self.case, self.starts = backward, case, starts
        self.by: GradientKey = (backward.by.name, at(backward.by.step, case))
        self.given = {(node.name, at(node.step, case)): node for node in backward.given}
        self.terms: dict[GradientKey, list[tuple[LossTerm, IntegerCase]]] = {}
        for term in backward.terms:
            for there in rounds(term, case):
                key = term.node.name, at(term.node.step, there)
                self.terms.setdefault(key, []).append((term, there))
        steps = [step for _, step in (*self.given, *self.terms) if step is not None]
        self.last = max(steps, default=0)
        shared = self.by[1] is None
        self.first = at(backward.first, case) if shared else None
        if shared and self.first is None:
            self.first = min(steps, default=0)

    def counts(self, step: int) -> bool:
        """Whether the equations of a step lead back to the asked node."""
        if step > self.last or (self.starts and step < 1):
            return False
        return not (self.backward.direct and (self.by[1] is None or self.by[1] < step) and step < self.last)

    def consumers(self, edge: GradientEdge, step: int | None) -> Iterator[int]:
        """The steps at which an equation reads a node at a step."""
        if edge.lag is None:
            yield from filter(self.counts, range(self.first or 0, self.last + 1))
        elif step is not None and self.counts(step + edge.lag):
            yield step + edge.lag

    def initial_readers(self, name: str, step: int | None) -> Iterator[InitialEdge]:
        """The initial values that read a node; none where a quantity counts in later steps alone."""
        if self.first is not None and self.first > 1:
            return
        for edge in self.backward.network.initial:
            at = None if edge.node.step is None else whole_number(edge.node.step, self.case)
            if (edge.node.name, at) == (name, step):
                yield edge

    def reached(self) -> set[GradientKey]:
        """The nodes to which a path leads from the asked one; none goes on behind a gradient that is given."""
        found: set[GradientKey] = set()
        waiting = [self.by]
        while waiting:
            name, step = waiting.pop()
            consumers = [
                (edge.consumer, at)
                for edge in self.backward.network.edges
                if edge.name == name
                for at in self.consumers(edge, step)
            ]
            consumers += [(initial.consumer, 0) for initial in self.initial_readers(name, step)]
            new = set(consumers) - found
            found |= new
            waiting += [key for key in new if key not in self.given]
        return found


class CompiledBackward:
    """A gradient compiled in one domain: its edges, what is given, what the loss hands back."""

    def __init__(self, compiled: CompiledNames, backward: Backward) -> None:
        for loop in (loop for term in backward.terms for loop in term.loops):
            if loop.variable not in compiled.scope.names:
                compiled.scope.names[loop.variable] = compiled.scope.new_slot()
        self.backward = backward
        self.edges: dict[str, list[tuple[GradientEdge, Closure]]] = {}
        for edge in backward.network.edges:
            self.edges.setdefault(edge.name, []).append((edge, compiled.compile(edge.effect)))
        self.initial = {edge: compiled.compile(edge.effect) for edge in backward.network.initial}
        self.given = {node: compiled.compile(tree) for node, tree in backward.given.items()}
        self.terms = {id(term): compiled.compile(term.effect) for term in backward.terms}
        self.reaches: dict[tuple[int, ...], Reach] = {}

    def states_needed(self, compiled: CompiledNames, case: IntegerCase) -> list[int]:
        """Steps whose states an evaluation starts from, at the latest, so that every step that counts is followed."""
        reach = self.reach(compiled, case)
        if reach.first is not None:
            return [reach.first - 1]
        if self.backward.by.name in compiled.steps and reach.by[1] is not None:
            return [reach.by[1]]
        edges = [edge for edge, _ in self.edges.get(self.backward.by.name, ())]
        return [step - 1 for edge in edges for step in reach.consumers(edge, reach.by[1])]

    def span(self, case: IntegerCase) -> int:
        """How many steps a gradient is followed back for in a case, or rounds a loop of the loss takes."""
        loops = [loop for term in self.backward.terms for loop in term.loops]
        if any(set(names_in(bound)) - set(case) for loop in loops for bound in (loop.start, loop.stop)):
            return max(case.values(), default=0)  # loops that hang on each other
        counted = [whole_number(loop.stop, case) - whole_number(loop.start, case) for loop in loops]
        nodes = [*self.backward.given, *(term.node for term in self.backward.terms if not term.loops)]
        ends = [whole_number(node.step, case) for node in nodes if node.step is not None]
        ends += [whole_number(loop.stop, case) for loop in loops]
        begin = self.backward.by.step or self.backward.first
        first = whole_number(begin, case) if begin is not None else min(ends, default=0)
        return max([*counted, max(ends, default=first) - first])

    def reach(self, compiled: CompiledNames, case: IntegerCase) -> Reach:
        """Which steps count in a case, worked out once."""
        key = tuple(case.values())
        if key not in self.reaches:
            self.reaches[key] = Reach(self.backward, case, bool(compiled.setting.initial))
        return self.reaches[key]


class GradientValues:
    """The gradients of an evaluation, as timelines that its formulas can name."""

    def __init__(self, evaluation: FollowedNetwork, compiled: CompiledBackward) -> None:
        self.evaluation, self.compiled = evaluation, compiled
        self.reach = compiled.reach(evaluation.compiled, evaluation.case)
        self.given = {key: compiled.given[node] for key, node in self.reach.given.items()}
        names = dict.fromkeys([*evaluation.compiled.steps, compiled.backward.by.name])
        self.timelines = {name: Timeline(partial(self.total, name)) for name in names}
        for name, timeline in self.timelines.items():
            evaluation.frame[evaluation.compiled.scope.names[gradient_name(name)]] = timeline
        if self.reach.by[1] is None:
            shared = Timeline(lambda step: self.total(compiled.backward.by.name, None))
            evaluation.frame[evaluation.compiled.scope.names[gradient_name(compiled.backward.by.name)]] = shared

    def total(self, name: str, step: int | None) -> Value:
        """The gradient at a node, in the shape of the node."""
        if (name, step) in self.given:
            return self.given[name, step](self.evaluation.frame)
        nothing, found = self.nothing(name), None
        for part in self.parts(name, step):
            found = part if found is None else found + part
        if found is None:
            return nothing
        return nothing + found if shape_of(found) != shape_of(nothing) else found

    def parts(self, name: str, step: int | None) -> Iterator[Value]:
        """The loss's own terms at a node, and what the equations and initial values that read it hand back."""
        for term, there in self.reach.terms.get((name, step), ()):
            yield self.compiled.terms[id(term)](self.frame_of(there))
        for edge, effect in self.compiled.edges.get(name, ()):
            for consumer in self.reach.consumers(edge, step):
                yield effect(self.frame_at(edge.consumer, consumer))
        for initial in self.reach.initial_readers(name, step):
            yield self.compiled.initial[initial](self.frame_at(initial.consumer, 0))

    def frame_at(self, consumer: str, step: int) -> Frame:
        """The frame of an equation at a step, with the gradient at what it gives."""
        frame = self.evaluation.at_step(step, observed=True)
        frame[self.evaluation.compiled.scope.names[GRADIENT]] = self.timelines[consumer].at(step)
        return frame

    def frame_of(self, whole: IntegerCase) -> Frame:
        """The frame with the whole numbers of a round of loops."""
        frame, setting = self.evaluation.frame.copy(), self.evaluation.compiled
        for name, value in whole.items():
            if name in setting.scope.names and name not in self.evaluation.case:
                frame[setting.scope.names[name]] = setting.arithmetic.number(fmpq(value))
        return frame

    def nothing(self, name: str) -> Value:
        """0, in the shape of a node."""
        symbols = self.evaluation.compiled.setting.symbols
        node = symbols.sequences.get(name) or symbols.quantities[name]
        sizes = tuple(self.evaluation.case[size] if isinstance(size, str) else size for size in node.shape)
        zero = self.evaluation.compiled.arithmetic.number(fmpq(0))
        return Array(sizes, [zero] * math.prod(sizes)) if sizes else zero
