"""A number question put to the test."""

from __future__ import annotations

from collections.abc import Iterator

from grader.kinds.finding import Finding, known_answers
from grader.kinds.number.question import NumberQuestion
from grader.kinds.number.score import score_number


def check_number_question(question: NumberQuestion) -> Iterator[Finding]:
    """Known answers against their marks."""
    yield from known_answers(question, lambda text: score_number(question, text))
