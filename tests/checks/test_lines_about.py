"""A rubric line of weights is earned only where some compared step is about it: rare inputs are searched for.

The network's output is the constant `a`, and 1 is wanted wherever a line is about the step. What is said to be a wrong
input is put through a predicate in plain Python fractions, which shares nothing with the grader.
"""

from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines.table import decide
from grader.evidence import Exhausted, Proved, Sampled
from grader.kinds.table import load_assignment
from grader.kinds.weights.score import score_weights
from grader.machines.machine import AnswerMachine
from grader.selfcheck import check_assignment

CONSTANT = 'equations: {y: "a + 0*x[t]"}'
PLAIN = "equations: {e: 1}\n  output: e"
SUM = 'initial: {s: 0}\n  equations: {s: "s[t-1] + x[t]", e: 1}\n  output: e'
RUN = 'initial: {n: 0}\n  equations: {n: "(n[t-1] + 1) * x[t]", e: 1}\n  output: e'


def text(inputs, when, behaviour=PLAIN, network=CONSTANT, rest=""):
    return f"""
question: q
title: T
points: 1
answer: weights
network:
  inputs: {{{inputs}}}
  parameters: {{a: scalar}}
  {network}
  output: y
behaviour:
  {behaviour}
checks:
  - {{name: line, points: 1, when: "{when}"}}
{rest}
"""


def verdict(question, a):
    result = score_weights(question, {"a": fmpq(Fraction(a).numerator, Fraction(a).denominator)})
    return result.checks[0]


def numbers(shown, bits=True):
    """The fractions of an input: `1 2.5`, `0110` of bits, `(1,2) (3,4)`, or run by run, `45 x 1, then 0`."""
    steps = []
    for part in shown.split(", then "):
        times, _, text = part.rpartition(" x ")
        groups = text.split() if " " in text or "(" in text or not (bits and set(text) <= {"0", "1"}) else list(text)
        steps += [tuple(Fraction(n) for n in group.strip("()").split(",")) for group in groups] * int(times or 1)
    return steps


RARE = {
    "between close bounds": ("x: real", "1/3 < x[t] and x[t] < 1/3 + 1/1000", PLAIN, lambda w: 0 < w[-1][0] - Fraction(1, 3) < Fraction(1, 1000)),
    "a chain of bounds": ("x: real(-3..3)", "2.7182 < x[t] < 2.7183", PLAIN, lambda w: Fraction("2.7182") < w[-1][0] < Fraction("2.7183")),
    "beyond 1000": ("x: real", "x[t] > 1000", PLAIN, lambda w: w[-1][0] > 1000),
    "far below": ("x: integer", "x[t] < -987654", PLAIN, lambda w: w[-1][0] < -987654),
    "one whole number": ("x: integer", "x[t] == 777777", PLAIN, lambda w: w[-1][0] == 777777),
    "a linear window": ("x: real", "7*x[t] + 2 > 9.001 and 7*x[t] + 2 < 9.0011", PLAIN, lambda w: Fraction("9.001") < 7 * w[-1][0] + 2 < Fraction("9.0011")),
    "a product": ("x: real", "x[t]**2 > 12345 and x[t]**2 < 12346", PLAIN, lambda w: 12345 < w[-1][0] ** 2 < 12346),
    "a distance": ("x: real", "0 < abs(x[t] - 5) and abs(x[t] - 5) < 1e-9", PLAIN, lambda w: 0 < abs(w[-1][0] - 5) < Fraction(1, 10**9)),
    "two inputs": ("x: [real, real]", "x[t][0] + x[t][1] == 7.125", PLAIN, lambda w: sum(w[-1]) == Fraction("7.125")),
    "a sum": ("x: real(-3..3)", "s[t] > 200", SUM, lambda w: sum(x for (x,) in w) > 200),
    "an exact sum": ("x: integer(-5000..5000)", "s[t] == 12345", SUM, lambda w: sum(x for (x,) in w) == 12345),
    "the 90th step": ("x: real", "t == 90", PLAIN, lambda w: len(w) == 90),
    "the 365th step": ("x: real(0..1)", "t == 365 and x[t] > 1/2", PLAIN, lambda w: len(w) == 365 and w[-1][0] > Fraction(1, 2)),
    "a long run": ("x: bit", "n[t-1] == 45 and x[t] == 0", RUN, lambda w: [x for (x,) in w[-46:]] == [1] * 45 + [0]),
    "through an equation": ("x: real", "hot[t]", 'equations: {hot: "x[t] > 3.17 and x[t] < 3.171", e: 1}\n  output: e', lambda w: Fraction("3.17") < w[-1][0] < Fraction("3.171")),
}  # fmt: skip


@pytest.mark.parametrize("name", RARE)
@pytest.mark.sampled(3)
def test_a_constant_0_loses_a_line_about_rare_inputs_and_a_constant_1_earns_it(load, name):
    inputs, when, behaviour, predicate = RARE[name]
    network = CONSTANT if "[" not in inputs else 'equations: {y: "a + 0*x[t][0]"}'
    question = load(text(inputs, when, behaviour, network, "budget: {samples: 60, longest: 100}"))
    wrong = verdict(question, 0)
    assert (wrong.outcome, wrong.points) == ("failed", 0)
    last = wrong.evidence.trace[-1]
    assert (last.output, last.expected, last.right) == ("0", "1", False)
    if "about" not in wrong.evidence.input:  # an input of many digits is shown rounded
        assert predicate(numbers(wrong.evidence.input, bits=inputs == "x: bit"))
    right = verdict(question, 1)
    assert (right.outcome, right.points) == ("passed", 1)


NEVER = {
    "no number": ("x: real", "x[t] > 5 and x[t] < 4", PLAIN),
    "no square": ("x: real", "x[t] * x[t] < 0", PLAIN),
    "no step": ("x: real", "t == 0", PLAIN),
    "out of bounds": ("x: real(-3..3)", "x[t] > 3", PLAIN),
    "no state": ("x: bit", "n[t-1] == 1/2", RUN),
}


@pytest.mark.parametrize("name", NEVER)
@pytest.mark.parametrize("a", [0, 1])
@pytest.mark.sampled(2)
def test_a_line_that_no_input_is_about_is_held_whatever_the_answer(load, name, a):
    inputs, when, behaviour = NEVER[name]
    question = load(text(inputs, when, behaviour, rest="budget: {states: 300, samples: 60, longest: 100}"))
    result = score_weights(question, {"a": fmpq(a)})
    assert [(c.outcome, c.points, c.message) for c in result.checks] == [
        ("held", 0, "no input that was looked at is about this line")
    ]
    assert (result.status, result.points, result.pending_points) == ("held", 0, 1)
    assert result.messages[0] == ("held, because of the spec: 'line': no input that was looked at is about this line")


def test_a_proof_about_other_steps_is_no_proof_of_a_line(load):
    question = load(text("x: bit", "x[t] == 2"))
    assert isinstance(
        decide(AnswerMachine(question.program, {"a": fmpq(1)}), question.specification, question.budget).holds, Proved
    )
    assert verdict(question, 1).outcome == "held"


def test_the_lines_beside_one_that_is_held_keep_their_marks(load):
    lines = '  - {name: first, points: 1}\n  - {name: second, points: 1, when: "x[t] == 1"}\n'
    question = load(text("x: bit", "x[t] == 2").replace("points: 1\nanswer", "points: 3\nanswer") + lines)
    result = score_weights(question, {"a": fmpq(1)})
    assert [(c.outcome, c.points) for c in result.checks] == [("held", 0), ("passed", 1), ("passed", 1)]
    assert (result.status, result.points, result.pending_points) == ("held", 2, 1)


def test_only_drawn_inputs_that_are_about_a_line_are_counted_for_it(load, no_solver):
    question = load(text("x: real", "x[t] > 1000", rest="budget: {samples: 60, longest: 100}"))
    evidence = verdict(question, 1).evidence
    shown = [
        [tuple(Fraction(int(n.p), int(n.q)) for n in symbol) for symbol in word]
        for word in question.budget.corpus.words
    ]
    assert len(set(map(tuple, shown))) == len(shown)
    about = sum(any(x > 1000 for (x,) in word) for word in shown)
    assert evidence == Sampled(about, question.budget.seed)
    assert 10 <= about < len(shown)


def test_drawn_inputs_that_are_no_longer_than_those_listed_are_not_counted(load, no_solver):
    counting = 'initial: {c: 0}\n  equations: {c: "c[t-1] + x[t] + 1/3", y: "a + 0*c"}'
    question = load(
        text("x: bit", "x[t] == 1", network=counting, rest="budget: {states: 5000, samples: 60, longest: 100}")
    )
    evidence = verdict(question, 1).evidence
    assert isinstance(evidence, Exhausted)
    longer = {word for word in question.budget.corpus.words if len(word) > evidence.length}
    about = sum(any(x == 1 for (x,) in word) for word in longer)
    assert evidence.sampled == (Sampled(about, question.budget.seed) if about else None)


@pytest.fixture
def findings(tmp_path):
    def check(written):
        path = tmp_path / "q.yaml"
        path.write_text(written, encoding="utf-8")
        return [(f.level, f.text) for f in check_assignment(load_assignment(path))]

    return check


def test_a_spec_check_warns_of_a_line_that_no_input_is_about(findings):
    warned = "no input was found that 'line' is about: it is held for everybody whose answer is not proved there"
    assert ("warn", warned) in findings(
        text("x: real", "x[t] > 5 and x[t] < 4", rest="budget: {samples: 60, longest: 100}")
    )
    unreachable = "'line' is about no reachable step: nobody can lose it, so it is held for everybody"
    assert ("warn", unreachable) in findings(text("x: bit", "x[t] == 2"))


def test_a_spec_check_says_how_many_inputs_a_line_is_about(findings):
    found = findings(text("x: real", "x[t] > 1000", rest="budget: {samples: 60, longest: 100}"))
    assert any(level == "ok" and said.startswith("'line' is about ") for level, said in found)
    assert ("warn", "no line is about the last step of input 0: a wrong network can lose nothing there") in found
