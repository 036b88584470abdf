"""Questions that are answered by choosing: one of several, or some of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, Field, ValidationError

from grader.documents import MappingNode
from grader.errors import Problem, did_you_mean
from grader.kinds.choice import KIND
from grader.spec.fields import Label, Points, Strict, Words
from grader.spec.problems import validation_problems
from grader.spec.question import RubricLine

CHOICE_LINE = "the choice is right"


class ChoiceModel(Strict):
    """A choice as it is written; `credit: each` gives a share for every right choice and takes one for a wrong one."""

    question: Label
    title: Label
    points: Points
    prompt: Words | None = None
    answer: Words
    options: dict[Words, Words] = Field(min_length=2)
    right: list[Words] = Field(min_length=1)
    credit: Literal["all", "each"] = "all"
    say: dict[Words, Words] = Field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ChoiceQuestion:
    """A question whose answer is one or more of its options; `say` explains single wrong choices."""

    kind: ClassVar = KIND

    id: str
    title: str
    points: Fraction
    prompt: str
    options: dict[str, str]
    right: frozenset[str]
    each: bool
    say: dict[str, str]

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """One line: the choice."""
        return (RubricLine(CHOICE_LINE, self.points),)


CHOICE_MODELS: dict[str, type[BaseModel]] = {"": ChoiceModel}
"""The model at each path of a choice, for suggestions."""


def load(root: MappingNode, path: Path) -> tuple[ChoiceQuestion | None, list[Problem]]:
    """The question of a file, or every problem that keeps it from being one."""
    try:
        model = ChoiceModel.model_validate(root)
    except ValidationError as error:
        return None, validation_problems(error, root, CHOICE_MODELS)
    options = {str(name): str(text) for name, text in model.options.items()}
    problems = [
        Problem(f"{str(name)!r} is not one of the options{did_you_mean(name, options)}", name.place)
        for name in (*model.right, *model.say)
        if name not in options
    ]
    if problems:
        return None, problems
    return ChoiceQuestion(
        id=str(model.question),
        title=str(model.title),
        points=model.points,
        prompt=str(model.prompt or ""),
        options=options,
        right=frozenset(map(str, model.right)),
        each=model.credit == "each",
        say={str(name): str(text) for name, text in model.say.items()},
    ), []
