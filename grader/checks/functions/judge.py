"""A submission's function, line by line: ask every case once, look for failures, shrink and replay the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grader.checks.functions.plan import Group, LinePlan, plan_of
from grader.checks.functions.shrinking import Failure, shrunk
from grader.checks.functions.verdicts import Answer, Wrong, call_text, concerns, judge_case, values_for
from grader.errors import SubmissionError
from grader.language.arithmetic import EvaluationError
from grader.sandbox import Call, Loaded, Missing, Reply
from grader.spec.functions import Aim, FunctionQuestion, Holds
from grader.verdict import CheckResult, Counterexample, Evidence, NoEvidence, QuestionResult
from grader.workshop import Runner

HIDDEN = "(hidden)"


def judge_function(question: FunctionQuestion, runner: Runner) -> QuestionResult:
    """The marks of a function in a loaded program.

    Raises:
        SubmissionError: if the program could not be loaded, or defines no such function.
        SpecError: if the question's references or expressions fail.
    """
    if not isinstance(runner.load, Loaded):
        raise SubmissionError(f"the code could not be loaded: {load_text(runner)}")
    judge = _Judge(question, runner)
    return judge.result()


def load_text(runner: Runner) -> str:
    """Why loading failed, with the student's own lines."""
    lines = getattr(runner.load, "traceback_lines", ())
    return "\n".join([str(runner.load), *lines])


@dataclass
class Asked:
    """The answers to a group's cases."""

    group: Group
    answers: list[Answer]


class _Judge:
    def __init__(self, question: FunctionQuestion, runner: Runner) -> None:
        self.question = question
        self.runner = runner
        self.plan = plan_of(question)
        self.asked = {id(group): self.ask(group) for group in self.plan.groups}

    def ask(self, group: Group) -> Asked:
        """One round trip for all cases of a group."""
        replies = self.runner.call(group.batch)
        first: dict[int, Reply] = {}
        again: dict[int, Reply] = {}
        for index, reply in zip(group.order, replies, strict=True):
            (again if index in first else first)[index] = reply
        if replies and isinstance(replies[0], Missing):
            raise SubmissionError(str(replies[0]))
        return Asked(group, [Answer(first[i], again.get(i)) for i in range(len(group.cases))])

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
        return QuestionResult(question.id, question.title, "graded", question.points, tuple(checks))

    def line(self, line: LinePlan) -> CheckResult:
        check = line.check
        failure = self.failure(line, check.aim, (check.rtol, check.atol))
        if failure is None:
            return CheckResult(check.name, check.points, check.points, "passed", line.group.evidence)
        points, say = Fraction(0), check.say
        for part, weaker in line.partly:
            if self.failure(weaker, part.aim, (part.rtol, part.atol), shrink=False) is None:
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

    def failure(
        self, line: LinePlan, aim: Aim, tolerances: tuple[float, float], *, shrink: bool = True
    ) -> Failure | None:
        """The failure of a line that is shown, None where it holds."""
        answers = self.asked[id(line.group)].answers
        further = self.further(line, line.group.inputs, answers)
        failing: list[tuple[int, Wrong]] = []
        met = False
        for i, answer in enumerate(answers):
            values = values_for(line.group.inputs[i], line, answer, further[i])
            if not concerns(line, values):
                continue
            wanted = line.wanted(i) if line.reference is not None else None
            wrong = judge_case(line, aim, answer, values, line.group.calls[i], wanted, tolerances)
            if wrong is None:
                met = True
            else:
                failing.append((i, wrong))
        if isinstance(aim, Holds) and not aim.everywhere:
            sentence = f"on none of the inputs that were tried this holds: {aim.text.strip()}"
            return None if met else Failure(None, Wrong(aim.text.strip(), "nowhere", sentence))
        if not failing:
            return None
        if not shrink:
            return Failure(None, failing[0][1])
        return shrunk(self, line, aim, tolerances, failing)

    def further(self, line: LinePlan, inputs: list[dict[str, Any]], answers: list[Answer]) -> list[dict[str, Any]]:
        """The values of the calls inside a property, for every case: one batch a level."""
        found: list[dict[str, Any]] = [{} for _ in inputs]
        if line.property is None:
            return found
        for level in sorted({call.level for call in line.property.further}):
            slots = [call for call in line.property.further if call.level == level]
            todo: list[tuple[int, str, Call]] = []
            for i, answer in enumerate(answers):
                values = values_for(inputs[i], line, answer, found[i])
                calls = [(i, slot.slot, self.inner(line, slot.slot, values)) for slot in slots]
                todo += [(i, name, call) for i, name, call in calls if call is not None]
            for (i, name, _), reply in zip(todo, self.runner.call([c for _, _, c in todo]), strict=True):
                found[i][name] = Answer(reply).value
        return found

    def inner(self, line: LinePlan, slot: str, values: Mapping[str, Any]) -> Call | None:
        """A call inside a property, once its arguments are known."""
        assert line.property is not None
        try:
            arguments = [formula(values) for formula in line.property.arguments[slot]]
        except EvaluationError:
            return None
        names = self.question.signature.parameters
        converted = [line.group.argument(name, value) for name, value in zip(names, arguments, strict=False)]
        return Call(self.question.signature.name, tuple(converted))
