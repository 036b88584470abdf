"""A question about a network of a sigmoid, from its spec to its reports, to tests by hand and to the spec's own test."""

import json
import math
import re
from html import unescape

import pytest
from flint import fmpq

from grader.errors import SpecError
from grader.kinds.table import load_assignment
from grader.kinds.weights.network import Network
from grader.kinds.weights.score import score_weights
from grader.kinds.weights.spec_networks import check_equality
from grader.pytest_plugin.asserts import assert_proved
from grader.reports import html, markdown, terminal
from grader.reports import json as json_report
from grader.selfcheck import check_assignment
from grader.verdict import Report

SPEC = """
question: q
title: A logistic latch
points: 3
answer: weights
network:
  inputs: {x: bit}
  parameters: {a: scalar, b: scalar, k: scalar}
  initial: {h: 0}
  equations: {h: "sigmoid(k*h[t-1] + a*x[t] + b)"}
  output: h
behaviour:
  initial: {s: 0}
  equations: {s: "1 if s[t-1] == 1 or x[t] == 1 else 0"}
  output: s
accept: "(h > 1/2) == (expected == 1)"
reference: reference.logistic
reference_rtol: 1e-9
checks:
  - {name: is off before the first 1, points: 1, when: "s == 0"}
  - {name: stays on, points: 2, when: "s == 1"}
known:
  the key: {a: 20, b: -4, k: 8, earns: 3}
  forgets: {a: 20, b: -10, k: 0, earns: 1, say: Nothing of the past reaches your unit.}
  other sign: {a: 20, b: 4, k: 8, earns: 2, reading: the bias is subtracted}
readings:
  - {name: the bias is subtracted, replace: {b: -b}}
budget: {samples: 20}
"""

REFERENCE = """
import math
PARAMETERS = {"a": 20.0, "b": -4.0, "k": 8.0}
def initial():
    return 0.0
def step(h, x):
    h = 1 / (1 + math.exp(-(8 * h + 20 * x - 4)))
    return h, h
"""


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    (course / "specs").mkdir()
    (course / "reference").mkdir()
    (course / "reference" / "logistic.py").write_text(REFERENCE)
    return course / "specs"


@pytest.fixture(scope="module")
def load(folder):
    def load(text, name="q"):
        path = folder / f"{name}.yaml"
        path.write_text(text)
        return load_assignment(path)

    return load


@pytest.fixture(scope="module")
def question(load):
    return load(SPEC).questions[0]


def scored(question, a, b, k):
    return score_weights(question, {"a": fmpq(a), "b": fmpq(b), "k": fmpq(k)})


@pytest.mark.long
def test_the_spec_passes_its_own_test(load):
    findings = list(check_assignment(load(SPEC)))
    assert [finding.text for finding in findings if finding.level != "ok"] == []
    said = [finding.text for finding in findings]
    assert "reference.logistic agrees with the behaviour" in said
    assert "the parameters of reference.logistic earn 3 of 3" in said
    assert "known 'other sign' is right when read with 'the bias is subtracted'" in said


@pytest.mark.long
def test_a_reference_that_leaks_is_told(load, folder):
    (folder.parent / "reference" / "leaks.py").write_text(REFERENCE.replace("8 * h", "2 * h").replace("- 4", "- 1.5"))
    findings = check_assignment(load(SPEC.replace("reference.logistic", "reference.leaks"), "leaks"))
    wrong = [finding.text for finding in findings if finding.level == "fail"]
    assert "reference.leaks disagrees with the behaviour on input 10" in wrong[0]


def test_a_known_mistake_and_a_reading_are_recognised(question):
    """Other weights that behave like them."""
    assert "Nothing of the past reaches your unit." in scored(question, 30, -15, 0).messages
    assert scored(question, 24, 5, 10).messages == ("right for every input if the bias is subtracted",)


def test_a_counterexample_shows_every_step_correctly_rounded(question):
    """Half a sigmoid remembers one step only; the last output is told from the threshold."""
    result = scored(question, 4, -2, 3)
    check = result.checks[1]
    evidence, outputs, h = check.evidence, [], 0.0
    for x in (1, *[0] * (len(evidence.input) - 1)):
        h = sigmoid(3 * h + 4 * x - 2)
        outputs.append(h)
    assert (evidence.input[0], set(evidence.input[1:]), evidence.shortest) == ("1", {"0"}, True)
    assert [step.t for step in evidence.trace] == list(range(1, len(outputs) + 1))
    for step, right in zip(evidence.trace, outputs, strict=True):
        assert abs(float(step.output) - right) <= 0.5e-6
        assert step.student == {"h": step.output}
    assert outputs[-1] < 0.5
    assert evidence.condition == f"h > 1/2 is wanted; h = {evidence.trace[-1].output}"


def test_outputs_near_the_threshold_have_as_many_digits_as_it_takes(load):
    """A millionth of a billionth below 1/2 is never shown as 0.5."""
    asked = load(SPEC.replace("reference: reference.logistic\nreference_rtol: 1e-9\n", ""), "near").questions[0]
    tiny = fmpq(4, 10**15)
    result = score_weights(asked, {"a": -tiny, "b": fmpq(0), "k": fmpq(0)})
    shown = result.checks[1].evidence.trace[-1].output
    assert shown == "0.499999999999999"
    assert "h > 1/2 is wanted; h = 0.499999999999999" in result.checks[1].message
    far_below = score_weights(asked, {"a": -tiny / fmpq(10) ** 60, "b": fmpq(0), "k": fmpq(0)})
    assert far_below.checks[1].evidence.trace[-1].output == "0.5 - 1e-75"


def test_all_reports_have_the_numbers(question):
    result = scored(question, 4, -2, 3)
    report = Report("a", "s", (result,))
    output = result.checks[1].evidence.trace[-1].output
    (data,) = json.loads(json_report.render(report))["questions"]
    assert data["checks"][1]["evidence"]["trace"][-1]["student"] == {"h": output}
    for render in (terminal.render, markdown.render, html.render):
        assert output in unescape(render(report))


def test_an_answer_can_be_called_and_asserted_of(question):
    network = Network(question, {"a": fmpq(20), "b": fmpq(-4), "k": fmpq(8)})
    outputs = network("0100").split()
    h = 0.0
    for x, shown in zip("0100", outputs, strict=True):
        h = sigmoid(8 * h + 20 * int(x) - 4)
        assert abs(float(shown) - h) <= 0.5e-6
    assert_proved(network)
    off = {"initial": {"s": 0}, "equations": {"s": "0*x[t]"}, "output": "s"}
    with pytest.raises(AssertionError, match=re.escape("on input 1 the output is")):
        assert_proved(network, off)
    with pytest.raises(SpecError, match="write its behaviour as a mapping"):
        assert_proved(network, object())


def test_a_wrong_network_is_asserted_with_its_input(question):
    with pytest.raises(AssertionError, match=r"(?s)on input 10 the output is .* 0\.0179862, .*first wrong step"):
        assert_proved(Network(question, {"a": fmpq(20), "b": fmpq(-4), "k": fmpq(0)}))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("x[t] == 1 else 0", "sigmoid(x[t]) == 1 else 0", r"14:\d+: sigmoid has irrational values, but what is wanted"),
        ('when: "s == 0"', 'when: "exp(s) == 1"', r"20:\d+: exp has irrational values"),
        ("reference: ref", 'assume: "tanh(x[t]) < 1"\nreference: ref', r"17:\d+: tanh has irrational values"),
    ],
)
def test_what_is_wanted_stays_rational(load, old, new, place):
    with pytest.raises(SpecError, match=rf"bad\.yaml:{place}"):
        load(SPEC.replace(old, new), "bad")


def test_a_plain_comparison_is_advised_against(load):
    """An irrational output is equal to nothing; one that is 0 or 1 in the end may be compared."""
    plain = re.sub(r"accept: .*\n|reference.*\n|known:(.|\n)*(?=budget)", "", SPEC)
    told = [f.text for f in check_assignment(load(plain, "plain")) if "hardly ever true" in f.text]
    assert len(told) == 1
    assert "accept" in told[0]
    fired = plain.replace("output: h\n", 'output: "h > 1/2"\n', 1)
    assert [f.text for f in check_assignment(load(fired, "fired")) if "hardly ever true" in f.text] == []
    assert scored(load(fired, "fired").questions[0], 20, -4, 8).points == 3
    assert scored(load(plain, "plain").questions[0], 20, -4, 8).points == 0


@pytest.mark.parametrize("equation", ["sigmoid(k*h[t-1] + a*x[t] + b)", "1 if k*h[t-1] + a*x[t] + b > 0 else 0"])
def test_it_is_advised_against_without_drawing_inputs(load, monkeypatch, equation):
    """Inputs that can be listed are not drawn for that: drawing takes seconds."""
    monkeypatch.setattr("grader.engines.corpus.draw_corpus", lambda *_: pytest.fail("inputs were drawn"))
    text = re.sub(r"accept: .*\n|reference.*\n|known:(.|\n)*(?=budget)", "", SPEC)
    question = load(text.replace("sigmoid(k*h[t-1] + a*x[t] + b)", equation), "plain").questions[0]
    assert len(list(check_equality(question))) == ("sigmoid" in equation)


def test_accept_may_be_irrational(load):
    """As near as a value of tanh: what is expected is still 0 or 1."""
    text = SPEC.replace("(h > 1/2) == (expected == 1)", "abs(h - expected) < tanh(1/4)")
    text = re.sub(r"reference.*\n|  other.*\n|readings:\n.*\n", "", text)
    asked = load(text, "near_enough").questions[0]
    assert scored(asked, 20, -4, 8).points == 3
    assert scored(asked, 20, -1, 8).points == 2  # sigmoid(-1) is 0.27, and tanh(1/4) 0.24
    assert [f.text for f in check_assignment(load(text, "near_enough")) if f.level == "fail"] == []


def test_a_line_about_a_part_of_a_cell_of_inputs_is_earned(tmp_path):
    """No cell that is looked at lies on one side of 1/2 alone, and 0.4 to 0.6 is left out."""
    (tmp_path / "q.yaml").write_text("""
question: q
title: A soft threshold
points: 2
answer: weights
network:
  inputs: {x: real(0..1)}
  parameters: {w: scalar, b: scalar}
  equations: {y: "sigmoid(w*x[t] + b)"}
  output: y
behaviour: {equations: {e: "1 if x[t] > 1/2 else 0"}, output: e}
length: 1
assume: "x[t] <= 0.4 or x[t] >= 0.6"
accept: "(y > 1/2) == (expected == 1)"
checks: [{name: low, points: 1, when: "not e[t]"}, {name: high, points: 1, when: "e[t]"}]
budget: {samples: 20}
""")
    (question,) = load_assignment(tmp_path / "q.yaml").questions
    result = score_weights(question, {"w": fmpq(20), "b": fmpq(-10)})
    assert [(check.name, check.outcome) for check in result.checks] == [("low", "passed"), ("high", "passed")]
