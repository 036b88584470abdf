"""What a page shows of a question beside its marks; whatever goes wrong here costs nobody a mark."""

from __future__ import annotations

from dataclasses import replace

from grader.answers.excerpts import handed_in_texts, lines_named
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import OpenSubmission
from grader.page_details import HandedInText, PageDetails
from grader.spec.question import Question
from grader.verdict import QuestionResult


def with_page(result: QuestionResult, question: Question, opened: OpenSubmission) -> QuestionResult:
    """The result with what a page shows of it: the question, what was handed in, and what its kind adds."""
    page = replace(result.page or PageDetails(), prompt=prompt_of(question, opened))
    try:
        page = kind_of(question).with_page_details(page, question, opened, result)
    except Exception:  # the marks are known already, and the rest of the page is there
        return replace(result, page=page)
    return replace(result, page=page)


def prompt_of(question: Question, opened: OpenSubmission) -> str:
    """What students read: of a part of a question, also what stands before all parts."""
    heading = opened.assignment.headings.get(question.id)
    parts = (heading.prompt if heading is not None else "", question.prompt)
    return "\n\n".join(part.strip() for part in parts if part.strip())


def entry_texts(question: Question, opened: OpenSubmission, result: QuestionResult) -> tuple[HandedInText, ...]:
    """What stands for the question in a file; the lines are marked that a message names, else that of the answer.

    Nothing is marked of an answer that loses no points, and that no message is about.
    """
    submission, place = opened.submission, result.place
    if place is None:
        return handed_in_texts(submission, question.id, ())
    said = [*result.messages, *(check.message for check in result.checks)]
    marked = set(lines_named(said, place.file))
    if not marked and place.line and result.points < result.max_points and result.status != "pending":
        marked = {place.line}
    return handed_in_texts(submission, question.id, marked)
