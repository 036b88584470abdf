"""The domain of intervals holds every value: at exact points inside, in balls, and where branches are joined."""

import random
from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError, entries
from grader.language.ball_numbers import Undecided
from grader.language.compile import compile_tree
from grader.language.interval_numbers import (
    MAX_END_BITS,
    Interval,
    RationalInterval,
    bounds_of,
    ends,
    outwards,
    rational_end,
)
from grader.language.intervals import INTERVALS
from grader.language.linear_intervals import LinearInterval, Variables, centred, variable
from grader.language.parse import parse
from grader.language.reals import Reals
from grader.language.scope import Scope

NAMES = "abc"
EXPRESSIONS = [
    "a*b - b*a + c",
    "sigmoid(3*a - b)*tanh(c) + (1 - sigmoid(3*a - b))*a",
    "tanh(a - b) - tanh(a + b)",
    "relu(a)*step(b) + sign(c)*abs(a)",
    "a if b > c else b - a",
    "1 if a > 0 and b > 0 or c <= 1/3 else 0",
    "not (a > b)",
    "max(a, b, c) - min(a, b)",
    "softmax([a, b, c])",
    "softplus(a) * exp(b) - cosh(c) + sinh(a)",
    "sin(a) * cos(b)",
    "a**2 + b**3 - (c + 5)**0.5 + (a + 5)**-2",
    "(a + b) / (c**2 + 1)",
    "norm([a, b]) + dot([a, b], [b, c])",
    "sum(a * i for i in range(4)) + prod(b for i in range(3))",
    "(7*a) // 2 + (3*b) % 2",
    "[[a, b], [c, 1]] @ [b, c]",
    "relu([a, b, c] - b)[1] + ([a, b] if a > b else [b, c])[0]",
    "log(a + 4) * 2**b",
    "sum(a*[b, c] - (b + [a, c]) + ([c, a] - b)*c + (a - [b, b]))",
    "(a == b) + (a != c) + (a >= 1/2)",
]
SCOPE = Scope()
for _name in NAMES:
    SCOPE.names[_name] = SCOPE.new_slot()
IN_INTERVALS = [compile_tree(parse(text), SCOPE, INTERVALS) for text in EXPRESSIONS]
IN_REALS = [compile_tree(parse(text), SCOPE, Reals()) for text in EXPRESSIONS]


def value(closure, numbers):
    frame = [100_000, None, *numbers, *[None] * 40]
    return entries(closure(frame))


numbers = st.fractions(-4, 4, max_denominator=40).map(lambda f: fmpq(f.numerator, f.denominator))


@pytest.mark.long
@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=3, max_size=3), st.sampled_from(["plain", "linear"]))
def test_every_value_at_a_point_lies_in_the_value_of_its_intervals(rows, form):
    """Also of intervals that remember how they hang together; what is not decided is never said to be."""
    boxes, points = [], []
    for low, between, high in map(sorted, rows):
        boxes.append(RationalInterval(low, high))
        points.append(between)
    if form == "linear":
        boxes = centred(boxes)
    with ctx.workprec(64):
        for enclosed, exact in zip(IN_INTERVALS, IN_REALS, strict=True):
            try:
                outer = value(enclosed, boxes)
            except (Undecided, EvaluationError, ShapeError):
                continue
            for inner, interval in zip(value(exact, points), outer, strict=True):
                low, high = ends(interval)
                assert low.lower() <= arb(inner).upper(), (enclosed, interval)
                assert arb(inner).lower() <= high.upper(), (enclosed, interval)


def test_rationals_stay_exact_as_long_as_they_are_known():
    assert value(IN_INTERVALS[0], [fmpq(1, 3)] * 3) == (fmpq(1, 3),)
    for i, wanted in ((3, fmpq(1, 3) + fmpq(1, 3)), (5, fmpq(1)), (7, fmpq(0)), (15, fmpq(2))):
        assert value(IN_INTERVALS[i], [fmpq(1, 3)] * 3) == (wanted,)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("step(a)", 0, 1),
        ("sign(a)", -1, 1),
        ("1 if a > 0 else b", 1, 3),
        ("a > 0", 0, 1),
        ("a**2", 0, 4),
        ("a*a", 0, 4),
        ("abs(a)", 0, 2),
        ("relu(a)", 0, 2),
        ("sigmoid(b) > 1/2", 1, 1),
        ("b > a and a > 0", 0, 1),
        ("a > 0 and b < 0", 0, 0),
        ("a > 0 or b > 0", 1, 1),
    ],
)
def test_branches_that_are_not_decided_are_joined(text, low, high):
    """a from -1 to 2, b from 1 to 3."""
    (found,) = value(compile_tree(parse(text), SCOPE, INTERVALS), [I(-1, 2), I(1, 3), fmpq(0)])
    assert bounds_of(Interval(*ends(found))) == (low, high)


@pytest.mark.parametrize("text", ["b/a", "a % a", "[b, c][a]", "log(a)", "a**0.5", "a**-1", "sum(i for i in range(a))"])
def test_what_is_undefined_somewhere_or_hangs_on_an_interval_raises(text):
    with pytest.raises((Undecided, EvaluationError, ShapeError)):
        value(compile_tree(parse(text), SCOPE, INTERVALS), [I(-1, 2), I(1, 3), fmpq(0)])


def I(low, high):  # noqa: E743, N802  # the usual letter for an interval
    return RationalInterval(fmpq(low), fmpq(high))


def test_what_two_numbers_have_in_common_cancels():
    """The difference of tanh(a) and tanh(a) + b is as wide as b; through functions as the slopes are."""
    closure = compile_tree(parse("tanh(a) + b - tanh(a)"), SCOPE, INTERVALS)
    (plain,) = value(closure, [I(-1, 1), I(0, 1), fmpq(0)])
    (linear,) = value(closure, [*centred([I(-1, 1), I(0, 1)]), fmpq(0)])
    assert float(plain.high) > 2.5
    assert (round(float(linear.low), 6), round(float(linear.high), 6)) == (-0.580026, 1.580026)


def test_a_number_that_is_kept_has_slope_nearly_1():
    """`f*c + i*g` is c times f, whatever f is in its interval."""
    variables = Variables([I(0, 100)], through_functions=False)
    gate = RationalInterval(fmpq(999, 1000), fmpq(1))
    kept = gate * variable(variables, 0) + I(0, 1)
    assert isinstance(kept, LinearInterval)
    assert [float(end) for end in ends(kept.slopes[0])] == pytest.approx([0.999, 1])
    assert bounds_of(kept.rest) == (0, 1)


@pytest.mark.long
@given(st.fractions(-5, 5), st.fractions(0, 5), st.integers(0, 8), st.integers(0, 2))
def test_ends_are_rounded_outwards(low, width, decimals, units):
    low = fmpq(low.numerator, low.denominator)
    interval = RationalInterval(low, low + fmpq(width.numerator, width.denominator))
    rounded = outwards(interval, decimals, units)
    assert rounded.exact[0] <= interval.exact[0] <= interval.exact[1] <= rounded.exact[1]
    assert all((end * 10**decimals).q == 1 for end in rounded.exact)
    assert interval.exact[0] - rounded.exact[0] < fmpq(units + 1, 10**decimals)


@pytest.mark.parametrize("exponent", [-(10**6), -(10**15), -MAX_END_BITS - 70])
def test_numbers_too_small_to_be_written_down_are_moved_outwards(exponent):
    tiny = arb(2) ** exponent
    assert rational_end(tiny, up=False) == 0 < rational_end(tiny, up=True)
    assert rational_end(-tiny, up=True) == 0 > rational_end(-tiny, up=False)


@pytest.mark.parametrize("number", [arb(2) ** (10**15), arb("inf"), arb("nan"), arb(2) ** (MAX_END_BITS + 1)])
def test_numbers_too_large_to_be_written_down_are_not_decided(number):
    with pytest.raises(Undecided):
        rational_end(number, up=True)
    with pytest.raises(Undecided):
        INTERVALS.guard(Interval(number, number))


def test_random_expressions_of_gates_hold_what_balls_compute():
    """A step of an LSTM in words of Python's fractions, from points drawn in a box."""
    rng = random.Random(5)
    text = "sigmoid(2*a - b)*c + sigmoid(b + c)*tanh(3*a - c)"
    enclosed, exact = (compile_tree(parse(text), SCOPE, domain) for domain in (INTERVALS, Reals()))
    for _ in range(100):
        centres = [Fraction(rng.randint(-200, 200), 100) for _ in NAMES]
        box = [I(fmpq(c.numerator, c.denominator), fmpq(c.numerator, c.denominator) + fmpq(1, 10)) for c in centres]
        (outer,) = value(enclosed, box)
        for _ in range(5):
            point = [i.exact[0] + fmpq(rng.randint(0, 10), 100) for i in box]
            (inner,) = value(exact, point)
            assert outer.low <= inner <= outer.high
