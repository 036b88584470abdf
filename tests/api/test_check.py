"""One answer from Python: numbers at their exact value, every kind of answer, and how results show themselves."""

import io
import re
import shutil
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import rich.console
from flint import fmpq

import grader
from grader.answers.python_values import node_of
from grader.documents import MappingNode
from grader.errors import SourceLocation, SpecError, SubmissionError

SHEET = {"W1": 1, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}
PAIRS = {"W": [[-1, -1], [1, 1]], "b": [0.5, -1.5], "v": [1, 1], "r": 1, "c": -1.5, "c0": -0.5}
PLACE = SourceLocation("q")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (-1.5, "-3/2"),
        (0.1, "3602879701896397/36028797018963968"),
        ("0.1", "0.1"),
        (Fraction(-3, 2), "-3/2"),
        (Decimal("0.1"), "1/10"),
        (fmpq(1, 3), "1/3"),
        (np.float32(0.1), "13421773/134217728"),
        (np.int8(-7), "-7"),
        (1e300, str(int(1e300))),
        (float("nan"), "nan"),
        (True, "true"),
    ],
)
def test_numbers_keep_their_exact_value(value, text):
    assert node_of(value, PLACE) == text


def test_arrays_and_lists_are_series():
    wanted = [["1", "2"], ["1/2", "x"]]
    assert node_of([[1, 2], (0.5, "x")], PLACE) == wanted
    assert node_of(np.array([[1, 2], [3, 4]]), PLACE) == [["1", "2"], ["3", "4"]]
    assert node_of(np.zeros((0,)), PLACE) == []
    node = node_of({"W": [1]}, PLACE)
    assert isinstance(node, MappingNode)
    assert node == {"W": ["1"]}


@pytest.mark.parametrize("value", [None, object(), {1, 2}, b"x", 1j])
def test_other_values_are_no_answers(value):
    with pytest.raises(TypeError, match="an answer is made of numbers, text, lists and arrays, not of "):
        node_of([value], PLACE)


@pytest.mark.long
@pytest.mark.parametrize(
    "weights", [SHEET, {**SHEET, "b2": "-3/2"}, {**SHEET, "b2": np.float64(-1.5)}, {**SHEET, "b2": Fraction(-3, 2)}]
)
def test_weights_by_name_or_as_a_mapping(weights):
    assert grader.check("q5", **weights).points == 70
    assert grader.check("q5", weights).points == 70


@pytest.mark.parametrize("made", [list, np.array, lambda rows: np.array(rows, dtype=np.float32)])
def test_matrices_as_lists_or_arrays(made):
    weights = {name: made(value) if isinstance(value, list) else value for name, value in PAIRS.items()}
    assert grader.check("q6", **weights).points == 70


def test_a_float_counts_at_its_exact_value_and_text_at_what_it_says():
    """The threshold is 1/2: 7/10 - 2/10 reaches it, the floats 0.7 and -0.2 add up to a little less."""
    exact = grader.check("q5", W1="0.7", W2=0, b2="-0.2", W3=1, b3=0)
    floats = grader.check("q5", W1=0.7, W2=0, b2=-0.2, W3=1, b3=0)
    assert [result.checks[0].outcome for result in (exact, floats)] == ["passed", "failed"]


def test_a_wrong_network_comes_with_the_shortest_counterexample():
    result = grader.check("q5", W1=1, W2=0, b2=0, W3=1, b3=0)
    assert (result.id, result.status, result.points, result.place) == ("q5", "graded", 40, None)
    evidence = result.checks[2].evidence
    assert (evidence.input, evidence.expected, evidence.got) == ("01", "00", "01")


@pytest.mark.parametrize(
    ("question", "answer", "points"),
    [
        ("q3.1", "dL[t+1] * W", 8),
        ("q3.3", 4, 30),
        ("q3.3", Fraction(1, 4), 10),
        ("q2", "Vectors are long, and say nothing of what words have to do with one another.", 0),
    ],
)
def test_formulas_numbers_and_prose(question, answer, points):
    assert grader.check(question, answer).points == points


def test_an_answer_that_cannot_be_used_is_rejected_with_every_problem():
    result = grader.check("q5", W1=float("inf"), W2="x", b2=[1, 2], w3=1, b3=0)
    assert result.status == "rejected"
    assert result.messages == (
        "q5: 'w3' is not a parameter (did you mean 'W3'?)",
        "q5: W3 is missing",
        "q5: W1: 'inf' is not a number: write a finite number",
        "q5: W2: 'x' is not a number",
        "q5: b2 must be a number, not a list",
    )


def test_no_answer_and_two_answers_are_wrong_calls():
    for arguments, weights in (((), {}), (("x",), {"W1": 1})):
        with pytest.raises(TypeError, match="takes either one answer or weights by name"):
            grader.check("q5", *arguments, **weights)


@pytest.fixture
def doubles(tmp_path):
    """A course with the same function question in two assignments."""
    text = (
        "question: double\ntitle: Double\npoints: 1\nanswer: function\nsignature: double(x)\ninputs: {x: integer}\n"
        "checks: [{name: doubles, points: 1, holds: out == 2 * x}]\n"
    )
    for name in ("one", "other"):
        folder = tmp_path / "specs" / name
        folder.mkdir(parents=True)
        (folder / "assignment.yaml").write_text(f"assignment: {name}\nquestions: [double]\n")
        (folder / "double.yaml").write_text(text)
    return tmp_path


def double(x):
    return x + x


def test_functions_are_given_as_they_are_or_as_source(doubles, monkeypatch):
    monkeypatch.chdir(doubles)
    assert grader.check("double", double, spec="one").points == 1
    assert grader.check("double", "def double(x):\n    return 2 * x\n", spec="one").points == 1
    assert grader.check("double", "def double(x):\n    return 3 * x\n", spec="one").points == 0
    with pytest.raises(TypeError, match=r"double is answered with a function, or with the text of a solution\.py"):
        grader.check("double", 3, spec="one")


def test_a_solution_in_the_present_folder_is_never_what_is_checked(doubles, monkeypatch):
    monkeypatch.chdir(doubles)
    spec = doubles / "specs" / "one" / "double.yaml"
    ways = spec.read_text().replace("answer: function\n", "answer: either\nways:\n  - answer: number\n    value: 4\n")
    head, _, rest = ways.partition("signature")
    spec.write_text(f"{head}  - answer: function\n" + "".join(f"    {x}\n" for x in ("signature" + rest).splitlines()))
    (doubles / "solution.py").write_text("def double(x):\n    return 2 * x\n")
    assert grader.check("double", "5", spec="one").points == 0
    assert grader.check("double", 4, spec="one").points == 1
    assert grader.check("double", double, spec="one").points == 1


def test_a_question_of_two_assignments_must_be_told_apart(doubles, monkeypatch):
    monkeypatch.chdir(doubles)
    with pytest.raises(SpecError, match="'double' is a question of one and other: say which, spec='one'"):
        grader.check("double", double)


def test_a_broken_assignment_is_said_only_where_the_question_is_not_found(doubles, monkeypatch):
    monkeypatch.chdir(doubles)
    (doubles / "specs" / "other" / "double.yaml").write_text("question: double\n")
    assert grader.check("double", double).points == 1
    with pytest.raises(SpecError, match=r"(?s)'tripel' is not a question.*double\.yaml:1:1"):
        grader.check("tripel", double)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("q55", r"'q55' is not a question \(did you mean 'q5'\?\)"),
        ("q3", r"'q3' has parts: check one of them \(q3\.1, q3\.2, q3\.3, q3\.4 or q3\.5\)"),
    ],
)
def test_questions_that_there_are_not(question, message):
    with pytest.raises(SpecError, match=message):
        grader.check(question, "x")


def test_loading_without_a_name_lists_what_there_is(doubles, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(doubles)
    with pytest.raises(SpecError, match=r"which assignment\? specs/ holds one and other; say load\('one'\)"):
        grader.load()
    shutil.rmtree(doubles / "specs" / "other")
    assert repr(grader.load()) == "<Assignment one: double (1 points)>"
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    with pytest.raises(SpecError, match="there is no specs/ folder with an assignment here or above"):
        grader.load()


def test_an_assignment_grades_submissions(here):
    assignment = grader.load(here / "specs" / "assignment3").only(["q5"])
    report = assignment.grade("submissions_example/forgets_the_past")
    assert (report.submission, report.points, report.max_points) == ("forgets_the_past", 40, 70)
    assert repr(report).startswith("forgets_the_past - assignment3    ")
    assert '<section class="question">' in report._repr_html_()
    with pytest.raises(SubmissionError, match="there is no submission 'nobody'"):
        assignment.grade("nobody")


def test_a_readers_marks_are_taken(here, tmp_path):
    (tmp_path / "marks.yaml").write_text("- {submission: bob, question: q2, met: [no notion of similarity]}\n")
    bob = tmp_path / "bob"
    bob.mkdir()
    (bob / "answers.yaml").write_text("q2: It says nothing of what words have to do with one another.\n")
    assignment = grader.load("assignment3").only(["q2"])
    assert assignment.grade(bob).status == "pending"
    assert assignment.grade(bob, marks=tmp_path / "marks.yaml").points == 20


def test_rich_shows_colour_within_the_width_of_its_console():
    out = io.StringIO()
    console = rich.console.Console(file=out, width=60, force_terminal=True, color_system="standard", no_color=False)
    console.print(grader.check("q5", W1=1, W2=0, b2=0, W3=1, b3=0))
    assert "\x1b[1;31mFAIL" in out.getvalue()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert max(map(len, plain.splitlines())) <= 60
    assert "<-- first wrong step" in plain


HOSTILE = "<script>alert(1)</script> & $\\href{javascript:alert(1)}{x}$ \x1b[2J \u202e"


def test_nothing_in_html_is_markup():
    for result in (grader.check("q5", {HOSTILE: 1}), grader.check("q3.3", HOSTILE), grader.check("q2", HOSTILE)):
        html = result._repr_html_()
        assert "<script" not in html
        assert "\x1b" not in html
        assert "\u202e" not in html
        assert html.startswith('<div class="grader fragment tex2jax_ignore mathjax_ignore">')
    assert "&lt;script&gt;" in grader.check("q5", {HOSTILE: 1})._repr_html_()


def test_html_shows_the_trace():
    html = grader.check("q5", W1=1, W2=0, b2=0, W3=1, b3=0)._repr_html_()
    titles = re.findall(
        r'<th scope="col">([^<]*)</th>', html.partition('<table class="data">')[2].partition("</table>")[0]
    )
    assert titles == ["t", "x", "your h", "output", "wanted"]
    assert html.count('<td class="mark">first wrong step</td>') == 1
    assert "<li>Your hidden unit forgets" in html
