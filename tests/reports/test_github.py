"""Annotations as the runner of GitHub Actions reads them, on the line of the answer that lost points."""

import re
from collections import Counter
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import CheckFault
from grader.reports.github import render
from grader.verdict import AnswerLocation, Report
from grader.visible import visible

from ..answers.helpers import Q5, Q6, write
from .format_samples import HOSTILE, SAID, check, everything, hostile, question, with_held


class Command(NamedTuple):
    """What the runner understands."""

    kind: str
    properties: dict
    message: str


def unescaped(text, pairs):
    for written, meant in pairs:
        text = text.replace(written, meant)
    return text


DATA = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
PROPERTY = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]


def read_by_the_runner(text):
    """The runner's own reading (`ActionCommand.TryParseV2`): a line that starts with `::`, up to the next `::`."""
    commands = []
    for line in re.split("\r\n|\r|\n", text.removesuffix("\n")) if text else []:
        assert line.startswith("::"), line
        head, _, message = line[2:].partition("::")
        kind, _, written = head.partition(" ")
        pairs = dict(part.split("=", 1) for part in written.split(",") if part)
        properties = {name: unescaped(value, PROPERTY) for name, value in pairs.items()}
        commands.append(Command(kind, properties, unescaped(message, DATA)))
    return commands


def follows_the_rules(text):
    """Known kinds and properties, at most ten of a kind, nothing hidden in a line."""
    assert visible(text) == text
    commands = read_by_the_runner(text)
    for kind, count in Counter(command.kind for command in commands).items():
        assert kind in ("error", "warning", "notice")
        assert count <= 10
    for command in commands:
        assert set(command.properties) <= {"file", "line", "endLine", "title"}
        assert int(command.properties.get("line", "1")) >= 1
        assert "\n" not in "".join(command.properties.values())
        assert command.message
    return commands


def test_lost_points_are_errors_on_the_line_of_their_answer():
    commands = follows_the_rules(render(with_held(), "hand_in"))
    assert [(c.kind, c.properties.get("file"), c.properties.get("line")) for c in commands] == [
        ("error", "hand_in/answers.yaml", "2"),
        ("error", "hand_in/solution.py", None),
        ("error", "hand_in/solution.py", None),
        ("error", None, None),
        ("error", "hand_in/answers.yaml", "9"),
        ("warning", None, None),
        ("notice", None, None),
    ]
    assert commands[0].properties["title"] == "q5: drops to 0 (-12.5)"
    assert commands[0].message.startswith(f"{SAID}\nt  x")


def test_what_passed_and_what_waits_for_a_line_above_is_not_annotated():
    titles = [command.properties["title"] for command in follows_the_rules(render(everything()))]
    assert not [title for title in titles if "stays" in title]
    line = check("line", 1, 1, "passed")
    assert render(Report("a", "alice", (question("q1", "graded", line),))) == ""


@pytest.mark.parametrize(("lines", "annotations"), [(10, 10), (11, 10), (500, 10)])
def test_at_most_ten_of_a_kind_and_the_last_counts_the_rest(lines, annotations):
    lost = [check(f"line {i}", 0, 1, "failed", CheckFault("no"), "no") for i in range(lines)]
    commands = follows_the_rules(render(Report("a", "alice", (question("q1", "graded", *lost),))))
    assert len(commands) == annotations
    if lines > 10:
        assert commands[-1].properties["title"] == f"{lines - 9} more"
        assert commands[-1].message.startswith(f"and {lines - 9} more: q1::line 9")


def test_hostile_text_gives_no_command_of_its_own():
    commands = follows_the_rules(render(hostile()))
    assert [command.kind for command in commands] == ["error", "error", "warning", "notice"]
    assert visible(HOSTILE) in commands[0].message
    assert commands[0].properties["file"].endswith(".yaml")
    assert commands[0].properties["line"] == "3"


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_rules(text):
    assert len(follows_the_rules(render(hostile(text)))) == 4


def places(report):
    return {question.id: question.place for question in report.questions}


def test_the_report_knows_where_each_answer_stands(graded):
    report = graded({"answers.yaml": f"assignment: assignment3\n\n{Q5}{Q6}"})
    assert places(report) == {"q5": AnswerLocation("answers.yaml", 3), "q6": AnswerLocation("answers.yaml", 4)}


def test_a_file_of_its_own_a_broken_answer_and_none(graded):
    report = graded({"answers.yaml": "\nq5:\n  W1: x\n  W2: 1\n"})
    assert places(report) == {"q5": AnswerLocation("answers.yaml", 3), "q6": None}
    report = graded({"answers.yaml": Q6, "q5.yaml": "{W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}"})
    assert places(report) == {"q5": AnswerLocation("q5.yaml", 1), "q6": AnswerLocation("answers.yaml", 1)}


SPEC = """
question: q1
title: Twice
points: 1
answer: function
signature: twice(n)
inputs: {n: "integer(0..3)"}
checks:
  - {name: doubles, points: 1, holds: out == 2 * n}
"""


@pytest.mark.long
def test_a_function_stands_where_it_is_defined(run, tmp_path, monkeypatch):
    spec = write(tmp_path, {"q1.yaml": SPEC}) / "q1.yaml"
    write(tmp_path / "alice", {"solution.py": "import math\n\n\ndef twice(n):\n    return n\n"})
    monkeypatch.chdir(tmp_path)
    found = run("check", "alice", "--spec", spec, "--format", "github")
    (command,) = follows_the_rules(found.out)
    assert found.code == 1
    assert command.properties == {"file": "alice/solution.py", "line": "4", "title": "q1: doubles (-1)"}
    assert follows_the_rules(run("check", tmp_path / "alice", "--spec", spec, "--format", "github").out)
