"""Every reference against another way to the same answer: brute force, 50 digits, a definition read literally."""

import ast
import itertools
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from . import precise
from .conftest import ROOT

MODULES = ("alternating_sum", "bptt", "clipping", "decoding", "one_hot", "schedules")

entries = st.integers(-1000, 1000).map(lambda n: n / 8)
vectors = st.lists(entries, min_size=1, max_size=6)
few = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("name", MODULES)
def test_a_reference_needs_nothing_but_numpy(name):
    tree = ast.parse((ROOT / "reference" / f"{name}.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {alias.name for node in imports for alias in node.names} <= {"numpy"}


# ------------------------------------------------------------------ vectors
def test_one_hot_vectors_are_the_rows_of_the_identity(reference):
    one_hot = reference("one_hot").one_hot
    for size in range(1, 9):
        assert [one_hot(i, size).tolist() for i in range(size)] == np.identity(size).tolist()


def test_two_words_are_orthogonal_and_equally_far_apart(reference):
    one_hot = reference("one_hot").one_hot
    for i, j in itertools.permutations(range(6), 2):
        a, b = one_hot(i, 6), one_hot(j, 6)
        assert sum(x * y for x, y in zip(a, b, strict=True)) == 0
        assert math.dist(a, b) == math.sqrt(2)


@pytest.mark.parametrize(("index", "size"), [(3, 3), (7, 3), (-1, 3), (0, 0)])
def test_a_word_outside_the_vocabulary_is_named(reference, index, size):
    with pytest.raises(ValueError, match=rf"{index} is none of them"):
        reference("one_hot").one_hot(index, size)


# ----------------------------------------------------------------- clipping
@few
@given(vectors, st.sampled_from([0.5, 1, 5]))
def test_clipping_by_value_takes_the_middle_of_three(reference, g, c):
    assert reference("clipping").clip_by_value(np.array(g), c).tolist() == [sorted((-c, x, c))[1] for x in g]


@few
@given(vectors, st.sampled_from([0.5, 1, 5]))
def test_clipping_by_norm_is_the_nearest_point_of_the_ball(reference, g, c):
    """In fractions: the clipped vector is inside, on the same ray, and on the sphere if anything had to be cut."""
    out = [Fraction(x) for x in reference("clipping").clip_by_norm(np.array(g), c).tolist()]
    square, wanted = sum(Fraction(x) ** 2 for x in g), Fraction(c) ** 2
    if square <= wanted:
        assert out == [Fraction(x) for x in g]
        return
    assert abs(sum(x**2 for x in out) / wanted - 1) < Fraction(1, 10**12)
    biggest = max(range(len(g)), key=lambda i: abs(g[i]))
    scale = out[biggest] / Fraction(g[biggest])
    assert 0 < scale < 1
    assert all(abs(o - scale * Fraction(x)) <= abs(o) / 10**12 for o, x in zip(out, g, strict=True))


@pytest.mark.parametrize("name", ["clip_by_value", "clip_by_norm"])
def test_clipping_leaves_zero_and_its_argument_alone(reference, name):
    clip = getattr(reference("clipping"), name)
    g = np.array([3.0, -4.0])
    clip(g, 1)
    assert g.tolist() == [3, -4]
    assert clip(np.zeros(3), 1).tolist() == [0, 0, 0]


@few
@given(st.lists(st.lists(entries, min_size=2, max_size=2), min_size=1, max_size=5), st.sampled_from([0.5, 1, 5]))
def test_a_batch_is_averaged_and_then_clipped(reference, rows, c):
    mean = [float(sum(map(Fraction, column)) / len(rows)) for column in zip(*rows, strict=True)]
    scale = min(1, c / math.hypot(*mean)) if any(mean) else 1
    out = reference("clipping").clip_average(np.array(rows), c)
    assert out == pytest.approx([scale * m for m in mean], rel=1e-12, abs=1e-12)


def test_clipping_before_averaging_gives_another_direction(reference):
    """(8, 0) and (0, 1) with c = 1: the mean points along (8, 1), the mean of the clipped ones along (1, 1)."""
    grads, clipping = np.array([[8.0, 0.0], [0.0, 1.0]]), reference("clipping")
    first, later = clipping.clip_average(grads, 1), clipping.average_clipped(grads, 1)
    assert first[0] / first[1] == pytest.approx(8)
    assert later.tolist() == [0.5, 0.5]
    assert clipping.clip_sum(grads, 100).tolist() == [8, 1]


# ----------------------------------------------------------------- decoding
tables = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2)), min_size=6, max_size=6)
words = st.lists(st.integers(0, 2), min_size=1, max_size=7)


class Watched:
    """A step function given by a table, and what it was fed."""

    def __init__(self, table):
        self.table = table
        self.fed = []

    def __call__(self, state, token):
        self.fed.append((state, token))
        return self.table[3 * state + token]


def run(table, state, choose, length):
    """The definition with everything kept: s_t, y_t = step(s_(t-1), u_t), where u_t = choose(t, y)."""
    s, u, y = [state], [None], [None]
    for t in range(1, length + 1):
        u.append(choose(t, y))
        after, output = table[3 * s[t - 1] + u[t]]
        s.append(after)
        y.append(output)
    return y[1:], list(zip(s[:-1], u[1:], strict=True))


@few
@given(tables, st.integers(0, 1), st.integers(0, 2), st.integers(0, 8))
def test_free_running_feeds_back_what_came_out(reference, table, state, token, length):
    step = Watched(table)
    outputs = reference("decoding").free_run(step, state, token, length)
    assert (outputs, step.fed) == run(table, state, lambda t, y: token if t == 1 else y[t - 1], length)


@few
@given(tables, st.integers(0, 1), words)
def test_teacher_forcing_feeds_the_truth(reference, table, state, tokens):
    step = Watched(table)
    outputs = reference("decoding").teacher_forcing(step, state, tokens)
    assert (outputs, step.fed) == run(table, state, lambda t, y: tokens[t - 1], len(tokens))


@few
@given(tables, st.integers(0, 1), st.integers(0, 2), st.integers(0, 8))
def test_the_late_feeding_is_two_outputs_behind(reference, table, state, token, length):
    step = Watched(table)
    outputs = reference("decoding").fed_late(step, state, token, length)
    assert (outputs, step.fed) == run(table, state, lambda t, y: token if t < 3 else y[t - 2], length)


class Coins:
    """In place of a generator: numbers that are written down."""

    def __init__(self, numbers):
        self.numbers = numbers

    def random(self, size):
        assert size == len(self.numbers)
        return np.array(self.numbers)


@few
@given(tables, st.integers(0, 1), words, st.data())
def test_scheduled_sampling_tosses_a_coin_a_step(reference, table, state, tokens, data):
    n = len(tokens) - 1
    coins = data.draw(st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9]), min_size=n, max_size=n))
    step = Watched(table)
    outputs = reference("decoding").scheduled_sampling(step, state, tokens, 0.5, Coins(coins))

    def choose(t, y):
        return tokens[t - 1] if t == 1 or coins[t - 2] < 0.5 else y[t - 1]

    assert (outputs, step.fed) == run(table, state, choose, len(tokens))


@few
@given(tables, st.integers(0, 1), words, st.integers(0, 2**32 - 1))
def test_scheduled_sampling_ends_in_the_other_two(reference, table, state, tokens, seed):
    decoding = reference("decoding")
    for eps, other in ((1, decoding.teacher_forcing_on), (0, decoding.free_run_on)):
        rng = np.random.default_rng(seed)
        one, two = Watched(table), Watched(table)
        assert decoding.scheduled_sampling(one, state, tokens, eps, rng) == other(two, state, tokens, eps, rng)
        assert one.fed == two.fed


def test_scheduled_sampling_feeds_as_much_truth_as_eps_says(reference):
    """All true tokens are 0 and all outputs 1: of 4000 steps, a share of eps = 0.3 within five standard deviations."""
    step = Watched([(0, 1)] * 3)
    reference("decoding").scheduled_sampling(step, 0, [0] * 4001, 0.3, np.random.default_rng(1))
    truths = sum(token == 0 for _, token in step.fed[1:])
    assert abs(truths - 1200) < 5 * math.sqrt(4000 * 0.3 * 0.7)


# ---------------------------------------------------------------- schedules
@few
@given(st.integers(0, 3000), st.sampled_from([0.5, 0.75, 0.9, 0.99, 0.999]))
def test_the_exponential_schedule_multiplies(reference, i, k):
    assert reference("schedules").exponential(i, k) == pytest.approx(float(precise.power(i, k)), rel=1e-11, abs=1e-300)


@few
@given(st.integers(0, 100_000), st.sampled_from([1, 2, 5, 10, 50, 100.5]))
def test_the_inverse_sigmoid_is_its_formula_in_50_digits(reference, i, k):
    wanted = float(precise.inverse_sigmoid(i, k))
    assert reference("schedules").inverse_sigmoid(i, k) == pytest.approx(wanted, rel=1e-11, abs=1e-300)


@few
@given(st.integers(0, 2000), st.sampled_from([1, 0.9]), st.sampled_from([0, 0.001, 0.25]), st.sampled_from([0, 0.05]))
def test_the_linear_schedule_falls_to_its_floor(reference, i, k, c, e):
    exact = max(Fraction(e), Fraction(k) - Fraction(c) * i)
    assert reference("schedules").linear(i, k, c, e) == pytest.approx(float(exact), rel=1e-12, abs=1e-12)


def test_schedules_start_at_the_top_and_never_rise(reference):
    schedules = reference("schedules")
    for f, start in (
        (lambda i: schedules.linear(i, 1, 0.01, 0.1), 1),
        (lambda i: schedules.exponential(i, 0.99), 1),
        (lambda i: schedules.inverse_sigmoid(i, 20), 20 / 21),
    ):
        values = [f(i) for i in range(2000)]
        assert values[0] == pytest.approx(start)
        assert all(0 <= later <= earlier for earlier, later in itertools.pairwise(values))


# ----------------------------------------------------------------- gradient
weights = st.integers(-32, 32).map(lambda n: n / 8)
inputs = st.lists(st.integers(-16, 16).map(lambda n: n / 8), min_size=1, max_size=8)


@few
@given(weights, weights, weights, inputs)
def test_back_propagation_agrees_with_difference_quotients_and_with_forward_mode(reference, W, U, h0, x):
    gradient = reference("bptt").gradient(W, U, h0, x)
    quotients, forwards = precise.difference_quotients(W, U, h0, x), precise.forwards(W, U, h0, x)
    assert all(abs(q - f) < Decimal("1e-25") for q, f in zip(quotients, forwards, strict=True))
    assert gradient == pytest.approx([float(f) for f in forwards], rel=1e-11, abs=1e-15)


def test_the_gradient_shrinks_to_a_quarter_of_w_a_step_at_best(reference):
    """s' is 1/4 at most, where z = 0: |dL/dh_0| <= (|W| / 4)^T, and W = 1, h = 1/2, x = -1/2 stay at z = 0."""
    gradient = reference("bptt").gradient
    assert gradient(1.0, 1.0, 0.5, [-0.5] * 4)[2] == pytest.approx((1 / 4) ** 4, rel=1e-12)
    assert gradient(1.0, 1.0, 0.5, [0.5] * 4)[2] < (1 / 4) ** 4


# ------------------------------------------------------------------ network
@few
@given(st.lists(st.integers(-20, 20), min_size=1, max_size=5).map(lambda x: [*x, *x[::-1]]) | st.just([0, 1]))
def test_the_alternating_sum_is_the_network_step_by_step(reference, x):
    wanted = float(precise.last_output(x))
    assert reference("alternating_sum").q1(x) == pytest.approx(wanted, rel=1e-11, abs=1e-300)


@pytest.mark.parametrize(
    ("x", "output"),
    [([0, 1], 1 / (1 + math.exp(-10))), ([1, 0], 1 / (1 + math.exp(10))), ([4, 4], 0.5), ([10**6, 0], 0.0)],
)
def test_the_last_output_of_a_pair(reference, x, output):
    assert reference("alternating_sum").q1(x) == pytest.approx(output, rel=1e-12)
