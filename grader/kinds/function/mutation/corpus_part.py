"""One corpus of inputs that a mutant is asked about: what the right answers give there, and what tells it from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from grader.errors import SubmissionError
from grader.hypothesis_corpus import SearchOverError, smallest
from grader.inputs.drawn_values import Case
from grader.inputs.input_set import sets_in
from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.code_runner import CodeRunner, RunnerPool
from grader.kinds.function.groups import Group, repr_of
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.mismatch import LineVerdict, Mismatch
from grader.kinds.function.mutation.agreement import WRITES, AnswerComparison
from grader.kinds.function.mutation.right_answers import AnswerLimits, PythonAnswer, RightCode, opened, usual_limits
from grader.kinds.function.plan import Plan, plan_of
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.retry import retry_none
from grader.kinds.function.score import FunctionScorer
from grader.kinds.function.shrinking import shrunk
from grader.kinds.function.verdicts import UNASKED_RANK, call_text
from grader.sandbox import FunctionCall

NO_LINE_FAILS = "no line fails, but it "
"""How the reason of a survivor begins that the rubric would not find on any input."""

MAX_SMALLER_CALLS = 150
"""Calls that may be made to make an input smaller on which two programs differ."""


class TellingInput(NamedTuple):
    """An input that tells a mutant from a right answer, as a call, with more of them; and what happens there."""

    calls: tuple[str, ...]
    reason: str


class CorpusPart:
    """The inputs of a question's lines; each part of the larger corpus is one."""

    def __init__(self, question: FunctionQuestion, rights: Sequence[RightCode], pool: RunnerPool) -> None:
        self.question = question
        self._comparison = AnswerComparison(question)
        self._rights, self._pool = rights, pool
        self._settled_cases: dict[int, list[bool]] = {}

    @cached_property
    def plan(self) -> Plan:
        """Its lines and inputs; of every call all that it gives is known, and what it does to its arguments."""
        plan = plan_of(self.question)
        for group in plan.groups:
            group.watched = group.asks_whole = True
        return plan

    @cached_property
    def right_scorers(self) -> dict[str, FunctionScorer]:
        """Each right answer on these inputs, judged."""
        found: dict[str, FunctionScorer] = {}
        for right in self._rights:
            with opened(self._pool, right.answer, usual_limits(self.question)) as runner:
                found[right.name] = self._judged(runner)
        return found

    def _judged(self, runner: CodeRunner) -> FunctionScorer:
        """The lines, judged on the answers of a program; nothing is made smaller."""
        scorer = FunctionScorer(self.plan.question, runner, shrink=False)
        scorer.result()
        return scorer

    @cached_property
    def lines(self) -> list[LinePlan]:
        """The lines that every right answer meets on these inputs."""
        return [line for line in self.plan.lines if not self.failed_by(line)]

    def failed_by(self, line: LinePlan) -> list[str]:
        """The right answers that fail a line here: the class's inputs have not shown it."""
        return [
            name for name, scorer in self.right_scorers.items() if _answered(scorer.line_verdicts[id(line)]).failing
        ]

    def telling_input(self, answer: PythonAnswer, source: str, limits: AnswerLimits) -> TellingInput | None:
        """What tells a program from the right answer of a name; None where nothing here does."""
        lines = self.lines
        with opened(self._pool, answer, limits) as runner:
            try:
                scorer = self._judged(runner)
            except SubmissionError as error:
                return TellingInput((), str(error))
            for line in lines:
                failing = _answered(scorer.line_verdicts[id(line)])
                if failing.failing:
                    return self._of_line(scorer, line, failing)
            for group in self.plan.groups:
                differing = self._differing(group, scorer, source)
                if differing:
                    return self._of_difference(group, scorer, source, differing)
        return None

    def _of_line(self, scorer: FunctionScorer, line: LinePlan, verdict: LineVerdict) -> TellingInput:
        """The smallest input on which a line fails, and others."""
        check = line.check
        if not line.everywhere:
            return TellingInput((), f"fails {check.name!r}: on none of the inputs what it asks for is met")
        failure = shrunk(scorer.function_answers, line, verdict.failing)
        cases = [] if failure.case is None else [failure.case]
        cases += [line.group.cases[i] for i, _ in verdict.failing]
        return TellingInput(self._calls(cases), f"fails {check.name!r}: {said_of(failure.wrong)}")

    def _differing(self, group: Group, scorer: FunctionScorer, source: str) -> list[int]:
        """The cases on which a program differs from a right answer, and right answers agree among themselves."""
        answers = scorer.function_answers.answers(group)
        model = self.right_scorers[source].function_answers.answers(group)
        differ = self._comparison.difference
        found = [i for i, call in enumerate(group.calls) if differ(call, answers[i], model[i])]
        return [i for i in found if self._settled(group)[i]]

    def _settled(self, group: Group) -> list[bool]:
        """Whether all right answers agree, by case: else the spec leaves open what is right there.

        Where chance comes from a generator, they agree on no case if they do not on all: on some they do by chance.
        """
        if id(group) not in self._settled_cases:
            differ = self._comparison.difference
            first, *others = (scorer.function_answers.answers(group) for scorer in self.right_scorers.values())
            found = [
                not any(differ(call, other[i], first[i]) or differ(call, first[i], other[i]) for other in others)
                for i, call in enumerate(group.calls)
            ]
            self._settled_cases[id(group)] = [all(found)] * len(found) if _by_chance(group) else found
        return self._settled_cases[id(group)]

    def settled_inputs(self) -> int:
        """On how many inputs all right answers agree."""
        return sum(sum(self._settled(group)) for group in self.plan.groups)

    def disagreements(self) -> Iterator[tuple[str, str]]:
        """Each right answer that differs from the first one, and where it does first; chance may make them differ."""
        (first, model), *others = self.right_scorers.items()
        for name, scorer in others:
            for group in self.plan.groups:
                answers, right = (one.function_answers.answers(group) for one in (scorer, model))
                pairs = zip(group.cases, group.calls, answers, right, strict=True)
                unlike = [found for found in pairs if not _by_chance(group) and self._unlike(*found[1:])]
                if unlike:
                    shown = [(call_text(self.question.signature, case), a, b) for case, _, a, b in unlike]
                    text, came, wanted = min(shown, key=lambda one: (len(one[0]), one[0]))
                    yield name, f"at {text} it gives {came.text()}, and {first} {wanted.text()}"
                    break

    def _unlike(self, call: FunctionCall, answer: CaseAnswer, model: CaseAnswer) -> bool:
        """Whether two right answers give something else; what they do to their arguments is another matter."""
        return self._comparison.difference(call, answer, model) not in ("", WRITES)

    def _of_difference(
        self, group: Group, scorer: FunctionScorer, source: str, differing: Sequence[int]
    ) -> TellingInput:
        """The smallest input on which a program differs from a right answer, and others."""
        right = next(right for right in self._rights if right.name == source)
        cases = [group.cases[i] for i in differing]
        with opened(self._pool, right.answer, usual_limits(self.question)) as right_runner:
            both = _ComparedPrograms(self._comparison, group, scorer.function_answers.runner, right_runner)
            case = both.smaller(cases)
            reason = both.difference(case)
        if not reason:
            case = cases[0]
            answers, model = (
                one.function_answers.answers(group)[differing[0]] for one in (scorer, self.right_scorers[source])
            )
            reason = self._comparison.difference(group.call(case), answers, model)
        return TellingInput(self._calls([case, *cases]), f"{NO_LINE_FAILS}{reason}")

    def _calls(self, cases: Sequence[Case]) -> tuple[str, ...]:
        """The cases as calls: the first, and the shortest two of the others, each once."""
        texts = [call_text(self.question.signature, case) for case in cases]
        others = sorted(set(texts[1:]), key=lambda text: (len(text), text))
        return tuple(dict.fromkeys([*texts[:1], *others[:2]]))


class _ComparedPrograms:
    """Two programs, called with the same inputs of a group."""

    def __init__(self, comparison: AnswerComparison, group: Group, runner: CodeRunner, right: CodeRunner) -> None:
        self._comparison, self._group = comparison, group
        self._runners = runner, right

    def difference(self, case: Case) -> str:
        """How the first program differs on a case, in words; nothing where it does not."""
        call = self._group.call(case)
        answers = [CaseAnswer(runner.call([call], retry=retry_none)[0]) for runner in self._runners]
        return self._comparison.difference(call, *answers)

    def smaller(self, differing: Sequence[Case]) -> Case:
        """The smallest case on which they differ that Hypothesis comes to, else the shortest of those known."""
        group = self._group
        known = dict.fromkeys(group.keys, False) | {repr_of(case): True for case in differing}
        left = [MAX_SMALLER_CALLS]

        def differs(case: Case) -> bool:
            key = repr_of(case)
            if key not in known:
                left[0] -= 1
                if left[0] < 0:
                    raise SearchOverError
                known[key] = bool(self.difference(case))
            return known[key]

        shortest = min(differing, key=lambda case: len(repr_of(case)))
        found = smallest(group.strategy, differs, group.count, group.question.seed)
        return found if found is not None and len(repr_of(found)) <= len(repr_of(shortest)) else shortest


def _by_chance(group: Group) -> bool:
    """Whether answers may draw from a generator."""
    return any(one.is_random for given in group.sets.values() for one in sets_in(given))


def _answered(verdict: LineVerdict) -> LineVerdict:
    """A verdict without the cases that there was no time for, which show nothing."""
    return LineVerdict(verdict.applicable, [failing for failing in verdict.failing if failing[1].rank < UNASKED_RANK])


def said_of(wrong: Mismatch) -> str:
    """What is wrong; of a call that did not come back, no limit, which rests on the machine."""
    return "gave no answer in time" if wrong.rank else wrong.sentence
