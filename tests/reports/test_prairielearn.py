"""results.json as PrairieLearn reads it."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import CheckFault, Counterexample
from grader.reports import prairielearn
from grader.reports.formats import ResultsFormat
from grader.reports.prairielearn import MAX_PRAIRIELEARN_BYTES, not_marked, render
from grader.verdict import Report

from ..answers.helpers import Q5, write
from .format_samples import check, everything, hostile, question, step, with_held

KEYS = {"gradable", "score", "message", "output", "tests", "format_errors"}


def follows_the_rules(text):
    """What the documentation says of the file, and what the platform does with one that breaks it."""
    assert len(text.encode()) <= MAX_PRAIRIELEARN_BYTES
    data = json.loads(text)
    assert set(data) <= KEYS
    if data["gradable"] is False:
        assert "score" not in data
        assert data["format_errors"]
        assert all(isinstance(said, str) and said for said in data["format_errors"])
        return data
    assert isinstance(data["score"], int | float)
    assert 0 <= data["score"] <= 1
    for test in data["tests"]:
        assert isinstance(test["points"], int | float)
        assert isinstance(test["max_points"], int | float)
        assert all(isinstance(test.get(key, ""), str) for key in ("name", "description", "message", "output"))
        assert "\n" not in test["name"]
    assert "\x1b" not in text
    assert "\\u001b" not in text
    return data


def test_what_waits_for_a_reader_is_in_neither_part_of_the_score():
    data = follows_the_rules(render(everything()))
    assert data["score"] == pytest.approx(27.5 / 87)
    assert data["message"].startswith("27.5 of 97 points. 10 points wait for a reader")
    tests = {test["name"]: test for test in data["tests"]}
    assert tests["q5: drops to 0"]["points"] == 7.5
    assert "<-- first wrong step" in tests["q5: drops to 0"]["output"]
    assert (tests["q7: a reader"]["points"], tests["q7: a reader"]["max_points"]) == (0, 0)


def test_all_points_are_a_whole():
    third = check("a third", Fraction(1, 3), Fraction(1, 3), "passed")
    assert follows_the_rules(render(Report("a", "s", (question("q", "graded", *[third] * 3),))))["score"] == 1


@pytest.mark.parametrize(
    "report",
    [
        with_held(),
        Report("a", "s", (question("q", "held", check("l", 0, 1, "held", CheckFault("KeyError: 7"), "KeyError: 7")),)),
    ],
)
def test_a_fault_of_the_grader_is_not_gradable_and_gives_no_reason(report):
    data = follows_the_rules(ResultsFormat("prairielearn").render(report))
    assert data["gradable"] is False
    assert data["format_errors"][0].startswith("Part of this submission could not be marked")
    assert "Error" not in json.dumps(data)


def test_a_right_answer_that_is_not_proved_is_not_gradable_yet():
    line = replace(check("l", 0, 1, "held", CheckFault("")), unproved=True)
    data = follows_the_rules(render(Report("a", "s", (question("q", "held", line),))))
    assert "right wherever it was looked at, but not proved" in data["format_errors"][0]


@pytest.mark.parametrize("status", ["missing", "rejected"])
def test_a_submission_of_which_nothing_can_be_used_costs_no_attempt(status):
    line = check("line", 0, 6, "failed", CheckFault("answers.yaml:9:1: broken"), "answers.yaml:9:1: broken")
    report = Report("a", "s", (question("q9", status, line, messages=("answers.yaml:9:1: broken",)),))
    said = {"missing": "nothing was handed in that could be graded", "rejected": "q9: answers.yaml:9:1: broken"}
    assert follows_the_rules(render(report))["format_errors"] == [said[status]]


def test_one_broken_answer_among_others_is_graded():
    assert follows_the_rules(render(everything()))["gradable"] is True


def test_hostile_text_stays_text():
    data = follows_the_rules(ResultsFormat("prairielearn").render(hostile()))
    assert data["gradable"] is False
    graded = follows_the_rules(render(replace(hostile(), questions=hostile().questions[:2])))
    assert "<script>alert(1)</script>" in graded["tests"][0]["name"]


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_rules(text):
    follows_the_rules(render(replace(hostile(text), questions=hostile(text).questions[:2])))


SIZES = {  # in a file of 9,000 bytes, one of 5 lines with reasons of 2,000 characters and names of 200 ...
    "as it is": (3, 100, 10), "no traces": (4, 1_200, 10), "short reasons": (5, 3_900, 10),
    "no reasons": (30, 300, 10), "no lines": (99, 300, 300),
}  # fmt: skip


@pytest.mark.parametrize("kept", SIZES)
def test_what_does_not_fit_is_shortened_and_the_score_stays(kept, monkeypatch):
    """First the traces go, then the ends of long reasons, then reasons, then single lines."""
    monkeypatch.setattr(prairielearn, "MAX_PRAIRIELEARN_BYTES", 9_000)
    lines, characters, letters = SIZES[kept]
    trace = Counterexample("1", "0", "1", (step(1, "1", "1", "0", "x" * 150),))
    wrong = check("n" * letters, 0, 1, "failed", trace, "x" * characters)
    right = check("right", lines, lines, "passed")
    text = render(Report("a", "s", (question("q", "graded", right, *[wrong] * lines),)))
    data = follows_the_rules(text)
    assert len(text) <= 9_000
    assert data["score"] == 0.5
    last = data["tests"][-1] if data["tests"] else {}
    found = {
        "as it is": "output" in last, "no traces": len(last.get("message", "")) == 1_200,
        "short reasons": last.get("message", "").endswith(" more characters)"),
        "no reasons": bool(last), "no lines": "too much to say of single lines" in data["output"],
    }  # fmt: skip
    assert next(name for name, is_so in found.items() if is_so) == kept


def test_one_megabyte_is_never_passed():
    wrong = check("wrong", 0, 1, "failed", CheckFault("x" * 3_900))
    text = render(Report("a", "s", (question("q", "graded", *[wrong] * 300),)))
    assert follows_the_rules(text)["tests"][0]["message"].endswith(" more characters)")


def test_where_there_is_no_report_nobody_has_a_score():
    assert follows_the_rules(not_marked())["gradable"] is False


def test_the_command_writes_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    found = run("check", folder, "--question", "q5", "--format", "prairielearn", "--output", tmp_path / "results.json")
    assert (found.code, found.out) == (0, "")
    assert follows_the_rules((tmp_path / "results.json").read_text(encoding="utf-8"))["score"] == 1
