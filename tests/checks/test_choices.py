"""What students choose: sizes of arrays, a function from a menu, an initial state; right, wrong and misspelt."""

import itertools
import json
import re

import numpy as np
import pytest

from grader.answers.submission import Submission
from grader.answers_template import blank_answers
from grader.errors import SpecError
from grader.export.student import students_copy
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.kinds.weights.chosen import fitting_sizes
from grader.kinds.weights.models import WeightsModel
from grader.kinds.weights.spec_check import check_weights_question
from grader.report_file import RecordedReport
from grader.reports.json import render
from grader.spec.schema import definitions_of
from grader.verification import verify

from ..answers.helpers import write
from ..answers.test_arrays import npz

XOR = """\
question: q
title: Exclusive or
points: 10
answer: weights
network:
  inputs: {x: [bit, bit]}
  sizes: {n: 1..4}
  parameters: {W1: [n, 2], b1: [n], W2: {shape: [1, n], default: ones}, b2: {default: 0}}
  functions:
    phi: one of [relu, abs, step]
  equations: {h: "phi(W1 @ x[t] + b1)", y: "(W2 @ h[t])[0] + b2"}
  output: y
behaviour:
  equations: {e: "1 if x[t][0] != x[t][1] else 0"}
  output: e
length: 1
checks:
  - {name: right, points: 10}
known:
  two units: {W1: [[1, 1], [1, 1]], b1: [0, -1], W2: [[1, -2]], phi: relu, earns: 10}
  one unit: {W1: [[1, -1]], b1: [0], phi: abs, earns: 10}
  steps: {W1: [[1, -1], [-1, 1], [0, 0]], b1: [-1, -1, -1], phi: step, earns: 10}
  or: {W1: [[1, 1]], b1: [-1], phi: step, earns: 0, say: Your network says 1 where both are 1.}
"""
START = """\
question: q
title: A start
points: 4
answer: weights
network:
  inputs: {x: bit}
  parameters: {w: scalar, h0: {shape: [2], default: [0, 0]}}
  initial: {h: h0}
  equations: {h: "[h[t-1][0] + w*x[t], h[t-1][1]]", y: "h[t][0] + h[t][1]"}
  output: y
behaviour:
  initial: {e: 3}
  equations: {e: "e[t-1] + x[t]"}
  output: e
length: 4
checks: [{name: right, points: 4}]
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The one question of a submission to a spec, after grading."""
    folder = tmp_path_factory.mktemp("choices")
    assignments, number = {}, itertools.count()

    def graded(spec, files):
        if spec not in assignments:
            path = folder / "q.yaml"
            path.write_text(spec, encoding="utf-8")
            assignments[spec] = load_assignment(path)
        files = {"answers.yaml": files} if isinstance(files, str) else files
        submission = Submission(write(folder / f"s{next(number)}", files))
        return grade(submission, assignments[spec]).questions[0]

    return graded


def arrays(**values):
    """An `.npz` file; a text is an array of text."""
    return npz({name: np.asarray(value) for name, value in values.items()}, None)


RIGHT = {
    "one unit": "q: {W1: [[1, -1]], b1: [0], phi: abs}",
    "capitals": "q: {W1: [[1, -1]], b1: [0], phi: ABS}",
    "in quotes": 'q: {W1: [[1, -1]], b1: [0], phi: "abs"}',
    "of a library": "q: {W1: [[1, -1]], b1: [0], phi: torch.abs}",
    "another name": "q: {W1: [[1, -1]], b1: [0], phi: absolute value}",
    "as a call": 'q: {W1: [[1, 1], [1, 1]], b1: [0, -1], W2: [[1, -2]], phi: "nn.ReLU()"}',
    "with an argument": 'q: {W1: [[1, 1], [1, 1]], b1: [0, -1], W2: [[1, -2]], phi: "F.relu(z)"}',
    "with a dash": 'q: {W1: [[1, 1], [1, 1]], b1: [0, -1], W2: [[1, -2]], phi: "Re-LU"}',
    "in words": 'q: {W1: [[1, 1], [1, 1]], b1: [0, -1], W2: [[1, -2]], phi: "Rectified linear unit"}',
    "the key in capitals": "q: {W1: [[1, -1]], b1: [0], PHI: abs}",
    "Heaviside": "q: {W1: [[1, -1], [-1, 1]], b1: [-1, -1], phi: Heaviside}",
    "the size as well": "q: {n: 1, W1: [[1, -1]], b1: [0], phi: abs}",
    "fewer brackets": "q: {W1: [1, -1], b1: 0, W2: 1, phi: abs}",
    "more brackets": "q: {W1: [[1, -1]], b1: [[0]], W2: [1], phi: abs}",
    "the largest": "q: {W1: [[1, -1], [0, 0], [0, 0], [0, 0]], b1: [0, 0, 0, 0], phi: abs}",
    "in a file": {"q.npz": arrays(W1=[[1, -1]], b1=[0], phi="abs")},
    "in a file, in capitals": {"q.npz": arrays(W1=[[1, -1]], b1=[0], phi=["Abs"])},
    "bytes in a file": {"q.npz": arrays(W1=[[1, -1]], b1=[0], phi=np.asarray(b"abs"))},
    "the size in a file": {"q.npz": arrays(W1=[[1, -1]], b1=[0], phi="abs", n=1)},
    "beside a file": {"q.npz": arrays(W1=[[1, -1]], b1=[0]), "answers.yaml": "q: {phi: abs}"},
    "beside a file with its name": {"w.npz": arrays(W1=[[1, -1]], b1=[0]), "answers.yaml": "q: {file: w.npz, phi: abs}"},
}  # fmt: skip


@pytest.mark.parametrize("files", RIGHT.values(), ids=RIGHT)
def test_a_right_choice_counts_however_it_is_written(graded, files):
    result = graded(XOR, files)
    assert (result.status, result.points) == ("graded", 10), result.messages


WRONG = {
    "another function": "q: {W1: [[1, -1]], b1: [0], phi: relu}",
    "another size": "q: {W1: [[1, -1], [1, -1]], b1: [0, 0], phi: abs}",
    "another default": "q: {W1: [[1, -1]], b1: [0], W2: [[2]], phi: abs}",
    "in a file": {"q.npz": arrays(W1=[[1, -1]], b1=[0], phi="step")},
}


@pytest.mark.parametrize("files", WRONG.values(), ids=WRONG)
def test_a_wrong_choice_loses_the_points(graded, files):
    result = graded(XOR, files)
    assert (result.status, result.points, result.checks[0].outcome) == ("graded", 0, "failed")


def test_what_was_read_otherwise_or_left_out_is_said(graded):
    result = graded(XOR, "q: {W1: [1, -1], b1: 0, phi: ABS}")
    assert result.messages == (
        "phi: 'ABS' was read as abs",
        "W1 came as a vector of 2: read as a 1 x 2 matrix",
        "b1 came as a number: read as a vector of 1",
        "W2 was left out: read as [[1]]",
        "b2 was left out: read as 0",
    )
    three = graded(XOR, "q: {W1: [[1, -1], [0, 0], [0, 0]], b1: [0, 0, 0], phi: abs}")
    assert "W2 was left out: read as [[1, 1, 1]]" in three.messages


MENU = "write one of relu, abs or step, such as phi: relu"
REJECTED = {
    "no function": ("q: {W1: [[1, -1]], b1: [0]}", f"answers.yaml:1:4: phi is not chosen: {MENU}"),
    "a blank": ("q:\n  W1: [[1, -1]]\n  b1: [0]\n  phi:\n", f"phi is not chosen: {MENU}"),
    "misspelt": ("q: {W1: [[1, -1]], b1: [0], phi: rellu}", "phi must be one of relu, abs or step, not 'rellu' (did you mean 'relu'?)"),
    "another one": ("q: {W1: [[1, -1]], b1: [0], phi: tanh}", "answers.yaml:1:34: phi must be one of relu, abs or step, not 'tanh'"),
    "by its number": ("q: {W1: [[1, -1]], b1: [0], phi: 2}", "phi must be one of relu, abs or step, not '2'"),
    "a list": ("q: {W1: [[1, -1]], b1: [0], phi: [abs]}", "phi must be one of relu, abs or step, not a list"),
    "two sizes": ("q: {W1: [[1, -1], [1, 1]], b1: [0, 0, 1], phi: abs}", "answers.yaml:1:32: n is 3 by b1, a vector of 3, but 2 by W1, a 2 x 2 matrix: they must agree"),
    "too large": ("q: {W1: [[1,1],[1,1],[1,1],[1,1],[1,1]], b1: [0,0,0,0,0], phi: abs}", "n is 5 by W1, a 5 x 2 matrix, but it must be 1 to 4"),
    "another size stated": ("q: {n: 2, W1: [[1, -1]], b1: [0], phi: abs}", "n is 1 by W1, a 1 x 2 matrix, but 2 by `n: 2`: they must agree"),
    "too large a size stated": ("q: {n: 9, W1: [[1, -1]], b1: [0], phi: abs}", "n must be 1 to 4, not 9"),
    "a word for a size": ("q: {n: one, W1: [[1, -1]], b1: [0], phi: abs}", "n must be a whole number (1 to 4), not 'one'"),
    "columns": ("q: {W1: [[1, -1, 0], [1, 1, 0]], b1: [0, 0], phi: abs}", "W1 must be an n x 2 matrix, not a 2 x 3 matrix"),
    "the transpose": ("q: {W1: [[1, -1, 0], [1, 1, 0]], b1: [0, 0, 0], phi: abs}", "W1 must be an n x 2 matrix, not a 2 x 3 matrix: hand in its transpose"),
    "uneven rows": ("q: {W1: [[1, -1], [1]], b1: [0, 0], phi: abs}", "W1 must be an n x 2 matrix, and its rows have different lengths"),
    "nothing but a function": ("q: {phi: abs}", "W1 and b1 are missing"),
    "a misspelt parameter": ("q: {w1: [[1, -1]], b1: [0], phi: abs}", "'w1' is not a parameter (did you mean 'W1'?)"),
    "a file without a function": ({"q.npz": arrays(W1=[[1, -1]], b1=[0])}, f"q.npz: phi is not chosen: {MENU} beside the file in answers.yaml, {{file: q.npz, phi: relu}}"),
    "a file with sizes that differ": ({"q.npz": arrays(W1=[[1, -1]], b1=[0, 1], phi="abs")}, "q.npz: n is 2 by b1, a vector of 2, but 1 by W1, a 1 x 2 matrix: they must agree"),
    "a number beside a file": ({"w.npz": arrays(W1=[[1, -1]], b1=[0]), "answers.yaml": "q: {file: w.npz, phi: abs, b2: 0}"}, "'b2' belongs into the file of weights (phi and n can stand beside it)"),
    "numbers and a file": ({"q.npz": arrays(W1=[[1, -1]], b1=[0]), "answers.yaml": "q: {phi: abs, b2: 0}"}, "q is answered twice, in answers.yaml and q.npz: keep one"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "message"), REJECTED.values(), ids=REJECTED)
def test_what_cannot_be_meant_is_rejected_in_words(graded, files, message):
    result = graded(XOR, files)
    assert result.status == "rejected"
    assert any(message in said for said in result.messages), result.messages


def test_a_menu_may_have_a_default_and_functions_of_its_own(graded, load):
    menu = """\
    double(z): 2*z
    phi: {one of: [relu, double, {clipped(z): "min(1, max(0, z))", Abs(z): "z if z >= 0 else -z"}], default: Abs}
"""
    text = (
        XOR.replace("    phi: one of [relu, abs, step]\n", menu)
        .replace("phi: abs", "phi: Abs")
        .replace("phi: step", "phi: clipped")
    )
    text = text.replace("b1: [-1, -1, -1], phi: clipped", "b1: [0, 0, 0], phi: clipped").replace(
        "b1: [-1], phi: clipped", "b1: [0], phi: clipped"
    )
    found = [(f.level, f.text) for f in check_weights_question(load(text)) if f.level != "ok"]
    assert found == []
    result = graded(text, "q: {W1: [[1, -1]], b1: [0]}")
    assert (result.points, result.messages[0]) == (10, "phi was left out: read as Abs")
    assert graded(text, "q: {W1: [[1, -1]], b1: [0], phi: abs}").points == 10
    assert graded(text, "q: {W1: [[1, -1]], b1: [0], phi: double}").points == 0
    assert graded(text, "q: {W1: [[1, -1], [-1, 1]], b1: [0, 0], phi: CLIPPED}").points == 10


@pytest.mark.parametrize(
    "menu", ["phi: [relu, abs, step]", "phi: one of relu, abs, step", "phi(z): one of [relu, abs, step]"]
)
def test_a_menu_is_read_in_each_of_its_notations(graded, menu):
    text = XOR.replace("phi: one of [relu, abs, step]", menu)
    assert graded(text, "q: {W1: [[1, -1]], b1: [0], phi: abs}").points == 10
    assert graded(text, "q: {W1: [[1, -1]], b1: [0], phi: step}").points == 0


def test_what_a_network_does_is_recognised_at_every_size(graded):
    result = graded(XOR, "q: {W1: [[1, 1], [0, 0]], b1: [-1, -1], phi: step}")
    assert result.messages[-1] == "Your network says 1 where both are 1."
    by_relu = graded(XOR, "q: {W1: [[1, 1], [1, 1]], b1: [0, -1], W2: [[1, -1]], phi: relu}")
    assert by_relu.messages[-1] == "Your network says 1 where both are 1."


def test_equations_may_use_the_size(graded):
    text = XOR.replace('y: "(W2 @ h[t])[0] + b2"', 'y: "sum(h[t][i] for i in range(n))/n + b2"').split("known:")[0]
    text = text.replace("W2: {shape: [1, n], default: ones}, ", "")
    assert graded(text, "q: {W1: [[1, -1], [1, -1], [-1, 1]], b1: [0, 0, 0], phi: abs}").points == 10
    assert graded(text, "q: {W1: [[1, -1], [1, -1], [0, 0]], b1: [0, 0, 0], phi: abs}").points == 0


def test_sizes_that_depend_on_each_other_and_square_matrices(graded):
    text = """\
question: q
title: Two layers
points: 2
answer: weights
network:
  inputs: {x: bit}
  sizes: {n: 1..3, m: [2, 4]}
  parameters: {A: [n, m], u: [m], R: {shape: [n, n], default: identity}, s: {shape: [n], default: -1}}
  equations: {h: "R @ (A @ (u*x[t])) + s", y: "sum(h[t])"}
  output: y
behaviour: {equations: {e: "6*x[t] - 2"}, output: e}
length: 1
checks: [{name: right, points: 2}]
"""
    assert graded(text, "q: {A: [[1, 2], [1, 2]], u: [2, 1/2]}").points == 2  # 2 + 1 + 2 + 1 - 2, of two rows
    assert graded(text, "q: {A: [[1, 2], [1, 2]], u: [2, 1/2], R: [[1, 0], [0, 1]], s: [0, -2]}").points == 2
    assert graded(text, "q: {A: [3, 3], u: [1, 1]}").points == 0  # n is 1, so -1
    wrong = graded(text, "q: {A: [[1, 2, 3], [1, 2, 3]], u: [1, 1, 1]}").messages
    assert "m is 3 by A, a 2 x 3 matrix, but it must be 2 or 4" in wrong[0]


def test_fitting_sizes_against_trying_every_size():
    """A shape fits where it is the pattern's, or differs from it in lengths of 1 alone and in their number."""
    shapes = [(), *itertools.product((1, 2, 3), repeat=1), *itertools.product((1, 2, 3), repeat=2)]
    shapes += list(itertools.product((1, 2), repeat=3))
    patterns = [("n",), ("n", 2), (2, "n"), (1, "n"), ("n", "n"), ("n", "m"), ("n", 1)]
    for pattern, shape in itertools.product(patterns, shapes):
        names = sorted({name for name in pattern if isinstance(name, str)})
        wanted = []
        for values in itertools.product((1, 2, 3), repeat=len(names)):
            sizes = dict(zip(names, values, strict=True))
            full = tuple(sizes.get(length, length) for length in pattern)
            bare = [n for n in full if n != 1] == [n for n in shape if n != 1]
            if full == shape or (len(full) != len(shape) and bare):
                wanted.append(sizes)
        found = [dict(sorted(sizes.items())) for sizes in fitting_sizes(pattern, shape)]
        assert sorted(map(str, found)) == sorted(map(str, wanted)), (pattern, shape)


@pytest.mark.parametrize(
    ("answer", "points", "said"),
    [
        ("h0: [1, 2]", 4, ()),
        ("h[0]: [1, 2]", 4, ("h[0] was read as h0",)),
        ('"h[ 0 ]": [3, 0]', 4, ("h[ 0 ] was read as h0",)),
        ("h_0: [1, 2]", 4, ("h_0 was read as h0",)),
        ("h(0): [1, 2]", 4, ("h(0) was read as h0",)),
        ("h0: [1, 1]", 0, ()),
        ("h0:", 0, ("h0 was left out: read as [0, 0]",)),
        ("h[0]: [0, 0]\n  h0:", 0, ("h[0] was read as h0",)),
    ],
)
def test_an_initial_state_is_chosen_under_each_of_its_names(graded, answer, points, said):
    result = graded(START, f"q:\n  w: 1\n  {answer}\n")
    assert (result.status, result.points) == ("graded", points)
    assert result.messages[: len(said)] == said


def test_an_initial_state_from_a_file_and_given_twice(graded):
    assert graded(START, {"q.npz": arrays(w=1, **{"h[0]": [1, 2]})}).points == 4
    assert graded(START, {"q.npz": arrays(w=1, h0=[2, 1])}).points == 4
    assert graded(START, {"q.npz": arrays(w=1)}).points == 0
    twice = graded(START, "q:\n  w: 1\n  h0: [1, 2]\n  h[0]: [1, 2]\n")
    assert (twice.status, twice.messages) == (
        "rejected",
        ("answers.yaml:2:3: h[0] and h0 are the same value: keep one",),
    )


def test_the_blank_asks_for_what_is_to_be_chosen(load, graded, tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text(XOR)
    blank = blank_answers(load_assignment(path))
    assert "# n is yours to choose, 1 to 4: all shapes with n must agree\nq:\n" in blank
    assert "  W2:   # a 1 x n matrix; all 1 where it stays blank\n" in blank
    assert "  phi:  # one of relu, abs or step\n" in blank
    given = {"W1": "[[1, -1]]", "b1": "[0]", "phi": "abs"}
    filled = re.sub(r"(?m)^  (W1|b1|phi):.*", lambda found: f"  {found[1]}: {given[found[1]]}", blank)
    assert graded(XOR, filled).points == 10
    assert graded(XOR, blank).status == "missing"


def test_a_students_copy_has_the_same_choices(tmp_path, graded):
    course = tmp_path / "specs" / "a"
    course.mkdir(parents=True)
    (course / "assignment.yaml").write_text("assignment: a\ntitle: A\nquestions: [q]\n")
    (course / "q.yaml").write_text(XOR)
    copy = students_copy(load_assignment(course)).files["q.yaml"]
    assert "two units" not in copy
    for files, points in [(RIGHT["one unit"], 10), (RIGHT["as a call"], 10), (WRONG["another function"], 0)]:
        assert graded(copy, files).points == points


def test_the_schema_knows_the_keys():
    schemas = definitions_of([WeightsModel])
    network = schemas["NetworkModel"]["properties"]
    assert set(network) >= {"sizes", "parameters", "functions"}
    assert network["functions"]["additionalProperties"]["type"] == ["string", "number", "boolean", "array", "object"]
    assert set(schemas["ReadingModel"]["properties"]) >= {"name", "axes", "earns", "replace"}


FAULTS = {
    "a size that is not declared": ("  sizes: {n: 1..4}\n", "", "network.parameters.W1: 'n' is no size: declare it, sizes: {n: 1..8}"),
    "a size of no parameter": ("{n: 1..4}", "{n: 1..4, m: 2..3}", "network.sizes.m: no parameter has this size"),
    "an empty range": ("1..4", "4..1", "network.sizes.n: 4..1 is empty: 4 is larger than 1"),
    "no range": ("1..4", "many", "network.sizes.n: a size is written 1..8 or [2, 4, 8], not 'many'"),
    "zero": ("1..4", "0..4", "network.sizes.n: a size takes at most 64 values, from 1 to 4096"),
    "a long range": ("1..4", "1..4000", "network.sizes.n: a size takes at most 64 values"),
    "a taken name": ("n: 1..4", "x: 1..4", "network.sizes.x: 'x' already has a meaning"),
    "a fixed default": ("default: ones", "default: [[1, 1]]", "a default whose size is not fixed is zeros, ones or identity"),
    "no square": ("default: ones", "default: identity", "only a square matrix can be the identity"),
    "a size with defaults alone": ("{W1: [n, 2], b1: [n], ", "{W1: {shape: [n, 2], default: 0}, b1: {shape: [n], default: 0}, ", "network.sizes.n: every parameter with this size has a default"),
    "shapes that do not fit at some size": ('"(W2 @ h[t])[0] + b2"', '"(W2 @ h[t])[0] + b2 + sum(b1 - [1])"', "for n = 4 and phi: relu: network.equations.y: a vector of 4 does not fit a vector of 1"),
    "an output of several sizes": ("output: y", "output: h", "network.output: its size must not depend on what students choose"),
    "one function": ("[relu, abs, step]", "[relu]", "a menu has 2 to 16 functions, and this has 1"),
    "the same twice": ("[relu, abs, step]", "[relu, relu]", "the function 'relu' is already in this menu"),
    "no function": ("[relu, abs, step]", "[relu, rellu]", "'rellu' is not a function (did you mean 'relu'?): define it, such as rellu(z): ..."),
    "of two arguments": ("[relu, abs, step]", "[relu, dot]", "dot is no function of one argument"),
    "a default that is not there": ("one of [relu, abs, step]", "{one of: [relu, abs], default: step}", "'step' is not in this menu"),
    "a key of no menu": ("one of [relu, abs, step]", "{any of: [relu, abs]}", "'any of' says nothing of a menu of functions (did you mean 'one of'?)"),
    "a menu in the behaviour": ("behaviour:\n", "behaviour:\n  functions: {f: [relu, abs]}\n", "behaviour: f is a menu of functions: only the network of a weights question can have one"),
    "a known answer that chooses nothing": ("phi: relu, earns: 10}", "earns: 10}", "known.two units: phi is not chosen"),
    "a known answer of two sizes": ("b1: [0, -1], W2", "b1: [0, -1, 0], W2", "known.two units: n is 3 by b1"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), FAULTS.values(), ids=FAULTS)
def test_faulty_choices_are_told_when_the_spec_is_loaded(tmp_path, old, new, message):
    assert XOR.count(old) >= 1
    path = tmp_path / "q.yaml"
    path.write_text(XOR.replace(old, new, 1))
    with pytest.raises(SpecError) as error:
        load_assignment(path)
    assert any(message in str(problem) and problem.place for problem in error.value.problems), error.value.problems


def test_a_size_at_which_the_network_cannot_be_run_is_found_and_never_costs_marks(graded, load):
    text = XOR.replace('"(W2 @ h[t])[0] + b2"', '"(W2 @ h[t])[0] + b2 + [0, 0][n*(4 - n)*(n - 1)]"').split("known:")[0]
    found = [(f.level, f.text) for f in check_weights_question(load(text)) if f.level == "fail"]
    assert len(found) == 1
    assert found[0][1].startswith("for n = ")
    assert graded(text, "q: {W1: [[1, -1]], b1: [0], phi: abs}").points == 10
    broken = graded(text, "q: {W1: [[1, -1], [0, 0], [0, 0]], b1: [0, 0, 0], phi: abs}")
    assert (broken.status, broken.pending_points) == ("held", 10)


REFERENCE = """\
import numpy as np

PARAMETERS = {"W1": np.array([[1.0, -1.0]]), "b1": np.array([0.0]), "phi": "abs"}


def initial():
    return ()


def step(state, x):
    return (), abs(x[0] - x[1])
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("", ""), "the parameters of reference.xor earn 10 of 10"),
        (('"phi": "abs"', '"phi": "relu"'), "the parameters of reference.xor earn 0 of 10"),
        ((', "phi": "abs"', ""), "reference.xor.PARAMETERS: phi is not chosen: write one of relu, abs or step"),
        (("[0.0]", "[0.0, 1.0]"), "reference.xor.PARAMETERS: n is 2 by b1, a vector of 2, but 1 by W1"),
    ],
)
def test_a_reference_has_sizes_and_functions_of_its_own(tmp_path, change, said):
    (tmp_path / "specs" / "a").mkdir(parents=True)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "xor.py").write_text(REFERENCE.replace(*change) if change[0] else REFERENCE)
    path = tmp_path / "specs" / "a" / "q.yaml"
    path.write_text(XOR.replace("length: 1", "length: 1\nreference: reference.xor"))
    texts = [f.text for f in check_weights_question(load_assignment(path).questions[0])]
    assert any(text.startswith(said) for text in texts), texts


def test_networks_are_compiled_once_for_each_form(load, monkeypatch):
    question = load(XOR.replace("Exclusive or", "Compiled once"))
    built = []
    build = question.forms.build
    object.__setattr__(question.forms, "build", lambda form: built.append(form) or build(form))
    form = next(form for form in question.forms.all() if dict(form.sizes)["n"] == 3)
    assert question.in_form(form).program is question.in_form(form).program
    assert built in ([form], [])
    assert question.in_form(form).in_form(question.form).program is question.in_form(question.form).program


def test_readings_and_restrictions_go_with_every_form(graded):
    text = XOR.split("known:")[0].replace("b2: {default: 0}", "b2: {in: [0], default: 0, otherwise: {earns: 50%}}")
    text += "readings:\n  - {name: the biases are subtracted, replace: {b1: -b1, b2: -b2}, earns: 80%}\n"
    answer = "q: {{W1: [[1, 1], [1, 1]], b1: [0, {}], W2: [[1, -2]], phi: relu, b2: {}}}"
    assert [graded(text, answer.format(*values)).points for values in [(-1, 0), (1, 0), (0, 0)]] == [10, 8, 0]
    two = graded(text, "q: {W1: [[1, 1], [1, -1], [0, 0]], b1: [1, 0, 0], W2: [[1, 0, 0]], phi: relu, b2: 1}")
    assert two.points == 0


@pytest.mark.parametrize("answer", ["q: {W1: [[1, -1]], b1: [0], phi: ABS}", "q: {W1: [[1, -1]], b1: [0], phi: relu}"])
def test_a_report_says_what_was_chosen_and_is_verified_from_it(graded, tmp_path, answer):
    path = tmp_path / "q.yaml"
    path.write_text(XOR)
    assignment = load_assignment(path)
    report = grade(Submission(write(tmp_path / "s", {"answers.yaml": answer})), assignment)
    data = json.loads(render(report))
    assert data["questions"][0]["weights"]["phi"] in ("abs", "relu")
    assert {one.verdict for one in verify(RecordedReport.model_validate(data), assignment)} == {"holds"}
    data["questions"][0]["weights"]["phi"] = "step" if "ABS" in answer else "abs"
    assert "differs" in {one.verdict for one in verify(RecordedReport.model_validate(data), assignment)}
