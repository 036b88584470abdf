"""A counterexample after hundreds of steps is a short report in every format, and no number in it is broken."""

import json
import re
from html import unescape

import pytest

from grader.evidence import Counterexample, TraceStep
from grader.grading import Submission, grade
from grader.kinds.table import load_assignment
from grader.pages.environment import style_sheet
from grader.reports.formats import FORMATS, render
from grader.reports.lines import clipped
from grader.reports.terminal import render as terminal
from grader.verdict import Report

from ..answers.helpers import write
from .format_samples import check, question

LATE = """
question: q
title: T
points: 2
answer: weights
network:
  inputs: {x: [1, 2]}
  parameters: {w: scalar, b: scalar}
  initial: {c: 0}
  equations: {c: "min(c[t-1] + w, 300)", y: "1 if c[t] < b or x[t] == 1 else c[t]/3"}
  output: y
behaviour: {initial: {n: 0}, equations: {n: "min(n[t-1] + 1, 300)", e: "1"}, output: e}
checks:
  - {name: right after ones, points: 1, when: "x[t] == 2"}
  - {name: right on ones, points: 1, when: "x[t] == 1"}
"""


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("late"), {"q.yaml": LATE})
    write(folder / "alice", {"answers.yaml": "q: {w: 1, b: 281}\n"})
    return grade(Submission(folder / "alice"), load_assignment(folder / "q.yaml"))


def test_the_input_the_outputs_and_the_sentence_are_short(late):
    evidence = late.questions[0].checks[0].evidence
    assert (evidence.input, evidence.got, evidence.expected) == (
        "280 x 1, then 2", "280 x 1, then 93.6667 (281/3)", "281 x 1",
    )  # fmt: skip
    assert [step.t for step in evidence.trace] == list(range(242, 282))
    assert evidence.first_wrong_step == 281


@pytest.mark.parametrize("name", FORMATS)
def test_a_late_counterexample_makes_a_short_report(late, name):
    text = render(late, FORMATS[name])
    assert len(re.sub(r"(?s)<svg.*?</svg>", "", text.replace(style_sheet(), ""))) < 10_000
    if name != "classroom":
        text = " ".join(unescape(text).split())
        assert "280 x 1, then 2" in text
        assert "93.6667 (281/3)" in text
        assert name == "json" or re.search(r"the last \d+ of 281 steps", text)


def test_the_network_of_a_test_by_hand_takes_the_input_as_it_is_shown(late, tmp_path):
    from grader.kinds.weights.answer import content_of, weights_of
    from grader.kinds.weights.network import Network

    path = write(tmp_path, {"q.yaml": LATE, "answers.yaml": "q: {w: 1, b: 281}\n"})
    asked = load_assignment(path / "q.yaml").questions[0]
    network = Network(asked, weights_of(content_of(Submission(path / "answers.yaml").answer("q")), asked.parameters))
    assert network("280 x 1, then 2").split()[-1] == "281/3"


BOTH = LATE.replace('y: "1 if c[t] < b or x[t] == 1 else c[t]/3"', 'y: "w if x[t] == 1 else b"').replace(
    'e: "1"', 'e: "1 if n[t] > 2 or x[t] == 2 else 0"'
)


def test_a_step_that_a_line_is_not_about_is_not_marked_as_its_first_wrong_step(tmp_path):
    """Right on a 1 from step 3 on, so wrong on the first ones; the line about 2 is first wrong where a 2 comes."""
    spec = BOTH.replace('when: "x[t] == 2"', 'when: "x[t] == 2 and n[t] == 3"')
    path = write(tmp_path, {"q.yaml": spec, "answers.yaml": "q: {w: 1, b: 0}\n"})
    report = grade(Submission(path / "answers.yaml"), load_assignment(path / "q.yaml"))
    evidence = report.questions[0].checks[0].evidence
    assert [(step.right, step.about) for step in evidence.trace] == [(False, False), (False, False), (False, True)]
    assert evidence.first_wrong_step == 3
    lines = [
        line for line in render(report, FORMATS["terminal"]).splitlines() if line.strip()[:2] in ("1 ", "2 ", "3 ")
    ]
    assert [line.endswith("(wrong too, but for another line)") for line in lines[:3]] == [True, True, False]
    assert lines[2].endswith("<-- first wrong step")
    found = json.loads(render(report, FORMATS["json"]))["questions"][0]["checks"][0]["evidence"]["trace"]
    assert [(step["right"], step.get("about")) for step in found] == [(False, False), (False, False), (False, None)]
    assert "from step 3 on" in render(report, FORMATS["gradescope"])
    for name in ("markdown", "junit", "html"):
        text = render(report, FORMATS[name]).replace("&lt;", "<").replace("&#60;", "<").replace("&#45;", "-")
        assert text.count('class="mark">' * (name == "html") + "first wrong step") == len(report.questions[0].checks)


def wide(values):
    """A trace with a quantity for each value."""
    names = {f"q{i}": value for i, value in enumerate(values)}
    steps = tuple(TraceStep(t, {"x": "1"}, names, {}, "1", "1" if t < 3 else "0", t < 3) for t in (1, 2, 3))
    evidence = Counterexample("111", "110", "111", steps)
    return Report("a", "alice", (question("q", "graded", check("line", 0, 1, "failed", evidence)),))


VALUES = ["0.333333333 (1/3)", "about -1.42857e+29", "123456789.123456789", "[0.333333 (1/3), 0.666667 (2/3)]", "-1/15"]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("count", [1, 3, 5, 9])
def test_no_number_of_a_trace_is_broken_in_a_terminal(width, count):
    """Columns that do not fit stand below each other, each with its steps and marks."""
    values = (VALUES * 2)[:count]
    text = terminal(wide(values), width=width)
    assert max(map(len, text.splitlines())) <= width
    for number in re.findall(r"[-\d.]*\d[\de+/.-]*", " ".join(values)):
        assert text.count(number) >= 3
    wrong = [line for line in text.splitlines() if re.match(r" +3  ", line)]
    assert all("<--" in line for line in wrong)
    assert wrong[-1].endswith("<-- first wrong step")


@pytest.mark.parametrize("most", range(3, 40))
def test_a_text_that_is_cut_is_never_cut_in_a_number(most):
    text = "is 0.333333 (1/3), not about -1.42857e+29 or 12345678"
    kept, _, rest = clipped(text, most).partition("... (")
    assert text.startswith(kept)
    assert rest == f"{len(text) - len(kept)} more characters)"
    assert (
        not re.search(r"[\d./e+-]$", kept)
        or not re.match(r"[\d./e+-]", text[len(kept) :])
        or not (kept[-1].isdigit() or text[len(kept)].isdigit())
    )
