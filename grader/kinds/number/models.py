"""A number question as it is written, and how the question is made of that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from pydantic import Field

from grader.documents import ScalarNode
from grader.errors import Problem
from grader.kinds.number.question import KnownNumber, NearNumber, NumberQuestion
from grader.kinds.number.reading import read_number
from grader.kinds.number.writings import plain_writing
from grader.language.parse import ExpressionError
from grader.language.tree import Tree
from grader.spec.fields import Label, Points, Strict, Words
from grader.spec.question_models import AnsweredModel
from grader.verdict import points_in_words


class NearNumberModel(Strict):
    """A number that is not right, what it earns all the same, and what to say.

    `writes` are answers that are no numbers, taken word for word: `|W| * (1/4)^(T-t)`.
    """

    value: Words | None = Field(default=None, description="The wrong number: any expression with its value.")
    writes: list[Words] = Field(
        default_factory=list, description="Wrong answers that are no numbers, taken word for word."
    )
    points: Points = Field(description="What it earns all the same.")
    say: Words | None = Field(default=None, description="What the student is told.")


class KnownNumberModel(Strict):
    """An answer whose marks are known: a test of the spec."""

    text: Words = Field(description="An answer as a student might write it.")
    earns: Points = Field(description="The marks that it must get.")


class NumberModel(AnsweredModel):
    """A number question as it is written; `accepts` are other writings of the right answer, taken word for word."""

    value: Words = Field(description="The right number: any expression with its value.")
    tolerance: Label | None = Field(
        default=None, description="How far an answer may be from it; without it an answer is right exactly."
    )
    unit: Label | None = Field(default=None, description="A unit that may stand behind the number.")
    accepts: list[Words] = Field(
        default_factory=list, description="Other writings of the right answer, taken word for word."
    )
    near: list[NearNumberModel] = Field(
        default_factory=list, description="Wrong answers that earn something, or are told something."
    )
    known: dict[Words, KnownNumberModel] = Field(
        default_factory=dict, description="Answers whose marks are known, by name: tests of the spec."
    )


def build(model: NumberModel) -> tuple[NumberQuestion | None, list[Problem]]:
    """The question of a model, or every problem that keeps it from being one."""
    problems: list[Problem] = []

    def read(text: ScalarNode, where: str) -> Tree | None:
        try:
            return read_number(text).tree
        except ExpressionError as error:
            problems.append(Problem(f"{where}: {error.message}", text.at(error.at)))
            return None

    value = read(model.value, "value")
    tolerance = read(model.tolerance, "tolerance") if model.tolerance else None
    problems += _faults(model)
    near = []
    for i, miss in enumerate(model.near):
        tree = read(miss.value, f"near[{i + 1}].value") if miss.value else None
        place = next((text.place for text in (miss.value, *miss.writes) if text is not None), model.value.place)
        if miss.value is None and not miss.writes:
            problems.append(Problem(f"near[{i + 1}]: needs a 'value', or what a student 'writes'", place))
        if miss.points >= model.points:
            message = f"near[{i + 1}]: a near miss earns less than all {points_in_words(model.points)}"
            problems.append(Problem(message, place))
        name = next((str(text) for text in (miss.value, *miss.writes) if text is not None), "")
        near.append(NearNumber(name, tree, tuple(map(str, miss.writes)), miss.points, str(miss.say or "")))
    if problems or value is None:
        return None, problems
    return NumberQuestion(
        **model.question_fields(),
        value=value,
        tolerance=tolerance,
        unit=str(model.unit or "").strip(),
        accepts=tuple(map(str, model.accepts)),
        near=tuple(near),
        known=tuple(KnownNumber(str(n), str(k.text), k.earns) for n, k in model.known.items()),
    ), []


_SHARE_OF_VALUE = re.compile(r"\s*([\d.]+)\s*\\?%\s*")


def _faults(model: NumberModel) -> Iterator[Problem]:
    """A tolerance that is meant as a share, a unit that is a number, and accepted writings of which nothing is left."""
    if model.tolerance is not None and (share := _SHARE_OF_VALUE.fullmatch(model.tolerance)):
        distance = f"write {share[1]}/100*({model.value}) for a share of the right number, or the distance itself"
        yield Problem(f"tolerance: {model.tolerance.strip()} is no distance: {distance}", model.tolerance.place)
    if model.unit is not None and any(sign.isdigit() for sign in model.unit):  # e is a charge as well as a number
        with suppress(ExpressionError):
            read_number(model.unit)
            message = f"unit: {str(model.unit)!r} is a number, which would be cut off from answers: choose another unit"
            yield Problem(message, model.unit.place)
    writings = [(f"accepts[{i}]", text) for i, text in enumerate(model.accepts, 1)]
    for n, near in enumerate(model.near, 1):
        writings += [(f"near[{n}].writes[{i}]", text) for i, text in enumerate(near.writes, 1)]
    for where, text in writings:
        if not plain_writing(text):
            message = f"{where}: nothing is left of {str(text)!r} without spaces and signs of products: write more"
            yield Problem(message, text.place)
