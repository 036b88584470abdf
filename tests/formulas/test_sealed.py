"""Sealed formulas: right ones in any writing are recognised, wrong ones are not, and nothing can be read off a seal."""

import hashlib
import re
from contextlib import nullcontext
from dataclasses import asdict, replace

import pytest
from flint import arb, ctx, fmpq

from grader import formulas
from grader.formulas import (
    SCRYPT,
    NeverDefined,
    Quantity,
    Sealed,
    SealedDifference,
    SequenceSymbol,
    Setting,
    ShapeDifference,
    Symbols,
    formula_question,
    is_equal,
    seal_of,
)
from grader.formulas import evaluation as evaluations
from grader.formulas.comparison import Comparison
from grader.formulas.sealed import GRID_BITS, rounded_at
from grader.formulas.sealing import FAR_POINTS, FIRST_FAR, MIN_SEAL_POINTS, GenericSample, sealing_place
from grader.formulas.sides import BallsWithSides
from grader.language.arrays import entries
from grader.language.parse import parse

from ..sealing import cheap_seals
from .pairs import DIFFERENT, EQUAL, EVADING

SALT = "5a" * 16


def asked(right, *numbers, whole=(), sequences=(), cases=(), **domains):
    """A question about numbers, whole numbers and sequences."""
    quantities = {name: Quantity() for name in numbers} | {name: Quantity((), kind) for name, kind in domains.items()}
    symbols = Symbols(quantities, {name: SequenceSymbol() for name in sequences}, tuple(whole))
    return formula_question(Setting(symbols, cases=cases), parse(right))


def closed(question, known=()):
    """The question as a student's copy has it."""
    return Sealed(question.setting, seal_of(question, SALT, known)[0])


@pytest.fixture(autouse=True)
def _cheap(request):
    """Only the attacks are about the cost."""
    with nullcontext() if request.cls is TestAttacks else cheap_seals():
        yield


def values(setting, text):
    """The rounded values of a formula of the table, or None where it cannot be sealed."""
    try:
        return closed(formula_question(setting, parse(text)))
    except ValueError:
        return None


@pytest.mark.long
@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(*pair, marks=[pytest.mark.slow] * (n % 2)) for n, pair in enumerate(EQUAL)]
)
@pytest.mark.sampled(10)
def test_a_right_formula_is_right_in_other_words(setting, left, right):
    copies = [(values(setting, left), right), (values(setting, right), left)]
    assert all(is_equal(copy.decide(parse(text))) for copy, text in copies if copy)


UNTOLD = {
    ("1e-300*z", "0"),
    ("exp(-1000)", "0"),
    ("1 if w*h + b >= 0.5 else 0", "1 if w*h + b > 0.5 else 0"),
    ("sin(h)*softplus(50*(x - 1000))/50", "sin(h)*relu(x - 1000)"),
}
"""Pairs that differ by less than the grid (neither is sealed), or just beside a condition of the wrong formula."""


@pytest.mark.long
@pytest.mark.parametrize(("left", "right"), [pair for pair in DIFFERENT if pair not in {*UNTOLD, *EVADING}])
@pytest.mark.sampled(10)
def test_a_wrong_formula_is_not(setting, left, right):
    copies = [(values(setting, left), right), (values(setting, right), left)]
    verdicts = [copy.decide(parse(text)) for copy, text in copies if copy]
    assert all(isinstance(verdict, SealedDifference | NeverDefined | ShapeDifference) for verdict in verdicts), verdicts


@pytest.mark.parametrize(("right", "wrong"), [pair for pair in EVADING if pair not in UNTOLD])
@pytest.mark.sampled(10)
def test_a_condition_of_the_right_formula_is_met_on_both_sides_and_on_its_border(setting, right, wrong):
    """A condition that only a wrong formula has is another matter: a copy cannot know where to look."""
    copy = values(setting, right)
    assert copy is not None
    assert isinstance(copy.decide(parse(wrong)), SealedDifference)
    assert is_equal(copy.decide(parse(right)))


MISSED = [
    ("min(max(x, 0), 6)", "max(x, 0)", "min(6, (abs(x) + x)/2)", "x"),
    ("max(-100, min(100, g))", "g", "min(100, max(-100, g))", "g"),
    ("x**2/2 if abs(x) <= 50 else 50*(abs(x) - 25)", "x**2/2", "min(abs(x), 50)*(abs(x) - min(abs(x), 50)/2)", "x"),
    ("relu(w - 50)", "0", "(w - 50)*(w > 50)", "w"),
    ("(1024*w) % 1", "0", "1024*w - (1024*w)//1", "w"),
    ("x if x > 1000000 else 0", "0", "x*(x > 1e6)", "x"),
    ("x if abs(x) > 0.0001 else 7", "x", "7 if x >= -1/10000 and x <= 1/10000 else x", "x"),
    ("max(a, b, c)", "max(a, b)", "max(max(c, b), a)", "abc"),
    ("abs(x) + sign(y)", "x + sign(y)", "max(x, -x) + sign(y)", "xy"),
]


@pytest.mark.parametrize(("right", "wrong", "also_right", "names"), MISSED)
def test_points_meet_both_sides_of_every_condition(right, wrong, also_right, names):
    question = asked(right, *names)
    seal, unseen = seal_of(question, SALT)
    assert unseen.conditions == ()
    copy = Sealed(question.setting, seal)
    assert isinstance(copy.decide(parse(wrong)), SealedDifference)
    assert is_equal(copy.decide(parse(also_right)))


WHOLE = [
    ("(n - k)//s + 1", "n - k + 1", "(n - k + s)//s", "nks"),
    ("(n - k)//s + 1", "0", "1 + (n - k)//s", "nks"),
    ("n*m", "n**2 + n", "m*n", "nm"),
    ("n**3", "2**n", "n*n*n", "n"),
    ("n % 3", "n", "n - 3*(n//3)", "n"),
    ("n if n > m else m", "m", "max(n, m)", "nm"),
    ("n//2", "n//2 + (n > 24)", "(n - n % 2)/2", "n"),
    ("n**3 + 1", "n**3 + 1 + (n - 1)*(n - 2)*(n - 3)", "1 + n*n**2", "n"),
]


@pytest.mark.parametrize(("right", "wrong", "also_right", "names"), WHOLE)
def test_whole_numbers_are_tried_apart_and_large(right, wrong, also_right, names):
    copy = closed(asked(right, whole=names))
    assert isinstance(copy.decide(parse(wrong)), SealedDifference)
    assert is_equal(copy.decide(parse(also_right)))


def test_a_sum_that_is_cut_off_is_not_right():
    copy = closed(asked("sum(x[k] for k in range(1, T + 1))", whole="T", sequences="x"))
    assert isinstance(copy.decide(parse("sum(x[k] for k in range(1, min(T, 7) + 1))")), SealedDifference)
    assert is_equal(copy.decide(parse("sum(x[T + 1 - j] for j in range(1, T + 1))")))


def test_a_side_that_no_point_meets_is_named():
    _, unseen = seal_of(asked("x if sin(x)*cos(3*x) > 0.999 else 2*x", "x"), SALT)
    assert "if: true" in str(unseen)


def test_a_gradient_is_sealed_as_it_is_derived():
    symbols = Symbols({"W": Quantity()}, {"h": SequenceSymbol(), "d": SequenceSymbol()}, ("t", "T"))
    setting = Setting(symbols, {"h": parse("tanh(W*h[t-1])")})
    end = {parse("h[T]"): parse("d[T]")}
    copy = closed(formulas.gradient_question(setting, parse("h[t]"), end))
    right = "d[T] * prod(W * (1 - h[k]**2) for k in range(t + 1, T + 1))"
    assert is_equal(copy.decide(parse(right)))
    for wrong in (right.replace("t + 1", "t"), right.replace("W * ", ""), f"-{right}", "d[T] * W * (1 - h[T]**2)"):
        assert isinstance(copy.decide(parse(wrong)), SealedDifference)


def test_points_at_which_the_right_formula_has_no_value_are_compared_only_if_the_question_says_everywhere():
    """Of log(x) half of the points have no value: compared or not, they are no evidence of bits."""
    for everywhere in (False, True):
        question = replace(asked("log(x)", "x"), everywhere=everywhere)
        copy = formulas.Sealed(question.setting, seal_of(question, SALT)[0], everywhere)
        verdict = copy.decide(parse("2*log(sqrt(x))"))
        assert is_equal(verdict)
        assert verdict.bits == 64
        points = sum(len(stage.points) for stage in copy.seal.stages)
        assert (verdict.points < points) == everywhere
        assert is_equal(copy.decide(parse("log(abs(x))"))) != everywhere


@pytest.mark.parametrize(
    ("right", "why"),
    [
        ("4", "the same at every point, and a number is soon guessed"),
        ("x - x + 1/4", "the same at every point"),
        ("log(-1 - x**2)", "no value at any point"),
        ("x/1e90", r"never larger than 2\^-192: too small to be sealed"),
    ],
)
def test_what_would_soon_be_guessed_is_not_sealed(right, why):
    with pytest.raises(ValueError, match=why):
        seal_of(asked(right, "x"), SALT)


def test_what_an_answer_does_is_the_answers_fault():
    copy = closed(asked("x + y", "x", "y"))
    assert isinstance(copy.decide(parse("x + y + 0/(x - x)")), NeverDefined)
    assert isinstance(copy.decide(parse("[x, y]")), ShapeDifference)
    assert isinstance(copy.decide(parse("x + y + exp(exp(exp(exp(999))))")), NeverDefined)
    assert isinstance(copy.decide(parse("x + y + sum(i for i in range(1000000000))")), NeverDefined)


def test_a_point_outside_of_what_the_question_means_is_left_out():
    """`known` shows what is meant: here that x is not negative."""
    question = asked("x", "x")
    copy = closed(question, [parse("sqrt(x**2)")])
    assert is_equal(copy.decide(parse("abs(x)")))
    places = [sealing_place(p.case, p.seed, SALT) for stage in copy.seal.stages for p in stage.points]
    assert all(place.sample.value("x", "real") >= 0 for place in places)


@pytest.fixture(scope="module")
def copy():
    """What somebody has who attacks it."""
    return closed(asked(TestAttacks.RIGHT, "d", "w", "h"))


class TestAttacks:
    """What somebody does who has the copy, and not the formula."""

    RIGHT = "d * w * h * (1 - h)"

    def test_no_value_and_no_digest_of_one_is_in_a_seal(self, copy):
        """Logarithms of values cannot be interpolated, as there are none; a digest stands for all points of a stage."""
        seal = asdict(copy.seal)
        assert set(seal) == {"salt", "stages"}
        assert {key for stage in seal["stages"] for key in stage} == {"points", "digest"}
        points = [point for stage in seal["stages"] for point in stage["points"]]
        assert {key for point in points for key in point} == {"case", "seed", "shape", "fixed"}
        assert all(point["fixed"] == {} for point in points)
        assert all(re.fullmatch("[0-9a-f]{64}", stage.digest) for stage in copy.seal.stages)
        assert len(points) > 10 * len(copy.seal.stages)

    def test_values_cannot_be_tried_one_by_one(self, copy):
        """Neither the digest of the right value at any one point, nor of all points but one, is a sealed one."""
        comparison = Comparison(copy.setting, parse(self.RIGHT), parse(self.RIGHT))
        rounded = [
            [f"{rounded_at(comparison, sealing_place(p.case, p.seed, SALT))[1][0]:x}" for p in stage.points]
            for stage in copy.seal.stages
        ]
        digests = [stage.digest for stage in copy.seal.stages]
        first, *others = rounded
        assert self.slow_hash(first) == digests[0]
        assert self.slow_hash([*first, *others[-1]]) == digests[-1]
        tried = [[one] for one in first[:2]] + [first[:-1], first[1:], sorted(first), others[-1], others[-1][:1]]
        assert not set(map(self.slow_hash, tried)) & set(digests)

    @staticmethod
    def slow_hash(rounded):
        """scrypt as its definition is called, at the cost that the README states."""
        text = "\n".join(rounded).encode()
        return hashlib.scrypt(text, salt=bytes.fromhex(SALT), n=32768, r=8, p=1, maxmem=1 << 26, dklen=32).hex()

    def test_a_candidate_costs_one_slow_hash_and_a_value_at_every_point(self, copy, monkeypatch):
        calls, looks = [], []
        real_hash, real_look = hashlib.scrypt, Comparison.look
        monkeypatch.setattr(hashlib, "scrypt", lambda *a, **k: calls.append(k) or real_hash(*a, **k))
        monkeypatch.setattr(Comparison, "look", lambda *a: looks.append(a) or real_look(*a))
        for i, candidate in enumerate(("d*w*h", "d*w*(1 - h)", "0"), start=1):
            assert isinstance(copy.decide(parse(candidate)), SealedDifference)
            assert len(calls) == i
            assert len(looks) >= i * len(copy.seal.stages[0].points)
        assert is_equal(copy.decide(parse(self.RIGHT)))
        assert len(calls) == 3 + len(copy.seal.stages)
        assert {(call["n"], call["r"], call["p"]) for call in calls} == {SCRYPT} == {(32768, 8, 1)}
        assert len(copy.seal.stages[0].points) >= MIN_SEAL_POINTS

    def test_the_points_say_nothing_of_the_formula(self):
        """They are the same for every formula of a question without conditions."""
        rights = (self.RIGHT, "d + w", "tanh(h)*tanh(d - w)")
        seals = [seal_of(asked(right, "d", "w", "h"), SALT)[0] for right in rights]
        points = [[stage.points for stage in seal.stages] for seal in seals]
        assert points[0] == points[1] == points[2]
        assert len({stage.digest for seal in seals for stage in seal.stages}) == sum(map(len, points))

    def test_points_are_generic(self):
        """Long dyadic fractions, all different, over many scales: no value at them is a simple number."""
        seeds = [*range(1, MIN_SEAL_POINTS + 1), *range(FIRST_FAR, FIRST_FAR + FAR_POINTS)]
        drawn = [sealing_place({}, seed, SALT).sample.value("x", "real") for seed in seeds]
        assert len(set(drawn)) == len(seeds)
        assert all(int(abs(value.p)).bit_length() > 40 for value in drawn)
        assert min(map(abs, drawn)) < fmpq(1, 1000)
        assert max(map(abs, drawn)) > 1000
        assert {value > 0 for value in drawn} == {True, False}

    def test_each_question_has_points_and_a_digest_of_its_own(self):
        question = asked(self.RIGHT, "d", "w", "h")
        one, other = (seal_of(question, salt)[0] for salt in (SALT, "00" * 16))
        assert not {stage.digest for stage in one.stages} & {stage.digest for stage in other.stages}
        values = [sealing_place({}, 1, salt).sample.value("w", "real") for salt in (SALT, "00" * 16)]
        assert values[0] != values[1]


@pytest.mark.parametrize("domain", ["real", "positive", "nonnegative", "unit", "integer", "bit"])
def test_numbers_of_a_point_lie_in_their_domain(domain):
    inside = {
        "real": lambda v: True,
        "positive": lambda v: v > 0,
        "nonnegative": lambda v: v >= 0,
        "unit": lambda v: 0 < v < 1,
        "integer": lambda v: v.q == 1,
        "bit": lambda v: v in (0, 1),
    }[domain]
    drawn = [GenericSample((), FIRST_FAR + seed, salt=SALT).value("x", domain) for seed in range(200)]
    assert all(map(inside, drawn))
    assert len(set(drawn)) > 1


def test_rounding_is_that_of_exact_arithmetic():
    """Against Python's integers: the value of a polynomial at a dyadic point, in steps of 2^-256."""
    setting = asked("x", "x").setting
    comparison = Comparison(setting, parse("x**3 - x/3"), parse("x"))
    for seed in range(1, 13):
        place = sealing_place({}, seed, SALT)
        x = place.sample.value("x", "real")
        exact = (x**3 - x / 3) * fmpq(2) ** GRID_BITS + fmpq(3183098861837907, 10**16)
        assert rounded_at(comparison, place)[1] == (int(exact.floor()),)


def test_a_ball_that_is_too_wide_to_round_is_worked_out_again():
    """At 1024 bits 1e300 leaves nothing of x; at 4096 it does."""
    setting = asked("x", "x").setting
    comparison = Comparison(setting, parse("(x + 1e300) - 1e300"), parse("x"))
    place = sealing_place({}, 1, SALT)
    value, numbers = rounded_at(comparison, place)
    with ctx.workprec(4096):
        assert entries(value)[0].overlaps(arb(place.sample.value("x", "real")))
        steps = arb(place.sample.value("x", "real")) * arb(2) ** GRID_BITS
        assert abs(steps - numbers[0]) < 1


def test_sides_that_were_met_are_noted_once_a_condition():
    question = asked("relu(x) + max(x, y) + (1 if x > y else 2)", "x", "y")
    balls = BallsWithSides()
    compiled = evaluations.CompiledSetting(question.setting, balls)
    closure = compiled.compile(question.wanted)
    for x, y in ((1, 2), (-1, -2)):
        evaluation = evaluations.Evaluation(compiled, {}, 0, lambda key, _, x=x, y=y: arb(x if key == "x" else y))
        evaluation.value(closure)
    assert [(c.written, c.missing) for c in balls.conditions] == [("relu", []), ("max", []), (">", []), ("if", [])]


def test_a_seal_of_another_grader_is_no_seal_of_this_one(monkeypatch):
    question = asked("x*y", "x", "y")
    copy = closed(question)
    other = replace(copy, seal=replace(copy.seal, salt="01" * 16))
    assert isinstance(other.decide(parse("x*y")), SealedDifference)


def test_a_right_formula_that_overflows_far_out_is_right_where_it_can_be_worked_out():
    """cosh of a million is too large to enclose, tanh is not: that stage then says nothing."""
    question = asked("1 - tanh(a*b*c)**2", *"abc")
    copy = closed(question)
    whole, part = (copy.decide(parse(text)) for text in ("1 - tanh(b*a*c)**2", "1/cosh(a*b*c)**2"))
    assert is_equal(whole)
    assert is_equal(part)
    assert part.points < whole.points


def test_a_border_is_met_exactly_but_not_where_a_gradient_is_asked_for():
    copy = closed(asked("x*step(y - 1/2)", *"xy"))
    assert is_equal(copy.decide(parse("x if y >= 0.5 else 0")))
    assert isinstance(copy.decide(parse("x if y > 0.5 else 0")), SealedDifference)
    symbols = Symbols({"w": Quantity()}, {"h": SequenceSymbol(), "x": SequenceSymbol(), "d": SequenceSymbol()}, ("t",))
    setting = Setting(symbols, {"h": parse("relu(w*h[t-1] + x[t])")})
    gradient = closed(formulas.gradient_question(setting, parse("h[t]"), {parse("h[t+1]"): parse("d[t+1]")}))
    for right in ("d[t+1]*w*(h[t+1] > 0)", "d[t+1]*w*(w*h[t] + x[t+1] >= 0)", "d[t+1]*w*step(w*h[t] + x[t+1])"):
        assert is_equal(gradient.decide(parse(right)))
    for wrong in ("d[t+1]*w", "d[t+1]*w*(h[t] > 0)", "d[t+1]*(h[t+1] > 0)"):
        assert isinstance(gradient.decide(parse(wrong)), SealedDifference)
