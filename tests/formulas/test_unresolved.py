"""What no precision tells: a right formula may hang on single points, a wrong one must not hide behind them."""

import pytest

from grader.formulas import (
    BeyondLimits,
    Different,
    Quantity,
    SampledEqual,
    SequenceSymbol,
    Setting,
    Symbols,
    decide,
    gradient_question,
    is_equal,
)
from grader.language.parse import parse

TOWER = "9**9**9**9"
"""A number that nobody can write down."""

HANGING = [
    ("relu(x)", "relu(x)*(sigmoid(x) >= 1/2)"),
    ("relu(x)", "x*(tanh(x) >= 0)"),
    ("x*(sigmoid(x) >= 1/2)", "relu(x)"),
    ("x*(exp(x) > 1)", "max(0, x)"),
    ("abs(x)", "abs(x) if sqrt(x**2) == abs(x) else 0"),
    ("x", "x if sin(x)**2 + cos(x)**2 >= 9/10 else 0"),
    ("relu(x)*tanh(a + b)", "relu(x)*(tanh(a) + tanh(b))/(1 + tanh(a)*tanh(b))"),
    ("relu(y)*(1 - tanh(x)**2)", "relu(y)/cosh(x)**2"),
    ("max(a, b)", "log(max(exp(a), exp(b)))"),
    ("relu(exp(x) - 1)", "exp(x) - 1 if x > 0 else 0"),
    ("abs(log(q))", "log(max(q, 1/q))"),
    ("sum(abs(s[k]) for k in range(1, T))*softplus(z)", "-log(1 - sigmoid(z))*sum(abs(s[k]) for k in range(1, T))"),
    ("sin(h)", "sin(h) + (tanh(x)*tanh(y) > 1)"),
    ("sqrt(2)*sqrt(b*z - 45)", "(2*(cosh(y)**2 - sinh(y)**2)*(z*b) - 90)**0.5"),
]


@pytest.mark.parametrize(("right", "answer"), HANGING)
@pytest.mark.sampled(3)
def test_a_right_formula_may_hang_on_a_single_point(setting: Setting, right: str, answer: str):
    verdict = decide(parse(answer), setting.read(parse(right)), setting)
    assert is_equal(verdict), verdict


HIDING = [
    ("x", "x*(1 + (w > 3)*sin(exp(exp(12))))"),
    ("x", "x + 10**300*sin(exp(exp(10)))*(w > 50)"),
    ("x", f"x if w < 1000 else {TOWER}"),
    ("tanh(x)", f"tanh(x) if w > -777 else {TOWER}"),
    ("x", "x if w < 1000 else sum(i for i in range(10**9))"),
    ("sin(x)*h", "sin(x)*h + cos(exp(exp(11)))*relu(y - 20)"),
    ("relu(x)", "relu(x) if abs(y) < 3000 else exp(exp(exp(exp(99))))"),
    ("x", "x + sin(exp(exp(12)))/10"),
    ("x", "x + (w/100)**1000*sin(exp(exp(12)))"),
    ("abs(x)", "abs(x) + ((w/3000)**900)**900*sin(exp(exp(12)))"),
    ("abs(x)", "abs(x) + (w/30)**998*sin(exp(9000))"),
    ("abs(x)", "abs(x) + sin(exp(exp(abs(w))))*(abs(w) > 20)"),
]


@pytest.mark.long
@pytest.mark.parametrize(("right", "answer"), HIDING)
def test_a_wrong_formula_does_not_hide_behind_what_nobody_can_work_out(setting: Setting, right: str, answer: str):
    verdict = decide(parse(answer), setting.read(parse(right)), setting)
    assert isinstance(verdict, BeyondLimits | Different), verdict


@pytest.mark.parametrize("answer", ["n*x + (n > 777)*sin(exp(exp(12)))", f"n*x if n < 1000 else {TOWER}"])
def test_proofs_in_some_cases_are_no_cover_for_what_the_others_hide(answer: str):
    setting = Setting(Symbols({"x": Quantity()}, {}, ("n",)))
    verdict = decide(parse(answer), setting.read(parse("n*x")), setting)
    assert isinstance(verdict, BeyondLimits | Different), verdict


def test_the_limit_and_the_point_are_named(setting: Setting):
    verdict = decide(parse("x if w < 1000 else sum(i for i in range(10**9))"), setting.read(parse("x")), setting)
    assert isinstance(verdict, BeyondLimits)
    assert "its loops take more than" in verdict.message
    assert float(verdict.point.entries["w"]) >= 1000


def test_points_that_hang_are_no_evidence(setting: Setting):
    """At x = 0 no precision tells; every other point counts."""
    wanted = setting.read(parse("relu(x)*sin(y)"))
    hanging = decide(parse("relu(x)*sin(y)*(sigmoid(x) >= 1/2)"), wanted, setting)
    plain = decide(parse("x*sin(y) if x > 0 else 0*y"), wanted, setting)
    assert is_equal(hanging)
    assert is_equal(plain)
    if isinstance(hanging, SampledEqual) and isinstance(plain, SampledEqual):
        assert hanging.points < plain.points


def chain(activation: str):
    """The gradient through a chain of units over time."""
    symbols = Symbols({"w": Quantity(), "u": Quantity()}, {name: SequenceSymbol() for name in "hxd"}, ("t", "T"))
    setting = Setting(symbols, {"h": parse(f"{activation}(w*h[t-1] + u*x[t])")})
    return gradient_question(setting, parse("h[t]"), {parse("h[T]"): parse("d[T]")})


@pytest.mark.long
def test_a_right_chain_may_overflow_far_out():
    """cosh of 10^12 is too large to enclose, 1 - tanh^2 is not: both agree right up to there."""
    answer = "d[T]*prod(w/cosh(w*h[k-1] + u*x[k])**2 for k in range(t + 1, T + 1))"
    assert is_equal(chain("tanh").decide(parse(answer)))


@pytest.mark.long
def test_a_chain_that_is_cut_off_is_met_where_every_unit_is_on():
    """At numbers of either sign a chain of 20 units is on once in a million points."""
    right = "d[T]*prod(w*(h[k] > 0) for k in range(t + 1, T + 1))"
    assert is_equal(chain("relu").decide(parse(right)))
    assert isinstance(chain("relu").decide(parse(right.replace("T + 1)", "min(T, t + 20) + 1)"))), Different)
