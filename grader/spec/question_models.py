"""The keys that the file of every question has."""

from __future__ import annotations

from typing import Any

from grader.spec.fields import Label, Points, Strict, Words


class QuestionModel(Strict):
    """What is written first in every question file."""

    question: Label
    title: Label
    points: Points
    prompt: Words | None = None

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

    answer: Words
