"""Answers of weights, numbers, choices and prose that try to be held: whatever they do is their own fault."""

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment

QUESTIONS = {
    "weights": """
answer: weights
network:
  inputs: {x: bit}
  parameters: {W: scalar, k: scalar}
  initial: {h: k}
  equations: {h: "W*h[t-1] + x[t] + sum(0 for i in range(k)) + 2 ** k - 2 ** k", y: "h > 0"}
  output: y
behaviour: {initial: {s: 0}, equations: {s: "s[t-1] or x[t]"}, output: s}
budget: {states: 200, samples: 20}
readings: [{name: inverse, replace: {W: 1/W, k: "k ** 900"}}]
known:
  one: {W: 1, k: 0, earns: 1}
  bad: {W: 0, k: 0, earns: 0, say: forgets}
checks: [{name: line, points: 1}]
""",
    "number": "answer: number\nvalue: 2/3\nunit: m\nnear: [{value: 1/3, points: 0.5, say: half}]\n",
    "about": "answer: number\nvalue: sqrt(2)\ntolerance: 0.01\n",
    "choice": "answer: choice\noptions: {a: A, b: B}\nright: [a]\n",
    "written": "answer: written\nrubric: [{name: x, points: 1}]\n",
}

NUMBERS = [
    "1e300", "-1e300", "1e-300", "1e309", "1e999999", "1e400000", "-1e-999999", "1e1000000000000000000000",
    "1" + "0" * 399, "1" + "0" * 4299, "1/" + "9" * 399, "1/0", "0/0", "nan", ".inf", "-inf", "0x10", "٣", "1/2",
    "-3", "100000", "10**4299", "9^9^9^9", "10**10**10", "exp(exp(exp(10)))", "log(0)", "sqrt(-1)", "0**-1",
    "factorial(1000000)", "sum(1 for i in range(10**9))", "prod(i for i in range(1,100000))", "exp(1e300)",
    "5*sin(exp(5000))", "5*cos(10**900*10**900*exp(1))", "sigmoid(1e30)", "1e300 % 1e-300", "'1'", "~", "[1]",
    "{a: 1}", "[" * 39 + "]" * 39, "!!python/object:os.system x", "*a", "(" * 200 + "1" + ")" * 200,
]  # fmt: skip


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs") / "h"
    folder.mkdir()
    (folder / "assignment.yaml").write_text(f"assignment: h\ntitle: H\nquestions: [{', '.join(QUESTIONS)}]\n")
    for name, text in QUESTIONS.items():
        (folder / f"{name}.yaml").write_text(f"question: {name}\ntitle: T\npoints: 1\n{text}")
    return load_assignment(folder)


@pytest.fixture
def judged(assignment, tmp_path):
    def grades(text):
        (tmp_path / "answers.yaml").write_text(f"assignment: h\n{text}", encoding="utf-8")
        report = grade(Submission(tmp_path), assignment)
        assert "held" not in [question.status for question in report.questions]
        return {question.id: question for question in report.questions}

    return grades


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.sampled(4)
def test_no_number_is_held_and_none_that_is_wrong_earns_anything(judged, number):
    for text in (f"weights: {{W: {number}, k: 0}}", f"weights: {{W: -1, k: {number}}}"):
        judged(text)
    for question in ("number", "about", "choice"):
        found = judged(f"{question}: {number}")[question]
        assert found.points == 0
    assert judged(f"written: {number}")["written"].points == 0


@pytest.mark.parametrize("number", ["1e300", "100000", "1e5", "1/3", "-1/2", "1e308"])
def test_weights_beyond_the_limits_fail(judged, number):
    found = judged(f"weights: {{W: 0, k: {number}}}")["weights"]
    assert (found.status, found.points, found.checks[0].outcome) == ("graded", 0, "failed")


def test_right_answers_keep_their_marks(judged):
    text = "weights: {W: 1, k: 0}\nnumber: 4/6 m\nabout: 1.41\nchoice: a\n"
    assert [judged(text)[name].points for name in ("weights", "number", "about", "choice")] == [1, 1, 1, 1]


@pytest.mark.parametrize("answer", ["sqrt(2)+0.01", "sqrt(2)-0.01", "1.42"])
def test_a_number_on_the_border_of_its_tolerance_is_within_it(judged, answer):
    assert judged(f"about: {answer}")["about"].points == 1


def test_a_number_that_nobody_can_work_out_is_not_within_a_tolerance(judged):
    """Some 7000 bits of exp(5000) would have to be known: the sine may be anything between -1 and 1."""
    (check,) = judged("about: 5*sin(exp(5000))")["about"].checks
    reason = "its value is not known to 32 bits when it is worked out with 4096"
    assert (check.outcome, check.message) == ("failed", f"it cannot be worked out: {reason}")


def test_too_many_choices_are_refused(judged):
    found = judged(f"choice: [{'a, ' * 1000}a]")["choice"]
    assert (found.status, found.points) == ("rejected", 0)
    assert "1001 choices are too many (at most 1000)" in found.messages[0]


def test_strange_choices_are_named_in_few_words(judged):
    found = judged(f"choice: [{', '.join(f'c{i}' for i in range(900))}, {'d' * 5000}]")["choice"]
    assert found.status == "rejected"
    assert len(found.messages) == 21
    assert "and 881 more are not among the options" in found.messages[-1]
    assert max(map(len, found.messages)) < 200


@pytest.mark.long
@pytest.mark.parametrize("opening", ["{", "[", "[{", "{a: "])
@pytest.mark.sampled(4)
def test_deep_nesting_is_refused_wherever_else_the_file_is_broken(judged, opening):
    """The answer that it stands in is lost, and no other: the rest of the file is read."""
    for text, broken in (
        (f"number: {opening * 1100}", "number"),
        (f"number: 1\nabout: {opening * 1100}\nchoice: 1", "about"),
        (f"about: [{opening * 1100}\n]: [", "about"),
    ):
        found = judged(text)
        assert found[broken].status == "rejected"
        assert found["written"].status in ("missing", "rejected")
