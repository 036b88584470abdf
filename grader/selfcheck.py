"""A spec put to the test: references, examples, known answers, and whether its rubric sees everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from grader.errors import HarnessError, SpecError
from grader.kinds.finding import Finding
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import Resources
from grader.machines.system import DefinitionError
from grader.spec.assignment import Assignment
from grader.spec.packages import missing_packages
from grader.spec.question import Question


def check_assignment(assignment: Assignment) -> Iterator[Finding]:
    """Everything a spec says of itself, question by question."""
    for problem in missing_packages(assignment.packages):
        yield Finding(assignment.id, "fail", problem.message, place=problem.place)
    with closing(Resources()) as run:
        for question in assignment.questions:
            yield from check_question(question, run)


def check_question(question: Question, run: Resources) -> Iterator[Finding]:
    """Everything a question says of itself; `run` has the sandbox in which known answers run."""
    try:
        yield from kind_of(question).check_spec(question, run)
    except (DefinitionError, HarnessError, SpecError) as error:
        yield Finding(question.id, "fail", str(error))
