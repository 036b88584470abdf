"""A written question as it is written, and how the question is made of that."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from pydantic import Field

from grader.errors import Problem
from grader.kinds.written.question import WrittenPoint, WrittenQuestion
from grader.spec.fields import Count, Label, Points, Strict
from grader.spec.question_models import AnsweredModel
from grader.verdict import points_in_words


class PointModel(Strict):
    """A point that an answer can make, and what it is worth; words that highlight where it may be made."""

    name: Label = Field(description="The point that an answer can make.")
    points: Points | None = Field(default=None, description="What it is worth, where that is not what `each` says.")
    keywords: list[Label] | None = Field(
        default=None, description="Words that are highlighted for readers and never score."
    )


class WrittenModel(AnsweredModel):
    """A written question as it is written; `each` is what a point is worth that says nothing else."""

    each: Points | None = Field(default=None, description="What a point of the rubric is worth that says nothing else.")
    rubric: list[PointModel] = Field(min_length=1, description="The points that an answer can make.")
    at_most: Points | None = Field(
        default=None, alias="at most", description="The most that the points made earn together."
    )
    least_words: Count | None = Field(
        default=None,
        alias="least words",
        description="How many words an answer should have at least; it is said, and costs nothing.",
    )
    most_words: Count | None = Field(
        default=None,
        alias="most words",
        description="How many words an answer should have at most; it is said, and costs nothing.",
    )


def _as_read(name: str) -> str:
    """A name as people see it: two that differ in space alone cannot be told apart, on a page or in a table."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def build(model: WrittenModel) -> tuple[WrittenQuestion | None, list[Problem]]:
    """The question of a model, or every problem that keeps it from being one."""
    problems = []
    accepted = []
    if model.least_words is not None and model.most_words is not None and model.least_words > model.most_words:
        words = f"{model.least_words} words or more, and {model.most_words} or fewer"
        problems.append(Problem(f"least words: no answer can have {words}: correct one of them", model.question.place))
    for i, point in enumerate(model.rubric):
        worth = point.points if point.points is not None else model.each
        if worth is None:
            message = f"rubric[{i + 1}]: needs points of its own, or `each` for all"
            problems.append(Problem(message, point.name.place))
        if _as_read(point.name) in [_as_read(earlier.name) for earlier in model.rubric[:i]]:
            problems.append(Problem(f"rubric[{i + 1}].name: {str(point.name)!r} is used twice", point.name.place))
        problems += _faulty_keywords(i, point)
        accepted.append(WrittenPoint(str(point.name), worth or Fraction(0), tuple(map(str, point.keywords or ()))))
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


def _faulty_keywords(i: int, point: PointModel) -> Iterator[Problem]:
    """Words of a point that say nothing, or stand there twice."""
    seen: set[str] = set()
    for word in point.keywords or ():
        key = " ".join(word.lower().split())
        if not any(char.isalnum() for char in word):
            yield Problem(f"rubric[{i + 1}].keywords: {str(word)!r} has neither a letter nor a digit", word.place)
        elif key in seen:
            yield Problem(f"rubric[{i + 1}].keywords: {str(word)!r} stands here twice", word.place)
        seen.add(key)
