"""What kind of evidence each kind of question gets: proved, exhausted, sampled or a counterexample."""

import itertools
import re
from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines.engine import Broken
from grader.engines.table import decide
from grader.errors import HarnessError
from grader.evidence import Counterexample, Exhausted, Invariant, Proved, Sampled
from grader.kinds.weights.counterexample import replayed
from grader.kinds.weights.score import score_weights
from grader.kinds.weights.spec_check import check_weights_question
from grader.language.arrays import Array
from grader.machines.alphabet import Alphabet, Channel, read_kind
from grader.machines.machine import AnswerMachine
from grader.machines.system import DefinitionError
from grader.verdict import Margin

LATCH = """
behaviour:
  initial: {alive: 1}
  equations: {alive: "alive[t-1] and x[t]"}
  output: alive
"""
ONE_LINE = """
checks:
  - {name: right, points: 1}
"""


@pytest.fixture
def ask(load):
    """A question with the given network and whatever else; one point."""

    def question(network, rest=LATCH + ONE_LINE):
        return load(f"question: q\ntitle: T\npoints: 1\nanswer: weights\nnetwork:{network}{rest}")

    return question


def numbers(**values):
    return {name: value if isinstance(value, Array) else fmpq(*value_pair(value)) for name, value in values.items()}


def value_pair(value):
    fraction = Fraction(str(value))
    return fraction.numerator, fraction.denominator


def only_check(question, **values):
    result = score_weights(question, numbers(**values))
    assert len(result.checks) == 1
    return result.checks[0]


COUNTING = """
  inputs: {x: bit}
  parameters: {n: scalar}
  initial: {c: 0, h: 1}
  equations:
    c: "relu(c[t-1] + x[t] + 1/3)"
    h: "h[t-1] and x[t]"
    y: "h if c < n else 1 - h"
  output: y
"""
"""A ReLU unit that grows for ever; right until it reaches n."""


@pytest.mark.parametrize("states", [10, 100, 1000])
def test_states_without_end_give_exhausted_evidence_with_the_right_number_of_inputs(ask, states, no_solver):
    question = ask(COUNTING, LATCH + ONE_LINE + f"budget: {{states: {states}, samples: 50, longest: 100}}")
    evidence = only_check(question, n=10_000).evidence
    assert isinstance(evidence, Exhausted)
    assert evidence.length >= 3
    every = sum(2**n for n in range(1, evidence.length + 1))
    assert (evidence.inputs, evidence.more) == ((every, False) if every <= 10**18 else (10**18, True))
    longer = {word for word in question.budget.corpus.words if len(word) > evidence.length}
    assert len(longer) < 50
    assert evidence.sampled == (Sampled(len(longer), question.budget.seed) if longer else None)


THIRD_ONE = """
behaviour:
  initial: {m: 0}
  equations: {m: "min(m[t-1] + x[t], 3)", y: "m[t] == 3"}
  output: y
checks: [{name: from the third 1 on, points: 1, when: "y[t]"}]
"""
LEAKING_COUNTER = """
  inputs: {x: bit}
  parameters: {keep: scalar, drift: scalar}
  initial: {c: 0}
  equations: {c: "keep*c[t-1] + x[t] + drift", y: "c > 2"}
  output: y
"""


def steps_until_wrong(keep, drift, most):
    """After 111, how many 0s a counter bears until it is at 2 or below; None if it bears so many."""
    count = Fraction(0)
    for t in range(most):
        count = keep * count + (t < 3) + drift
        if t >= 2 and count <= 2:
            return t + 1
    return None


@pytest.mark.long
@pytest.mark.parametrize(
    ("keep", "drift", "right"),
    [
        ("999/1000", 0, False),
        ("9998/10000", 0, True),
        (1, "-1/500", False),
        (1, 0, True),
        (1, "1/10000", True),
        ("1001/1000", 0, True),
    ],
)
@pytest.mark.sampled(3)
def test_what_leaks_or_drifts_slowly_is_found_within_a_thousand_steps(ask, keep, drift, right, no_solver):
    wrong_at = steps_until_wrong(Fraction(keep), Fraction(drift), 1000)
    assert (wrong_at is None) is right
    check = only_check(ask(LEAKING_COUNTER, f"{THIRD_ONE}budget: {{samples: 60}}\n"), keep=keep, drift=drift)
    assert check.outcome == ("passed" if right else "failed")
    if not right:
        assert f"step {wrong_at} gives 0 instead of 1" in check.message


@pytest.mark.usefixtures("no_solver")
def test_numbers_that_grow_beyond_the_limits_on_a_long_word_cost_nothing(ask):
    """47 more bits a step: within the limits for 80 steps, beyond them at about 700."""
    check = only_check(ask(LEAKING_COUNTER, THIRD_ONE), keep="0.99999999999999", drift=0)
    assert check.outcome == "passed"
    assert isinstance(check.evidence, Exhausted)


@pytest.mark.usefixtures("no_solver")
def test_only_inputs_that_are_assumed_are_counted(ask):
    """No two 1s in a row: 2, 3, 5, 8, ... words."""
    assumed = 'assume: "x[t] + x[t-1] < 2"\n'
    behaviour = LATCH.replace("alive: 1}", "alive: 1, x: 0}")
    question = ask(COUNTING, behaviour + ONE_LINE + assumed + "budget: {states: 50, samples: 20, longest: 100}")
    evidence = only_check(question, n=10_000).evidence
    assert isinstance(evidence, Exhausted)
    words = [w for n in range(1, evidence.length + 1) for w in itertools.product("01", repeat=n)]
    assert evidence.inputs == sum("11" not in "".join(word) for word in words)


@pytest.mark.long
def test_the_corpus_stays_within_what_is_assumed(ask):
    """Steered words walk inside the assumption, so that long ones exist at all: three inputs in four are forbidden."""
    network = """
  inputs: {x: [bit, bit]}
  parameters: {n: scalar}
  initial: {c: 0}
  equations: {c: "c[t-1] + 1", y: "1 if c < n else 0"}
  output: y
"""
    behaviour = """
behaviour:
  initial: {last: 0}
  equations: {last: "1 - last[t-1]"}
  output: 1
assume: x[t][0] == last[t] and x[t][1] == 1
budget: {states: 20, longest: 100}
"""
    question = ask(network, behaviour + ONE_LINE)
    assert (
        decide(AnswerMachine(question.program, numbers(n=9)), question.specification, question.budget)
        .broken[0]
        .shortest
    )
    found = decide(AnswerMachine(question.program, numbers(n=45)), question.specification, question.budget).broken[0]
    assert len(found.word) == 45


BEYOND = LATCH + ONE_LINE + "budget: {states: 60, samples: 120, longest: 100}"


def test_a_failure_beyond_the_exhausted_length_is_found_by_sampling_and_shrunk(ask, no_solver):
    """With n = 40 the counter must see thirty 1s while alive: uniform words never do, runs and steered words do.

    Nothing shorter breaks it: thirty steps of 1 + 1/3 make exactly 40.
    """
    question = ask(COUNTING, BEYOND.replace("points: 1}", 'points: 1, when: "alive[t]"}'))
    check = only_check(question, n=40)
    assert check.outcome == "failed"
    assert isinstance(check.evidence, Counterexample)
    assert not check.evidence.shortest
    assert check.evidence.input == "1" * 30
    assert check.message.endswith("step 30 gives 0 instead of 1 (found by sampling)")
    machine = AnswerMachine(question.program, numbers(n=10_000))
    exhausted = decide(machine, question.specification, question.budget, no_solver).holds
    assert exhausted.length < 30


def test_a_failure_beyond_the_walk_is_found_as_a_shortest_input(ask):
    question = ask(COUNTING, BEYOND.replace("points: 1}", 'points: 1, when: "alive[t]"}'))
    check = only_check(question, n=40)
    assert (check.evidence.input, check.evidence.shortest) == ("1" * 30, True)


@pytest.mark.parametrize("n", [34, 77])
def test_sampled_failures_while_alive_shrink_to_the_smallest_word(ask, n, no_solver):
    """A word that stays alive is all 1s, each of which counts 4/3."""
    question = ask(COUNTING, BEYOND.replace("points: 1}", 'points: 1, when: "alive[t]"}'))
    ones = next(k for k in itertools.count() if Fraction(k * 4, 3) >= n)
    assert only_check(question, n=n).evidence.input == "1" * ones


@pytest.mark.parametrize("n", [34, 77])
@pytest.mark.sampled(3)
def test_sampled_failures_while_dead_shrink_to_a_few_zeros_and_then_ones(ask, n, no_solver):
    """A 0 counts 1/3, so one 0 and ones make the smallest word; with two 0s more it takes one step more at most."""
    question = ask(COUNTING, BEYOND.replace("points: 1}", 'points: 1, when: "not alive[t]"}'))
    word = only_check(question, n=n).evidence.input
    smallest = next(k for k in itertools.count(1) if Fraction((k - 1) * 4, 3) + Fraction(1, 3) >= n)
    assert re.fullmatch("0{1,3}1+", word)
    assert len(word) <= smallest + 1


def test_a_shrunk_word_is_short_even_where_hypothesis_does_not_meet_the_failure_again(ask):
    """The stretches of a found word that do not matter are left out one after the other."""
    question = ask(COUNTING, BEYOND)
    corpus = question.budget.corpus
    needle = corpus.words[-1][:3] + tuple((fmpq(b),) for b in (1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 1)) * 2
    assert len(corpus.shrink(needle, lambda word: len(word) if word[-5:] == needle[-5:] else None)) == 5


def test_sampling_is_the_same_on_every_run_and_for_every_student(ask, no_solver):
    few = BEYOND.replace("samples: 120", "samples: 40")
    first, second = ask(COUNTING, few), ask(COUNTING, few)
    assert first.budget.corpus.words == second.budget.corpus.words
    assert only_check(first, n=40) == only_check(second, n=40)
    assert only_check(second, n=1000).evidence == only_check(first, n=1000).evidence


def test_another_seed_draws_other_words(ask, no_solver):
    first, second = ask(COUNTING, BEYOND), ask(COUNTING, BEYOND.replace("states: 60", "states: 60, seed: 5"))
    assert first.budget.corpus.words != second.budget.corpus.words
    assert only_check(second, n=10_000).evidence.sampled.seed == 5


def test_the_corpus_holds_uniform_runs_and_steered_words(ask):
    """Some words stay alive for long, which one uniform word in 2 ** 20 would."""
    question = ask(COUNTING, BEYOND)
    corpus = question.budget.corpus
    words = ["".join(str(n) for (n,) in word) for word in corpus.words[: corpus.drawn]]
    assert 60 < len(set(words)) == len(words) <= 120
    assert all(1 <= len(word) <= 80 for word in words)
    assert sum(word.startswith("1" * 20) for word in words) >= 5
    assert sum(len(word) >= 40 for word in words) >= 20
    assert sum("01" in word and "10" in word and "11" in word and "00" in word for word in words) >= 20


@pytest.mark.long
def test_pairs_of_long_equal_sequences_are_drawn(load, q6):
    """Uniform pairs of sequences are soon unequal; the corpus keeps many equal for 20 steps and more."""
    equal = [
        all(x.entries[0] == x.entries[1] for (x,) in word[:20]) and len(word) > 20 for word in q6.budget.corpus.words
    ]
    assert sum(equal) >= 20


def test_a_bounded_length_bounds_the_sampled_words_too(ask):
    question = ask(COUNTING, BEYOND + "\nlength: 7\n")
    assert max(map(len, question.budget.corpus.words)) <= 7


LINEAR = """
  inputs: {x: integer(-2..2)}
  parameters: {w: scalar, u: scalar}
  initial: {h: 0}
  equations: {h: "w*h[t-1] + u*x[t]"}
  output: h
"""
RUNNING_SUM = """
behaviour:
  initial: {s: 0}
  equations: {s: "s[t-1] + x[t]"}
  output: s
budget: {states: 300, samples: 60, longest: 100}
"""
FEW_SAMPLES = RUNNING_SUM.replace("states: 300, samples: 60", "samples: 40")


def test_a_linear_network_over_a_finite_alphabet(ask, no_solver):
    question = ask(LINEAR, RUNNING_SUM + ONE_LINE)
    right = only_check(question, w=1, u=1).evidence
    assert sum(5**n for n in range(1, right.length + 1)) > 10**18
    assert (right.inputs, right.more) == (10**18, True)
    wrong = only_check(question, w=-1, u=1).evidence
    assert (wrong.input, wrong.expected, wrong.got) == ("-2 -2", "-2 -4", "-2 0")


@pytest.mark.parametrize("kind", ["integer", "real", "real(-3..3)", "integer(-100000..100000)"])
@pytest.mark.sampled(3)
def test_endless_alphabets_give_sampled_evidence(ask, kind, no_solver):
    rest = FEW_SAMPLES
    question = ask(LINEAR.replace("integer(-2..2)", kind), rest + ONE_LINE)
    assert only_check(question, w=1, u=1).evidence == Sampled(
        len(set(question.budget.corpus.words)), question.budget.seed
    )
    wrong = only_check(question, w=0, u=1).evidence
    assert isinstance(wrong, Counterexample)
    assert not wrong.shortest
    assert len(wrong.trace) == 2
    assert wrong.trace[0].right
    assert not wrong.trace[1].right
    if kind == "integer":
        assert {abs(Fraction(step.inputs["x"])) for step in wrong.trace} <= {0, 1}


@pytest.mark.parametrize("kind", ["integer(-2..2)", "integer", "real", "real(-3..3)", "integer(-100000..100000)"])
def test_a_running_sum_is_proved_over_any_alphabet(ask, kind):
    question = ask(LINEAR.replace("integer(-2..2)", kind), RUNNING_SUM + ONE_LINE)
    assert only_check(question, w=1, u=1).evidence == Proved(None, None, Invariant(("h[t-1] == s[t-1]",)))
    wrong = only_check(question, w=0, u=1).evidence
    assert (wrong.shortest, len(wrong.trace)) == (True, 2)
    assert {abs(Fraction(step.inputs["x"])) for step in wrong.trace} <= {0, 1, 2}


def test_samples_of_a_bounded_kind_stay_within_its_bounds(ask):
    rest = RUNNING_SUM.replace("states: 300, ", "")
    question = ask(LINEAR.replace("integer(-2..2)", "real(-1/2..3)"), rest + ONE_LINE)
    entries = [x for word in question.budget.corpus.words for (x,) in word]
    assert min(entries) >= fmpq(-1, 2)
    assert max(entries) <= 3
    assert len(set(entries)) > 50


def test_an_input_that_the_question_allows_is_found_though_none_would_be_drawn(ask):
    rest = FEW_SAMPLES + "assume: x[t] == 123456789\n"
    question = ask(LINEAR.replace("integer(-2..2)", "integer"), rest + ONE_LINE)
    assert only_check(question, w=1, u=1).outcome == "passed"
    assert only_check(question, w=1, u=2).evidence.input == "123456789"


def test_an_assumption_that_no_input_meets_is_no_reason_to_pass_anybody(ask):
    rest = FEW_SAMPLES + "assume: x[t] > 2 and x[t] < 1\n"
    question = ask(LINEAR.replace("integer(-2..2)", "integer"), rest + ONE_LINE)
    check = only_check(question, w=1, u=1)
    assert (check.outcome, check.points) == ("held", 0)
    assert check.message == "no input that was looked at is about this line"


def test_nothing_is_recognised_and_no_reading_tried_where_the_alphabet_is_endless(ask):
    known = "known: {other: {w: 0, u: 1, earns: 0, say: Forgets.}}\nreadings: [{name: other, replace: {w: 1 + w}}]\n"
    question = ask(LINEAR.replace("integer(-2..2)", "integer"), RUNNING_SUM + ONE_LINE + known)
    assert score_weights(question, numbers(w=0, u=1)).messages == ()


@pytest.mark.parametrize(("reading", "said"), [("1 + w", "is right"), ("2 + w", "is not right")])
def test_a_known_reading_is_decided_where_the_alphabet_is_endless(ask, reading, said):
    known = f"known: {{a: {{w: 0, u: 1, earns: 0, reading: other}}}}\nreadings: [{{name: other, replace: {{w: {reading}}}}}]\n"
    question = ask(LINEAR.replace("integer(-2..2)", "integer"), RUNNING_SUM + ONE_LINE + known)
    found = [finding for finding in check_weights_question(question) if "when read with" in finding.text]
    assert [(f.text, f.evidence) for f in found] == [(f"known 'a' {said} when read with 'other'", None)]


SQUARES = """
  inputs: {x: bit}
  parameters: {a: scalar}
  initial: {h: 1, g: 2}
  equations:
    h: "h[t-1] and x[t]"
    g: "a * g[t-1] ** 4"
    y: "h + 0*g"
  output: y
"""


def test_numbers_that_grow_beyond_the_limits_early_lose_the_line(ask):
    """g would have more than 32768 bits at step 8: what comes after cannot be decided, so nothing is earned for it."""
    question = ask(SQUARES)
    check = only_check(question, a=1)
    assert (check.outcome, check.points) == ("failed", 0)
    assert (check.evidence.input, check.evidence.shortest) == ("00000000", True)
    assert "step 8 gives undefined (about 1e4932 ** 4 is too large a power; nothing is decided beyond" in check.message
    assert "32768 bits" in check.message
    assert isinstance(only_check(question, a=0).evidence, Proved)


def test_an_answer_of_which_no_step_can_be_worked_out_is_wrong_at_the_first(ask):
    check = only_check(ask(SQUARES.replace("a * g", "a ** 30 * a ** 30 * g")), a="1e300")
    assert check.outcome == "failed"
    assert check.evidence.input == "0"
    assert "step 1 gives undefined (a number grew beyond 32768 bits" in check.message


def test_an_initial_value_beyond_the_limits_is_wrong_at_the_first_step(ask):
    check = only_check(ask(SQUARES.replace("g: 2}", "g: a ** 999}")), a="1e300")
    assert check.outcome == "failed"
    assert "step 1 gives undefined" in check.message
    assert "too large a power" in check.message


def test_an_output_that_accept_cannot_be_worked_out_for_is_wrong_and_the_limit_is_named(ask):
    """Inputs of only zeros are right whatever a is; on a 1 the power is beyond the limits."""
    network = """
  inputs: {x: bit}
  parameters: {a: scalar}
  equations: {y: "x[t] * a"}
  output: y
"""
    rest = """
behaviour:
  equations: {b: "x[t]"}
  output: b
accept: y ** 40 == expected
"""
    question = ask(network, rest + ONE_LINE)
    assert isinstance(only_check(question, a=1).evidence, Proved)
    assert only_check(question, a=2).evidence.input == "1"
    check = only_check(question, a="1e300")
    assert (check.outcome, check.evidence.input) == ("failed", "1")
    assert check.evidence.trace[-1].output.endswith("too large a power)")


def test_an_accept_that_is_undefined_for_an_output_is_wrong_there(ask):
    network = """
  inputs: {x: bit}
  parameters: {a: scalar}
  equations: {y: "x[t] + a"}
  output: y
"""
    rest = """
behaviour:
  equations: {b: "x[t] + 1"}
  output: b
accept: expected / y == 1
"""
    check = only_check(ask(network, rest + ONE_LINE), a=0)
    assert (check.outcome, check.evidence.input) == ("failed", "0")
    assert "1 is divided by zero" in check.evidence.trace[-1].output


@pytest.mark.parametrize(
    ("accept", "outcome"),
    [
        ("(1 / y > 1 / 3) == expected", "failed"),
        ("(6 / (y - 1) > 0) == expected", "passed"),
        ("(1 / y**2 <= 1) == expected", "failed"),
        ("1 / y > 0 or expected == 0", "failed"),
        ("(1 / (y * (y - 2)) < 0) == expected", "failed"),
        ("expected == 0 or 1 / y == 1/2", "passed"),
    ],
)
def test_a_division_by_the_answer_fails_it_though_the_wanted_output_cannot_be_divided_by_either(ask, accept, outcome):
    """Outputs are 2 for 1 and 0 for 0; what is wanted is 1 and 0, and `accept` says how one stands for the other."""
    network = """
  inputs: {x: bit}
  parameters: {a: scalar}
  equations: {y: "a * x[t]"}
  output: y
"""
    rest = f"""
behaviour:
  equations: {{b: "x[t]"}}
  output: b
accept: {accept}
"""
    assert only_check(ask(network, rest + ONE_LINE), a=2).outcome == outcome


def test_an_accept_that_is_undefined_for_the_wanted_output_is_the_courses_fault(ask):
    network = """
  inputs: {x: bit}
  parameters: {a: scalar}
  equations: {y: "x[t] + a"}
  output: y
"""
    rest = """
behaviour:
  equations: {b: "x[t]"}
  output: b
accept: y / expected == 1
"""
    with pytest.raises(
        DefinitionError, match="accept: cannot be worked out, whatever the answer: 0 is divided by zero"
    ):
        score_weights(ask(network, rest + ONE_LINE), numbers(a=0))


def test_a_power_that_is_no_whole_number_is_wrong_and_not_held(ask):
    network = """
  inputs: {x: bit}
  parameters: {a: scalar}
  equations: {y: "(x[t] + 1) ** a - 1"}
  output: y
"""
    rest = """
behaviour:
  equations: {b: "x[t]"}
  output: b
"""
    question = ask(network, rest + ONE_LINE)
    assert isinstance(only_check(question, a=1).evidence, Proved)
    check = only_check(question, a="1/3")
    assert check.outcome == "failed"
    assert "the power 1/3 is not a whole number" in check.evidence.trace[-1].output


INVERSE = """
  inputs: {x: bit}
  parameters: {a: scalar}
  initial: {h: 1}
  equations: {h: "h[t-1] and x[t]", y: "h / (a - x[t])"}
  output: y
"""


def test_a_division_by_zero_loses_the_line_and_is_shown(ask):
    check = only_check(ask(INVERSE), a=0)
    assert check.outcome == "failed"
    evidence = check.evidence
    assert (evidence.input, evidence.expected, evidence.got) == ("0", "0", "undefined")
    assert evidence.trace[0].output == "undefined (0 is divided by zero)"
    assert check.message == (
        "on input 0 the output is undefined, but 0 is wanted: "
        "step 1 gives undefined (0 is divided by zero) instead of 0 (the shortest such input)"
    )


def test_what_follows_a_division_by_zero_is_undefined_too(ask):
    lines = """
checks:
  - {name: later, points: 1, when: "t == 3 and x[t] == 1"}
"""
    evidence = only_check(ask(INVERSE, LATCH + lines), a=0).evidence
    assert evidence.input == "001"
    assert evidence.got == "undefined undefined undefined"


def test_an_undefined_start_loses_the_line(ask):
    network = INVERSE.replace("{h: 1}", "{h: 1/a}").replace("h / (a - x[t])", "h")
    assert isinstance(only_check(ask(network), a=1).evidence, Proved)
    assert only_check(ask(network), a=0).evidence.trace[0].output == "undefined (1 is divided by zero)"


def test_an_undefined_behaviour_is_the_courses_fault(ask):
    rest = """
behaviour:
  equations: {b: "1 / x[t]"}
  output: b
"""
    with pytest.raises(DefinitionError, match="the behaviour itself is undefined: 1 is divided by zero"):
        score_weights(ask(INVERSE, rest + ONE_LINE), numbers(a=2))


XOR = """
  inputs: {x: [bit, bit]}
  parameters: {W: [2, 2], b: [2], v: [2], c: scalar}
  functions: {phi(z): 1 if z > 0 else 0}
  equations: {h: "phi(W @ x[t] + b)", y: "phi(v @ h + c)"}
  output: y
behaviour:
  equations: {differ: "x[t][0] != x[t][1]"}
  output: differ
length: 1
"""
W = Array((2, 2), map(fmpq, (1, 1, 1, 1)))


def vector(*entries):
    return Array((len(entries),), [fmpq(*value_pair(entry)) for entry in entries])


def test_a_feed_forward_network_is_a_question_of_length_1(ask):
    question = ask(XOR, ONE_LINE)
    result = score_weights(question, numbers(W=W, b=vector(-0.5, -1.5), v=vector(1, -1), c=-0.5))
    assert result.checks[0].evidence == Proved(1, length=1)
    assert result.margins[0] == Margin("h[0]", "0.5", "x = [0, 0]", zero=False)
    wrong = only_check(question, W=W, b=vector(-0.5, -1.5), v=vector(1, 1), c=-0.5).evidence
    assert (wrong.input, wrong.expected, wrong.got) == ("(1,1)", "0", "1")


def test_a_mistake_beyond_the_length_asked_for_does_not_count(ask):
    """Right at the first two steps, wrong from the third on."""
    network = COUNTING.replace("c[t-1] + x[t] + 1/3", "c[t-1] + 1")
    assert only_check(ask(network, LATCH + ONE_LINE + "length: 2\n"), n=3).evidence == Proved(5, length=2)
    assert only_check(ask(network, LATCH + ONE_LINE + "length: 3\n"), n=3).evidence.input == "000"


def test_the_margin_looks_at_no_step_beyond_the_length(ask):
    """z is 1 - x at the first step and would sit on the threshold at the second."""
    network = """
  inputs: {x: bit}
  parameters: {w: scalar}
  initial: {h: 1}
  equations: {h: "1 if w*h[t-1] - 2*x[t] > 0 else 0"}
  output: h
behaviour:
  equations: {b: "1 - x[t]"}
  output: b
length: 1
"""
    assert score_weights(ask(network, ONE_LINE), numbers(w=1)).margins == (
        Margin("h", "1", "x = 0 and h[t-1] = 1", zero=False),
    )


def test_the_margin_looks_at_assumed_inputs_alone(ask):
    network = """
  inputs: {x: [0, 1, 2]}
  parameters: {w: scalar}
  equations: {h: "1 if w*x[t] > 2 else 0"}
  output: h
behaviour:
  equations: {b: "x[t] > 1"}
  output: b
assume: x[t] != 1
"""
    assert score_weights(ask(network, ONE_LINE), numbers(w=2)).margins[0].distance == "2"
    assert score_weights(ask(network.replace("assume: x[t] != 1", ""), ONE_LINE), numbers(w=2)).margins[0].zero


def test_the_student_may_choose_the_initial_state(ask):
    network = """
  inputs: {x: bit}
  parameters: {h0: scalar, w: scalar}
  initial: {h: h0}
  equations: {h: "1 if w*h[t-1] + x[t] >= 2 else 0"}
  output: h
"""
    question = ask(network)
    assert isinstance(only_check(question, h0=1, w=1).evidence, Proved)
    assert isinstance(only_check(question, h0=5, w=1).evidence, Counterexample)
    assert isinstance(only_check(question, h0="3/2", w=1).evidence, Proved)
    wrong = only_check(question, h0=0, w=1).evidence
    assert (wrong.input, wrong.got) == ("1", "0")


ADDER = """
  inputs: {a: bit, b: bit}
  parameters: {W: [3], bc: scalar, V: [4]}
  functions: {phi(z): 1 if z > 0 else 0}
  initial: {c: 0}
  equations:
    c: "phi(W[0]*a[t] + W[1]*b[t] + W[2]*c[t-1] + bc)"
    s: "V[0]*a[t] + V[1]*b[t] + V[2]*c[t-1] + V[3]*c[t]"
  output: s
behaviour:
  initial: {carry: 0}
  equations:
    carry: "a[t] + b[t] + carry[t-1] >= 2"
    digit: "(a[t] + b[t] + carry[t-1]) % 2"
  output: digit
checks:
  - {name: adds without a carry, points: 0.25, when: "carry[t-1] == 0"}
  - {name: adds the carry,       points: 0.25, when: "carry[t-1] == 1"}
  - {name: even lengths,         points: 0.25, when: "t % 2 == 0"}
  - {name: odd lengths,          points: 0.25, when: "t % 2 == 1"}
"""


def test_a_serial_adder_with_a_carry_bit(ask):
    """Lowest digit first; the carry is the state of the behaviour, the parity of time that of two rubric lines."""
    question = ask(ADDER, "")
    right = score_weights(question, numbers(W=vector(1, 1, 1), bc=-1.5, V=vector(1, 1, 1, -2)))
    assert [check.evidence for check in right.checks] == [Proved(4)] * 4  # two carries, two parities
    assert [m.distance for m in right.margins] == ["0.5"]


@pytest.mark.parametrize(
    ("weights", "shortest"),
    [
        # the carry out of 0 + 1 + carry is lost: the digit of the same step shows it
        ({"W": (1, 1, 0), "bc": -1.5, "V": (1, 1, 1, -2)}, [None, "(1,1) (0,1)", "(1,1) (0,1)", "(0,0) (1,1) (0,1)"]),
        # the carry is never made: 1 + 1 gives the digit 2
        ({"W": (0, 0, 0), "bc": -1, "V": (1, 1, 1, -2)}, ["(1,1)", "(1,1) (0,0)", "(0,0) (1,1)", "(1,1)"]),
        # the carry is kept for ever once made: 0 + 0 + carry must clear it, and shows at once as 1 - 2
        (
            {"W": (1, 1, 2), "bc": -1.5, "V": (1, 1, 1, -2)},
            ["(1,1) (0,0) (0,0)", "(1,1) (0,0)", "(1,1) (0,0)", "(0,0) (1,1) (0,0)"],
        ),
        # the carry is not added to the digit
        ({"W": (1, 1, 1), "bc": -1.5, "V": (1, 1, 0, -2)}, [None, "(1,1) (0,0)", "(1,1) (0,0)", "(0,0) (1,1) (0,0)"]),
    ],
)
def test_mistakes_in_a_serial_adder(ask, weights, shortest):
    question = ask(ADDER, "")
    values = {"W": vector(*weights["W"]), "bc": fmpq(*value_pair(weights["bc"])), "V": vector(*weights["V"])}
    findings = decide(AnswerMachine(question.program, values), question.specification, question.budget)
    shown = {line: replayed(question, values, line, found) for line, found in findings.broken.items()}
    assert [shown[i].input if i in shown else None for i in range(4)] == shortest


def test_only_even_lengths_may_be_asked_about(ask):
    """A network that is right at every second step alone loses the one line."""
    network = """
  inputs: {x: bit}
  parameters: {w: scalar}
  initial: {x: 0}
  equations: {y: "x[t] if t % 2 == 0 else w"}
  output: y
behaviour:
  initial: {even: 1}
  equations: {even: "1 - even[t-1]", b: "x[t]"}
  output: b
checks:
  - {name: even lengths, points: 0.5, when: "even[t]"}
  - {name: odd lengths, points: 0.5, when: "not even[t]"}
"""
    result = score_weights(ask(network, ""), numbers(w=2))
    assert [check.outcome for check in result.checks] == ["passed", "failed"]
    assert result.checks[0].evidence == Proved(2)
    assert result.checks[1].evidence.input == "0"


def test_a_tolerance(ask):
    network = """
  inputs: {x: [-1, 0, 1]}
  parameters: {w: scalar}
  equations: {y: "w*x[t]"}
  output: y
behaviour:
  equations: {b: "x[t]"}
  output: b
accept: abs(y - expected) < 0.1
"""
    question = ask(network, ONE_LINE)
    assert isinstance(only_check(question, w="1.09").evidence, Proved)
    assert only_check(question, w="1.1").evidence.input == "-1"
    assert only_check(question, w="0.9").evidence.trace[0].output == "-0.9"


def test_an_output_that_is_an_expression_is_called_output(ask):
    network = XOR.replace("output: y\n", "output: phi(v @ h + c) - 1\n").replace("output: differ", "output: differ - 1")
    question = ask(network, "accept: output == expected\n" + ONE_LINE)
    weights = numbers(W=W, b=vector(-0.5, -1.5), v=vector(1, -1), c=-0.5)
    assert score_weights(question, weights).points == 1


def test_a_vector_output_is_compared_as_a_whole(ask):
    network = """
  inputs: {x: [bit, bit]}
  parameters: {W: [2, 2]}
  equations: {y: "W @ x[t]"}
  output: y
behaviour:
  equations: {b: "[x[t][1], x[t][0]]"}
  output: b
"""
    question = ask(network, ONE_LINE)
    swap = Array((2, 2), map(fmpq, (0, 1, 1, 0)))
    assert isinstance(only_check(question, W=swap).evidence, Proved)
    wrong = only_check(question, W=Array((2, 2), map(fmpq, (1, 0, 0, 1)))).evidence
    assert (wrong.input, wrong.expected, wrong.got) == ("(0,1)", "[1, 0]", "[0, 1]")


def test_a_loop_in_accept_costs_each_student_the_same(ask):
    """What one comparison spends of its bounded effort is not missing at the next."""
    network = """
  inputs: {x: bit}
  parameters: {w: scalar}
  equations: {y: "w*x[t]"}
  output: y
behaviour:
  equations: {b: "x[t]"}
  output: b
accept: all(y == expected for i in range(2000))
"""
    question = ask(network, ONE_LINE)
    evidence = [only_check(question, w=1).evidence for _ in range(30)]
    assert evidence == [Proved(1)] * 30


def test_several_inputs_and_vectors_are_shown_by_name(ask):
    network = """
  inputs: {a: bit, b: {shape: [2], in: [0, 5]}}
  parameters: {w: scalar}
  equations: {y: "a[t] + w*b[t][1]"}
  output: y
behaviour:
  equations: {s: "a[t]"}
  output: s
"""
    evidence = only_check(ask(network, ONE_LINE), w=1).evidence
    assert evidence.input == "(0,0,5)"
    assert evidence.trace[0].inputs == {"a": "0", "b": "[0, 5]"}


def test_a_word_that_does_not_break_the_line_is_never_shown(q5):
    """A counterexample is run afresh before it is shown; one that fails is a fault of the grader."""
    values = q5.known[0].values
    broken = Broken(q5.alphabet.read_word("01"))
    with pytest.raises(HarnessError, match=r"^q5: the counterexample '01' of line 3 does not hold when replayed$"):
        replayed(q5, values, 2, broken)


def test_lines_about_no_wrong_step_pass_beside_those_that_fail(q5):
    findings = decide(AnswerMachine(q5.program, q5.known[2].values), q5.specification, q5.budget)
    assert sorted(findings.broken) == [2]
    assert findings.holds == Proved(3)
    assert not findings.proved_right


def test_the_walk_visits_as_many_edges_as_the_joint_machine_has(q6):
    """Three joint states of four symbols each, for the right answer."""
    machine = AnswerMachine(q6.program, q6.known[0].values)
    findings = decide(machine, q6.specification, q6.budget)
    assert len(findings.walk.nodes) == 3
    assert sum(edge is not None for row in machine._edges for edge in row) == 12


def test_alphabets_of_a_question_are_made_once(q6):
    behaviour = q6.specification.machine()
    assert q6.specification.machine() is behaviour
    assert behaviour.symbol_set is AnswerMachine(q6.program, q6.known[0].values).symbol_set
    assert Alphabet({"x": Channel(read_kind("bit"))}).is_bits
