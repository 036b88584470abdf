"""The joint step of a network and its specification, worked out for all states and inputs of a box at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, Arithmetic, EvaluationError, Frame, MissingValue
from grader.language.arrays import Array, Scalar, ShapeError, Value, entries, shape_of
from grader.language.ball_numbers import Undecided
from grader.language.interval_numbers import Interval, RationalInterval, ends, interval_of, joined, truth_of
from grader.language.intervals import INTERVALS
from grader.language.linear_intervals import centred
from grader.machines.alphabet import Symbol
from grader.machines.machine import EquationMachine, Undefined
from grader.machines.program import State
from grader.machines.specification import Specification

BOX_PRECISION_BITS = 64
"""Bits to which ends of intervals are rounded: one word of FLINT's, which computes as fast as with fewer."""

WORK_OF_ONE_STEP = 32
"""What loops and products take off the budget of a step, from which on it counts as another step."""


@dataclass(frozen=True)
class Box:
    """Joint states: those of the network and of the behaviour, whose numbers are rationals or intervals."""

    network: State
    behaviour: State

    def numbers(self) -> Iterator[Scalar]:
        """All numbers in one order; a missing one is a `MissingValue`."""
        for value in (*self.network[1:], *self.behaviour[1:]):
            yield from entries(value)

    def kind(self) -> tuple[Any, ...]:
        """Equal for boxes that differ in their intervals alone."""
        numbers = tuple([None if isinstance(n, Interval) else _hashable(n) for n in self.numbers()])
        return self.network[0], self.behaviour[0], numbers

    def intervals(self) -> list[Interval]:
        """The numbers that are intervals, in their order."""
        return [number for number in self.numbers() if isinstance(number, Interval)]

    def with_intervals(self, intervals: Iterable[Interval]) -> Box:
        """The box with others in their places."""
        rest = iter(intervals)
        return Box(_with(self.network, rest), _with(self.behaviour, rest))

    def joined(self, other: Box) -> Box:
        """The smallest box around two of one kind."""
        return self.with_intervals(map(joined, self.intervals(), other.intervals()))

    def contains(self, other: Box) -> bool:
        """True if every state of the other box surely is one of this."""
        if (self.network[0], self.behaviour[0]) != (other.network[0], other.behaviour[0]):
            return False
        pairs = zip(self.numbers(), other.numbers(), strict=True)
        return all(_holds(outer, inner) for outer, inner in pairs)


def _hashable(number: Scalar) -> Any:
    return (number.p, number.q) if type(number) is fmpq else number


def _holds(outer: Scalar, inner: Scalar) -> bool:
    if not isinstance(outer, Interval) or isinstance(inner, MissingValue):
        return type(outer) is type(inner) and bool(outer == inner)
    if isinstance(outer, RationalInterval) and isinstance(inner, RationalInterval):
        return outer.exact[0] <= inner.exact[0] and inner.exact[1] <= outer.exact[1]
    low, high = ends(inner)
    return bool(low >= outer.low and high <= outer.high)


def _with(state: State, intervals: Iterator[Interval]) -> State:
    def scalar(number: Scalar) -> Scalar:
        return next(intervals) if isinstance(number, Interval) else number

    return (state[0], *(value.map(scalar) if isinstance(value, Array) else scalar(value) for value in state[1:]))


@dataclass(frozen=True)
class Landing:
    """What a step makes of a box: where it leads, the lines that surely apply, that may be and that are broken."""

    box: Box
    applied: frozenset[int]
    maybe_broken: frozenset[int]
    broken: frozenset[int]


class UnboxedStep(Exception):
    """A step that is undefined at some state of a box, or that hangs on what a box does not decide."""


class BoxedSystem:
    """The programs of a network and of its specification over intervals."""

    def __init__(
        self, network: EquationMachine, specification: Specification, arithmetic: Arithmetic = INTERVALS
    ) -> None:
        wanted = specification.program
        self.network = network.program.over(arithmetic)
        self.behaviour = wanted.over(arithmetic)
        self.specification = specification
        self.steps = 0
        """Steps that were worked out so far; one with large products or long loops counts as several."""
        self._arithmetic = arithmetic
        self._network_frame: Frame = [None] * self.network.size
        for name, value in network.parameter_values.items():
            self._network_frame[self.network.layout.scope.names[name]] = _enclosed(value)
        self._behaviour_frame: Frame = [None] * self.behaviour.size
        self.start = self._start(network, specification)

    def _start(self, network: EquationMachine, specification: Specification) -> Box:
        states = network.initial, specification.machine().initial
        for state in states:
            if isinstance(state, Undefined):
                raise UnboxedStep(f"the state before the first step is undefined: {state.reason}")
        try:
            return Box(*(self._guarded((s[0], *map(_enclosed, s[1:]))) for s in states))  # type: ignore[index]  # as above
        except Undecided as error:
            raise UnboxedStep(str(error)) from None

    def names(self) -> list[str]:
        """The names of the numbers of a box without missing ones, in their order: `h` for h[t-1], `h[t-2]`."""
        found = []
        for program in (self.network, self.behaviour):
            for (name, lag), shape in zip(program.layout.past, program.past_shapes(), strict=True):
                label = name if lag == 1 else f"{name}[t-{lag}]"
                found += [f"{label}{index}" for index in _indices(shape)]
        return found

    def step(self, box: Box, symbol: Symbol, lines: Iterable[int], *, is_last: bool = False) -> Landing | None:
        """Where a step leads and whether it may break one of the lines; None where no such input is allowed.

        The values of a symbol may be intervals, too. A last step is said to stay where it is: nothing follows it.

        Raises:
            UnboxedStep: where intervals do not tell.
        """
        self.steps += 1
        try:
            return self._step(box, symbol, lines, is_last)
        except (EvaluationError, ShapeError, Undecided) as error:
            raise UnboxedStep(str(error)) from None

    def walk(
        self, box: Box, symbols: Sequence[Symbol], lines: Sequence[int], stride: int
    ) -> Iterator[tuple[tuple[int, ...], Landing]]:
        """Every allowed step on the way of `stride` steps from a box, with the inputs by number that lead there.

        Over more than one step numbers remember how they depend on those of the box.

        Raises:
            UnboxedStep: as `step` does.
        """
        if stride > 1:
            box = box.with_intervals(centred(box.intervals()))
        todo: list[tuple[tuple[int, ...], Box]] = [((), box)]
        while todo:
            inputs, box = todo.pop()
            for number, symbol in enumerate(symbols):
                landing = self.step(box, symbol, lines)
                if landing is not None:
                    longer = (*inputs, number)
                    yield longer, landing
                    if len(longer) < stride:
                        todo.append((longer, landing.box))

    def _step(self, box: Box, symbol: Symbol, lines: Iterable[int], is_last: bool) -> Landing | None:
        behaviour, frame = self.behaviour, self._behaviour_frame[:]
        behaviour.fill(frame, box.behaviour, symbol)
        behaviour.advance(frame)
        wanted, expressions = behaviour.output(frame), [closure(frame) for closure in behaviour.expression_closures]
        assumed = truth_of(self.specification.assumed_value(expressions))
        if assumed is False:
            return None
        network, own = self.network, self._network_frame[:]
        network.fill(own, box.network, symbol)
        network.advance(own)
        output = network.output(own)
        self.steps += (2 * limits.MAX_ITERATIONS - own[STEP_BUDGET] - frame[STEP_BUDGET]) // WORK_OF_ONE_STEP
        after = box if is_last else self._after(box, own, frame)
        conditions = self.specification.line_values(expressions)
        applies = {line: truth_of(conditions[line]) for line in lines}
        about = {line for line, here in applies.items() if here is not False}
        accepted = not about or self._accepted(frame, output, wanted)
        applied = frozenset(line for line in about if assumed and applies[line])
        maybe_broken = frozenset(about) if accepted is not True else frozenset()
        return Landing(after, applied, maybe_broken, applied if accepted is False else frozenset())

    def _after(self, box: Box, own: Frame, frame: Frame) -> Box:
        ours, theirs = self.network.next_state(box.network, own), self.behaviour.next_state(box.behaviour, frame)
        return Box(self._guarded(ours), self._guarded(theirs))

    def _accepted(self, frame: Frame, output: Value, wanted: Value) -> bool | None:
        """Whether an output is accepted; None where it may or may not be."""
        if not self.specification.compares_outputs:
            return truth_of(self.behaviour.evaluate_accept(frame, (output, wanted)))
        if shape_of(output) != shape_of(wanted):
            return False
        equal = self._arithmetic.comparison("==")
        found = [truth_of(equal(a, b)) for a, b in zip(entries(output), entries(wanted), strict=True)]
        return False if False in found else None if None in found else True

    def _guarded(self, state: State) -> State:
        guard = self._arithmetic.guard
        return (state[0], *(v if isinstance(v, MissingValue) else guard(v) for v in state[1:]))


def _enclosed(value: Value) -> Value:
    """A value of exact or of ball arithmetic over intervals."""
    if isinstance(value, Array):
        return value.map(_enclosed)
    return interval_of(value) if isinstance(value, arb) else value


def _indices(shape: Sequence[int]) -> list[str]:
    texts = [""]
    for size in shape:
        texts = [f"{text}[{i}]" for text in texts for i in range(size)]
    return texts
