"""A choice as it is written, and how the question is made of that."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.errors import Problem, did_you_mean
from grader.kinds.choice.question import ChoiceQuestion
from grader.spec.fields import Words
from grader.spec.question_models import AnsweredModel


class ChoiceModel(AnsweredModel):
    """A choice as it is written; `credit: each` gives a share for every right choice and takes one for a wrong one."""

    options: dict[Words, Words] = Field(
        min_length=2, description="What can be chosen: a short name and the text of each option."
    )
    right: list[Words] = Field(min_length=1, description="The names of the right options.")
    credit: Literal["all", "each"] = Field(
        default="all",
        description="Whether only the whole choice counts (all), or each right option "
        "gives a share and each wrong one takes one (each).",
    )
    say: dict[Words, Words] = Field(
        default_factory=dict, description="What is told to who chooses an option that is wrong."
    )


def build(model: ChoiceModel) -> tuple[ChoiceQuestion | None, list[Problem]]:
    """The question of a model, or every problem that keeps it from being one."""
    options = {str(name): str(text) for name, text in model.options.items()}
    problems = [
        Problem(f"{str(name)!r} is not one of the options{did_you_mean(name, options)}", name.place)
        for name in (*model.right, *model.say)
        if name not in options
    ]
    if problems:
        return None, problems
    return ChoiceQuestion(
        **model.question_fields(),
        options=options,
        right=frozenset(map(str, model.right)),
        each=model.credit == "each",
        say={str(name): str(text) for name, text in model.say.items()},
    ), []
