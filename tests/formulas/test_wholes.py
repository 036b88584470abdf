"""Whole numbers in formulas: no formula that holds for some of them alone passes, and none is called proved for all."""

import pytest

from grader.formulas import (
    Different,
    ProvedEqual,
    ProvedInCases,
    Quantity,
    SampledEqual,
    SequenceSymbol,
    Setting,
    Symbols,
    decide,
    gradient_question,
    is_equal,
)
from grader.formulas.cases import MAX_CASE_GAP, MAX_WHOLE_NUMBER, small_cases, usual_cases, wide_cases
from grader.formulas.draws import Draws
from grader.language.arrays import Array
from grader.language.parse import parse

CONVOLUTION = Setting(Symbols(integers=("n", "k", "s")))
PAIR = Setting(Symbols(integers=("n", "m")))
ONE = Setting(Symbols(integers=("n",)))
STEP = Setting(Symbols({"a": Quantity()}, {"h": SequenceSymbol()}, ("t",)))
CHAIN = Setting(Symbols({"w": Quantity()}, {"s": SequenceSymbol()}, ("t", "T")))
THREE = Setting(Symbols({"w": Quantity()}, {"s": SequenceSymbol()}, ("t", "T", "k")))
VECTORS = Setting(Symbols({"v": Quantity(("n",)), "A": Quantity(("n", "m"))}))

SIZE = "(n - k)//s + 1"
PRODUCT = "prod(w*s[k] for k in range(t, T))"
CUBIC = "n**3/6 + 5*n/6 + 1"


def compare(setting, student, wanted):
    return decide(parse(student), setting.read(parse(wanted)), setting)


WRONG = [
    (CONVOLUTION, "n - k + 1", SIZE),
    (CONVOLUTION, "0", SIZE),
    (CONVOLUTION, "(n - k)/s + 1", SIZE),
    (CONVOLUTION, "(n - k + s - 1)//s", SIZE),
    (CONVOLUTION, "n//s - k//s + 1", SIZE),
    (CONVOLUTION, f"{SIZE} if n < 100 else 0", SIZE),
    (CONVOLUTION, f"{SIZE} + (s - 1)*(s - 2)*(s - 3)", SIZE),
    (CONVOLUTION, f"{SIZE} + (n == k and s == 3)", SIZE),
    (PAIR, "n**2 + n", "n*m"),
    (PAIR, "n*m + (n - m)*(m - n - 1)", "n*m"),
    (PAIR, "n*m if n != 77 else 0", "n*m"),
    (PAIR, "n*m + relu(n - 5000)", "n*m"),
    (PAIR, "n*m + (n == m)", "n*m"),
    (PAIR, "max(n, m)*n", "n*m"),
    (ONE, "2**n", CUBIC),
    (ONE, f"{CUBIC} + prod(n - i for i in range(1, 41))", CUBIC),
    (STEP, "h[t] + (t - 1)*(t - 2)*(t - 3)", "h[t]"),
    (STEP, "h[t] + prod(t - i for i in range(1, 41))", "h[t]"),
    (STEP, "h[t] + step(t - 50)", "h[t]"),
    (STEP, "h[t] if t < 100 else 0", "h[t]"),
    (STEP, "h[t] + 0**abs(t - 37)", "h[t]"),
    (STEP, "h[t] + (t == 23)", "h[t]"),
    (STEP, "h[t] + t//100", "h[t]"),
    (STEP, "h[t] + (t == 12345678)", "h[t]"),
    (STEP, "h[t] if t % 7 else 0", "h[t]"),
    (CHAIN, "w*s[t] if T == t + 1 else w**2*s[t]*s[t + 1] if T == t + 2 else 0", PRODUCT),
    (CHAIN, "prod(w*s[k] for k in range(t, min(T, t + 7)))", PRODUCT),
    (CHAIN, f"{PRODUCT} + (T - t - 1)*(T - t - 2)*(T - t - 3)*(T - t - 4)*(T - t - 5)*(T - t - 6)", PRODUCT),
    (CHAIN, f"{PRODUCT}*(1 if T < 30 else 2)", PRODUCT),
    (CHAIN, f"{PRODUCT} + (T == 33)", PRODUCT),
    (CHAIN, "prod(w*s[k] for k in range(t, t + (T - t) % 17))", PRODUCT),
    (THREE, "w*s[t]*s[T]*T", "w*k*s[t]*s[T]"),
    (THREE, "s[k] if k < t else s[T]", "s[k]"),
    (VECTORS, "sum(v)/n + (n - 1)*(n - 2)*(n - 3)*(n - 4)", "sum(v)/n"),
    (VECTORS, "sum(v)/n + (n > 5)", "sum(v)/n"),
    (VECTORS, "A.T @ v + (n == m)", "v @ A"),
]


@pytest.mark.parametrize(("setting", "student", "wanted"), WRONG)
def test_a_formula_that_holds_for_some_whole_numbers_alone_is_different(setting, student, wanted):
    for left, right in ((student, wanted), (wanted, student)):
        assert isinstance(compare(setting, left, right), Different)


RIGHT = [
    (CONVOLUTION, "(n - k + s)//s", SIZE, ProvedEqual),
    (CONVOLUTION, "1 + (n - k)//s", SIZE, ProvedEqual),
    (CONVOLUTION, "(n - k - (n - k) % s)/s + 1", SIZE, ProvedEqual),
    (CONVOLUTION, "-((k - n)//s) + 1 - ((n - k) % s > 0)", SIZE, ProvedInCases),
    (PAIR, "m*n", "n*m", ProvedEqual),
    (PAIR, "max(n, m)*min(m, n)", "n*m", ProvedEqual),
    (ONE, "(n**3 + 5*n + 6)/6", CUBIC, ProvedEqual),
    (ONE, "sum(i for i in range(1, n + 1))", "n*(n + 1)/2", ProvedInCases),
    (STEP, "h[t]*(1 + t) - t*h[t]", "h[t]", ProvedEqual),
    (STEP, "h[t + 1] + h[t]", "h[t] + h[1 + t]", ProvedEqual),
    (CHAIN, "w**(T - t)*prod(s[k] for k in range(t, T))", PRODUCT, ProvedInCases),
    (CHAIN, "w*s[t]*prod(w*s[k] for k in range(t + 1, T))", PRODUCT, ProvedInCases),
    (THREE, "w*s[t]*s[T]*k", "w*k*s[t]*s[T]", ProvedEqual),
    (THREE, "sum(s[i]*k for i in range(t, T))", "k*sum(s[i] for i in range(t, T))", ProvedInCases),
    (VECTORS, "sum(v)/len(v)", "sum(v)/n", ProvedInCases),
    (VECTORS, "A.T @ v", "v @ A", ProvedInCases),
]


@pytest.mark.parametrize(("setting", "student", "wanted", "kind"), RIGHT)
def test_right_formulas_pass_and_only_what_rests_on_no_case_is_proved_for_all(setting, student, wanted, kind):
    assert type(compare(setting, student, wanted)) is kind


def test_a_chain_says_at_which_gaps_it_was_proved():
    verdict = compare(CHAIN, "w**(T - t)*prod(s[k] for k in range(t, T))", PRODUCT)
    assert {1, 2, 3, 4, 5, 6} <= {case["T"] - case["t"] for case in verdict.cases}


def test_cases_of_the_question_are_the_only_ones():
    fixed = Setting(CHAIN.symbols, cases=({"t": 1, "T": 3}, {"t": 2, "T": 5}))
    verdict = compare(fixed, f"{PRODUCT} + (T - t - 2)*(T - t - 3)", PRODUCT)
    assert isinstance(verdict, ProvedInCases)
    assert verdict.given
    assert verdict.cases == ({"t": 1, "T": 3}, {"t": 2, "T": 5})


def test_cases_of_the_question_do_not_hide_a_proof_for_all():
    fixed = Setting(PAIR.symbols, cases=({"n": 1, "m": 3},))
    assert isinstance(compare(fixed, "m*n", "n*m"), ProvedEqual)
    verdict = compare(fixed, "(n*m + sin(n)**2 + cos(n)**2 - 1) + sin(2*m) - 2*sin(m)*cos(m)", "n*m")
    assert isinstance(verdict, SampledEqual)
    assert verdict.given


def recurrent(equation):
    symbols = Symbols(
        {name: Quantity() for name in "WUb"}, {name: SequenceSymbol() for name in ("h", "x", "dL")}, ("t", "T")
    )
    return Setting(symbols, {"h": parse(equation)})


ONE_STEP = "dL[t+1]*W*h[t+1]*(1 - h[t+1])"


@pytest.mark.parametrize(
    "added",
    [
        "relu(W - 50)",
        "(t - 1)*(t - 2)*(t - 3)",
        "(1024*W) % 1",
        "(W == 0.3)",
        "relu(dL[t+1] - 12345)",
        "(t == 12345678)",
    ],
)
def test_nothing_can_be_added_to_a_right_gradient(added):
    question = gradient_question(
        recurrent("sigmoid(W*h[t-1] + U*x[t])"), parse("h[t]"), {parse("h[t+1]"): parse("dL[t+1]")}
    )
    assert isinstance(question.decide(parse(ONE_STEP)), ProvedEqual)
    assert isinstance(question.decide(parse(f"{ONE_STEP} + {added}")), Different)


@pytest.mark.long
@pytest.mark.parametrize(
    ("equation", "right", "wrong"),
    [
        ("relu(W*h[t-1] + U*x[t])", "dL[t+1]*W*(h[t+1] > 0)", "dL[t+1]*W*(h[t+1] > 0.001)"),
        ("relu(W*h[t-1] + U*x[t])", "dL[t+1]*W*step(W*h[t] + U*x[t+1])", "dL[t+1]*W"),
        ("max(-100, min(100, W*h[t-1]))", "dL[t+1]*W*(abs(W*h[t]) < 100)", "dL[t+1]*W"),
        ("W*h[t-1] if x[t] > 77 else U*h[t-1]", "dL[t+1]*(W if x[t+1] > 77 else U)", "dL[t+1]*U"),
        ("abs(h[t-1] - 250)*W", "dL[t+1]*W*sign(h[t] - 250)", "-dL[t+1]*W"),
    ],
)
def test_the_conditions_of_a_network_are_visited_as_well(equation, right, wrong):
    question = gradient_question(recurrent(equation), parse("h[t]"), {parse("h[t+1]"): parse("dL[t+1]")})
    assert is_equal(question.decide(parse(right)))
    assert isinstance(question.decide(parse(wrong)), Different)


@pytest.mark.long
def test_a_chain_through_relu_cannot_be_cut_off():
    question = gradient_question(recurrent("relu(W*h[t-1] + U*x[t])"), parse("h[t]"), {parse("h[T]"): parse("dL[T]")})
    assert is_equal(question.decide(parse("dL[T]*prod(W*(h[k] > 0) for k in range(t + 1, T + 1))")))
    cut = "dL[T]*prod(W*(h[k] > 0) for k in range(t + 1, min(T, t + 7) + 1))"
    assert isinstance(question.decide(parse(cut)), Different)


def test_small_cases_hold_every_pair_equal_and_apart():
    draws = Draws.of("any text")
    for names in (("n", "m"), ("n", "k", "s"), ("a", "b", "c", "d")):
        cases = list(small_cases(names, (), draws))
        for one in names:
            for other in names:
                if one != other:
                    assert {(a, b) for a in (1, 2, 3) for b in (1, 2, 3)} <= {(c[one], c[other]) for c in cases}


def test_steps_keep_their_order_and_have_every_gap_up_to_six():
    cases = list(small_cases(("t", "T", "k"), (), Draws.of("any text")))
    assert {1, 2, 3, 4, 5, 6} <= {case["T"] - case["t"] for case in cases}
    assert all(case["t"] < case["T"] for case in cases)
    assert {-1, 0, 1} <= {(case["k"] > case["t"]) - (case["k"] < case["t"]) for case in cases}


def test_wide_cases_depend_on_the_texts_and_reach_far():
    one, other = (list(wide_cases(("t", "T", "n"), ("m",), Draws.of(text))) for text in ("one", "other"))
    assert one != other
    assert one == list(wide_cases(("t", "T", "n"), ("m",), Draws.of("one")))
    assert max(case["n"] for case in one) > 1_000
    assert all(1 <= case["n"] <= MAX_WHOLE_NUMBER and 6 < case["T"] - case["t"] <= MAX_CASE_GAP for case in one)


def test_usual_cases_name_every_whole_number():
    assert all(set(case) == {"t", "T", "k", "n"} for case in usual_cases(Symbols(integers=("t", "T", "k", "n"))))


ENDS = [
    (ONE, "n**2 + (n == 0)", "n**2"),
    (ONE, "n**2 + (n < 1)", "n**2"),
    (ONE, "n**2 + 0**n", "n**2"),
    (ONE, "n**2*sign(n) + 1 - sign(n)", "n**2"),
    (PAIR, "n*m + (m == 0)", "n*m"),
    (PAIR, "n*m + (n == 0 and m > 3)", "n*m"),
    (STEP, "h[t] + (t == 0)", "h[t]"),
    (STEP, "h[t]*(t >= 1)", "h[t]"),
    (THREE, "s[k] + (k == 0)", "s[k]"),
    (CHAIN, f"{PRODUCT} + (T == t)", PRODUCT),
    (CHAIN, f"{PRODUCT} + 0**(T - t)", PRODUCT),
    (CHAIN, f"{PRODUCT} if t < T else 0", PRODUCT),
]
"""Wrong at 0, or where T = t, and asking for that."""

NOT_ASKED = [
    (CHAIN, "w*s[t]*prod(w*s[k] for k in range(t + 1, T))", PRODUCT),
    (CHAIN, "w*s[t]*prod(w*s[k] for k in range(t + 1, T)) if T > t + 1 else w*s[t]", PRODUCT),
    (CHAIN, "w*s[t] if T == t + 1 else w*s[t]*prod(w*s[k] for k in range(t + 1, T))", PRODUCT),
    (CHAIN, "w**max(T - t - 1, 0)*w*prod(s[k] for k in range(t, T))", PRODUCT),
    (CHAIN, f"{PRODUCT} if t < T else 1", PRODUCT),
    (ONE, "1 + sum(2**k for k in range(1, n))", "sum(2**k for k in range(0, n))"),
    (ONE, "sum(1 if k == 0 else 2**k for k in range(0, n))", "sum(2**k for k in range(0, n))"),
    (STEP, "h[t] if t > 1 else h[1]", "h[t]"),
]
"""Right for 1, 2, 3, ... and t before T, which is what they ask for."""


@pytest.mark.long
@pytest.mark.parametrize(("setting", "student", "wanted"), ENDS)
def test_zero_and_no_distance_count_where_a_formula_asks_for_them(setting, student, wanted):
    verdict = compare(setting, student, wanted)
    assert isinstance(verdict, Different)
    case = verdict.point.case
    assert 0 in case.values() or case["t"] == case["T"]


@pytest.mark.long
@pytest.mark.parametrize(("setting", "student", "wanted"), NOT_ASKED)
@pytest.mark.sampled(2)
def test_zero_and_no_distance_do_not_count_elsewhere(setting, student, wanted):
    assert is_equal(compare(setting, student, wanted))


@pytest.mark.parametrize(
    ("right", "same", "other", "symbols"),
    [
        ("2*dot(u, v)", "dot(v, u)*2", "2*dot(u, v) + n - 2", Symbols({"u": Quantity(("n",)), "v": Quantity(("n",))}, {}, ("n",))),
        ("sum(x)/T", "sum(x[i] for i in range(T))/T", "sum(x)/(T + (T > 11))", Symbols({"x": Quantity(("T",))}, {}, ("t", "T"))),
        ("A @ u", "A @ u * 1", "A @ u * (1 + (n > 5))", Symbols({"A": Quantity(("m", "n")), "u": Quantity(("n",))}, {}, ("n", "m"))),
    ],
)  # fmt: skip
def test_a_whole_number_that_is_a_size_as_well_stays_as_small_as_sizes_do(right, same, other, symbols, monkeypatch):
    """Vectors of 1,000,000 entries would be drawn otherwise."""
    lengths = []
    taken = Array.__init__
    monkeypatch.setattr(
        Array, "__init__", lambda self, sizes, *rest: lengths.append(max(sizes)) or taken(self, sizes, *rest)
    )
    setting = Setting(symbols)
    assert is_equal(decide(parse(same), parse(right), setting))
    assert not is_equal(decide(parse(other), parse(right), setting))
    assert max(lengths) <= 12


def test_a_last_step_that_is_a_size_as_well_comes_after_the_step_that_is_asked():
    setting = Setting(Symbols({"x": Quantity(("T",))}, {}, ("t", "T")))
    cases = usual_cases(setting.symbols)
    assert len({case["T"] - case["t"] for case in cases}) == 6
    assert all(0 < case["t"] < case["T"] for case in cases)
    assert is_equal(decide(parse("x[t] + 0*T"), parse("x[t]"), setting))
    for wrong in ("x[t] if T < 5 else 0", "x[t] if t < 3 else 0", "x[t]*(T - t)", "x[t - 1]"):
        assert not is_equal(decide(parse(wrong), parse("x[t]"), setting))
