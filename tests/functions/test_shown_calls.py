"""The call on which a function goes wrong, as a page shows it: cells against NumPy's own, and nothing of a hidden line."""

import textwrap

import numpy as np
import pytest

from grader.answers.code import Code
from grader.kinds.function.score import score_function
from grader.kinds.open_submission import Details

from .conftest import CALL_TIMEOUT_OF_TESTS_S, POOL

MATRIX = '{x: "matrix(3, 4, real(-5..5))"}'
DOUBLED = "import numpy as np\ndef f(x): return 2 * np.asarray(x)\n"


@pytest.fixture
def shown(question):
    """The calls that a page shows of a source, and the result; the marks are those without a page."""

    def made(source, inputs, checks, reference="", **more):
        asked = question("f(x)", inputs, checks, reference=reference, **more)
        code = Code("solution.py", ("import numpy as np\n" + textwrap.dedent(source)).encode(), "python")
        results = []
        for details in (Details(), Details(page=True)):
            runner = POOL.open(code, CALL_TIMEOUT_OF_TESTS_S)
            try:
                results.append(score_function(asked, runner, details=details))
            finally:
                runner.close()
        plain, paged = results
        assert plain.page is None
        assert plain.checks == paged.checks
        return paged.page.calls, paged

    return made


def cells(array):
    return [[float(cell) for cell in row] for row in array.cells]


ANSWERS = {
    "one cell": ("y = 2*x; y[1, 2] += 1", "float64", [(1, 2)]),
    "NaN and infinity": ("y = 2*x; y[0, 0] = np.nan; y[2, 3] = -np.inf", "float64", [(0, 0), (2, 3)]),
    "another dtype": ("y = (2*x).astype('float32'); y[2, 0] = 9", "float32", [(2, 0)]),
    "whole numbers": ("y = np.zeros((3, 4), int) + 7", "int64", [(i, j) for i in range(3) for j in range(4)]),
    "truth values": ("y = np.ones((3, 4), bool)", "bool", [(i, j) for i in range(3) for j in range(4)]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_cells_are_those_that_numpy_finds(shown, name):
    change, dtype, wrong = ANSWERS[name]
    (call,), _ = shown(f"def f(x):\n    {change}\n    return y\n", MATRIX, "equals: reference.mod.f", DOUBLED)
    (argument,), (got,), (wanted,) = call.arguments, call.got, call.wanted
    assert (argument.name, argument.dtype, argument.shape) == ("x", "float64", (3, 4))
    assert (got.dtype, got.shape, wanted.shape) == (dtype, (3, 4), (3, 4))
    assert cells(wanted) == (2 * np.array(cells(argument))).tolist()
    differing = ~np.isclose(cells(got), cells(wanted), rtol=1e-9, atol=1e-12)
    assert list(got.wrong) == list(map(tuple, np.argwhere(differing).tolist())) == wrong
    assert (wanted.wrong, call.rule) == ((), "")


def test_another_shape_has_no_wrong_cells(shown):
    (call,), _ = shown("def f(x): return (2*x).T", MATRIX, "equals: reference.mod.f", DOUBLED)
    assert (call.got[0].shape, call.wanted[0].shape, call.got[0].wrong) == ((4, 3), (3, 4), ())


@pytest.mark.long
def test_a_large_array_is_kept_around_its_first_wrong_cell(shown):
    source = "def f(x):\n    y = 2*x; y[37, 2] += 1; y[39, 29] = np.nan\n    return y\n"
    (call,), _ = shown(source, '{x: "matrix(40, 30, real(-5..5))"}', "equals: reference.mod.f", DOUBLED)
    (got,), (wanted,) = call.got, call.wanted
    assert got.origin == wanted.origin == (16, 0)
    assert got.wrong == ((37, 2),)
    assert [len(got.cells), len(got.cells[0])] == [len(wanted.cells), len(wanted.cells[0])] == [24, 24]
    assert float(got.cells[37 - 16][2]) == float(wanted.cells[37 - 16][2]) + 1


def test_parts_of_an_output_are_shown_one_by_one(shown):
    reference = "import numpy as np\ndef f(x): return x, np.array([x, 1.0])\n"
    (call,), _ = shown(
        "def f(x): return x + 1, np.array([x, 2.0])", "{x: integer(0..5)}", "equals: reference.mod.f", reference
    )
    assert [(part.name, part.wrong) for part in call.got] == [("out[0]", ((0, 0),)), ("out[1]", ((0, 1),))]
    assert [part.name for part in call.wanted] == ["out[0]", "out[1]"]


def test_the_part_that_a_line_speaks_of_is_shown(shown):
    reference = "def f(x): return {'a': x, 'b': [x, x]}\n"
    source = "def f(x): return {'a': 'secret', 'b': [x, -1]}"
    (call,), _ = shown(source, "{x: integer(0..5)}", "equals: reference.mod.f, of: \"out['b']\"", reference)
    assert [(part.name, part.cells) for part in call.got] == [("out['b']", (("0", "-1"),))]
    assert call.got[0].wrong == ((0, 1),)


@pytest.mark.parametrize(
    ("source", "checks", "got", "rule"),
    [
        ("def f(x): return x - 1", "holds: out >= x", "-1", "out >= x"),
        ("def f(x): raise ValueError('<b>')", "holds: out >= x", "ValueError: <b>", "an answer"),
        ("def f(x): return x", "raises: ValueError", "0", "ValueError raised"),
    ],
)
def test_what_is_wanted_and_is_no_value_is_a_rule(shown, source, checks, got, rule):
    (call,), _ = shown(source, "{x: integer(0..5)}", checks)
    assert call.got[0].text.startswith(got)
    assert (call.wanted, call.rule) == ((), rule)


def test_an_exception_stands_beside_the_value_that_was_wanted(shown):
    (call,), _ = shown("def f(x): raise KeyError(x[0][0])", MATRIX, "equals: reference.mod.f", DOUBLED)
    assert call.got[0].text.startswith("KeyError")
    assert (call.got[0].cells, call.wanted[0].shape) == ((), (3, 4))


def test_nothing_of_a_hidden_line_is_shown(shown):
    """Not even that there is such a call."""
    checks = "equals: reference.mod.f, hidden: true\nholds: out == out + 1"
    calls, result = shown("def f(x): return 2*x + 1", "{x: integer(0..5)}", checks, "def f(x): return 2*x\n")
    assert [check.outcome for check in result.checks] == ["failed", "failed"]
    assert [call.check for call in calls] == [result.checks[1].name]


def test_a_fault_while_it_is_shown_costs_no_marks(shown, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("grader.kinds.function.score.shown_calls", broken)
    calls, result = shown("def f(x): return 2*x", MATRIX, "equals: reference.mod.f\nequals: reference.mod.f", DOUBLED)
    assert (calls, result.points) == ((), 2)
    calls, result = shown("def f(x): return 3*x", MATRIX, "equals: reference.mod.f", DOUBLED)
    assert (calls, result.checks[0].outcome) == ((), "failed")
