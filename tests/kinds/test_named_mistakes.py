"""Mistakes that a spec foresees are data of a result: by the spec's own name and by what foresees them, in any kind."""

import json

import pytest

from grader.reports.json import render
from grader.verdict import NamedMistake, Report

HEAD = "question: q\ntitle: A question\npoints: 12\n"
FORMULA = f"""{HEAD}answer: formula
symbols: {{a: scalar, b: scalar}}
right: a + 2*b
near:
  - {{name: one b, formula: a + b, points: 4}}
  - {{name: product, formula: 2*a*b, points: 2, say: It is a sum.}}
up to: {{sign: 6, constant factor: 5}}
"""
NUMBER = f"""{HEAD}answer: number
value: 2/3
near:
  - {{value: 1/3, points: 2, say: Both terms count.}}
  - {{writes: [two thirds, 2 of 3], points: 3, say: Write a number.}}
"""
ONE = f"""{HEAD}answer: choice
options: {{a: One, b: Two, c: Three}}
right: [a]
say: {{b: Not two.}}
"""
MANY = f"""{HEAD}answer: choice
options: {{a: One, b: Two, c: Three, d: Four}}
right: [a, b]
"""
WEIGHTS = f"""{HEAD}answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{w: scalar, b: {{shape: scalar, in: [-1, 0, 1], otherwise: {{earns: 50%, say: Small numbers.}}}}}}
  functions: {{phi(z): 1 if z > 0 else 0}}
  equations: {{y: "phi(w*x[t] + b)"}}
  output: y
behaviour: {{equations: {{o: "x[t]"}}, output: o}}
checks: [{{name: gives 1, points: 6, when: "o[t]"}}, {{name: gives 0, points: 6, when: "not o[t]"}}]
known:
  always on: {{w: 1, b: 1, earns: 6, say: It is always 1.}}
readings:
  - {{name: the step is at z >= 0, functions: {{phi(z): 1 if z >= 0 else 0}}}}
  - {{name: the bias is subtracted, replace: {{b: -b}}, earns: 75%}}
"""

CASES = [
    (FORMULA, "a + 2*b", []),
    (FORMULA, "b + a", [("near miss", "one b")]),
    (FORMULA, "a*b + b*a", [("near miss", "product")]),
    (FORMULA, "-2*b - a", [("up to", "sign")]),
    (FORMULA, "3*a + 6*b", [("up to", "constant factor")]),
    (FORMULA, "a - b", []),
    (FORMULA, "a +", []),
    (NUMBER, "2/3", []),
    (NUMBER, "'3/9'", [("near miss", "1/3")]),
    (NUMBER, "two  thirds", [("near miss", "two thirds")]),
    (NUMBER, "2 of 3", [("near miss", "two thirds")]),
    (NUMBER, "7", []),
    (ONE, "a", []),
    (ONE, "b", [("option", "b")]),
    (ONE, "c", [("option", "c")]),
    (MANY, "[a, b]", []),
    (MANY, "[a]", []),
    (MANY, "[d, a, c]", [("option", "c"), ("option", "d")]),
    (WEIGHTS, "{w: 2, b: 0}", []),
    (WEIGHTS, "{w: 0.5, b: 1}", [("known answer", "always on")]),
    (WEIGHTS, "{w: 2, b: 1}", [("reading", "the bias is subtracted")]),
    (WEIGHTS, "{w: -1, b: 0}", []),
    (WEIGHTS, "{w: 1, b: -1}", [("reading", "the step is at z >= 0")]),
    (WEIGHTS, "{w: 3, b: -2}", [("restriction", "b has other values than -1, 0 or 1")]),
]


@pytest.mark.parametrize(("spec", "answer", "mistakes"), CASES)
def test_a_mistake_is_named_as_the_spec_names_it_and_by_what_foresees_it(graded, spec, answer, mistakes):
    result = graded(spec, answer)
    assert sorted(map(str, result.named_mistakes)) == sorted(str(NamedMistake(*mistake)) for mistake in mistakes)
    (question,) = json.loads(render(Report("a", "kim", (result,))))["questions"]
    assert question.get("mistakes", []) == [{"source": m.source, "name": m.name} for m in result.named_mistakes]
