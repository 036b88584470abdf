"""Whether a wrong answer is right for the variant of somebody else: a fact for course staff, which changes no marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.errors import SpecError, SubmissionError
from grader.kinds.fingerprint import rests_on_answer_alone
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import OpenSubmission
from grader.kinds.variants.question import VariantsQuestion
from grader.spec.question import Question
from grader.verdict import QuestionResult, variant_in_words

MAX_OTHER_VARIANTS = 60
"""Variants of a question that a wrong answer is tried with; of a question with more, some that are always the same."""

MAX_JUDGED_IN_FULL = 1
"""Of those that it seems to be right for, the ones that it is judged for as a student's own answer is."""


def with_other_variants(result: QuestionResult, question: VariantsQuestion, opened: OpenSubmission) -> QuestionResult:
    """The result with the variants for which an answer that is not right for the own one earns everything.

    Nothing is tried of questions that are answered with code, or that rest on more than the answer.
    """
    if result.status != "graded" or result.points >= result.max_points or not rests_on_answer_alone(question):
        return result
    return replace(result, right_for=tuple(_right_for(question, opened, result)))


def _right_for(question: VariantsQuestion, opened: OpenSubmission, result: QuestionResult) -> Iterator[str]:
    """Each variant is tried with little work, so that an answer that is hard to decide costs twice its marks at most.

    What passes little work may be wrong late, so the first such variant is judged as answers are.
    """
    judged_in_full = 0
    for combination in question.draws.sample(MAX_OTHER_VARIANTS):
        try:
            own, quick = question.own(combination), question.own_with_little_work(combination)
            if not _earns_all(quick, opened, result):
                continue
            if quick is not own and judged_in_full < MAX_JUDGED_IN_FULL:
                judged_in_full += 1
                if not _earns_all(own, opened, result):
                    continue
        except (SpecError, SubmissionError):  # a variant that cannot be had, or for which it is no answer at all
            continue
        yield variant_in_words(question.draws.constants(combination).shown)


def _earns_all(other: Question, opened: OpenSubmission, result: QuestionResult) -> bool:
    judged = kind_of(other).score(other, opened)
    return judged is not None and judged.status == "graded" and judged.points == judged.max_points > result.points
