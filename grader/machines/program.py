"""A system, checked and compiled: names have slots, equations have an order, the past that is needed is the state."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from operator import itemgetter
from typing import Any

from flint import fmpq

from grader.errors import did_you_mean
from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, THRESHOLDS, Arithmetic, Closure, Frame, MissingValue
from grader.language.arrays import Value
from grader.language.compile import Scope, compile_tree, time_lag
from grader.language.exact import Exact
from grader.language.functions.table import FUNCTIONS
from grader.language.tree import Call, Index, Name, Tree, subtrees
from grader.machines.clock import Clock, clock_of
from grader.machines.dry_run import check_shapes
from grader.machines.system import DefinitionError, Path, System, SystemFault

State = tuple[Any, ...]
"""The clock, then the values that the next step looks back at; `MissingValue` where there is none yet."""

EXACT = Exact()
RESERVED = frozenset({"t", "expected"})
MAX_LAG = 100
"""How far back an equation may look."""


@dataclass(frozen=True)
class StepExpression:
    """An expression beside the equations that is worked out at every step: a rubric line's `when`, an `assume`."""

    path: Path
    tree: Tree


@dataclass(frozen=True)
class OutputPredicate:
    """An expression that also speaks of values known only after the step, by name and shape: `accept`."""

    path: Path
    tree: Tree
    names: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Layout:
    """Which slot holds what."""

    scope: Scope
    chosen: Scope
    """What is there before the first step: the parameters alone."""
    time: int
    past: tuple[tuple[str, int], ...]
    """The (name, lag) of each remembered value, in the order of the state."""

    def slot(self, name: str, lag: int = 0) -> int:
        return self.scope.sequences[name][lag]


class Program:
    """The compiled form of a `System`, shared by all machines that differ in their parameters alone.

    `expressions` are worked out after the equations of every step, `predicate` when its names have got their values.

    Raises:
        DefinitionError: with every fault of the system: unknown names, cycles, sizes that do not fit, missing history.
    """

    def __init__(
        self,
        system: System,
        expressions: Iterable[StepExpression] = (),
        predicate: OutputPredicate | None = None,
        arithmetic: Arithmetic = EXACT,
    ) -> None:
        self.system = system
        self.expressions = list(expressions)
        self.predicate = predicate
        trees = [*system.trees(), *((extra.path, extra.tree) for extra in self.expressions)]
        if predicate:
            trees.append((predicate.path, predicate.tree))
        _check_names(system)
        self.clock = self._clock(trees)
        self.layout = self._layout([tree for _, tree in trees])
        self.order = self._order()
        self.predicate_scope = self._late_scope()
        shapes = check_shapes(self)
        self.shapes, self.output_shape = shapes.quantities, shapes.output
        self.arithmetic = arithmetic
        self._equations = self._compiled(arithmetic, watch=False)
        self._watched = self._compiled(arithmetic, watch=True)
        self.output = self._closure(system.output, arithmetic)
        self.expression_closures = [self._closure(e.tree, arithmetic) for e in self.expressions]
        self._late = compile_tree(predicate.tree, self.predicate_scope, arithmetic) if predicate else self.output
        chosen = self.layout.chosen
        self._initial = {k: compile_tree(tree, chosen, arithmetic) for k, tree in system.initial.items()}
        self._substitutions = {k: compile_tree(tree, chosen, arithmetic) for k, tree in system.substitutions.items()}
        layout = self.layout
        self._past_slots = [layout.slot(*past) for past in layout.past]
        self._next_slots = [layout.slot(name, lag - 1) for name, lag in layout.past]
        self._remember = _picker(self._next_slots)
        self._input_slots = [layout.slot(name) for name in system.alphabet.channels]
        self.size = layout.scope.new_slot()

    def _clock(self, trees: Iterable[tuple[Path, Tree]]) -> Clock:
        functions, clock = self.system.functions, Clock()
        for path, tree in trees:
            arguments = functions[path[1]].parameters if path[0] == "functions" else ()
            sequences = {*self.system.alphabet.channels, *self.system.equations}.difference(arguments)
            clock = clock.joined(clock_of([tree], sequences))
        return clock

    def _layout(self, trees: list[Tree]) -> Layout:
        system = self.system
        scope = Scope(functions=system.functions)
        time = scope.names["t"] = scope.new_slot()
        for name in system.parameters:
            scope.names[name] = scope.new_slot()
        scope.measured = frozenset({*system.parameters, *system.equations})
        lags = _lags(trees, {*system.alphabet.channels, *system.equations})
        past = []
        for name, deepest in lags.items():
            scope.sequences[name] = {lag: scope.new_slot() for lag in range(deepest + 1)}
            past += [(name, lag) for lag in range(1, deepest + 1)]
        parameters = {name: scope.names[name] for name in system.parameters}
        return Layout(scope, replace(scope, names=parameters, sequences={}), time, tuple(past))

    def _late_scope(self) -> Scope:
        """The scope of the late expression: the system's, and its own names."""
        scope = self.layout.scope
        if self.predicate is None:
            return scope
        for name in self.predicate.names:
            if name in scope.sequences and any(
                isinstance(s, Name) and s.id == name for s in subtrees(self.predicate.tree)
            ):
                message = f"{name!r} is the network's output and also a name of the behaviour: rename one of them"
                raise DefinitionError([SystemFault(self.predicate.path, message)])
        return replace(scope, names={**scope.names, **{name: scope.new_slot() for name in self.predicate.names}})

    def evaluate_accept(self, frame: Frame, values: Iterable[Value]) -> Value:
        """The late expression on the frame of a step, with the values of its names in their order."""
        if self.predicate is None:
            raise ValueError("the program has no late expression")
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        for name, value in zip(self.predicate.names, values, strict=True):
            frame[self.predicate_scope.names[name]] = value
        return self._late(frame)

    def _order(self) -> list[str]:
        """Equations, each after those whose value at the same step it needs."""
        equations, functions = self.system.equations, self.system.functions
        graph = {name: _same_step(tree, equations, functions) for name, tree in equations.items()}
        try:
            return [name for name in TopologicalSorter(graph).static_order() if name in equations]
        except CycleError as error:
            cycle: list[str] = error.args[1][::-1]
            loop = " needs ".join(f"{name}[t]" for name in cycle)
            message = f"{cycle[0]}[t] needs itself ({loop}): write {cycle[0]}[t-1] for the past"
            raise DefinitionError([SystemFault(("equations", cycle[0]), message)]) from None

    def _closure(self, tree: Tree, arithmetic: Arithmetic, *, watch: bool = False) -> Closure:
        return compile_tree(tree, self.layout.scope, arithmetic, watch=watch)

    def _compiled(self, arithmetic: Arithmetic, *, watch: bool) -> list[tuple[str, int, Closure]]:
        trees = self.system.equations
        return [(n, self.layout.slot(n), self._closure(trees[n], arithmetic, watch=watch)) for n in self.order]

    def frame(self, parameters: Mapping[str, Value]) -> Frame:
        """A frame with the parameters in place (read as the system's substitutions say) and nothing else."""
        frame: Frame = [None] * self.size
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        names = self.layout.scope.names
        for name, value in parameters.items():
            frame[names[name]] = value
        replaced = {name: closure(frame) for name, closure in self._substitutions.items()}
        for name, value in replaced.items():
            frame[names[name]] = value
        return frame

    def initial_state(self, frame: Frame) -> State:
        """The state before the first step, under the parameters in the frame."""
        values: dict[tuple[str, int | None], Value] = {k: c(frame[:]) for k, c in self._initial.items()}
        return (1, *(self._before(name, 1 - lag, values) for name, lag in self.layout.past))

    @staticmethod
    def _before(name: str, time: int, values: Mapping[tuple[str, int | None], Value]) -> Value:
        return values.get((name, time), values.get((name, None), MissingValue(f"{name}[{time}]")))

    def fill(self, frame: Frame, state: State, symbol: tuple[Value, ...]) -> None:
        """Puts the time, the past and the present input into the frame."""
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        frame[self.layout.time] = self.arithmetic.number(fmpq(state[0]))
        for slot, value in zip(self._past_slots, state[1:], strict=True):
            frame[slot] = value
        for slot, value in zip(self._input_slots, symbol, strict=True):
            frame[slot] = value

    def advance(self, frame: Frame) -> None:
        """Works out every equation of one step in the frame."""
        for _, slot, equation in self._equations:
            frame[slot] = equation(frame)

    def next_state(self, state: State, frame: Frame) -> State:
        """The state after the step in the frame."""
        return (self.clock.after(state[0]) if self.clock.used else 1, *self._remember(frame))

    def thresholds(self, frame: Frame) -> list[tuple[str, Value]]:
        """Works out one step like `advance`; every (quantity, left - right) of the comparisons met on the way."""
        met: list[tuple[str, Value]] = []
        for name, slot, equation in self._watched:
            frame[THRESHOLDS] = []
            frame[slot] = equation(frame)
            met += [(name, difference) for difference in frame[THRESHOLDS]]
        return met

    def named(self, frame: Frame) -> dict[str, Value]:
        """Every quantity of the step in the frame, in the order of computation."""
        return {name: frame[self.layout.slot(name)] for name in self.order}


def _picker(slots: list[int]) -> Callable[[Frame], tuple[Value, ...]]:
    if not slots:
        return lambda frame: ()
    if len(slots) == 1:
        only = slots[0]
        return lambda frame: (frame[only],)
    return itemgetter(*slots)


def _lags(trees: list[Tree], sequences: Iterable[str]) -> dict[str, int]:
    """How far back each sequence is looked at, in the order of the names."""
    lags = dict.fromkeys(sorted(sequences), 0)
    for tree in trees:
        for sub in subtrees(tree):
            if isinstance(sub, Index) and isinstance(sub.base, Name) and sub.base.id in lags:
                lags[sub.base.id] = max(lags[sub.base.id], min(time_lag(sub.index) or 0, MAX_LAG))
    return lags


def _same_step(tree: Tree, equations: Mapping[str, Tree], functions: Mapping[str, Any]) -> set[str]:
    """The equations whose value at the same step the tree needs, also through the functions that it calls."""
    needed, seen = set[str](), set[str]()
    todo: list[tuple[Tree, Container[str]]] = [(tree, ())]
    while todo:
        current, arguments = todo.pop()
        lagged = {id(s.base) for s in subtrees(current) if isinstance(s, Index) and time_lag(s.index)}
        for sub in subtrees(current):
            if isinstance(sub, Name) and sub.id in equations and sub.id not in arguments and id(sub) not in lagged:
                needed.add(sub.id)
            if isinstance(sub, Call) and sub.function in functions and sub.function not in seen:
                seen.add(sub.function)
                todo.append((functions[sub.function].body, functions[sub.function].parameters))
    return needed


def _check_names(system: System) -> None:
    faults = []
    groups = (("inputs", system.alphabet.channels), ("parameters", system.parameters), ("equations", system.equations))
    owner: dict[str, str] = {}
    for group, names in groups:
        for name in names:
            path = (group, name)
            if not name.isidentifier():
                faults.append(SystemFault(path, f"{name!r} is not a name: use letters, digits and _", None))
            elif name in RESERVED or name in FUNCTIONS or name in system.functions:
                faults.append(
                    SystemFault(path, f"{name!r} already has a meaning in the language: choose another name", None)
                )
            elif name in owner:
                faults.append(SystemFault(path, f"{name!r} is already the name of one of the {owner[name]}", None))
            owner.setdefault(name, group)
    known = [*system.alphabet.channels, *system.equations]
    for name, time in system.initial:
        if name not in known:
            message = f"{name!r} has an initial value but no equation{did_you_mean(name, known)}"
            faults.append(SystemFault(("initial", name, str(time)), message, None))
    for name in system.substitutions:
        if name not in system.parameters:
            message = f"{name!r} is not a parameter{did_you_mean(name, system.parameters)}"
            faults.append(SystemFault(("replace", name), message, None))
    if faults:
        raise DefinitionError(faults)
