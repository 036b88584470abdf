"""An `answers.yaml` to fill in: a blank for every answer, under its question."""

from __future__ import annotations

from collections.abc import Iterator

from grader.kinds.kind import kind_of
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import points_in_words


def blank_answers(assignment: Assignment) -> str:
    """The text of the file; filled in or not, it is valid YAML."""
    lines = [
        f"# {assignment.title or assignment.id} ({points_in_words(assignment.points)} points)",
        "# Numbers may be written as 2, -1.5, 1e-3 or -3/2. What stays blank counts as not handed in.",
        f"assignment: {assignment.id}",
    ]
    for question in assignment.questions:
        lines += ["", *_heading(question), *kind_of(question).blank(question)]
    return "\n".join(lines) + "\n"


def _heading(question: Question) -> Iterator[str]:
    yield f"# {question.id} ({points_in_words(question.points)} points): {question.title}"
    yield "#"
    yield from (f"#   {line}".rstrip() for line in question.prompt.rstrip().splitlines())
