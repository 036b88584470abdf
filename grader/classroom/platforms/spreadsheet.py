"""A CSV for spreadsheets: a line a student with the marks of each question; what is no mark is a word, and never a 0.

It begins with the mark of UTF-8 and ends lines as RFC 4180 does, by which Excel knows letters and lines. A cell that
a spreadsheet would take for a formula gets a quote mark in front (OWASP, "CSV Injection"). A mark is exact where its
decimal ends; else it has the 15 digits that spreadsheets keep, and the column `exact` has it as a mixed number: `46
2/3` (a plain `140/3` could be read as a date).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from fractions import Fraction

from grader.classroom.cells import cell_of_text, titles_of
from grader.classroom.class_row import ClassRow
from grader.classroom.grades_table import MARK_COLUMNS, NAME_COLUMN, questions_of
from grader.classroom.platforms.marks import FinalMark, decimal, ends, question_marks, total_mark
from grader.classroom.platforms.platform import PlatformFile, PlatformRequest, fenced

SPREADSHEET_DIGITS = 15
"""Significant digits of a number in Excel, LibreOffice and Google Sheets."""

PERSON_COLUMNS = ("id", "name", "email", "section")
EXACT_COLUMN = "exact"


class SpreadsheetFormat:
    """A line a row of the class."""

    source_wanted = ""
    options = frozenset({"decimal_comma"})

    def write(self, request: PlatformRequest) -> PlatformFile:
        rows = list(request.rows)
        questions = questions_of(row.graded for row in rows)
        is_exact = all(ends(row.graded.total) for row in rows if row.graded.total is not None)
        comma = request.decimal_comma
        lines, faults = fenced(
            rows,
            lambda row: _line(row, questions, exact=not is_exact, comma=comma),
            lambda row: _held_line(row, questions, exact=not is_exact),
        )
        before, behind = (NAME_COLUMN, *PERSON_COLUMNS), (*MARK_COLUMNS, EXACT_COLUMN)
        titles = titles_of(questions, (*before, *behind))
        header = [*before, *titles, *(MARK_COLUMNS if is_exact else behind)]
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
        writer.writerows([list(map(cell_of_text, header)), *lines])
        return PlatformFile(out.getvalue().encode("utf-8-sig", "backslashreplace"), (), tuple(faults))


def _line(row: ClassRow, questions: Sequence[str], *, exact: bool, comma: bool) -> list[str]:
    marks, total = question_marks(row), total_mark(row)
    numbers = [_cell(marks[question], comma) if question in marks else "" for question in questions]
    most = _cell(FinalMark(row.graded.max_points), comma)
    mixed = "" if total.points is None or ends(total.points) else mixed_number(total.points)
    return [*_person(row), *numbers, _cell(total, comma), most, str(row.graded.status), *([mixed] if exact else [])]


def _held_line(row: ClassRow, questions: Sequence[str], *, exact: bool) -> list[str]:
    """The line of a row that cannot be written: who it is about, and no marks."""
    return [*_person(row), *("held" for _ in questions), "held", "", "held", *([""] if exact else [])]


def _person(row: ClassRow) -> list[str]:
    person = row.person
    return [
        cell_of_text(cell)
        for cell in (row.graded.name, person.best_id, person.name, person.id_of("email"), row.section)
    ]


def _cell(mark: FinalMark, comma: bool) -> str:
    if mark.points is None:
        return mark.word
    whole = len(str(abs(int(mark.points)))) if abs(mark.points) >= 1 else 0
    return decimal(mark.points, comma=comma, places=max(0, SPREADSHEET_DIGITS - whole))


def mixed_number(points: Fraction) -> str:
    """`46 2/3`, `0 1/3`, `-1 1/2`: spreadsheets read it as the number that it is."""
    whole, rest = divmod(abs(points.numerator), points.denominator)
    return f"{'-' if points < 0 else ''}{whole} {rest}/{points.denominator}"
