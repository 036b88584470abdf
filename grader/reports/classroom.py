"""A report as a GitHub Classroom grader hands it to the reporter: `result=<base64 of JSON>`, version 3.

Source: github-education-resources/autograding-grading-reporter, which decodes the output `result` of each grader's
step, adds up `max_score` and every test's `score`, shows a test's `message` unless its `status` is `pass`, and fails
the run where the whole has the status `fail` or `error`. The line goes to the step's outputs: `>> "$GITHUB_OUTPUT"`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from grader.reports.lines import LineStatus, ReportLine, lines_of
from grader.verdict import Report, as_number
from grader.visible import one_line

CLASSROOM_VERSION = 3
CLASSROOM_STATUSES: Mapping[LineStatus, str] = {
    "passed": "pass",
    "failed": "fail",
    "blocked": "fail",
    "missing": "fail",
    "rejected": "error",
    "held": "error",
}

EMPTY_TEST: Mapping[str, Any] = {
    "name": "everything waits for a reader",
    "status": "pass",
    "score": 0,
    "message": None,
    "test_code": "",
    "filename": "",
    "line_no": 0,
    "duration": 0,
}
"""A test with all of its keys; alone where nothing could be marked yet, since the reporter divides by their number."""


def render(report: Report) -> str:
    """One line for the outputs of a step; base64 leaves a student nothing to break out of."""
    data = json.dumps(as_data(report), ensure_ascii=True)
    return f"result={base64.b64encode(data.encode()).decode()}\n"


def as_data(report: Report) -> dict[str, Any]:
    """The result; pending and excused lines are neither passed nor failed: they are left out with their points."""
    lines = [line for line in lines_of(report) if line.status not in ("pending", "excused")]
    tests = [_test(line) for line in lines] or [dict(EMPTY_TEST)]
    statuses = {test["status"] for test in tests}
    return {
        "version": CLASSROOM_VERSION,
        "status": next((status for status in ("error", "fail") if status in statuses), "pass"),
        "max_score": as_number(sum((line.max_points for line in lines), Fraction(0))),
        "tests": tests,
    }


def _test(line: ReportLine) -> dict[str, Any]:
    return {
        **EMPTY_TEST,
        "name": one_line(line.key),
        "status": CLASSROOM_STATUSES[line.status],
        "score": as_number(line.points),
        "message": None if line.status == "passed" and _says_nothing_more(line) else line.full_text,
        "filename": one_line(line.place.file) if line.place else "",
        "line_no": line.place.line if line.place else 0,
    }


def _says_nothing_more(line: ReportLine) -> bool:
    """Whether a line that passed is whole by itself: proved, and with the points that it is worth from the grader."""
    return not line.check.unproved and not line.check.override and line.points == line.max_points
