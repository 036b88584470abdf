"""Steps of a network in balls beside the behaviour: each is judged, with more bits where the balls are too wide."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import field
from functools import partial
from typing import Any

from flint import arb, ctx

from grader.deferred import dataclass
from grader.engines.engine import Broken, Findings
from grader.engines.long_runs import MAX_SAMPLED_LENGTH
from grader.evidence import Evidence
from grader.language.arithmetic import MissingValue
from grader.language.arrays import Value, entries
from grader.language.ball_numbers import Undecided
from grader.language.ieee import nearest_double
from grader.language.precision import PRECISION_BITS, Refinement, decided
from grader.language.reals import is_ball
from grader.machines.alphabet import FiniteAlphabet, Symbol, Word
from grader.machines.enclosed import EnclosedMachine, judged_run, left_open
from grader.machines.machine import EquationMachine, OutputBeyondLimits, Step, Undefined
from grader.machines.specification import Specification

MAX_STATE_RADIUS = arb(2) ** -40
"""Balls of states that are wider are worked out anew with more bits, where there are any left."""


RERUN_WORK_FACTOR = 10
"""About how much more work than one run is a word that is run again, with more bits or over expansions."""

MIN_NUMBER_ALIKE_BY_DIGITS = 1e6
"""Numbers from here on are alike if their first digits are."""


@dataclass(frozen=True)
class StepOutcome:
    """What one step gives: the state after it, the output, and whether the output is right.

    What the balls did not decide is None; then `reason` says what balls of `bits` bits left open.
    """

    state: Any
    output: Value
    right: bool | None
    reason: str = ""
    bits: int = 0


@dataclass(frozen=True, eq=False)
class BallNode:
    """A joint state that one word leads to: the network's as balls, the behaviour's by number (`wanted`).

    The word is that of the node `before`, and `symbol` (by number) after it.
    """

    state: Any
    wanted: int
    length: int = 0
    symbol: int = -1
    before: BallNode | None = None

    def symbols(self) -> list[int]:
        """The word that leads here, its symbols by number."""
        found, node = list[int](), self
        while node.before is not None:
            found.append(node.symbol)
            node = node.before
        return found[::-1]


@dataclass
class WorkBudget:
    """How much work may still be done, in multiplications, about."""

    left: int


@dataclass
class BallSteps:
    """The joint steps of a network and its behaviour, and what they have shown of the open rubric lines so far.

    `first_open`: the length of the shortest word of which something was not decided.
    """

    network: EnclosedMachine
    specification: Specification
    alphabet: FiniteAlphabet
    open: set[int]
    refinement: Refinement = field(default_factory=Refinement)
    broken: dict[int, Word] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    undecided: dict[int, str] = field(default_factory=dict)
    first_open: float = math.inf

    def __post_init__(self) -> None:
        self.behaviour = self.specification.machine()
        program = self.network.program
        shapes = [*program.shapes.values(), *(parameter.shape for parameter in program.system.parameters.values())]
        self.step_work = 5 + sum(map(math.prod, shapes))

    def start(self) -> BallNode | None:
        """The node before the first step; None where a comparison in the initial state is not decided."""
        try:
            return BallNode(decided(lambda: self.network.initial, self.refinement), 0)
        except Undecided:
            self.first_open = 0
            return None

    def word(self, node: BallNode, *more: int) -> Word:
        """The word that leads to a node, with some symbols (by number) after it."""
        return tuple(self.alphabet.symbols[number] for number in (*node.symbols(), *more))

    def step(self, node: BallNode, symbol: int, work: WorkBudget) -> BallNode | None:
        """The node after an allowed step, whose output is judged for the open lines; None where there is none."""
        target, wanted = self.behaviour.edge(node.wanted, symbol)
        if not self.specification.allows(wanted):
            return None
        work.left -= self.step_work
        word = partial(self.word, node, symbol)
        values = self.alphabet.symbols[symbol]
        outcome = judge_step(self.network, self.specification, self.refinement, node.state, values, wanted, word)
        if outcome.bits:
            work.left -= RERUN_WORK_FACTOR * self.step_work * (node.length + 1)
        late = node.length >= MAX_SAMPLED_LENGTH
        if late and (outcome.right is None or isinstance(outcome.output, OutputBeyondLimits)):
            self.first_open = min(self.first_open, node.length + 1)
            return None  # as in a walk of exact states: what grows beyond the limits so late costs nothing
        lines = self.specification.lines_applying_to(wanted)
        self.met.update(lines)
        if outcome.right is None:
            self._leave_open(node, symbol, lines, outcome)
        elif not outcome.right and (lost := self.open.intersection(lines)):
            self.broken.update(dict.fromkeys(lost, self.word(node, symbol)))
            self.open -= lost
        if outcome.state is None:
            return None
        return BallNode(outcome.state, target, node.length + 1, symbol, node)

    def _leave_open(self, node: BallNode, symbol: int, lines: list[int], outcome: StepOutcome) -> None:
        self.first_open = min(self.first_open, node.length + 1)
        if outcome.bits == PRECISION_BITS[-1]:
            text = left_open(self.specification, self.word(node, symbol), outcome.reason, outcome.bits)
            self.undecided.update({line: text for line in lines if line not in self.undecided})

    def take_shorter(self, other: BallSteps) -> None:
        """Adds what other steps of the same network have shown; of two words for a line the shorter one stays."""
        for line, word in other.broken.items():
            if line not in self.broken or len(word) < len(self.broken[line]):
                self.broken[line] = word
                self.open.discard(line)
        self.met |= other.met
        self.undecided = {**other.undecided, **self.undecided}

    def findings(self, covered: int, holds: Evidence) -> Findings:
        """What the steps have shown, after every word of up to `covered` steps was tried."""
        decided_to = int(min(covered, self.first_open - 1))
        undecided = {line: why for line, why in self.undecided.items() if line in self.open}
        broken = {line: Broken(word, len(word) <= decided_to + 1) for line, word in self.broken.items()}
        return Findings(broken, holds, met=frozenset(self.met), covered=max(0, decided_to), undecided=undecided)


def judge_step(
    network: EquationMachine,
    specification: Specification,
    refinement: Refinement,
    state: Any,
    symbol: Symbol,
    wanted: Step,
    word: Callable[[], Word],
) -> StepOutcome:
    """One step from a state, judged; where its balls are too wide, the word is run anew with more bits.

    `word()` leads to the state, and ends with `symbol`.
    """
    if not isinstance(network, EnclosedMachine):
        following, step = network.step(state, symbol)
        return StepOutcome(following, step.output, specification.accepts(step.output, wanted))
    try:
        with ctx.workprec(PRECISION_BITS[0]):
            following, step = network.step(state, symbol)
            if not is_wide(following):
                return StepOutcome(following, step.output, specification.accepts(step.output, wanted))
    except Undecided:
        pass
    return _judge_last_step(network, specification, refinement, word())


def _judge_last_step(
    network: EnclosedMachine, specification: Specification, refinement: Refinement, word: Word
) -> StepOutcome:
    """The last step of a word, which is run anew with more bits until the balls decide, or none are left."""
    steps = specification.machine().run(word)
    run = judged_run(
        network,
        specification,
        word,
        steps,
        refinement,
        tried=PRECISION_BITS[0],
        is_enough=lambda run: not is_wide(run.state),
    )
    right = run.right[-1] if len(run.right) == len(word) else None
    output = run.answered[-1].output if right is not None else None
    return StepOutcome(run.state, output, right, run.open_question, run.bits)


def is_wide(state: Any) -> bool:
    """True if some ball of a state is wider than a walk needs, for its size."""
    if state is None or isinstance(state, Undefined):
        return False
    for value in state[1:]:
        if not isinstance(value, MissingValue):
            for entry in entries(value):
                if isinstance(entry, arb) and not entry.rad() <= MAX_STATE_RADIUS * (1 + abs(entry.mid())):
                    return True
    return False


def cell_of(state: Any, places: int) -> Hashable:
    """Equal for states whose numbers are alike to so many decimal places, and in their first digits where large."""
    if isinstance(state, Undefined):
        return "undefined"
    return tuple([value if isinstance(value, int | MissingValue) else _cell(value, places) for value in state])


def _cell(value: Value, places: int) -> Hashable:
    return tuple([_rounded(entry, places) for entry in entries(value)])


def _rounded(entry: Any, places: int) -> Hashable:
    number = float(entry.mid()) if isinstance(entry, arb) else nearest_double(entry)
    return round(number, places) if abs(number) < MIN_NUMBER_ALIKE_BY_DIGITS else f"{number:.{places}e}"


def is_exact(state: Any) -> bool:
    """True if a state has no balls."""
    return isinstance(state, Undefined) or not any(map(is_ball, state[1:]))
