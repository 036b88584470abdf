"""The row of a report: what a table of the class says of it; also of a submission that the grader could not grade."""

from __future__ import annotations

from fractions import Fraction
from operator import is_not
from typing import TYPE_CHECKING, Any

from grader.classroom.graded import Graded, TextsInMemory, known_of_verdicts
from grader.deferred import replace
from grader.fingerprint import grader_fingerprint
from grader.reports import json
from grader.reports.fence import of_questions, question_or_held
from grader.reports.sentences import complaints
from grader.verdict import HELD_BECAUSE, Report

if TYPE_CHECKING:
    from grader.classroom.shared_verdicts import SubmissionVerdicts


def summary(report: Report, verdicts: SubmissionVerdicts | None = None, key: bytes = b"", **others: Any) -> Graded:
    """The row and the JSON of a report; a question that cannot be written is held.

    `verdicts` has the questions that were used again as they were written. `key` is that of the row, which has none
    where anything is held; `others` are more of its fields.
    """
    questions, texts = [], []
    for question in report.questions:
        known = verdicts.text_of(question) if verdicts is not None else None
        shown, text = question_or_held(question) if known is None else (question, known)
        questions.append(shown)
        texts.append(text)
    if any(map(is_not, questions, report.questions)):
        report = replace(report, questions=tuple(questions))
    kept, marks = tuple(map(verdicts.kept, questions, texts)) if verdicts is not None else (), marks_in_row(report)
    return Graded(
        name=report.submission,
        assignment=report.assignment,
        messages=tuple(complaints(report)),
        texts=TextsInMemory(of_questions(report, texts), kept),
        grader=report.grader,
        has_variants=bool(report.variants_of),
        key=key if marks["status"] != "held" else b"",
        **marks,
        **known_of_verdicts(kept),
        **others,
    )


def marks_in_row(report: Report) -> dict[str, Any]:
    """The fields of a `Graded` that say what a report is worth, and on what that rests."""
    status = report.status
    return {
        "marks": {q.id: None if q.status in ("held", "excused") else q.points for q in report.questions},
        "total": None if status == "held" else report.points,
        "max_points": report.max_points,
        "status": status,
        "pending_points": report.pending_points,
        "evidence": report.weakest_evidence or "",
        "unproved": frozenset(question.id for question in report.questions if question.is_unproved),
    }


def held_row(row: Graded, reason: str) -> Graded:
    """The row of an entry that was graded, but whose marks could not be kept: its questions are there without marks."""
    kept = held_without_questions(row.name, row.assignment, reason)
    return replace(kept, marks=dict.fromkeys(row.marks), max_points=row.max_points)


def held_without_questions(name: str, assignment: str, reason: str) -> Graded:
    """A row from as little as can be, since anything else may be what failed."""
    message = f"{HELD_BECAUSE}: {reason}"
    report = json.render(Report(assignment, name, (), (message,), grader=grader_fingerprint()))
    return Graded(name, assignment, {}, None, Fraction(0), "held", (message,), TextsInMemory(report))
