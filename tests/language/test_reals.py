"""Reals: rationals as long as values are rational, then balls; over expansions, equal numbers are seen to be equal.

The oracle is Python's own floats, where they are far enough from a tie, and identities of school mathematics.
"""

import math
from random import Random

import pytest
from flint import ctx, fmpq

from grader.language.arithmetic import EvaluationError, TooLarge
from grader.language.ball_numbers import Undecided, show_ball
from grader.language.compile import compile_tree
from grader.language.expansions import EXPANSIONS
from grader.language.parse import parse
from grader.language.polynomials import UNKNOWNS, ball_of
from grader.language.precision import Refinement, decided
from grader.language.reals import REALS, as_ball
from grader.language.scope import Scope


def value(text, domain=REALS, bits=128):
    UNKNOWNS.forget()
    with ctx.workprec(bits):
        return compile_tree(parse(text), Scope(), domain)([10**5, None, *[None] * 40])


@pytest.mark.parametrize("domain", [REALS, EXPANSIONS])
@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("sigmoid(1/3*3 - 1)", fmpq(1, 2)),
        ("tanh(0)", fmpq(0)),
        ("exp(0)", fmpq(1)),
        ("sqrt(4/9)", fmpq(2, 3)),
        ("norm([3, 4])", fmpq(5)),
        ("softmax([1/3, 1/3])[1]", fmpq(1, 2)),
        ("max(1/3, 1/4)", fmpq(1, 3)),
        ("relu(-1/3)", fmpq(0)),
        ("7 // 2.5", fmpq(2)),
        ("8**(1/3) // 2", None),
        ("tanh(1)*0 + sigmoid(2)*0 >= 0", fmpq(1)),
    ],
)
def test_what_is_rational_stays_exact(domain, text, exact):
    if exact is None:
        with pytest.raises(Undecided):  # a cube root that no ball shows to be 2
            value(text, domain)
    else:
        assert value(text, domain) == exact
        assert isinstance(value(text, domain), fmpq)


TIES = [
    "tanh(1/3) + tanh(-1/3) == 0",
    "sigmoid(2/7) + sigmoid(-2/7) == 1",
    "tanh(tanh(1) - 1/2) + tanh(1/2 - tanh(1)) >= 0",
    "0*tanh(1) + 1/3 >= 1/3",
    "2*tanh(1)*tanh(2) - tanh(2)*tanh(1) == tanh(1)*tanh(2)",
    "1/(2*tanh(1)) == 0.5/tanh(1)",
    "softmax([exp(1), exp(1), 0])[0] >= softmax([exp(1), exp(1), 0])[1]",
    "(tanh(1) + 1)**2 == tanh(1)**2 + 2*tanh(1) + 1",
    "tanh(1/2) == 2*sigmoid(1) - 1",
    "max(exp(1) - exp(1), 0) == 0",
    "step(cos(1) - cos(-1)) == 1",
    "sigmoid(sin(1) + sin(-1)) == 1/2",
]


@pytest.mark.parametrize("text", TIES)
def test_equal_numbers_are_equal_over_expansions(text):
    """No ball shows it, however narrow."""
    assert value(text, EXPANSIONS) == 1
    with pytest.raises(Undecided):
        value(text, REALS, 4096)


@pytest.mark.parametrize("text", ["cosh(1)**2 - sinh(1)**2 == 1", "exp(1)*exp(-1) == 1", "sqrt(2)*sqrt(2) >= 2"])
def test_an_identity_that_is_not_known_is_no_fact(text):
    for domain in (REALS, EXPANSIONS):
        with pytest.raises(Undecided):
            value(text, domain, 4096)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("sigmoid(1/10**300) > 1/2", True),
        ("sigmoid(-1/10**300) > 1/2", False),
        ("tanh(1/10**300) > 0", True),
        ("sigmoid(10**300) < 1", True),
        ("sigmoid(10**300) == 1", False),
        ("tanh(-10**300) > -1", True),
        ("exp(-10**300) > 0", True),
        ("exp(1/10**300) <= 1", False),
        ("1 - 3*sigmoid(10**300) > -2", True),
    ],
)
def test_a_sigmoid_is_on_the_side_of_its_argument_however_near(text, holds):
    assert bool(value(text, EXPANSIONS, 64)) is holds


def drawn(random, depth):
    """An expression, and its value in Python's floats."""
    if depth == 0:
        n = random.randint(-8, 8)
        return f"({n}/5)", n / 5
    (a, x), (b, y) = drawn(random, depth - 1), drawn(random, depth - 1)
    return random.choice(
        [
            lambda: (f"tanh({a})", math.tanh(x)),
            lambda: (f"sigmoid({a})", 1 / (1 + math.exp(-x))),
            lambda: (f"softplus({a})", math.log1p(math.exp(x))),
            lambda: (f"sin({a})", math.sin(x)),
            lambda: (f"exp(-abs({a}))", math.exp(-abs(x))),
            lambda: (f"({a} + {b})", x + y),
            lambda: (f"({a} - {b})", x - y),
            lambda: (f"({a} * {b})", x * y),
            lambda: (f"max({a}, {b})", max(x, y)),
            lambda: (f"(2 - {a} / (3 + {b}**2))", 2 - x / (3 + y**2)),
            lambda: (f"softmax([{a}, {b}])[1]", math.exp(y) / (math.exp(x) + math.exp(y))),
            lambda: (f"relu({a})", max(x, 0)),
        ]
    )()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_both_domains_enclose_what_floats_come_near_to(seed):
    random = Random(seed)
    for _ in range(15):
        (a, x), (b, y) = drawn(random, 4), drawn(random, 3)
        if abs(x - y) < 1e-6:
            continue
        for domain, ball in ((REALS, as_ball), (EXPANSIONS, ball_of)):
            try:
                with ctx.workprec(128):
                    enclosed = ball(value(a, domain))
                assert abs(float(enclosed.mid()) - x) < 1e-9 * max(1, abs(x))
                assert float(enclosed.rad()) < 1e-20
                assert bool(value(f"{a} > {b}", domain)) is (x > y)
                assert not value(f"{a} == {b}", domain)
            except Undecided:  # a tie of a relu or a maximum on the way
                assert "max" in a + b or "relu" in a + b or "abs" in a + b


def test_an_operand_that_decides_does_so_beside_an_undecided_one():
    open_question = "cosh(1)**2 - sinh(1)**2 == 1"
    assert value(f"{open_question} and 1 < 0") == 0
    assert value(f"{open_question} or 1 > 0") == 1
    with pytest.raises(Undecided):
        value(f"{open_question} and 1 > 0")


def test_numbers_beyond_all_limits_are_refused_and_hang_nothing():
    assert value("1/(1 + exp(10**300)) < 1/2", bits=2048) == 1
    with pytest.raises(TooLarge):
        value("exp(exp(10**300))", bits=4096)
    with pytest.raises(EvaluationError, match="log"):
        value("log(tanh(-1))")


@pytest.mark.parametrize("domain", [REALS, EXPANSIONS])
@pytest.mark.parametrize("text", ["1/0", "tanh(1)/0", "tanh(1) // (1/2 - 1/2)", "1/(tanh(1)*0)", "0**(-1)"])
def test_nothing_is_divided_by_zero(domain, text):
    with pytest.raises(EvaluationError, match="zero"):
        value(text, domain)


def test_precision_grows_only_as_far_as_it_is_paid_for():
    asked = []

    def ask():
        asked.append(ctx.prec)
        if ctx.prec < 1_000:
            raise Undecided("anything")
        return True

    assert decided(ask, Refinement(40_000))
    assert asked == [64, 128, 256, 512, 1_024]
    asked.clear()
    refinement = Refinement(128 + 4 * 256)
    with pytest.raises(Undecided, match="anything"):
        decided(ask, refinement)
    assert (asked, refinement.left) == ([64, 128, 256], 3 * 256 // 2)


@pytest.mark.parametrize(
    ("text", "beside", "shown"),
    [
        ("sigmoid(1)", [], "0.731059"),
        ("sigmoid(1/10**9)", [fmpq(1, 2)], "0.5000000002"),
        ("sigmoid(1/10**60)", [fmpq(1, 2)], "0.5 + 2.5e-61"),
        ("1 - exp(-10000)", [], "1 - 1.14e-4343"),
        ("exp(-10**20)", [], "7.71095e-43429448190325182766"),
        ("1/2 + 0*tanh(1)", [fmpq(1, 2)], "0.5"),
    ],
)
def test_numbers_are_shown_rounded_but_never_as_what_they_are_not(text, beside, shown):
    with ctx.workprec(20_000):
        number = as_ball(value(text, bits=20_000))
        assert show_ball(number, *beside) == shown
