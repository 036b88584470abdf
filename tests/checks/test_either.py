"""A question with several ways: which one counted is said, a fault holds its own way alone, a refusal is the nearest."""

import pytest

from grader.answers.submission import Submission
from grader.errors import SpecError
from grader.grading import grade
from grader.kinds.table import load_assignment

from ..answers.helpers import write
from ..conftest import RUN

WEIGHTS = """
  - answer: weights
    network: {inputs: {x: bit}, parameters: {w: scalar, b: scalar}, equations: {y: "w*x[t] + b"}, output: y}
    behaviour: {equations: {e: "2*x[t]"}, output: e}
    checks:
      - {name: right on 0, points: 1, when: "x[t] == 0"}
      - {name: right on 1, points: 3, when: "x[t] == 1"}
"""
FORMULA = "\n  - {answer: formula, symbols: {x: scalar}, right: 2*x}\n"
FUNCTION = """
  - answer: function
    signature: f(x)
    inputs: {x: "integer(0..9)"}
    checks: [{name: doubles, points: 4, holds: out == 2*x}]
"""
CHOICE = "\n  - {answer: choice, options: {a: yes, b: no}, right: [a]}\n"
WRITTEN = "\n  - {answer: written, rubric: [{name: twice, points: 4}]}\n"
NUMBER = "\n  - {answer: number, value: 3/2}\n"
EXACT = "\n  - {answer: number, value: 2}\n"


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """What comes of files of answers where a question can be answered in these ways."""
    folder, made = tmp_path_factory.mktemp("either"), {}

    def result(ways, files):
        if ways not in made:
            text = f"question: e\ntitle: T\npoints: 4\nanswer: either\nways:{''.join(ways)}"
            path = write(folder / f"spec{len(made)}", {"e.yaml": text}) / "e.yaml"
            made[ways] = load_assignment(path)
        files = {"answers.yaml": files} if isinstance(files, str) else files
        place = write(folder / f"s{len(list(folder.iterdir()))}", files)
        return grade(Submission(place), made[ways], run=RUN).questions[0]

    return result


def test_what_is_wrong_in_each_of_the_ways_is_told_at_once(tmp_path):
    wrong = "\n  - {answer: number, value: 3/}\n", "\n  - {answer: choice, options: {a: yes, b: no}, right: [c]}\n"
    text = "question: e\ntitle: T\npoints: 4\nanswer: either\nways:" + "".join((*wrong, *wrong, NUMBER))
    with pytest.raises(SpecError) as refused:
        load_assignment(write(tmp_path, {"e.yaml": text}) / "e.yaml")
    lines = [problem.place.line for problem in refused.value.problems]
    assert lines == [6, 8, 10, 12]


BOTH = (WEIGHTS, FORMULA)
COUNTED = {
    "e: {w: 2, b: 0}\n": (BOTH, 4, ["way 1 of 2 (weights) counted"]),
    "e: 2x\n": (BOTH, 4, ["way 2 of 2 (formula) counted", "read as 2*x"]),
    "e: 3x\n": (BOTH, 0, ["way 2 of 2 (formula) counted", "read as 3*x"]),
    "e: {w: 1, b: 0}\n": (BOTH, 1, ["way 1 of 2 (weights) counted"]),
    "e: [a]\n": ((FORMULA, CHOICE), 4, ["way 2 of 2 (choice) counted"]),
    "e: b\n": ((WEIGHTS, CHOICE), 0, ["way 2 of 2 (choice) counted"]),
    "e: 2\n": ((NUMBER, EXACT), 4, ["way 2 of 2 (number) counted", "read as 2"]),
    "e: 3\n": (
        (NUMBER, EXACT), 0, ["way 1 of 2 (number) counted", "way 2 of 2 (number) earned 0", "read as 3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("answers", COUNTED)
def test_the_way_that_counted_is_said(result, answers):
    ways, points, messages = COUNTED[answers]
    found = result(ways, answers)
    assert (found.id, found.status, found.points, list(found.messages)) == ("e", "graded", points, messages)


def test_the_better_of_two_that_were_handed_in_counts(result):
    ways = (FUNCTION, WEIGHTS)
    code = {"solution.py": "def f(x):\n    return 3*x\n", "answers.yaml": "e: {w: 1, b: 0}\n"}
    found = result(ways, code)
    assert (found.points, found.messages) == (1, ("way 2 of 2 (weights) counted", "way 1 of 2 (function) earned 0"))
    assert {check.name for check in found.checks} == {"right on 0", "right on 1"}
    right = result(ways, code | {"solution.py": "def f(x):\n    return 2*x\n"})
    assert (right.points, right.messages) == (4, ("way 1 of 2 (function) counted",))


def test_of_what_counts_less_than_all_the_ways_that_cannot_be_used_are_said(result):
    files = {"solution.py": "def f(x):\n    return 3*x\n", "answers.yaml": "e: {w: 2, c: 0}\n"}
    found = result((FUNCTION, WEIGHTS), files)
    assert found.points == 0
    assert found.messages == (
        "way 1 of 2 (function) counted",
        "way 2 of 2 (weights) cannot be used: answers.yaml:1:11: 'c' is not a parameter (w and b are)",
    )


NEAREST = {
    "e: {w: 2, c: 0}\n": (
        (FORMULA, CHOICE, WEIGHTS), "way 3 of 3 (weights)",
        ["answers.yaml:1:11: 'c' is not a parameter (w and b are)", "answers.yaml:1:4: b is missing"],
    ),
    "e: 2x + (\n": (
        (WEIGHTS, FORMULA), "way 2 of 2 (formula)",
        ["answers.yaml:1:10: the formula stops too early: a value is wanted here\n  2x + (\n        ^"],
    ),
    "e: [a, c]\n": (
        (WEIGHTS, FORMULA, CHOICE), "way 3 of 3 (choice)",
        ["answers.yaml:1:8: 'c' is not one of the options (a and b)"],
    ),
    "e: {a: 1}\n": (
        (CHOICE, NUMBER, WEIGHTS), "way 3 of 3 (weights)",
        ["answers.yaml:1:5: 'a' is not a parameter (w and b are)", "answers.yaml:1:4: w and b are missing"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("answers", NEAREST)
def test_a_refusal_is_that_of_the_nearest_way(result, answers):
    ways, way, problems = NEAREST[answers]
    found = result(ways, answers)
    assert (found.status, found.points) == ("rejected", 0)
    assert list(found.messages) == [f"no way can be used; this is the nearest: {way}", *problems]
    assert {check.message for check in found.checks} == {problems[0]}
    assert found.place is not None


def test_code_for_other_questions_does_not_hide_why_an_answer_is_refused(result):
    files = {"solution.py": "def g(x):\n    return x\n", "answers.yaml": "e: {w: 2, c: 0}\n"}
    found = result((FUNCTION, WEIGHTS), files)
    assert found.status == "rejected"
    assert found.messages[0] == "no way can be used; this is the nearest: way 2 of 2 (weights)"


def test_nothing_handed_in_is_missing_and_a_broken_file_is_said_once(result):
    assert result(BOTH, "name: kim\n").status == "missing"
    assert result(BOTH, "f: 1\n").status == "rejected"  # it may be meant for e
    assert result(BOTH, "").messages == ("answers.yaml: the file is empty",)


def test_what_waits_for_a_reader_is_no_zero(result):
    """Prose that can be read as a wrong formula may still be right in words; a right formula needs no reader."""
    ways = (FORMULA, WRITTEN)
    assert result(ways, "e: x\n").status == "pending"
    assert result(ways, "e: x\n").pending_points == 4
    right = result(ways, "e: 2x\n")
    assert (right.status, right.points, right.messages[0]) == ("graded", 4, "way 1 of 2 (formula) counted")


@pytest.mark.parametrize(("answers", "status", "points"), [("e: 2x\n", "graded", 4), ("e: {w: 1, b: 77}\n", "held", 0)])
def test_a_fault_in_one_way_holds_only_what_it_may_have_cost(result, monkeypatch, answers, status, points):
    def failing(*_):  # of weights that no test before has had judged: those are remembered in the run
        raise ValueError("planted")

    monkeypatch.setattr("grader.kinds.weights.score.score_weights", failing)
    found = result(BOTH, answers)
    assert (found.id, found.status, found.points) == ("e", status, points)
    if status == "held":
        assert found.messages == (
            "way 1 of 2 (weights) counted", "held, because the grader failed: ValueError: planted",
        )  # fmt: skip
        assert found.pending_points == 4
