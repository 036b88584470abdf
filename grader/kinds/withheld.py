"""Questions that only the course can check: what a student's copy of a spec holds in their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from grader.documents import Block
from grader.errors import Problem, SubmissionError
from grader.kinds.base import BaseKind
from grader.spec.fields import Label, Points, Strict, Words
from grader.spec.problems import validation_problems
from grader.spec.question import RubricLine
from grader.verdict import CheckResult, QuestionResult

if TYPE_CHECKING:
    from grader.kinds.open_submission import OpenSubmission
    from grader.kinds.table import KindTable

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

    id: str
    title: str
    points: Fraction
    prompt: str
    asks: str

    @property
    def kind(self) -> WithheldKind:
        """How it is answered."""
        return KIND

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """One line, for all the points."""
        return (RubricLine(LINE, self.points),)


MODELS: dict[str, type[BaseModel]] = {"": WaitsModel}


class WithheldKind(BaseKind):
    """Pending, whatever was handed in: the course checks it."""

    name = "waits"

    @property
    def model(self) -> type[WaitsModel]:
        return WaitsModel

    def load(self, root: Block, path: Path, kinds: KindTable) -> tuple[WaitsQuestion | None, list[Problem]]:
        return load(root, path)

    def score(self, question: WaitsQuestion, opened: OpenSubmission) -> QuestionResult | None:
        checks = tuple(
            CheckResult(line.name, Fraction(0), line.points, "pending", message="the course checks this")
            for line in question.rubric
        )
        return QuestionResult(question.id, question.title, "pending", question.points, checks)

    def answer(self, question: WaitsQuestion, opened: OpenSubmission) -> Any:
        raise SubmissionError(f"{question.id} is checked by the course")

    def blank(self, question: WaitsQuestion) -> Iterator[str]:
        yield f"{question.id}:  # {question.asks}"


KIND = WithheldKind()


def load(root: Block, path: Path) -> tuple[WaitsQuestion | None, list[Problem]]:
    """The question of a file, or every problem that keeps it from being one."""
    try:
        model = WaitsModel.model_validate(root)
    except ValidationError as error:
        return None, validation_problems(error, root, MODELS)
    return WaitsQuestion(
        str(model.question), str(model.title), model.points, str(model.prompt or ""), str(model.asks or "an answer")
    ), []
