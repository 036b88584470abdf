"""A report as the results.json of an external grader of PrairieLearn.

Source: PrairieLearn documentation, "External Grading", section "Grading results"
(prairielearn.readthedocs.io/en/latest/externalGrading). What follows from it:

- `score` is a share from 0 to 1. What waits for a reader is in neither of its parts: the platform has points of its own
  for what is marked by hand (`max_manual_points`).
- A submission that is not `gradable` earns nothing and costs no attempt, and `format_errors` say why. That is what a
  submission is of which nothing can be used, and one in which a line is held: so a fault of the grader is no zero.
- The file may have 1 MB (the platform allows 1024 * 1024 bytes); points of tests are shown if every test has them.
- Texts may be coloured by ANSI codes, which the reports' own texts never hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from grader.reports.lines import ReportLine, clipped, lines_of, notes, trace_in_text
from grader.reports.sentences import complaints, decisions_in_words, said_of
from grader.reports.waiting import (
    FAULT_NOTE,
    NO_REPORT_NOTE,
    automatic_points,
    held_note,
    is_unusable,
    points_note,
    reason_in_words,
)
from grader.verdict import Report, as_number
from grader.visible import one_line, visible

MAX_PRAIRIELEARN_BYTES = 1_000_000
"""Bytes of results.json: what the documentation calls 1 MB, in the narrower of its two meanings."""

MAX_SHORT_REASON_CHARACTERS = 200
"""Characters of a test's message where whole ones do not fit."""


def render(report: Report) -> str:
    """results.json with as much of the texts as fits; the same report gives the same bytes."""
    text = _written(_results(report, _test))
    for shorter in (_test_without_trace, _short_test, _bare_test):
        if len(text) <= MAX_PRAIRIELEARN_BYTES:
            return text
        text = _written(_results(report, shorter))
    if len(text) <= MAX_PRAIRIELEARN_BYTES:
        return text
    return _written(_results(report, None))


def not_marked() -> str:
    """The results.json that stands where there is no report."""
    return _written({"gradable": False, "format_errors": [NO_REPORT_NOTE]})


def _written(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=True, indent=1) + "\n"


def _results(report: Report, test: Callable[[ReportLine], dict[str, Any]] | None) -> dict[str, Any]:
    """The results with one test a line, or without tests, which is said."""
    lines = lines_of(report)
    errors = _format_errors(report, lines)
    if errors:
        return {"gradable": False, "format_errors": errors}
    worth = automatic_points(report.counted)
    score = report.points / worth if worth else Fraction(0)
    output = [*said_of(report), *(f"{q.id}: {said}" for q in report.questions for said in decisions_in_words(q))]
    for question in report.questions:
        own = (line.check for line in lines if line.question.id == question.id)
        output += [f"{question.id}: {message}" for message in notes(question, own)]
    if test is None:
        output.append("There is too much to say of single lines here: course staff have the whole report.")
    return {
        "gradable": True,
        "score": round(min(max(float(score), 0), 1), 9),
        "message": points_note(report),
        "output": clipped(visible("\n".join(output))),
        "tests": [test(line) for line in lines] if test else [],
    }


def _format_errors(report: Report, lines: list[ReportLine]) -> list[str]:
    """Why a submission is not gradable; nothing where it is."""
    note = held_note(lines)
    if note or report.status == "held":
        return [note or FAULT_NOTE]
    if not is_unusable(report):
        return []
    said = [clipped(visible(message)) for message in complaints(report)]
    return said or ["nothing was handed in that could be graded"]


def _test(line: ReportLine) -> dict[str, Any]:
    """A test, with the trace of its counterexample as its output."""
    trace = trace_in_text(line.check)
    return {**_bare_test(line), "message": reason_in_words(line), **({"output": trace} if trace else {})}


def _test_without_trace(line: ReportLine) -> dict[str, Any]:
    return {**_bare_test(line), "message": reason_in_words(line)}


def _short_test(line: ReportLine) -> dict[str, Any]:
    return {**_bare_test(line), "message": clipped(reason_in_words(line), MAX_SHORT_REASON_CHARACTERS)}


def _bare_test(line: ReportLine) -> dict[str, Any]:
    """The name and the points; a line without a mark of its own is worth nothing here, which is shown in grey."""
    waits = line.status in ("pending", "excused")
    return {
        "name": one_line(clipped(f"{line.question.id}: {line.name}", MAX_SHORT_REASON_CHARACTERS)),
        "description": one_line(clipped(line.question.title, MAX_SHORT_REASON_CHARACTERS)),
        "points": 0 if waits else as_number(line.points),
        "max_points": 0 if waits else as_number(line.max_points),
    }
