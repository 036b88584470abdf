"""One submission against one assignment: a report. A fault of the grader is held, never a zero."""

from __future__ import annotations

from fractions import Fraction

from grader.answers.submission import Submission
from grader.answers.weights import read_weights
from grader.checks.weights import judge_weights
from grader.errors import Problem, SubmissionError
from grader.spec.assignment import Assignment, Question
from grader.verdict import (
    CheckOutcome,
    CheckResult,
    Evidence,
    Fault,
    NoEvidence,
    QuestionResult,
    QuestionStatus,
    Report,
)


def grade(submission: Submission, assignment: Assignment) -> Report:
    """The report of a submission; every question is tried, whatever happens to the others."""
    strangers = submission.strangers(_all_questions(assignment))
    questions = tuple(_question(submission, question, strangers) for question in assignment.questions)
    broken = [str(problem) for problem in submission.problems]
    return Report(assignment.id, submission.name, questions, tuple(broken or map(str, strangers)))


def _all_questions(assignment: Assignment) -> list[str]:
    return [*assignment.listed, *(q.id for q in assignment.questions if q.id not in assignment.listed)]


def _question(submission: Submission, question: Question, strangers: list[Problem]) -> QuestionResult:
    try:
        answer = submission.answer(question.id)
        if answer is None:
            return _missing(question, strangers)
        return judge_weights(question, read_weights(answer, question.parameters))
    except SubmissionError as error:
        return _unjudged(question, "rejected", "failed", [str(p) for p in error.problems])
    except MemoryError:
        return held(question, "the grader ran out of memory")
    except Exception as error:  # the whole point: whatever else goes wrong is our fault, and is said so
        return held(question, f"{type(error).__name__}: {error}")


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
