"""Networks with irrational values: run in balls, of more and more precision, until what is asked of them is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import takewhile
from typing import Any

from flint import arb, ctx

from grader.deferred import dataclass
from grader.language.arithmetic import TooLarge
from grader.language.arrays import Value, entries
from grader.language.ball_numbers import Undecided
from grader.language.expansions import EXPANSIONS
from grader.language.polynomials import UNKNOWNS, in_balls
from grader.language.precision import Refinement, decided
from grader.language.reals import Reals
from grader.machines.alphabet import Symbol
from grader.machines.display import short_word
from grader.machines.machine import AnswerMachine, Machine, OutputBeyondLimits, Step, Undefined, beyond_limits
from grader.machines.program import Program, State
from grader.machines.specification import Specification

SHOWN_PRECISION_BITS = 256
"""Bits of the balls from which numbers are shown, and twice those with which the question was decided."""

NO_MORE_BITS = "the outputs"
"""What is not decided where no run with more bits can be afforded."""

EXPANSION_BITS = 256
"""The precision that has to leave something open before it is asked over expansions, and that of their balls."""

MAX_EXPANDED_STEPS = 80
"""Steps of the longest word that is run over expansions."""

MAX_SHOWN_RADIUS = arb(2) ** -50
"""Radius, relative to numbers of 1 or more, of a ball that is narrow enough to be shown."""


class EnclosedMachine(AnswerMachine):
    """A network over the reals with an answer's weights; its states are rationals and balls.

    Everything is worked out at FLINT's precision of the moment, also the initial state. Its states have no numbers,
    since balls are not equal to each other: there are no edges to walk.
    """

    def __init__(self, program: Program, parameters: Mapping[str, Value], *, keep_frames: bool = False) -> None:
        self._parameters = parameters
        super().__init__(program, parameters, keep_frames=keep_frames)

    def start(self, state: State | Undefined) -> None:
        self._states = [state]

    def _initial(self, parameters: Mapping[str, Value]) -> State | Undefined:
        try:
            return super()._initial(parameters)
        except Undecided as undecided:
            return Undefined(f"{undecided} is not known")

    @property
    def initial(self) -> State | Undefined:
        """The state before the first step, at FLINT's precision.

        Raises:
            Undecided: if a comparison in it is not decided.
        """
        return super()._initial(self._parameters)

    def step(self, state: State | Undefined, symbol: Symbol) -> tuple[Any, Step]:
        """One step.

        Raises:
            Undecided: if a comparison in it is not decided at FLINT's precision.
        """
        following, step = super().step(state, symbol)
        if not isinstance(step.output, Undefined):
            try:
                self.program.arithmetic.guard(step.output)
            except TooLarge as error:
                stopped = beyond_limits(error)
                return stopped, Step(stopped)
        return following, step

    def run(self, word: Sequence[Symbol]) -> list[Step]:
        """Every step of a word, at FLINT's precision.

        Raises:
            Undecided: if a comparison in a step is not decided.
        """
        return [step for _, step in self.steps(word)]

    def steps(self, word: Sequence[Symbol]) -> Iterator[tuple[State | Undefined, Step]]:
        """The steps of a word, one by one, as `run` gives them, each with the state after it."""
        state = self.initial
        for symbol in word:
            state, step = self.step(state, symbol)
            yield state, step

    @property
    def in_expansions(self) -> EnclosedMachine:
        """The same network over expansions (see language/expansions.py)."""
        return EnclosedMachine(self.program.over(EXPANSIONS), self._parameters, keep_frames=self.keep_frames)


def answer_machine(program: Program, values: Mapping[str, Value], *, keep_frames: bool = False) -> AnswerMachine:
    """The network of a program with an answer's weights, in balls where the program has irrational values."""
    machine = EnclosedMachine if isinstance(program.arithmetic, Reals) else AnswerMachine
    return machine(program, values, keep_frames=keep_frames)


@dataclass(frozen=True)
class JudgedRun:
    """The steps of a word side by side, each output judged: right, wrong, or None where the balls did not decide.

    It may end before the word does. `bits`: the precision of the balls; `open_question`: what was not decided; `state`:
    that of a network in balls after the last step; `by_balls` False: balls alone would not decide it.
    """

    answered: Sequence[Step]
    wanted: Sequence[Step]
    right: Sequence[bool | None]
    bits: int = 0
    open_question: str = ""
    state: Any = None
    by_balls: bool = True

    def right_within(self, steps: int) -> list[bool | None]:
        """What is right of the first steps; of a run that ended early, the next one is not decided."""
        return [*self.right, *[None] * (len(self.wanted) - len(self.right))][:steps]


def judged_run(
    network: Machine,
    specification: Specification,
    word: Sequence[Symbol],
    wanted: Sequence[Step],
    refinement: Refinement | None = None,
    answered: Sequence[Step] | None = None,
    *,
    tried: int = 0,
    is_enough: Callable[[JudgedRun], bool] = lambda run: True,
) -> JudgedRun:
    """A word run in a network and judged beside the behaviour's steps, up to the first that the question forbids.

    Networks in balls are run again with more bits (than `tried`) until every output is decided and the run is enough,
    or the refinement is used up; where this is not enough for all of a long word, only its first steps are judged. Of
    others, `answered` are the steps where they are known already, as far as they were worked out.
    """
    if not word:
        return judged_empty_input(network, specification) or JudgedRun((), (), ())
    wanted = list(takewhile(specification.allows, wanted))
    word = word[: len(wanted)]
    if not isinstance(network, EnclosedMachine):
        answered = network.run(word) if answered is None else answered[: len(word)]
        pairs = zip(answered, wanted, strict=False)
        return JudgedRun(answered, wanted, [specification.accepts(answer.output, want) for answer, want in pairs])
    run, refinement = JudgedRun((), wanted, (), tried, NO_MORE_BITS), refinement or Refinement()
    for bits in refinement.precisions(len(word), tried=tried):
        with ctx.workprec(bits):
            run = _judged(network, specification, word, wanted, bits)
            if bits == EXPANSION_BITS and None in run.right_within(MAX_EXPANDED_STEPS):
                run = _with_expansions(network, specification, word, run)
        if not run.open_question and is_enough(run):
            return run
    if len(word) > MAX_EXPANDED_STEPS and None in run.right_within(MAX_EXPANDED_STEPS):
        early = slice(MAX_EXPANDED_STEPS)
        return judged_run(network, specification, word[early], wanted[early], refinement, tried=run.bits)
    refinement.halve_rest()
    return run


def _with_expansions(
    network: EnclosedMachine, specification: Specification, word: Sequence[Symbol], run: JudgedRun
) -> JudgedRun:
    """The run with its first steps judged over expansions, its numbers in balls, where these decide all of them.

    What is beyond the limits there is taken for undecided: the limits of balls are others.
    """
    UNKNOWNS.forget()
    most = MAX_EXPANDED_STEPS
    early = _judged(network.in_expansions, specification, word[:most], run.wanted[:most], run.bits)
    if early.open_question or any(isinstance(step.output, OutputBeyondLimits) for step in early.answered):
        return run
    answered = [
        Step(_in_balls(step.output), (), [_in_balls(value) for value in step.frame] if step.frame else None)
        for step in early.answered
    ]
    if len(word) > most:
        right = [*early.right, *run.right[most:]]
        return JudgedRun([*answered, *run.answered[most:]], run.wanted, right, run.bits, "", run.state, by_balls=False)
    state = early.state if isinstance(early.state, Undefined) else tuple(map(in_balls, early.state))
    return replace(early, answered=answered, state=state, by_balls=False)


def _in_balls(value: Value) -> Value:
    return value if isinstance(value, Undefined) else in_balls(value)


def judged_empty_input(network: Machine, specification: Specification) -> JudgedRun | None:
    """The output before the first step, judged beside the behaviour's; None: the machine cannot say."""
    want = specification.empty_input
    run = None
    for bits in Refinement().precisions(1):
        with ctx.workprec(bits):
            try:
                answer = network.empty_input()
                if answer is None:
                    return None
                return JudgedRun((answer,), (want,), (specification.accepts(answer.output, want),), bits)
            except Undecided as undecided:
                run = JudgedRun((), (want,), (None,), bits, str(undecided))
    return run


def _judged(
    network: EnclosedMachine, specification: Specification, word: Sequence[Symbol], wanted: Sequence[Step], bits: int
) -> JudgedRun:
    answered, right, open_question, state = list[Step](), list[bool | None](), "", None
    try:
        for (after, step), want in zip(network.steps(word), wanted, strict=True):
            answered.append(step)
            state = after
            try:
                right.append(specification.accepts(step.output, want))
            except Undecided as undecided:
                right.append(None)
                open_question = open_question or _at(undecided, len(right))
    except Undecided as undecided:
        open_question, state = open_question or _at(undecided, len(answered) + 1), None
    return JudgedRun(answered, wanted, right, bits, open_question, state)


def _at(undecided: Undecided, step: int) -> str:
    return f"{undecided} at step {step}"


def left_open(specification: Specification, word: Sequence[Symbol], question: str, bits: int) -> str:
    """What balls of some precision did not decide, in words."""
    shown = short_word(specification.program.system.alphabet, tuple(word))
    where = f"input {shown}" if word else "the empty input"
    return f"on {where}, {bits} bits do not decide {question}"


def shown_precision(bits: int) -> AbstractContextManager[object]:
    """FLINT's precision for showing the numbers of a run that was decided with so many bits."""
    return ctx.workprec(max(SHOWN_PRECISION_BITS, 2 * bits))


def narrow_run(machine: Machine, word: Sequence[Symbol]) -> list[Step]:
    """Every step of a word, with outputs narrow enough to be shown.

    Raises:
        Undecided: if they do not get as narrow as that.
    """

    def ask() -> list[Step]:
        steps = machine.answers(word)
        for step in steps:
            for entry in entries(step.output):
                if isinstance(entry, arb) and not entry.rad() <= MAX_SHOWN_RADIUS * (1 + abs(entry.mid())):
                    raise Undecided("what an output is")
        return steps

    return decided(ask)


def run_again(network: Machine, run: JudgedRun, word: Sequence[Symbol]) -> Sequence[Step]:
    """The steps of a judged run at FLINT's precision of the moment; as they are, where balls alone do not decide it."""
    return network.answers(word) if run.bits and run.by_balls else run.answered
