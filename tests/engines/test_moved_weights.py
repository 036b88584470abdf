"""How far weights may move while a network stays right: by hand, and against networks that are walked one by one."""

import itertools
import json
import random
from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines import weight_radius
from grader.engines.table import decide
from grader.engines.weight_cells import MovedNetwork, StepAllowance, weight_entries
from grader.engines.weight_forms import NotAffine, WeightPoint
from grader.engines.weight_intervals import right_interval
from grader.engines.weight_radius import radius
from grader.kinds.open_submission import Details
from grader.kinds.weights.robustness import NO_BOUND, NOT_ROUNDED
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array
from grader.machines.machine import AnswerMachine
from grader.network_details import Robustness

from .threshold_networks import load, number, random_network

STEPS = 100_000
ASKED = Details(robustness=True)


def ask(tmp_path, equations, weights, behaviour, *, zero=(), behaviour_is=None, **more):
    """A question about bits; a weight is a name with a value, or with the entries of a vector."""
    shapes = {name: [len(value)] if isinstance(value, list) else "scalar" for name, value in weights.items()}
    document = {
        "question": "q",
        "title": "By hand",
        "points": 1,
        "answer": "weights",
        "network": {
            "inputs": {"x": "bit"},
            "parameters": shapes,
            "initial": {name: 0 for name in equations if f"{name}[t-1]" in str(equations) or name in zero},
            "equations": equations,
            "output": "y",
        },
        "behaviour": behaviour_is
        or {"equations": {"right": behaviour}, "output": "right", "initial": {"x": 0, "right": 1}},
        "checks": [{"name": "is right", "points": 1}],
    }
    values = {
        name: Array((len(value),), map(number, value)) if isinstance(value, list) else number(value)
        for name, value in weights.items()
    }
    return load(json.dumps({**document, **more}), tmp_path / "q.yaml"), values


def moved(question, values, steps=STEPS):
    bounds = question.budget.bounds
    return MovedNetwork(question.program, question.specification, values, bounds, StepAllowance(steps))


def found(question, values):
    result = score_weights(question, values, ASKED)
    assert result.points == 1
    assert score_weights(question, values).robustness is None
    return result.robustness


def shown(question, values):
    """The radius, and the interval of each weight."""
    robustness = found(question, values)
    assert all(weight.exact for weight in robustness.ranges)
    return robustness.radii[0].distance, {weight.weight: weight.interval for weight in robustness.ranges}


def is_right(question, values):
    findings = decide(AnswerMachine(question.program, values), question.specification, question.budget)
    assert findings.broken or findings.walk.complete
    return not findings.broken


@pytest.mark.parametrize(
    ("output", "weights", "behaviour", "distance", "intervals"),
    [
        # w + b >= 0 and b < 0: ties belong to the side of >=
        ("step(w*x + b)", {"w": 1, "b": "-1/2"}, "x", "1/4", {"w": "[1/2, infinity)", "b": "[-1, 0)"}),
        ("1 if w*x + b > 0 else 0", {"w": 1, "b": "-1/2"}, "x", "1/4", {"w": "(1/2, infinity)", "b": "(-1, 0]"}),
        ("1 if w*x + b > 0 else 0", {"w": "4/3", "b": "-1/3"}, "x", "1/3", {"w": "(1/3, infinity)", "b": "(-4/3, 0]"}),
        # a tie: the slightest move up of b is too much
        ("step(w*x + b)", {"w": 1, "b": -1}, "x", "0", {"w": "[1, infinity)", "b": "[-1, 0)"}),
        # equality leaves no room
        ("w*x", {"w": 1}, "x", "0", {"w": "[1, 1]"}),
        # a network that is right whatever the weights are
        ("0*w + 1", {"w": 5}, "1", "infinity", {"w": "(-infinity, infinity)"}),
        ("1 if w >= 0 or w <= 1 else 0", {"w": 0}, "1", "infinity", {"w": "(-infinity, infinity)"}),
        # right on both sides of a border that is wrong itself, and the other way round
        ("1 if w != 0 else 0", {"w": 1}, "1", "1", {"w": "(0, infinity)"}),
        ("1 if abs(w) >= 2 or w == 1 else 0", {"w": 1}, "1", "0", {"w": "[1, 1]"}),
        ("1 if abs(w) < 2 else 0", {"w": "1/2"}, "1", "3/2", {"w": "(-2, 2)"}),
        ("1 if max(w, v) > 0 else 0", {"w": 1, "v": 2}, "1", "2", {"w": "(-infinity, infinity)", "v": "(-infinity, infinity)"}),
        ("1 if min(w, v) > 0 else 0", {"w": 1, "v": 2}, "1", "1", {"w": "(0, infinity)", "v": "(0, infinity)"}),
        ("1 if relu(w) <= 3 else 0", {"w": -1}, "1", "4", {"w": "(-infinity, 3]"}),
        ("1 if all(w > 0) else 0", {"w": [1, 2]}, "1", "1", {"w[0]": "(0, infinity)", "w[1]": "(0, infinity)"}),
        ("1 if sum(w) > 0 else 0", {"w": [1, 2]}, "1", "3/2", {"w[0]": "(-2, infinity)", "w[1]": "(-1, infinity)"}),
        ("1 if w @ [x, 1] > 0 else 0", {"w": [1, "-1/2"]}, "x", "1/4", {"w[0]": "(1/2, infinity)", "w[1]": "(-1, 0]"}),
        ("1 if (w + 1)/2 > 0 else 0", {"w": 0}, "1", "1", {"w": "(-1, infinity)"}),
        ("sign(w)", {"w": 2}, "1", "2", {"w": "(0, infinity)"}),
        ("sign(w)", {"w": 0}, "0", "0", {"w": "[0, 0]"}),
        ("1 if not (w < 0) and w < 1 else 0", {"w": 0}, "1", "0", {"w": "[0, 1)"}),
    ],
)  # fmt: skip
def test_radii_and_intervals_by_hand(tmp_path, output, weights, behaviour, distance, intervals):
    question, values = ask(tmp_path, {"y": output}, weights, behaviour)
    assert shown(question, values) == (distance, intervals)


def test_another_way_through_the_states_may_be_right_too(tmp_path):
    """h fires first on 1 alone; from w = -1/2 on it fires on everything, which the output does not care about."""
    equations = {"h": "step(w*h[t-1] + v*x[t] + b)", "y": "1 if h[t] >= 0 else 0"}
    question, values = ask(tmp_path, equations, {"w": 1, "v": 1, "b": "-1/2"}, "1")
    assert shown(question, values) == ("infinity", dict.fromkeys(("w", "v", "b"), "(-infinity, infinity)"))


def test_a_step_that_no_rubric_line_is_about_may_go_wrong(tmp_path):
    lines = [{"name": "on ones", "points": 1, "when": "x[t]"}]
    question, values = ask(tmp_path, {"y": "step(w*x + b)"}, {"w": 1, "b": "-1/2"}, "x", checks=lines)
    assert shown(question, values) == ("1/4", {"w": "[1/2, infinity)", "b": "[-1, infinity)"})


def test_inputs_that_are_never_given_do_not_count(tmp_path):
    question, values = ask(tmp_path, {"y": "step(w*x + b)"}, {"w": 1, "b": "-1/2"}, "x", assume="x[t] == 0")
    assert shown(question, values) == ("1/2", {"w": "(-infinity, infinity)", "b": "(-infinity, 0)"})


def test_steps_beyond_the_length_do_not_count(tmp_path):
    equations = {"c": "c[t-1] + x[t]", "y": "1 if c[t] <= n else 0"}
    question, values = ask(tmp_path, equations, {"n": 5}, "1", length=3)
    assert shown(question, values) == ("2", {"n": "[3, infinity)"})


def test_weights_that_have_to_stay_are_left_out_of_a_second_radius(tmp_path):
    """y must be exactly a bit, so v and c cannot move; w and b have the room that the unit leaves them."""
    equations = {"h": "step(w*x + b)", "y": "v*h[t] + c"}
    question, values = ask(tmp_path, equations, {"w": 1, "b": "-1/2", "v": 1, "c": 0}, "x")
    every, others = found(question, values).radii
    assert (every.distance, every.exact) == ("0", True)
    assert (others.distance, others.exact, others.weights) == ("1/4", True, ("w", "b"))


SMOOTH = [
    ("sigmoid(a*h[t-1] + b*x + c)", {"a": 20, "b": 20, "c": -10}, 1),
    ("sigmoid(a*h[t-1] + b*x + c)", {"a": 8, "b": 12, "c": -4}, "1/8"),
    ("tanh(a*relu(h[t-1] - 1/2) + b*x + c)", {"a": 6, "b": 4, "c": 0}, "1/8"),
]


@pytest.mark.long
@pytest.mark.parametrize(("unit", "weights", "least"), SMOOTH)
def test_smooth_networks_have_a_lower_bound_within_which_they_are_right(tmp_path, unit, weights, least):
    behaviour = {"initial": {"q": 0}, "equations": {"q": "q[t-1] or x[t]"}, "output": "q"}
    accept = "(y > 1/2) == expected"
    question, values = ask(tmp_path, {"h": unit, "y": "h"}, weights, "1", behaviour_is=behaviour, accept=accept)
    robustness = found(question, values)
    bound = number(robustness.radii[0].distance)
    assert bound >= number(least)
    assert not any(radius.exact for radius in robustness.radii)
    words = [(1,) + (0,) * 40, (0,) * 40, (0, 1) * 20]
    for signs in itertools.product((-1, 0, 1), repeat=3):
        at = {name: value + sign * bound for (name, value), sign in zip(values.items(), signs, strict=True)}
        network = question.network(at)
        for word in words:
            outputs = [float(step.output) for step in network.run([(fmpq(x),) for x in word])]
            assert [y > 0.5 for y in outputs] == [1 in word[: i + 1] for i in range(len(word))]


def test_products_of_weights_have_intervals_and_a_lower_bound_of_the_radius(tmp_path):
    equations = {"h": "w*x + b", "y": "step(v*h[t] - 1/2)"}
    question, values = ask(tmp_path, equations, {"w": 1, "b": 0, "v": 1}, "x")
    robustness = found(question, values)
    (bound,) = robustness.radii
    assert not bound.exact
    assert Fraction(1, 8) < Fraction(bound.distance) <= Fraction(1, 4)  # (1 - r)^2 - r is 1/2 or more up to 0.177
    with pytest.raises(NotAffine, match="weights are multiplied by each other"):
        radius(moved(question, values), weight_entries(values))
    intervals = {weight.weight: weight.interval for weight in robustness.ranges}
    assert intervals == {"w": "[1/2, infinity)", "b": "[-1/2, 1/2)", "v": "[1/2, infinity)"}


@pytest.mark.parametrize("unit", ["w**2", "w*w", "1/w", "w//1", "w % 2", "2**w"])
def test_nothing_is_said_of_a_weight_that_is_not_in_there_linearly(tmp_path, unit):
    equations = {"y": f"1 if {unit} > 1/2 else 0"}
    question, values = ask(tmp_path, equations, {"w": 1}, "1")
    with pytest.raises(NotAffine):
        right_interval(moved(question, values), *weight_entries(values))
    assert found(question, values).left_out == ("w",)


def test_an_answer_that_is_wrong_or_not_walked_has_no_radius(tmp_path):
    question, values = ask(tmp_path, {"y": "step(w*x + b)"}, {"w": -1, "b": 0}, "x")
    assert score_weights(question, values, ASKED).robustness is None
    counter = {"c": "c[t-1] + x[t]", "y": "1 if c[t] >= n else 0"}
    question, values = ask(tmp_path, counter, {"n": 0}, "1", budget={"states": 20})
    assert found(question, values) == Robustness(reason=NO_BOUND)
    question, values = ask(tmp_path, {"y": "step(w*x - 1/2)"}, {"w": 1}, "x", accept="y == expected or y > exp(1)")
    robustness = found(question, values)
    (bound,) = robustness.radii
    assert not bound.exact
    assert Fraction(1, 4) < Fraction(bound.distance) <= Fraction(1, 2)
    question, values = ask(tmp_path, {"y": "step(w*x - 1/2)"}, {"w": 1}, "x", arithmetic="float64")
    assert found(question, values) == Robustness(reason=NOT_ROUNDED)


def test_the_empty_input_counts_where_the_question_says_so(tmp_path):
    """The output before the first step is `step(v)`; v cannot fall below 0, where steps would let it."""
    equations = {"h": "x", "y": "step(w*h[t] + v)"}
    weights, judged = {"w": 1, "v": 1}, {"at": "every step", "empty": True}
    question, values = ask(tmp_path, equations, weights, "1", zero=["h"], judge=judged)
    assert shown(question, values) == ("1", {"w": "[-1, infinity)", "v": "[0, infinity)"})


@pytest.mark.parametrize("steps", [0, 1, 7, 15, 40])
def test_what_is_found_before_the_steps_end_is_a_lower_bound(questions, steps):
    question = questions["q6"]
    values = next(known.values for known in question.known if known.name == "room to spare")
    small = radius(moved(question, values, steps), weight_entries(values))
    assert small.distance <= fmpq(1, 6)
    assert small.exact is (steps == 40)
    weight = weight_entries(values)[4]
    interval = right_interval(moved(question, values, steps), weight)
    assert 0 <= interval.low.value <= fmpq(1, 2) <= interval.high.value <= 1
    assert (interval.low.exact and interval.high.exact) is (steps == 40)


def test_cells_are_counted(questions, monkeypatch):
    monkeypatch.setattr(weight_radius, "MAX_WEIGHT_CELLS", 1)
    question = questions["q6"]
    values = next(known.values for known in question.known if known.name == "room to spare")
    found = radius(moved(question, values), weight_entries(values))
    assert not found.exact
    assert 0 < found.distance <= fmpq(1, 6)


def test_a_comparison_is_kept_once_with_the_signs_that_all_of_its_kind_allow():
    point = WeightPoint((fmpq(1),), (fmpq(0),))
    (w,) = point.weights()
    assert w >= 1
    assert not w > 1
    assert -w * 2 <= -2
    (constraint,) = point.constraints
    assert (constraint.constant, constraint.coefficients, constraint.signs) == (-1, (1,), {0})
    assert [piece.signs for piece in constraint.pieces_outside()] == [{-1}, {1}]


def test_infinitely_small_moves_decide_ties():
    (up,) = WeightPoint((fmpq(1),), (fmpq(1),)).weights()
    (down,) = WeightPoint((fmpq(1),), (fmpq(-1),)).weights()
    assert up > 1 > down
    assert up != 1 != down
    assert up < fmpq(1_000_001, 1_000_000)


def check_intervals(question, values, rng):
    """Ends are right or wrong as they say, wrong right behind those that are included; samples inside are right."""
    network, near = moved(question, values), fmpq(1, 10**6)
    for weight in weight_entries(values):
        interval = right_interval(network, weight)
        ends = [(interval.low, -1), (interval.high, 1)]

        def at(value, name=weight.name):
            return is_right(question, {**values, name: value})

        for end, way in ends:
            assert end.exact
            if end.value is not None:
                assert at(end.value) is end.included
                assert not (end.included and at(end.value + way * near))
        low, high = (weight.value + 20 * way if end.value is None else end.value for end, way in ends)
        for _ in range(3):
            assert at(low + (high - low) * fmpq(rng.randint(1, 999), 1_000))


def check_radius(question, values, rng):
    """Weights within the radius are right, those right behind it are wrong where it is exact."""
    found = radius(moved(question, values), weight_entries(values))
    size = fmpq(1_000) if found.distance is None else found.distance * fmpq(999_999, 1_000_000)
    for sample in range(10 if size else 0):
        corner = [fmpq(rng.choice([-1, 1])) if sample % 3 else fmpq(rng.randint(-99, 99), 100) for _ in values]
        at = {name: v + size * part for (name, v), part in zip(values.items(), corner, strict=True)}
        assert is_right(question, at)
    if found.exact and found.distance is not None:
        assert max(map(abs, (a - b for a, b in zip(found.nearest, values.values(), strict=True)))) == found.distance
        near = (fmpq(1, 10**6) / 4**i for i in range(20))
        places = ([a + e * b for a, b in zip(found.nearest, found.toward, strict=True)] for e in near)
        assert not all(is_right(question, dict(zip(values, place, strict=True))) for place in places)
    return found


def sweep(tmp_path, seeds, most_weights):
    exact = []
    for seed in seeds:
        rng = random.Random(seed)
        text, values = random_network(rng)
        question = load(text, tmp_path / "q.yaml")
        assert is_right(question, values), seed
        if len(values) <= most_weights:
            check_intervals(question, values, rng)
            exact.append(check_radius(question, values, rng).exact)
    return exact


@pytest.mark.long
def test_random_networks_are_right_as_far_as_is_said(tmp_path):
    exact = sweep(tmp_path, range(1, 20), most_weights=8)
    assert len(exact) > 7
    assert all(exact)


@pytest.mark.slow
def test_many_random_networks_are_right_as_far_as_is_said(tmp_path):
    exact = sweep(tmp_path, range(1_000, 1_500), most_weights=20)
    assert sum(exact) > 0.9 * len(exact)
