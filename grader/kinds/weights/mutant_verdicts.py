"""What the marking of a question makes of networks that are nearly right, and which of them are wrong at all.

Marks come from the marking of a submission. Whether a network is wrong is decided without the rubric: it is compared
with the specification at every step that counts, so that a step that no line is about hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from grader.deferred import dataclass
from grader.engines.corpus import Corpus
from grader.engines.engine import Budget, Findings
from grader.engines.joint import reached_lines
from grader.engines.table import decide
from grader.errors import HarnessError, SubmissionError
from grader.kinds.memo import BoundedMemo
from grader.kinds.mutants import Mutant, MutantStatus, MutantVerdict
from grader.kinds.weights.answer import AnswerInForm
from grader.kinds.weights.behaviours import MAX_MACHINE_STEPS, NetworkBehaviour, network_behaviour
from grader.kinds.weights.loose_accept import LooseAccept
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.right_networks import answer_of, right_answers
from grader.kinds.weights.score import JudgedWeights, marked_weights
from grader.kinds.weights.shares import broken_restrictions
from grader.kinds.weights.telling_inputs import TellingInputs
from grader.language.ball_numbers import Undecided
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.machine import AnswerMachine, OutputBeyondLimits
from grader.machines.specification import Specification

MAX_KEPT_DECISIONS = 4_000
"""Behaviours whose marks are kept from one mutant to the next."""

NOT_PROVED = "not proved: right wherever it was looked at"
"""The reason of a mutant that counts as equivalent because no engine knows whether it is right."""

RIGHT = "proved right for every input"

NO_LINE_AT_STEP = "no rubric line with points is about the wrong step"
COUNTS_AS_RIGHT = "a line is about the wrong step, but a reading that earns everything takes the network for right"
"""The two reasons for which a wrong network loses nothing."""

CANNOT_BE_HANDED_IN = "it cannot be handed in"


@dataclass(frozen=True)
class _Decision:
    """What is known of every network of one behaviour."""

    status: MutantStatus
    points: Fraction
    lost_lines: tuple[int, ...] = ()
    killing_inputs: tuple[str, ...] = ()
    reason: str = ""

    def of(self, mutant: Mutant, behaviour: str) -> MutantVerdict:
        return MutantVerdict(
            mutant, self.status, self.points, self.lost_lines, self.killing_inputs, behaviour, self.reason
        )


class _Rightness(NamedTuple):
    """Whether a network is right at every step that counts (None: no engine knows), and why; wrong ones with inputs."""

    right: bool | None
    reason: str
    words: tuple[Word, ...] = ()


class MutantJudges:
    """One judge a question, for all that a run asks of it."""

    def __init__(self) -> None:
        self._judges: dict[WeightsQuestion, MutantJudge] = {}

    def judged(self, question: WeightsQuestion, mutants: Sequence[Mutant]) -> Iterator[MutantVerdict]:
        """The verdict on each network, in their order."""
        if question not in self._judges:
            self._judges[question] = MutantJudge(question)
        return map(self._judges[question].verdict, mutants)

    def close(self) -> None:
        """Forgets everything."""
        self._judges.clear()


class MutantJudge:
    """Judges networks that are nearly right; what behaves alike is judged once."""

    def __init__(self, question: WeightsQuestion) -> None:
        self._question = question
        self._decisions: BoundedMemo[_Decision] = BoundedMemo(MAX_KEPT_DECISIONS, MAX_KEPT_DECISIONS)

    @cached_property
    def _every_step(self) -> Specification:
        return self._question.specification.of_every_step()

    @cached_property
    def _budget(self) -> Budget:
        budget = self._question.budget
        return replace(budget, draw=lambda: _about_every_step(budget.corpus, self._every_step))

    @cached_property
    def _lines_see_every_step(self) -> bool:
        """Whether some line is about each step that counts, so that a proof of all lines is one of every step."""
        specification, alphabet = self._question.specification, self._question.alphabet.symbol_set
        everywhere = self._every_step.condition(0)
        if any(line.when == everywhere for line in specification.lines):
            return True
        if not isinstance(alphabet, FiniteAlphabet):
            return False
        reached = reached_lines(specification, alphabet, self._question.budget.bounds)
        return reached.complete and all(reached.words)

    @cached_property
    def _inputs(self) -> TellingInputs:
        return TellingInputs(self._question)

    @cached_property
    def _loose(self) -> LooseAccept | None:
        """None where `accept` takes one output alone, or no right answer is there to compare with."""
        if self._question.specification.compares_outputs:
            return None
        answers = right_answers(self._question)
        if not answers:
            return None
        given = answers[0].given
        return LooseAccept(self._question, self._question.in_form(given.form).network(given.values))

    def verdict(self, mutant: Mutant) -> MutantVerdict:
        """What the marking makes of a network; it is held where the grader itself fails."""
        try:
            answer = answer_of(self._question, mutant.answer)
        except SubmissionError as error:
            lines = tuple(range(len(self._question.rubric)))
            reason = f"{CANNOT_BE_HANDED_IN}: {error}"
            return MutantVerdict(mutant, "killed", Fraction(0), lines, reason=reason)
        try:
            return self._judged(mutant, answer)
        except Exception as error:  # as in grading: whatever goes wrong here is our fault
            reason = f"the grader failed: {type(error).__name__}: {error}"
            return MutantVerdict(mutant, "held", Fraction(0), reason=reason)

    def _judged(self, mutant: Mutant, answer: AnswerInForm) -> MutantVerdict:
        machine = answer.question.network(answer.values)
        behaviour = network_behaviour(answer.question, machine)
        shown = behaviour.fingerprint(answer.question.symbols_in_words) if behaviour else ""
        key = self._key(answer, behaviour, shown)
        decision = self._decisions.get(key) if key else None
        if decision is None:
            decision = self._decided(answer, machine)
            if key:
                self._decisions.keep(key, decision, 1)
        if decision.status == "equivalent" and self._loose is not None:
            decision = self._strictly(decision, machine)
        return decision.of(mutant, shown)

    def _key(self, answer: AnswerInForm, behaviour: NetworkBehaviour | None, shown: str) -> tuple[str, ...] | None:
        """A key of the marks: what the network does, and does under each reading that earns something.

        None where the marks rest on more than that.
        """
        question = answer.question
        if not _is_whole(question, behaviour) or any(broken_restrictions(question.parameters, answer.values, {})):
            return None
        key = [shown]
        for reading in question.earning_readings:
            read = question.under(reading)
            again = network_behaviour(read, read.network(answer.values))
            if again is None or not _is_whole(question, again):
                return None
            key.append(again.fingerprint(question.symbols_in_words))
        return tuple(key)

    def _decided(self, answer: AnswerInForm, machine: AnswerMachine) -> _Decision:
        judged = marked_weights(answer.question, answer.values)
        result = judged.result
        lost = tuple(i for i, check in enumerate(result.checks) if check.outcome in ("failed", "blocked"))
        open_points = sum((c.max_points - c.points for c in result.checks if c.outcome == "held"), Fraction(0))
        loses = result.points + open_points < result.max_points
        if loses and judged.findings.broken:
            return _Decision("killed", result.points, lost, self._inputs.of(machine, _shortest(judged.findings)))
        found = self._rightness(answer, machine, judged)
        if found.right is False and open_points:
            held = [check.message for check in result.checks if check.outcome == "held"]
            return _Decision("held", result.points, lost, self._inputs.of(machine, found.words), held[0])
        if found.right is False:
            status: MutantStatus = "killed" if loses else "survived"
            return _Decision(status, result.points, lost, self._inputs.of(machine, found.words), found.reason)
        status = "equivalent" if found.right or found.reason == NOT_PROVED else "held"
        return _Decision(status, result.points, lost, reason=found.reason)

    def _rightness(self, answer: AnswerInForm, machine: AnswerMachine, judged: JudgedWeights) -> _Rightness:
        """Whether a network that surely loses nothing is right, by itself or under a reading that earns everything."""
        for reading in answer.question.earning_readings:
            if reading.earns == 1 and judged.findings.broken:
                under = answer.question.under(reading).network(answer.values)
                found = decide(under, self._every_step, self._budget)
                if found.proved_right:
                    return _Rightness(True, f"right for every input under the reading {reading.name!r}")
        found = judged.findings
        if not (found.proved_right and self._lines_see_every_step):
            found = decide(machine, self._every_step, self._budget)
        if found.broken or judged.findings.broken:
            words = _shortest(found if found.broken else judged.findings)
            if not self._inputs.tells(machine, words[0]):
                raise HarnessError(f"the network is not wrong on {self._inputs.shown(words)[0]}")
            return _Rightness(False, COUNTS_AS_RIGHT if self._lines_at(words[0]) else NO_LINE_AT_STEP, words)
        if found.undecided:
            return _Rightness(None, next(iter(found.undecided.values())))
        return _Rightness(True, RIGHT) if found.proved_right else _Rightness(None, NOT_PROVED)

    def _lines_at(self, word: Word) -> bool:
        """Whether a line with points is about the last step of a word."""
        step = self._question.specification.machine().answers(word)[-1]
        lines = self._question.specification.lines_applying_to(step)
        return any(self._question.rubric[line].points for line in lines)

    def _strictly(self, decision: _Decision, machine: AnswerMachine) -> _Decision:
        """The decision on a network that `accept` takes everywhere; one that it should not take has survived."""
        assert self._loose is not None
        try:
            taken = self._loose.taken_for_right(machine)
        except Undecided:
            return decision
        if taken is None:
            return decision
        return replace(decision, status="survived", reason=taken.reason, killing_inputs=self._inputs.shown(taken.words))


def _is_whole(question: WeightsQuestion, behaviour: NetworkBehaviour | None) -> bool:
    """Whether a network's behaviour says all that engines can find of it: its walk ends within every bound."""
    if behaviour is None or question.budget.bounds.states < MAX_MACHINE_STEPS:
        return False
    outputs = (output for outputs in behaviour.members.values() for output in outputs)
    return not any(isinstance(output, OutputBeyondLimits) for output in outputs)


def _shortest(findings: Findings) -> tuple[Word, ...]:
    """The shortest input that breaks a line."""
    return (min((broken.word for broken in findings.broken.values()), key=len),)


def _about_every_step(corpus: Corpus, specification: Specification) -> Corpus:
    """The same inputs, drawn once for the question, as inputs about its steps that count."""
    trials = [
        replace(trial, lines=frozenset([0] if any(map(specification.counts, trial.wanted)) else []))
        for trial in corpus.trials
    ]
    return replace(corpus, trials=tuple(trials))
