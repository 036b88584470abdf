"""Questions that are answered in prose: a reader's marks decide, and until then the points are pending."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from pydantic import Field

from grader.deferred import dataclass
from grader.errors import Problem
from grader.kinds.written import KIND
from grader.spec.fields import Count, Label, Points, Strict
from grader.spec.question import OneLineQuestion
from grader.spec.question_models import AnsweredModel
from grader.verdict import points_in_words

READER_LINE = "what a reader finds in the answer"


class PointModel(Strict):
    """A point that an answer can make, and what it is worth."""

    name: Label
    points: Points | None = None


class WrittenModel(AnsweredModel):
    """A written question as it is written; `each` is what a point is worth that says nothing else."""

    each: Points | None = None
    rubric: list[PointModel] = Field(min_length=1)
    at_most: Points | None = Field(default=None, alias="at most")
    least_words: Count | None = Field(default=None, alias="least words")
    most_words: Count | None = Field(default=None, alias="most words")


@dataclass(frozen=True)
class WrittenPoint:
    """A point of the rubric."""

    name: str
    points: Fraction


@dataclass(frozen=True, eq=False)
class WrittenQuestion(OneLineQuestion):
    """A question whose answer is prose; `accepted` are the points that a reader looks for."""

    kind: ClassVar = KIND
    line_name: ClassVar = READER_LINE

    accepted: tuple[WrittenPoint, ...]
    least_words: int | None
    most_words: int | None


def build(model: WrittenModel) -> tuple[WrittenQuestion | None, list[Problem]]:
    """The question of a model, or every problem that keeps it from being one."""
    problems = []
    accepted = []
    for i, point in enumerate(model.rubric):
        worth = point.points if point.points is not None else model.each
        if worth is None:
            message = f"rubric[{i + 1}]: needs points of its own, or `each` for all"
            problems.append(Problem(message, point.name.place))
        if point.name in [p.name for p in model.rubric[:i]]:
            problems.append(Problem(f"rubric[{i + 1}].name: {str(point.name)!r} is used twice", point.name.place))
        accepted.append(WrittenPoint(str(point.name), worth or Fraction(0)))
    total = sum((point.points for point in accepted), Fraction(0))
    reachable = total if model.at_most is None else min(total, model.at_most)
    if not problems and reachable != model.points:
        text = f"points: the rubric gives at most {points_in_words(reachable)}, but the question is worth"
        problems.append(Problem(f"{text} {points_in_words(model.points)}", model.question.place))
    if problems:
        return None, problems
    return WrittenQuestion(
        **model.question_fields(),
        accepted=tuple(accepted),
        least_words=model.least_words,
        most_words=model.most_words,
    ), []
