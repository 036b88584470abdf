"""Works the joint step of a network and its specification out over terms, in each phase of the time.

The time enters a step only as far as the clocks tell times apart, and a value before the first step may be missing, so
the steps fall into a few phases that follow each other. In each phase the state is a row of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import z3
from flint import fmpq

from grader.engines.term_domain import Terms
from grader.engines.terms import MAX_TERM_VALUES, Term, UnsupportedByTerms, as_real, real_of, truth
from grader.engines.transition import Phase, Slot, Transition, numbers_in
from grader.language.arithmetic import Frame, MissingValue
from grader.language.arrays import Array, Scalar, Value, entries, shape_of
from grader.machines.alphabet import Alphabet, NumberDomain, Symbol
from grader.machines.machine import EquationMachine, Undefined
from grader.machines.program import State
from grader.machines.specification import Specification

MAX_PHASES = 64
"""Phases of the time that are told apart."""

MAX_STATE_NUMBERS = 64
"""Numbers of the largest joint state."""

MAX_CONSTANT_BITS = 4_096
"""Bits of all weights together: three of the longest that an answers file takes, 40 of float64."""

TERMS = Terms()


class _TermMachine:
    """A machine whose steps are worked out over terms."""

    def __init__(self, machine: EquationMachine, prefix: str) -> None:
        self.program = machine.program.over(TERMS)
        self.initial: State = machine.initial  # type: ignore[assignment]  # the caller has looked
        self.prefix = prefix
        self._frame: Frame = [None] * self.program.size
        for name, value in machine.parameter_values.items():
            self._frame[self.program.layout.scope.names[name]] = value

    def step(self, state: State, symbol: Symbol) -> tuple[State, Frame]:
        frame = self._frame[:]
        self.program.fill(frame, state, symbol)
        self.program.advance(frame)
        return self.program.next_state(state, frame), frame

    def names(self, state: State) -> list[str]:
        """The names of the numbers in a state."""
        found = []
        for (name, lag), value in zip(self.program.layout.past, state[1:], strict=True):
            if not isinstance(value, MissingValue):
                shape = shape_of(value)
                found += [f"{self.prefix}{name}[t-{lag}]{index}" for index in _indices(shape)]
        return found


def _indices(shape: tuple[int, ...]) -> list[str]:
    texts = [""]
    for size in shape:
        texts = [f"{text}[{i}]" for text in texts for i in range(size)]
    return texts


def _pattern(state: State) -> tuple[Any, ...]:
    """The clock, and the shape of each value or that it is missing."""
    return (state[0], *(None if isinstance(value, MissingValue) else shape_of(value) for value in state[1:]))


def _filled(state: State, numbers: Sequence[Scalar]) -> State:
    """The state with other numbers in place of its own."""
    rest, values = list(numbers), list[Any]()
    for value in state[1:]:
        if isinstance(value, MissingValue):
            values.append(value)
        elif isinstance(value, Array):
            size = len(value.entries)
            values.append(Array(value.shape, rest[:size]))
            del rest[:size]
        else:
            values.append(rest.pop(0))
    return (state[0], *values)


class _TermStep(NamedTuple):
    """A step of the network and of the specification: the states after it, and the frames with its quantities."""

    states: tuple[State, State]
    frames: tuple[Frame, Frame]


@dataclass
class _Kind:
    """A phase as it is found: its states have a pattern, and numbers of these values; `step` is its step with them."""

    states: tuple[State, State]
    names: tuple[str, ...]
    values: list[frozenset[fmpq] | None]
    variables: tuple[z3.ArithRef, ...]
    following: int = 0
    step: _TermStep | None = None


def transition(network: EquationMachine, specification: Specification) -> Transition:
    """The joint step of a network and a specification.

    Raises:
        UnsupportedByTerms, EvaluationError: if a step cannot be written as terms.
    """
    return _TransitionBuilder(network, specification).build()


class _TransitionBuilder:
    def __init__(self, network: EquationMachine, specification: Specification) -> None:
        behaviour = specification.machine()
        for machine in (network, behaviour):
            if isinstance(machine.initial, Undefined):
                raise UnsupportedByTerms(f"there is no initial state: {machine.initial.reason}")
            if machine.program.layout.clock.unbounded:
                raise UnsupportedByTerms("every step is told apart from every other by its number")
        self.specification = specification
        self.weights = network.parameter_values
        clash = {name for name, _ in network.program.layout.past} & {name for name, _ in behaviour.program.layout.past}
        self.machines = (_TermMachine(network, ""), _TermMachine(behaviour, "wanted " if clash else ""))
        self.alphabet: Alphabet = network.program.system.alphabet
        self.domains = tuple(self.alphabet.number_domains)
        self.inputs = tuple((z3.Int if d.whole else z3.Real)(f"input {i}") for i, d in enumerate(self.domains))
        self.kinds: list[_Kind] = []
        self.numbers: dict[tuple[Any, ...], int] = {}

    def build(self) -> Transition:
        initial = (self.machines[0].initial, self.machines[1].initial)
        start = [number for state in initial for number in numbers_in(state)]
        weights = [number for value in self.weights.values() for number in entries(value)]
        bits = sum(int(number.height_bits()) for number in (*start, *weights))
        if bits > MAX_CONSTANT_BITS:
            raise UnsupportedByTerms("the numbers are too long")
        self._kind(initial, [frozenset((number,)) for number in start])
        self._find_values()
        phases = tuple(self._phase(kind) for kind in self.kinds)
        return Transition(phases, tuple(start), self.inputs, bits).in_new_context()

    def _kind(self, states: tuple[State, State], values: list[frozenset[fmpq] | None]) -> tuple[int, bool]:
        """The number of the phase with such states, widened by these values; whether that changed it."""
        key = (_pattern(states[0]), _pattern(states[1]))
        if key not in self.numbers:
            names = (*self.machines[0].names(states[0]), *self.machines[1].names(states[1]))
            if len(self.kinds) >= MAX_PHASES or len(names) > MAX_STATE_NUMBERS:
                raise UnsupportedByTerms("the state is too large, or its time has too many phases")
            self.numbers[key] = len(self.kinds)
            variables = tuple(z3.Real(name) for name in names)
            self.kinds.append(_Kind(states, names, values, variables))
            return self.numbers[key], True
        kind = self.kinds[self.numbers[key]]
        joined = [_union(a, b) for a, b in zip(kind.values, values, strict=True)]
        changed = joined != kind.values
        kind.values = joined
        return self.numbers[key], changed

    def _find_values(self) -> None:
        """Widens the values of every phase until the steps lead to no others."""
        todo = [0]
        while todo:
            kind = self.kinds[todo.pop()]
            kind.step = self._step(kind)
            numbers = [number for state in kind.step.states for number in numbers_in(state)]
            values = [number.values if isinstance(number, Term) else frozenset((number,)) for number in numbers]
            kind.following, changed = self._kind(kind.step.states, values)
            if changed:
                todo.append(kind.following)

    def _states(self, kind: _Kind) -> tuple[State, State]:
        terms = [Term(v, values) for v, values in zip(kind.variables, kind.values, strict=True)]
        split = len(numbers_in(kind.states[0]))
        return _filled(kind.states[0], terms[:split]), _filled(kind.states[1], terms[split:])

    def _symbol(self) -> Symbol:
        numbers = [
            Term(z3.ToReal(v) if d.whole else v, None if d.values is None else frozenset(d.values))
            for v, d in zip(self.inputs, self.domains, strict=True)
        ]
        return self.alphabet.symbol(numbers)  # type: ignore[arg-type]  # terms stand for the numbers

    def _step(self, kind: _Kind) -> _TermStep:
        symbol = self._symbol()
        network, behaviour = (m.step(s, symbol) for m, s in zip(self.machines, self._states(kind), strict=True))
        return _TermStep((network[0], behaviour[0]), (network[1], behaviour[1]))

    def _phase(self, kind: _Kind) -> Phase:
        assert kind.step is not None  # every kind has taken its step once its values are known
        states, (network_frame, frame) = kind.step
        network, behaviour = (machine.program for machine in self.machines)
        output, wanted = network.output(network_frame), behaviour.output(frame)
        expressions = [closure(frame) for closure in behaviour.expression_closures]
        accepted = self._accepted(frame, output, wanted)
        applies = [truth(_scalar(e)) for e in self.specification.line_values(expressions)]
        assumed = self.specification.assumed_value(expressions)
        inputs = [_domain_constraint(v, d) for v, d in zip(self.inputs, self.domains, strict=True)]
        return Phase(
            tuple(Slot(*slot) for slot in zip(kind.names, kind.variables, kind.values, strict=True)),
            z3.And([*inputs, truth(_scalar(assumed))]),
            tuple(applies),
            tuple(z3.And(a, z3.Not(accepted)) for a in applies),
            kind.following,
            tuple(real_of(number) for state in states for number in numbers_in(state)),
        )

    def _accepted(self, frame: Frame, output: Value, wanted: Value) -> z3.BoolRef:
        if not self.specification.compares_outputs:
            return truth(_scalar(self.machines[1].program.evaluate_accept(frame, (output, wanted))))
        if shape_of(output) != shape_of(wanted):
            return z3.BoolVal(False)
        pairs = zip(entries(output), entries(wanted), strict=True)
        return z3.And([truth(TERMS.comparison("==")(a, b)) for a, b in pairs])


def _union(one: frozenset[fmpq] | None, other: frozenset[fmpq] | None) -> frozenset[fmpq] | None:
    if one is None or other is None:
        return None
    both = one | other
    return both if len(both) <= MAX_TERM_VALUES else None


def _scalar(value: Value) -> Scalar:
    if isinstance(value, Array):
        raise UnsupportedByTerms("a condition is a vector")
    return value


def _domain_constraint(variable: z3.ArithRef, domain: NumberDomain) -> z3.BoolRef:
    """That an input is one of those that it may be."""
    if domain.values is not None and not domain.whole:
        return z3.Or([variable == as_real(value) for value in domain.values])
    parts = []
    if domain.low is not None:
        parts.append(variable >= (int(domain.low.p) if domain.whole else as_real(domain.low)))
    if domain.high is not None:
        parts.append(variable <= (int(domain.high.p) if domain.whole else as_real(domain.high)))
    return z3.And(parts)
