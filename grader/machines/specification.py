"""The specification automaton: a wanted behaviour, the steps of each rubric line, and which outputs it accepts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property, partial

from flint import fmpq

from grader.deferred import dataclass, replace
from grader.language.arithmetic import EvaluationError, Frame
from grader.language.arrays import Array, ShapeError, Value, describe, entries, lifted, shape_of
from grader.language.ball_numbers import Undecided, equal, surely_all
from grader.language.doubles import exactly, is_double
from grader.language.expansions import EXPANSIONS
from grader.language.irrational import is_rational
from grader.language.polynomials import is_expansion
from grader.language.precision import decided
from grader.language.reals import as_ball, is_ball, is_true
from grader.language.tree import Compare, Name, Number, Tree
from grader.machines.empty_input import check_accept_at_time_zero, no_output_at_time_zero
from grader.machines.layout import OutputPredicate, StepExpression
from grader.machines.machine import EquationMachine, Step, Undefined
from grader.machines.program import Program
from grader.machines.system import DefinitionError, Path, System, SystemFault
from grader.machines.word_language import WORD_STATE, WordLanguage, all_of

EXPECTED_NAME = "expected"
MAX_REMEMBERED_STATES = 100_000
"""States of the behaviour that are remembered from one submission to the next."""


@dataclass(frozen=True)
class LineCondition:
    """The steps that a rubric line is about (None: every step)."""

    name: str
    when: Tree | None = None


@dataclass(frozen=True)
class JudgedSteps:
    """Which steps of an input count: every one, or at the end alone; whether the empty input does.

    At the end: the last step of a word that is whole in the language of the inputs, or else of `length` steps, which
    is the longest input that counts (None: there is no longest).
    """

    at_end: bool = False
    empty: bool = False
    length: int | None = None

    def condition(self, language: WordLanguage | None) -> Tree | None:
        """True of a step that counts (None: every step does)."""
        if not self.at_end:
            return None
        if language is not None:
            return language.is_whole
        return None if self.length is None else Compare(("==",), (Name("t"), Number(fmpq(self.length))))


EVERY_STEP = JudgedSteps()


class Specification:
    """A behaviour with its rubric lines, built once a question and walked beside every answer.

    `answer` is the name under which `accept` speaks of the answer's output, `answer_shape` its shape; `accept` None
    stands for `answer == expected`.

    Raises:
        DefinitionError: with every fault of the behaviour and of the expressions about it.
    """

    def __init__(
        self,
        behaviour: System,
        lines: Sequence[LineCondition],
        *,
        answer: str = "y",
        answer_shape: tuple[int, ...] = (),
        accept: Tree | None = None,
        assume: Tree | None = None,
        judged: JudgedSteps = EVERY_STEP,
    ) -> None:
        language = behaviour.alphabet.language
        if language is not None and WORD_STATE in behaviour.equations:
            message = f"{WORD_STATE!r} is the state of the inputs' language: choose another name"
            raise DefinitionError([SystemFault(("equations", WORD_STATE), message, None)])
        behaviour = behaviour if language is None else _with_language(behaviour, language)
        counts = judged.condition(language)
        self.lines = tuple(LineCondition(line.name, all_of([counts, line.when])) for line in lines)
        self.answer = answer
        self.judged = judged
        self._answer_shape = answer_shape
        self._assume_tree = assume
        self._written = [line.when for line in lines if line.when is not None] + ([assume] if assume else [])
        expressions = [
            StepExpression(("checks", str(i), "when"), line.when)
            for i, line in enumerate(self.lines)
            if line.when is not None
        ]
        places = iter(range(len(expressions)))
        self._when = [None if line.when is None else next(places) for line in self.lines]
        allowed = [language.can_be_completed(judged.length)] if language is not None else []
        self._assume = _appended(
            expressions,
            ("assume",),
            all_of([*(one.is_symbol for one in behaviour.alphabet.symbol_inputs), *allowed, assume]),
        )
        self._counts = _appended(expressions, ("judge",), counts)
        predicate = None
        if accept is not None and accept not in _plain(answer):
            predicate = OutputPredicate(
                ("accept",), accept, {answer: answer_shape, EXPECTED_NAME: _output_shape(behaviour)}
            )
        self.program = Program(behaviour, expressions, predicate)
        self.compares_outputs = predicate is None
        self._accepts_exactly = predicate is None or is_rational(predicate.tree)
        if predicate is None and self.program.output_shape != answer_shape:
            message = f"is {describe(self.program.output_shape)}, but the network's output is {describe(answer_shape)}"
            raise DefinitionError([SystemFault(("output",), message)])
        self._machine: EquationMachine | None = None
        if judged.empty:
            self._check_empty_input()

    def __getstate__(self) -> dict[str, object]:
        """All but what was remembered since it was built."""
        return {name: value for name, value in vars(self).items() if name != "empty_input"} | {"_machine": None}

    def of_every_step(self) -> Specification:
        """The same behaviour with one line instead of its lines, which is about every step that counts."""
        whole = copy(self)
        whole.lines = (LineCondition("every step", self.judged.condition(self.program.system.alphabet.language)),)
        whole._when = [self._counts]
        return whole

    def _check_empty_input(self) -> None:
        """Raises `DefinitionError` where the empty input cannot be asked about."""
        step = self.empty_input
        if isinstance(step.output, Undefined):
            raise no_output_at_time_zero(step.output.reason)
        check_accept_at_time_zero(self.program.layout, self.program.shapes)
        if not self.counts(step):
            text = "the empty input is no whole word: leave `empty` out, or let the language take it"
            if self.program.system.alphabet.language is None:
                text = (
                    f"at the end are {self.judged.length} steps here, of which the empty input has none: leave it out"
                )
            raise DefinitionError([SystemFault(("judge", "empty"), text)])

    @cached_property
    def empty_input(self) -> Step:
        """What is wanted for the empty input, whether or not it counts."""
        return EquationMachine(self.program, {}, keep_frames=True).empty_input()

    def counts(self, step: Step) -> bool:
        """Whether the output at a step is judged at all."""
        return self._counts is None or bool(step.expressions[self._counts])

    def machine(self) -> EquationMachine:
        """The behaviour as a machine; its edges are kept from one walk to the next."""
        kept = self._machine
        if kept is None or kept.states > MAX_REMEMBERED_STATES:
            kept = self._machine = EquationMachine(self.program, {}, keep_frames=not self.compares_outputs)
        return kept

    def allows(self, step: Step) -> bool:
        """Whether the input belongs to those that the question assumes."""
        if isinstance(step.output, Undefined):
            message = f"the behaviour itself is undefined: {step.output.reason}"
            raise DefinitionError([SystemFault(("equations",), message)])
        return self._assume is None or bool(step.expressions[self._assume])

    def lines_applying_to(self, step: Step) -> list[int]:
        """The rubric lines (by number) that are about this step."""
        return [i for i, place in enumerate(self._when) if place is None or step.expressions[place]]

    def line_values(self, expressions: Sequence[Value]) -> list[Value]:
        """For each rubric line, whether it is about a step (not 0) or not (0); `expressions` are those of the step."""
        return [fmpq(1) if place is None else expressions[place] for place in self._when]

    def assumed_value(self, expressions: Sequence[Value]) -> Value:
        """Whether a step is as the question assumes (not 0) or not (0); `expressions` are those of the step."""
        return fmpq(1) if self._assume is None else expressions[self._assume]

    def condition(self, line: int) -> Tree | None:
        """What a rubric line is about; None: every step."""
        return self.lines[line].when

    def trees(self) -> Iterator[Tree]:
        """Every expression of the judgement as it was written: those about steps first, then the behaviour's."""
        yield from self.judging_trees()
        yield from (tree for path, tree in self.program.system.trees() if path[-1] != WORD_STATE)

    def judging_trees(self) -> Iterator[Tree]:
        """The expressions about steps and about the output: `when`, `assume` and `accept`."""
        yield from self._written
        if self.program.predicate is not None:
            yield self.program.predicate.tree

    def assumed(self) -> list[Tree]:
        """What the question assumes of its inputs, if anything."""
        return [] if self._assume_tree is None else [self._assume_tree]

    def accepts(self, output: Value, step: Step) -> bool:
        """Whether this output is right at this step; doubles are judged at their exact values.

        Where an output has an infinity or NaN in it, what `accept` asks is worked out in doubles as well.

        Raises:
            Undecided: if an output in balls leaves it open at FLINT's precision, or an irrational condition at any.
        """
        if self.compares_outputs and type(output) is fmpq:
            return bool(output == step.output)
        output = exactly(output)
        if self.compares_outputs:
            return self._is_expected(output, step.output)
        if isinstance(output, Undefined) or step.frame is None:
            return False
        try:
            return self._late(step.frame, output, step.output)
        except (EvaluationError, ShapeError):
            self._check_accept(step.frame, step.output)
            return False

    @staticmethod
    def _is_expected(output: Value, wanted: Value) -> bool:
        if is_double(output):
            return False  # an infinity or NaN
        if isinstance(output, Undefined) or not (is_ball(output) or is_expansion(output)):
            return bool(output == wanted)
        if is_expansion(output):
            return all(map(is_true, entries(EXPANSIONS.comparison("==")(output, wanted))))
        pairs = zip(map(as_ball, entries(output)), map(as_ball, entries(wanted)), strict=True)
        return surely_all(partial(equal, *pair) for pair in pairs)

    def trouble(self, output: Value, step: Step) -> str:
        """Why `accept` cannot be worked out for this output at this step; empty where it can."""
        if self.compares_outputs or isinstance(output, Undefined) or step.frame is None:
            return ""
        try:
            self._late(step.frame, exactly(output), step.output)
        except (EvaluationError, ShapeError) as error:
            return f"`accept` cannot be worked out: {error}"
        except Undecided:
            return ""
        return ""

    def _late(self, frame: Frame, output: Value, wanted: Value) -> bool:
        def ask() -> bool:
            return is_true(self.program.evaluate_accept(frame, (output, wanted)))

        return ask() if self._accepts_exactly or is_ball(output) or is_expansion(output) else decided(ask)

    def _check_accept(self, frame: Frame, wanted: Value) -> None:
        """Raises `DefinitionError` where `accept` cannot be worked out whatever the answer's output is.

        An output for which it can be says that it is the answer's own doing: a division by an output of 0, a root of a
        negative one. What is wanted is tried, and outputs that are some number in every entry.
        """
        shape = self._answer_shape
        tried = [_filled(shape, number) for number in TRIED_OUTPUTS]
        if shape == shape_of(wanted):
            tried.insert(0, wanted)
        reasons = []
        for output in tried:
            try:
                self._late(frame, output, wanted)
            except (EvaluationError, ShapeError) as error:
                reasons.append(str(error))
        if len(reasons) == len(tried):
            message = f"cannot be worked out, whatever the answer: {reasons[0]}"
            raise DefinitionError([SystemFault(("accept",), message)])


TRIED_OUTPUTS = tuple(fmpq(*number) for number in ((0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (1, 3), (-5, 7), (97, 3)))
"""Numbers for one of which `accept` can be worked out if it can be for any output."""


class RoundingSpecification(Specification):
    """The same for a reference that computes in floats: an output is right where rounding may have moved it from one.

    `rtol` is how far it may have been moved, relative to its size (to 1 for outputs below 1).
    """

    def __init__(self, exact: Specification, rtol: fmpq) -> None:
        vars(self).update(vars(exact))
        self._rtol = rtol

    def accepts(self, output: Value, step: Step) -> bool:
        if super().accepts(output, step):
            return True
        if isinstance(output, Undefined):
            return False
        if self.compares_outputs:
            pairs = zip(entries(output), entries(step.output), strict=True)
            return shape_of(output) == shape_of(step.output) and all(self._close(a, b) for a, b in pairs)
        return any(super(RoundingSpecification, self).accepts(self._moved(output, way), step) for way in (1, -1))

    def _moved(self, output: Value, way: int) -> Value:
        """The output with every entry as far up or down as rounding may have moved it."""

        def moved(entry: fmpq) -> fmpq:
            return entry + way * self._room(entry)

        return lifted(moved)(output)

    def _room(self, number: fmpq) -> fmpq:
        return self._rtol * max(abs(number), fmpq(1))

    def _close(self, number: fmpq, wanted: fmpq) -> bool:
        return bool(abs(number - wanted) <= self._room(wanted))


def _with_language(behaviour: System, language: WordLanguage) -> System:
    """The behaviour with the state of the automaton as one of its quantities."""
    start = Number(fmpq(language.automaton.start))
    return replace(
        behaviour,
        equations={**behaviour.equations, WORD_STATE: language.equation},
        initial={**behaviour.initial, (WORD_STATE, None): start},
    )


def _appended(expressions: list[StepExpression], path: Path, tree: Tree | None) -> int | None:
    """Adds an expression; its place among the others, None where there is none."""
    if tree is None:
        return None
    expressions.append(StepExpression(path, tree))
    return len(expressions) - 1


def _filled(shape: tuple[int, ...], number: fmpq) -> Value:
    """A value of a shape, all of whose entries are one number."""
    size = 1
    for length in shape:
        size *= length
    return Array(shape, [number] * size) if shape else number


def _plain(answer: str) -> tuple[Tree, Tree]:
    """The two ways to write the default of `accept`."""
    sides = Name(answer), Name(EXPECTED_NAME)
    return Compare(("==",), sides), Compare(("==",), sides[::-1])


def _output_shape(behaviour: System) -> tuple[int, ...]:
    return Program(behaviour).output_shape
