"""Where formulas have a value: gaps of measure zero cost nothing and are told, regions do, and partial ones are met.

The truth of every row comes from plain Python: both formulas as functions of floats at random points of all scales.
"""

import math
import random
from functools import cache

import pytest

from grader.formulas import (
    Different,
    DomainDifference,
    NeverDefined,
    ProvedEqual,
    Quantity,
    SampledEqual,
    Sealed,
    SequenceSymbol,
    Setting,
    Symbols,
    Unsettled,
    WantedFormula,
    decide,
    gradient_question,
    is_equal,
    read_formula,
    seal_of,
)
from grader.language.parse import parse

NUMBERS = "abdwxyzW"
SETTING = Setting(Symbols({name: Quantity() for name in NUMBERS} | {"p": Quantity((), "unit"), "v": Quantity((3,))}))

GAPS = [
    ("(-y/p + (1 - y)/(1 - p))*p*(1 - p)", "p - y", None),
    ("(-y/x + (1 - y)/(1 - x))*x*(1 - x)", "x - y", "x is 0"),
    ("x*w/w", "x", "w is 0"),
    ("x/x", "1", "x is 0"),
    ("sin(x)/x*x", "sin(x)", "x is 0"),
    ("(x**2 - 1)/(x - 1)", "x + 1", "x - 1 is 0"),
    ("x/(x - 7.3)*(x - 7.3)", "x", "x - 7.3 is 0"),
    ("x/(x + y - 0.1)*(x + y - 0.1) + exp(y)", "x + exp(y)", "x + y - 0.1 is 0"),
    ("1/(1/x)", "x", "x is 0"),
    ("x/y*(y/z)*z", "x", "y is 0"),
    ("x*w**-2*w**2", "x", "w is 0"),
    ("abs(x)/x*abs(x)", "x", "x is 0"),
    ("relu(x)/x*relu(x)", "relu(x)", "x is 0"),
    ("y*log(abs(x))/log(abs(x))", "y", "log(abs(x)) is 0"),
    ("w*sqrt(x*x)/abs(x)", "w", "abs(x) is 0"),
    ("exp(log(abs(x)))", "abs(x)", "abs(x) is not above 0"),
    ("d*W*abs(z)/(2*z) + d*W/2", "d*W*(1 + sign(z))/2", "2*z is 0"),
    ("sum(v)*w/norm(v)*norm(v)", "w*sum(v)", "norm(v) is 0"),
]
"""Right: the answer, the right formula, and where the answer alone has no value (None: nowhere)."""

REGIONS = [
    ("sqrt(x)**2", "x"),
    ("exp(log(x))", "x"),
    ("x + 0*sqrt(x)", "x"),
    ("x**0.5*x**0.5", "x"),
    ("2*log(x)", "log(x**2)"),
    ("x + 0*log(1000 - x)", "x"),
    ("x + 0*log(1 - x*y/5000)", "x"),
    ("x + 0/relu(x + 500)", "x"),
    ("x if x < 900 else 1/(x - x)", "x"),
    ("y + 0/(x < 3000)", "y"),
    ("y + 0/(x//100)", "y"),
    ("x + 0*log(sin(y) + 0.9999)", "x"),
    ("sqrt(abs(x) - 0.001)**2", "abs(x) - 0.001"),
    ("tanh(x) + 0*(x - 77)**1.5", "tanh(x)"),
]
"""Wrong: the answer has no value on a region on which the right formula has one."""

PARTIAL = [
    ("log(x - 50)", "log(x - 50)"),
    ("2*log(sqrt(x - 50))", "log(x - 50)"),
    ("log(-x - 5000) + log(2)", "log(-2*x - 10000)"),
    ("sqrt(x - y - 100)", "(x - y - 100)**0.5"),
    ("log(x - 10) + log(x + 10)", "log(x**2 - 100)*(x > 0) if x > 10 else log(x - 10)"),
    ("log(y - 80)*log(x - 50)", "log(x - 50)*log(y - 80)"),
    ("sqrt(x*y - 300)", "(x*y - 300)**0.5"),
    ("log(sin(x) - 0.99)", "log(sin(x) - 0.99)"),
    ("log(1 - x) + log(1 + x)", "log(1 - x*x)*(abs(x) < 1) if abs(x) < 1 else log(-1)"),
    ("log(p - 0.99)", "log(100*p - 99) - log(100)"),
    ("y*sqrt(norm(v) - 40)", "sqrt(norm(v) - 40)*y"),
    ("sqrt(relu(x - 10))", "sqrt(x - 10)"),
    ("log(x**2)", "2*log(x)"),
    ("log(abs(x - 50))", "log(x - 50)"),
]
"""Right; the right formula has a value on a small part of the numbers alone."""

PARTIAL_WRONG = [
    ("log(x - 50) + y", "log(x - 50)"),
    ("log(x - 51)", "log(x - 50)"),
    ("1.001*log(-x - 5000)", "log(-x - 5000)"),
    ("log(x - 50)*log(y - 80) + relu(z - 99)", "log(x - 50)*log(y - 80)"),
    ("x - y - 100", "sqrt(x - y - 100)"),
    ("log(x - 50) + (x > 90000)", "log(x - 50)"),
    ("log(p - 0.98)", "log(p - 0.99)"),
]


def asked(student, wanted, **options):
    symbols = SETTING.symbols
    right = SETTING.read(read_formula(wanted, symbols).tree)
    return decide(read_formula(student, symbols).tree, right, SETTING, **options)


# the oracle


FUNCTIONS = {
    "relu": lambda z: max(z, 0.0),
    "sign": lambda z: (z > 0) - (z < 0),
    "norm": lambda v: math.sqrt(sum(x * x for x in v)),
    **{name: getattr(math, name) for name in ("exp", "log", "sqrt", "sin", "tanh")},
    "abs": abs,
    "sum": sum,
}


@cache
def compiled(text):
    return compile(text, "a text of this file", "eval")


def in_floats(text, point):
    """The value of a formula in Python's own floats; None where it has none."""
    try:
        value = eval(compiled(text), {"__builtins__": {}}, {**FUNCTIONS, **point})  # noqa: S307  # texts of this file
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(value, complex) else value


def points(seed, count=4000):
    rng = random.Random(seed)
    for _ in range(count):
        point = {name: rng.uniform(-1, 1) * 10 ** rng.uniform(-2, 5) for name in NUMBERS}
        yield point | {"p": rng.random(), "v": [rng.uniform(-60, 60) for _ in range(3)]}


def seen(student, wanted):
    """Whether both differ where both have a value, and whether the answer has none where the right one has."""
    differ, missing, both = False, False, 0
    for point in points(f"{student} {wanted}"):
        left, right = in_floats(student, point), in_floats(wanted, point)
        missing = missing or (left is None and right is not None and abs(right) < 1e100)
        if left is not None and right is not None:
            both += 1
            differ = differ or not math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-6)
    return differ, missing, both


@pytest.mark.long
@pytest.mark.parametrize(("student", "wanted", "where"), GAPS)
@pytest.mark.sampled(2)
def test_a_gap_of_measure_zero_is_right_and_is_told(student, wanted, where):
    assert seen(student, wanted)[:2] == (False, False)
    verdict = asked(student, wanted)
    assert is_equal(verdict), verdict
    assert where in [gap.where for gap in verdict.gaps] if where else not verdict.gaps
    strict = asked(student, wanted, everywhere=True)
    assert isinstance(strict, DomainDifference) if where else is_equal(strict)
    assert is_equal(asked(wanted, student))


@pytest.mark.parametrize(("student", "wanted"), REGIONS)
@pytest.mark.sampled(2)
def test_a_region_without_a_value_is_wrong_and_a_point_of_it_is_shown(student, wanted):
    assert seen(student, wanted)[:2] == (False, True)
    verdict = asked(student, wanted)
    assert isinstance(verdict, DomainDifference | NeverDefined), verdict
    point = dict.fromkeys(NUMBERS, 1.0) | {"p": 0.5, "v": [1.0] * 3}
    point |= {name: float(value.p) / float(value.q) for name, value in verdict.point.entries.items()}
    assert in_floats(student, point) is None
    assert in_floats(wanted, point) is not None


@pytest.mark.long
@pytest.mark.parametrize(("student", "wanted"), PARTIAL)
@pytest.mark.sampled(2)
def test_a_right_formula_with_a_value_on_a_part_alone_is_given_points_there(student, wanted):
    assert seen(student, wanted)[:2] == (False, False)
    verdict = asked(student, wanted)
    assert isinstance(verdict, ProvedEqual | SampledEqual), verdict
    assert verdict.points >= 8


@pytest.mark.parametrize(("student", "wanted"), PARTIAL_WRONG)
def test_a_wrong_formula_differs_on_the_part_where_the_right_one_has_a_value(student, wanted):
    differ, missing, _ = seen(student, wanted)
    assert differ or missing
    assert isinstance(asked(student, wanted), Different | DomainDifference | NeverDefined)


def test_points_with_a_value_do_not_ask_an_answer_for_endless_loops():
    """The right formula has a value for large n, where the sum of the answer is too long to be worked out."""
    setting = Setting(Symbols({"x": Quantity()}, {}, ("n",)))
    student, wanted = parse("sqrt(sum(x*k for k in range(1, n + 1)) - 45)"), parse("sqrt(x*n*(n + 1)/2 - 45)")
    assert is_equal(decide(student, wanted, setting))


def test_a_right_formula_without_any_value_is_nobodys_fault():
    assert isinstance(asked("1/(a - a)", "1/(a - a)"), Unsettled)


def test_what_has_no_value_for_a_bit_or_a_whole_number_is_a_region():
    symbols = Symbols({"x": Quantity(), "b": Quantity((), "bit"), "k": Quantity((), "integer")}, {}, ("n",))
    setting = Setting(symbols)
    assert isinstance(decide(parse("x*b/b"), parse("x"), setting), DomainDifference)
    assert isinstance(decide(parse("x*(n - 3)/(n - 3)"), parse("x"), setting), DomainDifference)
    assert is_equal(decide(parse("x*k/k"), parse("x"), setting))


KINKS = [
    ("d*W if z > 0 else 0", "d*relu'(z)*W"),
    ("d*W*(z >= 0)", "d*relu'(z)*W"),
    ("d*relu'(z)*W", "d*W if z > 0 else 0"),
    ("d*relu'(z)*W", "d*W*step(z)"),
    ("abs'(z)*W", "W*sign(z)"),
]


@pytest.mark.parametrize(("student", "wanted"), KINKS)
def test_a_slope_that_does_not_exist_at_a_kink_may_be_written_either_way(student, wanted):
    assert isinstance(asked(student, wanted), ProvedEqual)


@pytest.mark.parametrize(
    ("student", "wanted"),
    [("d*W*(z >= 0)", "d*W*(z > 0)"), ("W*sign(z)", "W*(1 if z > 0 else -1)"), ("d*W*(z > 0.001)", "d*relu'(z)*W")],
)
def test_a_right_formula_that_is_written_down_counts_at_every_single_point(student, wanted):
    assert isinstance(asked(student, wanted), Different)


def gradient(equation):
    names = {name: Quantity() for name in "WU"}
    symbols = Symbols(names, {name: SequenceSymbol() for name in ("h", "x", "dL")}, ("t", "T"))
    setting = Setting(symbols, {"h": parse(equation)})
    return gradient_question(setting, parse("h[t]"), {parse("h[t+1]"): parse("dL[t+1]")})


U = "W*h[t] + U*x[t+1]"
NETWORKS = {
    "relu(W*h[t-1] + U*x[t])": ([f"dL[t+1]*W*({U} > 0)", f"dL[t+1]*W*({U} >= 0)", "dL[t+1]*W if h[t+1] > 0 else 0"], [
        "dL[t+1]*W*(h[t+1] >= 0)", f"dL[t+1]*W*({U} > 0) + (x[t+1] == 3)", f"dL[t+1]*W*({U} > 0) + ({U} == 3)"]),
    "W*h[t-1] + U*x[t] if W*h[t-1] + U*x[t] > 0 else 0": (
        [f"dL[t+1]*W*({U} > 0)", f"dL[t+1]*W*({U} >= 0)", f"dL[t+1]*W*relu'({U})"],
        [f"dL[t+1]*W*({U} >= 0.5)", f"dL[t+1]*W*({U} > 0) + (W == 0.3)"]),
    "max(W*h[t-1], U*x[t])": (
        ["dL[t+1]*W*(W*h[t] > U*x[t+1])", "dL[t+1]*W*(W*h[t] >= U*x[t+1])"], ["dL[t+1]*W*(W*h[t] >= 0)"]),
    "min(1, max(0, W*h[t-1] + U*x[t]))": (
        [f"dL[t+1]*W*(0 <= {U} and {U} <= 1)", "dL[t+1]*W*(0 < h[t+1] and h[t+1] < 1)"],
        ["dL[t+1]*W*(0 <= h[t+1] and h[t+1] < 1)"]),
    "W*abs(h[t-1]) if x[t] > 0 else U*h[t-1]": (
        ["dL[t+1]*(W*sign(h[t]) if x[t+1] >= 0 else U)"], ["dL[t+1]*(W*sign(h[t]) if x[t+1] >= 1 else U)"]),
    "W*h[t-1]**2 if t > 5 else U*h[t-1]": (
        ["dL[t+1]*(2*W*h[t] if t + 1 > 5 else U)"], ["dL[t+1]*(2*W*h[t] if t + 1 >= 5 else U)"]),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("equation", NETWORKS)
@pytest.mark.sampled(2)
def test_a_derivative_is_lenient_on_the_kinks_of_its_network_and_nowhere_else(equation):
    question, (right, wrong) = gradient(equation), NETWORKS[equation]
    for text in right:
        assert is_equal(question.decide(question.read(text).tree)), text
    for text in wrong:
        assert isinstance(question.decide(question.read(text).tree), Different), text


SEALED = [
    ("x - y", ["(-y/x + (1 - y)/(1 - x))*x*(1 - x)"], ["x - y + 0*sqrt(x)", "x - y + 0*log(5 - x)"]),
    ("d*relu'(z)*W", ["d*W*(z >= 0)"], ["d*W*(z > 0.001)"]),
    ("log(x - 50)", ["2*log(sqrt(x - 50))"], ["log(x - 51)"]),
]


@pytest.mark.parametrize(("right", "earning", "losing"), SEALED)
@pytest.mark.sampled(2)
def test_a_students_copy_counts_as_the_course_does(right, earning, losing):
    tree = read_formula(right, SETTING.symbols).tree
    copy = Sealed(SETTING, seal_of(WantedFormula(SETTING, tree), "00" * 16)[0])
    for text in earning:
        assert is_equal(copy.decide(read_formula(text, SETTING.symbols).tree)), text
    for text in losing:
        assert not is_equal(copy.decide(read_formula(text, SETTING.symbols).tree)), text
