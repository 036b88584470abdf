"""A spec put to the test: references, examples, known answers, and whether its rubric sees everything.

`finding` owns what is found, the other files a kind of question each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from grader.errors import HarnessError, SpecError
from grader.kinds.copy_texts import check_copy
from grader.kinds.either import EitherQuestion
from grader.kinds.finding import Finding, Level
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.number.question import NumberQuestion
from grader.kinds.weights.question import WeightsQuestion
from grader.machines.system import DefinitionError
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import as_number

__all__ = ["Finding", "Level", "check_assignment", "check_copy"]


def check_assignment(assignment: Assignment) -> Iterator[Finding]:
    """Everything a spec says of itself, question by question."""
    for question in assignment.questions:
        try:
            yield from check_question(question)
        except (DefinitionError, HarnessError, SpecError) as error:
            yield Finding(question.id, "fail", str(error))


def check_question(question: Question) -> Iterator[Finding]:
    """Everything that can be said of a question before anybody answers it."""
    match question.kind:
        case "weights":
            from grader.kinds.weights.spec_check import check_weights_question

            yield from check_weights_question(cast(WeightsQuestion, question))
        case "function":
            from grader.kinds.function.spec_check import check_function_question

            yield from check_function_question(cast(FunctionQuestion, question))
        case "formula":
            from grader.kinds.formula.spec_check import check_formula_question

            yield from check_formula_question(cast(FormulaQuestion, question))
        case "number":
            from grader.kinds.formula.spec_check import check_number_question

            yield from check_number_question(cast(NumberQuestion, question))
        case "either":
            for way in cast(EitherQuestion, question).ways:
                yield from check_question(way)
        case _:  # choices and written questions are tested when they are read
            yield Finding(question.id, "ok", f"a {question.kind} question of {as_number(question.points)} points")
