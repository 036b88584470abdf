"""A submission's function, line by line: ask every case once, look for failures, shrink and replay the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader.errors import SpecError, SubmissionError
from grader.kinds.function.answers import NOTHING, Asker
from grader.kinds.function.code_runner import Runner
from grader.kinds.function.plan import LinePlan, plan_of, together
from grader.kinds.function.question import Aim, FunctionQuestion, Holds, Pure, Waits
from grader.kinds.function.retry import Worth
from grader.kinds.function.shrinking import Failure, shrunk
from grader.kinds.function.verdicts import (
    UNASKED,
    Answer,
    Further,
    Wrong,
    call_text,
    impure,
    judge_case,
    misformed,
    values_for,
)
from grader.sandbox import Loaded, Returned
from grader.verdict import CheckResult, Counterexample, Evidence, Fault, NoEvidence, QuestionResult, QuestionStatus

HIDDEN = "(hidden)"

MAX_JUDGED_BYTES = 1 << 18
"""Bytes of answers after which no more of them are judged for a line that one wrong answer has lost already."""


def judge_function(question: FunctionQuestion, runner: Runner, *, shrink: bool = True) -> QuestionResult:
    """The marks of a function in a loaded program; without `shrink`, quicker, and with a failure as it was met.

    Raises:
        SubmissionError: if the program could not be loaded, or defines no such function.
        SpecError: if the question's references or expressions fail.
    """
    if not isinstance(runner.load, Loaded):
        raise SubmissionError(f"the code could not be loaded: {load_text(runner)}")
    judge = _Judge(question, runner, shrink)
    return judge.result()


def ask_ahead(questions: tuple[FunctionQuestion, ...], runner: Runner) -> None:
    """Makes the calls of several questions in one round, before the first of them is judged."""
    if isinstance(runner.load, Loaded) and (all_of_them := together(questions)) is not None:
        groups = all_of_them.groups
        runner.ask_ahead([group.batch for group in groups], all_of_them.whole, Worth(groups))


def load_text(runner: Runner) -> str:
    """Why loading failed, with the student's own lines."""
    lines = getattr(runner.load, "traceback_lines", ())
    return "\n".join([str(runner.load), *lines])


@dataclass
class Verdict:
    """How many cases a line is about, and those of them that are wrong."""

    concerned: int
    failing: list[tuple[int, Wrong]]


class _Judge:
    def __init__(self, question: FunctionQuestion, runner: Runner, shrink: bool) -> None:
        self.question = question
        self.shrink = shrink
        self.plan = plan_of(question)
        self.asker = Asker(self.plan, runner)

    def result(self) -> QuestionResult:
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
        question = self.question
        outcomes = {check.outcome for check in checks}
        status: QuestionStatus = "held" if "held" in outcomes else "pending" if "pending" in outcomes else "graded"
        return QuestionResult(question.id, question.title, status, question.points, tuple(checks))

    def line(self, line: LinePlan) -> CheckResult:
        check = line.check
        if isinstance(check.aim, Waits):
            return CheckResult(check.name, Fraction(0), check.points, "pending", message="the course checks this")
        try:
            return self.judged(line)
        except SpecError as error:
            if not check.hidden:
                raise
            message = f"{self.question.id}: {check.name!r} cannot be judged on an input that is not shown"
            raise SpecError(message) from error

    def judged(self, line: LinePlan) -> CheckResult:
        check = line.check
        verdict = self.verdict(line, check.aim, (check.rtol, check.atol))
        if not verdict.failing:
            if not verdict.concerned:
                return self.about_nothing(line)
            evidence = line.group.evidence(verdict.concerned)
            return CheckResult(check.name, check.points, check.points, "passed", evidence)
        failure = self.shown(line, verdict)
        points, say = Fraction(0), check.say
        for part, weaker in line.partly:
            if not self.verdict(weaker, part.aim, (part.rtol, part.atol)).failing:
                points, say = part.points, part.say or check.say
                break
        return self.failed(line, failure, points, say)

    def about_nothing(self, line: LinePlan) -> CheckResult:
        """A line that no input was about: held, unless the answers themselves have kept out of its way."""
        check = line.check
        if line.by_answer and line.about_right_outputs() is not False:
            message = "none of the outputs is one that this is about"
            return CheckResult(check.name, Fraction(0), check.points, "failed", NoEvidence(), message)
        reason = "none of the inputs that were tried is one that this is about: the course has to look at it"
        return CheckResult(check.name, Fraction(0), check.points, "held", Fault(reason), reason)

    def failed(self, line: LinePlan, failure: Failure, points: Fraction, say: str) -> CheckResult:
        check = line.check
        evidence: Evidence = NoEvidence()
        if check.hidden:
            message = "fails on an input that is not shown"
            evidence = Counterexample(HIDDEN, HIDDEN, HIDDEN, shortest=False)
        elif failure.case is None:
            message = failure.wrong.sentence
        else:
            text = call_text(self.question.signature.name, self.question.signature.parameters, failure.case)
            message = f"{text} {failure.wrong.sentence}{failure.note}"
            evidence = Counterexample(text, failure.wrong.wanted, failure.wrong.got, shortest=failure.smallest)
        message = f"{say} ({message})" if say else message
        return CheckResult(check.name, points, check.points, "failed", evidence, message)

    def verdict(self, line: LinePlan, aim: Aim, tolerances: tuple[float, float]) -> Verdict:
        """A line on every case that it is about; calls that there was no time for are made where they decide."""
        while True:
            verdict = self.looked_at(line, aim, tolerances)
            left = [i for i, wrong in verdict.failing if wrong.rank == UNASKED]
            if not left or len(left) < len(verdict.failing) or not self.asker.ask_again(line, left):
                return verdict

    def looked_at(self, line: LinePlan, aim: Aim, tolerances: tuple[float, float]) -> Verdict:
        group, answers = line.group, self.asker.answers(line.group)
        misfits = self.misfits(line, answers)
        concerned = self.concerned(line, answers, misfits)
        further = self.further(line, answers, [i for i in concerned if i not in misfits])
        failing: list[tuple[int, Wrong]] = []
        room = MAX_JUDGED_BYTES
        for i in concerned:
            answer = answers[i]
            room -= answer.reply.size if isinstance(answer.reply, Returned) else 0
            if failing and line.everywhere and room < 0:
                break
            if (answer.reply, answer.again) in line.right:
                continue
            more = further.get(i, NOTHING)
            values = values_for(group.inputs[i], line, answer, more.values) if line.speaks else {}
            wanted = line.wanted(i) if line.reference is not None else None
            lost = misfits.get(i) or more.lost
            wrong = judge_case(line, aim, answer, values, group.calls[i], wanted, tolerances, lost)
            if wrong is not None:
                failing.append((i, wrong))
            elif line.by_reply and answer.shared:
                line.right.add((answer.reply, answer.again))
        if isinstance(aim, Pure) and not failing:
            failing = self.watched(line, concerned, answers)
        if isinstance(aim, Holds) and not aim.everywhere and len(failing) < len(concerned):
            failing = []
        return Verdict(len(concerned), failing)

    def concerned(self, line: LinePlan, answers: list[Answer], misfits: Mapping[int, Wrong]) -> list[int]:
        """The cases that a line is about; an answer of a wrong form is, whatever `when` makes of it."""
        if not line.by_answer:
            return line.about
        inputs = line.group.inputs
        return [
            i for i in line.about if i in misfits or line.concerns(values_for(inputs[i], line, answers[i], {}))
        ]  # fmt: skip

    def further(self, line: LinePlan, answers: list[Answer], cases: list[int]) -> dict[int, Further]:
        """The answers to the calls inside a property, by case."""
        if line.by_reply:
            return {}
        asked = self.asker.further(line, [(line.group.inputs[i], answers[i]) for i in cases])
        return dict(zip(cases, asked, strict=True))

    def watched(self, line: LinePlan, concerned: list[int], answers: list[Answer]) -> list[tuple[int, Wrong]]:
        """The calls that leave their arguments as they were in what they say alone."""
        seen = self.asker.observed(line.group) if concerned else []
        found = [(i, impure(answers[i], line.group.calls[i], seen[i])) for i in concerned]
        return [(i, wrong) for i, wrong in found if wrong is not None]

    def misfits(self, line: LinePlan, answers: list[Answer]) -> dict[int, Wrong]:
        """The cases whose outputs have another form than a right one, and how."""
        found: dict[int, Wrong] = {}
        for i in line.about if line.names_output else ():
            if (answers[i].reply, answers[i].again) in line.right:
                continue
            wrong = misformed(line, answers[i], line.group.inputs[i], line.form(i))
            if wrong is not None:
                found[i] = wrong
        return found

    def shown(self, line: LinePlan, verdict: Verdict) -> Failure:
        """The failure that stands for a line; for a hidden one, any."""
        check = line.check
        if isinstance(check.aim, Holds) and not check.aim.everywhere:
            text = check.aim.text.strip()
            return Failure(None, Wrong(text, "nowhere", f"on none of the inputs that were tried this holds: {text}"))
        if check.hidden or not self.shrink:
            index, wrong = verdict.failing[0]
            return Failure(line.group.cases[index], wrong)
        return shrunk(self.asker, line, check.aim, (check.rtol, check.atol), verdict.failing)
