"""`from`, `transpose` and `gates` of a spec: what is read from where, what an answer earns, and faults of the spec."""

import re

import numpy as np
import pytest

from grader.answers_template import blank_answers
from grader.errors import SpecError
from grader.export.student import write_bundle
from grader.kinds.open_submission import Resources
from grader.kinds.table import load_assignment
from grader.kinds.weights.models import WeightsModel
from grader.selfcheck import check_question
from grader.spec.schema import definitions_of

from ..answers.helpers import write
from ..answers.test_arrays import npy, npz
from .torch_writer import Tensor, torch_file
from .weights_course import (
    ELMAN,
    PARAMETERS,
    assignment_of,
    earned,
    graded,
    matrix_question,
    rejected_for,
    weights_question,
)

W, B, S = PARAMETERS["W"], PARAMETERS["b"], PARAMETERS["s"]


def gates_question(extra):
    """Right where the gates have the weights 1 (i), 2 (f), 3 (g) and 4 (o)."""
    return f"""
question: q
title: Gates
points: 3
answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{Wi: scalar, Wf: scalar, Wg: scalar, Wo: scalar}}
  equations: {{y: "1000*Wi + 100*Wf + 10*Wg + Wo"}}
  output: y
{extra}
behaviour: {{equations: {{e: "1234"}}, output: e}}
checks: [{{name: right, points: 3}}]
"""


def gates_of(name):
    return ", ".join(f"W{gate}: {{name: {name}, gate: {gate}}}" for gate in "ifgo")


LSTM_QUESTION = gates_question(f"from: {{{gates_of('weight_ih_l0')}}}\ngates: [i, f, g, o]")
KERAS_LSTM = gates_question(f"from: {{{gates_of('kernel')}, transpose: true, gates: [i, f, g, o]}}")


def file_of(arrays):
    """The arrays in a file of each of two kinds, which have to come to the same."""
    values = {name: np.asarray(value, float) for name, value in arrays.items()}
    return (
        {"q.npz": npz(values, None)},
        {"q.pt": torch_file({name: Tensor(value, "float64") for name, value in values.items()})},
    )


CASES = {
    "names": ("from: {W: a.weight, b: a.bias, s: c}", {"a.weight": W, "a.bias": B, "c": S}, 7),
    "layers without names": ("from: {W: 0.weight, b: 0.bias, s: 2.bias}", {"0.weight": W, "0.bias": B, "2.bias": S}, 7),
    "names, a wrong weight": ("from: {W: a.weight, b: a.bias, s: c}", {"a.weight": W + 1, "a.bias": B, "c": S}, 0),
    "a sum of two": ("from: {W: w, b: [p, q], s: c}", {"w": W, "p": B - 5, "q": [5, 5], "c": S}, 7),
    "a sum of three": ("from: {W: w, b: [p, q, r], s: c}", {"w": W, "p": B, "q": [5, 5], "r": [-5, -5], "c": S}, 7),
    "a sum of one": ("from: {W: w, b: [p], s: c}", {"w": W, "p": B, "c": S}, 7),
    "a sum that is wrong": ("from: {W: w, b: [p, q], s: c}", {"w": W, "p": B, "q": [0, 1], "c": S}, 0),
    "a sum with itself": ("from: {W: w, b: [p, p], s: c}", {"w": W, "p": B / 2, "c": S}, 7),
    "transposed": ("from: {W: {name: w, transpose: true}, b: b, s: s}", {"w": W.T, "b": B, "s": S}, 7),
    "not transposed": ("from: {W: {name: w, transpose: true}, b: b, s: s}", {"w": W, "b": B, "s": S}, 0),
    "all transposed": ("from: {W: w, b: b, s: s}\ntranspose: true", {"w": W.T, "b": B, "s": S}, 7),
    "all of a map transposed": ("from: {W: w, b: b, s: s, transpose: true}", {"w": W.T, "b": B, "s": S}, 7),
    "all but one": ("from: {W: {name: w, transpose: false}, b: b, s: s}\ntranspose: true", {"w": W, "b": B, "s": S}, 7),
    "a row of a matrix": ("from: {W: w, b: {name: m, rows: 1}, s: s}", {"w": W, "m": [[9, 9], B], "s": S}, 7),
    "the last row": ("from: {W: w, b: {name: m, rows: -1}, s: s}", {"w": W, "m": [[9, 9], B], "s": S}, 7),
    "a wrong row": ("from: {W: w, b: {name: m, rows: 0}, s: s}", {"w": W, "m": [[9, 9], B], "s": S}, 0),
    "columns": (
        "from: {W: {name: m, columns: '0:2'}, b: {name: m, columns: 2}, s: {name: m, rows: 0, columns: 3}}",
        {"m": np.column_stack([W, B, [1, 7]])},
        7,
    ),
    "rows of a vector": ("from: {W: w, b: {name: v, rows: '1:'}, s: {name: v, rows: 0}}", {"w": W, "v": [1, *B]}, 7),
    "a part of the transpose": ("from: {W: {name: m, transpose: true, rows: ':2'}, b: b, s: s}", {"m": [[1, -3, 9], [2, 0.5, 9]], "b": B, "s": S}, 7),
    "a list of maps, the first": (
        "from: [{W: w, b: b1, s: s1}, {W: {name: kernel, transpose: true}, b: bias, s: s2}]",
        {"w": W, "b1": B, "s1": S},
        7,
    ),
    "a list of maps, the second": (
        "from: [{W: w, b: b1, s: s1}, {W: {name: kernel, transpose: true}, b: bias, s: s2}]",
        {"kernel": W.T, "bias": B, "s2": S},
        7,
    ),
    "the second map, not transposed": (
        "from: [{W: w, b: b1, s: s1}, {W: {name: kernel, transpose: true}, b: bias, s: s2}]",
        {"kernel": W, "bias": B, "s2": S},
        0,
    ),
    "their own names": ("from: {W: {name: w, transpose: true}, b: c, s: d}", {"W": W, "b": B, "s": S}, 7),
    "the map before their own names": ("from: {W: {name: W, transpose: true}, b: b, s: s}", {"W": W, "b": B, "s": S}, 0),
    "more than is used": ("from: {W: w, b: b, s: s}", {"w": W, "b": B, "s": S, "num_batches_tracked": 3}, 7),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("extra", "arrays", "points"), CASES.values(), ids=CASES)
def test_weights_are_read_from_where_the_spec_says(extra, arrays, points):
    for files in file_of(arrays):
        status, got, messages = earned(files, weights_question(extra))
        assert (status, got) == ("graded", points), messages


def test_what_is_not_used_is_named():
    arrays = {"w": W, "b": B, "s": S, "num_batches_tracked": 3, **{f"x{i}": 1 for i in range(20)}}
    for files in file_of(arrays):
        messages = earned(files, weights_question("from: {W: w, b: b, s: s}"))[2]
        assert messages == "not used: num_batches_tracked, x0, x1, x2, x3, x4, x5, x6 and 13 more"


GATES = {
    "PyTorch's": (LSTM_QUESTION, {"weight_ih_l0": [[1], [2], [3], [4]]}, 3),
    "PyTorch's, turned round": (LSTM_QUESTION, {"weight_ih_l0": [[1], [2], [4], [3]]}, 0),
    "Keras's, transposed": (KERAS_LSTM, {"kernel": [[1, 2, 3, 4]]}, 3),
    "Keras's, another order": (KERAS_LSTM, {"kernel": [[1, 3, 2, 4]]}, 0),
    "another order": (
        gates_question(f"from: {{{gates_of('w')}}}\ngates: [o, g, f, i]"),
        {"w": [4, 3, 2, 1]},
        3,
    ),
}


@pytest.mark.parametrize(("question", "arrays", "points"), GATES.values(), ids=GATES)
def test_gates_are_parts_in_the_order_of_the_spec(question, arrays, points):
    for files in file_of(arrays):
        assert earned(files, question)[:2] == ("graded", points)


WRONG_ARRAYS = {
    "a missing array": ({"w": W, "b": B}, "c is missing; the file holds w and b"),
    "a misspelt one": ({"w": W, "bb": B, "c": S}, "b (did you mean 'bb'?) is missing; the file holds w, bb and c"),
    "two": ({"w": W}, "b and c are missing; the file holds w"),
    "another shape": ({"w": np.ones((2, 3)), "b": B, "c": S}, "W (w) must be a 2 x 2 matrix, not a 2 x 3 matrix"),
    "a matrix for a vector": ({"w": W, "b": W, "c": S}, "b must be a vector of 2, not a 2 x 2 matrix"),
    "NaN": ({"w": W, "b": [1, np.nan], "c": S}, "b[1]: nan is not a finite number"),
    "infinity": ({"w": [[1, 2], [-np.inf, 4]], "b": B, "c": S}, "W[1][0] (w): -inf is not a finite number"),
}


@pytest.mark.parametrize(("arrays", "said"), WRONG_ARRAYS.values(), ids=WRONG_ARRAYS)
def test_arrays_that_do_not_fit_are_refused_by_name(arrays, said):
    for files in file_of(arrays):
        (name,) = files
        assert rejected_for(files, weights_question("from: {W: w, b: b, s: c}")) == f"{name}: {said}"


DEFAULT = """
question: q
title: A bias that may be left out
points: 3
answer: weights
network:
  inputs: {x: bit}
  parameters: {w: scalar, b: {shape: [2], default: [0, 0]}}
  equations: {y: "w*x[t] + b[0] - b[1]"}
  output: y
from: {w: w, b: [p, q]}
behaviour: {equations: {e: "x[t]"}, output: e}
checks: [{name: right, points: 3}]
"""


def test_a_default_stands_for_what_the_file_does_not_have_at_all():
    for files in file_of({"w": 1}):
        assert earned(files, DEFAULT) == ("graded", 3, "b was left out: read as [0, 0]")
    for files in file_of({"w": 1, "p": [1, 0], "q": [1, 2]}):
        assert earned(files, DEFAULT)[:2] == ("graded", 3)
    for files in file_of({"w": 1, "p": [1, 0]}):
        assert "q is missing; the file holds w and p" in rejected_for(files, DEFAULT).replace(
            " (did you mean 'w'?)", ""
        )


def test_a_map_may_have_numpys_name_for_a_first_array():
    question = matrix_question(right="W[0][1] == 2", extra="from: {W: {name: arr_0, transpose: true}}")
    assert earned({"q.npz": npz({"arr_0": W.T}, None)}, question)[:2] == ("graded", 3)
    assert earned({"q.npz": npz({"arr_0": W}, None)}, question)[:2] == ("graded", 0)


def test_names_are_shown_as_they_can_be():
    files = {"q.pt": torch_file({"\x1b[2J.w": Tensor(W), "c" * 200: Tensor(1)})}
    message = rejected_for(files, weights_question("from: {W: w, b: b, s: c}"))
    assert r"'\x1b[2J.w'" in message
    assert message.isprintable()
    assert len(message) < 300


def test_a_transpose_that_would_fit_is_named():
    files = {"q.npz": npz({"W": np.ones((3, 2))}, None)}
    message = rejected_for(files, matrix_question("[2, 3]"))
    assert message == "q.npz: W must be a 2 x 3 matrix, not a 3 x 2 matrix: hand in its transpose"


CUTS = {
    "rows that are no gates": ("Wi: {name: w, gate: i}", [1, 2, 3], "w has 3 rows, which are not 4 gates of equal size"),
    "no rows": ("Wi: {name: w, gate: i}", 1, "w has 0 rows, which are not 4 gates"),
    "a row that there is not": ("Wi: {name: w, rows: 4}", [1, 2, 3, 4], "Wi (w, rows 4): there are only 4 rows"),
    "rows beyond": ("Wi: {name: w, rows: '2:9'}", [1, 2, 3, 4], "there are only 4 rows"),
    "columns that there are not": ("Wi: {name: w, columns: 3}", [[1, 2]], "there are only 2 columns"),
    "a cube": ("Wi: {name: w, transpose: true}", np.ones((1, 1, 1)), "must be a vector or a matrix, not of shape (1, 1, 1)"),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "array", "said"), CUTS.values(), ids=CUTS)
def test_an_array_that_cannot_be_cut_is_refused(entry, array, said):
    extra = f"from: {{{entry}, Wf: v, Wg: v, Wo: v}}\ngates: [i, f, g, o]"
    for files in file_of({"w": array, "v": 1}):
        assert said in rejected_for(files, gates_question(extra))


def test_an_array_without_a_name_is_the_parameter_itself():
    question = matrix_question(right="W[0][1] == 2", extra="from: {W: {name: kernel, transpose: true}}")
    assert earned({"q.npy": npy(W)}, question)[:2] == ("graded", 3)
    assert earned({"q.npz": npz({"arr_0": W}, None)}, question)[:2] == ("graded", 3)
    assert earned({"q.npy": npy(W.T)}, question)[:2] == ("graded", 0)
    assert earned({"q.npz": npz({"kernel": W.T}, None)}, question)[:2] == ("graded", 3)


BAD_MAPS = {
    "from: W": "from: must be a mapping of parameters to names in the file",
    "from: []": "from: names no arrays",
    "from: [W]": "from: must be a mapping of parameters",
    "from: {W: w, b: b, t: s}": "from: 't' is not a parameter (s, b and W can stand here)",
    "from: {W: w, b: b}": "from: does not say where s is",
    "from: {W: w, b: [], s: s}": "from: b: a sum is of 1 to 8 arrays, not 0",
    "from: {W: w, b: [[b]], s: s}": "from: b: must be the name of an array, not a list",
    "from: {W: '', b: b, s: s}": "from: W: must be the name of an array",
    "from: {W: {nam: w}, b: b, s: s}": "from: W: 'nam' says nothing of an array (did you mean 'name'?)",
    "from: {W: {transpose: true}, b: b, s: s}": "from: W: needs a 'name'",
    "from: {W: {name: w, transpose: 2}, b: b, s: s}": "from: must be true or false",
    "from: {W: {name: w, gate: f}, b: b, s: s}": "from: W: 'f' is not a gate (say their order: gates: [i, f, g, o])",
    "from: {W: {name: w, gate: q}, b: b, s: s}\ngates: [i, f]": "from: W: 'q' is not a gate (the gates are i and f)",
    "from: {W: {name: w, gate: [q]}, b: b, s: s}\ngates: [i, f]": "from: W: gate must be one of the gates, not a list",
    "from: {W: {name: w, rows: a}, b: b, s: s}": "from: W: rows must be a number or a range",
    "from: {W: {name: w, columns: ':'}, b: b, s: s}": "from: W: columns must be a number or a range",
    "from: {W: w, b: b, s: s}\ngates: i": "gates: must list two or more different gates",
    "from: {W: w, b: b, s: s}\ngates: [i, i]": "gates: must list two or more different gates",
    "from: {W: w, b: b, s: s}\ntranspose: maybe": "transpose: must be true or false",
    "transpose: true": "transpose says how arrays lie in a file, of which `from` gives the names",
    "gates: [i, f]": "gates says how arrays lie in a file",
}  # fmt: skip


@pytest.mark.parametrize(("extra", "said"), BAD_MAPS.items())
def test_a_map_that_cannot_be_meant_is_refused_with_its_place(extra, said):
    with pytest.raises(SpecError) as refused:
        assignment_of(weights_question(extra))
    (problem,) = refused.value.problems
    assert re.match(r"q\.yaml:1[123]:\d+: ", str(problem))
    assert said in str(problem)


def test_the_place_is_that_of_the_part_that_is_wrong():
    with pytest.raises(SpecError) as refused:
        assignment_of(weights_question("from:\n  W: w\n  b: {name: p, rows: 0-2}\n  s: s"))
    assert str(refused.value.problems[0]).startswith("q.yaml:13:22: from: b: rows must be a number or a range")


def test_spec_check_notices_a_part_that_two_parameters_have():
    run = Resources()
    question = assignment_of(gates_question("from: {Wi: a, Wf: a, Wg: {name: b, rows: 0}, Wo: {name: b, rows: 1}}"))
    texts = [(f.level, f.text) for f in check_question(question.questions[0], run)]
    assert ("warn", "from: Wi and Wf are read from the same array, a: no file can tell them apart") in texts
    assert not any("Wg" in text for _, text in texts)


def test_blanks_and_copies_name_what_a_file_holds(tmp_path):
    assignment = assignment_of(weights_question(ELMAN))
    blank = blank_answers(assignment)
    assert "# or in q.pt, .npz, .safetensors or .h5, with these arrays:" in blank
    assert "#   b = rnn.bias_ih_l0 + rnn.bias_hh_l0\n" in blank
    files = {"assignment.yaml": "assignment: hw\nquestions: [q]\n", "q.yaml": weights_question(ELMAN)}
    write_bundle(load_assignment(write(tmp_path / "specs" / "hw", files)), tmp_path / "copy")
    copied = load_assignment(tmp_path / "copy" / "specs" / "hw")
    assert copied.questions[0].layouts == assignment.questions[0].layouts
    assert "#   b = rnn.bias_ih_l0 + rnn.bias_hh_l0\n" in next((tmp_path / "copy").rglob("answers.yaml")).read_text()


def test_the_schema_for_editors_has_the_map():
    properties = definitions_of([WeightsModel])["WeightsModel"]["properties"]
    assert {"from", "transpose", "gates"} <= set(properties)
    assert "object" in str(properties["from"])


def test_the_marks_of_a_list_alone():
    """A question with one parameter takes a list without a name, in answers.yaml as in a file."""
    question = matrix_question(right="W[0][1] == 2 and W[1][0] == 3")
    assert earned({"answers.yaml": "assignment: hw\nq: [[1, 2], [3, 4]]\n"}, question)[:2] == ("graded", 3)
    assert graded({"answers.yaml": "assignment: hw\nq: [[1, 3], [2, 4]]\n"}, question).points == 0
