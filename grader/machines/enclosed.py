"""Networks with irrational values: run in balls, of more and more precision, until what is asked of them is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeVar

from flint import ctx

from grader.language.arithmetic import TooLarge
from grader.language.arrays import Value
from grader.language.ball_numbers import Undecided
from grader.language.reals import Reals
from grader.machines.alphabet import Symbol
from grader.machines.display import short_word
from grader.machines.machine import AnswerMachine, Machine, Step, Undefined, beyond_limits
from grader.machines.program import Program, State
from grader.machines.specification import Specification

PRECISION_BITS = (64, 128, 256, 512, 1_024, 2_048, 4_096)
"""Bits of the balls, one after the other, until a question is decided."""

MAX_REFINED_STEP_BITS = 1 << 24
"""Steps times bits of all runs of one answer with more than the first precision: 4,096 steps of 4,096 bits."""

SHOWN_PRECISION_BITS = 256
"""Bits of the balls from which numbers are shown, and twice those with which the question was decided."""

Answered = TypeVar("Answered")


class Refinement:
    """How much may still be run with more bits; the same for all runs about one answer, so that none of them hangs.

    `bits`: the precision that was taken last.
    """

    def __init__(self, step_bits: int = MAX_REFINED_STEP_BITS) -> None:
        self.left = step_bits
        self.bits = PRECISION_BITS[0]

    def precisions(self, steps: int) -> Iterator[int]:
        """The precisions with which so many steps may be run, each counted as it is taken."""
        for bits in PRECISION_BITS:
            if bits > PRECISION_BITS[0]:
                if self.left < steps * bits:
                    return
                self.left -= steps * bits
            self.bits = bits
            yield bits

    @property
    def is_last(self) -> bool:
        """True if the last precision was taken: more bits would probably not decide either."""
        return self.bits == PRECISION_BITS[-1]


def decided(ask: Callable[[], Answered], refinement: Refinement | None = None, steps: int = 1) -> Answered:
    """The answer to a question about balls, asked with more and more bits.

    Raises:
        Undecided: if it stays open with the last precision.
    """
    open_question = Undecided("nothing was looked at")
    for bits in (refinement or Refinement()).precisions(steps):
        try:
            with ctx.workprec(bits):
                return ask()
        except Undecided as undecided:
            open_question = undecided
    raise open_question


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
        return list(self.steps(word))

    def steps(self, word: Sequence[Symbol]) -> Iterator[Step]:
        """The steps of a word, one by one, as `run` gives them."""
        state = self.initial
        for symbol in word:
            state, step = self.step(state, symbol)
            yield step


def answer_machine(program: Program, values: Mapping[str, Value], *, keep_frames: bool = False) -> AnswerMachine:
    """The network of a program with an answer's weights, in balls where the program has irrational values."""
    machine = EnclosedMachine if isinstance(program.arithmetic, Reals) else AnswerMachine
    return machine(program, values, keep_frames=keep_frames)


@dataclass(frozen=True)
class JudgedRun:
    """The steps of a word side by side, each output judged: right, wrong, or None where the balls did not decide.

    It may end before the word does. `bits`: the precision of the balls; `open_question`: what was not decided.
    """

    answered: Sequence[Step]
    wanted: Sequence[Step]
    right: Sequence[bool | None]
    bits: int = 0
    open_question: str = ""


def judged_run(
    network: Machine,
    specification: Specification,
    word: Sequence[Symbol],
    wanted: Sequence[Step],
    refinement: Refinement | None = None,
) -> JudgedRun:
    """A word run in a network and judged beside the behaviour's steps, up to the first that the question forbids.

    Networks in balls are run again with more bits until every output is decided, or the refinement is used up.
    """
    wanted = list(takewhile(specification.allows, wanted))
    word = word[: len(wanted)]
    if not isinstance(network, EnclosedMachine):
        answered = network.run(word)
        pairs = zip(answered, wanted, strict=False)
        return JudgedRun(answered, wanted, [specification.accepts(answer.output, want) for answer, want in pairs])
    run = JudgedRun((), wanted, ())
    for bits in (refinement or Refinement()).precisions(len(word)):
        with ctx.workprec(bits):
            run = _judged(network, specification, word, wanted, bits)
        if not run.open_question:
            break
    return run


def _judged(
    network: EnclosedMachine, specification: Specification, word: Sequence[Symbol], wanted: Sequence[Step], bits: int
) -> JudgedRun:
    answered, right, open_question = list[Step](), list[bool | None](), ""
    try:
        for step, want in zip(network.steps(word), wanted, strict=True):
            answered.append(step)
            try:
                right.append(specification.accepts(step.output, want))
            except Undecided as undecided:
                right.append(None)
                open_question = open_question or _at(undecided, len(right))
    except Undecided as undecided:
        open_question = open_question or _at(undecided, len(answered) + 1)
    return JudgedRun(answered, wanted, right, bits, open_question)


def _at(undecided: Undecided, step: int) -> str:
    return f"{undecided} at step {step}"


def left_open(specification: Specification, word: Sequence[Symbol], question: str, bits: int) -> str:
    """What balls of some precision did not decide, in words."""
    shown = short_word(specification.program.system.alphabet, tuple(word))
    return f"on input {shown}, {bits} bits do not decide {question}"


@contextmanager
def shown_precision(run: JudgedRun) -> Iterator[None]:
    """FLINT's precision for showing the numbers of a run, more than it needed to be judged."""
    with ctx.workprec(max(SHOWN_PRECISION_BITS, 2 * run.bits)):
        yield
