"""A submission's function, line by line: ask every case once, look for failures, shrink and replay the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grader.checks.functions.plan import Group, LinePlan, plan_of, together
from grader.checks.functions.shrinking import Failure, shrunk
from grader.checks.functions.verdicts import (
    UNASKED,
    Answer,
    Further,
    Wrong,
    call_text,
    judge_case,
    lost,
    unasked,
    values_for,
)
from grader.checks.functions.worth import Worth, nothing
from grader.errors import SpecError, SubmissionError
from grader.language.arithmetic import EvaluationError
from grader.sandbox import Call, Loaded, Missing, Reply, Returned, all_of_them
from grader.spec.functions import Aim, FunctionQuestion, Holds, Waits
from grader.verdict import CheckResult, Counterexample, Evidence, NoEvidence, QuestionResult, QuestionStatus
from grader.workshop import Runner

HIDDEN = "(hidden)"
NOTHING = Further()


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
class Asked:
    """The answers to a group's cases."""

    group: Group
    answers: list[Answer]


@dataclass
class Verdict:
    """How many cases a line is about, and those of them that are wrong."""

    concerned: int
    failing: list[tuple[int, Wrong]]


class _Judge:
    def __init__(self, question: FunctionQuestion, runner: Runner, shrink: bool) -> None:
        self.question = question
        self.runner = runner
        self.shrink = shrink
        self.plan = plan_of(question)
        runner.begin()
        groups = sorted(self.plan.groups, key=lambda group: group.hidden)
        self.asked = {id(group): self.ask(group) for group in groups}

    def ask(self, group: Group) -> Asked:
        """One round trip for all cases of a group."""
        replies = self.runner.call(group.batch, secret=group.hidden, rest=Worth([group]))
        if isinstance(replies[0], Missing):
            raise SubmissionError(str(replies[0]))
        again = dict(zip(group.order[len(group.cases) :], replies[len(group.cases) :], strict=True))
        answers = [Answer(replies[place], again.get(case)) for case, place in enumerate(group.places)]
        return Asked(group, answers)

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
        status: QuestionStatus = "pending" if any(check.outcome == "pending" for check in checks) else "graded"
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
            message = "" if verdict.concerned else "none of the inputs that were tried is one that this is about"
            evidence = line.group.evidence(verdict.concerned)
            return CheckResult(check.name, check.points, check.points, "passed", evidence, message)
        failure = self.shown(line, verdict)
        points, say = Fraction(0), check.say
        for part, weaker in line.partly:
            if not self.verdict(weaker, part.aim, (part.rtol, part.atol)).failing:
                points, say = part.points, part.say or check.say
                break
        return self.failed(line, failure, points, say)

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
            if not left or len(left) < len(verdict.failing) or not self.ask_again(line, left):
                return verdict

    def looked_at(self, line: LinePlan, aim: Aim, tolerances: tuple[float, float]) -> Verdict:
        group, answers = line.group, self.asked[id(line.group)].answers
        concerned = line.about
        if line.by_answer:
            concerned = [i for i in concerned if line.concerns(values_for(group.inputs[i], line, answers[i], {}))]
        if line.by_reply:
            further = [NOTHING] * len(concerned)
        else:
            further = self.further(line, [(group.inputs[i], answers[i]) for i in concerned])
        failing: list[tuple[int, Wrong]] = []
        for i, more in zip(concerned, further, strict=True):
            answer = answers[i]
            if (answer.reply, answer.again) in line.right:
                continue
            values = values_for(group.inputs[i], line, answer, more.values) if line.speaks else {}
            wanted = line.wanted(i) if line.reference is not None else None
            wrong = judge_case(line, aim, answer, values, group.calls[i], wanted, tolerances, more.lost)
            if wrong is not None:
                failing.append((i, wrong))
            elif line.by_reply and answer.shared:
                line.right.add((answer.reply, answer.again))
        if isinstance(aim, Holds) and not aim.everywhere and len(failing) < len(concerned):
            failing = []
        return Verdict(len(concerned), failing)

    def ask_again(self, line: LinePlan, cases: list[int]) -> bool:
        """Another round for calls that the last one had no time for; False where no more can be had."""
        if not self.runner.another_round():
            return False
        group = line.group
        answers = self.asked[id(group)].answers
        todo = [i for i in cases if unasked(answers[i].reply)]
        replies = self.calls(line, [group.calls[i] for i in todo])
        for i, reply in zip(todo, replies, strict=True):
            answers[i] = Answer(reply)
        return True

    def calls(self, line: LinePlan, calls: Sequence[Call]) -> list[Reply]:
        """Calls that one line alone needs; where one that is lost decides it, no more are made."""
        rest = nothing if line.everywhere else all_of_them
        return self.runner.call(calls, secret=line.group.hidden, rest=rest)

    def shown(self, line: LinePlan, verdict: Verdict) -> Failure:
        """The failure that stands for a line; for a hidden one, any."""
        check = line.check
        if isinstance(check.aim, Holds) and not check.aim.everywhere:
            text = check.aim.text.strip()
            return Failure(None, Wrong(text, "nowhere", f"on none of the inputs that were tried this holds: {text}"))
        if check.hidden or not self.shrink:
            index, wrong = verdict.failing[0]
            return Failure(line.group.cases[index], wrong)
        return shrunk(self, line, check.aim, (check.rtol, check.atol), verdict.failing)

    def further(self, line: LinePlan, cases: list[tuple[Mapping[str, Any], Answer]]) -> list[Further]:
        """The answers to the calls inside a property, for every case: one batch a level."""
        further = line.property.further if line.property is not None else ()
        if not further:
            return [NOTHING] * len(cases)
        found = [Further() for _ in cases]
        for level in sorted({call.level for call in further}):
            slots = [call.slot for call in further if call.level == level]
            todo: list[tuple[Further, str, Call]] = []
            for more, (inputs, answer) in zip(found, cases, strict=True):
                if isinstance(answer.reply, Returned) and more.lost is None:
                    values = values_for(inputs, line, answer, more.values)
                    calls = [(slot, self.inner(line, slot, values)) for slot in slots]
                    todo += [(more, slot, call) for slot, call in calls if call is not None]
            replies = self.calls(line, [call for _, _, call in todo])
            for (more, slot, call), reply in zip(todo, replies, strict=True):
                answer = Answer(reply)
                more.values[slot] = answer.value
                if not isinstance(reply, Returned):
                    more.lost = more.lost or lost(answer, call)
        return found

    def inner(self, line: LinePlan, slot: str, values: Mapping[str, Any]) -> Call | None:
        """A call inside a property, once its arguments are known."""
        assert line.property is not None
        signature = self.question.signature
        try:
            arguments = [formula(values) for formula in line.property.arguments[slot]]
            converted = map(line.group.argument, signature.parameters, arguments)
            return Call(signature.name, tuple(converted))
        except (EvaluationError, TypeError, ValueError, OverflowError):  # the student's output is no such argument
            return None
