"""Where a system's quantities lie: names have slots, equations an order, and the past that is needed is known."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from grader.deferred import dataclass, replace
from grader.errors import did_you_mean
from grader.language.functions.table import FUNCTIONS
from grader.language.scope import Scope, time_lag
from grader.language.tree import Call, Comprehension, Index, Name, Tree, subtrees
from grader.machines.clock import Clock, clock_of
from grader.machines.system import DefinitionError, Path, System, SystemFault

RESERVED_NAMES = frozenset({"t", "expected"})
MAX_LAG_STEPS = 100
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
    """A system with the expressions beside it, and which slot of a frame holds what."""

    system: System
    expressions: tuple[StepExpression, ...]
    predicate: OutputPredicate | None
    clock: Clock
    scope: Scope
    parameter_scope: Scope
    """What is there before the first step: the parameters alone."""
    predicate_scope: Scope
    """The system's names and those of the predicate."""
    time: int
    past: tuple[tuple[str, int], ...]
    """The (name, lag) of each remembered value, in the order of the state; their slots lie side by side."""
    order: tuple[str, ...]
    """The equations, each after those whose value at the same step it needs."""
    of_inputs: int
    """How many of the first of these rest on nothing but parameters and the inputs of the same step."""

    def slot(self, name: str, lag: int = 0) -> int:
        return self.scope.sequences[name][lag]

    @property
    def given(self) -> slice:
        """The slots of what a step starts from: the past in the order of the state, then the inputs in their order."""
        slots = [self.slot(*past) for past in self.past] + [self.slot(name) for name in self.system.alphabet.channels]
        return slice(min(slots, default=0), max(slots, default=-1) + 1)


def layout_of(system: System, expressions: Iterable[StepExpression], predicate: OutputPredicate | None) -> Layout:
    """The layout of a system and of what is worked out beside its equations.

    Raises:
        DefinitionError: for names that cannot be used, and equations that need themselves.
    """
    expressions = tuple(expressions)
    trees = [*system.trees(), *((expression.path, expression.tree) for expression in expressions)]
    if predicate:
        trees.append((predicate.path, predicate.tree))
    _check_names(system)
    clock = _clock(system, trees)
    scope = Scope(functions=system.functions)
    time = scope.names["t"] = scope.new_slot()
    for name in system.parameters:
        scope.names[name] = scope.new_slot()
    scope.measured = frozenset({*system.parameters, *system.equations})
    lags = _lags([tree for _, tree in trees], {*system.alphabet.channels, *system.equations})
    past = [(name, lag) for name, deepest in lags.items() for lag in range(1, deepest + 1)]
    given = [*past, *((name, 0) for name in system.alphabet.channels)]
    scope.sequences = {name: {} for name in lags}
    for name, lag in (*given, *((name, 0) for name in system.equations)):
        scope.sequences[name][lag] = scope.new_slot()
    parameters = {name: scope.names[name] for name in system.parameters}
    parameter_scope = replace(scope, names=parameters, sequences={})
    order = tuple(_order(system))
    predicate_scope = _predicate_scope(scope, predicate) if predicate else scope
    return Layout(
        system,
        expressions,
        predicate,
        clock,
        scope,
        parameter_scope,
        predicate_scope,
        time,
        tuple(past),
        order,
        _count_of_inputs(system, order),
    )


def _clock(system: System, trees: Iterable[tuple[Path, Tree]]) -> Clock:
    functions, clock = system.functions, Clock()
    for path, tree in trees:
        arguments = functions[path[1]].parameters if path[0] == "functions" else ()
        sequences = {*system.alphabet.channels, *system.equations}.difference(arguments)
        clock = clock.joined(clock_of([tree], sequences))
    return clock


def _predicate_scope(scope: Scope, predicate: OutputPredicate) -> Scope:
    """The names of the system and of the predicate."""
    for name in predicate.names:
        if name in scope.sequences and any(isinstance(s, Name) and s.id == name for s in subtrees(predicate.tree)):
            message = f"{name!r} is the network's output and also a name of the behaviour: rename one of them"
            raise DefinitionError([SystemFault(predicate.path, message)])
    return replace(scope, names={**scope.names, **{name: scope.new_slot() for name in predicate.names}})


def _order(system: System) -> list[str]:
    """Equations, each after those whose value at the same step it needs."""
    equations, functions = system.equations, system.functions
    graph = {name: _same_step(tree, equations, functions) for name, tree in equations.items()}
    try:
        return [name for name in TopologicalSorter(graph).static_order() if name in equations]
    except CycleError as error:
        cycle: list[str] = error.args[1][::-1]
        loop = " needs ".join(f"{name}[t]" for name in cycle)
        message = f"{cycle[0]}[t] needs itself ({loop}): write {cycle[0]}[t-1] for the past"
        raise DefinitionError([SystemFault(("equations", cycle[0]), message)]) from None


def _lags(trees: list[Tree], sequences: Iterable[str]) -> dict[str, int]:
    """How far back each sequence is looked at, in the order of the names."""
    lags = dict.fromkeys(sorted(sequences), 0)
    for tree in trees:
        for sub in subtrees(tree):
            if isinstance(sub, Index) and isinstance(sub.base, Name) and sub.base.id in lags:
                lags[sub.base.id] = max(lags[sub.base.id], min(time_lag(sub.index) or 0, MAX_LAG_STEPS))
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


def _count_of_inputs(system: System, order: Sequence[str]) -> int:
    """How many equations stand first in the order that look at no past, no time and no equation that does."""
    given = {*system.parameters, *system.alphabet.channels}
    for count, name in enumerate(order):
        if not _rests_on(given, system.equations[name], system):
            return count
        given.add(name)
    return len(order)


def _rests_on(given: Collection[str], tree: Tree, system: System) -> bool:
    """Whether a tree, and every function that it calls, speaks of nothing but the given quantities of the same step.

    Where a loop runs over the name of something that is not given, that is taken for what it names.
    """
    todo, seen = [(tree, frozenset(given))], set[str]()
    while todo:
        current, known = todo.pop()
        parts = list(subtrees(current))
        known |= {part.variable for part in parts if isinstance(part, Comprehension)} - {"t", *system.equations}
        lags = {id(part.index): time_lag(part.index) for part in parts if isinstance(part, Index)}
        present = {place for place, lag in lags.items() if lag == 0}
        if any(lags.values()) or any(isinstance(p, Name) and p.id not in known and id(p) not in present for p in parts):
            return False
        for part in parts:
            if isinstance(part, Call) and part.function in system.functions and part.function not in seen:
                seen.add(part.function)
                function = system.functions[part.function]
                todo.append((function.body, frozenset({*given, *function.parameters})))
    return True


def _check_names(system: System) -> None:
    faults = []
    groups = (("inputs", system.alphabet.channels), ("parameters", system.parameters), ("equations", system.equations))
    owner: dict[str, str] = {}
    for group, names in groups:
        for name in names:
            path = (group, name)
            if not name.isidentifier():
                faults.append(SystemFault(path, f"{name!r} is not a name: use letters, digits and _", None))
            elif name in RESERVED_NAMES or name in FUNCTIONS or name in system.functions:
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
