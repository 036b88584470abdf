"""The JSON report of a row as the marks in it: read, decided on, and written back with all else as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from grader.evidence import Evidence, Examples, Exhausted, NoEvidence, Proved, Sampled
from grader.reports.json import lateness_data, marks_data, override_data, question_data
from grader.verdict import CheckResult, QuestionResult, Report

STRENGTH_ALONE: Mapping[str, Evidence] = {
    "proved": Proved(None),
    "exhausted": Exhausted(0, 0),
    "sampled": Sampled(0, 0),
    "examples": Examples(0),
}
"""Evidence of which nothing but its strength is read; of other kinds there is none for a right answer."""


def marks_in(report: Mapping[str, Any]) -> Report:
    """The questions and lines of a JSON report with their exact points, statuses and strength of evidence."""
    questions = tuple(
        QuestionResult(
            id=question["id"],
            title=question["title"],
            status=question["status"],
            max_points=_exact(question, "max_points"),
            checks=tuple(
                CheckResult(
                    name=check["name"],
                    points=_exact(check, "points"),
                    max_points=_exact(check, "max_points"),
                    outcome=check["outcome"],
                    evidence=STRENGTH_ALONE.get(check["evidence"]["kind"], NoEvidence()),
                    unproved=check.get("unproved", False),
                )
                for check in question["checks"]
            ),
        )
        for question in report["questions"]
    )
    return Report(report["assignment"], report["submission"], questions)


def _exact(marks: Mapping[str, Any], name: str) -> Fraction:
    return Fraction(marks.get("exact", {}).get(name, str(marks[name])))


def with_marks(report: Mapping[str, Any], decided: Report) -> str:
    """The JSON of a report with the marks that were decided, which are those of the same questions or of more."""
    points = marks_data(points=decided.points, max_points=decided.max_points, pending_points=decided.pending_points)
    late = {"lateness": lateness_data(decided)} if decided.lateness else {}
    questions = [_question(old, new) for old, new in zip(report["questions"], decided.questions, strict=False)]
    questions += [question_data(new) for new in decided.questions[len(questions) :]]
    messages = [*decided.messages, *report["messages"]]
    data = {**_without(report, "exact"), **points, **late, "messages": messages, "questions": questions}
    return json.dumps(data, ensure_ascii=True) + "\n"


def _question(old: Mapping[str, Any], new: QuestionResult) -> dict[str, Any]:
    checks = [
        {
            **_without(check, "exact", "unproved"),
            **marks_data(points=line.points, max_points=line.max_points),
            "outcome": line.outcome,
            **({"unproved": True} if line.unproved else {}),
            **({"override": override_data(line.override)} if line.override else {}),
        }
        for check, line in zip(old["checks"], new.checks, strict=True)
    ]
    return {
        **_without(old, "exact"),
        **marks_data(points=new.points, max_points=new.max_points),
        "status": new.status,
        **({"override": override_data(new.override)} if new.override else {}),
        **({"excused": new.excused} if new.excused else {}),
        "checks": checks,
    }


def _without(mapping: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key not in keys}
