"""A function question put to the test: its references, its known answers, and that its lines are about something."""

from __future__ import annotations

from collections.abc import Iterator

from grader.answers.code import Code
from grader.errors import GraderError, SpecError, SubmissionError
from grader.kinds.finding import Finding, marks_finding
from grader.kinds.function.answers import FunctionAnswers
from grader.kinds.function.code_runner import RunnerPool
from grader.kinds.function.plan import LinePlan, Plan, plan_of
from grader.kinds.function.proposals import OutputExample, proposed
from grader.kinds.function.question import FunctionQuestion, Raises
from grader.kinds.function.score import score_function
from grader.kinds.function.verdicts import CaseAnswer, values_for
from grader.sandbox import Returned, Skipped
from grader.verdict import QuestionResult


def check_function_question(question: FunctionQuestion, pool: RunnerPool) -> Iterator[Finding]:
    """Everything that can be said of a function question before anybody answers it; known answers run in the pool."""
    try:
        plan = plan_of(question)
        for line in plan.lines:
            cases = line.group.cases
            if not cases:
                yield Finding(question.id, "fail", f"{line.check.name!r} has no input: nothing is drawn from its sets")
            if line.reference is not None:
                for i in range(len(cases)):
                    line.wanted(i)
            if line.when is not None and not isinstance(line.check.aim, Raises) and not _ever_applies(line):
                text = f"{line.check.name!r} is about none of its {len(cases)} inputs: it is held for everybody"
                yield Finding(question.id, "warn", text)
        drawn = sum(len(group.cases) for group in plan.groups)
        yield Finding(question.id, "ok", f"{drawn} inputs were drawn, and the references answer them")
    except SpecError as error:
        yield Finding(question.id, "fail", str(error))
        return
    yield from _forms(question, plan, pool)
    if not question.known:
        yield Finding(question.id, "warn", "there is no known answer: nothing shows that the question can be solved")
    yield from _known(question, pool)


def _forms(question: FunctionQuestion, plan: Plan, pool: RunnerPool) -> Iterator[Finding]:
    """That something says which form a right output has, for every line that speaks of the output."""
    for line in plan.lines:
        if not line.names_output:
            continue
        if all(line.form(i) is not None for i in line.applicable_cases):
            continue
        unsaid, refused = "nothing says which form the output has", "the reference does not take its inputs"
        why = unsaid if line.model is None else refused
        form = proposed(_right_outputs(question, plan, pool)) or "real, vector(n), sequence(any, real) or the like"
        text = f"{line.check.name!r}: {why}, so that answers of any form are compared: add `returns: {form}`"
        yield Finding(question.id, "fail", text)
        return


def _right_outputs(question: FunctionQuestion, plan: Plan, pool: RunnerPool) -> list[OutputExample]:
    """The outputs of the known answers that earn everything, with the arguments that they were given."""
    groups = {id(line.group): line.group for line in plan.lines if line.names_output}
    found: list[OutputExample] = []
    for known in question.known:
        if known.earns < question.points:
            continue
        runner = pool.open(Code("solution.py", known.code.encode(), "python"), question.call_seconds)
        try:
            function_answers = FunctionAnswers(plan, runner)
            for group in groups.values():
                for inputs, answer in zip(group.inputs, function_answers.answers(group), strict=True):
                    if isinstance(answer.reply, Returned):
                        arguments = {name: inputs[name] for name in question.signature.parameters}
                        found.append((arguments, answer.value))
        except SubmissionError:  # reported where its marks are compared
            continue
        finally:
            runner.close()
    return found


def _ever_applies(line: LinePlan) -> bool:
    if (found := line.about_right_outputs()) is not None and line.depends_on_output:
        return found
    nothing = CaseAnswer(Skipped("nobody was asked"))
    return any(line.applies_to(values_for(inputs, line, nothing, {})) for inputs in line.group.inputs)


def _known(question: FunctionQuestion, pool: RunnerPool) -> Iterator[Finding]:
    for known in question.known:
        try:
            result = score_code(question, known.code, pool)
        except GraderError as error:
            yield Finding(question.id, "fail", f"known {known.name!r}: {error}")
            continue
        failed = "; ".join(f"{c.name}: {c.message}" for c in result.checks if c.outcome == "failed")
        yield marks_finding(question, known.name, result, known.earns, f" ({failed})" if failed else "")


def score_code(question: FunctionQuestion, source: str, pool: RunnerPool) -> QuestionResult:
    """The marks of a piece of Python; nobody reads its failures, so they are not shrunk."""
    runner = pool.open(Code("solution.py", source.encode(), "python"), question.call_seconds)
    try:
        return score_function(question, runner, shrink=False)
    finally:
        runner.close()
