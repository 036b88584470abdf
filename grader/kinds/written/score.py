"""A written answer: pending until a reader has marked it; nothing in its words is ever scored by a machine."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from grader.errors import in_sentences, listed
from grader.evidence import NoEvidence
from grader.kinds.written.documents import Prose
from grader.kinds.written.marks import Mark
from grader.kinds.written.question import READER_LINE, WrittenQuestion
from grader.kinds.written.standing import standing
from grader.verdict import CheckResult, QuestionResult, QuestionStatus, points_in_words


def score_written(question: WrittenQuestion, prose: Prose, mark: Mark | None) -> QuestionResult:
    """The points that a reader gave, or all of them pending; without a text its words are not counted.

    Raises:
        SpecError: if the reader names a point that the rubric does not have, or gives more points than it has.
    """
    messages = _length(question, prose.text) if prose.text is not None else []
    answer = prose.answer(messages)
    stands = standing(question, answer.fingerprint, mark) if mark is not None else None
    flags = list(stands.flags) if stands is not None else []
    if mark is None or stands is None or not stands.counts:
        said = in_sentences(flags) if flags else "waits for a reader"
        check = CheckResult(READER_LINE, Fraction(0), question.points, "pending", NoEvidence(), said)
    else:
        messages += flags
        check = _marked(question, mark)
    result = replace(_result(question, check, messages), written=answer)
    return replace(result, messages=(*prose.notes, *result.messages))


def _marked(question: WrittenQuestion, mark: Mark) -> CheckResult:
    worth = question.worth(mark.met)
    points = worth if mark.points is None else mark.points
    found = f"found: {listed(mark.met)}" if mark.met else "found none of the points that are looked for"
    by = f" ({mark.reader})" if mark.reader else ""
    adjusted = f"{points_in_words(points)} points are given for it, not {points_in_words(worth)}"
    said = (f"{found}{by}", adjusted if points != worth else "", mark.note)
    return CheckResult(
        READER_LINE,
        points,
        question.points,
        "passed" if points == question.points else "failed",
        NoEvidence(),
        in_sentences(part for part in said if part),
    )


def _result(question: WrittenQuestion, check: CheckResult, messages: list[str]) -> QuestionResult:
    status: QuestionStatus = "pending" if check.outcome == "pending" else "graded"
    return QuestionResult(question.id, question.title, status, question.points, (check,), tuple(messages))


def _length(question: WrittenQuestion, text: str) -> list[str]:
    words = len(re.findall(r"\w+", text))
    low, high = question.least_words, question.most_words
    if low is not None and words < low:
        return [f"{words} {'word is' if words == 1 else 'words are'} fewer than the {low} that are asked for"]
    if high is not None and words > high:
        return [f"{words} words are more than the {high} that are asked for"]
    return []
