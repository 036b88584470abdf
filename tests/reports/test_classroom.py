"""The result of a GitHub Classroom grader, as the autograding reporter decodes it."""

import base64
import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import CheckFault
from grader.reports.classroom import as_data, render
from grader.verdict import Report

from ..answers.helpers import Q5, write
from .format_samples import check, everything, hostile, question, with_held

KEYS = {"name", "status", "score", "message", "test_code", "filename", "line_no", "duration"}


def follows_the_rules(text):
    """The reporter's own reading: one output `result`, base64 of JSON with the points as numbers."""
    assert re.fullmatch(r"result=[A-Za-z0-9+/]+=*\n", text)
    data = json.loads(base64.b64decode(text.removeprefix("result=")))
    assert set(data) == {"version", "status", "max_score", "tests"}
    assert data["version"] == 3
    assert data["status"] in ("pass", "fail", "error")
    assert data["tests"]
    for test in data["tests"]:
        assert set(test) == KEYS
        assert test["status"] in ("pass", "fail", "error")
        assert (test["message"] is None) == (test["status"] == "pass")
        assert test["duration"] == 0
    assert sum(test["score"] for test in data["tests"]) <= data["max_score"]
    return data


def test_every_fate_and_the_points():
    data = follows_the_rules(render(with_held()))
    assert data["status"] == "error"
    assert [test["status"] for test in data["tests"]] == ["pass", *["fail"] * 5, "error", "error"]
    assert sum(test["score"] for test in data["tests"]) == 27.5
    assert (data["tests"][1]["filename"], data["tests"][1]["line_no"]) == ("answers.yaml", 2)


def test_what_waits_for_a_reader_is_left_out_with_its_points():
    names = [test["name"] for test in follows_the_rules(render(everything()))["tests"]]
    assert not [name for name in names if name.startswith("q7")]
    assert as_data(everything())["max_score"] == everything().max_points - 10


def test_nothing_but_waiting_is_a_pass_of_no_points():
    waits = question("q7", "pending", check("a reader", 0, 10, "pending", CheckFault("")))
    data = follows_the_rules(render(Report("a", "alice", (waits,))))
    assert (data["status"], data["max_score"], len(data["tests"])) == ("pass", 0, 1)


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_rules(text):
    assert len(follows_the_rules(render(hostile(text)))["tests"]) == 4


def test_hostile_text_stays_inside():
    data = follows_the_rules(render(hostile()))
    assert not set("\x00\x1b\u202e\r") & set(json.dumps(data, ensure_ascii=False))


def test_the_command_writes_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    data = follows_the_rules(run("check", folder, "-q", "q5", "--format", "classroom").out)
    assert (data["status"], data["max_score"]) == ("pass", 70)
