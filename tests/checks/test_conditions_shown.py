"""With `accept`, what is wanted is said as the condition that does not hold, with its values; never as equality."""

import json
from fractions import Fraction

import pytest

from grader.audience import Audience, redacted
from grader.help_pages.pages import written_pages
from grader.kinds.weights.score import score_weights
from grader.kinds.weights.spec_check import check_weights_question
from grader.reports.formats import FORMATS, render
from grader.verdict import Report

from .test_evidence import numbers

SPEC = """
question: q
title: T
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters: {w: scalar, b: scalar}
  initial: {h: 0}
  equations: {h: "h[t-1] + x[t]", y: "w*x[t] + b"}
  output: y
behaviour: {initial: {n: 0}, equations: {n: "n[t-1] + x[t]", e: "x[t]"}, output: e}
length: 4
accept: ACCEPT
checks: [{name: right, points: 1}]
"""
CONDITIONS = {
    # accept: what is said of w = 1/3, b = -0.4, which gives -0.4 on 0 and -1/15 on 1
    "(y > 1/2) == expected": ("1", "y > 1/2 is wanted; y = -0.0666667 (-1/15)"),
    "expected == (y > 1/2)": ("1", "y > 1/2 is wanted; y = -0.0666667 (-1/15)"),
    "(y < -1/2) != expected": ("0", "y < -1/2 is wanted; y = -0.4"),
    "(y > 1/2) != (expected == 0)": ("1", "y > 1/2 is wanted; y = -0.0666667 (-1/15)"),
    "y > 1/2 if expected else y < -1/2": ("0", "y < -1/2 is wanted; y = -0.4"),
    "abs(y - expected) < 0.1": ("0", "abs(y - expected) < 0.1 is wanted; y = -0.4 and expected = 0"),
    "y == 2*expected - 1": ("0", "y == 2*expected - 1 is wanted; y = -0.4 and expected = 0"),
    "y < 1 and y > -1/3": ("0", "y > -1/3 is wanted; y = -0.4"),
    "y > 0 and y > 1": ("0", "y > 0 and y > 1 is wanted; y = -0.4"),
    "(y > -1 and y > -1/3) == (expected >= 0)": ("0", "y > -1/3 is wanted; y = -0.4"),
    "(y < 1 and y < 0) == (expected > 2)": ("0", "not (y < 1 and y < 0) is wanted; y = -0.4"),
    "(not y < 0) == (expected >= 0)": ("0", "not y < 0 is wanted; y = -0.4"),
    "(not y < 0) == (expected > 1) and y > 0": ("0", "y > 0 is wanted; y = -0.4"),
    "y == expected or y > n[t]": ("0", "y == expected or y > n[t] is wanted; y = -0.4, expected = 0 and n[t] = 0"),
    "(y > 1/2) == (expected + 1)*(expected + 2)": (
        "0", "(y > 1/2) == (expected + 1)*(expected + 2) is wanted; y = -0.4 and expected = 0",
    ),
    "0 <= y <= 1": ("0", "0 <= y <= 1 is wanted; y = -0.4"),
    "y > n[t-1] - 1/3": ("0", "y > n[t - 1] - 1/3 is wanted; y = -0.4 and n[t - 1] = 0"),
    "y + t > 1": ("0", "y + t > 1 is wanted; y = -0.4 and t = 1"),
    "all(y > k - 1 for k in range(2))": ("0", "all(y > k - 1 for k in range(2)) is wanted; y = -0.4"),
    "1/(y + 2/5) < 4": (
        "0", "1/(y + 2/5) < 4 is wanted; y = -0.4 (`accept` cannot be worked out: 1 is divided by zero)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("accept", CONDITIONS)
def test_the_condition_that_does_not_hold_is_shown_with_its_values(load, accept):
    question = load(SPEC.replace("ACCEPT", json.dumps(accept)))
    (check,) = score_weights(question, numbers(w="1/3", b="-0.4")).checks
    word, condition = CONDITIONS[accept]
    assert (check.evidence.input, check.evidence.condition) == (word, condition)
    assert check.message.startswith(f"on input {word} the output is ")
    assert check.message.endswith(f"; at step 1: {condition} (the shortest such input)")
    assert "instead of" not in check.message


def test_plain_equality_is_said_as_before_with_the_number_beside_its_fraction(load):
    question = load(SPEC.replace("accept: ACCEPT\n", ""))
    (check,) = score_weights(question, numbers(w="26/3", b=0)).checks
    assert check.evidence.condition == ""
    assert check.message == (
        "on input 1 the output is 8.66667 (26/3), but 1 is wanted: step 1 gives 8.66667 (26/3) instead of 1 "
        "(the shortest such input)"
    )


def test_what_is_expected_is_not_called_wanted_and_platforms_do_not_see_the_condition(load):
    question = load(SPEC.replace("ACCEPT", '"(y > 1/2) == expected"'))
    report = Report("a", "alice", (score_weights(question, numbers(w="1/3", b="-0.4")),))
    text = render(report, FORMATS["terminal"])
    assert "t  x  your h              output  expected\n" in text
    (line,) = json.loads(render(report, FORMATS["json"]))["questions"][0]["checks"]
    assert line["evidence"]["condition"] == "y > 1/2 is wanted; y = -0.0666667 (-1/15)"
    hidden = repr(redacted(report, Audience.PLATFORM))
    assert "y > 1/2" not in hidden
    assert "which is not right, from step 1 on" in hidden
    assert "y > 1/2" not in render(report, FORMATS["gradescope"])


def test_an_undefined_output_says_what_is_wanted_and_why_it_is_undefined(load):
    text = SPEC.replace("w*x[t] + b", "w*x[t]/b").replace("ACCEPT", '"(y > 1/2) == expected"')
    (check,) = score_weights(load(text), numbers(w=1, b=0)).checks
    assert check.evidence.condition == "(y > 1/2) == expected is wanted; y is undefined (0 is divided by zero)"


EXAMPLES = {
    # an example, and what is said of it where accept is (y > 1/2) == expected
    '"0110": "0110"': "ok: the example 0110 holds",
    '"0110": "0 3/4 1 0.5"': "ok: the example 0110 holds",
    '"01": "0 0.5"': (
        "fail: the example 01 promises 0 0.5, the behaviour gives 01; at step 2: y > 1/2 is wanted; y = 0.5"
    ),
    '"10": "1 1"': "fail: the example 10 promises 11, the behaviour gives 10; at step 2: y <= 1/2 is wanted; y = 1",
    '"01": "0 1/3"': (
        "fail: the example 01 promises 0 0.333333 (1/3), the behaviour gives 01; at step 2: y > 1/2 is wanted; "
        "y = 0.333333 (1/3)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_that_fails_shows_the_condition(load, example):
    text = SPEC.replace("ACCEPT", '"(y > 1/2) == expected"') + f"examples: {{{example}}}\n"
    found = [f"{f.level}: {f.text}" for f in check_weights_question(load(text)) if "the example" in f.text]
    assert found == [EXAMPLES[example]]


SIGNS = SPEC.replace("ACCEPT", '"y == 2*expected - 1"')
VECTORS = """
question: q
title: T
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters: {w: scalar}
  equations: {y: "[w*x[t], 1 - x[t]]"}
  output: y
behaviour: {equations: {e: BEHAVIOUR}, output: e}
checks: [{name: right, points: 1}]
"""
TWO = VECTORS.replace("BEHAVIOUR", '"[x[t], 1 - x[t]]"')
ONE = VECTORS.replace("BEHAVIOUR", '"x[t]"') + 'accept: "y[0] == expected and y[1] == 1 - expected"\n'
PROMISES = [
    (SIGNS, '"01": "-1 1"', "ok"),  # of the network
    (SIGNS, '"01": "01"', "ok"),  # of the behaviour
    (SIGNS, '"01": "-1 0"', "fail"),
    (SIGNS, '"01": "0 1/2"', "fail"),
    (TWO, '"01": "(0,1) (1,0)"', "ok"),
    (TWO, '"01": "[0, 1] [1, 0]"', "ok"),
    (TWO, '"01": "[0, 1], [1, 0]"', "ok"),
    (TWO, '"01": "(0,1) (1,1)"', "fail"),
    (TWO, '"01": "01"', "fail"),
    (TWO, '"01": "(0,1,1) (1,0,1)"', "fail"),
    (ONE, '"01": "(0,1) (1,0)"', "ok"),
    (ONE, '"01": "01"', "ok"),
    (ONE, '"01": "(0,1) (1/2,1/2)"', "fail"),
]


@pytest.mark.parametrize(("spec", "example", "level"), PROMISES)
def test_an_example_may_promise_the_networks_output_or_the_behaviours(load, spec, example, level):
    (finding,) = (
        f for f in check_weights_question(load(f"{spec}examples: {{{example}}}\n")) if "the example" in f.text
    )
    assert finding.level == level, finding.text


@pytest.mark.parametrize("example", ['"01": "(0,1)"', '"01": "(0,1) (1,x)"', '"01": "(0,1) ((1,0))"'])
def test_outputs_that_cannot_be_read_are_refused(load, example):
    with pytest.raises(Exception, match="examples"):
        load(f"{TWO}examples: {{{example}}}\n")


ROUNDED = """
question: q
title: T
points: 1
answer: weights
network:
  inputs: {x: bit}
  parameters: {w: scalar, u: scalar}
  initial: {h: 0}
  equations: {h: "w*h[t-1] + u*x[t]"}
  output: h
behaviour: {initial: {s: 0}, equations: {s: "s[t-1]/3 + x[t]/10"}, output: s}
length: 6
reference: reference.rounded
checks: [{name: right, points: 1}]
"""
MODULE = """
PARAMETERS = {"w": 1/3, "u": 0.1}
def initial(): return 0.0
def step(h, x):
    h = FACTOR*h + 0.1*x
    return h, h + MORE
"""


@pytest.fixture
def rounded(tmp_path):
    """The findings about a reference in floats."""
    from grader.kinds.table import load_assignment

    def rounded(spec, factor="1/3", more="0"):
        (tmp_path / "specs").mkdir(exist_ok=True)
        (tmp_path / "reference").mkdir(exist_ok=True)
        (tmp_path / "specs" / "q.yaml").write_text(spec)
        module = MODULE.replace("FACTOR", factor).replace("MORE", more)
        (tmp_path / "reference" / "rounded.py").write_text(module)
        question = load_assignment(tmp_path / "specs" / "q.yaml").questions[0]
        return question, {f.text: f.level for f in check_weights_question(question)}

    return rounded


AGREES = "reference.rounded agrees with the behaviour"


def test_a_reference_in_floats_is_compared_within_the_stated_rounding_and_students_exactly(rounded):
    _, without = rounded(ROUNDED)
    assert [text for text, level in without.items() if level == "fail"] == [
        "reference.rounded disagrees with the behaviour on input 1"
    ]
    halves = ROUNDED.replace("s[t-1]/3", "s[t-1]/2")
    question, found = rounded(halves + "reference_rtol: 1e-12\n", factor="1/2")
    assert found[AGREES] == "ok"
    for u, points in (("1/10", 1), (f"1/10 + 1/{10**15}", 0)):
        value = sum((Fraction(part) for part in u.split(" + ")), Fraction(0))
        assert score_weights(question, numbers(w="1/2", u=value)).points == points


@pytest.mark.parametrize(
    ("factor", "more"), [("1/2 + 1e-4", "0"), ("1/2", "1e-6"), ("1/2", "-1e-9"), ("0.49", "0"), ("1/2", "0.1*(x == 0)")]
)
def test_a_reference_that_is_wrong_by_more_than_rounding_is_found(rounded, factor, more):
    halves = ROUNDED.replace("s[t-1]/3", "s[t-1]/2") + "reference_rtol: 1e-10\n"
    _, found = rounded(halves, factor, more)
    assert AGREES not in found
    assert [text for text, level in found.items() if level == "fail"]


def test_a_reference_beside_a_condition_may_be_off_by_rounding_only(rounded):
    accept = 'accept: "h >= expected"\nreference_rtol: 1e-12\n'
    halves = ROUNDED.replace("s[t-1]/3", "s[t-1]/2") + accept
    assert AGREES in rounded(halves, "1/2", "-1e-14")[1]
    assert AGREES not in rounded(halves, "1/2", "-1e-3")[1]


@pytest.mark.parametrize("value", ["0", "-1e-9", "1e9", "0.1", "x"])
def test_a_tolerance_that_is_no_rounding_is_refused(load, value):
    with pytest.raises(Exception, match="reference_rtol"):
        load(f"{ROUNDED}reference_rtol: {value}\n")


def test_reference_rtol_is_in_the_help():
    assert "`reference_rtol`" in written_pages()["weights"]
