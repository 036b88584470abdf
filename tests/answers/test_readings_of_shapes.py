"""Brackets, rows and columns that leave one reading are read, with a note; decimal commas are told; defaults count."""

import io
import itertools

import numpy as np
import pytest

from grader.answers.submission import Submission
from grader.answers_template import blank_answers
from grader.documents import DocumentError, read_yaml
from grader.grading import grade
from grader.kinds.table import load_assignment

from .helpers import write

SPEC = """
question: q
title: Shapes
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters:
    w: scalar
    v: [2]
    M: [2, 1]
    h_0: {default: 2}
    u: {shape: [1], in: [-1, 1], default: [1]}
  initial: {h: h_0}
  equations: {h: "h[t-1]", y: "w*x[t] + v[0] - v[1] + 10*(M[0][0] - M[1][0]) + 100*(h[t] - 2) + 1000*(u[0] - 1)"}
  output: y
behaviour: {equations: {e: "2*x[t] - 1"}, output: e}
checks: [{name: right, points: 1}]
known:
  the key: {w: 2, v: [3, 4], M: [[5], [5]], earns: 1}
  in full: {w: 2, v: [[3], [4]], M: [[5], [5]], h_0: 2, u: 1, earns: 1}
"""
PLAIN = {"w": "2", "v": "[3, 4]", "M": "[[5], [5]]"}
LEFT_OUT = {"h_0": "h_0 was left out: read as 2", "u": "u was left out: read as [1]"}
NUMBER = "question: n\ntitle: N\npoints: 1\nanswer: number\nvalue: 3/2\nunit: m\naccepts: ['1,50']\n"


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("specs"), {"q.yaml": SPEC, "n.yaml": NUMBER})
    return {name: load_assignment(folder / f"{name}.yaml") for name in ("q", "n")}


@pytest.fixture
def result(assignments, tmp_path):
    """What a question makes of a file of answers."""
    number = itertools.count()

    def result(question, files):
        folder = write(tmp_path / f"s{next(number)}", files)
        return grade(Submission(folder), assignments[question]).questions[0]

    return result


def flow(values):
    return f"q: {{{', '.join(f'{name}: {text}' for name, text in values.items())}}}\n"


BRACKETS = "came as a number in brackets: read as the number"
READ = {
    "w: [2]": f"w {BRACKETS}",
    "w: [2.0]": f"w {BRACKETS}",
    "w: [[2.0]]": f"w {BRACKETS}",
    "w: [[[4/2]]]": f"w {BRACKETS}",
    "v: [[3], [4]]": "v came as a 2 x 1 matrix: read as a vector of 2",
    "v: [[3, 4]]": "v came as a 1 x 2 matrix: read as a vector of 2",
    "v: [[[3]], [[4]]]": "v came as an array of shape (2, 1, 1): read as a vector of 2",
    "M: [5, 5]": "M came as a vector of 2: read as a 2 x 1 matrix",
    "h_0: [2]": f"h_0 {BRACKETS}",
    "u: 1": "u came as a number: read as a vector of 1",
    "u: [[1]]": "u came as a 1 x 1 matrix: read as a vector of 1",
}
"""What is handed in for a parameter, and the note about how it is read: all are right."""


@pytest.mark.parametrize("text", READ)
def test_a_shape_with_one_reading_is_read_and_noted(result, text):
    name, _, value = text.partition(": ")
    found = result("q", {"answers.yaml": flow(PLAIN | {name: value})})
    assert (found.status, found.points) == ("graded", 1), found.messages
    assert set(found.messages) == {READ[text], *(note for left, note in LEFT_OUT.items() if left != name)}


@pytest.mark.parametrize("text", ["w: [[1.0]]", "v: [[4], [3]]", "v: [[3, 5]]", "h_0: [0]", "u: -1", "M: [5, 6]"])
def test_a_wrong_value_is_wrong_in_any_brackets(result, text):
    name, _, value = text.partition(": ")
    found = result("q", {"answers.yaml": flow(PLAIN | {name: value})})
    assert (found.status, found.points) == ("graded", 0)


REFUSED = {
    "w: [1, 1]": "w must be a number, not a list",
    "w: []": "w must be a number, not a list",
    "w: [[1], [1]]": "w must be a number, not a list",
    "v: [[3, 4], [3, 4]]": "v[0] must be a number, not a list",
    "v: [[3, 4, 5]]": "v must be a vector of 2, written [., .]; this has 1 entries, not 2",
    "v: 3": "v must be a vector of 2, written [., .]; this is '3'",
    "v: [[3], 4]": "v[0] must be a number, not a list",
    "M: [[5, 5]]": "M must be a 2 x 1 matrix, written [[.], [.]]; this has 1 rows, not 2",
    "M: [5, 5, 5]": "M must be a 2 x 1 matrix, written [[.], [.]]; this has 3 rows, not 2",
    "u: 0": "u must be -1 or 1, not 0",
    "w: [1,5]": "w must be a number, not a list: a decimal comma? write 1.5, not 1,5",
    "w: 1,5": "1,5 has a decimal comma: write 1.5",
    "w: -0,25": "-0,25 has a decimal comma: write -0.25",
    "w: +1,0": "+1,0 has a decimal comma: write +1.0",
    "v: [3,0, 4,5]": (
        "v must be a vector of 2, written [., .]; this has 4 entries, not 2: a decimal comma? write 3.0, not 3,0"
    ),
    "w: '1,5'": "w: '1,5' is not a number: write a decimal point, not a decimal comma (1.5)",
    "w: '1,5,0'": "w must be a number, not the quoted text '1,5,0': leave out the quotes",
}
"""What is handed in for a parameter and has no reading, or more than one, and what is said."""


@pytest.mark.parametrize("text", REFUSED)
def test_a_shape_without_one_reading_is_refused(result, text):
    name, _, value = text.partition(": ")
    found = result("q", {"answers.yaml": flow(PLAIN | {name: value})})
    assert found.status == "rejected"
    (message,) = found.messages
    assert message.partition(": ")[2] == REFUSED[text] or message.split(":", 3)[3].strip() == REFUSED[text]


def test_several_decimal_commas_are_told_at_their_places():
    text = b"q: {w: 1,5, M: 2,5, h_0: 2,7}\nn: {a: 1, 5: 2}\n"
    with pytest.raises(DocumentError) as error:
        read_yaml(text, "answers.yaml")
    assert sorted(map(str, error.value.problems)) == [
        "answers.yaml:1:16: 2,5 has a decimal comma: write 2.5",
        "answers.yaml:1:26: 2,7 has a decimal comma: write 2.7",
        "answers.yaml:1:8: 1,5 has a decimal comma: write 1.5",
    ]


@pytest.mark.parametrize(
    "text", ["{a: 1, 5: }", "{a: 1,5: 2}", "{a: x,5: }", "{a: '1',5: }", "a: 1\n5:\n", "{10: 10,11: 11}"]
)
def test_what_is_no_decimal_comma_is_read_as_before(text):
    assert len(read_yaml(text.encode(), "a.yaml")) == 2


def arrays(**values):
    out = io.BytesIO()
    np.savez(out, **{name: np.array(value, dtype=float) for name, value in values.items()})
    return out.getvalue()


def test_arrays_are_read_alike(result):
    given = {"w": [[2]], "v": [[3], [4]], "M": [[5], [5]], "u": 1}
    found = result("q", {"q.npz": arrays(**given)})
    assert (found.status, found.points) == ("graded", 1), found.messages
    assert set(found.messages) == {READ["w: [[2.0]]"], READ["v: [[3], [4]]"], READ["u: 1"], LEFT_OUT["h_0"]}
    for name, value in {"v": [[3, 4], [3, 4]], "M": [[5, 5]], "w": [1, 2]}.items():
        assert result("q", {"q.npz": arrays(**given | {name: value})}).status == "rejected"


def test_a_parameter_with_a_default_may_be_left_out_or_blank_but_not_misspelt(result, assignments):
    found = result("q", {"answers.yaml": flow(PLAIN)})
    assert (found.points, found.messages) == (1, tuple(LEFT_OUT.values()))
    blank = "q:\n  w: 2\n  v: [3, 4]\n  M: [[5], [5]]\n  h_0:\n  u:\n"
    assert result("q", {"answers.yaml": blank}).points == 1
    assert result("q", {"answers.yaml": flow(PLAIN | {"h_0": "2", "u": "[1]"})}).messages == ()
    assert result("q", {"answers.yaml": flow(PLAIN | {"h_1": "3"})}).messages == (
        "answers.yaml:1:37: 'h_1' is not a parameter (did you mean 'h_0'?)",
    )
    template = blank_answers(assignments["q"])
    assert "  h_0:  # a number; 2 where it stays blank\n" in template
    assert "  u:    # a vector of 1: [.], from -1, 1; [1] where it stays blank\n" in template
    assert result("q", {"answers.yaml": template}).status == "missing"


NUMBERS = {
    "1.5": (), "[1.5]": ("it came in brackets: read as the value in them",),
    "[[3/2]]": ("it came in brackets: read as the value in them",), "1,50": (), "'1,50'": (),
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_may_come_in_brackets(result, text):
    found = result("n", {"answers.yaml": f"n: {text}\n"})
    assert found.points == 1
    assert tuple(message for message in found.messages if not message.startswith("read as")) == NUMBERS[text]


COMMAS = ["1,5", "'1,5'", "[1,5]", "[[1,5]]", "1,5 m", "1,5m", "-1,5"]


@pytest.mark.parametrize("text", COMMAS)
def test_a_decimal_comma_in_a_number_is_told(result, text):
    found = result("n", {"answers.yaml": f"n: {text}\n"})
    assert found.status == "rejected"
    assert "1,5 has a decimal comma: write " in found.messages[0]


def test_a_decimal_comma_in_braces_costs_no_mark_unseen(result):
    """YAML reads `{n: 1,5}` as n: 1 and another key, 5."""
    found = result("n", {"answers.yaml": "{n: 1,5}\n"})
    assert (found.status, found.messages) == ("rejected", ("answers.yaml:1:5: 1,5 has a decimal comma: write 1.5",))


def test_a_decimal_comma_in_json_is_told(result):
    found = result("n", {"answers.json": '{"n": -1,25}'})
    assert found.status == "rejected"
    assert found.messages[0].endswith(" (a decimal comma? write -1.25)")
    assert "decimal" not in result("n", {"answers.json": '{"n": 1, 25}'}).messages[0]
    assert "decimal" not in result("n", {"answers.json": '{"n": 1,}'}).messages[0]


@pytest.mark.parametrize("text", ["[1, 5]", "[1.5, 1.5]", "[]", "{a: 1}", "[[1.5], [1.5]]"])
def test_more_than_one_value_is_no_number(result, text):
    found = result("n", {"answers.yaml": f"n: {text}\n"})
    assert found.status in ("rejected", "missing")
    assert found.points == 0
