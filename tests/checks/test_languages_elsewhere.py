"""Symbols, the end of inputs and the empty input in smooth networks, recorded reports, copies, references and tests by hand."""

import json

import pytest
from flint import fmpq

from grader.answers.submission import Submission
from grader.evidence import Proved
from grader.export.student import write_bundle
from grader.grading import grade
from grader.kinds.open_submission import Details
from grader.kinds.table import load_assignment
from grader.kinds.weights.network import Network
from grader.kinds.weights.score import score_weights
from grader.kinds.weights.spec_reference import check_reference
from grader.language.arrays import Array
from grader.pytest_plugin.asserts import assert_proved
from grader.report_file import RecordedReport
from grader.reports.json import as_data
from grader.verification import verify
from tests.checks.language_questions import BRACKETS, PARITY

SMOOTH = """
question: q
title: T
points: 2
answer: weights
network:
  inputs: {x: {symbols: {a: [1, 0], b: [0, 1]}, words: "(ab)*"}}
  parameters: {k: scalar, h0: scalar}
  initial: {h: h0}
  equations: {h: "tanh(k*h[t-1] + 3*x[t][0] - 3*x[t][1])", y: OUTPUT}
  output: y
behaviour: {initial: {s: 0}, equations: {s: "1 - s[t-1]"}, output: s}
accept: (y > 1/2) == expected
judge: {JUDGE}
checks: [{name: line, points: 2}]
"""


@pytest.mark.parametrize(
    ("output", "judge", "weights", "wrong"),
    [
        ("h[t]", "empty: true", (0, 0), None),
        ("h[t]", "empty: true", (0, 2), ""),
        ("tanh(h[t])", "empty: true", (0, 2), ""),
        ("tanh(h[t])", "empty: true", (0, "1/2"), None),
        ("h[t]", "empty: true", (10, 0), "ab"),
        ("h[t]", "at: end, empty: true", (10, 0), "ab"),
        ("h[t]", "at: end", (0, 2), None),
        ("h[t] * h[t]", "at: end", (0, 0), "ab"),
        ("1 - h[t]", "at: end", (0, 0), "ab"),
        ("h[t] - 1", "at: end", (0, 0), None),
        ("h[t] - 1", "at: every step", (0, 0), "a"),
    ],
)
def test_smooth_networks(load, output, judge, weights, wrong):
    """`h - 1` is wrong inside of words alone."""
    question = load(SMOOTH.replace("OUTPUT", f'"{output}"').replace("JUDGE", judge))
    k, h0 = (fmpq(*map(int, str(weight).split("/"))) for weight in weights)
    (check,) = score_weights(question, {"k": k, "h0": h0}).checks
    if wrong is None:
        assert isinstance(check.evidence, Proved), check
    else:
        assert (check.outcome, check.evidence.input) == ("failed", wrong)


def array(*numbers):
    return Array((len(numbers),), list(map(fmpq, numbers)))


def brackets(u, h0):
    weights = {"p": array(2, -1), "p0": fmpq(-1), "q": array(1, -2), "q0": fmpq(-1)}
    return {**weights, "u": fmpq(u), "h0": fmpq(h0)}


ANSWERS = {
    "right": "brackets: {p: [2, -1], p0: -1, q: [1, -2], q0: -1, u: 1, h0: 0}\n",
    "forgets": "brackets: {p: [2, -1], p0: -1, q: [1, -2], q0: -1, u: 0, h0: 0}\n",
    "starts inside": "brackets: {p: [2, -1], p0: -1, q: [1, -2], q0: -1, u: 1, h0: 1}\n",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A whole assignment of two questions."""
    folder = tmp_path_factory.mktemp("course") / "specs" / "words"
    folder.mkdir(parents=True)
    (folder / "assignment.yaml").write_text("assignment: words\ntitle: Words\nquestions: [brackets, parity]\n")
    (folder / "brackets.yaml").write_text(BRACKETS)
    (folder / "parity.yaml").write_text(PARITY)
    return load_assignment(folder)


def handed_in(folder, text):
    (folder / "answers.yaml").write_text(text)
    return Submission(folder)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_report_holds_and_a_changed_one_does_not(course, tmp_path, name):
    submission, course = handed_in(tmp_path, ANSWERS[name]), course.only(["brackets"])
    data = json.loads(json.dumps(as_data(grade(submission, course))))
    found = list(verify(RecordedReport.model_validate(data), course, submission))
    assert {one.verdict for one in found} == {"holds"}
    if name == "starts inside":
        for check in data["questions"][0]["checks"]:
            check["evidence"] |= {"got": "0"} if check["outcome"] == "failed" else {}
        found = list(verify(RecordedReport.model_validate(data), course, submission))
        assert "differs" in {one.verdict for one in found}


def test_a_students_copy_judges_alike(course, tmp_path):
    write_bundle(course, tmp_path / "copy")
    mine = load_assignment(tmp_path / "copy" / "specs" / "words")
    for name, text in ANSWERS.items():
        (tmp_path / name).mkdir()
        submission = handed_in(tmp_path / name, text)
        theirs, ours = (grade(submission, one).questions[0] for one in (mine, course))
        assert [(c.outcome, c.message) for c in theirs.checks] == [(c.outcome, c.message) for c in ours.checks]
    assert mine.questions[1].specification.judged == course.questions[1].specification.judged
    text = (tmp_path / "copy" / "specs" / "words" / "brackets.yaml").read_text()
    assert "forgets" not in text


def test_weights_may_move_as_far_as_the_words_that_count_allow(load):
    """The initial state may only move where the empty input does not count: it is the output for that."""
    plain = BRACKETS.replace("judge: {empty: true}", "").replace(', "": 0', "")
    ends = []
    for text in (BRACKETS, plain):
        found = score_weights(load(text), brackets(1, 0), Details(robustness=True)).robustness
        ends += [(one.low, one.high) for one in found.ranges if one.weight == "h0"]
    assert ends == [("0", "0"), ("-1/2", "1/2")]


REFERENCE = """
PARAMETERS = {"u": 1, "o1": 0, "o2": -1, "c": 2, "d": 1, "y0": 0}

def initial():
    return 0

def step(odd, x):
    odd = odd ^ int(x == 1)
    return odd, odd if x == -1 else 7
"""


@pytest.mark.parametrize(
    ("more", "level", "text"),
    [
        ("", "warn", "reference.par has no empty_output(), so its own output for the empty input is not compared"),
        ("def empty_output():\n    return 0\n", "ok", "the parameters of reference.par earn 1 of 1"),
        (
            "def empty_output():\n    return 1\n",
            "fail",
            "reference.par disagrees with the behaviour on the empty input (ε)",
        ),
    ],
)
def test_a_reference_says_its_output_for_the_empty_input(tmp_path, more, level, text):
    """What it gives inside of words does not matter: 7 is no output that is wanted anywhere."""
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "par.py").write_text(REFERENCE + more)
    (tmp_path / "specs" / "a").mkdir(parents=True)
    path = tmp_path / "specs" / "a" / "q.yaml"
    path.write_text(PARITY + "reference: reference.par\n")
    found = list(check_reference(load_assignment(path).questions[0], solved=True))
    assert (level, text) in [(finding.level, finding.text) for finding in found]
    assert more == "" or [finding.level for finding in found if finding.level == "warn"] == []


DEPTH = {"initial": {"d": 0}, "equations": {"d": 'd[t-1] + (x[t] == "(") - (x[t] == ")")'}, "output": "d"}


def test_by_hand_a_network_is_right_on_the_words_that_count(load):
    question = load(BRACKETS)
    assert_proved(Network(question, brackets(1, 0)))
    assert_proved(Network(question, brackets(1, 0)), DEPTH)
    with pytest.raises(AssertionError, match=r"on input \(a the output is 10, but 11 is wanted"):
        assert_proved(Network(question, brackets(0, 0)), DEPTH)
    with pytest.raises(AssertionError, match=r"on the empty input \(ε\) the output is 1, but 0 is wanted"):
        assert_proved(Network(question, brackets(1, 1)), DEPTH)
    with pytest.raises(AssertionError, match=r"on the empty input \(ε\)"):
        assert_proved(Network(question, brackets(1, 1)))
