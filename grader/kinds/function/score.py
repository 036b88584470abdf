"""A submission's function, line by line: ask every case once, look for failures, shrink and replay the first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from grader.errors import SpecError, SubmissionError
from grader.evidence import CheckFault, Counterexample, Evidence, NoEvidence
from grader.kinds.function.answers import NO_NESTED_ANSWERS, FunctionAnswers
from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.code_runner import CodeRunner
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.mismatch import LineVerdict, Mismatch
from grader.kinds.function.plan import plan_of, prefetch_plan
from grader.kinds.function.question import FunctionQuestion, Partly
from grader.kinds.function.retry import RetryUndecided
from grader.kinds.function.shown_calls import shown_calls
from grader.kinds.function.shrinking import Failure, shrunk
from grader.kinds.function.verdicts import (
    UNASKED_RANK,
    NestedAnswers,
    call_text,
    misformed,
    mismatch_of_case,
    values_for,
)
from grader.kinds.open_submission import NO_DETAILS, Details
from grader.page_details import PageDetails, ShownCall
from grader.sandbox import LoadedProgram, Returned
from grader.verdict import CheckResult, NamedMistake, QuestionResult, QuestionStatus

HIDDEN_TEXT = "(hidden)"

NOTHING_SHOWN = "counts once another line holds: so far nothing shows that the function does something"

MAX_SCORED_BYTES = 1 << 18
"""Bytes of answers after which no more of them are judged for a line that has failed on one already."""


def score_function(
    question: FunctionQuestion, runner: CodeRunner, *, shrink: bool = True, details: Details = NO_DETAILS
) -> QuestionResult:
    """The marks of a function in a loaded program; without `shrink`, quicker, and with a failure as it was met.

    Raises:
        SubmissionError: if the program could not be loaded, or defines no such function.
        SpecError: if the question's references or expressions fail.
    """
    if not isinstance(runner.load, LoadedProgram):
        said = "\n".join([str(runner.load), *getattr(runner.load, "traceback_lines", ())])
        raise SubmissionError(f"the code could not be loaded: {said}")
    return FunctionScorer(question, runner, shrink, details).result()


def prefetch(questions: tuple[FunctionQuestion, ...], runner: CodeRunner) -> None:
    """Makes the calls of several questions in one round, before the first of them is judged."""
    if isinstance(runner.load, LoadedProgram) and (prefetched := prefetch_plan(questions)) is not None:
        groups = prefetched.groups
        runner.prefetch([group.batch for group in groups], prefetched.whole, RetryUndecided(groups))


class FunctionScorer:
    """The marks of a function in a program that has been loaded; `line_verdicts`, by line, say which cases fail."""

    def __init__(
        self, question: FunctionQuestion, runner: CodeRunner, shrink: bool, details: Details = NO_DETAILS
    ) -> None:
        """SubmissionError: the program defines no such function."""
        self.question = question
        self.line_verdicts: dict[int, LineVerdict] = {}
        self.shrink = shrink
        self.details = details
        self.calls: list[ShownCall] = []
        self.plan = plan_of(question)
        self.function_answers = FunctionAnswers(self.plan, runner)

    def result(self) -> QuestionResult:
        self.decide()
        checks: list[CheckResult] = []
        blocked_by = ""
        for line in self.plan.lines:
            check = line.check
            if blocked_by:
                message = f"counts once {blocked_by!r} holds"
                checks.append(CheckResult(check.name, Fraction(0), check.points, "blocked", message=message))
                continue
            checks.append(self.line(line))
            if checks[-1].outcome == "failed" and self.question.ladder:
                blocked_by = check.name
        checks = [self.after_others(line, check, checks) for line, check in zip(self.plan.lines, checks, strict=True)]
        question = self.question
        outcomes = {check.outcome for check in checks}
        status: QuestionStatus = "held" if "held" in outcomes else "pending" if "pending" in outcomes else "graded"
        page = PageDetails(calls=tuple(self.calls)) if self.details.page else None
        return QuestionResult(question.id, question.title, status, question.points, tuple(checks), page=page)

    def decide(self) -> None:
        """Looks for failures in every line before one is made smaller: no line lacks the time for that."""
        for line in self.plan.lines:
            with suppress(SpecError):  # it is told when the line comes to its turn
                verdict = None if line.aim.pending else self.decided(line)
                if verdict is not None and verdict.failing:
                    if self.question.ladder:
                        return
                    self.part_that_holds(line)

    def part_that_holds(self, line: LinePlan) -> Partly | None:
        """The first of the parts of a failed line that the answers do have."""
        return next((part for part, weaker in line.partly if not self.decided(weaker).failing), None)

    def decided(self, line: LinePlan) -> LineVerdict:
        """The verdict of a line, or of a part of one, which is looked for once."""
        if id(line) not in self.line_verdicts:
            self.line_verdicts[id(line)] = self.verdict(line)
        return self.line_verdicts[id(line)]

    def after_others(self, line: LinePlan, result: CheckResult, results: list[CheckResult]) -> CheckResult:
        """A line that only says what a function leaves alone is earned by one that does something.

        So it counts where another line has earned points, or the course has yet to judge one.
        """
        if not line.aim.watched or result.outcome != "passed":
            return result
        others = [other for its, other in zip(self.plan.lines, results, strict=True) if not its.aim.watched]
        if not others or any(other.outcome not in ("failed", "blocked") or other.points for other in others):
            return result
        return CheckResult(result.name, Fraction(0), result.max_points, "blocked", message=NOTHING_SHOWN)

    def line(self, line: LinePlan) -> CheckResult:
        check = line.check
        if line.aim.pending:
            return CheckResult(check.name, Fraction(0), check.points, "pending", message=line.aim.pending)
        try:
            return self.judged(line)
        except SpecError as error:
            if check.shows_case:
                raise
            message = f"{self.question.id}: {check.name!r} cannot be judged on an input that is not shown"
            raise SpecError(message) from error

    def judged(self, line: LinePlan) -> CheckResult:
        check = line.check
        verdict = self.decided(line)
        if not verdict.failing:
            if not verdict.applicable:
                return self.about_nothing(line)
            evidence = line.group.evidence(verdict.applicable)
            return CheckResult(check.name, check.points, check.points, "passed", evidence)
        failure = self.shown(line, verdict)
        if (part := self.part_that_holds(line)) is not None:
            named = (NamedMistake("partly", part.say or f"{check.name}, in part"),)
            return replace(self.failed(line, failure, part.points, part.say or check.say), mistakes=named)
        return self.failed(line, failure, Fraction(0), check.say)

    def about_nothing(self, line: LinePlan) -> CheckResult:
        """The result of a line that is about no case: failed if right outputs could have met it, else held."""
        check = line.check
        if line.depends_on_output and line.about_right_outputs() is not False:
            message = "none of the outputs is one that this is about"
            return CheckResult(check.name, Fraction(0), check.points, "failed", NoEvidence(), message)
        reason = "none of the inputs that were tried is one that this is about: the course has to look at it"
        return CheckResult(check.name, Fraction(0), check.points, "held", CheckFault(reason), reason)

    def failed(self, line: LinePlan, failure: Failure, points: Fraction, say: str) -> CheckResult:
        check = line.check
        evidence: Evidence = NoEvidence()
        if not check.shows_case:
            message = "fails on an input that is not shown"
            evidence = Counterexample(HIDDEN_TEXT, HIDDEN_TEXT, HIDDEN_TEXT, shortest=False)
        elif failure.case is None:
            message = failure.wrong.sentence
        else:
            text = call_text(self.question.signature, failure.case, line.output_paths)
            message = f"{text} {failure.wrong.sentence}{failure.note}"
            evidence = Counterexample(text, failure.wrong.wanted, failure.wrong.got, shortest=failure.smallest)
            if self.details.page:
                with suppress(Exception):  # the marks are known already
                    self.calls += shown_calls(line, failure)
        message = f"{say} ({message})" if say else message
        return CheckResult(check.name, points, check.points, "failed", evidence, message)

    def verdict(self, line: LinePlan) -> LineVerdict:
        """A line on every case that it is about; calls that there was no time for are made where they decide."""
        while True:
            verdict = self.known_or_looked_at(line)
            left = [i for i, wrong in verdict.failing if wrong.rank == UNASKED_RANK]
            if not left or len(left) < len(verdict.failing) or not self.function_answers.retry(line, left):
                return verdict

    def known_or_looked_at(self, line: LinePlan) -> LineVerdict:
        """A line on the cases that were asked so far; the same again where the very same answers have come before.

        Only where all answers are shared (to the byte the same call and the same answer), and nothing else of the
        submission is asked for the line: no call inside a property, no look at what a call does to its arguments.
        """
        if not line.memoizable or line.aim.watched:
            return self.looked_at(line)
        answers = tuple(self.function_answers.answers(line.group))
        verdict = line.verdicts.get(answers)
        if verdict is None:
            verdict = self.looked_at(line)
            if all(answer.shared for answer in answers):
                line.verdicts.keep(answers, verdict, 1)
        return verdict

    def answers(self, line: LinePlan) -> list[CaseAnswer]:
        """One for each case, as far as the line speaks of them."""
        answers = self.function_answers.answers(line.group)
        paths = line.output_paths
        if paths is None and self.question.signature.script is None:
            return answers
        return [answer.in_parts(paths) for answer in answers]

    def looked_at(self, line: LinePlan) -> LineVerdict:
        group, answers = line.group, self.answers(line)
        misfits = self.misfits(line, answers)
        applicable = self.applicable_cases(line, answers, misfits)
        nested = self.nested_answers(line, answers, [i for i in applicable if i not in misfits])
        failing: list[tuple[int, Mismatch]] = []
        room = MAX_SCORED_BYTES
        for i in applicable:
            answer = answers[i]
            room -= answer.reply.size if isinstance(answer.reply, Returned) else 0
            if failing and line.everywhere and room < 0:
                break
            replies = answer.reply, answer.again
            if replies in line.right:
                continue
            if (before := line.wrong.get(replies)) is not None:
                failing.append((i, before))
                continue
            more = nested.get(i, NO_NESTED_ANSWERS)
            values = values_for(group.inputs[i], line, answer, more.values) if line.needs_values else {}
            wanted = line.wanted(i)
            misfit = misfits.get(i) or more.mismatch
            wrong = mismatch_of_case(line, answer, values, group.calls[i], wanted, misfit)
            if wrong is not None:
                failing.append((i, wrong))
            if line.memoizable and answer.shared:
                line.remember(replies, wrong)
        if line.aim.watched and not failing:
            failing = self.watched(line, applicable, answers)
        if not line.everywhere and len(failing) < len(applicable):
            failing = []
        return LineVerdict(len(applicable), failing)

    def applicable_cases(self, line: LinePlan, answers: list[CaseAnswer], misfits: Mapping[int, Mismatch]) -> list[int]:
        """The cases (by number) that a line is about; one whose answer has a wrong form always is."""
        if not line.depends_on_output:
            return line.applicable_cases
        inputs = line.group.inputs
        return [
            case
            for case in line.applicable_cases
            if case in misfits or line.applies_to(values_for(inputs[case], line, answers[case], {}))
        ]

    def nested_answers(self, line: LinePlan, answers: list[CaseAnswer], cases: list[int]) -> dict[int, NestedAnswers]:
        """The answers to the calls inside a property, by case."""
        if line.memoizable:
            return {}
        asked = self.function_answers.nested_answers(line, [(line.group.inputs[i], answers[i]) for i in cases])
        return dict(zip(cases, asked, strict=True))

    def watched(self, line: LinePlan, applicable: list[int], answers: list[CaseAnswer]) -> list[tuple[int, Mismatch]]:
        """The calls that claim to leave their arguments as they were, and do not."""
        seen = self.function_answers.observed(line.group) if applicable else []
        found = [(i, line.mismatch_watched(line.group.calls[i], answers[i], seen[i])) for i in applicable]
        return [(i, wrong) for i, wrong in found if wrong is not None]

    def misfits(self, line: LinePlan, answers: list[CaseAnswer]) -> dict[int, Mismatch]:
        """The cases whose outputs have another form than a right one, and how."""
        found: dict[int, Mismatch] = {}
        for i in line.applicable_cases if line.names_output else ():
            replies = answers[i].reply, answers[i].again
            if replies in line.right or replies in line.wrong:
                continue
            wrong = misformed(line, answers[i], line.group.inputs[i], line.form(i), line.output_paths)
            if wrong is not None:
                found[i] = wrong
        return found

    def shown(self, line: LinePlan, verdict: LineVerdict) -> Failure:
        """The failure that stands for a line; for a hidden one, any."""
        if (nowhere := line.nowhere()) is not None:
            return Failure(None, nowhere)
        if not line.check.shows_case or not self.shrink:
            index, wrong = verdict.failing[0]
            return Failure(line.group.cases[index], wrong)
        return shrunk(self.function_answers, line, verdict.failing)
