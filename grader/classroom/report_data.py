"""The JSON report of a row with marks that people decided: all else in it stays as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.reports.json import lateness_data, marks_data, override_data, question_data
from grader.verdict import QuestionResult, Report


def with_marks(text: str, decided: Report) -> str:
    """The JSON of a report with the assignment and the marks that were decided: of the same questions, or of more."""
    report = json.loads(text)
    points = marks_data(points=decided.points, max_points=decided.max_points, pending_points=decided.pending_points)
    late = {"lateness": lateness_data(decided)} if decided.lateness else {}
    questions = [_question(old, new) for old, new in zip(report["questions"], decided.questions, strict=False)]
    questions += [question_data(new) for new in decided.questions[len(questions) :]]
    messages = list(decided.messages)
    said = {"assignment": decided.assignment, "messages": messages, "questions": questions}
    data = {**_without(report, "exact"), **points, **late, **said}
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
