"""The rows of a class as an earlier run has left them in its folder of results."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from grader.classroom.class_list import ClassRow
from grader.classroom.results import EVIDENCE_COLUMN, report_files
from grader.classroom.work import Graded
from grader.errors import SubmissionError
from grader.verdict import QuestionStatus


def class_rows(results: Path) -> Iterator[ClassRow]:
    """The rows of `grades.csv` in its order, each with its report.

    Raises:
        SubmissionError: if the folder holds no results.
    """
    try:
        with (results / "grades.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SubmissionError(f"{results}: no results of `grader grade` are there: grades.csv: {why}") from None
    cells = [dict(zip(header, row, strict=False)) for row in rows]
    files = report_files([_plain(row["submission"]) for row in cells])
    questions = header[1 : header.index(EVIDENCE_COLUMN) - 3]
    for row in cells:
        name = _plain(row["submission"])
        where = Path(row["report"]) if "report" in row else Path("reports", files[name])
        report = (results / where).read_text("utf-8") if where.name else ""
        data: dict[str, Any] = json.loads(report) if report else {}
        asked = {question["id"] for question in data.get("questions", ())} or set(questions)
        marks = {q: None if row[q] == "" else Fraction(row[q]) for q in questions if q in asked}
        total = Fraction(row["total"]) if row["total"] else None
        pending = Fraction(str(data.get("pending_points", 0)))
        status = cast(QuestionStatus, row["status"])
        graded = Graded(
            name, data.get("assignment", ""), marks, total, Fraction(row["max"]), status, (), report, pending
        )
        yield ClassRow(graded, data.get("submission", ""))


def _plain(cell: str) -> str:
    return cell.removeprefix("'")
