"""A table of marks that was filled in with a spreadsheet, read back: all of its marks are saved, or none.

A cell that cannot be used is told with its row and column, and so is an answer that was marked by others since.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from grader.classroom.tables import csv_text
from grader.errors import Problem, SourceLocation, SpecError, did_you_mean
from grader.kinds.written.marks import Mark, more_than_there_are
from grader.reports.sentences import counted
from grader.review.marks_store import MarkChange, mark_version
from grader.review.pending import ReadableAnswer, ReadQuestion, Review
from grader.review.spreadsheet import (
    FIRST_COLUMNS,
    KEY,
    LAST_COLUMNS,
    NONE,
    NOTE,
    POINTS,
    READER,
    RowFinding,
    RowKey,
    key_of,
    plain_cell,
    point_columns,
)
from grader.verdict import points_in_words
from grader.visible import visible

MAX_READ_CELL_CHARACTERS = 1 << 20

TICKED = frozenset({"x", "1", "yes", "true", "y", "wahr", "ja", "✓", "✔"})
UNTICKED = frozenset({"", "0", "no", "false", "n", "falsch", "nein", "-"})

_POINTS_CELL = re.compile(r"(\d+)(?:[.,](\d+))?|(\d+)/(\d+)")


def take_marks_table(review: Review, file: Path, reader: str = "") -> tuple[str, ...]:
    """Saves the marks of a table that was filled in, all or none; gives back sentences on what was done.

    Rows that say what they said when they were written change nothing, whatever was marked since. `reader` is who gives
    the marks of rows that name nobody.

    Raises:
        SpecError: with each cell that cannot be used (file:row:column), or answers that others have marked since.
        MarkConflictError: if somebody marks one of them at this moment.
    """
    rows = _rows(file)
    table = _Table(review, file.name, rows[0], reader)
    changes, problems, blank, same = list[MarkChange](), list[Problem](), list[str](), 0
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            change = table.change(cells, number)
        except SpecError as error:
            problems += error.problems
            continue
        if isinstance(change, MarkChange):
            changes.append(change)
        elif change:
            blank.append(change)
        else:
            same += 1
    if problems:
        raise SpecError(*problems)
    if changes:
        review.store.save(changes)
    return tuple(_said(len(changes), same, blank, table.passed_over))


def _said(saved: int, same: int, blank: Sequence[str], passed_over: Sequence[str]) -> Iterator[str]:
    yield f"{counted(saved, 'mark')} saved, {counted(same, 'row')} unchanged"
    for name in blank:
        yield f"{name}: blank in the table; the mark that it has stays"
    for column in passed_over:
        yield f"the column {visible(column)!r} is none of the table, and was not read"


def _rows(file: Path) -> list[list[str]]:
    """The rows of a table, without the quote marks that keep a spreadsheet from reading formulas into it.

    Raises:
        SpecError: if it is no CSV, or an empty one.
    """
    text, separator = csv_text(file)
    before = csv.field_size_limit(MAX_READ_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = [[cell.removeprefix("'") for cell in cells] for cells in reader]
    except csv.Error as error:
        raise SpecError(Problem(f"is no CSV: {error}", SourceLocation(file.name, reader.line_num, 1))) from None
    finally:
        csv.field_size_limit(before)
    if not rows or not any(cell.strip() for cell in rows[0]):
        wanted = "wanted is the table that `grader review RESULTS --csv-out FILE` wrote, filled in"
        raise SpecError(Problem(f"has no first row: {wanted}", SourceLocation(file.name, 1, 1)))
    return rows


class _Table:
    """What the rows of a table are about."""

    def __init__(self, review: Review, file: str, header: Sequence[str], reader: str) -> None:
        """Raises `SpecError` for columns that are missing, there twice, or about points that there are not."""
        self._file = file
        self._reader = reader
        self._questions = {question.id: question for question in review.questions}
        every = (answer for question in review.questions for answer in review.answers(question.id, with_excused=True))
        self._answers = {(plain_cell(answer.submission), answer.question): answer for answer in every}
        self._submissions = review.submissions
        self._seen: dict[tuple[str, str], int] = {}
        self._points = point_columns(review.questions)
        titles = [" ".join(title.split()) for title in header]
        self._column = {title: place for place, title in reversed(list(enumerate(titles)))}
        self.passed_over: list[str] = []
        problems: list[Problem] = []
        for place, title in enumerate(titles):
            if title and titles.index(title) < place:
                problems.append(self._problem(f"the column {title!r} is there twice", 1, place))
            elif title and title not in (*FIRST_COLUMNS, *self._points, *LAST_COLUMNS):
                if ":" in title and title.partition(":")[0] in self._questions:
                    advice = did_you_mean(title, self._points)
                    problems.append(self._problem(f"{title!r} is no point of a rubric{advice}", 1, place))
                else:
                    self.passed_over.append(title)
        missing = [title for title in ("submission", "question", *LAST_COLUMNS) if title not in self._column]
        problems += [self._problem(f"the column {title!r} is missing: write the table anew", 1, 0) for title in missing]
        if problems:
            raise SpecError(*problems)

    def _problem(self, message: str, row: int, place: int) -> Problem:
        return Problem(message, SourceLocation(self._file, row, place + 1))

    def _text(self, cells: Sequence[str], column: str) -> str:
        place = self._column.get(column, len(cells))
        return plain_cell(cells[place]) if place < len(cells) else ""

    def change(self, cells: Sequence[str], row: int) -> MarkChange | str:
        """The mark that a row gives; "" where it says what it said, the name of its answer where it was blanked.

        Raises:
            SpecError: if a cell cannot be used.
        """
        answer, key = self._answer(cells, row)
        question = self._questions[answer.question]
        found = self._read(cells, row, question)
        now = key_of(question, answer)
        given = replace(found, reader=found.reader or self._reader)
        if found.digest in (key.mark, now.mark) or (found.is_mark and given.digest == now.mark):
            return ""
        if not found.is_mark and not (found.note or found.reader):
            return f"{answer.question} of {answer.submission}" if answer.mark is not None else ""
        if not found.is_mark:
            said = "is filled in, and no mark is: put an x under the points that are met, or under `none`"
            raise SpecError(self._problem(said, row, self._column[NOTE if found.note else READER]))
        changed = {"answer": "the answer has", "rubric": "the rubric has", "mark": "its mark has"}
        since = [said for part, said in changed.items() if getattr(key, part) != getattr(now, part)]
        if since:
            by = f" (by {answer.mark.reader})" if answer.mark is not None and answer.mark.reader else ""
            said = f"{since[0]} changed since the table was written{by}: write the table anew, and mark this one again"
            raise SpecError(self._problem(said, row, self._column[KEY]))
        mark = Mark(
            found.met,
            found.note,
            given.reader,
            points=found.points,
            rubric=question.fingerprint,
            answer=answer.answer.fingerprint,
        )
        return MarkChange(*answer.key, mark, mark_version(answer.mark))

    def _answer(self, cells: Sequence[str], row: int) -> tuple[ReadableAnswer, RowKey]:
        """The answer that a row is about, and its key."""
        submission, question = self._text(cells, "submission"), self._text(cells, "question")
        answer = self._answers.get((submission, question))
        if answer is None:
            if question not in self._questions:
                said = f"{question!r} is no written question{did_you_mean(question, self._questions)}"
                raise SpecError(self._problem(said, row, self._column["question"]))
            said = f"{submission} has handed in nothing for {question}"
            if submission not in map(plain_cell, self._submissions):
                said = f"there is no submission {submission!r}{did_you_mean(submission, self._submissions)}"
            raise SpecError(self._problem(said, row, self._column["submission"]))
        if (earlier := self._seen.setdefault(answer.key, row)) != row:
            said = f"{submission}, {question} is in row {earlier}, too"
            raise SpecError(self._problem(said, row, self._column["submission"]))
        parts = self._text(cells, KEY).removeprefix("k").split("-")
        key = RowKey(*parts) if len(parts) == len(RowKey._fields) else None
        if key is None or key.name != key_of(self._questions[question], answer).name:
            said = f"is not the key of {submission}, {question}: names, questions and keys stay as they were written"
            raise SpecError(self._problem(said, row, self._column[KEY]))
        return answer, key

    def _read(self, cells: Sequence[str], row: int, question: ReadQuestion) -> RowFinding:
        """What a row says, with every cell that cannot be used."""
        problems: list[Problem] = []
        met = []
        for title, (owner, point) in self._points.items():
            if title not in self._column:
                continue
            if not self._ticked(cells, row, title, problems):
                continue
            met.append(point)
            if owner != question.id:
                said = f"is a point of {owner}, and this row is of {question.id}"
                problems.append(self._problem(said, row, self._column[title]))
        none = self._ticked(cells, row, NONE, problems)
        if none and met:
            problems.append(self._problem("says that no point is met, and points are", row, self._column[NONE]))
        points = self._given(cells, row, question, problems)
        if problems:
            raise SpecError(*problems)
        note, reader = self._text(cells, NOTE), self._text(cells, READER)
        none = none or (points is not None and not met)  # points for an answer that meets none of them
        return RowFinding(tuple(met), none, points, note, reader)

    def _ticked(self, cells: Sequence[str], row: int, column: str, problems: list[Problem]) -> bool:
        text = self._text(cells, column).lower()
        if text not in TICKED and text not in UNTICKED:
            problems.append(self._problem(f"{text!r} is neither x nor blank", row, self._column[column]))
        return text in TICKED

    def _given(
        self, cells: Sequence[str], row: int, question: ReadQuestion, problems: list[Problem]
    ) -> Fraction | None:
        text = self._text(cells, POINTS)
        found = _POINTS_CELL.fullmatch(text)
        if not text:
            return None
        if found is None or not int(found[4] or 1):
            most = points_in_words(question.points)
            said = f"{text!r} is no number of points: wanted is one from 0 to {most}, or a blank cell"
            problems.append(self._problem(said, row, self._column[POINTS]))
            return None
        points = Fraction(text.replace(",", "."))
        if points > question.points:
            said = more_than_there_are(points, question.id, question.points)
            problems.append(self._problem(said, row, self._column[POINTS]))
        return points
