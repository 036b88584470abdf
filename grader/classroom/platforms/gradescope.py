"""Gradescope: a CSV with a line a student in the columns of its own "Download Grades", and a mark each.

Sources: Gradescope Guides, "Adding Students and Staff" (a CSV needs a header and one unique e-mail a person, its
columns are matched when it is uploaded; UTF-8), and the header of the file that Gradescope itself exports for an
assignment (`First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status`, then a column a question, `1:
title (10.0 pts)`). Nothing public says how marks are read in bulk, so what is written here is what it writes: a score
is empty where there is none.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from grader.classroom.cells import cell_of_text, titles_of
from grader.classroom.class_row import ClassRow
from grader.classroom.grades_table import questions_of
from grader.classroom.platforms.marks import FinalMark, decimal, question_marks, total_mark
from grader.classroom.platforms.matching import shortened_list
from grader.classroom.platforms.platform import PlatformFile, PlatformRequest, fenced
from grader.errors import SpecError
from grader.spec.student_ids import id_key

GRADESCOPE_COLUMNS = ("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points", "Status")
UNGRADED = "Ungraded"
STATUSES = {"": "Graded", "missing": "Missing", "excused": "Excused"}
"""Of a mark that counts, and of words; the others are `Ungraded`."""


class GradescopeBulkFormat:
    """A line a student."""

    source_wanted = ""
    options = frozenset({"decimal_comma"})

    def write(self, request: PlatformRequest) -> PlatformFile:
        rows = list(request.rows)
        questions = questions_of(row.graded for row in rows)
        used = Counter(id_key(email) for row in rows if (email := row.person.id_of("email")))
        twice = [row.graded.name for row in rows if used[id_key(row.person.id_of("email"))] > 1]
        unknown = [row.graded.name for row in rows if not (row.person.id_of("email") or row.person.best_id)]
        known = [row for row in rows if row.person.id_of("email") or row.person.best_id]
        if not known:
            raise SpecError(
                "nobody in the results has an e-mail or an id, which Gradescope knows students by: --roster"
            )
        lines, faults = fenced(known, lambda row: _line(row, questions, request.decimal_comma), _held_line)
        out = io.StringIO()
        titles = [*GRADESCOPE_COLUMNS, *map(cell_of_text, titles_of(questions, GRADESCOPE_COLUMNS))]
        csv.writer(out, lineterminator="\r\n").writerows([titles, *lines])
        said = []
        if unknown:
            said.append(f"no e-mail and no id is known, so that no line is written: {shortened_list(unknown)}")
        if twice:
            said.append(f"one e-mail stands for several, and Gradescope wants one a person: {shortened_list(twice)}")
        return PlatformFile(out.getvalue().encode(), tuple(said), tuple(faults))


def _line(row: ClassRow, questions: Sequence[str], comma: bool) -> list[str]:
    marks, total = question_marks(row), total_mark(row)
    numbers = [_score(total, comma), decimal(row.graded.max_points, comma=comma), STATUSES.get(total.word, UNGRADED)]
    scores = [_score(marks.get(question, FinalMark(None)), comma) for question in questions]
    return [*_person(row), *numbers, *scores]


def _held_line(row: ClassRow) -> list[str]:
    """The line of a row that cannot be written: who it is about, and no marks."""
    return [*_person(row), "", "", UNGRADED]


def _person(row: ClassRow) -> list[str]:
    first, last = _names(row.person.name or row.graded.name)
    cells = (first, last, row.person.best_id, row.person.id_of("email"), row.section)
    return [cell_of_text(cell) for cell in cells]


def _score(mark: FinalMark, comma: bool) -> str:
    return "" if mark.points is None else decimal(mark.points, comma=comma)


def _names(name: str) -> tuple[str, str]:
    """First and last names: `Lovelace, Ada` and `Ada Lovelace` alike; the last word is the last name."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return first, last
