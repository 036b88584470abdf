"""A function question put to the test: its references, its known answers, and that its lines are about something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress

from grader.answers.code import Code
from grader.errors import GraderError, Problem, SpecError, SubmissionError
from grader.kinds.finding import Finding, marks_finding, repeated_answers
from grader.kinds.function.answers import FunctionAnswers
from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.code_runner import CodeRunner, RunnerPool
from grader.kinds.function.line_plan import LinePlan, RightOutput
from grader.kinds.function.plan import Plan, plan_of
from grader.kinds.function.proposals import OutputExample, proposed
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.score import score_function
from grader.kinds.function.spec_lines import check_lines
from grader.kinds.function.spec_outputs import (
    MAX_TRIED_CASES,
    check_counts,
    check_properties,
    check_references,
    check_zeros,
)
from grader.kinds.function.verdicts import values_for
from grader.sandbox import Returned, Skipped
from grader.verdict import QuestionResult


def check_function_question(question: FunctionQuestion, pool: RunnerPool) -> Iterator[Finding]:
    """Everything that can be said of a function question before anybody answers it; known answers run in the pool."""
    yield from check_lines(question)
    try:
        plan = plan_of(question)
        for i, line in enumerate(plan.lines):
            yield from _line(question, i, line)
        drawn = sum(len(group.cases) for group in plan.groups)
        yield Finding(question.id, "ok", f"{drawn} inputs were drawn, and the references answer them")
        yield from check_counts(question, plan)
        yield from check_references(question, plan)
    except SpecError as error:
        for problem in error.problems:
            yield Finding(question.id, "fail", problem.message, place=problem.place or question.key_place("checks"))
        return
    yield from _forms(question, plan, pool)
    if not question.known:
        yield Finding(question.id, "warn", "there is no known answer: nothing shows that the question can be solved")
    results = dict[str, QuestionResult]()
    yield from _known(question, pool, results)
    yield from repeated_answers(question, [(known.name, known.code.strip()) for known in question.known])
    yield from _failed_by_all(question, results)
    earned = {
        i
        for result in results.values()
        for i, check in enumerate(result.checks)
        if check.outcome == "failed" and check.points
    }
    yield from check_properties(question, plan, lambda line: right_outputs(question, plan, line, pool), earned)
    yield from check_zeros(question, plan, lambda line: right_outputs(question, plan, line, pool))


def _line(question: FunctionQuestion, i: int, line: LinePlan) -> Iterator[Finding]:
    """That a line has inputs, applies to some, and that its reference answers them."""
    cases, check = line.group.cases, line.check
    if not cases:
        yield Finding(question.id, "fail", f"{check.name!r} has no input: nothing is drawn from its sets")
    try:
        if line.reference is not None:
            for case in range(len(cases)):
                line.wanted(case)
    except SpecError as error:
        raise SpecError(Problem(str(error), question.place("checks", i, check.aim.key()))) from error
    if line.when is not None and check.aim.wants_value and not _ever_applies(line):
        text = f"{check.name!r} is about none of its {len(cases)} inputs: it is held for everybody"
        advice = "draw inputs that meet its `when`"
        yield Finding(question.id, "warn", f"{text}; {advice}", place=question.place("checks", i, "when"))


def _failed_by_all(question: FunctionQuestion, results: Mapping[str, QuestionResult]) -> Iterator[Finding]:
    """Lines that every known answer fails that should earn everything: the line is wrong, and not the answers."""
    right = [
        results[known.name] for known in question.known if known.earns == question.points and known.name in results
    ]
    for i, check in enumerate(question.checks):
        failed = [result.checks[i] for result in right if result.checks[i].outcome == "failed"]
        if right and len(failed) == len(right):
            text = f"no known answer that should earn everything meets {check.name!r}: look at what it asks for"
            text += f" ({failed[0].message})"
            yield Finding(question.id, "fail", text, place=question.place("checks", i, check.aim.key()))


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
        yield Finding(question.id, "fail", text, place=question.key_place("checks"))
        return


def _right_outputs(question: FunctionQuestion, plan: Plan, pool: RunnerPool) -> list[OutputExample]:
    """The outputs of the known answers that earn everything, with the arguments that they were given."""
    groups = {id(line.group): line.group for line in plan.lines if line.names_output}
    return [
        ({name: inputs[name] for name in question.signature.parameters}, answer.value)
        for function_answers in _answers_of_right_code(question, plan, pool)
        for group in groups.values()
        for inputs, answer in zip(group.inputs, function_answers.answers(group), strict=True)
        if isinstance(answer.reply, Returned)
    ]


def _answers_of_right_code(question: FunctionQuestion, plan: Plan, pool: RunnerPool) -> Iterator[FunctionAnswers]:
    """Those of each known answer that earns everything."""
    for known in question.known:
        if known.earns < question.points:
            continue
        with suppress(SubmissionError), _opened(question, known.code, pool) as runner:  # reported with its marks
            yield FunctionAnswers(plan, runner)


def _opened(question: FunctionQuestion, source: str, pool: RunnerPool) -> closing[CodeRunner]:
    """A piece of Python as what a student hands in, ready to be called."""
    return closing(pool.open(Code("solution.py", source.encode(), "python"), question.call_seconds))


def _ever_applies(line: LinePlan) -> bool:
    if (found := line.about_right_outputs()) is not None and line.depends_on_output:
        return found
    nothing = CaseAnswer(Skipped("nobody was asked"))
    return any(line.applies_to(values_for(inputs, line, nothing, {})) for inputs in line.group.inputs)


def _known(question: FunctionQuestion, pool: RunnerPool, results: dict[str, QuestionResult]) -> Iterator[Finding]:
    """The marks of known answers against what they claim; `results` gets them by name."""
    for known in question.known:
        try:
            result = score_code(question, known.code, pool)
        except GraderError as error:
            place = question.place("known", known.name, "code")
            yield Finding(question.id, "fail", f"known {known.name!r}: {error}", place=place)
            continue
        results[known.name] = result
        failed = "; ".join(f"{c.name}: {c.message}" for c in result.checks if c.outcome == "failed")
        yield marks_finding(question, known.name, result, known.earns, f" ({failed})" if failed else "")


def right_outputs(question: FunctionQuestion, plan: Plan, line: LinePlan, pool: RunnerPool) -> list[RightOutput]:
    """Right outputs for some cases of a line: a reference's, else those of a known answer that earns everything."""
    cases = line.applicable_cases[:MAX_TRIED_CASES]
    if line.model is not None:
        found = [(case, line.modelled(line.group.cases[case])) for case in cases]
        return [RightOutput(case, wanted.value) for case, wanted in found if wanted is not None]
    for function_answers in _answers_of_right_code(question, plan, pool):
        answers = function_answers.answers(line.group)
        return [RightOutput(case, answers[case].value) for case in cases if isinstance(answers[case].reply, Returned)]
    return []


def score_code(question: FunctionQuestion, source: str, pool: RunnerPool) -> QuestionResult:
    """The marks of a piece of Python; nobody reads its failures, so they are not shrunk."""
    with _opened(question, source, pool) as runner:
        return score_function(question, runner, shrink=False)
