"""Questions that may be answered in one of several ways; the better one counts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field, ValidationError

from grader.documents import Block, describe_node
from grader.errors import Problem
from grader.kinds.table import load_question
from grader.spec.fields import Label, Points, Strict, Words
from grader.spec.problems import validation_problems
from grader.spec.question import Question, RubricLine

COMMON = ("question", "title", "points", "prompt")


class EitherModel(Strict):
    """The ways as they are written; each leaves out what the question says for all."""

    question: Label
    title: Label
    points: Points
    prompt: Words | None = None
    answer: Words
    ways: list[Any] = Field(min_length=2)


@dataclass(frozen=True, eq=False)
class EitherQuestion:
    """A question with several ways to answer it, each a question of its own for the same points."""

    kind: ClassVar[str] = "either"

    id: str
    title: str
    points: Fraction
    prompt: str
    ways: tuple[Question, ...]

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """The lines of the first way, for reports on answers that were not handed in."""
        return self.ways[0].rubric


MODELS: dict[str, type[BaseModel]] = {"": EitherModel}


def load(root: Block, path: Path) -> tuple[EitherQuestion | None, list[Problem]]:
    """The question of a file, or every problem that keeps it from being one."""
    try:
        model = EitherModel.model_validate(root)
    except ValidationError as error:
        return None, validation_problems(error, root, MODELS)
    ways: list[Question] = []
    problems: list[Problem] = []
    for i, way in enumerate(model.ways):
        if not isinstance(way, Block):
            place = getattr(way, "place", root.place)
            problems.append(Problem(f"ways[{i + 1}]: must be a mapping, not {describe_node(way)}", place))
            continue
        whole = Block(way.place)
        whole.update({key: value for key, value in root.items() if key in COMMON})
        whole.update(way)
        question, found = load_question(whole, path)
        problems += found
        if question is not None:
            ways.append(question)
    if problems:
        return None, problems
    return EitherQuestion(str(model.question), str(model.title), model.points, str(model.prompt or ""), tuple(ways)), []
