"""A student's copy of an assignment: nothing of a course may run for it, so it names no Python."""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import Problem, SourceLocation
from grader.spec.question import Question


def python_problems(question: Question) -> Iterator[Problem]:
    """A problem for every piece of Python that a question of a student's copy names or holds."""
    for named in question.kind.python_of(question):
        message = f"{question.id}: {named} is Python, which a student's copy (copy: student) may not name"
        yield Problem(f"{message}: leave it out, or leave out the mark", SourceLocation(f"{question.id}.yaml"))
