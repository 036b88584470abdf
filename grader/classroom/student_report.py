"""One student's report out of a folder of results, with the answers themselves, as an appeal needs it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from grader.classroom.class_row import ClassRow
from grader.classroom.graded import TextsInMemory
from grader.classroom.people import name_keys
from grader.classroom.recorded_rows import class_rows
from grader.classroom.student_page import student_page
from grader.classroom.verdicts_of_rows import gradebook_if_any, verdicts_of
from grader.deferred import replace
from grader.errors import SubmissionError, did_you_mean, listed
from grader.page_details import HandedInText
from grader.reports.formats import TerminalFormat
from grader.reports.recorded import report_in
from grader.spec.student_ids import id_key
from grader.visible import one_line

MAX_NAMES_LISTED = 20
"""Names that are listed where one is unknown and none is like it."""


def student_report(results: Path, student: str, *, colour: bool = False, width: int = 80) -> str:
    """The report of a student, who is named by a submission, a name, an id or an e-mail, and what was handed in.

    Of a submission that went away it is the last report that it had, which says so.

    Raises:
        SubmissionError: if nobody in the results is meant, or several are.
    """
    row = _row_in(results, student)
    graded = row.graded
    if not graded.report:
        return f"{one_line(graded.name)}: {graded.status}: {'; '.join(graded.messages) or 'there is no report'}\n"
    parts = [TerminalFormat(colour, width).render(report_in(graded.report))]
    with gradebook_if_any(results) as book:
        for verdict in row.graded.verdicts or verdicts_of(row, book):
            details = verdict.page.details
            if details is not None and details.handed_in:
                lines = [f"  {one_line(line)}" for text in details.handed_in for line in _lines(text)]
                parts.append("\n".join(["", f"{one_line(verdict.question)}, as it was handed in:", *lines, ""]))
    return "".join(parts)


def student_report_page(results: Path, student: str) -> str:
    """The same as a page, which is the one that `grade` writes.

    Raises:
        SubmissionError: if nobody in the results is meant, or several are, or there is no report.
    """
    row = _row_in(results, student)
    if not row.graded.report:
        said = "; ".join(row.graded.messages) or row.graded.status
        raise SubmissionError(f"{one_line(row.graded.name)}: there is no report to make a page of: {said}")
    with gradebook_if_any(results) as book:
        return student_page(row.graded.report, row.graded.verdicts or verdicts_of(row, book))


def _row_in(results: Path, student: str) -> ClassRow:
    """The row of a student; of who has none that rests on a submission, the last one of a submission of that name."""
    try:
        row = row_of(class_rows(results).rows, student)
    except SubmissionError:
        if (gone := _gone(results, student)) is not None:
            return gone
        raise
    return row if row.submission else _gone(results, student) or row


def _gone(results: Path, submission: str) -> ClassRow | None:
    """The last row of a submission that went away, whose report says so first; None of any other."""
    with gradebook_if_any(results) as book:
        if book is None or submission not in book.changed_since(0) or book.latest(submission) is not None:
            return None
        rows = ((run, book.row_at(submission, run)) for run in range(book.last_run, 0, -1))
        run, row = next(((run, row) for run, row in rows if row is not None), (0, None))
    if row is None:
        return None
    said = f"is not in the class any more: these are its marks after run {run}, before what people decided"
    texts = TextsInMemory()
    if row.report:
        report = json.loads(row.report)
        texts = TextsInMemory(json.dumps({**report, "messages": [said, *report["messages"]]}) + "\n", row.verdicts)
    return ClassRow(replace(row, texts=texts, messages=(said, *row.messages)), row.name)


def _lines(handed_in: HandedInText) -> list[str]:
    """The lines of an answer; code with its file."""
    head = [f"{handed_in.file}:"] if handed_in.language == "python" else []
    return [*head, *handed_in.text.split("\n")]


def row_of(rows: Sequence[ClassRow], student: str) -> ClassRow:
    """The row of a student, who is named by a submission, a name, an id or an e-mail.

    Raises:
        SubmissionError: if nobody is meant, or several are.
    """
    if not student.strip():
        raise SubmissionError("no student is named: write a submission, a name, an id or an e-mail")
    found = _named(rows, student) or _of_submission(rows, student) or _meant(rows, student)
    if len(found) > 1:
        is_name = student in (row.graded.name for row in found)  # which names one of them again, if it is written again
        names, how = (_with_id, "write the id or e-mail") if is_name else (_name, "name one of them")
        raise SubmissionError(f"{student!r} may be {listed(map(names, found), 'or')}: {how}")
    if not found:
        known = list(dict.fromkeys(name for row in rows for name in (row.graded.name, row.person.name) if name))
        advice = did_you_mean(student, known)
        people = listed(_with_person(row) for row in rows)
        there = f": the results are of {people}" if len(rows) <= MAX_NAMES_LISTED else ""
        raise SubmissionError(f"there is no student or submission {student!r} in the results{advice or there}")
    return found[0]


def _named(rows: Sequence[ClassRow], student: str) -> list[ClassRow]:
    """The row of exactly that name, and others whose students have it, too, where an id can tell them apart."""
    exact = next((row for row in rows if row.graded.name == student), None)
    if exact is None or not exact.person.ids:
        return [exact] if exact is not None else []
    keys = name_keys(student)
    others = [row for row in rows if keys & name_keys(row.person.name) and row.person != exact.person]
    return [exact, *others]


def _of_submission(rows: Sequence[ClassRow], name: str) -> list[ClassRow]:
    """The rows with the marks of a submission, one for each report: people may have decided of its students apart."""
    return list({row.report_stem: row for row in reversed(rows) if name and row.submission == name}.values())[::-1]


def _name(row: ClassRow) -> str:
    return one_line(row.graded.name)


def _with_id(row: ClassRow) -> str:
    """`Ann Lee (1001)`."""
    person = row.person
    return one_line(f"{person.name or row.graded.name} ({person.best_id or person.id_of('email')})")


def _with_person(row: ClassRow) -> str:
    """`adams01 (Adams, Ada)`."""
    name, person = one_line(row.graded.name), one_line(row.person.name)
    return name if person in ("", name) else f"{name} ({person})"


def _meant(rows: Sequence[ClassRow], student: str) -> list[ClassRow]:
    """The rows of people with that id or e-mail, else with that name in any order of its words."""
    key = id_key(student)
    by_id = [row for row in rows if any(id_key(value) == key for _, value in row.person.ids)]
    keys = name_keys(student)
    return by_id or [row for row in rows if keys & name_keys(row.person.name or row.graded.name)]
