"""What waits in a report for a platform, and what students are told of it: a fault of the grader is no zero."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from grader.reports.lines import ReportLine
from grader.verdict import QuestionResult, Report, points_in_words

FAULT_NOTE = (
    "Part of this submission could not be marked, because the grader itself failed. Nothing is lost: tell course staff,"
    " who have it graded again."
)
NOT_PROVED_NOTE = (
    "Part of this submission is right wherever it was looked at, but not proved. Nothing is lost: course staff look at"
    " it, and marks follow."
)
NO_REPORT_NOTE = (
    "This submission has not been marked yet: the grader itself failed, or is not done. Nothing is lost: tell course"
    " staff, who have it graded again."
)


def held_note(lines: Sequence[ReportLine]) -> str:
    """What is said where lines are held; "" where none is."""
    held = [line for line in lines if line.status == "held"]
    if not held:
        return ""
    return NOT_PROVED_NOTE if all(line.check.unproved for line in held) else FAULT_NOTE


def points_note(report: Report) -> str:
    """`40 of 70 points.`, and how many points wait for a reader."""
    said = f"{points_in_words(report.points)} of {points_in_words(report.max_points)} points."
    if report.pending_points:
        said += f" {points_in_words(report.pending_points)} points wait for a reader, and are not in the total yet."
    return said


def reason_in_words(line: ReportLine) -> str:
    """Why a line has its points, as the audience of a platform may read it: of what is held, no reason."""
    if line.status == "held" and not line.check.unproved:
        return "waits for course staff: the grader itself failed here"
    if line.status == "held":
        return f"waits for course staff: {line.text}"
    return line.text or line.status


def is_unusable(report: Report) -> bool:
    """Whether nothing of a submission could be graded: all of it is missing, or not to be used."""
    return all(question.status in ("missing", "rejected") for question in report.counted)


def automatic_points(questions: Sequence[QuestionResult]) -> Fraction:
    """The points that the grader can give without a reader."""
    worth = sum((question.max_points for question in questions), Fraction(0))
    return worth - sum((question.pending_points for question in questions), Fraction(0))
