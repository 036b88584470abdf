"""A number question as it is written, and how the question is made of that."""

from __future__ import annotations

from pydantic import Field

from grader.documents import ScalarNode
from grader.errors import Problem
from grader.formulas import Setting, Symbols, read_answer
from grader.kinds.number.question import KnownNumber, NearNumber, NumberQuestion
from grader.language.parse import ExpressionError
from grader.language.tree import Tree
from grader.spec.fields import Points, Strict, Words
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
    tolerance: Words | None = Field(
        default=None, description="How far an answer may be from it; without it an answer is right exactly."
    )
    unit: Words | None = Field(default=None, description="A unit that may stand behind the number.")
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
            return read_answer(text, Symbols(), None, Setting(Symbols())).tree
        except ExpressionError as error:
            problems.append(Problem(f"{where}: {error.message}", text.at(error.at)))
            return None

    value = read(model.value, "value")
    tolerance = read(model.tolerance, "tolerance") if model.tolerance else None
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
        unit=str(model.unit or ""),
        accepts=tuple(map(str, model.accepts)),
        near=tuple(near),
        known=tuple(KnownNumber(str(n), str(k.text), k.earns) for n, k in model.known.items()),
    ), []
