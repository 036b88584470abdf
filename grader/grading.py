"""One submission against one assignment: a report. A fault of the grader is held, never a zero."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from grader.answers.code import read_code
from grader.answers.prose import read_choices, read_text
from grader.answers.submission import Submission
from grader.documents import Block, Series, Text
from grader.errors import Problem, SubmissionError
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import (
    AnswerPlace,
    CheckOutcome,
    CheckResult,
    Evidence,
    Fault,
    NoEvidence,
    QuestionResult,
    QuestionStatus,
    Report,
)

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.sandbox import Requirement
    from grader.spec.choices import ChoiceQuestion
    from grader.spec.either import EitherQuestion
    from grader.spec.formulas import FormulaQuestion
    from grader.spec.functions import FunctionQuestion
    from grader.spec.marks import Mark, Marks
    from grader.spec.numbers import NumberQuestion
    from grader.spec.weights import WeightsQuestion
    from grader.spec.written import WrittenQuestion
    from grader.workshop import Runner


def grade(
    submission: Submission,
    assignment: Assignment,
    require_sandbox: Requirement = "strict",
    marks: Marks | None = None,
) -> Report:
    """The report of a submission; every question is tried, whatever happens to the others.

    `marks` are a reader's, for written answers.
    """
    strangers = submission.strangers(_all_questions(assignment))
    with _code_of(submission, assignment, require_sandbox) as code:
        questions = tuple(
            _question(submission, question, strangers, code, (marks or {}).get((submission.name, question.id)))
            for question in assignment.questions
        )
    broken = [str(problem) for problem in submission.problems]
    messages = tuple(broken or map(str, strangers))
    return Report(assignment.id, submission.name, questions, messages, code.tier)


def _all_questions(assignment: Assignment) -> list[str]:
    return [*assignment.listed, *(q.id for q in assignment.questions if q.id not in assignment.listed)]


class _Code:
    """The submission's code, loaded once when the first question asks for it."""

    def __init__(self, submission: Submission, seconds: float, require: Requirement) -> None:
        self._submission = submission
        self._seconds = seconds
        self._require: Requirement = require
        self._runner: Runner | None = None
        self.tier = ""

    def runner(self) -> Runner | None:
        """What calls it; None where no code was handed in.

        Raises:
            SubmissionError: if the code cannot be read.
            HarnessError: if there is no sandbox that is good enough.
        """
        if self._runner is None:
            code = read_code(self._submission.path)
            if code is None:
                return None
            from grader.workshop import workshop

            self._runner = workshop(self._require).open(code, self._seconds)
            self.tier = workshop(self._require).tier
        return self._runner

    def place_of(self, function: str) -> AnswerPlace | None:
        """The line that defines a function (of a notebook, the file alone)."""
        code = read_code(self._submission.path)
        if code is None:
            return None
        lines = code.source.splitlines() if code.kind == "python" else []
        defined = re.compile(rf"\s*(async\s+)?def\s+{re.escape(function)}\b".encode())
        return AnswerPlace(code.name, next((i for i, line in enumerate(lines, 1) if defined.match(line)), 0))

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()


def _all_ways(assignment: Assignment) -> Iterator[Question]:
    """Every question, and every way of those that can be answered in several."""
    for question in assignment.questions:
        yield from cast("EitherQuestion", question).ways if question.kind == "either" else (question,)


@contextmanager
def _code_of(submission: Submission, assignment: Assignment, require: Requirement) -> Iterator[_Code]:
    limits = [cast("FunctionQuestion", q).call_seconds for q in _all_ways(assignment) if q.kind == "function"]
    code = _Code(submission, max(limits, default=0), require)
    try:
        yield code
    finally:
        code.close()


def _question(
    submission: Submission, question: Question, strangers: list[Problem], code: _Code, mark: Mark | None
) -> QuestionResult:
    try:
        return _judged(submission, question, code, mark) or _missing(question, strangers)
    except SubmissionError as error:
        rejected = _unjudged(question, "rejected", "failed", [str(p) for p in error.problems])
        return replace(rejected, place=_place_of(error))
    except MemoryError:
        return held(question, "the grader ran out of memory")
    except Exception as error:  # the whole point: whatever else goes wrong is our fault, and is said so
        return held(question, f"{type(error).__name__}: {error}")


def _judged(submission: Submission, question: Question, code: _Code, mark: Mark | None) -> QuestionResult | None:
    """The marks of an answer, by its kind; None where nothing was handed in."""
    if question.kind == "either":
        return _better(submission, cast("EitherQuestion", question), code, mark)
    if question.kind == "waits":
        return waiting(question)
    if question.kind == "function":
        from grader.checks.functions.judge import judge_function

        runner = code.runner()
        if runner is None:
            return None
        function = cast("FunctionQuestion", question)
        return replace(judge_function(function, runner), place=code.place_of(function.signature.name))
    answer = submission.answer(question.id)
    if answer is None:
        return None
    line = answer.content.place.line if isinstance(answer.content, Text | Block | Series) else 0
    return replace(_judged_answer(answer, question, mark), place=AnswerPlace(answer.file, line))


def _place_of(error: SubmissionError) -> AnswerPlace | None:
    """Where the first problem that has a place stands."""
    places = (problem.place for problem in error.problems if problem.place)
    return next((AnswerPlace(place.file, place.line) for place in places), None)


def _judged_answer(answer: Answer, question: Question, mark: Mark | None) -> QuestionResult:
    match question.kind:
        case "weights":
            from grader.answers.weights import read_weights
            from grader.checks.weights import judge_weights

            weights = cast("WeightsQuestion", question)
            return judge_weights(weights, read_weights(answer, weights.parameters))
        case "formula":
            from grader.checks.formula import judge_formula

            return judge_formula(cast("FormulaQuestion", question), read_text(answer))
        case "number":
            from grader.checks.number import judge_number

            return judge_number(cast("NumberQuestion", question), read_text(answer))
        case "choice":
            from grader.checks.choice import judge_choice

            return judge_choice(cast("ChoiceQuestion", question), read_choices(answer))
        case "written":
            from grader.checks.written import judge_written

            return judge_written(cast("WrittenQuestion", question), read_text(answer), mark)
    raise NotImplementedError(question.kind)


def _better(submission: Submission, question: EitherQuestion, code: _Code, mark: Mark | None) -> QuestionResult | None:
    """The best of the ways that were handed in; a way that cannot be used counts only where no other can."""
    results: list[QuestionResult] = []
    refused: SubmissionError | None = None
    for way in question.ways:
        try:
            result = _judged(submission, way, code, mark)
        except SubmissionError as error:
            refused = refused or error
            continue
        if result is not None:
            results.append(result)
    if not results and refused is not None:
        raise refused
    return max(results, key=lambda result: result.points, default=None)


def waiting(question: Question) -> QuestionResult:
    """A question that this copy of the spec cannot check."""
    checks = tuple(
        CheckResult(line.name, Fraction(0), line.points, "pending", message="the course checks this")
        for line in question.rubric
    )
    return QuestionResult(question.id, question.title, "pending", question.points, checks)


def held(question: Question, reason: str) -> QuestionResult:
    """The question when the grader itself failed: no marks are given and none are taken."""
    return _unjudged(question, "held", "held", [f"held, because the grader failed: {reason}"])


def _missing(question: Question, strangers: list[Problem]) -> QuestionResult:
    """No answer; a key that looks like a misspelt name of the question is said to be one."""
    meant = [problem for problem in strangers if did_you_mean_question(problem, question.id)]
    if meant:
        return _unjudged(question, "rejected", "failed", [str(problem) for problem in meant])
    return _unjudged(question, "missing", "failed", ["no answer was handed in"])


def did_you_mean_question(problem: Problem, question: str) -> bool:
    """Whether a stranger among the keys was taken for this question."""
    return f"did you mean {question!r}" in problem.message


def _unjudged(question: Question, status: QuestionStatus, outcome: CheckOutcome, messages: list[str]) -> QuestionResult:
    evidence: Evidence = NoEvidence() if status == "missing" else Fault("\n".join(messages))
    checks = tuple(
        CheckResult(line.name, Fraction(0), line.points, outcome, evidence, messages[0]) for line in question.rubric
    )
    return QuestionResult(question.id, question.title, status, question.points, checks, tuple(messages))
