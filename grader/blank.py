"""An `answers.yaml` to fill in: a blank for every answer, under its question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from grader.answers.code import SOLUTION
from grader.language.arrays import describe
from grader.language.numbers import show_number
from grader.machines.system import Parameter
from grader.spec.assignment import Assignment
from grader.spec.functions import FunctionQuestion
from grader.spec.question import Question
from grader.spec.weights import WeightsQuestion
from grader.verdict import as_number


def blank_answers(assignment: Assignment) -> str:
    """The text of the file; filled in or not, it is valid YAML."""
    lines = [
        f"# {assignment.title or assignment.id} ({as_number(assignment.points)} points)",
        "# Numbers may be written as 2, -1.5, 1e-3 or -3/2. What stays blank counts as not handed in.",
        f"assignment: {assignment.id}",
    ]
    for question in assignment.questions:
        lines += ["", *_heading(question), *_blanks(question)]
    return "\n".join(lines) + "\n"


def _heading(question: Question) -> Iterator[str]:
    yield f"# {question.id} ({as_number(question.points)} points): {question.title}"
    yield "#"
    yield from (f"#   {line}".rstrip() for line in question.prompt.rstrip().splitlines())


def _blanks(question: Question) -> Iterator[str]:
    if question.kind == "weights":
        parameters = cast(WeightsQuestion, question).parameters
        yield f"{question.id}:"
        width = max(map(len, parameters)) + 1
        for name, parameter in parameters.items():
            yield f"  {f'{name}:':{width}}  # {_wanted(parameter)}"
    elif question.kind == "function":
        signature = cast(FunctionQuestion, question).signature
        yield f"# define {signature} in {SOLUTION} (or in one notebook) beside this file"


def _wanted(parameter: Parameter) -> str:
    row = f"[{', '.join('.' * parameter.shape[-1])}]" if parameter.shape else ""
    pattern = f"[{', '.join([row] * parameter.shape[0])}]" if len(parameter.shape) == 2 else row
    text = describe(parameter.shape) + (f": {pattern}" if pattern else "")
    if parameter.allowed is not None:
        text += f", from {', '.join(map(show_number, parameter.allowed))}"
    return text
