"""A system, checked and compiled: the past that is needed is the state, a step works out every equation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, THRESHOLDS, Arithmetic, Closure, Frame, MissingValue
from grader.language.arrays import Value
from grader.language.compile import compile_tree
from grader.language.doubles import DOUBLES, Doubles, as_double, is_double, tells_zeros_apart
from grader.language.exact import Exact
from grader.language.expansions import EXPANSIONS
from grader.language.irrational import is_rational
from grader.language.polynomials import is_expansion
from grader.language.reals import REALS, is_ball
from grader.language.tree import Tree
from grader.machines.dry_run import check_shapes
from grader.machines.empty_input import AtTimeZero, TimeZero, check_time_zero
from grader.machines.layout import OutputPredicate, StepExpression, layout_of
from grader.machines.system import System
from grader.machines.word_language import WORD_STATE

State = tuple[Any, ...]
"""The clock, then the values that the next step looks back at; `MissingValue` where there is none yet."""

EXACT_ARITHMETIC = Exact()

_Equation = tuple[str, int, Closure]
"""The name of a quantity, its slot, and what works it out."""


class OfInputs(NamedTuple):
    """What the equations come to that rest on the inputs of a step alone: the same whenever these come again.

    `budget`: the steps that loops may still take after them; `met`: comparisons, as `Program.thresholds` gives them.
    """

    budget: int
    values: tuple[Value, ...]
    met: list[tuple[str, Value]]


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
        arithmetic: Arithmetic = EXACT_ARITHMETIC,
    ) -> None:
        self.system = system
        layout = self.layout = layout_of(system, expressions, predicate)
        self.predicate = predicate
        shapes = check_shapes(layout)
        self.shapes, self.output_shape = shapes.quantities, shapes.output
        self.arithmetic = arithmetic
        self.in_doubles = isinstance(arithmetic, Doubles)
        """Whether every operation is rounded to a double; inputs and parameters are then taken at their nearest one."""
        self.tells_zeros = self.in_doubles and tells_zeros_apart(tree for _, tree in system.trees())
        """Whether a state with -0.0 differs from one with 0.0."""
        self._equations = self._compiled(arithmetic, watch=False)
        self._watched = self._compiled(arithmetic, watch=True)
        self.output = self._closure(system.output, arithmetic)
        self.expression_closures = [self._closure(e.tree, arithmetic) for e in layout.expressions]
        self._late = compile_tree(predicate.tree, layout.predicate_scope, arithmetic) if predicate else self.output
        self._late_in_reals = self._late
        if predicate and arithmetic is EXACT_ARITHMETIC:
            self._late_in_reals = compile_tree(predicate.tree, layout.predicate_scope, REALS)
            if not is_rational(predicate.tree):
                self._late = self._late_in_reals
        parameter_scope = layout.parameter_scope
        self._initial = {k: compile_tree(tree, parameter_scope, arithmetic) for k, tree in system.initial.items()}
        self._substitutions = {
            k: compile_tree(tree, parameter_scope, arithmetic) for k, tree in system.substitutions.items()
        }
        self._before = [
            ((name, 1 - lag), (name, None), MissingValue(f"{name}[{1 - lag}]")) for name, lag in layout.past
        ]
        """Where the initial value of each past quantity stands, else that of all times, else what there is instead."""
        self._remember = _picker([layout.slot(name, lag - 1) for name, lag in layout.past])
        self._given_slots, self._time_slot, self._first_time = layout.given, layout.time, arithmetic.number(fmpq(1))
        self.size = layout.scope.new_slot()
        self._over: dict[Arithmetic, Program] = {}
        self.keeps_of_inputs = layout.of_inputs > 0 and type(arithmetic) in (Exact, Doubles)
        """Whether there is an `of_inputs` that leaves nothing but its values: some arithmetics note what is asked."""

    def __reduce__(self) -> tuple[Callable[..., Program], tuple[object, ...]]:
        """What it is compiled of, which is compiled again when the copy is first used."""
        arithmetic = _arithmetic_key(self.arithmetic)
        return _compiled_again, (self.system, self.layout.expressions, self.predicate, arithmetic)

    def check_empty_input(self) -> None:
        """Raises `DefinitionError` if the output has no value before the first step, whatever the parameters."""
        check_time_zero(self.layout, self.shapes)

    @cached_property
    def _time_zero(self) -> TimeZero:
        return TimeZero(self.layout, self.arithmetic)

    def at_time_zero(self, frame: Frame) -> AtTimeZero:
        """What holds before the first step, under the parameters in the frame."""
        return self._time_zero.at(frame, self._initial_values(frame))

    def evaluate_accept(self, frame: Frame, values: Iterable[Value]) -> Value:
        """The value of the output predicate on the frame of a step, given the values of its names in their order.

        Raises:
            Undecided: if balls among the values are too wide to say.
        """
        values = tuple(values)
        self._fill_predicate(frame, values)
        if any(map(is_double, values)):
            return self._late_in_doubles([as_double(value) for value in frame])
        if any(map(is_expansion, values)):
            return self._late_in_expansions(frame)
        return self._late_in_reals(frame) if any(map(is_ball, values)) else self._late(frame)

    @cached_property
    def _late_in_expansions(self) -> Closure:
        assert self.predicate is not None
        return compile_tree(self.predicate.tree, self.layout.predicate_scope, EXPANSIONS)

    def over(self, arithmetic: Arithmetic) -> Program:
        """The same over another arithmetic, compiled once for all answers; the arithmetic is kept with it."""
        if arithmetic not in self._over:
            self._over[arithmetic] = Program(self.system, self.layout.expressions, self.predicate, arithmetic)
        return self._over[arithmetic]

    @cached_property
    def _late_in_doubles(self) -> Closure:
        """The output predicate for an output with an infinity or NaN in it, which has no exact value."""
        tree = self.predicate.tree if self.predicate else self.system.output
        return compile_tree(tree, self.layout.predicate_scope, DOUBLES)

    def evaluate_part(self, part: Tree, frame: Frame, values: Iterable[Value]) -> Value:
        """The same for a part of the output predicate; it is compiled each time, so for reports alone."""
        frame, values = frame[:], tuple(values)
        self._fill_predicate(frame, values)
        if any(map(is_double, values)):
            closure = compile_tree(part, self.layout.predicate_scope, DOUBLES)
            return closure([as_double(value) for value in frame])
        in_reals = any(map(is_ball, values)) or not is_rational(part)
        return compile_tree(part, self.layout.predicate_scope, REALS if in_reals else self.arithmetic)(frame)

    def _fill_predicate(self, frame: Frame, values: Iterable[Value]) -> None:
        if self.predicate is None:
            raise ValueError("the program has no output predicate")
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        for name, value in zip(self.predicate.names, values, strict=True):
            frame[self.layout.predicate_scope.names[name]] = value

    def _closure(self, tree: Tree, arithmetic: Arithmetic, *, watch: bool = False) -> Closure:
        return compile_tree(tree, self.layout.scope, arithmetic, watch=watch)

    def _compiled(self, arithmetic: Arithmetic, *, watch: bool) -> list[_Equation]:
        trees = self.system.equations
        return [(n, self.layout.slot(n), self._closure(trees[n], arithmetic, watch=watch)) for n in self.layout.order]

    def frame(self, parameters: Mapping[str, Value]) -> Frame:
        """A frame with the parameters in place (read as the system's substitutions say) and nothing else."""
        frame: Frame = [None] * self.size
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        names = self.layout.scope.names
        for name, value in parameters.items():
            frame[names[name]] = as_double(value) if self.in_doubles else value
        replaced = [(names[name], closure(frame)) for name, closure in self._substitutions.items()]
        for slot, value in replaced:
            frame[slot] = value
        return frame

    def initial_state(self, frame: Frame) -> State:
        """The state before the first step, under the parameters in the frame."""
        values = self._initial_values(frame)
        return (1, *[values.get(at_time, values.get(earlier, missing)) for at_time, earlier, missing in self._before])

    def _initial_values(self, frame: Frame) -> dict[tuple[str, int | None], Value]:
        return {key: closure(frame[:]) for key, closure in self._initial.items()}

    def past_shapes(self) -> list[tuple[int, ...]]:
        """The shape of each value that a state remembers, in their order."""
        channels = self.system.alphabet.channels
        return [channels[n].shape if n in channels else self.shapes[n] for n, _ in self.layout.past]

    def fill(self, frame: Frame, state: State, symbol: tuple[Value, ...]) -> None:
        """Puts the time, the past and the present input into the frame."""
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        time = state[0]
        frame[self._time_slot] = self._first_time if time == 1 else self.arithmetic.number(fmpq(time))
        frame[self._given_slots] = state[1:] + (tuple(map(as_double, symbol)) if self.in_doubles else symbol)

    def advance(self, frame: Frame) -> None:
        """Works out every equation of one step in the frame."""
        for _, slot, equation in self._equations:
            frame[slot] = equation(frame)

    def of_inputs(self, frame: Frame, *, watch: bool = False) -> OfInputs:
        """Works out the first equations of a step, those that rest on its inputs alone; `watch`: as `thresholds`."""
        count = self.layout.of_inputs
        if watch:
            met = self._met(frame, self._watched[:count])
        else:
            met = []
            for _, slot, equation in self._equations[:count]:
                frame[slot] = equation(frame)
        return OfInputs(frame[STEP_BUDGET], tuple([frame[slot] for _, slot, _ in self._equations[:count]]), met)

    def advance_from(self, frame: Frame, known: OfInputs) -> None:
        """What `advance` does, where `of_inputs` is known for the same parameters and inputs."""
        self._put(frame, known)
        for _, slot, equation in self._equations[self.layout.of_inputs :]:
            frame[slot] = equation(frame)

    def _put(self, frame: Frame, known: OfInputs) -> None:
        frame[STEP_BUDGET] = known.budget
        for (_, slot, _), value in zip(self._equations, known.values, strict=False):
            frame[slot] = value

    def next_state(self, state: State, frame: Frame) -> State:
        """The state after the step in the frame."""
        return (self.layout.clock.after(state[0]) if self.layout.clock.used else 1, *self._remember(frame))

    def thresholds(self, frame: Frame, known: OfInputs | None = None) -> list[tuple[str, Value]]:
        """Works out one step like `advance`; every (quantity, left - right) of the comparisons met on the way.

        `known` is what `of_inputs` gives for the same parameters and inputs, where that was watched.
        """
        if known is None:
            return self._met(frame, self._watched)
        self._put(frame, known)
        return [*known.met, *self._met(frame, self._watched[self.layout.of_inputs :])]

    def _met(self, frame: Frame, watched: Iterable[_Equation]) -> list[tuple[str, Value]]:
        met: list[tuple[str, Value]] = []
        for name, slot, equation in watched:
            frame[THRESHOLDS] = []
            frame[slot] = equation(frame)
            met += [(name, difference) for difference in frame[THRESHOLDS]]
        return met

    def named(self, frame: Frame) -> dict[str, Value]:
        """Every quantity of the step in the frame that has a value, in the order of computation.

        The state of a language's automaton is left out: nobody has written it.
        """
        values = [(name, frame[slot]) for name, slot, _ in self._equations if name != WORD_STATE]
        return {name: value for name, value in values if not isinstance(value, MissingValue)}


_NAMED_ARITHMETICS = {"exact": EXACT_ARITHMETIC, "doubles": DOUBLES, "reals": REALS, "expansions": EXPANSIONS}
"""Those of which there is one."""

ArithmeticKey = str | tuple[int, bool]


def _arithmetic_key(arithmetic: Arithmetic) -> ArithmeticKey:
    for name, known in _NAMED_ARITHMETICS.items():
        if arithmetic is known:
            return name
    if type(arithmetic) is Exact:
        return arithmetic.max_bits, arithmetic.vacuous
    raise TypeError(f"{type(arithmetic).__name__} is an arithmetic that is not kept")


def _compiled_again(
    system: System, expressions: tuple[StepExpression, ...], predicate: OutputPredicate | None, key: ArithmeticKey
) -> Program:
    arithmetic = Exact(key[0], vacuous=key[1]) if isinstance(key, tuple) else _NAMED_ARITHMETICS[key]
    return _UncompiledProgram(system, expressions, predicate, arithmetic)


class _UncompiledProgram(Program):
    """A program that is compiled when something is first asked of it: most readings of a network never are."""

    def __init__(self, *compiled_of: Any) -> None:
        self._compiled_of = compiled_of

    def __getattr__(self, name: str) -> Any:
        compiled_of = self.__dict__.pop("_compiled_of")
        self.__class__ = Program  # type: ignore[assignment]  # it only waited to become one
        self.__init__(*compiled_of)  # type: ignore[misc]  # that of a program, which this is now
        return getattr(self, name)


def _picker(slots: list[int]) -> Callable[[Frame], tuple[Value, ...]]:
    if not slots:
        return lambda frame: ()
    if len(slots) == 1:
        only = slots[0]
        return lambda frame: (frame[only],)
    return itemgetter(*slots)
