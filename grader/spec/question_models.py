"""The keys that the file of every question has."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from grader.spec.fields import Label, Points, Strict, Words


class QuestionModel(Strict):
    """What is written first in every question file."""

    question: Label = Field(
        description="The name of the question, under which it is answered (q5, q3.1); its file is called so, too."
    )
    title: Label = Field(description="What the question is called in reports.")
    points: Points = Field(description="What a right answer to the whole question earns.")
    prompt: Words | None = Field(default=None, description="What students are asked to do, in Markdown.")

    def question_fields(self) -> dict[str, Any]:
        """The fields that a question of any kind has, by name."""
        return {
            "id": str(self.question),
            "title": str(self.title),
            "points": self.points,
            "prompt": str(self.prompt or ""),
        }


class AnsweredModel(QuestionModel):
    """A question of one kind; `answer` names the kind."""

    answer: Words = Field(description="How the question is answered, which decides what else can stand here.")
