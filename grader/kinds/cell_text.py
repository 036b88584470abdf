"""A cell of a notebook as an answer: text as it would stand in answers.yaml below the name of its question."""

from __future__ import annotations

from grader.kinds.kind import kind_of
from grader.kinds.table import ways_of
from grader.spec.question import Question


def file_of_cell(question: Question, cell: str) -> dict[str, str]:
    """A cell of text as the file that is named after its question: its name and its text.

    An answer of text stands there as it is, where the cell does not begin with the question's name, or a quote.
    """
    may_be_text = any(kind_of(way).is_text for way in ways_of(question))
    is_text = may_be_text and not cell.lstrip().startswith((f"{question.id}:", '"', "'", "{"))
    return {f"{question.id}.{'txt' if is_text else 'yaml'}": cell}
