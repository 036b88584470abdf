"""Questions about float64: every operation is rounded, states end, and exact arithmetic may say something else."""

import itertools
import json
import random

import numpy as np
import pytest
from flint import fmpq

from grader.engines import table
from grader.engines.checkers import proof_of
from grader.engines.claim import Claim, UnreadableCertificate
from grader.engines.table import ENGINES
from grader.errors import SpecError
from grader.evidence import Certificate, Counterexample, Proved
from grader.kinds.weights.both_arithmetics import in_steps
from grader.kinds.weights.network import Network
from grader.kinds.weights.score import score_weights
from grader.language.doubles import as_double, exactly
from grader.machines.explore import Bounds
from grader.reports import json as json_report
from grader.verdict import Report

NETWORK = """
question: q
title: T
points: 1
answer: weights
arithmetic: {arithmetic}
network:
  inputs: {{x: {inputs}}}
  parameters: {{{parameters}}}
  initial: {{h: {initial}}}
  equations: {{h: "{h}", y: "{y}"}}
  output: y
behaviour:
  initial: {{q: 0}}
  equations: {{q: "{q}"}}
  output: q
accept: {accept}
checks: [{{name: right, points: 1}}]
budget: {{states: 400, samples: 20}}
{more}
"""
SEEN = "(y > 1/2) == expected"
"""A 1 was seen."""


@pytest.fixture
def ask(load):
    def question(h, parameters="w: scalar", *, y="h", q="q[t-1] or x[t]", accept=SEEN, **other):
        fields = {"arithmetic": "float64", "inputs": "bit", "initial": "0", "more": "", **other}
        return load(NETWORK.format(h=h, parameters=parameters, y=y, q=q, accept=accept, **fields))

    return question


@pytest.fixture(autouse=True)
def float64_alone(request, monkeypatch):
    """Most tests are not about exact arithmetic, which takes longer."""
    if "both" not in request.node.name:
        monkeypatch.setattr("grader.kinds.weights.both_arithmetics.disagreement", lambda *_: "")


def judged(question, **weights):
    values = {
        name: fmpq(*weight.as_integer_ratio()) if isinstance(weight, float | int) else weight
        for name, weight in weights.items()
    }
    result = score_weights(question, values)
    (check,) = result.checks
    return check, list(result.messages)


LEAK = "max(x[t], w*h[t-1])"
SETTLES = {
    "keeps what it has": (LEAK, {"w": 1}),
    "a leak that rounds away": (LEAK, {"w": fmpq(10**20 - 1, 10**20)}),
    "a gate that rounds to 1": ("max(x[t], sigmoid(w)*h[t-1])", {"w": 40}),
    "one that rounds to 1, by tanh": ("max(x[t], tanh(w)*h[t-1])", {"w": 20}),
    "a logistic latch": ("sigmoid(w*(2*h[t-1] - 1) + 40*x[t])", {"w": 6}),
    "thirds that come back to 1": ("max(x[t], 3*(w*h[t-1]))", {"w": fmpq(1, 3)}),
    "an overflow": ("w*h[t-1] + x[t]", {"w": fmpq(10) ** 300}),
    "an exponential that is infinite": ("h[t-1] + (exp(w*x[t]) - 1)", {"w": 800}),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTLES)
def test_states_end_and_every_length_is_proved(ask, name):
    h, weights = SETTLES[name]
    check, _ = judged(ask(h), **weights)
    assert (check.outcome, type(check.evidence), check.unproved) == ("passed", Proved, False)
    assert check.evidence.states is not None


FAILS = {
    "a leak": (LEAK, {"w": 0.99}, "1, then 69 x 0"),
    "a gate that rounds to less than 1": ("max(x[t], sigmoid(w)*h[t-1])", {"w": 4}, "1" + 39 * "0"),
    "forgets": (LEAK, {"w": 0}, "10"),
    "never sees": ("w*x[t]", {"w": 0.5}, "1"),
    "infinity minus infinity": ("(h[t-1] + exp(800)*x[t]) - w*h[t-1]", {"w": 1}, "01"),
    "zero divided by zero": ("x[t]/(w*x[t]) if t > 1 else x[t]", {"w": 1}, "010"),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in FAILS if name != "zero divided by zero"])
def test_wrong_networks_lose_the_line_on_a_shortest_input(ask, name):
    h, weights, word = FAILS[name]
    check, _ = judged(ask(h), **weights)
    assert (check.outcome, check.points, check.evidence.input, check.evidence.shortest) == ("failed", 0, word, True)


def test_nan_is_no_right_output_and_is_shown(ask):
    check, _ = judged(ask("x[t]/(w*x[t]) if t > 1 else x[t]", accept="y == expected"), w=1)
    assert (check.outcome, check.evidence.input, check.evidence.got) == ("failed", "00", "0 nan")


def test_an_infinity_is_larger_than_any_number(ask):
    assert judged(ask("h[t-1] + (exp(w*x[t]) - 1)"), w=800)[0].outcome == "passed"
    for accept in ("abs(y - expected) < 10", "y == expected", "y - y == 0"):
        check, _ = judged(ask("h[t-1] + (exp(w*x[t]) - 1)", accept=accept), w=800)
        assert (check.outcome, check.evidence.got) == ("failed", "inf")


def test_what_is_accepted_is_worked_out_exactly(ask):
    """The double nearest to 0.1 is more than 1/10, and 0.1 + 0.2 is not the one nearest to 0.3."""
    tenth = fmpq(1, 10)
    assert judged(ask("w + 0*h[t-1]", q="1/10", accept="y > expected"), w=tenth)[0].outcome == "passed"
    assert judged(ask("w + 0*h[t-1]", q="1/10", accept="y == expected"), w=tenth)[0].outcome == "failed"
    assert judged(ask("w + 0*h[t-1]", q="1/10", accept="y - expected < 1e-17"), w=tenth)[0].outcome == "passed"
    assert judged(ask("w + 0*h[t-1]", q="1/10", accept="y - expected < 1e-18"), w=tenth)[0].outcome == "failed"
    assert (
        judged(ask("w + 0.2 + 0*h[t-1]", q="3/10", accept="abs(y - expected) < 1e-16"), w=tenth)[0].outcome == "passed"
    )
    assert judged(ask("w + 0.2 + 0*h[t-1]", q="3/10", accept="y <= expected"), w=tenth)[0].outcome == "failed"


def test_the_sign_of_a_zero_is_part_of_the_state_where_something_is_divided_by_it(ask):
    """1/h is -inf after an input of 1 alone: states with both zeros must not be taken for one."""
    question = ask("0*(1 - 2*x[t])", y="1 if 1/h[t-1] < 0 else w", q="x[t-1] if t > 1 else 0", accept="y == expected")
    question = ask("0*(1 - 2*x[t])", y="1 if 1/h[t-1] < 0 else w", q="q[t-1]*0", accept="y == expected")
    check, _ = judged(question, w=0)
    assert (check.outcome, check.evidence.input) == ("failed", "10")
    same = ask("0*(1 - 2*x[t])", y="1 if h[t-1] < 0 else w", q="q[t-1]*0", accept="y == expected")
    assert judged(same, w=0)[0].evidence.states == 1


def in_numpy(word, w, u, b):
    """The outputs of `h = relu(w*h + u*x + b)` as NumPy works them out."""
    h, outputs = np.float64(0), []
    for x in word:
        h = np.maximum(w * h + u * np.float64(x) + b, np.float64(0))
        outputs.append(float(h))
    return outputs


@pytest.mark.long
def test_random_networks_do_what_numpy_does(ask):
    draw, outcomes = random.Random(7), set()
    question = ask(
        "relu(w*h[t-1] + u*x[t] + b)",
        "w: scalar, u: scalar, b: scalar",
        accept="(y > 0.3) == expected",
        more="length: 6",
    )
    for _ in range(60):
        w, u, b = (draw.choice([0.1, 0.7, 1 / 3, 1.1, 0.3, 1.0, -0.4]) for _ in range(3))
        wrong = []
        for word in itertools.chain.from_iterable(itertools.product((0, 1), repeat=n) for n in range(1, 7)):
            seen = [1 in word[: i + 1] for i in range(len(word))]
            if [fmpq(*y.as_integer_ratio()) > fmpq(3, 10) for y in in_numpy(word, w, u, b)] != seen:
                wrong.append(word)
        check, _ = judged(question, w=w, u=u, b=b)
        outcomes.add(check.outcome)
        assert (check.outcome == "failed") is bool(wrong)
        if wrong:
            assert isinstance(check.evidence, Counterexample)
            assert len(check.evidence.input) == min(map(len, wrong))
    assert outcomes == {"passed", "failed"}


@pytest.mark.long
def test_engines_that_reason_exactly_are_not_asked(ask, monkeypatch):
    class Asked:
        name = "exact"
        only_runs = False

        def undecidable(self, tree):
            return []

        def decide(self, *asked):
            raise AssertionError(asked)

    question = ask("h[t-1] + w*x[t]", q="q[t-1] + x[t]", accept="abs(y - expected) < 1")
    monkeypatch.setattr(
        "grader.kinds.weights.score.decide",
        lambda *three: table.decide(*three, engines=(Asked(), *(e for e in ENGINES if e.only_runs))),
    )
    check, _ = judged(question, w=1)
    assert (check.outcome, check.unproved) == ("passed", True)
    assert [engine.name for engine in ENGINES if engine.only_runs] == ["walk", "listing", "sample"]


def test_a_certificate_about_exact_numbers_is_none_about_float64(ask):
    question = ask(LEAK)
    machine = question.network({"w": fmpq(1)})
    claim = Claim(machine, question.specification, {0}, Bounds(400))
    assert proof_of(claim, Certificate("walk", {"states": 2})) == Proved(2)
    for kind in ("invariant", "unrolled", "boxes"):
        with pytest.raises(UnreadableCertificate, match="not about float64"):
            proof_of(claim, Certificate(kind, {}))


TINY = fmpq(1, 2**54)
DIFFERENT = {
    "a loss that rounds away": (
        ("(1 if t == 1 else h[t-1]) - w", "w: scalar", {"y": "h > 1 - 2**(-50)", "q": "1", "accept": "y == expected"}),
        {"w": TINY},
        "in exact arithmetic it fails after 16 steps; in float64 never",
    ),
    "tenths that add up to more": (
        ("h[t-1] + w*x[t]", "w: scalar", {"y": "h <= 3/10", "q": "1", "accept": "y == expected", "more": "length: 3"}),
        {"w": fmpq(1, 10)},
        "in float64 it fails after 3 steps; in exact arithmetic never",
    ),
    "fails earlier": (
        ("h[t-1] - w", "w: scalar", {"y": "h > -3/10", "initial": "0", "q": "1", "accept": "y == expected"}),
        {"w": fmpq(1, 10)},
        "",
    ),
    "a gate that rounds to 1": (
        ("1 if x[t] > 0 else sigmoid(w)*h[t-1]", "w: scalar", {}),
        {"w": 40},
        "in exact arithmetic it may fail after about 1e17 steps, and not before; in float64 never",
    ),
    "right in both": ((LEAK, "w: scalar", {}), {"w": 1}, ""),
    "wrong in both": ((LEAK, "w: scalar", {}), {"w": 0.5}, ""),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_where_exact_arithmetic_does_something_else_the_report_says_both(ask, name):
    (h, parameters, other), weights, said = DIFFERENT[name]
    _, messages = judged(ask(h, parameters, **other), **weights)
    assert messages == ([said] if said else [])
    exactly = ask(h, parameters, arithmetic="exact", **other)
    assert exactly.exact_programs == ()


def test_numbers_of_steps_in_words():
    steps = {
        1: "1 step",
        48: "48 steps",
        10**6: "1000000 steps",
        4 * 10**11: "about 4e11 steps",
        96 * 10**10: "about 1e12 steps",
    }
    assert {number: in_steps(number) for number in steps} == steps


@pytest.mark.long
def test_real_inputs_are_doubles(ask):
    """A third is no double: no network could be given it, so it is not asked about it."""
    question = ask("x[t] + 0*w", q="x[t]", accept="y == expected", inputs="real(0..1)")
    check, _ = judged(question, w=1)
    assert (check.outcome, check.evidence.examples > 10) == ("passed", True)
    numbers = [number for word in question.budget.corpus.words for (number,) in word]
    assert all(exactly(as_double(number)) == number and 0 <= number <= 1 for number in numbers)
    assert any(number.q > 1000 for number in numbers)


def test_a_network_for_tests_by_hand_gives_plain_numbers(ask):
    network = Network(ask(LEAK), {"w": fmpq(1)})
    assert network("0100") == "0111"
    assert Network(ask(LEAK), {"w": fmpq(1, 10)})("100") == "1 0.1 0.010000000000000002"


def test_known_answers_are_recognised_and_readings_are_in_float64_too(ask):
    more = """known: {forgets: {w: 0, earns: 0, say: It forgets.}}
readings: [{name: h starts at 1, initial: {h: 1}}]"""
    question = ask("h[t-1]*w", q="1", y="h", accept="y == expected", more=more)
    assert judged(question, w=1)[1] == ["It forgets.", "right for every input if h starts at 1"]
    assert judged(question, w=0.0)[1] == ["It forgets."]


def test_margins_are_distances_between_doubles(ask):
    question = ask("1 if w*h[t-1] + x[t] >= 1/2 else 0")
    result = score_weights(question, {"w": fmpq(1)})
    assert [(margin.quantity, margin.distance) for margin in result.margins] == [("h", "0.5")]


def test_the_report_is_json_with_plain_texts(ask):
    for weight in (0.99, 1, fmpq(1, 3)):
        result = score_weights(
            ask(LEAK), {"w": fmpq(*weight.as_integer_ratio()) if isinstance(weight, float | int) else weight}
        )
        data = json.loads(json_report.render(Report("hw", "alice", (result,))))
        assert data["questions"][0]["checks"][0]["outcome"] in ("passed", "failed")


@pytest.mark.parametrize("value", ["float32", "double", "", "Exact", "[exact]"])
def test_other_arithmetics_are_refused(ask, value):
    with pytest.raises(SpecError, match="arithmetic"):
        ask(LEAK, arithmetic=value)


def test_what_is_wanted_stays_exact(ask):
    with pytest.raises(SpecError, match="what is wanted is worked out exactly"):
        ask(LEAK, q="sigmoid(x[t])")
