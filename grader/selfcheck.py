"""A spec put to the test: references, examples, known answers, and whether its rubric sees everything."""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import HarnessError, SpecError
from grader.kinds.finding import Finding
from grader.kinds.kind import kind_of
from grader.machines.system import DefinitionError
from grader.spec.assignment import Assignment


def check_assignment(assignment: Assignment) -> Iterator[Finding]:
    """Everything a spec says of itself, question by question."""
    for question in assignment.questions:
        try:
            yield from kind_of(question).check_spec(question)
        except (DefinitionError, HarnessError, SpecError) as error:
            yield Finding(question.id, "fail", str(error))
