"""Whether a mutant that loses nothing is right: it is asked about many more inputs than a class meets.

The rule: they come from the same sets, drawn with other seeds. A mutant is wrong where it fails a line that every right
answer meets, or where it differs from the answer that it is made of and all right answers agree: within the tolerances
of the rubric, or in leaving its arguments alone. Where chance is drawn from a generator, right answers may draw it in
different orders, so that the lines alone decide. A mutant on which nothing of this is found counts as equivalent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from grader.errors import SubmissionError
from grader.hypothesis_corpus import SearchOverError, smallest
from grader.inputs.array_types import DEFAULT_TOLERANCES
from grader.inputs.ranges import most_entries
from grader.inputs.sets import Case, GeneratorSet, sets_in
from grader.kinds.function.answers import FunctionAnswers
from grader.kinds.function.case_answers import CaseAnswer, unasked
from grader.kinds.function.code_runner import CodeRunner, RunnerPool
from grader.kinds.function.groups import Group, repr_of
from grader.kinds.function.mutation.right_answers import PythonAnswer, RightAnswer
from grader.kinds.function.plan import LinePlan, Plan, plan_of
from grader.kinds.function.question import FunctionCheck, FunctionQuestion, Withheld
from grader.kinds.function.retry import retry_none
from grader.kinds.function.score import FunctionScorer
from grader.kinds.function.shrinking import shrunk
from grader.kinds.function.values import as_value, identical, same
from grader.kinds.function.verdicts import call_text
from grader.sandbox import FunctionCall, Raised, Reply, Returned

PARTS = 5
"""Corpora that a mutant is asked about one after the other, until one tells it from a right answer."""

CASES_FACTOR, MIN_PART_CASES = 4, 200
"""Inputs of each, as a multiple of those that a class meets, and at least so many: 20 times as many in all parts."""

MAX_PART_ENTRIES = 12_000
"""Numbers in the inputs of a part for one line: long inputs are fewer."""

MAX_PART_SUPPLIED_CALLS = 5_000
"""Calls that right answers make of the functions that they are given, for one line of a part: each is a message."""

NO_LINE = "no line fails, but it "
WRITES = "writes into its arguments"
"""How the reason of a survivor begins that the rubric would not find on any input, and ends where it does that."""

MAX_SMALLER_CALLS = 150
"""Calls that may be made to make an input smaller on which two programs differ."""


class TellingInput(NamedTuple):
    """An input that tells a mutant from a right answer, as a call; more of them; and what happens there."""

    calls: tuple[str, ...]
    reason: str


class LargerCorpus:
    """The inputs, what the right answers give on them, and which lines they all meet."""

    def __init__(self, question: FunctionQuestion, rights: Sequence[RightAnswer], pool: RunnerPool) -> None:
        self._rights = {right.name: right for right in rights}
        supplied = supplied_calls(question, rights[0].answer, pool)
        checks = [
            _drawn(check, question, supplied[i])
            for i, check in enumerate(question.checks)
            if not isinstance(check.aim, Withheld)
        ]
        larger = replace(question, checks=tuple(checks), ladder=False)
        self._parts = [
            CorpusPart(replace(larger, seed=question.seed + 1 + number), tuple(rights), pool) for number in range(PARTS)
        ]

    def cases(self) -> int:
        """How many inputs there are."""
        return sum(len(group.cases) for part in self._parts for group in part.plan.groups)

    def telling_input(
        self, runner: CodeRunner, source: str, open_right: Callable[[PythonAnswer], CodeRunner]
    ) -> TellingInput | None:
        """What tells the code of a runner from the right answer `source`; None where nothing does."""
        for part in self._parts:
            if (found := part.telling_input(runner, self._rights[source], open_right)) is not None:
                return found
        return None


class CorpusPart:
    """One corpus."""

    def __init__(self, question: FunctionQuestion, rights: tuple[RightAnswer, ...], pool: RunnerPool) -> None:
        self.question = question
        self._rights, self._pool = rights, pool

    @cached_property
    def plan(self) -> Plan:
        """Its lines and inputs; every call is watched, so that what it does to its arguments is known."""
        plan = plan_of(self.question)
        for group in plan.groups:
            group.watched = True
        return plan

    @cached_property
    def right_scorers(self) -> dict[str, FunctionScorer]:
        """Each right answer on these inputs, judged."""
        found: dict[str, FunctionScorer] = {}
        for right in self._rights:
            with _opened(self._pool, right.answer, self.question.call_seconds) as runner, suppress(SubmissionError):
                found[right.name] = _judged(self.plan, runner)
        return found

    @cached_property
    def lines(self) -> list[LinePlan]:
        """The lines that every right answer meets on these inputs."""
        return [
            line
            for line in self.plan.lines
            if all(
                (v := scorer.line_verdicts.get(id(line))) is not None and not v.failing
                for scorer in self.right_scorers.values()
            )
        ]

    def telling_input(
        self, runner: CodeRunner, right: RightAnswer, open_right: Callable[[PythonAnswer], CodeRunner]
    ) -> TellingInput | None:
        """What tells a program from a right answer here."""
        _ = self.lines
        try:
            scorer = _judged(self.plan, runner)
        except SubmissionError as error:
            return TellingInput((), str(error))
        for line in self.lines:
            verdict = scorer.line_verdicts.get(id(line))
            if verdict is not None and verdict.failing:
                return self._of_line(scorer, line)
        for group in self.plan.groups:
            if right.name in self.right_scorers and not _draws_chance(group):
                found = self._different(group, scorer, right, runner, open_right)
                if found is not None:
                    return found
        return None

    def _of_line(self, scorer: FunctionScorer, line: LinePlan) -> TellingInput:
        """The smallest input on which a line fails, and others."""
        check, verdict = line.check, scorer.line_verdicts[id(line)]
        if not line.everywhere:
            return TellingInput((), f"fails {check.name!r}: on none of the inputs what it asks for is met")
        failure = shrunk(scorer.function_answers, line, check.aim, (check.rtol, check.atol), verdict.failing)
        cases = [] if failure.case is None else [failure.case]
        cases += [line.group.cases[i] for i, _ in verdict.failing]
        return TellingInput(_calls(self.question, cases), f"fails {check.name!r}: {failure.wrong.sentence}")

    @cached_property
    def tolerances(self) -> tuple[float, float]:
        """The widest of the lines: answers that lie no farther apart are the same to the rubric."""
        stated = [(check.rtol, check.atol) for check in self.question.checks]
        return max(rtol for rtol, _ in [*stated, DEFAULT_TOLERANCES]), max(
            atol for _, atol in [*stated, DEFAULT_TOLERANCES]
        )

    def _different(
        self,
        group: Group,
        scorer: FunctionScorer,
        right: RightAnswer,
        runner: CodeRunner,
        open_right: Callable[[PythonAnswer], CodeRunner],
    ) -> TellingInput | None:
        answers = scorer.function_answers.answers(group)
        model = self.right_scorers[right.name].function_answers.answers(group)
        settled = self._settled(group)
        differing = [i for i, call in enumerate(group.calls) if settled[i] and self._differ(call, answers[i], model[i])]
        if not differing:
            return None
        right_runner = open_right(right.answer)
        case = self._smaller(group, runner, right_runner, [group.cases[i] for i in differing])
        call = group.call(case)
        came, wanted = (CaseAnswer(one.call([call], retry=retry_none)[0]) for one in (runner, right_runner))
        reason = self._differ(call, came, wanted) or self._differ(
            group.calls[differing[0]], answers[differing[0]], model[differing[0]]
        )
        return TellingInput(_calls(self.question, [case, *(group.cases[i] for i in differing)]), f"{NO_LINE}{reason}")

    def _settled(self, group: Group) -> list[bool]:
        """Whether all right answers agree, by case: else the spec leaves open what is right there."""
        first, *others = (scorer.function_answers.answers(group) for scorer in self.right_scorers.values())
        return [
            all(
                not self._differ(call, other[i], first[i]) and not self._differ(call, first[i], other[i])
                for other in others
            )
            for i, call in enumerate(group.calls)
        ]

    def _differ(self, call: FunctionCall, answer: CaseAnswer, model: CaseAnswer) -> str:
        """How an answer differs from a right one to the same call, in words; nothing where they agree."""
        came, wanted = answer.reply, model.reply
        if unasked(came) or unasked(wanted):
            return ""
        if not isinstance(wanted, Returned):
            alike = type(came) is type(wanted) and (
                not isinstance(came, Raised) or came.type_name == getattr(wanted, "type_name", "")
            )
            return "" if alike else f"gives {answer.text()}, and the right answer {model.text()}"
        if not isinstance(came, Returned) or not same(answer.value, model.value, *self.tolerances, nan=True):
            return f"gives {answer.text()}, and the right answer {model.text()}"
        if _writes(call, came) and not _writes(call, wanted):
            return WRITES
        return ""

    def _smaller(self, group: Group, runner: CodeRunner, right: CodeRunner, differing: list[Case]) -> Case:
        """The smallest case on which two programs differ that Hypothesis comes to, else the shortest of those known."""
        known = dict.fromkeys(group.keys, False) | {repr_of(case): True for case in differing}
        left = [MAX_SMALLER_CALLS]

        def differs(case: Case) -> bool:
            key = repr_of(case)
            if key not in known:
                left[0] -= 1
                if left[0] < 0:
                    raise SearchOverError
                call = group.call(case)
                answers = [CaseAnswer(one.call([call], retry=retry_none)[0]) for one in (runner, right)]
                known[key] = bool(self._differ(call, *answers))
            return known[key]

        shortest = min(differing, key=lambda case: len(repr_of(case)))
        found = smallest(group.strategy, differs, group.count, self.question.seed)
        return found if found is not None and len(repr_of(found)) <= len(repr_of(shortest)) else shortest


def _drawn(check: FunctionCheck, question: FunctionQuestion, supplied: float) -> FunctionCheck:
    """A line with more inputs, which are drawn: a list to its end has been gone through, and others may lie beyond."""
    cases = max(CASES_FACTOR * (check.cases or question.cases), 0 if check.cases else MIN_PART_CASES)
    entries = sum(map(most_entries, check.sets.values()))
    most = min(MAX_PART_ENTRIES // max(entries, 1), int(MAX_PART_SUPPLIED_CALLS / max(supplied, 1)))
    return replace(check, longest=None, cases=max(1, min(cases, most)))


def supplied_calls(question: FunctionQuestion, answer: PythonAnswer, pool: RunnerPool) -> list[float]:
    """How often a program calls what it is given in a call of its own, on the average, for each line."""
    plan = plan_of(question)
    with _opened(pool, answer, question.call_seconds) as runner:
        asked = FunctionAnswers(plan, runner)
        found = {
            id(group): sum(len(one.reply.observed) for one in asked.answers(group) if isinstance(one.reply, Returned))
            / len(group.cases)
            for group in plan.groups
        }
    return [found[id(line.group)] for line in plan.lines]


def _judged(plan: Plan, runner: CodeRunner) -> FunctionScorer:
    """The lines of a plan, judged on the answers of a program; nothing is made smaller."""
    scorer = FunctionScorer(plan.question, runner, shrink=False)
    scorer.result()
    return scorer


def _draws_chance(group: Group) -> bool:
    return any(isinstance(one, GeneratorSet) for given in group.sets.values() for one in sets_in(given))


def _writes(call: FunctionCall, reply: Reply) -> bool:
    """Whether a call has changed its arguments, as far as its own child says."""
    after = reply.arguments_after if isinstance(reply, Returned) else None
    pairs = zip(call.args, after or (), strict=False)
    return any(now is not None and not identical(as_value(was), as_value(now)) for was, now in pairs)


def _calls(question: FunctionQuestion, cases: Sequence[Case]) -> tuple[str, ...]:
    """The cases as calls, the first of them first and the others by length, each once."""
    texts = [call_text(question.signature, case) for case in cases]
    return tuple(dict.fromkeys([*texts[:1], *sorted(texts[1:], key=lambda text: (len(text), text))[:2]]))


@contextmanager
def _opened(pool: RunnerPool, answer: PythonAnswer, call_seconds: float) -> Iterator[CodeRunner]:
    runner = pool.open(answer.code, call_seconds)
    try:
        yield runner
    finally:
        runner.close()
