"""A Mealy machine that is worked out as far as somebody walks it: states are numbered, each edge is computed once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flint import fmpq

from grader.deferred import dataclass
from grader.language import limits
from grader.language.arithmetic import EvaluationError, Frame, Inexact, MissingValue, TooLarge
from grader.language.arrays import Array, ShapeError, Value, entries
from grader.language.doubles import double_key
from grader.machines.alphabet import FiniteAlphabet, Symbol, SymbolSet
from grader.machines.program import OfInputs, Program, State


@dataclass(frozen=True)
class Undefined:
    """The output of a step that has none, and why; it equals no value and every later step is undefined too."""

    reason: str

    def __str__(self) -> str:
        return "undefined"


@dataclass(frozen=True)
class OutputBeyondLimits(Undefined):
    """The output of a step whose numbers are too large to be worked out, and of every later step."""


class Step(NamedTuple):
    """What one step gives: its output, the step expressions of its program, its frame where frames are kept."""

    output: Value
    expressions: tuple[Value, ...] = ()
    frame: Frame | None = None


class Edge(NamedTuple):
    """A step between numbered states: where it leads, what it shows."""

    target: int
    step: Step


class Machine(ABC):
    """States are numbered from 0, the initial state, as they are met; only over a `FiniteAlphabet` are there edges."""

    def __init__(self, symbol_set: SymbolSet) -> None:
        self.symbol_set = symbol_set
        self._symbols = symbol_set.symbols if isinstance(symbol_set, FiniteAlphabet) else ()
        self._states: list[Any] = []
        self._numbers: dict[Hashable, int] = {}
        self._edges: list[list[Edge | None]] = []

    def start(self, state: Any) -> None:
        """Makes the given state number 0."""
        self._number(state)

    def key_of(self, state: Any) -> Hashable:
        """Equal for states that are the same."""
        return state_key(state)

    def _number(self, state: Any) -> int:
        key = self.key_of(state)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._states)
            self._states.append(state)
            self._edges.append([None] * len(self._symbols))
        return number

    def edge(self, state: int, symbol: int) -> Edge:
        """The step from a state (by number) on a symbol (by number).

        Raises:
            TooLarge: if a value grows beyond the limits of exact arithmetic.
        """
        row = self._edges[state]
        found = row[symbol]
        if found is None:
            following, step = self.step(self._states[state], self._symbols[symbol])
            found = row[symbol] = Edge(self._number(following), step)
        return found

    def run(self, word: Sequence[Symbol]) -> list[Step]:
        """Every step of a word, worked out afresh, up to where a number grows beyond the limits."""
        return [step for _, step in self.trace(word)]

    def trace(self, word: Sequence[Symbol]) -> Iterator[tuple[Any, Step]]:
        """The steps of `run` one by one, each with the state after it."""
        state = self._states[0]
        for symbol in word:
            try:
                state, step = self.step(state, symbol)
            except TooLarge:
                return
            yield state, step

    def answers(self, word: Sequence[Symbol]) -> list[Step]:
        """The steps of `run`; of the empty word, what holds before the first step."""
        if word:
            return self.run(word)
        before = self.empty_input()
        return [] if before is None else [before]

    def empty_input(self) -> Step | None:
        """What holds before the first step, as the step that answers the empty input; None: the machine cannot say."""
        return None

    @property
    def states(self) -> int:
        """How many states have been met so far."""
        return len(self._states)

    @abstractmethod
    def step(self, state: Any, symbol: Symbol) -> tuple[Any, Step]:
        """The next state, and what the step shows."""


def state_key(state: Any, *, tells_zeros: bool = False) -> Hashable:
    """Equal for equal states, and quick to hash (hashing an `fmpq` itself is slow); `tells_zeros`: see `double_key`."""
    if not isinstance(state, tuple):
        return state  # type: ignore[no-any-return]  # as in `_key`
    return tuple([value if type(value) is int else _key(value, tells_zeros) for value in state])


def _key(value: Any, tells_zeros: bool) -> Hashable:
    if type(value) is fmpq:
        return value.p if value.q == 1 else (value.p, value.q)
    if type(value) is Array:
        return tuple([_key(entry, tells_zeros) for entry in value.entries])
    if type(value) is float:
        return double_key(value, tells_zeros=tells_zeros)
    return value  # type: ignore[no-any-return]  # the clock, and the states of Python references, hash as they are


def bits_of(state: Any) -> int:
    """Bits of the numerators and denominators in a state; 0 for states of Python references."""
    return sum(map(_bits, state)) if isinstance(state, tuple) else 0


def _bits(value: Any) -> int:
    if type(value) is fmpq:
        return int(value.p.bit_length() + value.q.bit_length())
    return sum(
        entry.p.bit_length() + entry.q.bit_length() if type(entry) is fmpq else 64 * (type(entry) is float)
        for entry in entries(value)
    )


class EquationMachine(Machine):
    """A program with its parameters filled in."""

    def __init__(
        self,
        program: Program,
        parameters: Mapping[str, Value],
        *,
        keep_frames: bool = False,
    ) -> None:
        super().__init__(program.system.alphabet.symbol_set)
        self.program = program
        self.keep_frames = keep_frames
        self._frame: Frame = []
        self._of_inputs: dict[int, tuple[Symbol, OfInputs]] | None = None
        if self._symbols and program.keeps_of_inputs:
            self._of_inputs = {}
        self._watched_of_inputs: dict[int, OfInputs] = {}
        self.start(self._initial(parameters))

    def key_of(self, state: Any) -> Hashable:
        return state_key(state, tells_zeros=self.program.tells_zeros)

    def _initial(self, parameters: Mapping[str, Value]) -> State | Undefined:
        try:
            self._frame = self.program.frame(parameters)
            return self.program.initial_state(self._frame)
        except (TooLarge, Inexact):
            raise
        except (EvaluationError, ShapeError) as error:
            return Undefined(str(error))

    def step(self, state: State | Undefined, symbol: Symbol) -> tuple[Any, Step]:
        if isinstance(state, Undefined):
            return state, Step(state)
        program, frame = self.program, self._frame
        program.fill(frame, state, symbol)
        try:
            if self._of_inputs is None:
                program.advance(frame)
            else:
                program.advance_from(frame, self._known_of_inputs(symbol, self._of_inputs))
            output = program.output(frame)
            expressions = tuple([extra(frame) for extra in program.expression_closures])
            guard = program.arithmetic.guard
            time, *kept = program.next_state(state, frame)
            following = (time, *[value if type(value) is MissingValue else guard(value) for value in kept])
        except (TooLarge, Inexact) as error:
            return self._beyond_arithmetic(error)
        except (EvaluationError, ShapeError) as error:
            undefined = Undefined(str(error))
            return undefined, Step(undefined)
        return following, Step(output, expressions, frame[:] if self.keep_frames else None)

    def _known_of_inputs(self, symbol: Symbol, kept: dict[int, tuple[Symbol, OfInputs]]) -> OfInputs:
        """What rests on the symbol in the frame alone, kept by which object that is: hashing its numbers is slow."""
        if (found := kept.get(id(symbol))) is not None:
            return found[1]
        known = self.program.of_inputs(self._frame)
        if len(kept) < len(self._symbols):
            kept[id(symbol)] = symbol, known
        return known

    def _beyond_arithmetic(self, error: TooLarge | Inexact) -> tuple[Any, Step]:
        raise error

    def empty_input(self) -> Step:
        """The output from initial values; a step expression that has no value there is 0."""
        if isinstance(self.initial, Undefined):
            return Step(self.initial)
        found = self.program.at_time_zero(self._frame)
        if found.reason:
            return Step(Undefined(found.reason))
        expressions = tuple(fmpq(0) if value is None else value for value in found.expressions)
        return Step(found.output, expressions, found.frame if self.keep_frames else None)

    @property
    def initial(self) -> State | Undefined:
        """The state before the first step."""
        return self._states[0]  # type: ignore[no-any-return]  # as `start` was given it

    @property
    def parameter_values(self) -> dict[str, Value]:
        """The parameters as the equations use them."""
        slots = self.program.layout.scope.names
        return {name: self._frame[slots[name]] for name in self.program.system.parameters}

    def quantities(self, step: Step) -> dict[str, Value]:
        """Every named quantity of a step of a machine that keeps its frames."""
        return {} if step.frame is None else self.program.named(step.frame)

    def thresholds(self, state: int, symbol: int) -> list[tuple[str, Value]]:
        """Every comparison that the step meets: the quantity being worked out, and left side minus right side."""
        values = self._states[state]
        if isinstance(values, Undefined):
            return []
        self.program.fill(self._frame, values, self._symbols[symbol])
        if self._of_inputs is None:
            return self.program.thresholds(self._frame)
        known = self._watched_of_inputs.get(symbol)
        if known is None:
            known = self._watched_of_inputs[symbol] = self.program.of_inputs(self._frame, watch=True)
        return self.program.thresholds(self._frame, known)

    def state_values(self, state: int) -> dict[str, Value]:
        """What a state remembers, by name: `{"h[t-1]": 1}`."""
        values = self._states[state]
        if isinstance(values, Undefined):
            return {}
        return {f"{name}[t-{lag}]": v for (name, lag), v in zip(self.program.layout.past, values[1:], strict=True)}


class AnswerMachine(EquationMachine):
    """A network with an answer's weights: what it does is the answer's fault, so no step of it raises anything.

    Where its numbers grow beyond the limits, or are no rational numbers, the output is undefined from there on.
    """

    _measured_states = 0
    _measured_bits = 0

    @property
    def stored_bits(self) -> int:
        """Bits of the numbers in all states that have been met; each state is measured when this is first asked for."""
        states = self._states
        if self._measured_states < len(states):
            self._measured_bits += sum(map(bits_of, states[self._measured_states :]))
            self._measured_states = len(states)
        return self._measured_bits

    def _initial(self, parameters: Mapping[str, Value]) -> State | Undefined:
        try:
            return super()._initial(parameters)
        except TooLarge as error:
            return beyond_limits(error)
        except Inexact as error:
            return Undefined(str(error))

    def _beyond_arithmetic(self, error: TooLarge | Inexact) -> tuple[Any, Step]:
        stopped = beyond_limits(error) if isinstance(error, TooLarge) else Undefined(str(error))
        return stopped, Step(stopped)


def beyond_limits(error: TooLarge) -> OutputBeyondLimits:
    """The output where numbers are too large, which names the limits."""
    most = f"{limits.MAX_NETWORK_BITS} bits or {limits.MAX_ITERATIONS} rounds of loops"
    return OutputBeyondLimits(f"{error}; nothing is decided beyond {most}")


class FunctionMachine(Machine):
    """A step function in Python as a machine: `step(state, symbol) -> (state, output)`, states hashable.

    `empty_output` gives the output for the empty input, where it is known.
    """

    def __init__(
        self,
        initial: Any,
        step: Callable[[Any, Symbol], tuple[Any, Value]],
        symbol_set: SymbolSet,
        empty_output: Callable[[], Value] | None = None,
    ) -> None:
        super().__init__(symbol_set)
        self._step = step
        self._empty_output = empty_output
        self.start(initial)

    def step(self, state: Any, symbol: Symbol) -> tuple[Any, Step]:
        following, output = self._step(state, symbol)
        return following, Step(output)

    def empty_input(self) -> Step | None:
        return None if self._empty_output is None else Step(self._empty_output())
