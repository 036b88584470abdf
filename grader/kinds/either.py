"""Questions that may be answered in one of several ways; the better one counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from grader.documents import MappingNode, describe_node
from grader.errors import Problem, SubmissionError
from grader.kinds.base import BaseKind
from grader.kinds.copies import COMMON_KEYS, CopiedQuestion, PlainDocument, kept
from grader.kinds.finding import Finding
from grader.kinds.kind import kind_of
from grader.spec.question import AnsweredModel, BaseQuestion, Question, RubricLine
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.kinds.kind import KindTable
    from grader.kinds.open_submission import OpenSubmission, Resources

SHARED_BY_WAYS = ("question", "title", "points", "prompt")


class EitherModel(AnsweredModel):
    """The ways as they are written; each leaves out what the question says for all."""

    ways: list[Any] = Field(min_length=2)


@dataclass(frozen=True, eq=False)
class EitherQuestion(BaseQuestion):
    """A question with several ways to answer it, each a question of its own for the same points."""

    ways: tuple[Question, ...]

    @property
    def kind(self) -> EitherKind:
        """How it is answered."""
        return KIND

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """The lines of the first way, for reports on answers that were not handed in."""
        return self.ways[0].rubric


class EitherKind(BaseKind):
    """The best of the ways that were handed in counts."""

    name = "either"
    copy_is_tried = True

    @property
    def model(self) -> type[EitherModel]:
        return EitherModel

    def build(
        self, model: EitherModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[EitherQuestion | None, list[Problem]]:
        ways: list[Question] = []
        problems: list[Problem] = []
        for i, way in enumerate(model.ways):
            if not isinstance(way, MappingNode):
                place = getattr(way, "place", root.place)
                problems.append(Problem(f"ways[{i + 1}]: must be a mapping, not {describe_node(way)}", place))
                continue
            whole = MappingNode(way.place)
            whole.update({key: value for key, value in root.items() if key in SHARED_BY_WAYS})
            whole.update(way)
            question, found = kinds.load_question(whole, path)
            problems += found
            if question is not None:
                ways.append(question)
        return None if problems else EitherQuestion(**model.question_fields(), ways=tuple(ways)), problems

    def ways(self, question: EitherQuestion) -> tuple[Question, ...]:
        return question.ways

    def score(self, question: EitherQuestion, opened: OpenSubmission) -> QuestionResult | None:
        """The best result; a way that cannot be used counts only where no other can."""
        results: list[QuestionResult] = []
        refused: SubmissionError | None = None
        for way in question.ways:
            try:
                result = kind_of(way).score(way, opened)
            except SubmissionError as error:
                refused = refused or error
                continue
            if result is not None:
                results.append(result)
        if not results and refused is not None:
            raise refused
        return max(results, key=lambda result: result.points, default=None)

    def answer(self, question: EitherQuestion, opened: OpenSubmission) -> Any:
        raise SubmissionError(f"{question.id} can be answered in several ways: grade it as a whole")

    def check_spec(self, question: EitherQuestion, run: Resources) -> Iterator[Finding]:
        for way in question.ways:
            yield from kind_of(way).check_spec(way, run)

    def blank(self, question: EitherQuestion) -> Iterator[str]:
        yield "# answer in one of these ways (the better one counts):"
        filled_in = False
        for way in question.ways:
            lines = list(kind_of(way).blank(way))
            for line in lines:  # a student fills in one entry; the other ways stand there as comments
                yield f"# {line}" if filled_in and not line.startswith("#") else line
            filled_in = filled_in or any(not line.startswith("#") for line in lines)

    def copied(self, root: PlainDocument, question: EitherQuestion, prompt: str) -> PlainDocument:
        whole = f"{prompt} {root.get('prompt', '')}"
        ways = zip(root["ways"], question.ways, strict=True)
        return {**kept(root, COMMON_KEYS), "ways": [kind_of(way).copied(text, way, whole) for text, way in ways]}

    def student_copy(self, root: PlainDocument, question: EitherQuestion, around: PlainDocument) -> CopiedQuestion:
        copied = self.copied(root, question, around.get("prompt", ""))
        ways = zip(root["ways"], question.ways, strict=True)
        copies = [kind_of(way).student_copy(text, way, copied) for text, way in ways]
        notes = tuple(note for copy in copies for note in copy.notes)
        return CopiedQuestion({**copied, "ways": [copy.document for copy in copies]}, notes)

    def check_copy(self, question: EitherQuestion, copied: EitherQuestion) -> Iterator[Finding]:
        for way, mine in zip(question.ways, copied.ways, strict=True):
            if kind_of(way) is kind_of(mine):
                yield from kind_of(way).check_copy(way, mine)

    def salted(self, question: EitherQuestion, salt: str) -> EitherQuestion:
        return replace(question, ways=tuple(kind_of(way).salted(way, salt) for way in question.ways))

    def python_of(self, question: EitherQuestion) -> Iterator[str]:
        for way in question.ways:
            yield from kind_of(way).python_of(way)


KIND = EitherKind()
