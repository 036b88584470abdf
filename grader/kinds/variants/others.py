"""Whether a wrong answer is right for the variant of somebody else: a fact for course staff, which changes no marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.errors import SpecError, SubmissionError
from grader.kinds.fingerprint import rests_on_answer_alone
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import OpenSubmission
from grader.kinds.variants.question import VariantsQuestion
from grader.verdict import QuestionResult, variant_in_words

MAX_OTHER_VARIANTS = 60
"""Variants of a question that a wrong answer is tried with; of a question with more, some that are always the same."""


def with_other_variants(result: QuestionResult, question: VariantsQuestion, opened: OpenSubmission) -> QuestionResult:
    """The result with the variants for which an answer that is not right for the own one earns everything.

    Nothing is tried of questions that are answered with code, or that rest on more than the answer.
    """
    if result.status != "graded" or result.points >= result.max_points or not rests_on_answer_alone(question):
        return result
    return replace(result, right_for=tuple(_right_for(question, opened, result)))


def _right_for(question: VariantsQuestion, opened: OpenSubmission, result: QuestionResult) -> Iterator[str]:
    for combination in question.draws.sample(MAX_OTHER_VARIANTS):
        try:
            other = question.own(combination)
            judged = kind_of(other).score(other, opened)
        except (SpecError, SubmissionError):  # a variant that cannot be had, or for which it is no answer at all
            continue
        if judged is not None and judged.status == "graded" and judged.points == judged.max_points > result.points:
            yield variant_in_words(question.draws.constants(combination).shown)
