"""Specs with a hole that was made on purpose, through which some wrong network earns everything; and specs without."""

import re
from itertools import chain

import pytest
from yaml import BaseLoader
from yaml import load as load_yaml

from grader.kinds.kind import kind_of
from grader.kinds.mutants import WRONG_AS_IT_STANDS
from grader.kinds.open_submission import Resources
from grader.kinds.weights.mutant_verdicts import COUNTS_AS_RIGHT, NOT_PROVED
from grader.selfcheck import check_question

LATCH = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: bit}
  parameters: {w1: scalar, w2: scalar, b: scalar, v: scalar, c: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {h: 1}
  equations: {h: "phi(w2*h[t-1] + w1*x[t] + b)", y: "v*h[t] + c"}
  output: y
behaviour: {initial: {alive: 1}, equations: {alive: "alive[t-1] and x[t]"}, output: alive}
known:
  right: {w1: 1, w2: 1, b: -1.25, v: 1, c: 0, earns: 4}
"""
LATCH_LINES = """
checks:
  - {name: alive, points: 1, when: "alive[t]"}
  - {name: drops, points: 1, when: "alive[t-1] and not alive[t]"}
  - {name: dead,  points: 2, when: "not alive[t-1]"}
"""
RISES = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: bit}
  parameters: {a: scalar, b: scalar, c: scalar, d: scalar, e: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {x: 0}
  equations: {y: "phi(a*x[t] + b*x[t-1] + c) if t > 1 else phi(d*x[t] + e)"}
  output: y
behaviour: {initial: {p: 0}, equations: {p: "x[t]", r: "x[t] and not p[t-1]"}, output: r}
known:
  right: {a: 1, b: -1, c: 0, d: 1, e: -0.25, earns: 4}
"""
TABLE = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: "integer(0..3)"}
  parameters: {w: scalar, c: scalar}
  equations: {y: "w*x[t] + c"}
  output: y
behaviour: {equations: {d: "2*x[t]"}, output: d}
length: 1
known:
  right: {w: 2, c: 0, earns: 4}
"""
PAIR = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: bit}
  parameters: {w: [2], c: [2]}
  equations: {y: "w * x[t] + c"}
  output: y
behaviour: {equations: {d: "[x[t], 1 - x[t]]"}, output: d}
length: 1
known:
  right: {w: [1, -1], c: [0, 1], earns: 4}
"""
REAL = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: "real(-2..2)"}
  parameters: {w: scalar, c: scalar}
  equations: {y: "w*x[t] + c"}
  output: y
behaviour: {equations: {d: "2*x[t] + 1"}, output: d}
length: 1
known:
  right: {w: 2, c: 1, earns: 4}
budget: {samples: 20}
"""
SUM = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: bit}
  parameters: {w: scalar, u: scalar, c: scalar}
  initial: {y: 0}
  equations: {y: "u*y[t-1] + w*x[t] + c"}
  output: y
behaviour: {initial: {d: 0}, equations: {d: "d[t-1]/2 + x[t]"}, output: d}
length: 8
known:
  right: {w: 1, u: 1/2, c: 0, earns: 4}
"""
LOGISTIC = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: bit}
  parameters: {a: scalar, b: scalar}
  equations: {y: "sigmoid(a*x[t] + b)"}
  output: y
behaviour: {equations: {d: "x[t]"}, output: d}
length: 2
known:
  right: {a: 20, b: -4, earns: 4}
"""
ONE_LINE = "checks: [{name: right, points: 4}]\n"


def line(when, points=4):
    return f'checks: [{{name: some, points: {points}, when: "{when}"}}]\n'


HOLES = {
    # by name: the spec, and inputs one of which tells some survivor (None: whichever it is)
    "no line about the first step": (RISES + line("t > 1"), {"0", "1"}),
    "no line about a 1 after a 1": (RISES + line("p[t-1] == 0"), {"11"}),
    "no line about ones": (RISES + line("x[t] == 0"), {"1", "01", "11"}),
    "no line about later steps": (RISES + line("t == 1"), {"00", "01", "10", "11"}),
    "nothing for what comes after the first zero": (
        LATCH + 'checks: [{name: alive, points: 4, when: "alive[t]"}, {name: dead, points: 0, when: "not alive[t]"}]\n',
        {"0", "00", "01", "10"},
    ),
    "no line about the steps after the drop": (LATCH + line("alive[t-1]"), {"00", "01"}),
    "a tolerance of one half": (LATCH + LATCH_LINES + "accept: abs(y - expected) <= 0.5\n", {"0", "1"}),
    "a tolerance of 2": (LATCH + LATCH_LINES + "accept: abs(y - expected) < 2\n", {"0", "1"}),
    "more is right, too": (LATCH + LATCH_LINES + "accept: y >= expected\n", {"0", "00", "01", "10"}),
    "anything is right where 1 is wanted": (LATCH + LATCH_LINES + 'accept: "y == expected or expected == 1"\n', {"1"}),
    "a tolerance as wide as a step of the outputs": (TABLE + ONE_LINE + "accept: abs(y - expected) <= 2\n", None),
    "a sigmoid is right wherever 0 is wanted": (LOGISTIC + ONE_LINE + "accept: y > 1/2 or expected == 0\n", {"0"}),
    "a sigmoid of one half": (LOGISTIC + ONE_LINE + "accept: abs(y - expected) <= 1/2\n", {"0", "1"}),
    "one of two entries alone": (PAIR + ONE_LINE + "accept: y[0] == expected[0]\n", {"0", "1"}),
    "a line about one input alone": (TABLE + line("x[t] == 1"), {"0", "2", "3"}),
    "a line about one real input alone": (REAL + line("x[t] == 0"), None),
}

SOUND = {
    "a tolerance for a sum that has no end": SUM + ONE_LINE + "accept: abs(y - expected) < 0.2\n",
    "every step": RISES + ONE_LINE,
    "three lines": LATCH + LATCH_LINES,
    "a ladder": LATCH + LATCH_LINES + "credit: ladder\n",
    "lines that overlap": LATCH + 'checks: [{name: all, points: 2}, {name: dead, points: 2, when: "not alive[t]"}]\n',
    "a narrow tolerance": LATCH + LATCH_LINES + "accept: abs(y - expected) < 0.25\n",
    "either side of a threshold": LATCH + LATCH_LINES + "accept: (y > 1/2) == expected\n",
    "a condition of a state": LATCH + LATCH_LINES + "accept: y >= 1 if alive[t] else y <= 0\n",
    "nothing is asked at the first step": RISES + ONE_LINE + "accept: y == expected or t == 1\n",
    "a table": TABLE + ONE_LINE,
    "a table within a tolerance": TABLE + ONE_LINE + "accept: abs(y - expected) < 0.75\n",
    "two entries": PAIR + ONE_LINE,
    "the larger of two entries": PAIR + ONE_LINE + "accept: (y[0] > y[1]) == (expected[0] > expected[1])\n",
    "inputs that are assumed": RISES + ONE_LINE + "assume: x[t] == 0 or t > 1\n",
    "a sigmoid on either side": LOGISTIC + ONE_LINE + "accept: (y > 1/2) == expected\n",
    "real inputs": REAL + ONE_LINE,
    "real inputs within a tolerance": REAL + ONE_LINE + "accept: abs(y - expected) < 0.1\n",
    "a reading that earns something": LATCH
    + LATCH_LINES
    + 'readings: [{name: the bias is subtracted, replace: {b: "-b"}, earns: 50%}]\n',
}


def verdicts_of(question):
    run, kind = Resources(), kind_of(question)
    mutants = list(kind.mutants(question, run))
    singles = [mutant for mutant in mutants if mutant.operator != "pair"]
    return list(kind.judge_mutants(question, [*singles, *mutants[len(singles) :: 40]], run))


def remarks_of(question, verdicts):
    return list(kind_of(question).strength_remarks(question, verdicts, Resources()))


def changed(spec, yaml):
    """The spec with the keys of a proposal in place of its own."""
    for key in load_yaml(yaml, BaseLoader):
        spec = re.sub(rf"^{key}:.*\n(?: .*\n)*", "", spec, flags=re.MULTILINE)
    return spec + yaml


def survivors_of(verdicts):
    return [verdict for verdict in verdicts if verdict.status == "survived"]


SLOW = ("a line about one real input alone", "real inputs", "real inputs within a tolerance")


def names(specs):
    return [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in specs]


@pytest.mark.long
@pytest.mark.parametrize("name", names(HOLES))
def test_a_hole_is_found(load, name):
    """As wrong networks that lose nothing, each with a reason and with an input that tells it from a right answer."""
    spec, telling = HOLES[name]
    question = load(spec)
    verdicts = verdicts_of(question)
    survivors = survivors_of(verdicts)
    assert survivors
    for verdict in survivors:
        assert verdict.points == question.points
        assert verdict.reason
        assert verdict.killing_inputs
    assert telling is None or telling & set(chain.from_iterable(v.killing_inputs[:2] for v in survivors))
    (remark,) = [remark for remark in remarks_of(question, verdicts) if "all points" in remark.text]
    narrower, mutants = load(changed(spec, remark.yaml)), [verdict.mutant for verdict in survivors]
    assert {verdict.status for verdict in kind_of(narrower).judge_mutants(narrower, mutants, Resources())} == {"killed"}
    assert {verdict.status for verdict in verdicts} <= {"killed", "survived", "equivalent"}


@pytest.mark.parametrize("name", names(SOUND))
def test_a_spec_without_holes_has_no_survivors(load, name):
    verdicts = verdicts_of(load(SOUND[name]))
    assert survivors_of(verdicts) == []
    assert {verdict.status for verdict in verdicts} <= {"killed", "equivalent"}
    assert any(verdict.status == "killed" for verdict in verdicts)


NAMED = (
    LATCH
    + """\
  forgets: {w1: 1, w2: 0, b: 0, v: 1, c: 0, earns: 2, say: It forgets.}
"""
    + LATCH_LINES
)


def test_known_answers_are_proposed_for_the_commonest_mistakes_that_nothing_names(load):
    """Each is one that the spec takes, that earns what it claims, and whose behaviour no other known answer has."""
    question = load(NAMED)
    verdicts = verdicts_of(question)
    remarks = [remark for remark in remarks_of(question, verdicts) if remark.yaml]
    assert len(remarks) == 3
    whole = NAMED.partition("checks:")
    for remark in remarks:
        assert "no known answer has anything to say" in remark.text
        spec = whole[0] + remark.yaml.partition("\n")[2] + whole[1] + whole[2]
        findings = [f for f in check_question(load(spec), Resources()) if "known" in f.text or f.level == "fail"]
        assert all(finding.level == "ok" for finding in findings), findings
    first = load_yaml(remarks[0].yaml, BaseLoader)["known"]
    ((_, answer),) = first.items()
    assert answer["say"] == "Your output is always the same, whatever comes in."


def test_mistakes_that_lose_the_same_lines_are_counted_and_told_apart_by_an_input(load):
    question = load(LATCH + ONE_LINE)
    verdicts = verdicts_of(question)
    first, largest, *_ = remarks_of(question, verdicts)
    wrong = [verdict for verdict in verdicts if verdict.status == "killed"]
    mistakes = len({verdict.behaviour for verdict in wrong})
    assert (
        first.text == f"{len(wrong)} wrong networks make {mistakes} different mistakes, and lose the same rubric lines"
    )
    assert largest.text.startswith(
        f"{mistakes} different mistakes lose 'right' and are told apart by no line; on input "
    )


def test_steps_at_which_anything_is_right_are_named(load):
    question = load(SOUND["nothing is asked at the first step"])
    texts = [remark.text for remark in remarks_of(question, verdicts_of(question))]
    assert any("takes whatever comes at 2 of the" in text and "first after input 0:" in text for text in texts)


@pytest.mark.slow
def test_a_network_that_no_engine_decides_counts_neither_way(load):
    """Inputs of every length, states without end, and a sum that comes to be wrong after more steps than are tried."""
    spec = """
question: q
title: T
points: 4
answer: weights
network:
  inputs: {x: "real(0..1)"}
  parameters: {w: scalar, c: scalar}
  initial: {s: 0}
  equations: {s: "s[t-1] + w*x[t]*x[t]", y: "1 if s[t] > c else 0"}
  output: y
behaviour: {initial: {s: 0}, equations: {s: "s[t-1] + x[t]*x[t]", d: "1 if s[t] > 1000 else 0"}, output: d}
checks: [{name: right, points: 4}]
known: {right: {w: 1, c: 1000, earns: 4}}
budget: {samples: 5, longest: 50}
"""
    question = load(spec)
    kind, run = kind_of(question), Resources()
    mutants = [mutant for mutant in kind.mutants(question, run) if mutant.change == "c: 1000 -> 999"]
    (verdict,) = kind.judge_mutants(question, mutants, run)
    assert (verdict.status, verdict.reason) == ("equivalent", NOT_PROVED)
    assert any("not proved" in remark.text for remark in remarks_of(question, [verdict]))


def test_a_network_that_is_right_under_a_reading_that_earns_everything_is_no_survivor(load):
    question = load(RISES + ONE_LINE + 'readings: [{name: d is subtracted, replace: {d: "-d"}, earns: 100%}]\n')
    (verdict,) = [verdict for verdict in verdicts_of(question) if verdict.mutant.change == "d: 1 -> -1"]
    assert (verdict.status, verdict.points) == ("equivalent", 4)
    assert verdict.reason == "right for every input under the reading 'd is subtracted'"


def test_a_network_survives_that_a_reading_takes_for_right_and_that_is_wrong_under_it_too(load):
    """The reading gets the first step wrong, which no line is about."""
    reading = 'readings: [{name: a is subtracted, replace: {a: "-a", d: "0*d"}, earns: 100%}]\n'
    question = load(RISES + line("t > 1") + reading)
    verdicts = verdicts_of(question)
    (verdict,) = [verdict for verdict in verdicts if verdict.mutant.change == "a: 1 -> -1"]
    assert (verdict.status, verdict.points, verdict.killing_inputs[0]) == ("survived", 4, "01")
    assert verdict.reason == COUNTS_AS_RIGHT
    assert any(COUNTS_AS_RIGHT in remark.text for remark in remarks_of(question, verdicts))


def test_a_known_answer_that_is_wrong_and_earns_everything_has_survived(load):
    """No line is about a 0, so that it earns what it claims; nothing is made of it."""
    wrong = "  always one: {w1: 0, w2: 1, b: 0, v: 1, c: 0, earns: 4}\n"
    question = load(LATCH + wrong + 'checks: [{name: alive, points: 4, when: "alive[t]"}]\n')
    found = verdicts_of(question)
    (named,) = [verdict for verdict in found if verdict.mutant.source == "always one"]
    assert (named.mutant.operator, named.status, named.killing_inputs[0]) == (WRONG_AS_IT_STANDS, "survived", "0")
    assert remarks_of(question, found)[0].text.startswith(
        "'always one' earns all points, as the spec says, and is wrong on 0"
    )
