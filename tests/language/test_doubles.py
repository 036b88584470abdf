"""The domain of IEEE 754 doubles against NumPy where that rounds correctly, and against 400 bits elsewhere."""

import math
import random
import struct

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.language import ieee
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array, ShapeError
from grader.language.doubles import DOUBLES, as_double, double_key, exactly, show_double, tells_zeros_apart
from grader.language.functions.operations import EntryValues
from grader.language.functions.table import FUNCTIONS
from grader.language.parse import parse

from .evaluation import evaluate

INF, NAN = math.inf, math.nan
ANY = st.floats()
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def value(text, **named):
    """An expression in doubles; names stand for floats or lists of them."""
    given_values = {
        name: Array((len(number),), number) if isinstance(number, list) else number for name, number in named.items()
    }
    return evaluate(text, DOUBLES, given_values, {})[0]


def same(ours, theirs):
    """The same bits, but that all NaNs are alike."""
    ours, theirs = float(ours), float(theirs)
    return (ours != ours and theirs != theirs) or struct.pack("d", ours) == struct.pack("d", theirs)


@pytest.mark.long
@given(ANY, ANY)
@settings(max_examples=150)
def test_operators_are_those_of_ieee_754(a, b):
    with np.errstate(all="ignore"):
        x, y = np.float64(a), np.float64(b)
        for op, theirs in (("+", x + y), ("-", x - y), ("*", x * y), ("/", x / y)):
            assert same(value(f"a {op} b", a=a, b=b), theirs), op
        assert same(value("-a", a=a), -x)
        assert same(value("sqrt(a)", a=a), np.sqrt(x))
        for op, theirs in (("<", x < y), ("<=", x <= y), ("==", x == y), ("!=", x != y)):
            assert value(f"a {op} b", a=a, b=b) == theirs
        assert same(value("abs(a)", a=a), np.abs(x))
        if not (a == b == 0):  # NumPy takes either zero
            assert same(value("min(a, b)", a=a, b=b), np.minimum(x, y))
            assert same(value("max(a, b)", a=a, b=b), np.maximum(x, y))


def fractions_of(a, b):
    return fmpq(*a.as_integer_ratio()), fmpq(*b.as_integer_ratio())


@given(FINITE, FINITE.filter(bool))
@settings(max_examples=100)
def test_whole_quotients_and_remainders_are_those_of_the_exact_quotient_rounded_once(a, b):
    x, y = fractions_of(a, b)
    whole = fmpq((x / y).floor())
    assert value("a // b", a=a, b=b) == ieee.nearest_double(whole)
    assert value("a % b", a=a, b=b) == ieee.nearest_double(x - y * whole)


IN_BALLS = {
    "exp": arb.exp, "tanh": arb.tanh, "sinh": arb.sinh, "cosh": arb.cosh, "sin": arb.sin, "cos": arb.cos,
    "sigmoid": lambda z: 1 / (1 + (-z).exp()), "softplus": lambda z: (1 + z.exp()).log(),
    "log": lambda z: abs(z).log(), "sqrt": lambda z: abs(z).sqrt(),
}  # fmt: skip
"""The functions as they are written in textbooks."""


def brute(function, number):
    """The nearest double by comparing with the middles of neighbouring ones, at 4,000 bits."""
    with ctx.workprec(4_000):
        exact = IN_BALLS[function](arb(number))
        low = float(exact.mid())
        for near in (math.nextafter(low, -INF), low, math.nextafter(low, INF)):
            below, above = math.nextafter(near, -INF), math.nextafter(near, INF)
            if (arb(below) + arb(near)) / 2 < exact < (arb(near) + arb(above)) / 2:
                return near
    raise AssertionError


@pytest.mark.parametrize("function", IN_BALLS)
def test_functions_are_rounded_once(function):
    draw = random.Random(function)
    numbers = [draw.uniform(-20, 20) for _ in range(40)] + [
        draw.uniform(-1, 1) * 10 ** -draw.randint(1, 12) for _ in range(40)
    ]
    for number in [*numbers, 2.0**-53, -(2.0**-53), 2.0**-30, 1 + 2**-52]:
        number = abs(number) if function in ("log", "sqrt") else number
        assert value(f"{function}(z)", z=number) == brute(function, number), number


@pytest.mark.parametrize("function", ["exp", "tanh", "sinh", "cosh", "sin", "cos", "log"])
def test_functions_are_never_far_from_those_of_the_platform(function):
    draw = random.Random(1)
    for _ in range(60):
        number = draw.uniform(0.01, 30)
        ours, theirs = value(f"{function}(z)", z=number), getattr(math, function)(number)
        assert abs(ours - theirs) <= math.ulp(theirs)


EDGES = {
    "exp": {-INF: 0.0, INF: INF, 710.0: INF, -745.0: 5e-324, -746.0: 0.0, 0.0: 1.0, 1e-300: 1.0, 1e308: INF},
    "log": {0.0: -INF, -1.0: NAN, INF: INF, -INF: NAN, 1.0: 0.0, 5e-324: -744.4400719213812},
    "sqrt": {-0.0: -0.0, -1.0: NAN, INF: INF, 4.0: 2.0, 2.0: 1.4142135623730951},
    "tanh": {-INF: -1.0, INF: 1.0, -0.0: -0.0, 1e-300: 1e-300, 19.0: 0.9999999999999999, 20.0: 1.0, 1e308: 1.0},
    "sigmoid": {-INF: 0.0, INF: 1.0, 0.0: 0.5, 36.0: 0.9999999999999998, 38.0: 1.0, -745.0: 5e-324, -1e308: 0.0, 2.0**-52: 0.5},
    "softplus": {-INF: 0.0, INF: INF, 800.0: 800.0, -800.0: 0.0, 1e308: 1e308},
    "sinh": {-INF: -INF, -0.0: -0.0, 711.0: INF, -1e308: -INF},
    "cosh": {-INF: INF, 0.0: 1.0, 1e308: INF},
    "sin": {INF: NAN, -0.0: -0.0, 5e-324: 5e-324, 1e22: -0.8522008497671888},
    "cos": {INF: NAN, 0.0: 1.0, 1e-200: 1.0, 1e22: 0.523214785395139},
    "relu": {-INF: 0.0, INF: INF, -0.0: 0.0, -3.0: 0.0, 0.1: 0.1},
    "step": {-INF: 0.0, INF: 1.0, -0.0: 1.0, -5e-324: 0.0},
    "sign": {-INF: -1.0, INF: 1.0, -0.0: 0.0, 5e-324: 1.0},
    "abs": {-INF: INF, -0.0: 0.0},
}  # fmt: skip


@pytest.mark.parametrize("function", EDGES)
def test_functions_at_the_edges(function):
    for number, wanted in EDGES[function].items():
        assert same(value(f"{function}(z)", z=number), wanted), number
    assert math.isnan(value(f"{function}(z)", z=NAN))


def test_every_function_of_one_number_has_its_edges():
    of_one = {name for name, record in FUNCTIONS.items() if isinstance(record.values, EntryValues)}
    assert of_one == set(EDGES)


POWERS = {
    (9.0, 1.5): 27.0, (200_001.0**2, 1.5): float(200_001**3), (2.0, 0.5): 1.4142135623730951, (-8.0, 1 / 3): NAN,
    (-2.0, 3.0): -8.0, (-2.0, 2.0): 4.0, (2.0, -1074.0): 5e-324, (2.0, -1075.0): 0.0, (2.0, 1024.0): INF,
    (-2.0, 1025.0): -INF, (0.0, -1.0): INF, (-0.0, -3.0): -INF, (-0.0, -2.0): INF, (0.0, 0.0): 1.0, (NAN, 0.0): 1.0,
    (1.0, NAN): 1.0, (-1.0, INF): 1.0, (0.5, INF): 0.0, (INF, -1.0): 0.0, (3.0, 1e300): INF, (0.1, 3.0): 0.0010000000000000002,
    (1.1, 10.0): 2.5937424601000023, (10.0, -3.0): 0.001, (1e-200, 2.0): 0.0, (16.0, 0.25): 2.0,
}  # fmt: skip


@pytest.mark.parametrize("pair", POWERS, ids=str)
def test_powers(pair):
    assert same(value("a ** b", a=pair[0], b=pair[1]), POWERS[pair])


@given(st.floats(1e-3, 1e3), st.integers(-20, 20))
@settings(max_examples=60)
def test_whole_powers_are_the_exact_power_rounded_once(base, exponent):
    assert value("a ** b", a=base, b=float(exponent)) == ieee.nearest_double(fmpq(*base.as_integer_ratio()) ** exponent)


def test_sums_and_products_go_from_left_to_right_and_nothing_is_fused():
    """`sum` of Python compensates from 3.12 on, NumPy adds in pairs, a fused product would not round."""
    v = [1e16, 1.0, 1.0, -1e16]
    assert value("sum(v)", v=v) == 0.0
    assert value("sum(v[3 - i] for i in range(4))", v=v) == 2.0 - 2.0
    assert value("v @ w", v=v, w=[1.0] * 4) == value("dot(v, w)", v=v, w=[1.0] * 4) == 0.0
    a = 1 + 2.0**-30
    assert value("a * a - b", a=a, b=a * a) == 0.0
    assert value("[a, -1] @ [a, b]", a=a, b=a * a) == 0.0
    assert value("sum(v) / len(v)", v=[0.1] * 10) == (0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1) / 10
    assert value("norm(v)", v=[3e200, 4e200]) == INF
    assert value("0.1 + 0.2") == 0.30000000000000004
    assert value("prod(v)", v=[0.1, 3.0, 10.0]) == 0.1 * 3.0 * 10.0


def test_a_softmax_takes_the_largest_number_off_first():
    v = [1000.0, 999.0, -INF]
    powers = [1.0, value("exp(z)", z=-1.0), 0.0]
    assert list(value("softmax(v)", v=v).entries) == [power / (powers[0] + powers[1]) for power in powers]
    assert all(math.isnan(entry) for entry in value("softmax(v)", v=[INF, 1.0]).entries)


def test_truth_is_a_double_and_nan_is_equal_to_nothing():
    assert value("1 if z == z else 0", z=NAN) == 0.0
    assert value("z > 1 or 1", z=NAN) == 1.0
    assert value("not z", z=-0.0) == 1.0
    assert value("all(v)", v=[1.0, NAN]) == 1.0
    assert [
        type(value(text, z=2.0)) for text in ("z > 1", "z and 1", "relu(z)", "step(z)", "len([z])", "max(z, 1)")
    ] == [float] * 6


@pytest.mark.parametrize("index", [0.5, NAN, INF, 5.0])
def test_an_index_is_a_whole_number_that_there_is(index):
    with pytest.raises((EvaluationError, ShapeError), match=r"whole number|outside"):
        value("v[i]", v=[1.0, 2.0], i=index)


@pytest.mark.long
@given(st.fractions())
@settings(max_examples=60)
def test_numbers_are_taken_at_their_nearest_double(number):
    exact = fmpq(number.numerator, number.denominator)
    assert as_double(exact) == number.numerator / number.denominator
    assert exactly(as_double(exact)) == fmpq(*(number.numerator / number.denominator).as_integer_ratio())


def test_what_is_beyond_the_doubles_is_an_infinity():
    largest = fmpq(2) ** 1024
    assert [as_double(largest), as_double(-largest), as_double(largest - fmpq(2) ** 970)] == [INF, -INF, INF]
    assert as_double(largest - fmpq(2) ** 970 - 1) == 1.7976931348623157e308
    assert same(as_double(-1 / fmpq(2) ** 1080), -0.0)
    assert [exactly(INF), str(exactly(NAN)), exactly(-0.0)] == [INF, "nan", 0]


def test_how_doubles_are_shown():
    shown = {0.1: "0.1", 3.0: "3", -2.0: "-2", -0.0: "-0.0", INF: "inf", 1e300: "1e+300", 1 / 3: "0.3333333333333333"}
    assert {number: show_double(number) for number in shown} == shown


def test_states_are_the_same_where_no_step_tells_them_apart():
    assert double_key(-0.0, tells_zeros=False) == double_key(0.0, tells_zeros=False)
    assert double_key(-0.0, tells_zeros=True) != double_key(0.0, tells_zeros=True)
    assert double_key(NAN, tells_zeros=True) == double_key(-NAN, tells_zeros=False)


@pytest.mark.parametrize(
    ("text", "tells"),
    {
        "x + y*z": False, "x / 2": False, "x // 3 % 5": False, "x ** 2": False, "max(x, -x)": False, "sqrt(x)": False,
        "1 / x": True, "x / y": True, "x ** -1": True, "x ** y": True, "x % y": True, "1 // x": True, "x / 0": True,
        "softmax([x, y])": False, "x / (-2)": True,
    }.items(),
)  # fmt: skip
def test_the_sign_of_a_zero_matters_only_where_something_is_divided_by_it(text, tells):
    assert tells_zeros_apart([parse(text)]) is tells


@given(
    st.sampled_from(["x + y*z", "x / 2", "x ** 2 - y", "max(x, y) * -1", "sqrt(x) + tanh(y)", "1 if x < y else z"]),
    st.data(),
)
@settings(max_examples=80)
def test_what_does_not_divide_gives_equal_values_at_both_zeros(text, data):
    numbers = {name: data.draw(st.sampled_from([0.0, -0.0, 1.0, -2.5])) for name in "xyz"}
    flipped = {name: -number if number == 0 else number for name, number in numbers.items()}
    ours, theirs = value(text, **numbers), value(text, **flipped)
    assert ours == theirs or (ours != ours and theirs != theirs)
