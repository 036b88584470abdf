"""Networks of sigmoid, tanh and softmax: what is wrong on a short input is found there, and what is said is true.

The oracle tries all short inputs in Python's own floats, and leaves out networks that come near to a threshold.
"""

from random import Random

import pytest
from flint import fmpq

from grader.engines import ball_walk, sample
from grader.engines.ball_walk import GridWalkEngine, ShortWordsEngine
from grader.engines.cover import Cover
from grader.engines.engine import Findings, OpenLines
from grader.engines.long_runs import LongRunBits
from grader.engines.table import decide
from grader.evidence import Proved
from grader.kinds.table import load_assignment
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array
from grader.language.numbers import read_number
from grader.language.precision import Refinement
from grader.machines.enclosed import judged_run
from tests.engines.enclosed_networks import NETWORKS, drawn, first_wrong, outputs, spec, wanted

LONGEST = 6
"""Steps of the inputs that the oracle tries."""


def exact(value):
    if not isinstance(value, list):
        return fmpq(*float(value).as_integer_ratio())
    rows = [exact(row) for row in value]
    if isinstance(rows[0], Array):
        return Array((len(rows), len(value[0])), [entry for row in rows for entry in row.entries])
    return Array((len(rows),), rows)


def weights(values):
    return {name: exact(value) for name, value in values.items()}


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    """Questions by network, behaviour and other words of a spec; each is read once."""
    found = {}

    def question(network, behaviour="parity", accept=None, rest="budget: {samples: 20}"):
        key = (network, behaviour, accept, rest)
        if key not in found:
            path = tmp_path_factory.mktemp("smooth") / "q.yaml"
            path.write_text(spec(network, behaviour, accept, rest))
            found[key] = load_assignment(path).questions[0]
        return found[key]

    return question


def short_words(question, values, lines):
    """What is found about some rubric lines on short inputs alone."""
    asked = OpenLines(frozenset(lines))
    outcome = ShortWordsEngine().decide(question.network(values), question.specification, asked, question.budget)
    return outcome if isinstance(outcome, Findings) else outcome.findings


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("behaviour", ["parity", "latch", "copy"])
def test_what_fails_on_a_short_input_fails_on_a_shortest_one(questions, network, behaviour):
    question, random, compared = questions(network, behaviour), Random(f"{network} {behaviour}"), 0
    for _ in range(12):
        values = drawn(random, network, 4)
        lengths, closest = first_wrong(network, behaviour, values, LONGEST)
        if closest < 1e-9:
            continue
        findings = short_words(question, weights(values), lengths)
        assert set(findings.broken) == set(lengths)
        for line in lengths:
            broken = findings.broken[line]
            assert (len(broken.word), broken.shortest) == (lengths[line], True)
            word = [int(symbol[0]) for symbol in broken.word]
            assert (outputs(network, values, word)[-1] > 0) != (wanted(behaviour, word)[-1] == 1)
            compared += 1
    assert compared >= 10


FADING = {"a": 20, "b": -2, "k": 4}
"""A latch without a second state of its own: what it remembers fades, and falls below 3/5 after 36 steps."""

KEEPING = {"a": 20, "b": -2.25, "k": 4.5}
"""The same with two states of its own."""

NEVER_FADES = "(y > 3/5) == (expected == 1)"


def faded(values, threshold):
    """The steps after which a latch that was set is first below a threshold, in Python's floats; None: within 2000."""
    above = outputs("logistic", values, [1] + [0] * 2_000)
    return next((t for t, one in enumerate(above, 1) if one + 0.5 < threshold), None)


def test_what_fades_slowly_is_found_by_repetition(questions):
    """No word of up to 12 steps is wrong; the shortest wrong one is a 1 and then zeros only."""
    question = questions("logistic", "latch", NEVER_FADES)
    lines = OpenLines(frozenset({0, 1}), 12)
    outcome = GridWalkEngine().decide(question.network(weights(FADING)), question.specification, lines, question.budget)
    word = outcome.findings.broken[1].word
    assert [int(symbol[0]) for symbol in word] == [1] + [0] * (faded(FADING, 0.6) - 1)
    assert (outcome.findings.broken[1].shortest, set(outcome.findings.broken)) == (True, {1})


@pytest.mark.parametrize(("missing", "shortest"), [(0, True), (1, False)])
def test_a_long_word_is_shortest_where_all_shorter_ones_are_covered(questions, monkeypatch, missing, shortest):
    def covers(system, symbols, lines, longest):
        return Cover([[system.start]] * (longest - missing), in_doubt=bool(missing), met=set(lines))

    monkeypatch.setattr(ball_walk, "covered_layers", covers)
    question = questions("logistic", "latch", NEVER_FADES)
    lines = OpenLines(frozenset({1}), 12)
    found = GridWalkEngine().decide(question.network(weights(FADING)), question.specification, lines, question.budget)
    assert found.broken[1].shortest is shortest


def test_what_fades_no_further_is_not_refuted(questions):
    question = questions("logistic", "latch", NEVER_FADES)
    assert faded(KEEPING, 0.6) is None
    lines = OpenLines(frozenset({0, 1}))
    for engine in (ShortWordsEngine(), GridWalkEngine()):
        outcome = engine.decide(question.network(weights(KEEPING)), question.specification, lines, question.budget)
        assert outcome.findings.broken == {}


def test_a_difference_far_below_floats_is_told_from_none(questions):
    """After 300 steps the output is above 1/2 by 1e-54, which no float64 shows; that is surely above, and enough."""
    question = questions("logistic", "latch")
    values = {"a": 20, "b": -1.25, "k": 2.5}
    assert abs(outputs("logistic", values, [1] + [0] * 300)[-1]) < 1e-15
    word = question.alphabet.read_word("1" + "0" * 300)
    run = judged_run(
        question.network(weights(values)), question.specification, word, question.specification.machine().run(word)
    )
    assert (all(run.right), run.open_question, run.bits >= 256) == (True, "", True)
    with_less = question.network(weights({**values, "b": -1.25 - 2**-40}))
    run = judged_run(with_less, question.specification, word, run.wanted)
    assert run.right[-1] is False


def test_an_output_at_the_threshold_is_not_above_it(questions):
    """sigmoid(0) is 1/2 exactly, though all weights are thirds."""
    thirds = {"a": fmpq(1, 3), "b": fmpq(-1, 3), "k": fmpq(0)}
    for accept, points in (("(y > 1/2) == (expected == 1)", 1), ("(y >= 1/2) == (expected == 1)", 2)):
        question = questions("logistic", "copy", accept)
        result = score_weights(question, thirds)
        assert (result.status, result.points) == ("graded", points)
        assert [check.name for check in result.checks if check.outcome == "failed"] == ["on"] * (2 - points)


def test_states_that_are_rational_are_proved_by_a_walk(questions):
    """Weights of 0: three joint states in all."""
    question = questions("logistic", "latch")
    findings = decide(question.network(weights({"a": 0, "b": 0, "k": 0})), question.specification, question.budget)
    assert isinstance(findings.holds, Proved)
    assert (set(findings.broken), findings.holds.length) == ({1}, None)


def test_all_inputs_of_a_bounded_length_are_a_proof(questions):
    question = questions("logistic", "latch", NEVER_FADES, "length: 6\nbudget: {samples: 20}")
    for values in (FADING, KEEPING):
        findings = decide(question.network(weights(values)), question.specification, question.budget)
        assert findings.proved_right
        assert findings.holds.length == 6


@pytest.mark.parametrize("huge", [1e300, -1e300, 1e12])
def test_huge_weights_are_decided(questions, huge):
    """They saturate beyond all floats, and hang nothing."""
    question = questions("logistic", "copy")
    result = score_weights(question, weights({"a": huge, "b": -huge / 2, "k": 0}))
    assert (result.status, result.points) == ("graded", 2 if huge > 0 else 0)


@pytest.mark.long
def test_equal_units_are_equal(questions):
    """tanh(z) + tanh(-z) is 0 at every step, so the output is 1/2, and not above it."""
    question = questions("rnn", "copy")
    tie = {"W": [1, -1], "U": [[0, 0], [0, 0]], "b": [0.5, -0.5], "v": [1, 1], "c": 0}
    result = score_weights(question, weights(tie))
    assert (result.status, [check.outcome for check in result.checks]) == ("graded", ["passed", "failed"])
    assert result.checks[1].evidence.input == "1"


IDENTITY = """
question: q
title: An identity that nothing here knows
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters: {a: scalar}
  equations: {y: "cosh(a*x[t])**2 - sinh(a*x[t])**2 - a*x[t]/a"}
  output: y
behaviour:
  equations: {s: 0}
  output: s
accept: "y >= expected"
checks: [{name: line, points: 1}]
budget: {samples: 20}
"""


def test_what_no_precision_decides_is_held(tmp_path):
    """At x = 1 the output is 0, which no ball shows: nobody loses or gets a point for it."""
    path = tmp_path / "q.yaml"
    path.write_text(IDENTITY)
    result = score_weights(load_assignment(path).questions[0], {"a": fmpq(1, 3)})
    assert (result.status, result.points, result.checks[0].outcome) == ("held", 0, "held")
    assert result.messages == (f"held, for a person to decide: 'line': {result.checks[0].message}",)
    assert "on input 1, 4096 bits do not decide which of two numbers is smaller at step 1" in result.messages[0]


FORGETFUL_BALLS = """
question: q
title: Balls grow here, numbers do not
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters: {a: scalar}
  initial: {"h[0]": 0, "h[-1]": 0.3}
  equations: {y: "h[t]", h: "tanh(tanh(h[t-2]) + h[t-1] - a*h[t-1] - a*h[t-2] + x[t]/9)"}
  output: y
behaviour:
  equations: {s: 1}
  output: s
accept: "abs(y) < expected"
checks: [{name: line, points: 1}]
budget: {samples: 20}
"""


def test_long_words_leave_enough_precision_for_short_ones(tmp_path):
    """What 2,000 steps take in vain is not missing where 80 steps are to be decided."""
    path = tmp_path / "q.yaml"
    path.write_text(FORGETFUL_BALLS)
    question = load_assignment(path).questions[0]
    effort = sample._Effort(Refinement(0), Refinement(), LongRunBits())
    word = question.specification.program.system.alphabet.symbol_set.symbols[:1] * 90
    wanted_steps = question.specification.machine().run(word)
    for length in (80, 90):
        steps = word[:length], wanted_steps[:length]
        run = sample._compared(question.specification, question.network({"a": fmpq(7, 5)}), *steps, effort)
        assert (run.length, run.undecided, run.met) == (80, {}, {0})


def test_a_largest_entry_is_equal_to_itself(questions):
    """`p[expected] == max(p)` is decided although p is irrational."""
    question = questions("softmax", "copy")
    right = {"W": [4, -4], "U": [[0, 0], [0, 0]], "b": [-2, 2], "V": [[-3, 3], [3, -3]], "c": [0, 0]}
    assert score_weights(question, weights(right)).points == 2
    swapped = {**right, "V": right["V"][::-1]}
    result = score_weights(question, weights(swapped))
    assert (result.points, [check.evidence.input for check in result.checks]) == (0, ["0", "1"])


EXAMPLES = """
question: q
title: A small network
points: 1
answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{a: scalar, b: scalar}}
  {network}
  output: y
behaviour:
  initial: {{s: 0}}
  equations: {{s: "{wanted}"}}
  output: s
accept: "{accept}"
checks: [{{name: line, points: 1}}]
budget: {{samples: 20}}
"""
ONE_STEP = 'equations: {{y: "{}"}}'.format
ABOVE = "(y > 1/2) == (expected == 1)"
SMALL = [
    ("a saturated sigmoid is not 1", ONE_STEP("sigmoid(a*x[t] + b)"), "x[t]", "y == expected", (10**6, -(10**5)), "0"),
    ("a sigmoid of next to nothing", ONE_STEP("sigmoid(a*x[t] + b)"), "x[t]", ABOVE, ("1e-300", 0), None),
    ("a sigmoid of minus as much", ONE_STEP("sigmoid(a*x[t] + b)"), "x[t]", ABOVE, ("-1e-300", 0), "1"),
    ("a fired unit is 0 or 1", ONE_STEP("sigmoid(a*x[t] + b) > 1/2"), "x[t]", "y == expected", (2, -1), None),
    ("a unit that fires late", ONE_STEP("sigmoid(a*x[t] + b) > 1/2"), "x[t]", "y == expected", (2, -3), "1"),
    ("a root", ONE_STEP("sqrt(a*x[t] + b)"), "x[t]", "abs(y - expected) < 0.5", (1, 0), None),
    ("a root of a negative number", ONE_STEP("sqrt(a*x[t] + b)"), "x[t]", "y >= 0", (1, -1), "0"),
    ("a division by 0 at a tie", ONE_STEP("1/(tanh(a) - tanh(a*x[t]))"), "x[t]", "y > 0", (1, 0), "1"),
    ("a softplus", ONE_STEP("softplus(a*x[t] + b)"), "x[t]", "abs(y - expected) < 0.6", (20, -19), None),
    ("a larger one", ONE_STEP("softplus(a*x[t] + b)"), "x[t]", "abs(y - expected) < 0.6", (20, -18), "1"),
    ("a huge one", ONE_STEP("softplus(a*x[t] + b)"), "x[t]", "abs(y - expected) < 0.6", ("1e300", 0), "0"),
    ("written out", ONE_STEP("1/(1 + exp(-a*x[t] - b))"), "x[t]", ABOVE, ("1e300", "-1e299"), None),
    ("written out, and wrong", ONE_STEP("1/(1 + exp(-a*x[t] - b))"), "x[t]", ABOVE, ("-1e300", "1e299"), "0"),
    ("without end", 'initial: {y: 0}\n  equations: {y: "exp(a*y[t-1] + b)"}', "0", "y < 3", (0, 1), None),
    ("a tower", 'initial: {y: 0}\n  equations: {y: "exp(a*y[t-1] + b)"}', "0", "y < 3", (1, 1), "00"),
]


@pytest.mark.parametrize(
    ("network", "due", "accept", "given", "wrong"), [row[1:] for row in SMALL], ids=[r[0] for r in SMALL]
)
def test_small_networks(tmp_path, network, due, accept, given, wrong):
    """None: right. Else the shortest input on which it is wrong."""
    path = tmp_path / "q.yaml"
    path.write_text(EXAMPLES.format(network=network, wanted=due, accept=accept))
    a, b = (read_number(str(number)) for number in given)
    result = score_weights(load_assignment(path).questions[0], {"a": a, "b": b})
    assert result.status == "graded"
    evidence = result.checks[0].evidence
    assert (result.points, getattr(evidence, "input", None)) == (0 if wrong else 1, wrong)
    assert wrong is None or evidence.shortest
