"""What readers of a class work through: the written questions of an assignment, and every answer that can be read.

All of it comes from the gradebook of a folder of results, from the course and from the file of marks; nothing is graded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from grader.kinds.written.marks import Mark
from grader.review.marks_store import MarksStore
from grader.written_answer import WrittenAnswer

AnswerState = Literal["pending", "changed", "flagged", "marked"]
"""`pending`: nobody has marked it; `changed`: its mark waits for the reader again; `flagged`: its mark counts, and a
reader should look at it again; `marked`: its mark counts."""


@dataclass(frozen=True)
class ReadPoint:
    """A point of the rubric; `keywords` highlight where an answer may make it, and never score."""

    name: str
    points: Fraction
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadQuestion:
    """A written question as readers see it; `assignment` is the name of its assignment's folder."""

    assignment: str
    id: str
    title: str
    prompt: str
    points: Fraction
    rubric: tuple[ReadPoint, ...]
    fingerprint: str

    def worth(self, met: Sequence[str]) -> Fraction:
        """What these points of the rubric give together, at most what the question is worth."""
        raise NotImplementedError


@dataclass(frozen=True)
class ReadableAnswer:
    """An answer as it was handed in last, and its mark as the file of marks has it now.

    `flags` say in sentences what has changed since it was marked. `second` are findings of other readers, by reader.
    """

    submission: str
    question: str
    answer: WrittenAnswer
    state: AnswerState
    mark: Mark | None
    flags: tuple[str, ...] = ()
    second: tuple[Mark, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The submission and the question: how marks name it."""
        return self.submission, self.question


class Review:
    """An open review of a folder of results.

    `questions` are those that readers mark, in the order of the assignment. `said` are sentences about what could not
    be used: marks for unknown submissions, gradebooks without texts.
    """

    results: Path
    questions: tuple[ReadQuestion, ...]
    said: tuple[str, ...]

    def question(self, name: str) -> ReadQuestion:
        """A question by its name. Raises `SpecError` if there is none, with what there is."""
        raise NotImplementedError

    def store(self, question: str) -> MarksStore:
        """Where the marks of a question are kept."""
        raise NotImplementedError

    def answers(self, question: str) -> tuple[ReadableAnswer, ...]:
        """Every answer to a question, in the order of submissions, with the marks as the file has them now."""
        raise NotImplementedError

    def answer(self, submission: str, question: str) -> ReadableAnswer:
        """One of them. Raises `SubmissionError` if there is none."""
        raise NotImplementedError

    def file_bytes(self, answer: ReadableAnswer, name: str) -> bytes:
        """A file that was handed in (one of `answer.answer.files`), for a reader who opens it.

        Raises:
            SubmissionError: if it is not there any more, or is another one than was graded.
        """
        raise NotImplementedError


def open_review(
    results: Path,
    spec: str | None = None,
    course: Path | None = None,
    marks: Path | None = None,
    start: Path | None = None,
) -> Review:
    """The review of a folder of results, for the spec that is named, else the one that its submissions were graded by.

    `marks` names the file of marks (one that is not there yet is made with the first mark); else it is `marks.yaml`
    beside the spec. `start` is where a course is looked for (the present folder).

    Raises:
        SubmissionError: if nothing was graded there.
        SpecError: if the course, its spec or the file of marks cannot be used.
    """
    raise NotImplementedError
