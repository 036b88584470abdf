"""An `answers.yaml` to fill in: a blank for every answer, under its question."""

from __future__ import annotations

from collections.abc import Iterator

from grader.documents import yaml_key
from grader.kinds.kind import kind_of
from grader.spec.assignment import Assignment
from grader.spec.question import PartsHeading, Question
from grader.verdict import points_in_words


def blank_answers(assignment: Assignment) -> str:
    """The text of the file; filled in or not, it is valid YAML."""
    lines = [
        *_commented(f"{assignment.title or assignment.id} ({points_in_words(assignment.points)} points)"),
        "# Numbers may be written as 2, -1.5, 1e-3 or -3/2. What stays blank counts as not handed in.",
        f"assignment: {yaml_key(assignment.id)}",
    ]
    said = None
    for question in assignment.questions:
        shared = assignment.headings.get(question.id)
        if shared is not None and shared != said:
            lines += ["", *_heading(shared)]
        said = shared
        lines += ["", *_heading(question), *kind_of(question).blank(question)]
    return "\n".join(lines) + "\n"


def _heading(question: Question | PartsHeading) -> Iterator[str]:
    yield from _commented(f"{question.id} ({points_in_words(question.points)} points): {question.title}")
    if question.prompt.strip():
        yield "#"
        yield from _commented(question.prompt.rstrip(), "  ")


def _commented(text: str, indent: str = "") -> Iterator[str]:
    """Every line of a text behind a #."""
    yield from (f"# {indent}{line}".rstrip() for line in text.splitlines())
