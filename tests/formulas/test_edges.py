"""Edges that are not linear: conditions on sine and cosine, and roots that are no fractions.

That a wrong answer differs somewhere is shown in plain Python: at a number at which its condition holds.
"""

import math
from functools import cache

import pytest
from flint import arb, ctx, fmpq

from grader.formulas import Different, Quantity, Setting, Symbols, decide, is_equal
from grader.formulas.edges import ROOT_DISTANCE, enclosed
from grader.formulas.turns import Turn
from grader.language.parse import parse

SETTING = Setting(Symbols({name: Quantity() for name in "hxyzw"}))
PI = math.pi


def compare(student, wanted):
    return decide(parse(student), SETTING.read(parse(wanted)), SETTING)


HIDDEN = [
    ("x + (abs(sin(x)) < 1e-5)*(x > 2)", "x", {"x": PI}),
    ("x + (cos(x - y) > 0.99999)*(x > y + 1)", "x", {"x": 2 * PI, "y": 0.0}),
    ("x + (sin(3*x + y) < -0.999999)*(y > 4)", "x", {"x": (1.5 * PI - 5) / 3, "y": 5.0}),
    ("x + (sin(x) + cos(x) > 1.414213)", "x", {"x": PI / 4}),
    ("x + (sin(x)*sin(3*x) > 0.56)*(x > 50)", "x", {"x": 103.0}),
    ("sin(h) + relu(sin(x) - 0.99999)*(x > 3)", "sin(h)", {"h": 1.0, "x": 2.5 * PI}),
    ("x + relu(sin(x) - 0.9999999)*(x > y)", "x", {"x": PI / 2, "y": 0.0}),
    ("y + (abs(cos(x/7) - 1) < 1e-9)*(x > 5)", "y", {"x": 14 * PI, "y": 0.0}),
    ("x + (abs(sin(x) - 0.3) < 1e-12)", "x", {"x": math.asin(0.3)}),
    ("x + (abs(exp(x) - 2) < 1e-9)", "x", {"x": math.log(2)}),
    ("x + 1000*relu(1e-9 - abs(x**3 - 2))", "x", {"x": 2 ** (1 / 3)}),
]
"""Wrong on a narrow region: the answer, the right formula, and a point at which plain Python sees it."""

ON_AN_EDGE = [
    ("x + (sin(x) == 1)", "x", "sin(x) - 1", (0.0, PI)),
    ("x + (sin(x) == 1)*(x > 1000)", "x", "sin(x) - 1", (1000.0, 1010.0)),
    ("x + (cos(2*x) == -1)*(abs(x) < 2)", "x", "cos(2*x) + 1", (0.0, 2.0)),
    ("x*(sin(x) != 1)", "x", "sin(x) - 1", (0.0, PI)),
    ("y + (sin(x)*cos(y) == 1)", "y", "sin(x)*cos(0) - 1", (0.0, PI)),
    ("x + (sin(x) == 0.3)", "x", "sin(x) - 0.3", (0.0, 1.0)),
    ("x + (sin(x) == 0.3)*(x > 2)", "x", "sin(x) - 0.3", (2.0, 4.0)),
    ("x + (exp(x) == 2)", "x", "exp(x) - 2", (0.0, 1.0)),
    ("x + (x**3 == 2)", "x", "x**3 - 2", (0.0, 2.0)),
    ("x + (x**2 == 2)*(y > 3)", "x", "x**2 - 2", (0.0, 2.0)),
    ("x + (tanh(x) == 0.5)", "x", "tanh(x) - 0.5", (0.0, 2.0)),
    ("x*(x*x > 2)", "x*(x**2 >= 2)", "x**2 - 2", (0.0, 2.0)),
    ("x*(exp(x) > 2)", "x*(2 <= exp(x))", "exp(x) - 2", (0.0, 1.0)),
    ("step(x**3 - 2)", "x**3 > 2", "x**3 - 2", (0.0, 2.0)),
]
"""Wrong where the third formula is 0, which it is between the two numbers (it changes its sign, or is largest there)."""

RIGHT = [
    ("(x**2 - 2)*(x**2 > 2)", "relu(x**2 - 2)"),
    ("(exp(x) - 2)*(exp(x) >= 2)", "relu(exp(x) - 2)"),
    ("x*(not (x*x <= 2))", "x*(x**2 > 2)"),
    ("sin(x)*sign(sin(x))", "abs(sin(x))"),
    ("sin(x) if sin(x) >= 0 else -sin(x)", "abs(sin(x))"),
    ("sqrt(1 - cos(x)**2)", "abs(sin(x))"),
    ("x + (sin(x)**2 + cos(x)**2 > 1.5)", "x"),
    ("(exp(x) > 2)*(not (sin(x) <= 0.5))", "(sin(x) > 0.5)*(exp(x) > 2)"),
    ("(sin(x) + cos(x) + abs(sin(x) - cos(x)))/2", "max(sin(x), cos(x))"),
    ("relu(cos(x)) - relu(-cos(x))", "cos(x)"),
    ("x + (sin(x) > 1)", "x"),
    ("log(cosh(z) + sqrt(cosh(z)**2 - 1))", "abs(z)"),
    ("abs(z)", "log(cosh(z) + sqrt(cosh(z)**2 - 1))"),
    ("log(cosh(z) + abs(sinh(z)))", "abs(z)"),
    ("w*log(cosh(z) + sqrt((cosh(z) - 1)*(cosh(z) + 1)))", "abs(z)*w"),
    ("2*log(sqrt((cosh(z) + 1)/2) + sqrt((cosh(z) - 1)/2))", "abs(z)"),
]


NAMES = {name: getattr(math, name) for name in ("exp", "sin", "cos", "tanh")} | {"relu": lambda z: max(z, 0.0)}


@cache
def compiled(text):
    return compile(text, "a text of this file", "eval")


def in_floats(text, point):
    return eval(compiled(text), {"__builtins__": {}}, {**NAMES, "abs": abs, **point})  # noqa: S307  # texts of this file


@pytest.mark.long
@pytest.mark.parametrize(("student", "wanted", "point"), HIDDEN)
def test_what_hides_in_a_narrow_part_of_a_period_or_beside_a_root_is_met(student, wanted, point):
    assert abs(in_floats(student, point) - in_floats(wanted, point)) > 1e-8
    assert isinstance(compare(student, wanted), Different)


@pytest.mark.parametrize(("student", "wanted", "zero", "between"), ON_AN_EDGE)
@pytest.mark.sampled(2)
def test_what_differs_on_an_edge_alone_is_met_there(student, wanted, zero, between):
    values = [in_floats(zero, {"x": between[0] + (between[1] - between[0]) * i / 20_000}) for i in range(20_001)]
    assert min(map(abs, values)) < 1e-3
    verdict = compare(student, wanted)
    assert isinstance(verdict, Different)
    x = verdict.point.entries["x"]
    at = x.ball() if isinstance(x, Turn) else arb(x)
    y = verdict.point.entries.get("y", fmpq(0))
    there = zero.replace("cos(0)", "cos(y)")
    assert (
        abs(in_floats(there, {"x": float(at.mid()), "y": float((y.ball() if isinstance(y, Turn) else arb(y)).mid())}))
        < 1e-9
    )


@pytest.mark.long
@pytest.mark.parametrize(("student", "wanted"), RIGHT)
def test_right_formulas_may_bend_at_roots_that_are_no_fractions(student, wanted):
    assert is_equal(compare(student, wanted))


def test_the_edge_is_named_with_the_point():
    verdict = compare("x + (sin(x) == 0.3)*(x > 2)", "x")
    assert str(verdict.point) == "x = about 2.83689999957440 (where exactly sin(x) = 0.3)"
    assert (verdict.student, verdict.wanted) == ("3.837", "2.837")
    assert str(compare("x + (sin(x) == 1)", "x").point) == "x = pi/2"


def test_a_change_of_sign_at_a_pole_or_a_jump_is_no_root():
    assert is_equal(compare("x + (1/(x**3 - 2) == 0)", "x"))
    assert is_equal(compare("x + (step(x**3 - 2) - 1/2 == 0)", "x"))


def test_sines_and_cosines_of_multiples_of_pi_are_those_of_the_library():
    for n in range(-40, 41):
        turn = Turn.of(fmpq(0), fmpq(n, 12))
        if not isinstance(turn, Turn):
            continue
        for known, value in ((turn.sine(), math.sin(n * PI / 12)), (turn.cosine(), math.cos(n * PI / 12))):
            rational = min(abs(abs(value) - part) for part in (0, 0.5, 1)) < 1e-9
            assert (known is not None) == rational
            assert known is None or abs(float(known.p) / float(known.q) - value) < 1e-9


def test_multiples_of_pi_are_added_and_scaled_exactly():
    half = Turn(fmpq(1), fmpq(1, 2))
    assert half + half == Turn(fmpq(2), fmpq(1))
    assert half - half == 0
    assert fmpq(2) - half * fmpq(2) == Turn(fmpq(0), fmpq(-1))
    assert abs(-half) == half
    assert (half * half).overlaps((1 + arb.pi() / 2) ** 2)
    assert [str(t) for t in (half, -half, Turn(fmpq(0), fmpq(-3, 2)))] == ["1 + pi/2", "-1 - pi/2", "-3*pi/2"]


def test_a_root_is_enclosed_closely():
    with ctx.workprec(1024):
        low, high = enclosed(lambda x: arb(x) ** 3 - 2, fmpq(1), fmpq(2))
        assert low < high
        assert high - low <= 4 * ROOT_DISTANCE
        assert arb(low) ** 3 < 2 < arb(high) ** 3
        assert enclosed(lambda x: arb(x) ** 2 + 1, fmpq(1), fmpq(2)) is None
