"""Rows of a class written down by hand, with reports as they are kept: the statistics are worked out beside them."""

import json
from fractions import Fraction

from grader.classroom.class_row import ClassRow
from grader.classroom.graded import Graded, TextsInMemory
from grader.verdict import as_number


def line(name, earned, of, outcome=None, input=None):
    outcome = outcome or ("passed" if earned == of else "failed")
    kind = "counterexample" if input is not None else "none"
    return {
        "name": name, "points": as_number(Fraction(earned)), "max_points": as_number(Fraction(of)), "outcome": outcome,
        "evidence": {"kind": kind, **({"input": input} if input is not None else {})}, "message": "",
    }  # fmt: skip


def question(name, *lines, status="graded", title="A question", mistakes=(), **more):
    return {
        "id": name, "title": title, "points": sum(one["points"] for one in lines),
        "max_points": sum(one["max_points"] for one in lines), "status": status, "messages": [],
        **({"mistakes": [{"source": source, "name": of} for source, of in mistakes]} if mistakes else {}),
        **more, "checks": list(lines),
    }  # fmt: skip


def row(name, *questions, assignment="a", submission=None, marks=None):
    """The row of a report; `marks` are the exact ones where the report has them rounded."""
    points = {q["id"]: None if q["status"] == "held" else Fraction(str(q["points"])) for q in questions} | (marks or {})
    held = [c for q in questions for c in q["checks"] if c["outcome"] in ("pending", "held")]
    pending = sum((Fraction(str(c["max_points"])) for c in held), Fraction(0))
    order = ("held", "rejected", "missing", "pending", "graded", "excused")
    status = next((s for s in order if s in {q["status"] for q in questions}), "rejected")
    total = None if status == "held" else sum((p for p in points.values() if p is not None), Fraction(0))
    most = sum((Fraction(str(q["max_points"])) for q in questions), Fraction(0))
    report = json.dumps({"assignment": assignment, "submission": submission or name, "questions": list(questions)})
    graded = Graded(name, assignment, points, total, most, status, (), TextsInMemory(report), pending)
    return ClassRow(graded, submission or name)


def nothing(name, questions=("q1",), assignment="a"):
    """The row of a student of the roster who handed in nothing."""
    marks = dict.fromkeys(questions, Fraction(0))
    return ClassRow(Graded(name, assignment, marks, Fraction(0), Fraction(4), "missing", ("nothing",)), "")


def held_whole(name, marks=()):
    """The row of a submission of which nothing could be graded."""
    report = json.dumps({"assignment": "a", "submission": name, "questions": []})
    return ClassRow(
        Graded(name, "a", dict.fromkeys(marks), None, Fraction(0), "held", ("held",), TextsInMemory(report)), name
    )


def one(name, earned, of=4, **more):
    """A row of one question with one line."""
    return row(name, question("q1", line("all", earned, of), **more))
