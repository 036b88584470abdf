"""Rows as an open gradebook gives them: their texts stay in it until they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from grader.classroom.entries import Entry
from grader.classroom.facts import AnswerFacts
from grader.classroom.graded import Graded
from grader.classroom.row_before import RowBefore
from grader.classroom.verdicts import KeptVerdict


class TextsOfRows(Protocol):
    """The texts of rows by submission and run: an open `Gradebook`, whose module imports this one."""

    def report(self, submission: str, run: int, /) -> str: ...

    def answer_facts(self, submission: str, run: int, /) -> tuple[AnswerFacts, ...]: ...

    def verdicts(self, submission: str, run: int, /) -> tuple[KeptVerdict, ...]: ...


class TextsInGradebook(NamedTuple):
    """The texts of a row that is kept, which are read when they are asked for, while the gradebook is open."""

    book: TextsOfRows
    submission: str
    run: int

    @property
    def has_report(self) -> bool:
        return True

    @property
    def report(self) -> str:
        return self.book.report(self.submission, self.run)

    @property
    def answer_facts(self) -> tuple[AnswerFacts, ...]:
        return self.book.answer_facts(self.submission, self.run)

    @property
    def verdicts(self) -> tuple[KeptVerdict, ...]:
        return self.book.verdicts(self.submission, self.run)


class CheckedRow(NamedTuple):
    """A row that was found to be as it was written; `data` is as in `row_from`."""

    before: RowBefore
    data: Mapping[str, Any]
    texts: TextsInGradebook


class PlacedRow(NamedTuple):
    """The row of a submission of the class, and the folder that it was graded from."""

    entry: Entry
    source: str
    row: Graded
