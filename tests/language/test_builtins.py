"""The built-in functions and operators in exact arithmetic, and what they refuse."""

import re
from fractions import Fraction
from typing import Any

import pytest

from grader.language.arithmetic import EvaluationError, Inexact, TooLarge
from grader.language.arrays import Array, ShapeError
from grader.language.exact import Exact

from .evaluation import evaluate, exact, rational, size

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("step(0)", 1),
        ("step(-1e-400)", 0),
        ("step([1, 0, -1])", [1, 1, 0]),
        ("sign(0)", 0),
        ("sign([-3, 0, 0.5])", [-1, 0, 1]),
        ("relu(-2)", 0),
        ("relu([[1, -1], [0, 2]])", [[1, 0], [0, 2]]),
        ("abs(-3/2)", Fraction(3, 2)),
        ("abs([-1, 1])", [1, 1]),
        ("min([3, 1, 2])", 1),
        ("max([[3, 1], [2, 7]])", 7),
        ("min(4)", 4),
        ("min(3, 1, 2)", 1),
        ("max([1, 5], [4, 2])", [4, 5]),
        ("max([1, 5], 3)", [3, 5]),
        ("min(3, [1, 5], [9, 2])", [1, 2]),
        ("len([7, 8, 9])", 3),
        ("len([[1, 2, 3], [4, 5, 6]])", 2),
        ("len(5)", 1),
        ("sum([1, 2, 3])", 6),
        ("sum([[1, 2], [3, 4]])", 10),
        ("sum(4)", 4),
        ("prod([2, 3, 4])", 24),
        ("all([1, 2])", 1),
        ("all([1, 0])", 0),
        ("any([0, 0])", 0),
        ("any([[0, 3], [0, 0]])", 1),
        ("dot([1, 2], [3, 4])", 11),
        ("dot(2, 3)", 6),
        ("dot(2, [3, 4])", [6, 8]),
        ("dot([[1, 2], [3, 4]], 2)", [[2, 4], [6, 8]]),
        ("dot([[1, 2], [3, 4]], [1, 1])", [3, 7]),
        ("dot([1, 1], [[1, 2], [3, 4]])", [4, 6]),
        ("dot([[1, 2], [3, 4]], [[0, 1], [1, 0]])", [[2, 1], [4, 3]]),
        ("norm([3, 4])", 5),
        ("norm([[1, 1], [1, 1]])", 2),
        ("norm(-7)", 7),
        ("sqrt(9/4)", Fraction(3, 2)),
        ("sqrt(0)", 0),
        ("sqrt([1, 4])", [1, 2]),
        ("4**(1/2)", 2),
        ("[1, 4]**0.5", [1, 2]),
        ("sigmoid(0)", HALF),
        ("sigmoid([0, 0])", [HALF, HALF]),
        ("tanh(0)", 0),
        ("exp(0)", 1),
        ("log(1)", 0),
        ("softmax([3, 3, 3, 3])", [Fraction(1, 4)] * 4),
        ("softmax([[3], [3]])", [[Fraction(1, 2)], [Fraction(1, 2)]]),
        ("softmax([[3, 3]])", [[Fraction(1, 2), Fraction(1, 2)]]),
        ("diag([1, 2])", [[1, 0], [0, 2]]),
        ("outer([1, 2], [3, 4, 5])", [[3, 4, 5], [6, 8, 10]]),
        ("onehot(1, 3)", [0, 1, 0]),
        ("onehot(0, 1)", [1]),
        ("onehot(2 - 2, len([7, 8]))", [1, 0]),
        ("2**-2", Fraction(1, 4)),
        ("0**0", 1),
        ("2**3**2", 512),
        ("-2**2", -4),
        ("[1, 2]**2", [1, 4]),
        ("2**[1, 2]", [2, 4]),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("7 % -3", -2),
        ("0.5 % 0.2", Fraction(1, 10)),
        ("[7, -7] % 3", [1, 2]),
        ("1/3 + 1/6", HALF),
        ("6 - [1, 2]", [5, 4]),
        ("6 / [1, 2]", [6, 3]),
        ("[[1, 2], [3, 4]] @ [1, 1]", [3, 7]),
        ("[1, 1] @ [[1, 2], [3, 4]]", [4, 6]),
        ("[[1, 2]] @ [[3], [4]]", [[11]]),
        ("[1, 2] @ [3, 4]", 11),
        ("[[1, 2, 3], [4, 5, 6]].T", [[1, 4], [2, 5], [3, 6]]),
        ("[1, 2].T", [1, 2]),
        ("(5).T", 5),
        ("[[1, 2], [3, 4]][1]", [3, 4]),
        ("[[1, 2], [3, 4]][1][0]", 3),
        ("[5, 6, 7][1 + 1]", 7),
        ("+3", 3),
        ("not 0", 1),
        ("not 5", 0),
        ("not [0, 2]", [1, 0]),
        ("2 and 3", 1),
        ("0 or 3", 1),
        ("0 or 0.0", 0),
        ("[1, 0] and [1, 1]", [1, 0]),
        ("[1, 0] or [0, 0]", [1, 0]),
        ("1 < 2 < 3", 1),
        ("1 < 3 < 2", 0),
        ("1 < 2 > 0 != 4", 1),
        ("[1, 2] < 2", [1, 0]),
        ("0 < [1, 2, 3] <= 2", [1, 1, 0]),
        ("[1, 2] == [1, 3]", [1, 0]),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert exact(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sum(i*i for i in range(4))", 14),
        ("sum(i for i in range(5, 0, -2))", 9),
        ("prod(i for i in range(1, 5))", 24),
        ("max(i*(4 - i) for i in range(5))", 4),
        ("min([i, -i] for i in range(3))", [0, -2]),
        ("sum([i, 1] for i in range(3))", [3, 3]),
        ("all(i < 3 for i in range(3))", 1),
        ("all(i for i in range(3))", 0),
        ("any(i > 1 for i in range(3))", 1),
        ("all(5 for i in range(1))", 1),
        ("any([i, 0] for i in range(2))", [1, 0]),
        ("sum(1 for i in range(0))", 0),
        ("prod(i for i in range(3, 3))", 1),
        ("all(0 for i in range(0))", 1),
        ("any(1 for i in range(-2))", 0),
        ("sum(sum(i*j for j in range(i)) for i in range(4))", 11),
    ],
)
def test_loops(text: str, value: Any) -> None:
    assert exact(text) == value


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("1/0", EvaluationError, "1 is divided by zero"),
        ("[1/2, 3] / 0", EvaluationError, "0.5 is divided by zero"),
        ("1//0", EvaluationError, "1 is divided by zero"),
        ("3 % 0", EvaluationError, "3 is divided by zero"),
        ("0**-1", EvaluationError, "zero has no negative power"),
        ("2**0.3", Inexact, "the power 0.3 is not a whole number"),
        ("2**0.5", Inexact, "sqrt(2) is not a rational number"),
        ("2**1001", TooLarge, "2 ** 1001 is too large a power"),
        ("(1/3)**-2000", TooLarge, "1/3 ** -2000 is too large a power"),
        ("(2**999)**9", TooLarge, "a number grew beyond 8192 bits"),
        ("(9**999)**999", TooLarge, "about 1e953 ** 999 is too large a power"),
        ("prod(2 for i in range(9000))", TooLarge, "a number grew beyond 8192 bits"),
        ("sqrt(2)", Inexact, "sqrt(2) is not a rational number"),
        ("sqrt(-4)", EvaluationError, "sqrt(-4) does not exist"),
        ("norm([1, 1])", Inexact, "sqrt(2) is not a rational number"),
        ("sigmoid(1)", Inexact, "sigmoid(1) is not a rational number"),
        ("tanh([0, 1])", Inexact, "tanh(1) is not a rational number"),
        ("exp(1/3)", Inexact, "exp(1/3) is not a rational number"),
        ("log(2)", Inexact, "log(2) is not a rational number"),
        ("log(0)", EvaluationError, "log(0) does not exist"),
        ("log(-1)", EvaluationError, "log(-1) does not exist"),
        ("[1, 2][0.5]", EvaluationError, "0.5 is not a whole number, as an index or a loop bound must be"),
        ("[1, 2][[1]]", EvaluationError, "a vector is not a whole number, as an index or a loop bound must be"),
        ("[1, 2][1e100]", TooLarge, "about 1e+100 is too large for an index or a loop bound"),
        ("softmax([1, 2])", Inexact, "a softmax of different numbers is not rational"),
        ("softmax(1)", ShapeError, "a vector is needed here, not a number"),
        ("diag([[1]])", ShapeError, "a vector is needed here, not a 1 x 1 matrix"),
        ("onehot(3, 3)", EvaluationError, "the index of a one-hot vector of 3 is a whole number from 0 to 2"),
        ("onehot(-1, 3)", EvaluationError, "the index of a one-hot vector of 3 is a whole number from 0 to 2"),
        ("onehot(1/2, 3)", EvaluationError, "the index of a one-hot vector of 3 is a whole number from 0 to 2"),
        ("onehot(0, 0)", EvaluationError, "the size of a one-hot vector is a whole number from 1 to"),
        ("onehot([1], 3)", ShapeError, "onehot takes an index and a size, which are numbers"),
        ("sum(i for i in range(1/3))", EvaluationError, "1/3 is not a whole number, as an index or a loop bound"),
        ("sum(i for i in range(0, 3, 0))", EvaluationError, "a range cannot have step 0"),
        ("min(i for i in range(0))", EvaluationError, "the min of nothing"),
        ("max(i for i in range(0))", EvaluationError, "the max of nothing"),
        ("sum(1 for i in range(100001))", TooLarge, "loops take more than 100000 steps"),
        ("sum(1 for i in range(10**19))", TooLarge, "loops take more than 100000 steps"),
        ("[1, 2][2]", ShapeError, "index 2 is outside a vector of 2 (0 to 1)"),
        ("[1, 2][-1]", ShapeError, "index -1 is outside a vector of 2 (0 to 1)"),
        ("[[1, 2, 3]][1]", ShapeError, "index 1 is outside a 1 x 3 matrix (0 to 0)"),
        ("(3)[0]", ShapeError, "a number has no components"),
        ("[1, 2] + [1, 2, 3]", ShapeError, "a vector of 2 does not fit a vector of 3"),
        ("[1, 2] * [[1, 2]]", ShapeError, "a vector of 2 does not fit a 1 x 2 matrix"),
        ("max([1, 2], [1, 2, 3])", ShapeError, "a vector of 2 does not fit a vector of 3"),
        ("dot([1, 2], [1, 2, 3])", ShapeError, "a vector of 2 does not fit a vector of 3"),
        ("dot([[1, 2]], [[1, 2]])", ShapeError, "a 1 x 2 matrix @ a 1 x 2 matrix: the inner sizes differ"),
        ("softmax([[1, 2], [3, 4]])", ShapeError, "a vector is needed here, not a 2 x 2 matrix"),
        ("[1, 2] < [1, 2, 3]", ShapeError, "a vector of 2 does not fit a vector of 3"),
        ("[1, 2] and [1, 2, 3]", ShapeError, "a vector of 2 does not fit a vector of 3"),
        ("[1, 2] if [1, 0, 1] else 0", ShapeError, "a vector of 3 does not fit a vector of 2"),
        ("[1, 2] @ [1, 2, 3]", ShapeError, "a vector of 2 @ a vector of 3: the inner sizes differ"),
        ("[[1, 2]] @ [[1, 2]]", ShapeError, "a 1 x 2 matrix @ a 1 x 2 matrix: the inner sizes differ"),
        ("2 @ 3", ShapeError, "@ needs vectors or matrices: a number @ a number"),
        ("[1] @ 3", ShapeError, "@ needs vectors or matrices: a vector of 1 @ a number"),
        ("2 @ [1]", ShapeError, "@ needs vectors or matrices: a number @ a vector of 1"),
        ("[1, [2]]", ShapeError, "the entries of a list differ: a number and a vector of 1"),
        ("[[1, 2], [3]]", ShapeError, "the entries of a list differ: a vector of 1 and a vector of 2"),
        ("[[[1]]]", ShapeError, "lists are nested deeper than a matrix"),
    ],
)
def test_refusals(text: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=f"^{re.escape(message)}") as caught:
        exact(text)
    assert type(caught.value) is kind


def test_matrices_made_of_vectors_are_bounded() -> None:
    with pytest.raises(TooLarge, match=r"a matrix of 10000 entries is too large \(at most 4096\)"):
        exact("outer(v, v)", v=[1] * 100)
    with pytest.raises(TooLarge, match=r"a matrix of 10000 entries is too large \(at most 4096\)"):
        exact("diag(v)", v=[1] * 100)


def test_numbers_that_outlive_a_call_are_bounded() -> None:
    with pytest.raises(TooLarge, match="a number grew beyond 8192 bits"):
        exact("f(x*x)", {"f": ("z", "z")}, x=2**5000)


def test_an_array_is_neither_true_nor_false() -> None:
    with pytest.raises(ShapeError, match="a vector of 2 is neither true nor false: write all"):
        bool(Array((2,), (1, 0)))


def test_arrays_are_values() -> None:
    assert rational([1, 2]) == rational([1, 2]) != rational([[1, 2]])
    assert hash(rational([1, 2])) == hash(rational([1, 2]))
    assert repr(Array((1,), (5,))) == "Array((1,), (5,))"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("u + w", "a vector of 2 does not fit a vector of 3"),
        ("M * u", "a 2 x 2 matrix does not fit a vector of 2"),
        ("M @ w", "a 2 x 2 matrix @ a vector of 3: the inner sizes differ"),
        ("x @ u", "@ needs vectors or matrices: a number @ a vector of 2"),
        ("u if x else w", "the two branches differ: a vector of 2 if true, a vector of 3 if not"),
        ("x if w else u", "a vector of 3 does not fit a vector of 2"),
        ("u and x", "`and` joins a number with a vector of 2: write all(...) or any(...)"),
        ("x or u", "`or` joins a number with a vector of 2: write all(...) or any(...)"),
        ("M or 1", "`or` joins a number with a 2 x 2 matrix: write all(...) or any(...)"),
        ("[x, u]", "the entries of a list differ: a number and a vector of 2"),
        ("[[u]]", "lists are nested deeper than a matrix"),
        ("x[0]", "a number has no components"),
        ("u[2]", "index 2 is outside a vector of 2 (0 to 1)"),
        ("u[-1]", "index -1 is outside a vector of 2 (0 to 1)"),
        ("u[3 - 1]", "index 2 is outside a vector of 2 (0 to 1)"),
        ("diag(x)", "a vector is needed here, not a number"),
        ("outer(u, M)", "a vector is needed here, not a 2 x 2 matrix"),
        ("outer(long, long)", "a 100 x 100 matrix is too large (at most 4096 entries)"),
        ("u[u]", "a vector of 2 is not a whole number"),
        ("sum(u + w for i in range(0))", "a vector of 2 does not fit a vector of 3"),
        ("sum(i for i in range(u))", "a vector of 2 is not a whole number"),
    ],
)
def test_sizes_that_do_not_fit_are_found_dry(text: str, message: str) -> None:
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}"):
        size(text, x=(), u=(2,), w=(3,), M=(2, 2), long=(100,))


def test_an_index_that_is_not_whole_is_found_dry() -> None:
    with pytest.raises(EvaluationError, match="1/2 is not a whole number"):
        size("u[0.5]", u=(2,))


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("1 < 2 < 3", 1),
        ("2 or x", 1),
        ("0 and x", 0),
        ("x or 1", 1),
        ("1 and 2", 1),
        ("0 or 0", 0),
        ("not 3", 0),
        ("2*3 - 1 + -4", 1),
        ("max(1, 2)", 2),
        ("x + 1", None),
        ("1 and x", None),
        ("2**9999", None),
    ],
)
def test_what_is_certain_beforehand(text: str, constant: int | None) -> None:
    assert size(text, x=()).constant == constant


def test_constants_of_a_dry_run_stay_small() -> None:
    squares = {"f0": ("z", "z*z"), **{f"f{n}": ("z", f"f{n - 1}(f{n - 1}(z))") for n in range(1, 7)}}
    assert size("f6(3)", squares).constant is None


def test_a_branch_that_a_constant_rules_out_need_not_fit() -> None:
    assert size("u if 1 < 2 and not 0 else w", u=(2,), w=(3,)).shape == (2,)


def test_a_comparison_is_a_number() -> None:
    value, _ = evaluate("1 < 2", Exact(), {}, {})
    assert value == rational(1)
    assert type(value) is type(rational(1))
