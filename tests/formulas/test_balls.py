"""The rigorous domain: true values lie inside, doubt is said, and an error is one for sure."""

import math

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from grader.language.arithmetic import STEP_BUDGET, EvaluationError, TooLarge
from grader.language.arrays import Array, ShapeError
from grader.language.ball_numbers import Undecided
from grader.language.balls import Balls
from grader.language.compile import compile_tree
from grader.language.exact import Exact
from grader.language.floats import Floats
from grader.language.functions.operations import EntryValues
from grader.language.functions.table import FUNCTIONS
from grader.language.parse import parse
from grader.language.scope import Scope
from grader.language.shapes import Shapes
from grader.language.sizes import Size

VALUES = {"x": fmpq(3, 4), "y": fmpq(-2), "o": fmpq(0)}


def evaluate(text: str, arithmetic=None, bits: int = 64, **values):
    arithmetic = arithmetic or Balls()
    scope = Scope()
    for name in values:
        scope.names[name] = scope.new_slot()
    closure = compile_tree(parse(text), scope, arithmetic)
    frame = [None] * (scope.new_slot())
    frame[STEP_BUDGET] = 10_000
    for name, value in values.items():
        frame[scope.names[name]] = value
    with ctx.workprec(bits):
        return closure(frame)


def in_balls(text: str, bits: int = 64):
    return evaluate(text, bits=bits, **{name: arb(value) for name, value in VALUES.items()})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sigmoid(x)", 1 / (1 + math.exp(-0.75))),
        ("sigmoid(-30*x)", 1 / (1 + math.exp(22.5))),
        ("tanh(x)", math.tanh(0.75)),
        ("softplus(x)", math.log1p(math.exp(0.75))),
        ("softplus(-x)", math.log1p(math.exp(-0.75))),
        ("sinh(x) + cosh(x) + sin(x) + cos(x)", math.exp(0.75) + math.sin(0.75) + math.cos(0.75)),
        ("log(x)", math.log(0.75)),
        ("sqrt(x) - x**0.5", 0.0),
        ("x**y", 0.75**-2),
        ("x**2.5", 0.75**2.5),
        ("norm([x, y])", math.hypot(0.75, 2)),
        ("softmax([x, y])[0]", 1 / (1 + math.exp(-2.75))),
        ("sum(outer([x, y], [x, y])[1])", -2 * (0.75 - 2)),
        ("sum(diag([x, y])[1])", -2.0),
        ("dot([x, y], [1, 2])", 0.75 - 4),
        ("max(x, y) + min(x, y) + max([x, y]) + min([x, y])", 2 * (0.75 - 2)),
        ("abs(y) + relu(y) + sign(y) + step(y) + sign(o) + step(o)", 2 + 0 - 1 + 0 + 0 + 1),
        ("y // x + y % x", -3 + 0.25),
        ("prod(x for i in range(3)) + prod([x, y])", 0.75**3 - 1.5),
        ("1/3 + 0.1", 1 / 3 + 0.1),
        ("x if x > y and not y == 0 else 5", 0.75),
        ("x if y > 0 or x < 0 else 5", 5.0),
        ("sum([1, 2] if [x, y] > 0 else [5, 7])", 8.0),
        ("all([x, y]) + any([o, o])", 1.0),
        ("len([x, y]) + len(x)", 3.0),
    ],
)
def test_the_true_value_lies_inside_a_narrow_ball(text, value):
    for bits in (64, 300):
        ball = in_balls(text, bits)
        assert abs(ball - arb(value)) < 1e-12
        assert ball.rad() < arb(2) ** -50


@given(
    st.fractions(-50, 50, max_denominator=64),
    st.sampled_from(sorted(n for n in FUNCTIONS if isinstance(FUNCTIONS[n].values, EntryValues))),
)
def test_every_function_agrees_with_floats_and_exact_numbers(value, name):
    x = fmpq(value.numerator, value.denominator)
    text = f"{name}(x)"
    try:
        ball = evaluate(text, x=arb(x))
    except EvaluationError:
        with pytest.raises(EvaluationError):
            evaluate(text, Exact(), x=x)
        return
    floats = evaluate(text, Floats(), x=float(value))
    assert abs(ball - arb(floats)) <= abs(ball) * 1e-12 + 1e-12
    try:
        exact = evaluate(text, Exact(), x=x)
    except EvaluationError:
        return
    with ctx.workprec(4096):  # `contains` rounds a number such as 2/3 to a ball first, which must be the smaller one
        assert ball.contains(exact)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x/o", "a division by zero"),
        ("x//o", "a division by zero"),
        ("o**-1", "zero has no negative power"),
        ("o**-0.5", "zero has no negative power"),
        ("y**0.5", "a negative number has no power 0.5"),
        ("log(o)", r"log\(0\) does not exist"),
        ("log(y)", r"log\(-2\) does not exist"),
        ("sqrt(y)", r"sqrt\(-2\) does not exist"),
        ("[x, y][x]", "0.75 is not a whole number"),
        ("sum(i for i in range(exp(1)))", "2.71828 is not a whole number"),
    ],
)
def test_what_surely_has_no_value_is_an_error(text, message):
    with pytest.raises(EvaluationError, match=message):
        in_balls(text)


NOTHING = "(tanh(x)**2 + 1/cosh(x)**2 - 1)"


@pytest.mark.parametrize(
    "text",
    [f"1/{NOTHING}", f"log({NOTHING})", f"sqrt({NOTHING})", f"step({NOTHING})", f"sign({NOTHING})", f"{NOTHING} > 0",
     f"1 if {NOTHING} else 2", f"{NOTHING} == 0", f"{NOTHING}**-1", f"{NOTHING}**0.5", f"1 // {NOTHING}",
     f"[1, 2][{NOTHING}]", f"({NOTHING} + 1) // 1", f"not {NOTHING}", f"1 and {NOTHING}", f"all([1, {NOTHING}])"],
)  # fmt: skip
def test_a_ball_that_only_touches_the_edge_decides_nothing(text):
    with pytest.raises(Undecided):
        in_balls(text)


def test_abs_max_and_relu_enclose_across_the_kink():
    for text in (f"abs({NOTHING})", f"relu({NOTHING})", f"max({NOTHING}, 0)", f"norm([{NOTHING}])"):
        assert in_balls(text).contains(0)


def test_more_bits_decide_what_fewer_leave_open():
    text = "1 if exp(1e-30) > 1 + 1e-30 else 0"
    with pytest.raises(Undecided):
        in_balls(text, 64)
    assert in_balls(text, 512) == 1


def test_literals_are_as_fine_as_the_finest_precision():
    assert in_balls("0.1*10 - 1", 4000).rad() < arb(2) ** -3900


def test_arrays_and_matrices():
    A = Array((2, 2), map(arb, (1, 2, 3, 4)))
    v = Array((2,), map(arb, (1, -1)))
    assert evaluate("A @ v", A=A, v=v) == Array((2,), map(arb, (-1, -1)))
    assert evaluate("A.T @ v", A=A, v=v) == Array((2,), map(arb, (-2, -2)))
    assert evaluate("diag(v) @ A", A=A, v=v) == Array((2, 2), map(arb, (1, 2, -3, -4)))
    with pytest.raises(ShapeError, match="a vector is needed here, not a 2 x 2 matrix"):
        evaluate("diag(A)", A=A)
    with pytest.raises(EvaluationError, match="a vector of 2 is not a whole number"):
        evaluate("v[v]", v=v)


def test_huge_powers_are_refused():
    with pytest.raises(TooLarge, match="a power of 387420489 is too large"):
        in_balls("x**9**9")
    with pytest.raises(TooLarge):
        in_balls("exp(exp(exp(exp(exp(exp(9)))))) ** 2")


@pytest.mark.parametrize("name", ["sinh", "cosh", "sin", "cos", "softplus"])
def test_new_functions_have_every_domain(name):
    assert evaluate(f"{name}(x)", Shapes(), x=Size((3,))) == Size((3,))
    exact = {"sinh": 0, "sin": 0, "cosh": 1, "cos": 1}
    if name in exact:
        assert evaluate(f"{name}(x)", Exact(), x=fmpq(0)) == exact[name]
    with pytest.raises(EvaluationError, match="not a rational number"):
        evaluate(f"{name}(x)", Exact(), x=fmpq(1))


def test_vector_functions_have_every_domain():
    v = Array((2,), (fmpq(1), fmpq(1)))
    assert evaluate("softmax(v)", Exact(), v=v) == Array((2,), (fmpq(1, 2),) * 2)
    assert evaluate("diag(v)", Exact(), v=v) == Array((2, 2), map(fmpq, (1, 0, 0, 1)))
    assert evaluate("outer(v, 2*v)", Exact(), v=v) == Array((2, 2), [fmpq(2)] * 4)
    assert evaluate("outer(v, w)", Shapes(), v=Size((2,)), w=Size((3,))) == Size((2, 3))
    assert evaluate("diag(v)", Shapes(), v=Size((2,))) == Size((2, 2))
    v = Array((2,), (1.0, 3.0))
    assert evaluate("outer(v, v)", Floats(), v=v) == Array((2, 2), (1.0, 3.0, 3.0, 9.0))
    assert evaluate("diag(v)", Floats(), v=v) == Array((2, 2), (1.0, 0, 0, 3.0))
    assert evaluate("sum(softmax(v))", Floats(), v=v) == pytest.approx(1)
    for arithmetic, scalar in ((Exact(), fmpq(1)), (Floats(), 1.0), (Balls(), arb(1)), (Shapes(), Size())):
        with pytest.raises(ShapeError, match="a vector is needed here, not a number"):
            evaluate("softmax(x)", arithmetic, x=scalar)
