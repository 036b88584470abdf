"""Rows of a class as grading leaves them, for tests of what is made of them."""

from dataclasses import replace
from fractions import Fraction

from grader.classroom.class_row import ClassRow
from grader.classroom.graded import Graded, TextsInMemory
from grader.classroom.people import Person
from grader.evidence import NoEvidence
from grader.reports.json import render
from grader.verdict import CheckResult, QuestionResult, Report

OUTCOMES = {"missing": "failed", "rejected": "failed", "graded": "passed"}


def question(name, points, worth=70, status="graded"):
    """A question of one line with so many of its points."""
    outcome = OUTCOMES.get(status, status)
    check = CheckResult("a line", Fraction(points), Fraction(worth), outcome, NoEvidence(), f"{name} is {status}")
    return QuestionResult(name, "T", status, Fraction(worth), (check,))


def excused(name, points, worth=70):
    """A question that a person has excused."""
    return replace(question(name, points, worth), status="excused", excused="excused by N. Neumann")


def row(name, *questions, ids=(), person="", section="", submission=None, assignment="hw3"):
    """A row whose questions are given as results; a number is the points of a single one."""
    parts = tuple(question("q1", q, 140) if not isinstance(q, QuestionResult) else q for q in questions)
    report = Report(assignment, name, parts)
    held = report.status == "held"
    graded = Graded(
        name,
        assignment,
        {q.id: None if q.status in ("held", "excused") else q.points for q in parts},
        None if held else report.points,
        report.max_points,
        report.status,
        (),
        TextsInMemory(render(report)),
        report.pending_points,
    )
    return ClassRow(graded, name if submission is None else submission, Person(person, tuple(ids)), section)


def nothing(name, ids=(), person=""):
    """The row of somebody who handed in nothing."""
    marks = {"q1": Fraction(0)}
    graded = Graded(name, "hw3", marks, Fraction(0), Fraction(140), "missing", ("nothing was handed in",))
    return ClassRow(graded, "", Person(person, tuple(ids)))


def without_mark():
    """A row of each kind that has no mark, by the word for it; their ids are the words."""
    found = {
        "held": row("held", question("q1", 0, 140, "held"), ids=[("id", "held")]),
        "pending": row("pending", question("q1", 40, 70), question("q2", 0, 70, "pending"), ids=[("id", "pending")]),
        "rejected": row("rejected", question("q1", 0, 140, "rejected"), ids=[("id", "rejected")]),
        "missing": row("missing", question("q1", 0, 140, "missing"), ids=[("id", "missing")]),
    }
    return found | {"nothing": nothing("nothing", ids=[("id", "nothing")])}
