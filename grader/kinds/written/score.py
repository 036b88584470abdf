"""A written answer: pending until a reader has marked it; nothing in its words is ever scored by a machine."""

from __future__ import annotations

import re
from fractions import Fraction

from grader.errors import Problem, SpecError, in_sentences, listed
from grader.evidence import NoEvidence
from grader.kinds.written.marks import Mark, not_in_rubric
from grader.kinds.written.question import READER_LINE, WrittenQuestion
from grader.verdict import CheckResult, QuestionResult, QuestionStatus


def score_written(question: WrittenQuestion, text: str | None, mark: Mark | None) -> QuestionResult:
    """The points that a reader gave, or all of them pending; without a `text` its words are not counted.

    Raises:
        SpecError: if the reader names a point that the rubric does not have.
    """
    messages = _length(question, text) if text is not None else []
    if mark is None:
        check = CheckResult(READER_LINE, Fraction(0), question.points, "pending", NoEvidence(), "waits for a reader")
        return _result(question, check, messages)
    points_by_name = {point.name: point.points for point in question.accepted}
    wrong = [
        Problem(not_in_rubric(name, question.id, list(points_by_name)), place)
        for name, place in zip(mark.met, mark.places, strict=True)
        if name not in points_by_name
    ]
    if wrong:
        raise SpecError(*wrong)
    points = min(question.points, sum((points_by_name[name] for name in mark.met), Fraction(0)))
    found = f"found: {listed(mark.met)}" if mark.met else "found none of the points that are looked for"
    by = f" ({mark.reader})" if mark.reader else ""
    check = CheckResult(
        READER_LINE,
        points,
        question.points,
        "passed" if points == question.points else "failed",
        NoEvidence(),
        in_sentences(part for part in (f"{found}{by}", mark.note) if part),
    )
    return _result(question, check, messages)


def _result(question: WrittenQuestion, check: CheckResult, messages: list[str]) -> QuestionResult:
    status: QuestionStatus = "pending" if check.outcome == "pending" else "graded"
    return QuestionResult(question.id, question.title, status, question.points, (check,), tuple(messages))


def _length(question: WrittenQuestion, text: str) -> list[str]:
    words = len(re.findall(r"\w+", text))
    low, high = question.least_words, question.most_words
    if low is not None and words < low:
        return [f"{words} words are fewer than the {low} that are asked for"]
    if high is not None and words > high:
        return [f"{words} words are more than the {high} that are asked for"]
    return []
