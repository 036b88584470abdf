"""What the rubric makes of a mutant, which runs in the sandbox as a submission does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from grader.errors import GraderError, HarnessError, SpecError, SubmissionError
from grader.kinds.function.code_runner import CodeRunner, RunnerPool, runner_pool
from grader.kinds.function.groups import Group
from grader.kinds.function.mutation.corpus_part import said_of
from grader.kinds.function.mutation.larger_corpus import LargerCorpus
from grader.kinds.function.mutation.made import mutants_of
from grader.kinds.function.mutation.right_answers import AnswerLimits, TriedAnswer, opened, tried_answers, usual_limits
from grader.kinds.function.plan import plan_of
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.score import FunctionScorer, score_function
from grader.kinds.function.verdicts import call_text
from grader.kinds.mutants import Mutant, MutantVerdict
from grader.kinds.open_submission import Resources
from grader.sandbox import LoadedProgram
from grader.verdict import QuestionResult

MUTANT_LIMITS = AnswerLimits(call_seconds=0.25, round_seconds=1.0)
REDUCED_MUTANT_LIMITS = AnswerLimits(call_seconds=0.06, round_seconds=0.25)
"""The limits of a mutant, and what right answers must keep to where these hold: many mutants never come to an end."""

MAX_SMALL_INPUTS = 40
"""Inputs of a group of which it is said which mutants they kill: the shortest that are shown to students."""

MAX_SMALL_INPUT_CHARACTERS = 120


class SmallInput(NamedTuple):
    """A case of a group by its number, and as a call."""

    group: Group
    case: int
    text: str


class CodeMutantJudge:
    """The right answers of a question, and what tells mutants from them; made once in a run."""

    def __init__(self, question: FunctionQuestion, pool: RunnerPool) -> None:
        self.question = question
        self._pool = pool

    @classmethod
    def of(cls, question: FunctionQuestion, run: Resources) -> CodeMutantJudge:
        """The one of a question in this run."""
        pool = runner_pool(run, "strict", question.packages)
        found = run.resource(f"judge of mutants: {question.id} {id(question)}", lambda: cls(question, pool))
        assert found.question is question
        return found

    def close(self) -> None:
        """Nothing is held open: the sandbox is the run's."""

    @cached_property
    def tried(self) -> list[TriedAnswer]:
        """The answers that should be right, and what they lose."""
        return tried_answers(self.question, self._pool, usual_limits(self.question))

    @cached_property
    def _limits(self) -> AnswerLimits:
        """Those of a mutant: the usual ones where a right answer might miss the reduced ones."""
        usual = usual_limits(self.question)
        with_reduced_limits = tried_answers(self.question, self._pool, REDUCED_MUTANT_LIMITS)
        needs_more = [one.problem for one in with_reduced_limits] != [one.problem for one in self.tried]
        return usual if needs_more or usual.call_seconds < MUTANT_LIMITS.call_seconds else MUTANT_LIMITS

    def mutants(self) -> Iterator[Mutant]:
        """The mutants of all right answers."""
        return mutants_of(one.right for one in self.tried if not one.problem)

    @cached_property
    def corpus(self) -> LargerCorpus:
        """The inputs on which a mutant must be right that loses nothing."""
        return LargerCorpus(
            self.question, [one.right for one in self.tried if not one.problem], self._pool, self._limits
        )

    @cached_property
    def small_inputs(self) -> list[SmallInput]:
        """The shortest inputs of each group that students may see."""
        found: list[SmallInput] = []
        for group in plan_of(self.question).groups:
            texts = [call_text(self.question.signature, case) for case in group.cases if not group.hidden]
            short = [
                SmallInput(group, i, text) for i, text in enumerate(texts) if len(text) <= MAX_SMALL_INPUT_CHARACTERS
            ]
            found += sorted(short, key=lambda one: (len(one.text), one.text))[:MAX_SMALL_INPUTS]
        return found

    def verdict(self, mutant: Mutant) -> MutantVerdict:
        """What the rubric makes of a mutant; what a fault of ours or of the spec keeps from being judged is held."""
        try:
            with opened(self._pool, mutant.answer, self._limits) as runner:
                verdict = self._judged(mutant, runner)
            return verdict if verdict.status != "survived" else self._survivor(verdict)
        except (HarnessError, SpecError) as error:
            return MutantVerdict(mutant, "held", Fraction(0), reason=str(error))

    def killed_with(self, question: FunctionQuestion, mutants: Sequence[Mutant]) -> int:
        """How many mutants lose points by a question with other inputs; those that could not be judged do not count."""
        killed = 0
        for mutant in mutants:
            with suppress(GraderError), opened(self._pool, mutant.answer, self._limits) as runner:
                killed += score_function(question, runner, shrink=False).points < question.points
        return killed

    def _judged(self, mutant: Mutant, runner: CodeRunner) -> MutantVerdict:
        """What it earns on the inputs that a class meets; one that earns everything has survived them."""
        every_line = tuple(range(len(self.question.checks)))
        if not isinstance(runner.load, LoadedProgram):
            return MutantVerdict(mutant, "killed", Fraction(0), every_line, reason=f"cannot be loaded: {runner.load}")
        try:
            scorer = FunctionScorer(self.question, runner, shrink=False)
        except SubmissionError as error:
            return MutantVerdict(mutant, "killed", Fraction(0), every_line, reason=str(error))
        result = scorer.result()
        lost = tuple(i for i, check in enumerate(result.checks) if check.outcome != "passed")
        behaviour = self._behaviour(scorer)
        if result.points == self.question.points:
            return MutantVerdict(mutant, "survived", result.points, lost, (), behaviour)
        held = [check for check in result.checks if check.outcome in ("held", "pending")]
        if held and all(check.points == check.max_points or check in held for check in result.checks):
            return MutantVerdict(mutant, "held", result.points, lost, reason=f"{held[0].name}: {held[0].message}")
        killing = tuple(dict.fromkeys(one.text for one in self.small_inputs if self._kills(one, scorer)))
        killing = killing or self._shortest_kill(scorer)
        return MutantVerdict(
            mutant, "killed", result.points, lost, killing, behaviour, self._first_loss(scorer, result)
        )

    def _survivor(self, verdict: MutantVerdict) -> MutantVerdict:
        """A mutant that earns everything, tried on more inputs."""
        found = self.corpus.telling_input(verdict.mutant)
        if found is None:
            return replace(verdict, status="equivalent", reason=self.corpus.said_of_agreement())
        return replace(verdict, killing_inputs=found.calls, reason=found.reason)

    def _first_loss(self, scorer: FunctionScorer, result: QuestionResult) -> str:
        """The first line that a mutant loses, and the failure there that says most."""
        lines = zip(scorer.plan.lines, result.checks, strict=True)
        line, check = next((line, check) for line, check in lines if check.points < check.max_points)
        verdict = scorer.line_verdicts.get(id(line))
        if verdict is None or not verdict.failing or not line.everywhere:
            return f"{check.name}: {check.message}"
        case, wrong = min(verdict.failing, key=lambda failing: failing[1].rank)
        return f"{check.name}: {call_text(self.question.signature, line.group.cases[case])} {said_of(wrong)}"

    @staticmethod
    def _kills(small: SmallInput, scorer: FunctionScorer) -> bool:
        """Whether an input alone costs a mutant a line."""
        for line in scorer.plan.lines:
            verdict = scorer.line_verdicts.get(id(line))
            if line.group is not small.group or verdict is None or not line.everywhere or not line.check.points:
                continue
            if any(case == small.case for case, _ in verdict.failing):
                return True
        return False

    def _shortest_kill(self, scorer: FunctionScorer) -> tuple[str, ...]:
        """The shortest input that costs a mutant a line and may be shown, where none of the small ones does."""
        texts = [
            call_text(self.question.signature, line.group.cases[case])
            for line in scorer.plan.lines
            if line.everywhere and line.check.points and not line.group.hidden and id(line) in scorer.line_verdicts
            for case, _ in scorer.line_verdicts[id(line)].failing
        ]
        short = [text for text in texts if len(text) <= MAX_SMALL_INPUT_CHARACTERS]
        return (min(short, key=lambda text: (len(text), text)),) if short else ()

    def _behaviour(self, scorer: FunctionScorer) -> str:
        """A digest of what it answers on the small inputs; nothing where there are none."""
        texts = [scorer.function_answers.answers(one.group)[one.case].text() for one in self.small_inputs]
        return hashlib.sha256(repr(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16] if texts else ""


def judge_mutants(question: FunctionQuestion, mutants: Sequence[Mutant], run: Resources) -> Iterator[MutantVerdict]:
    """The verdicts on mutants, in their order."""
    judge = CodeMutantJudge.of(question, run)
    yield from map(judge.verdict, mutants)
