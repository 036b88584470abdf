"""Inputs of one step that can be listed are never sampled: what solvers cannot say is found by trying each of them."""

import pytest
from flint import fmpq

from grader.engines.engine import OpenLines, Unknown
from grader.engines.listing import ListingEngine
from grader.engines.table import decide
from grader.kinds.table import load_assignment
from grader.machines.machine import AnswerMachine
from grader.verdict import Proved

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
