"""Questions that only the course can check: what a student's copy of a spec holds in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from grader.documents import MappingNode, yaml_key
from grader.errors import Problem, SubmissionError
from grader.kinds.base import BaseKind
from grader.spec.fields import Words
from grader.spec.question import OneLineQuestion
from grader.spec.question_models import AnsweredModel
from grader.verdict import CheckResult, QuestionResult

if TYPE_CHECKING:
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources

WITHHELD_LINE = "waits for the course"


class WithheldModel(AnsweredModel):
    """A question whose check stays with the course; `asks` says what to hand in."""

    asks: Words | None = Field(default=None, description="What is to be handed in.")


@dataclass(frozen=True, eq=False)
class WithheldQuestion(OneLineQuestion):
    """A question without its check."""

    line_name: ClassVar = WITHHELD_LINE

    asks: str

    @property
    def kind(self) -> WithheldKind:
        """How it is answered."""
        return KIND


class WithheldKind(BaseKind):
    """Pending, whatever was handed in: the course checks it."""

    name = "waits"

    @property
    def model(self) -> type[WithheldModel]:
        return WithheldModel

    def build(
        self, model: WithheldModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[WithheldQuestion | None, list[Problem]]:
        return WithheldQuestion(**model.question_fields(), asks=str(model.asks or "an answer")), []

    def score(self, question: WithheldQuestion, opened: OpenSubmission) -> QuestionResult | None:
        checks = tuple(
            CheckResult(line.name, Fraction(0), line.points, "pending", message="the course checks this")
            for line in question.rubric
        )
        messages: tuple[str, ...] = ()
        try:
            opened.submission.answer(question.id)  # what is handed in for the course is no stray key or file
        except SubmissionError as error:  # such as two answers, or YAML that is broken
            messages = tuple(map(str, error.problems))
        return QuestionResult(question.id, question.title, "pending", question.points, checks, messages)

    def answer(self, question: WithheldQuestion, opened: OpenSubmission) -> Any:
        raise SubmissionError(f"{question.id} is checked by the course")

    def strength_remarks(
        self, question: WithheldQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds import mutants

        yield mutants.StrengthRemark("only the course can check it")

    def blank(self, question: WithheldQuestion) -> Iterator[str]:
        yield f"{yaml_key(question.id)}:  # {' '.join(question.asks.split())}"


KIND = WithheldKind()
