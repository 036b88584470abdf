"""validation_results.json as Submitty reads it."""

import json
import struct
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.reports.formats import ResultsFormat
from grader.reports.submitty import not_marked, render
from grader.verdict import Report

from ..answers.helpers import Q5, write
from .format_samples import check, everything, hostile, question, with_held


def follows_the_rules(text):
    data = json.loads(text)
    if data["status"] == "failure":
        assert set(data) == {"status", "message"}
        assert data["message"]
        return data
    assert (data["status"], set(data)) == ("success", {"status", "data"})
    assert 0 <= data["data"]["score"] <= 1
    assert data["data"]["message"]
    for message in data["data"]["message"]:
        assert set(message) == {"message", "status"}
        assert message["status"] in ("information", "failure", "warning", "success")
    return data["data"]


def points_there(score, worth):
    """What `validateTestCases` makes of a score: a C++ float, a little more, cut to a whole number."""
    grade = struct.unpack("f", struct.pack("f", score))[0]
    return int(min(1.0, 1 - (1 - grade) + 0.00001) * worth)


def test_every_line_is_a_message_in_its_colour():
    data = follows_the_rules(render(everything()))
    said = {message["message"].partition(" (")[0]: message["status"] for message in data["message"]}
    assert (said["stays 1"], said["drops to 0"], said["stays 0"], said["a reader"]) == (
        "success", "failure", "information", "information",
    )  # fmt: skip
    assert any("<-- first wrong step" in message["message"] for message in data["message"])


def test_whole_points_arrive_whole():
    for worth in (1, 3, 7, 49, 70, 97, 110, 400, 1000):
        for earned in {*range(0, worth + 1, max(1, worth // 40)), worth}:
            report = Report("a", "s", (question("q", "graded", check("l", earned, worth, "failed")),))
            assert points_there(follows_the_rules(render(report))["score"], worth) == earned


def test_a_part_of_a_point_is_rounded_up_and_this_is_said():
    report = Report("a", "s", (question("q", "graded", check("l", Fraction(15, 2), 20, "failed")),))
    data = follows_the_rules(render(report))
    assert points_there(data["score"], 20) == 8
    assert "Submitty counts whole points: 7.5 are 8 here." in [message["message"] for message in data["message"]]


def test_a_fault_of_the_grader_is_a_validator_that_failed():
    data = follows_the_rules(ResultsFormat("submitty").render(with_held()))
    assert data["status"] == "failure"
    assert "SpecError" not in data["message"]
    assert follows_the_rules(not_marked())["status"] == "failure"


def test_hostile_text_stays_text():
    graded = replace(hostile(), questions=hostile().questions[:2])
    text = render(graded)
    follows_the_rules(text)
    assert "\\u001b" not in text
    assert "<script>alert(1)</script>" in text


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_rules(text):
    follows_the_rules(render(replace(hostile(text), questions=hostile(text).questions[:2])))


@pytest.mark.parametrize(("answers", "score"), [(Q5, 1), ("q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n", 40 / 70)])
def test_the_command_writes_it(run, course, tmp_path, answers, score):
    folder = write(tmp_path / "alice", {"answers.yaml": answers})
    run("check", folder, "--question", "q5", "--format", "submitty", "--output", tmp_path / "results.json")
    data = follows_the_rules((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert data["score"] == pytest.approx(score)
    assert "wanted" not in json.dumps(data)
