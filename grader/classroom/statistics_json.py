"""The statistics of a class as JSON (`schema` 1), for other programs: means and medians exactly, as `166/3`, too."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from grader.classroom.alike import unusual_answers
from grader.classroom.statistics import (
    AssignmentStatistics,
    ClassStatistics,
    CountedNames,
    GivenMarks,
    QuestionStatistics,
    losing_lines,
    named_mistakes,
)
from grader.verdict import as_number

SCHEMA_VERSION_OF_CLASS = 1


def render(statistics: ClassStatistics) -> str:
    """One line of ASCII JSON; the same class gives the same bytes."""
    data = {
        "schema": SCHEMA_VERSION_OF_CLASS,
        "missing": _names(statistics.missing),
        "excused": _names(statistics.excused),
        "assignments": [_assignment(name, of, statistics) for name, of in statistics.assignments.items()],
    }
    return json.dumps(data, ensure_ascii=True) + "\n"


def _assignment(name: str, of: AssignmentStatistics, statistics: ClassStatistics) -> dict[str, Any]:
    only = ClassStatistics({name: of})
    return {
        "assignment": name,
        "students": of.students,
        "submissions": of.submissions,
        "max_points": as_number(of.max_points),
        "totals": _marks(of.totals, statistics.missing.count),
        "pending": _names(of.pending),
        "held": _names(of.held),
        "rejected": _names(of.rejected),
        "questions": [_question(question, found, statistics.missing.count) for question, found in of.questions.items()],
        "lines": [
            {
                "question": question,
                "line": line,
                "submissions": loss.submissions,
                "blocked": loss.blocked,
                "answers": of.questions[question].answers,
                "points": as_number(loss.points),
            }
            for question, line, loss in losing_lines(of)
        ],
        "mistakes": [
            {"question": question, "source": mistake.source, "name": mistake.name, "submissions": number}
            for question, mistake, number in named_mistakes(of)
        ],
        "right_for_other_variants": [
            {
                "question": question,
                "variant": variant,
                "had_by": found.variants[variant],
                "submissions": _names(names),
            }
            for question, found in of.questions.items()
            for variant, names in found.right_for_others.items()
        ],
        "unusual": [
            {
                "question": one.question,
                "by": one.by,
                "wrong": one.answers.wrong,
                "fingerprint": one.fingerprint,
                "input": one.answers.input,
                "same_weights": len(one.answers.weights) == 1,
                "submissions": _names(one.answers.names),
            }
            for one in unusual_answers(only)
        ],
    }


def _question(name: str, question: QuestionStatistics, missing: int) -> dict[str, Any]:
    return {
        "id": name,
        "title": question.title,
        "max_points": None if question.max_points is None else as_number(question.max_points),
        **_marks(question.marks, missing),
        "unanswered": question.unanswered,
        "rejected": question.rejected,
        "pending": question.pending,
        "held": question.held,
        "excused": question.excused,
        "answers": question.answers,
        **({"variants": dict(sorted(question.variants.items()))} if question.variants else {}),
    }


def _marks(marks: GivenMarks, missing: int) -> dict[str, Any]:
    """Of those who handed in; `with_missing`: the mean with a zero for each who did not."""
    return {
        "marked": marks.number,
        "mean": _number(marks.mean()),
        "median": _number(marks.median()),
        "with_missing": {"mean": _number(marks.mean(missing))},
        "marks": [{"points": as_number(mark), "students": marks.counts[mark]} for mark in sorted(marks.counts)],
    }


def _number(value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else {"points": as_number(value), "exact": str(value)}


def _names(names: CountedNames) -> dict[str, Any]:
    return {"count": names.count, "names": names.first}
