"""What a question of a spec is, for who writes it: as students see it, and what grading makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.deferred import dataclass
from grader.kinds.kind import kind_of
from grader.kinds.spec_table import SpecTable
from grader.spec.assignment import Assignment
from grader.spec.question import PartsHeading, Question
from grader.verdict import points_in_words


@dataclass(frozen=True)
class SpecView:
    """A question: what students read, its rubric and blank, and the tables of its kind.

    `heading` is what the question in parts says before it, where it is the first of its parts that is shown.
    """

    id: str
    title: str
    kind: str
    points: str
    prompt: str
    rubric: tuple[tuple[str, str], ...]
    blank: tuple[str, ...]
    tables: tuple[SpecTable, ...]
    heading: PartsHeading | None = None


def question_views(assignment: Assignment) -> Iterator[SpecView]:
    """The questions of an assignment one by one, each worked out when it is asked for.

    Raises:
        SpecError: if a question cannot work.
    """
    said: PartsHeading | None = None
    for question in assignment.questions:
        heading = assignment.headings.get(question.id)
        yield _view(question, heading if heading != said else None)
        said = heading


def _view(question: Question, heading: PartsHeading | None) -> SpecView:
    kind = kind_of(question)
    return SpecView(
        id=question.id,
        title=question.title,
        kind=kind.name,
        points=points_in_words(question.points),
        prompt=question.prompt.strip("\n"),
        rubric=tuple((line.name, points_in_words(line.points)) for line in question.rubric),
        blank=tuple(kind.blank(question)),
        tables=tuple(kind.described(question)),
        heading=heading,
    )


def view_as_json(view: SpecView) -> dict[str, Any]:
    """A question as JSON has it; each table with its columns, rows and notes."""
    return {
        "id": view.id,
        "title": view.title,
        "answer": view.kind,
        "points": view.points,
        "prompt": view.prompt,
        "rubric": [{"name": name, "points": points} for name, points in view.rubric],
        "blank": [*view.blank],
        "tables": [
            {"title": t.title, "columns": [*t.head], "rows": [[*row] for row in t.rows], "notes": [*t.notes]}
            for t in view.tables
        ],
    }
