"""The blanks of a file of answers as they are handed out: what stands in them as a comment is no answer."""

from __future__ import annotations

from collections.abc import Iterable

from grader.answers.answer import PlacedComment
from grader.kinds.kind import kind_of
from grader.spec.question import Question


def not_of_blank(question: Question, comments: Iterable[PlacedComment]) -> list[PlacedComment]:
    """The comments that the student has written: those behind a blank of the question, or of its copy, are left out."""
    found = list(comments)
    blank = (*kind_of(question).blank(question), f"# {kind_of(question).asks}") if found else ()
    return [comment for comment in found if not any(line.endswith(comment.text.rstrip()) for line in blank)]
