"""What a decision finds: proofs, bits, the simplest counterexample, domains, shapes, and what cannot be settled."""

import pytest
from flint import fmpq

from grader.formulas import (
    BeyondLimits,
    Different,
    DomainDifference,
    EqualityVerdict,
    NeverDefined,
    ProvedEqual,
    Quantity,
    SampledEqual,
    SequenceSymbol,
    Setting,
    ShapeDifference,
    Symbols,
    Unsettled,
    decide,
    gap_cases,
    usual_cases,
    with_sizes,
)
from grader.formulas.comparison import MAX_COMPARISON_EFFORT, Comparison
from grader.formulas.equality import Decision
from grader.formulas.kinks import Kinks, bends
from grader.formulas.regions import MAX_REGION_WORK
from grader.language.parse import ExpressionError, parse


@pytest.fixture
def compare(setting: Setting):
    def compare(student: str, wanted: str) -> EqualityVerdict:
        return decide(parse(student), setting.read(parse(wanted)), setting)

    return compare


def test_rational_formulas_are_proved_equal(compare):
    assert compare("(a + b)**2", "a*a + 2*a*b + b*b") == ProvedEqual(points=30)


@pytest.mark.parametrize(
    ("student", "wanted"),
    [
        ("w/cosh(w*h + u*x)**2", "(1 - tanh(w*h + u*x)**2)*w"),
        ("exp(-z)/(1 + exp(-z))**2", "sigmoid(z)*(1 - sigmoid(z))"),
        ("log(exp(a) + exp(b))", "a + log(1 + exp(b - a))"),
        ("softmax(v)", "exp(v)/sum(exp(v))"),
        ("abs(a*b)", "sqrt(a**2)*abs(b)"),
        ("exp(2*log(q))", "q**2"),
        ("softplus(z)", "-log(sigmoid(-z))"),
    ],
)
def test_formulas_of_the_field_are_proved_and_not_only_sampled(compare, student, wanted):
    assert isinstance(compare(student, wanted), ProvedEqual)


def test_what_has_no_normal_form_is_sampled_and_says_how_far(compare):
    verdict = compare("sin(2*z)", "2*sin(z)*cos(z)")
    assert isinstance(verdict, SampledEqual)
    assert verdict.points >= 20
    assert verdict.bits >= 96


@pytest.mark.parametrize(
    ("student", "wanted", "point", "values"),
    [
        ("x", "max(x, 0)", {"x": "-1"}, ("-1", "0")),
        ("abs(x)", "max(x, 0)", {"x": "-1"}, ("1", "0")),
        ("1", "tanh(5*x)", {"x": "1"}, ("1", "0.9999")),
        ("w*h*(1 - h)", "h*(1 - h)", {"h": "2", "w": "2"}, ("-4", "-2")),
        ("h*(1 - h)", "w*h*(1 - h)", {"h": "2", "w": "2"}, ("-2", "-4")),
        ("a*b", "a + b", {"a": "1", "b": "1"}, ("1", "2")),
        ("[a, 2*b]", "[a, b]", {"a": "1", "b": "1"}, ("[1, 2]", "[1, 1]")),
        ("z + 1e-40", "z", {"z": "0"}, ("1e-40", "0")),
        ("(1 + 1e-25)*z", "z", {"z": "1"}, ("1.0000000000000000000000001", "1")),
        ("1 if z >= 0.5 else 0", "1 if z > 0.5 else 0", {"z": "0.5"}, ("1", "0")),
    ],
)
def test_the_counterexample_is_the_simplest_point(compare, student, wanted, point, values):
    verdict = compare(student, wanted)
    assert isinstance(verdict, Different)
    assert verdict.point.values == point
    assert (verdict.student, verdict.wanted) == values


def test_a_far_difference_is_found_and_made_simple(compare):
    verdict = compare("z", "z + z*(z - 1)*(z + 1)*(z - 2)*(z + 2)/1e12")
    assert isinstance(verdict, Different)
    assert verdict.point.entries == {"z": fmpq(1, 2)}


def test_a_point_is_shown_as_text_with_matrices_as_rows(compare):
    verdict = compare("A @ v", "-(A @ v)")
    assert str(verdict.point) == "v = [1, 1, 1], A = [[1, 1, 1], [1, 1, 1]]"


def test_a_step_is_missed_by_neither_side_of_its_jump():
    setting = Setting(Symbols({name: Quantity() for name in ("w", "h", "u", "x", "b")}))
    strict, loose = parse("1 if w*h + u*x + b > 1.5 else 0"), parse("1 if w*h + u*x + b >= 1.5 else 0")
    assert isinstance(decide(loose, strict, setting), Different)


def test_kinks_are_met_exactly():
    setting = Setting(Symbols({"w": Quantity(), "b": Quantity()}))
    tree = parse("relu(4*w + b - 7.25)")
    found = list(Kinks(setting, bends(tree)).samples({}, 0, ["w", "b"]))
    assert found[0].fixed == {"w": fmpq(25, 16)}


def test_a_domain_error_of_one_side_is_a_difference_where_the_question_says_everywhere(setting):
    verdict = decide(parse("x/x"), parse("1"), setting, everywhere=True)
    assert isinstance(verdict, DomainDifference)
    assert (verdict.undefined, verdict.message) == ("student", "a division by zero")
    assert verdict.point.values == {"x": "0"}
    verdict = decide(parse("log(x*x)"), parse("2*log(x)"), setting, everywhere=True)
    assert isinstance(verdict, DomainDifference)
    assert (verdict.undefined, verdict.message) == ("wanted", "log(-1) does not exist")


def test_a_difference_of_values_goes_before_one_of_domains(compare):
    assert isinstance(compare("1/x", "1"), Different)


@pytest.mark.parametrize(
    ("student", "message"),
    [("1/(x - x)", "a division by zero"), ("log(-1 - x**2)", "log(-2) does not exist"), ("0*x**-0.5 + sqrt(-1)", "")],
)
def test_a_formula_that_is_never_defined_says_so(compare, student, message):
    verdict = compare(student, "x")
    assert isinstance(verdict, NeverDefined)
    assert verdict.side == "student"
    assert message in verdict.message


@pytest.mark.parametrize(
    ("student", "message"),
    [
        ("v", "a vector of 3 where a number is wanted"),
        ("A @ w3 + v", "a vector of 2 does not fit a vector of 3"),
        ("A.T @ v @ v", "a 3 x 2 matrix @ a vector of 3: the inner sizes differ"),
        ("x[0]", "a number has no components"),
        ("v[3]", "index 3 is outside a vector of 3 (0 to 2)"),
    ],
)
def test_shapes_that_do_not_fit_say_which(compare, student, message):
    assert compare(student, "x") == ShapeDifference({}, message)


@pytest.mark.parametrize(
    ("student", "message"),
    [
        ("sum(x for i in range(0, 10**9))", "its loops take more than 100000 steps"),
        ("sum(sum(x for i in range(0, 400)) for j in range(0, 400))", "its loops take more than 100000 steps"),
        ("prod(i for i in range(1, 10**30))", "about 1e+30 is too large a number of steps"),
        ("x + 9**9**9", "a power of 387420489 is too large"),
        ("x + 0*9**9**9", "a power of 387420489 is too large"),
        ("10**4299", "a power of 4299 is too large"),
        ("x**(10**9 + 1)", "a power of 1000000001 is too large"),
        ("1/10**-400000", "a power of -400000 is too large"),
        ("2**2**2**2**2**2", "a power of 65536 is too large"),
        ("x if x < 3 else 9**9**9", "a power of 387420489 is too large"),
        ("exp(" * 30 + "x" + ")" * 30, "a number is too large to enclose"),
        ("x + sin(exp(exp(10)))", "its value is not known to 32 bits when it is worked out with 4096"),
        ("x + step(sin(exp(exp(10))))", "no precision tells which of two numbers is smaller"),
    ],
)
@pytest.mark.sampled(2)
def test_an_answer_beyond_the_limits_is_the_answers_fault_and_names_the_limit(compare, student, message):
    """Where the right formula has a value; a point at which it agrees does not make up for it."""
    verdict = compare(student, "x")
    assert isinstance(verdict, BeyondLimits)
    assert verdict.message == message


@pytest.mark.parametrize("wanted", ["sum(x for i in range(0, 10**9))", "x + 9**9**9", "x + sin(exp(exp(10)))"])
def test_a_right_formula_beyond_the_limits_is_no_fault_of_the_answer(compare, wanted):
    assert isinstance(compare("x", wanted), Unsettled)


def test_a_difference_behind_long_loops_is_found(compare):
    assert isinstance(compare("sum(x for i in range(0, 50000))", "x"), Different)


def test_a_right_answer_whose_loops_are_long_at_some_points_keeps_its_evidence(compare):
    """Its 7,000 steps are beyond the budget of one look, and within that of an answer."""
    assert isinstance(compare("x if x < 3 else x + sum(0 for i in range(0, 7000))", "x"), ProvedEqual | SampledEqual)


def test_cancellation_and_saturation_do_not_refuse_a_right_answer(compare):
    assert isinstance(compare("(x + 1e25) - 1e25", "x"), ProvedEqual)
    assert isinstance(compare("1 - sigmoid(900*x)", "sigmoid(-900*x)"), ProvedEqual)
    assert isinstance(compare("log(sin(x)**2 + 1e-20)*0 + sin(x)", "sin(x)"), ProvedEqual | SampledEqual)
    assert isinstance(compare("exp(-1000)", "0"), Different)


@pytest.mark.long
@pytest.mark.parametrize(
    "text",
    [
        "sum(sum(sum(x*i*j*k for i in range(0,30)) for j in range(0,30)) for k in range(0,30))",
        "((x + y + z + 1)**40 + 1)**40",
        "tanh(" * 45 + "x" + ")" * 45,
        "+".join(f"tanh({i}*x + y)" for i in range(90)),
        "prod(sigmoid(s[k]*w + sigmoid(s[k+1])) for k in range(0, 50))",
        "1/((x + y)**30 - (z + a)**30 + 1)/((x - y)**25 + z**3)",
        "+".join(f"abs(x - {i}*y)" for i in range(90)),
        "x**y**z**a",
        "x + sin(((2**1000)**1000)**900)",
        "x*log(-((2**1000)**1000)**900)",
        "s[((2**1000)**1000)**900]",
        "log(abs((a + 2*b + 3*c - d + 5*x + 7*y + 1)**5 + (2*a + 3*b - c + 5*d + 7*x - 2*y + 2)**4*a))",
    ],
)
@pytest.mark.sampled(2)
def test_heavy_formulas_take_bounded_effort(setting, text):
    comparison = Comparison(setting, setting.read(parse(f"({text}) + 0*x")), setting.read(parse(text)))
    Decision(comparison).verdict()
    assert comparison.effort < 4 * MAX_COMPARISON_EFFORT
    assert comparison.work.left > -MAX_REGION_WORK


def test_a_point_at_which_no_bit_is_known_does_not_count(compare):
    assert compare("sin(exp(10**5))", "cos(exp(10**5))") == Unsettled("no precision tells the two formulas apart")
    assert isinstance(compare("exp(-exp(30))", "0"), Different)


def test_zero_is_equal_to_zero(compare):
    verdict = compare("sin(2*x) - 2*sin(x)*cos(x)", "0")
    assert isinstance(verdict, SampledEqual)
    assert verdict.points >= 20


@pytest.mark.parametrize(
    ("student", "wanted"),
    [("tanh(600)", "1"), ("w*tanh(600)", "w"), ("tanh(exp(7))*sin(x)", "sin(x)"), ("sin(x) + exp(-900)", "sin(x)")],
)
def test_differences_far_behind_the_point_are_found(compare, student, wanted):
    assert isinstance(compare(student, wanted), Different)


def test_saturation_on_whole_numbers_is_seen_through():
    setting = Setting(Symbols({"k": Quantity((), "integer")}))
    assert isinstance(decide(parse("tanh(500*k)"), parse("sign(k)"), setting), Different)


def test_the_same_question_gets_the_same_answer(compare):
    once, again = (compare("a*b*c*exp(d)", "a*b*c*exp(d + 1e-6)") for _ in range(2))
    assert once == again


def test_unknown_names_are_refused_with_a_suggestion(setting):
    with pytest.raises(ExpressionError, match=r"'w33' is not a name in this question \(did you mean 'w3'\?\)"):
        decide(parse("w33 + 1"), parse("x"), setting)


def test_domains_keep_what_only_holds_for_some_numbers_apart():
    symbols = {
        "r": Quantity(),
        "n": Quantity((), "integer"),
        "k": Quantity((), "bit"),
        "q": Quantity((), "nonnegative"),
    }
    setting = Setting(Symbols(symbols))

    def equal(a: str, b: str) -> bool:
        return isinstance(decide(parse(a), parse(b), setting), ProvedEqual | SampledEqual)

    assert equal("k**2", "k")
    assert not equal("n**2", "n")
    assert equal("n // 1", "n")
    assert not equal("r // 1", "r")
    assert equal("sqrt(q**2)", "q")
    assert not equal("sqrt(r**2)", "r")


def test_cases_are_unequal_sizes_and_every_gap():
    assert [case["T"] - case["t"] for case in gap_cases()] == [1, 2, 3, 4, 5, 6]
    sizes = with_sizes([{}], ["n", "m"])
    assert all(case["n"] != case["m"] for case in sizes)
    both = usual_cases(Symbols({"W": Quantity(("n", "m"))}, {"h": SequenceSymbol()}, ("t", "T")))
    assert {case["T"] - case["t"] for case in both} == {1, 2, 3, 4, 5, 6}
    assert usual_cases(Symbols()) == ({},)


def test_only_the_cases_that_matter_are_told():
    symbols = Symbols({"a": Quantity()}, {"h": SequenceSymbol()}, ("t", "T"))
    assert decide(parse("a + a"), parse("2*a"), Setting(symbols)) == ProvedEqual(points=27)
    verdict = decide(parse("h[t] + h[t]"), parse("2*h[t]"), Setting(symbols))
    assert isinstance(verdict, ProvedEqual)
    verdict = decide(parse("h[t]*sin(2*t)"), parse("2*h[t]*sin(t)*cos(t)"), Setting(symbols))
    assert isinstance(verdict, SampledEqual)
    assert {tuple(case) for case in verdict.cases} == {("t",)}
