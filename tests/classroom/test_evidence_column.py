"""On what the points of a row rest: a column of `grades.csv`, and a mark in the table."""

from fractions import Fraction
from typing import get_args

import pytest

from grader.classroom.display import render_table
from grader.classroom.grades_table import table
from grader.classroom.reported_row import summary
from grader.evidence import (
    STRENGTHS,
    AtPoints,
    CheckFault,
    Counterexample,
    Evidence,
    EvidenceStrength,
    Examples,
    Exhausted,
    Identity,
    IdentityInCases,
    NoEvidence,
    Proved,
    Sampled,
    strength_of,
)
from grader.verdict import CheckResult, QuestionResult, Report

KINDS = {
    "proved": (Proved(3), Identity()),
    "exhausted": (Exhausted(3, 14),),
    "sampled": (Sampled(9, 1), AtPoints(40, 96), IdentityInCases(2, "in 2 cases of n", 40)),
    "examples": (Examples(1),),
    "none": (NoEvidence(), CheckFault("broken"), Counterexample("1", "0", "1")),
}


def line(evidence, points=1, outcome="passed", unproved=False):
    return CheckResult("line", Fraction(points), Fraction(2), outcome, evidence, unproved=unproved)


def question(name, *checks, status="graded"):
    return QuestionResult(name, name, status, Fraction(2 * len(checks)), checks)


def row(*questions, name="alice"):
    return summary(Report("hw", name, questions))


def test_every_kind_of_evidence_has_its_strength():
    assert {type(evidence) for kind in KINDS.values() for evidence in kind} == set(get_args(Evidence))
    assert tuple(KINDS) == STRENGTHS == get_args(EvidenceStrength)
    assert all(strength_of(evidence) == name for name, kind in KINDS.items() for evidence in kind)


@pytest.mark.parametrize("weaker", [name for name in STRENGTHS if name != "none"])
def test_the_weakest_that_points_rest_on_counts(weaker):
    for stronger in STRENGTHS[: STRENGTHS.index(weaker) + 1]:
        checks = line(KINDS[stronger][0]), line(KINDS[weaker][0])
        assert row(question("q1", *checks), question("q2", line(Proved(1)))).evidence == weaker
        assert row(question("q1", *checks[::-1])).evidence == weaker


def test_what_earns_nothing_is_nothing_that_points_rest_on():
    """Lines that failed, wait, or are held, and marks that a reader gave."""
    assert (
        row(question("q1", line(Proved(1)), line(Sampled(9, 1), 0, "held", True), status="held")).evidence == "proved"
    )
    assert row(question("q1", line(Proved(1)), line(Counterexample("1", "0", "1"), 0, "failed"))).evidence == "proved"
    assert row(question("q1", line(Proved(1)), line(NoEvidence(), 2))).evidence == "proved"
    assert (
        row(question("q1", line(NoEvidence(), 2))).evidence
        == row(question("q1", line(Sampled(9, 1), 0))).evidence
        == ""
    )


def test_a_pass_that_nothing_shows_is_the_weakest():
    assert row(question("q1", line(Proved(1)), line(NoEvidence(), 2, unproved=True))).evidence == "none"


def test_the_column_stands_behind_the_status():
    rows = [row(question("q1", line(Sampled(9, 1), unproved=True))), row(question("q1", line(Proved(1))), name="bob")]
    assert table(rows) == [
        ["submission", "q1", "total", "max", "status", "evidence"],
        ["alice", "1", "1", "2", "graded", "sampled"],
        ["bob", "1", "1", "2", "graded", "proved"],
    ]


def shown(*rows, width=80):
    return [line.split() for line in render_table(rows, colour=False, width=width).splitlines()]


def test_the_table_marks_what_is_not_proved_and_says_what_the_mark_means():
    """Sampled calls of a function are no such passes: nothing could prove them."""
    alice = row(question("q1", line(Sampled(9, 1), unproved=True)), question("total", line(Sampled(9, 1))))
    bob = row(question("q1", line(Proved(1))), question("total", line(Proved(1))), name="bob")
    legend = ["~", "right", "wherever", "it", "was", "looked", "at,", "but", "not", "proved"]
    assert shown(alice, bob) == [
        ["submission", "q1", "total", "(question)", "total", "max", "status"],
        ["alice", "~1", "1", "~2", "4", "graded"],
        ["bob", "1", "1", "2", "4", "graded"],
        [],
        legend,
    ]
    assert shown(alice, bob, width=30)[1:3] == [["alice", "~2", "4", "graded"], ["bob", "2", "4", "graded"]]
    assert shown(alice, bob, width=10)[1:3] == [["alice", "~2"], ["bob", "2"]]
    assert legend not in shown(bob)


def test_what_is_held_has_no_mark_and_no_sum_and_so_no_tilde():
    held = row(
        question("q1", line(Sampled(9, 1), 0, "held", True), status="held"),
        question("q2", line(Sampled(9, 1), unproved=True)),
    )
    assert table([held])[1] == ["alice", "", "1", "", "4", "held", "sampled"]
    assert shown(held)[1] == ["alice", "~1", "4", "held"]
