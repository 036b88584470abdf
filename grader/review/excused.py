"""Written answers that nobody has to read: what people have excused counts in nobody's marks."""

from __future__ import annotations

from pathlib import Path

from grader.classroom.recorded_rows import class_rows
from grader.classroom.result_names import GRADES_FILE
from grader.errors import GraderError
from grader.reports.recorded import report_in


def excused_answers(results: Path) -> frozenset[tuple[str, str]]:
    """Submissions and questions that count for none of their students, as was decided before the last run of `grade`.

    Nothing where the table of that run cannot be read: then every answer is there to be marked.
    """
    try:
        is_any = b"excused by" in (results / GRADES_FILE).read_bytes()
        rows = class_rows(results).rows if is_any else ()
    except (GraderError, OSError):
        return frozenset()
    found: dict[str, set[str]] = {}
    for row in rows:
        if row.submission and not row.is_no_student:
            questions = report_in(row.graded.report).questions if row.graded.report else ()
            excused = {question.id for question in questions if question.excused}
            found[row.submission] = found.get(row.submission, excused) & excused
    return frozenset((submission, question) for submission, excused in found.items() for question in excused)
