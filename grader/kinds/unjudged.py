"""The result of a question that was not judged: nothing was handed in, it cannot be used, or the grader failed."""

from __future__ import annotations

from fractions import Fraction

from grader.evidence import CheckFault, Evidence, NoEvidence
from grader.spec.question import Question
from grader.verdict import HELD_BECAUSE, CheckOutcome, CheckResult, QuestionResult, QuestionStatus


def unjudged(
    question: Question, status: QuestionStatus, outcome: CheckOutcome, messages: list[str] | tuple[str, ...]
) -> QuestionResult:
    """The question without marks; every rubric line says the first message."""
    evidence: Evidence = NoEvidence() if status == "missing" else CheckFault("\n".join(messages))
    checks = tuple(
        CheckResult(line.name, Fraction(0), line.points, outcome, evidence, messages[0]) for line in question.rubric
    )
    return QuestionResult(question.id, question.title, status, question.points, checks, tuple(messages))


def held(question: Question, reason: str) -> QuestionResult:
    """The question when the grader itself failed: no marks are given and none are taken."""
    return unjudged(question, "held", "held", [f"{HELD_BECAUSE}: {reason}"])
