"""Questions that are answered in prose: a reader's marks decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answers.unread import WantedFile
from grader.documents import MappingNode, ScalarNode, yaml_key
from grader.errors import Problem, listed
from grader.kinds.base import EntryKind
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.kind import KindTable
    from grader.kinds.open_submission import OpenSubmission
    from grader.kinds.written.question import WrittenModel, WrittenQuestion


class WrittenKind(EntryKind):
    """Pending until a reader has marked it; words are never scored."""

    name = "written"
    asks = "text in your own words"

    @property
    def model(self) -> type[WrittenModel]:
        from grader.kinds.written.question import WrittenModel

        return WrittenModel

    def build(
        self, model: WrittenModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[WrittenQuestion | None, list[Problem]]:
        from grader.kinds.written.question import build

        return build(model)

    def score_entry(self, question: WrittenQuestion, entry: Answer, opened: OpenSubmission) -> QuestionResult:
        from grader.kinds.written.score import score_written

        mark = opened.marks.get((opened.submission.name, question.id))
        return score_written(question, _whole_text(entry), mark)

    def said_of_comments(self, entry: Answer) -> Iterator[str]:
        """A comment in prose is none."""
        if entry.comments:
            yield f"read as part of the text, though # begins a comment in YAML: {listed(entry.comments)}"

    def read_entry(self, question: WrittenQuestion, entry: Answer) -> str:
        return str(_whole_text(entry))

    def wanted(self, question: WrittenQuestion) -> WantedFile:
        return WantedFile(place=f"as {question.id}.md or under `{question.id}:` in answers.yaml")

    def blank(self, question: WrittenQuestion) -> Iterator[str]:
        yield f"{yaml_key(question.id)}:  # write | here and your text below, indented; or hand in {question.id}.md"


def _whole_text(entry: Answer) -> ScalarNode:
    """The text of an answer with what stands behind a # in it.

    Raises:
        SubmissionError: as `read_text` does.
    """
    from grader.answers.prose import read_text

    return read_text(replace(entry, content=entry.uncut) if entry.uncut is not None else entry)


KIND = WrittenKind()
