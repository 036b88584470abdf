"""The result of a question that was not judged: nothing was handed in, it cannot be used, or the grader failed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.errors import SubmissionError
from grader.evidence import CheckFault, Evidence, NoEvidence
from grader.spec.question import Question
from grader.verdict import HELD_BECAUSE, AnswerLocation, CheckOutcome, CheckResult, QuestionResult, QuestionStatus


def unjudged(
    question: Question, status: QuestionStatus, outcome: CheckOutcome, messages: list[str] | tuple[str, ...]
) -> QuestionResult:
    """The question without marks; every rubric line says the first message."""
    evidence: Evidence = NoEvidence() if status == "missing" else CheckFault("\n".join(messages))
    checks = tuple(
        CheckResult(line.name, Fraction(0), line.points, outcome, evidence, messages[0]) for line in question.rubric
    )
    return QuestionResult(question.id, question.title, status, question.points, checks, tuple(messages))


def rejected(question: Question, error: SubmissionError) -> QuestionResult:
    """The question when its answer cannot be used; it stands where the first problem does that has a place."""
    places = (problem.place for problem in error.problems if problem.place)
    place = next((AnswerLocation(place.file, place.line) for place in places), None)
    return replace(unjudged(question, "rejected", "failed", [str(one) for one in error.problems]), place=place)


def held(question: Question, reason: str) -> QuestionResult:
    """The question when the grader itself failed: no marks are given and none are taken."""
    return unjudged(question, "held", "held", [f"{HELD_BECAUSE}: {reason}"])
