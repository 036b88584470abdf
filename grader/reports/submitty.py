"""A report as the validation_results.json of a custom validator of Submitty.

Source: Submitty documentation, "Validation", section "Python Custom Validation"
(submitty.org/instructor/autograding/validation), and `custom_doit` of `grading/dispatch.cpp`, `validateTestCases` of
`grading/main_validator.cpp`. What follows from them:

- A success has `data` with a `score` from 0 to 1 and messages, each `success`, `failure`, `warning` or `information`.
- A failure is for a validator that could not do its work: its `message` is for the instructor, in validator_log.txt,
  and students read that validation failed. It is what a report is in which something is held. The platform counts 0
  points until it is run again, and says to everybody that this is no mark but an error.
- The platform cuts points down to whole ones: where an answer has earned part of one, the score is that of the next
  whole point, which is said.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

from grader.reports.lines import ReportLine, clipped, lines_of, notes, trace_in_text
from grader.reports.sentences import decisions_in_words, said_of
from grader.reports.waiting import FAULT_NOTE, NO_REPORT_NOTE, held_note, points_note, reason_in_words
from grader.verdict import Report, points_in_words
from grader.visible import one_line, visible

SUBMITTY_STATUSES = {"passed": "success", "failed": "failure", "missing": "failure", "rejected": "failure"}
"""The colour of a line's message; every other is information, in blue."""


def render(report: Report) -> str:
    """The results of the questions of a report, which are one test case; the same report gives the same bytes."""
    lines = lines_of(report)
    if held_note(lines) or report.status == "held":
        return failure(held_note(lines) or FAULT_NOTE)
    earned, worth = math.ceil(report.points), report.max_points
    messages = [_message(points_note(report), "information")]
    if earned != report.points:
        said = f"Submitty counts whole points: {points_in_words(report.points)} are {earned} here."
        messages.append(_message(said, "information"))
    messages += [_message(said, "warning") for said in said_of(report)]
    for line in lines:
        messages.append(_message(_line_in_words(line), SUBMITTY_STATUSES.get(line.status, "information")))
    for question in report.questions:
        checks = (line.check for line in lines if line.question.id == question.id)
        messages += [_message(said, "information") for said in decisions_in_words(question)]
        messages += [_message(said, "warning") for said in notes(question, checks)]
    score = earned / worth if worth else Fraction(0)
    return _written(
        {"status": "success", "data": {"score": round(min(max(float(score), 0), 1), 9), "message": messages}}
    )


def failure(message: str) -> str:
    """The results of a validator that could not do its work."""
    return _written({"status": "failure", "message": clipped(visible(message))})


def not_marked() -> str:
    """The results that stand where there is no report."""
    return failure(NO_REPORT_NOTE)


def _written(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=True, indent=1) + "\n"


def _message(text: str, status: str) -> dict[str, str]:
    return {"message": clipped(visible(text)), "status": status}


def _line_in_words(line: ReportLine) -> str:
    points = f"{points_in_words(line.points)} of {points_in_words(line.max_points)}"
    head = f"{one_line(line.name)} ({points}): {reason_in_words(line)}"
    return "\n\n".join(part for part in (head, trace_in_text(line.check)) if part)
