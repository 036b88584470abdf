"""The rows of a class read back from a folder of results: `grades.csv`, and the report of each."""

from __future__ import annotations

import csv
import errno
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import cast

from grader.classroom.cells import question_of, text_of_grades
from grader.classroom.class_row import NOBODY, ClassRow, ClassRows
from grader.classroom.graded import Graded, TextsInMemory
from grader.classroom.grades_table import DECISION_COLUMNS, MARK_COLUMNS, NAME_COLUMN, PEOPLE_COLUMNS
from grader.classroom.people import IdKind, Person
from grader.classroom.result_names import GRADEBOOK_FILE, GRADES_FILE, REPORTS, report_files
from grader.deferred import dataclass
from grader.errors import GraderError, Problem, SourceLocation, SpecError, SubmissionError
from grader.reports.recorded import exact_points, report_in
from grader.verdict import HELD_BECAUSE, QuestionStatus

_OF_PEOPLE = re.compile(r"\b(overridden|excused|extended|waived) by ")
"""What the column of decisions says of each that a person made."""


def class_rows(results: Path) -> ClassRows:
    """The rows that a run of `grade` left in its folder of results.

    Raises:
        SubmissionError: if there are none.
        SpecError: if `grades.csv` is not as it was written.
    """
    path = results / GRADES_FILE
    try:
        first, *lines = _cells(path) or [[]]
    except OSError as error:
        advice = "name the folder of results that `grader grade` wrote (--out)"
        if isinstance(error, FileNotFoundError) and (results / GRADEBOOK_FILE).exists():
            advice = "no run has come to its end there: wait for the one that grades, or give its command again"
        raise SubmissionError(f"{path}: cannot be read: {error.strerror}: {advice}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SpecError(Problem(f"is not as `grader grade` wrote it: {error}", SourceLocation(GRADES_FILE))) from None
    header = _written(first)
    starts = [i for i in range(len(header)) if tuple(header[i : i + 3]) == MARK_COLUMNS]
    if header[:1] != [NAME_COLUMN] or not starts:
        wanted = f"wanted is a first row with {NAME_COLUMN}, {', '.join(MARK_COLUMNS)}"
        raise SpecError(Problem(f"is not as `grader grade` wrote it: {wanted}", SourceLocation(GRADES_FILE, 1, 1)))
    read = [_written(cells) for cells in lines]
    has_people = "report" in header[starts[-1] :]
    reports = {} if has_people else report_files([cells[0] for cells in read])
    reader = _RowReader(results, header, starts[-1])
    rows = tuple(reader.row(cells, number, reports) for number, cells in enumerate(read, 2))
    return ClassRows(rows, (), has_people)


def said_of_last_run(results: Path) -> Iterator[str]:
    """A sentence where reports may be newer than `grades.csv`, which is written when a run comes to its end."""
    from grader.classroom.gradebook_file import GradebookInUseError
    from grader.classroom.verdicts_of_rows import gradebook_if_any

    newer = f"{GRADES_FILE} is of the run before it, and reports may be newer"
    try:
        with gradebook_if_any(results) as book:
            if book is not None and not book.has_ended:
                yield f"the last run was ended early: {newer}: give its command again"
    except GradebookInUseError:
        yield f"a run is going on: {newer}: wait for its end"
    except GraderError:  # it says nothing of the last run, and no mark is read there
        return


def has_decisions(results: Path) -> bool:
    """Whether people decided of a row that an earlier run has left, as far as `grades.csv` can be read."""
    try:
        cells = _cells(results / GRADES_FILE)
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    columns = [i for i, title in enumerate(cells[0] if cells else []) if title == DECISION_COLUMNS[-1]]
    return any(_OF_PEOPLE.search(row[i]) for row in cells[1:] for i in columns[-1:] if i < len(row))


def _cells(table: Path) -> list[list[str]]:
    """The cells of a table.

    Raises:
        OSError: if it is no plain file, or cannot be read; a pipe would never end.
        UnicodeDecodeError, csv.Error: if it is no table.
    """
    if not stat.S_ISREG(table.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no plain file")
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _written(cells: Sequence[str]) -> list[str]:
    """The cells without the quote marks that keep spreadsheets from taking one for a formula."""
    return [text_of_grades(cell) for cell in cells]


@dataclass(frozen=True)
class _RowReader:
    """Reads lines of `grades.csv`; `total` is the place of that column."""

    results: Path
    header: Sequence[str]
    total: int

    def row(self, cells: Sequence[str], number: int, reports: Mapping[str, str]) -> ClassRow:
        """The row of a line, held where its report cannot be read.

        Raises:
            SpecError: if the line is no row.
        """
        try:
            named = list(zip(self.header, cells, strict=True))
            marks = {question_of(title): _points(cell) for title, cell in named[1 : self.total]}
            known = dict(named[self.total :])
            total, most, status = cells[self.total : self.total + len(MARK_COLUMNS)]
            graded = Graded(
                cells[0], "", marks, _points(total), _points(most) or Fraction(0), cast(QuestionStatus, status), ()
            )
        except (ValueError, InvalidOperation) as error:
            place = SourceLocation(GRADES_FILE, number, 1)
            raise SpecError(Problem(f"is not as `grader grade` wrote it: {error}", place)) from None
        name = known.get("report", f"{REPORTS}/{reports[cells[0]]}" if reports else "")
        return self._with_report(graded, name, known)

    def _with_report(self, graded: Graded, name: str, known: Mapping[str, str]) -> ClassRow:
        person, section = _person(known), known.get("section", "")
        is_no_student = person == NOBODY and "name" in known
        if not name:
            return ClassRow(graded, "", person, section)
        try:
            text = (self.results / name).read_text(encoding="utf-8")
            report = report_in(text)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            message = f"{HELD_BECAUSE}: {name} cannot be read: {reason}: grade it again"
            held = replace(graded, marks=dict.fromkeys(graded.marks), total=None, status="held", messages=(message,))
            return ClassRow(held, graded.name, person, section, is_no_student=is_no_student)
        own = {question.id for question in report.questions}  # other columns are questions of other assignments
        marks = {name: mark for name, mark in graded.marks.items() if name in own or graded.status == "held"}
        pending, assignment = report.pending_points, report.assignment
        whole = replace(graded, assignment=assignment, marks=marks, pending_points=pending, texts=TextsInMemory(text))
        late, stem = report.late_points, name.removeprefix(f"{REPORTS}/").removesuffix(".json")
        submission = report.submission if report.spec or report.messages else ""  # "": people decided without any
        return ClassRow(
            whole, submission, person, section, late_points=late, report_stem=stem, is_no_student=is_no_student
        )


def _points(cell: str) -> Fraction | None:
    """Points as `grades.csv` has them; None of an empty cell."""
    return exact_points(Decimal(cell)) if cell else None


def _person(known: Mapping[str, str]) -> Person:
    """Who a row is about; the table does not say which kind of id is the one it has."""
    best, email = known.get(PEOPLE_COLUMNS[0], ""), known.get("email", "")
    ids: list[tuple[IdKind, str]] = [("id", best), ("any", best)] if best else []
    return Person(known.get("name", ""), (*ids, *((("email", email),) if email else ())))
