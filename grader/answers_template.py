"""An `answers.yaml` to fill in: a blank for every answer, under its question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from grader.answers.code import SOLUTION
from grader.language.arrays import describe
from grader.language.numbers import show_number
from grader.machines.system import Parameter
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import as_number

if TYPE_CHECKING:
    from grader.kinds.choice.question import ChoiceQuestion
    from grader.kinds.either import EitherQuestion
    from grader.kinds.formula.question import FormulaQuestion
    from grader.kinds.function.question import FunctionQuestion
    from grader.kinds.weights.question import WeightsQuestion
    from grader.kinds.withheld import WaitsQuestion


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
    match question.kind:
        case "weights":
            parameters = cast("WeightsQuestion", question).parameters
            yield f"{question.id}:"
            width = max(map(len, parameters)) + 1
            for name, parameter in parameters.items():
                yield f"  {f'{name}:':{width}}  # {_wanted(parameter)}"
        case "function":
            signature = cast("FunctionQuestion", question).signature
            yield f"# define {signature} in {SOLUTION} (or in one notebook) beside this file"
        case "formula":
            names = cast("FormulaQuestion", question).symbols.known()
            yield f"{question.id}:  # a formula in quotes ({names})"
        case "number":
            yield f"{question.id}:  # a number, or an expression for it in quotes"
        case "choice":
            for name, text in cast("ChoiceQuestion", question).options.items():
                yield f"#   {name}: {text}"
            yield f"{question.id}:  # one of them, or a list of them: [a, b]"
        case "written":
            yield f"{question.id}:  # write | here and your text below, indented; or hand in {question.id}.md"
        case "waits":
            yield f"{question.id}:  # {cast('WaitsQuestion', question).asks}"
        case "either":
            yield "# answer in one of these ways (the better one counts):"
            for way in cast("EitherQuestion", question).ways:
                yield from _blanks(way)


def _wanted(parameter: Parameter) -> str:
    row = f"[{', '.join('.' * parameter.shape[-1])}]" if parameter.shape else ""
    pattern = f"[{', '.join([row] * parameter.shape[0])}]" if len(parameter.shape) == 2 else row
    text = describe(parameter.shape) + (f": {pattern}" if pattern else "")
    if parameter.allowed is not None:
        text += f", from {', '.join(map(show_number, parameter.allowed))}"
    return text
