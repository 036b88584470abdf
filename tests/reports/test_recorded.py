"""A report read back from its JSON shows the same in every format for people."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.evidence import (
    AtPoints,
    CheckFault,
    Counterexample,
    Examples,
    Exhausted,
    Identity,
    IdentityInCases,
    Invariant,
    NoEvidence,
    NoProof,
    Proved,
    Sampled,
)
from grader.reports import html, markdown, terminal
from grader.reports.json import render
from grader.reports.recorded import exact_points, report_in
from grader.verdict import CheckResult, QuestionResult, Report, as_number, points_in_words

from .format_samples import WRONG, everything, hostile, with_held

NO_PROOF = NoProof("the budget ended", ("a larger one", "bounds"))
EVIDENCE = [
    Proved(3),
    Proved(3, 7),
    Proved(None),
    Proved(None, 5, Invariant(("h >= 1", "true"), "1/4")),
    Identity(),
    Exhausted(4, 30),
    Exhausted(4, 30, Sampled(9, 1), True, NO_PROOF),
    Sampled(9, 1),
    Sampled(9, 1, NO_PROOF),
    IdentityInCases(3, "n <= 3", 40, ("relu(x)",)),
    AtPoints(3, 200),
    AtPoints(3, 200, "n <= 3", ("relu(x)",)),
    Examples(4),
    WRONG,
    replace(WRONG, condition="y > 1/2 is wanted", latex=("x", "y"), steps=(("1", "2"),), shortest=False),
    Counterexample("", "1", "0"),
    CheckFault("no reason"),
    NoEvidence(),
]


def of(evidence):
    check = CheckResult("a line", Fraction(1, 3), Fraction(1, 2), "passed", evidence, "", evidence == Sampled(9, 1))
    return Report("a", "s", (QuestionResult("q", "T", "graded", Fraction(1, 2), (check,)),), ("said",), "A")


@pytest.mark.parametrize("evidence", EVIDENCE, ids=lambda evidence: type(evidence).__name__)
def test_evidence_is_read_back(evidence):
    report = of(evidence)
    assert report_in(render(report)) == report
    assert render(report_in(render(report))) == render(report)


@pytest.mark.parametrize("report", [everything(), with_held(), hostile()], ids=["everything", "held", "hostile"])
@pytest.mark.parametrize("format", [html, markdown, terminal])
def test_formats_for_people_show_the_same(report, format):
    marked = replace(report, questions=tuple(replace(question, page=None) for question in report.questions))
    assert format.render(report_in(render(report))) == format.render(marked)  # JSON holds the marks alone


@pytest.mark.parametrize("points", ["1/3", "2/3", "1/7", "15/2", "999/1000", "0", "40"])
def test_points_are_read_back_exactly(points):
    written = json.loads(render(of(NoEvidence())))
    assert written["points"] == 0.333333
    assert exact_points(Fraction(round(Fraction(points), 6))) == Fraction(points)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "1", '{"questions": 1}', render(of(Proved(1))).replace("proved", "felt")]
)
def test_what_is_no_report_is_said(text):
    with pytest.raises(ValueError, match=r"no report of the grader|Expecting"):
        report_in(text)


@pytest.mark.parametrize(
    ("points", "number", "words"),
    [
        ("4", 4, "4"),
        ("4.0000001", 4, "4"),
        ("3.9999999", 4, "4"),
        ("7.5", 7.5, "7.5"),
        ("1/3", 0.333333, "0.333333"),
        ("1/100000", 1e-05, "0.00001"),
        ("1/10000000", 0, "0"),
    ],
)
def test_points_are_told_in_plain_digits(points, number, words):
    found = as_number(Fraction(points))
    assert (found, type(found)) == (number, type(number))
    assert points_in_words(Fraction(points)) == words
