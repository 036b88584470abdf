"""`grader verify` of a report in which people decided: the grader's marks are checked, and what was decided is named."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.classroom.decisions import RowFacts, decided_report
from grader.classroom.overrides import load_overrides
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.report_file import RecordedReport
from grader.reports.json import render
from grader.verdict import Lateness
from grader.verification import verify
from tests.answers.helpers import Submission, write

NUMBERS = """
question: q
title: Two numbers
points: 10
parts:
  - {question: q.1, title: One, points: 6, answer: number, value: 4, near: [{value: 2, points: 1, say: No.}]}
  - {question: q.2, title: Two, points: 4, answer: choice, options: {a: x, b: y}, right: [a]}
"""
BY = "reason: r, by: N. Neumann"
WHOLE = f"- {{student: ada, question: q.1, points: 5, {BY}}}\n"
LINE = f"- {{student: ada, question: q.1, line: the number is right, points: 6, {BY}}}\n"
EXCUSED = f"- {{student: ada, excused: q.1, {BY}}}\n"
BOTH = WHOLE + LINE
EXCUSED_TOO = EXCUSED + LINE
LATE = Lateness("", "", "late", 1, 0, Fraction(3))


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "specs" / "hw"
    return write(folder, {"assignment.yaml": "assignment: hw\nquestions: [q]\n", "q.yaml": NUMBERS})


@pytest.fixture
def verified(spec, tmp_path):
    """What comes of the report of `q.1: 2` and `q.2: a`, after decisions and then a change."""

    def verified(decisions, change=lambda data: None, late=None):
        submission = Submission(write(tmp_path / "ada", {"answers.yaml": "q.1: 2\nq.2: a\n"}))
        assignment = load_assignment(spec)
        write(tmp_path, {"overrides.yaml": decisions})
        given = load_overrides(tmp_path / "overrides.yaml") if decisions else ()
        report, _, unused = decided_report(grade(submission, assignment), RowFacts(given).counted)
        assert unused == ()
        data = json.loads(render(replace(report, lateness=late)))
        change(data)
        return list(verify(RecordedReport.model_validate(data), assignment, submission))

    return verified


@pytest.mark.parametrize("late", [None, LATE])
@pytest.mark.parametrize("decisions", ["", WHOLE, LINE, EXCUSED, BOTH, EXCUSED_TOO])
def test_what_people_decided_does_not_break_a_report(verified, decisions, late):
    found = verified(decisions, late=late)
    assert not [one for one in found if one.verdict in ("differs", "unchecked")]
    decided = [one for one in found if one.verdict == "decided"]
    assert len(decided) == bool(decisions) + bool(late)
    assert sum(one.points for one in found if one.verdict == "holds") == (4 if decisions else 5)
    given = 0 if "excused" in decisions else 5 if "points: 5" in decisions else 6
    assert sum(one.points for one in decided) == (given if decisions else 0)


CHANGES = {
    "more for the question": (WHOLE, lambda data: data["questions"][0].update(points=6)),
    "more in all": (WHOLE, lambda data: data.update(points=10)),
    "what the grader gave": (WHOLE, lambda data: data["questions"][0]["override"]["graded"].update(points=6)),
    "what the line was": (LINE, lambda data: data["questions"][0]["checks"][0]["override"]["graded"].update(points=6)),
    "how the line was": (LINE, lambda data: data["questions"][0]["checks"][0]["override"]["graded"].update({"as": "passed"})),
    "the maximum": (EXCUSED, lambda data: data.update(max_points=10)),
    "the other question": (WHOLE, lambda data: data["questions"][1]["checks"][0].update(outcome="failed")),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_report_with_decisions_that_was_changed_does_not_hold(verified, name):
    decisions, change = CHANGES[name]
    assert [one for one in verified(decisions, change) if one.verdict == "differs"]


def test_the_command_says_that_decisions_are_peoples(spec, verified, run, tmp_path):
    def save(data):
        write(tmp_path, {"report.json": json.dumps(data)})

    verified(WHOLE, save, LATE)
    result = run("verify", tmp_path / "report.json", tmp_path / "ada", "--spec", spec)
    assert result.code == 2
    assert "----  q.1 (5): was decided by N. Neumann\n" in result.out
    assert "----  3 points are taken for lateness: by when it was handed in\n" in result.out
    assert "4 of 9 points hold" in result.out
    assert "the grader's own marks hold; what people decided" in result.err
