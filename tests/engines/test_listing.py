"""Inputs of one step that can be listed are never sampled: what solvers cannot say is found by trying each of them."""

import pytest
from flint import fmpq

from grader.engines.engine import OpenLines, Unknown
from grader.engines.listing import ListingEngine
from grader.engines.table import decide
from grader.evidence import Proved
from grader.kinds.table import load_assignment
from grader.machines.machine import AnswerMachine

QUESTION = """
question: q
title: T
points: 2
answer: weights
network:
  inputs: {inputs}
  parameters: {{a: scalar}}
  equations: {{y: "{network}"}}
  output: y
behaviour:
  equations: {{o: "{behaviour}"}}
  output: o
budget: {{samples: 20}}
length: 1
checks: [{{name: all, points: 1}}, {{name: few, points: 1, when: "{when}"}}]
"""
THIRTEEN_BITS = f"{{x: [{', '.join(['bit'] * 13)}]}}"


@pytest.fixture
def question(tmp_path):
    def load(inputs, network, behaviour, when="x[t][0]"):
        path = tmp_path / "q.yaml"
        path.write_text(QUESTION.format(inputs=inputs, network=network, behaviour=behaviour, when=when))
        return load_assignment(path).questions[0]

    return load


def found(question, a="1"):
    return decide(AnswerMachine(question.program, {"a": fmpq(int(a))}), question.specification, question.budget)


def test_the_one_wrong_input_of_8192_is_found_where_an_index_keeps_solvers_from_it(question):
    wrong = "x[t][0]*x[t][1] - (1 if sum(x[t]) == 13 else 0)"
    findings = found(question(THIRTEEN_BITS, "[0, a][x[t][0]]*x[t][1]", wrong))
    for line in (0, 1):
        ((symbol,),) = findings.broken[line].word
        assert symbol.entries == (fmpq(1),) * 13
        assert findings.broken[line].shortest


def test_the_right_network_is_proved(question):
    findings = found(question(THIRTEEN_BITS, "[0, a][x[t][0]]*x[t][1]", "x[t][0]*x[t][1]"))
    assert not findings.broken
    assert findings.holds == Proved(None, 1)
    assert findings.met == {0, 1}


def test_a_line_that_no_input_is_about_is_not_met(question):
    findings = found(question(THIRTEEN_BITS, "[0, a][x[t][0]]", "x[t][0]", when="sum(x[t]) > 13"))
    assert findings.met == {0}


@pytest.mark.long
def test_wide_whole_numbers_are_listed_to_both_ends(question):
    text = "{x: integer(-3000..3000)}"
    for wrong in (-3000, 3000):
        findings = found(question(text, "[0, a][x[t] % 2]", f"x[t] % 2 + (x[t] == {wrong})", when="x[t] > 2999"))
        assert findings.broken[0].word == ((fmpq(wrong),),)
        assert (1 in findings.broken) is (wrong > 0)


@pytest.mark.parametrize("inputs", ["{x: real}", "{x: integer}", "{x: integer(0..1000000)}"])
def test_what_cannot_be_listed_is_left_to_others(question, inputs):
    asked = question(inputs, "a*x[t]", "x[t]", when="x[t] > 0")
    machine = AnswerMachine(asked.program, {"a": fmpq(1)})
    assert isinstance(
        ListingEngine().decide(machine, asked.specification, OpenLines(frozenset((0, 1))), asked.budget), Unknown
    )


STEPS = """
question: q
title: T
points: 2
answer: weights
network:
  inputs: {inputs}
  parameters: {{a: scalar}}
  initial: {{h: 0}}
  equations: {{h: "2*h[t-1] + a*x[t] + 1", y: "[0, 1, 2][h[t] % 3]"}}
  output: y
behaviour:
  initial: {{h: 0}}
  equations: {{h: "2*h[t-1] + x[t] + 1", y: "h[t] % 3 + ({wrong})"}}
  output: y
{rest}
budget: {{states: 50, samples: 5}}
length: {length}
checks: [{{name: all, points: 1}}, {{name: ones, points: 1, when: "x[t] == 1"}}]
"""


@pytest.fixture
def stepwise(tmp_path):
    """A network whose joint states do not end and whose index keeps solvers from it, over inputs of bounded length."""

    def load(length, wrong="0", inputs="{x: bit}", rest=""):
        path = tmp_path / "q.yaml"
        path.write_text(STEPS.format(inputs=inputs, wrong=wrong, length=length, rest=rest))
        return load_assignment(path).questions[0]

    return load


def test_all_inputs_of_a_few_steps_are_run_where_there_are_few(stepwise):
    findings = found(stepwise(9))
    assert not findings.broken
    assert findings.holds == Proved(None, 9)
    assert findings.holds.certificate.content == {"inputs": 2**10 - 2}
    assert findings.met == {0, 1}


def test_a_shortest_input_is_found_for_each_line(stepwise):
    """Wrong at h = 83 alone, which 10100 comes to, and at h = 1023, which ten ones come to but nothing shorter."""
    findings = found(stepwise(9, wrong="h[t] == 83 or h[t] == 1022"))
    words = {line: "".join(str(int(x)) for (x,) in broken.word) for line, broken in findings.broken.items()}
    brute = {}
    for word in (format(i, "b")[1:] for n in range(1, 10) for i in range(2**n, 2 ** (n + 1))):
        h = 0
        for bit in word:
            h = 2 * h + int(bit) + 1
        if h in (83, 1022):
            brute.setdefault(0, word)
            if word[-1] == "1":
                brute.setdefault(1, word)
    assert {line: len(word) for line, word in words.items()} == {line: len(word) for line, word in brute.items()}
    assert words[0] == brute[0]
    assert all(broken.shortest for broken in findings.broken.values())


@pytest.mark.long
def test_only_inputs_that_are_allowed_count(stepwise):
    """No two ones side by side: so many words that a walk ends early, and few enough to run each."""
    question = stepwise(16, rest='assume: "not (x[t] == 1 and t > 1 and x[t-1] == 1)"')
    findings = found(question)
    words, last = 0, {0: 1, 1: 0}
    for _ in range(16):
        last = {0: last[0] + last[1], 1: last[0]}
        words += sum(last.values())
    assert findings.holds.certificate.content == {"inputs": words}


@pytest.mark.parametrize(("length", "inputs"), [(19, "{x: bit}"), (3, "{x: integer(0..200)}"), (2, "{x: integer(0..5000)}")])  # fmt: skip
def test_more_than_a_million_inputs_are_not_listed(stepwise, length, inputs):
    question = stepwise(length, inputs=inputs)
    machine = AnswerMachine(question.program, {"a": fmpq(1)})
    asked = OpenLines(frozenset((0, 1)))
    assert isinstance(ListingEngine().decide(machine, question.specification, asked, question.budget), Unknown)


@pytest.mark.long
@pytest.mark.parametrize(("inputs", "inputs_listed"), [("{x: [bit, bit, bit, bit, bit, bit, bit, bit, bit, bit, bit, bit, bit]}", 8192), ("{x: integer(-3000..2999)}", 6000), ("{x: [bit, bit, bit], s: integer(0..999)}", 8000)])  # fmt: skip
def test_each_input_of_one_step_is_run_once(question, inputs, inputs_listed):
    vector = "x: [" in inputs
    asked = question(
        inputs,
        "[0, a][x[t][0] % 2]" if vector else "[0, a][x[t] % 2]",
        "x[t][0] % 2" if vector else "x[t] % 2",
        when="1",
    )
    machine = AnswerMachine(asked.program, {"a": fmpq(1)})
    steps = 0
    step = machine.step

    def counted(*arguments):
        nonlocal steps
        steps += 1
        return step(*arguments)

    machine.step = counted
    findings = ListingEngine().decide(machine, asked.specification, OpenLines(frozenset((0, 1))), asked.budget)
    assert findings.holds == Proved(None, 1)
    assert steps == inputs_listed


@pytest.mark.slow
def test_a_million_inputs_are_listed(question):
    findings = found(
        question("{x: integer(-500000..499999)}", "[0, a][x[t] % 2]", "x[t] % 2 + (x[t] == 499999)", when="1")
    )
    assert [int(x) for (x,) in findings.broken[0].word] == [499999]
