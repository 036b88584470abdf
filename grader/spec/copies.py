"""A student's copy of an assignment: nothing of a course may run for it, so it names no Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from grader.errors import Place, Problem
from grader.spec.question import Question

if TYPE_CHECKING:
    from grader.kinds.either import EitherQuestion
    from grader.kinds.formula.question import FormulaQuestion
    from grader.kinds.function.question import FunctionCheck, FunctionQuestion
    from grader.kinds.weights.question import WeightsQuestion


def python_problems(question: Question) -> Iterator[Problem]:
    """A problem for every piece of Python that a question of a student's copy names or holds."""
    for named in _python_of(question):
        message = f"{question.id}: {named} is Python, which a student's copy (copy: student) may not name"
        yield Problem(f"{message}: leave it out, or leave out the mark", Place(f"{question.id}.yaml"))


def _python_of(question: Question) -> Iterator[str]:
    match question.kind:
        case "either":
            for way in cast("EitherQuestion", question).ways:
                yield from _python_of(way)
        case "weights":
            yield from _named(cast("WeightsQuestion", question).reference)
        case "formula":
            yield from _named(cast("FormulaQuestion", question).reference)
        case "function":
            function = cast("FunctionQuestion", question)
            for check in function.checks:
                yield from _python_of_check(check)
            yield from (f"known: {known.name!r}" for known in function.known)


def _python_of_check(check: FunctionCheck) -> Iterator[str]:
    from grader.kinds.function.question import NETWORK, Equals, Feeds

    for aim in (check.aim, *(partly.aim for partly in check.partly)):
        if isinstance(aim, Feeds) or (isinstance(aim, Equals) and aim.reference != NETWORK):
            yield from _named(aim.reference)


def _named(reference: str) -> Iterator[str]:
    if reference:
        yield reference
