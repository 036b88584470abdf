"""Questions that only the course can check: what a student's copy of a spec holds in their place."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ValidationError

from grader.documents import Block
from grader.errors import Problem
from grader.spec.fields import Label, Points, Strict, Words
from grader.spec.problems import validation_problems
from grader.spec.question import RubricLine

LINE = "waits for the course"


class WaitsModel(Strict):
    """A question whose check stays with the course; `asks` says what to hand in."""

    question: Label
    title: Label
    points: Points
    prompt: Words | None = None
    answer: Words
    asks: Words | None = None


@dataclass(frozen=True, eq=False)
class WaitsQuestion:
    """A question without its check."""

    kind: ClassVar[str] = "waits"

    id: str
    title: str
    points: Fraction
    prompt: str
    asks: str

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """One line, for all the points."""
        return (RubricLine(LINE, self.points),)


MODELS: dict[str, type[BaseModel]] = {"": WaitsModel}


def load(root: Block, path: Path) -> tuple[WaitsQuestion | None, list[Problem]]:
    """The question of a file, or every problem that keeps it from being one."""
    try:
        model = WaitsModel.model_validate(root)
    except ValidationError as error:
        return None, validation_problems(error, root, MODELS)
    return WaitsQuestion(
        str(model.question), str(model.title), model.points, str(model.prompt or ""), str(model.asks or "an answer")
    ), []
