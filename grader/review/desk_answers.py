"""Answers as one reader meets them: numbered, in groups of identical ones, with keys that tell no names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Literal

from grader.errors import SubmissionError
from grader.kinds.written.marks import Mark
from grader.review.grouping import SimilarGroup
from grader.review.marks_store import mark_version
from grader.review.pending import WAITING, AnswerState, ReadableAnswer, ReadQuestion

AnswerFilter = Literal["pending", "disputed", "flagged", "marked", "all"]
FILTERS: Mapping[AnswerFilter, str] = {
    "pending": "waiting",
    "disputed": "in dispute",
    "flagged": "to look at again",
    "marked": "marked",
    "all": "all",
}
"""Which answers are listed, and how that is called."""

VERSION_DIGITS = 16


class MissingAnswerError(SubmissionError):
    """A key that stands for nothing here."""


@dataclass(frozen=True)
class SecondReading:
    """A second reader's: a sample of answers, whose first marks are not shown; `count` None: of all of them."""

    reader: str
    count: int | None
    seed: str


@dataclass(frozen=True)
class DeskAnswer:
    """An answer as this reader sees it: `mark`, `state` and `flags` are of the second reading where that is one.

    `number` counts from 1 in the order in which they are read (0: not known), and `key` stands for the submission in
    addresses.
    """

    number: int
    key: str
    read: ReadableAnswer
    mark: Mark | None
    state: AnswerState
    disputed: bool
    flags: tuple[str, ...] = ()

    def is_in(self, shown: AnswerFilter) -> bool:
        """Whether a filter lists it."""
        match shown:
            case "pending":
                return self.state in WAITING
            case "flagged":
                return self.state in ("changed", "flagged")
            case "marked":
                return self.mark is not None
            case "disputed":
                return self.disputed
            case "all":
                return True


@dataclass(frozen=True)
class DeskGroup:
    """Answers that are identical; `version` is another one when any of them, its mark or the rubric is."""

    index: int
    answers: tuple[DeskAnswer, ...]

    @property
    def first(self) -> DeskAnswer:
        return self.answers[0]

    def is_in(self, shown: AnswerFilter) -> bool:
        return any(answer.is_in(shown) for answer in self.answers)

    def first_in(self, shown: AnswerFilter) -> DeskAnswer:
        """The first that a filter lists: of a group with a mark, the one that was handed in later waits."""
        return next((answer for answer in self.answers if answer.is_in(shown)), self.first)

    def of(self, key: str) -> DeskAnswer | None:
        """The answer with that key."""
        return next((answer for answer in self.answers if answer.key == key), None)


@dataclass(frozen=True)
class QuestionAtDesk:
    """A question with its groups in the order in which a reader meets them."""

    question: ReadQuestion
    groups: tuple[DeskGroup, ...]
    similar: tuple[tuple[SimilarGroup, ...], ...]

    @property
    def answers(self) -> tuple[DeskAnswer, ...]:
        """In the order of their numbers."""
        return tuple(sorted((a for group in self.groups for a in group.answers), key=lambda answer: answer.number))

    def found(self, key: str) -> tuple[DeskGroup, DeskAnswer]:
        """An answer by its key. Raises `MissingAnswerError` if there is none."""
        for group in self.groups:
            if (answer := group.of(key)) is not None:
                return group, answer
        raise MissingAnswerError("there is no such answer here any more: go back to the list of answers")

    def next_to(self, group: DeskGroup, shown: AnswerFilter, step: Literal[1, -1]) -> DeskGroup | None:
        """The next group (or the one before) that a filter lists; None behind the last one.

        Of answers that wait, the first ones follow the last, since answers are left out and added meanwhile.
        """
        behind, before = self.groups[group.index + 1 :], self.groups[: group.index]
        rest = [*behind, *(before if shown == "pending" else ())] if step == 1 else before[::-1]
        return next((other for other in rest if other.is_in(shown)), None)


def seen_version(question: ReadQuestion, answers: Sequence[DeskAnswer]) -> str:
    """A digest of what a reader sees of answers: the rubric, the answers, and their marks."""
    facts = [(answer.key, answer.read.answer.fingerprint, mark_version(answer.mark)) for answer in answers]
    return sha256(repr((question.fingerprint, facts)).encode()).hexdigest()[:VERSION_DIGITS]


def whole_points(question: ReadQuestion, mark: Mark) -> Fraction:
    """What a mark gives."""
    if mark.points is not None:
        return mark.points
    return question.worth([point.name for point in question.rubric if point.name in mark.met])
