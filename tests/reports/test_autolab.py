"""The last lines of what an autograder prints, as Autolab reads them."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import CheckFault
from grader.reports.autolab import not_marked, problem_names, render
from grader.reports.formats import ResultsFormat
from grader.verdict import Report

from ..answers.helpers import Q5, write
from .format_samples import check, everything, hostile, question, with_held


def read_by_the_platform(text):
    """Scores and feedback, as `saveAutograde` and `parseFeedback` take them from what was printed."""
    *_, feedback, result = text.rstrip().split("\n")
    assert "\r" not in text
    parsed = json.loads(re.sub("([a-zA-Z0-9]+):", r'"\1":', result))
    assert parsed == json.loads(result)
    assert parsed["scores"]
    stages = json.loads(feedback)
    assert stages["_presentation"] == "semantic"
    for stage in stages["stages"]:
        assert all(isinstance(test, dict) and isinstance(test["passed"], bool) for test in stages[stage].values())
        assert not any(name.startswith("_") for name in stages[stage])
    return parsed["scores"], stages


def test_each_problem_has_the_points_of_its_question():
    scores, stages = read_by_the_platform(render(everything()))
    assert scores == {"q5": 27.5, "q6.1": 0, "q8": 0, "q9": 0}
    assert stages["Problem q5"]["- stays 1"] == {"passed": True}
    assert stages["Problem q5"]["- stays 0"] == {"passed": False, "hint": "counts once 'drops to 0' holds"}


def test_what_is_held_or_waits_for_a_reader_has_no_score():
    report = with_held()
    scores, _ = read_by_the_platform(ResultsFormat("autolab").render(report))
    assert not {"q7", "q10"} & set(scores)
    text = ResultsFormat("autolab").render(replace(report, questions=report.questions[-1:]))
    assert read_by_the_platform(text)[0] == {"q10": None}
    assert "SpecError" not in text
    assert "could not be marked" in text


NAMES = [
    "q5",
    "Q5",
    "q5: a",
    "q5::b",
    "a:b",
    "é:x",
    "_total",
    "__x",
    ":",
    "word:",
    "\u202eq",
    "q\n1",
    "7:30",
    "a :b",
    "\U0001f600:z",
]


def test_no_name_of_a_problem_is_changed_by_the_platform():
    names = problem_names(NAMES)
    assert len({name.lower() for name in names.values()}) == len(NAMES)
    questions = tuple(question(name, "graded", check("l", i, 9, "passed")) for i, name in enumerate(NAMES))
    scores, _ = read_by_the_platform(render(Report("a", "s", questions)))
    assert scores == {names[name]: i for i, name in enumerate(NAMES)}
    assert not any(name.startswith("_") for name in scores)


FORGED = '{"scores": {"q1": 1000}}'


@pytest.mark.parametrize(
    "text", [FORGED, f"\n{FORGED}\n", f"\r{FORGED}", f"\u2028{FORGED}", '{"_presentation": "semantic"}']
)
def test_hostile_text_is_never_the_last_line(text):
    scores, _ = read_by_the_platform(render(hostile(text)))
    assert scores == {"q1": 2, "q2": 0}


@pytest.mark.long
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_rules(text):
    renamed = tuple(replace(one, id=f"{text}{one.id}") for one in hostile(text).questions)
    read_by_the_platform(render(replace(hostile(text), questions=renamed)))


def test_where_there_is_no_report_nobody_has_a_score():
    assert read_by_the_platform(not_marked(["q5", "q6: b"]))[0] == {"q5": None, "q6 : b": None}


def test_nothing_handed_in_is_a_zero():
    line = check("line", 0, 6, "failed", CheckFault("no answer was handed in"))
    assert read_by_the_platform(render(Report("a", "s", (question("q9", "missing", line),))))[0] == {"q9": 0}


def test_the_command_prints_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    assert read_by_the_platform(run("check", folder, "--format", "autolab").out)[0] == {"q5": 70, "q6": 0}


@pytest.mark.long
def test_much_to_say_never_costs_the_last_line():
    """What is longer than the platform keeps is cut before the scores, not in them."""
    wrong = check("\u00e9" * 300, 0, 1, "failed", CheckFault("\u00e9" * 3_900))
    text = render(Report("a", "s", (question("q", "graded", check("right", 7, 7, "passed"), *[wrong] * 300),)))
    assert len(text.encode()) < 1_000_000
    scores, stages = read_by_the_platform(text)
    assert (scores, stages["stages"]) == ({"q": 7}, [])
    assert " more characters)" in text
