"""Numbers of an answer that grow, and behaviours that count: what is decided, and in how many steps."""

import random
from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines.table import decide
from grader.engines.walk import MAX_STORED_BITS
from grader.evidence import Exhausted, Proved, Sampled
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array
from grader.language.numbers import from_float
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.explore import MAX_COUNTED_EDGES, WordCount, count_words
from grader.machines.machine import AnswerMachine, FunctionMachine
from grader.reports.json import as_data
from grader.reports.sentences import in_words
from grader.verdict import Report

TWO = FiniteAlphabet(((fmpq(0),), (fmpq(1),)))


def question_text(network, parameters, rest, inputs="x: bit", accept=""):
    return f"""
question: q
title: T
points: 2
answer: weights
network:
  inputs: {{{inputs}}}
  parameters: {{{parameters}}}
  {network}
  output: y
{rest}
{accept}
"""


SEEN_ONE = """
behaviour:
  initial: {s: 0}
  equations: {s: "s[t-1] or x[t]"}
  output: s
checks:
  - {name: before the fifth step, points: 1, when: "t < 5"}
  - {name: later,                 points: 1, when: "t >= 5"}
budget: {samples: 30}
"""
HIDING = (
    'initial: {h: 0, g: 1}\n  equations: {h: "h[t-1] + x[t]", g: "a*g[t-1]**2", y: "(h > 0) if t < 5 else (0*g + b)"}'
)


def outcomes(question, **values):
    result = score_weights(
        question, {name: fmpq(Fraction(v).numerator, Fraction(v).denominator) for name, v in values.items()}
    )
    return result, [(check.outcome, check.points) for check in result.checks]


@pytest.mark.long
@pytest.mark.parametrize("a", ["1e300", "1e308", "-1e300", "1e-300", "123456789/987654321", "7"])
@pytest.mark.sampled(7)
def test_numbers_that_grow_on_purpose_hide_no_mistake(load, a):
    """The mistake is at step 5; with a = 0 it is found there, with a large one the numbers end before or after it."""
    question = load(question_text(HIDING, "a: scalar, b: scalar", SEEN_ONE))
    assert outcomes(question, a=0, b=0)[1] == [("passed", 1), ("failed", 0)]
    result, found = outcomes(question, a=a, b=0)
    assert result.status == "graded"
    assert found[1] == ("failed", 0)


def test_the_limit_is_named_where_numbers_grow_beyond_it(load):
    question = load(question_text(HIDING.replace("**2", "**16"), "a: scalar, b: scalar", SEEN_ONE))
    result, found = outcomes(question, a="1e300", b=0)
    assert found == [("failed", 0), ("failed", 0)]
    assert "32768 bits" in result.checks[0].message


DOUBLING = 'initial: {h: 0}\n  equations: {h: "w*h[t-1] + x[t]", y: "h > 0"}'


@pytest.mark.long
@pytest.mark.parametrize("w", ["1", "2", "3", "10", "1/2", "0.1", "1.000000001", "100"])
@pytest.mark.sampled(2)
def test_an_honest_unit_that_grows_or_shrinks_for_ever_keeps_its_marks(load, w):
    """It remembers the first 1: right for every w > 0, though its states never end."""
    question = load(question_text(DOUBLING, "w: scalar", SEEN_ONE))
    result, found = outcomes(question, w=w)
    assert found == [("passed", 1), ("passed", 1)]
    assert isinstance(result.checks[0].evidence, Proved)


@pytest.mark.long
@pytest.mark.parametrize("w", ["1", "3", "1/2"])
@pytest.mark.sampled(3)
def test_such_a_unit_keeps_its_marks_where_nothing_is_proved(load, no_solver, w):
    question = load(question_text(DOUBLING, "w: scalar", SEEN_ONE))
    result, found = outcomes(question, w=w)
    assert found == [("passed", 1), ("passed", 1)]
    assert not isinstance(result.checks[0].evidence, Proved)


def test_an_honest_unit_that_grows_along_one_path_of_many_steps_keeps_its_marks(load, no_solver):
    """With one input alone a walk goes on for thousands of steps, where 2**t has more bits than are worked with."""
    network = 'initial: {h: 1}\n  equations: {h: "w*h[t-1]", y: "h > 0"}'
    rest = "behaviour:\n  equations: {s: 1}\n  output: s\nchecks: [{name: always, points: 2}]\n"
    question = load(question_text(network, "w: scalar", rest))
    result, found = outcomes(question, w=1 << 40)
    assert found == [("passed", 2)]
    assert isinstance(result.checks[0].evidence, Exhausted)
    assert result.checks[0].evidence.length >= 80


def test_weights_of_a_trained_network_do_not_reach_the_limits(load):
    """Two products of float64 weights a step, for all the 80 steps of the longest drawn inputs."""
    network = 'initial: {h: [0, 0]}\n  equations: {z: "V @ h[t-1]", h: "U @ z + x[t]", y: "0*h[t][0] + 1"}'
    rest = "behaviour:\n  equations: {s: 1}\n  output: s\nchecks: [{name: always, points: 2}]\nbudget: {states: 500}"
    question = load(question_text(network, "V: [2, 2], U: [2, 2]", rest))
    rng = random.Random(3)
    values = {n: Array((2, 2), [from_float(rng.uniform(-1, 1)) for _ in range(4)]) for n in "VU"}
    (check,) = score_weights(question, values).checks
    assert check.outcome == "passed"


def test_the_numbers_that_a_walk_remembers_are_bounded(load):
    network = 'initial: {h: "v"}\n  equations: {h: "h[t-1] + x[t]", y: "0*h[t][0] + 1"}'
    rest = "behaviour:\n  equations: {s: 1}\n  output: s\nchecks: [{name: always, points: 2}]\nbudget: {samples: 5}"
    question = load(question_text(network, "v: [64]", rest))
    machine = AnswerMachine(question.program, {"v": Array((64,), [fmpq(10) ** 308 + fmpq(1, 10**300)] * 64)})
    findings = decide(machine, question.specification, question.budget)
    assert machine.stored_bits <= MAX_STORED_BITS + 64 * 2 * 32_768
    assert not findings.walk.complete
    assert not findings.broken


COUNTING = """
behaviour:
  initial: {n: 0}
  equations: {n: "n[t-1] + x[t]"}
  output: n
checks: [{name: counts, points: 2}]
"""


@pytest.mark.long
def test_an_honest_answer_to_a_behaviour_that_counts_is_judged(load, no_solver):
    network = 'initial: {h: 0}\n  equations: {h: "w*h[t-1] + x[t]", y: h}'
    question = load(question_text(network, "w: scalar", COUNTING))
    result, found = outcomes(question, w=1)
    assert found == [("passed", 2)]
    evidence = result.checks[0].evidence
    assert (evidence.inputs, evidence.more) == (10**18, True)
    assert "holds for all inputs of up to" in in_words(evidence)
    assert "(more than 10^18)" in in_words(evidence)
    assert "; not proved: the walk ended after 20000 joint states" in in_words(evidence)
    data = as_data(Report("a", "s", (result,)))["questions"][0]["checks"][0]["evidence"]
    assert (data["inputs"], data["more"]) == (10**18, True)
    assert outcomes(question, w=2)[1] == [("failed", 0)]


class Counting(FunctionMachine):
    """Counts the edges that are asked for."""

    asked = 0

    def edge(self, state, symbol):
        self.asked += 1
        return super().edge(state, symbol)


def test_counting_words_asks_for_a_bounded_number_of_edges():
    """At most one 1 in a word of 3000 steps: few words, but a state for each place of it."""

    def step(state, symbol):
        place, t = state
        return ((t if symbol[0] else place), t + 1), int(bool(place and symbol[0]))

    machine = Counting((0, 1), step, TWO)
    counted = count_words(machine, TWO, lambda step: not step.output, 3000)
    assert machine.asked <= MAX_COUNTED_EDGES
    assert counted.more
    levels = next(n for n in range(3000) if sum(2 * k for k in range(1, n + 2)) > MAX_COUNTED_EDGES)
    assert counted == WordCount(sum(n + 1 for n in range(1, levels + 1)), more=True)


def test_so_many_words_that_python_would_not_write_them_are_said_to_be_more():
    machine = Counting(0, lambda state, symbol: (0, 0), TWO)
    assert count_words(machine, TWO, lambda step: True, 20_000) == WordCount(10**18, more=True)
    assert machine.asked < 200


def test_exactly_counted_words_are_not_said_to_be_more():
    machine = FunctionMachine(0, lambda state, symbol: (0, 0), TWO)
    assert count_words(machine, TWO, lambda step: True, 58) == WordCount(2**59 - 2)


def test_a_lower_bound_in_words():
    assert in_words(Exhausted(40, 5000, None, more=True)) == (
        "holds for all inputs of up to 40 in length (at least 5000); not proved"
    )
    assert in_words(Exhausted(40, 6, Sampled(1, 7))) == (
        "holds for all 6 inputs of up to 40 in length, and on 1 longer one that was drawn (seed 7); not proved"
    )
