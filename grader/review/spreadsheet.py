"""Marks without a browser: a table for a spreadsheet, which `spreadsheet_marks.py` reads back.

A row is an answer, with a column for each point of the rubric (`x`: it is met), one for `none` of them, and points,
note and reader. The column `key` has digests of what the row was about when it was written, by which it is told whether
it was filled in, whether its name still is what it was, and whether somebody else has marked the answer since.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from grader.classroom.cells import harmless
from grader.fingerprint import fingerprint
from grader.review.pending import WAITING, ReadableAnswer, ReadQuestion, Review
from grader.verdict import points_in_full
from grader.visible import visible

MAX_ANSWER_CELL_CHARACTERS = 30_000
"""Of an answer: spreadsheets take 32,767 characters a cell."""

KEY_DIGITS_EACH = 10
"""Hexadecimal digits of each of the four digests of a key."""

TICK = "x"

FIRST_COLUMNS = ("submission", "question", "state", "answer")
NONE, POINTS, NOTE, READER, KEY = LAST_COLUMNS = ("none", "points", "note", "reader", "key")


class RowKey(NamedTuple):
    """Digests of the name of an answer, of what it says, of the rubric, and of the mark that stood in the row."""

    name: str
    answer: str
    rubric: str
    mark: str

    def __str__(self) -> str:
        return f"k{'-'.join(self)}"  # no spreadsheet takes that for a number


@dataclass(frozen=True)
class RowFinding:
    """What a row says of an answer; None in the place of points: as the rubric says."""

    met: tuple[str, ...]
    none: bool
    points: Fraction | None
    note: str
    reader: str

    @property
    def is_mark(self) -> bool:
        return bool(self.met) or self.none or self.points is not None

    @property
    def digest(self) -> str:
        points = None if self.points is None else str(self.points)
        return _digest([list(self.met), self.none, points, self.note, self.reader])


def marks_table(review: Review, names: Sequence[str] = ()) -> bytes:
    """A CSV with a row for each answer to the questions of these names (none: to all), in UTF-8 with its mark.

    A mark that waits for its reader again is left out, so that it is given anew.

    Raises:
        SpecError: if there is no such question, or the file of marks cannot be used.
    """
    questions = review.asked(names)
    columns = [*FIRST_COLUMNS, *point_columns(questions), *LAST_COLUMNS]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(_cell, columns))
    for question in questions:
        for answer in review.answers(question.id):
            writer.writerow([_cell(cell) for cell in _row(columns, question, answer)])
    return out.getvalue().encode("utf-8-sig", "backslashreplace")


def point_columns(questions: Sequence[ReadQuestion]) -> dict[str, tuple[str, str]]:
    """The titles of the columns for points, each with its question and point."""
    return {
        " ".join(f"{question.id}: {point.name}".split()): (question.id, point.name)
        for question in questions
        for point in question.rubric
    }


def _row(columns: Sequence[str], question: ReadQuestion, answer: ReadableAnswer) -> Iterator[str]:
    own = {title: point for title, (_, point) in point_columns([question]).items()}
    found = finding_of(question, answer)
    texts = {
        "submission": answer.submission,
        "question": question.id,
        "state": answer.state,
        "answer": _answer_cell(answer),
        NONE: TICK if found.none else "",
        POINTS: "" if found.points is None else points_in_full(found.points),
        NOTE: found.note,
        READER: found.reader,
        KEY: str(key_of(question, answer)),
    }
    for column in columns:
        yield texts[column] if column in texts else TICK if own.get(column) in found.met else ""


def finding_of(question: ReadQuestion, answer: ReadableAnswer) -> RowFinding:
    """The mark of an answer as its row has it."""
    mark = answer.mark
    if mark is None or answer.state in WAITING:
        return RowFinding((), False, None, "", "")
    met = tuple(point.name for point in question.rubric if point.name in mark.met)
    return RowFinding(met, not met, mark.points, plain_cell(mark.note), plain_cell(mark.reader))


def key_of(question: ReadQuestion, answer: ReadableAnswer) -> RowKey:
    found = finding_of(question, answer)
    return RowKey(
        _digest(list(answer.key)), _digest(answer.answer.fingerprint), _digest(question.fingerprint), found.digest
    )


def _digest(data: object) -> str:
    return fingerprint(data)[:KEY_DIGITS_EACH]


def _answer_cell(answer: ReadableAnswer) -> str:
    text = visible(answer.answer.text or "")
    parts = [
        f"{text[:MAX_ANSWER_CELL_CHARACTERS]} ... (there is more of it)"
        if len(text) > MAX_ANSWER_CELL_CHARACTERS
        else text
    ]
    parts += [f"(file to open: {visible(name)})" for name in answer.answer.files]
    return "\n".join(part for part in parts if part)


def plain_cell(text: str) -> str:
    """A note as a cell holds it, whichever spreadsheet has written it."""
    return visible(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, a number or a date where it is none."""
    is_date_like = bool(re.match(r"\d", text)) and not re.fullmatch(r"\d+(\.\d+)?", text)
    leads = len(text) > 1 and text[0] == "0" and text[1] != "."
    return f"'{text}" if is_date_like or leads else harmless(text)
