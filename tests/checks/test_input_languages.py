"""Inputs that are words of a language: verdicts and shortest counterexamples equal those of brute force."""

import re

import pytest
from flint import fmpq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import strategies
from grader.audience import Audience, redacted
from grader.engines.engine import Findings, OpenLines
from grader.engines.horn import HornEngine
from grader.engines.joint import reached_lines
from grader.engines.sample import SampleEngine
from grader.evidence import Proved, Sampled
from grader.kinds.weights.behaviours import network_behaviour
from grader.kinds.weights.network import Network
from grader.kinds.weights.recognise import recognised, right_readings
from grader.kinds.weights.score import score_weights
from grader.kinds.weights.spec_words import check_words
from grader.language.arrays import Array
from grader.language.numbers import from_float
from grader.machines.machine import AnswerMachine
from grader.reports.formats import FORMATS, render
from grader.reports.json import as_data
from grader.selfcheck import check_question
from grader.verdict import Report
from tests.checks.language_questions import BRACKETS, CASES, PARITY, REBER_WORDS, answers, reber_words
from tests.conftest import RUN


def exact(value):
    if isinstance(value, tuple):
        return Array((len(value),), [exact(number) for number in value])
    return from_float(float(value))


def score(question, **weights):
    return score_weights(question, {name: exact(value) for name, value in weights.items()})


def findings(question):
    return list(check_question(question, RUN))


def said(question, level):
    return [finding.text for finding in findings(question) if finding.level == level]


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_verdicts_are_those_of_all_words_of_the_language(load, name):
    case = CASES[name]
    question, failed, passed = load(case.text), 0, 0
    for weights in answers(case, 30):
        for line, check in enumerate(score(question, **weights).checks):
            shortest = case.shortest(weights, line)
            if check.outcome == "failed":
                failed += 1
                word, last = check.evidence.input, check.evidence.trace[-1].t
                assert len(word) == last
                assert case.breaks(weights, line, word), (weights, check)
                assert shortest == word or (shortest is None and len(word) > 7), (weights, check, shortest)
            else:
                passed += 1
                assert check.outcome == "passed"
                assert isinstance(check.evidence, Proved)
                assert shortest is None, (weights, check, shortest)
    assert min(failed, passed) >= 5


def test_the_grammar_of_the_oracle_is_that_of_the_question():
    words = reber_words()
    assert len(words) > 30
    assert all(re.fullmatch(REBER_WORDS, word) for word in words)
    assert {word for word in words if len(word) == 9} == {
        f"B{around}{inner}{around}E" for around in "TP" for inner in ("BTXSE", "BPVVE")
    }


@pytest.mark.parametrize("name", CASES)
def test_the_question_stands_its_own_test(load, name):
    assert [finding.text for finding in findings(load(CASES[name].text)) if finding.level != "ok"] == []


GROWING = """
question: q
title: T
points: 1
answer: weights
network:
  inputs: {INPUTS}
  parameters: {w: scalar, u: scalar}
  initial: {s: 0, n: 0}
  equations: {s: "s[t-1] + w*NUMBER", n: "n[t-1] + u", y: "(1 if s[t] >= 2 else 0) + 0*n[t]"}
  output: y
behaviour: {equations: {}, output: 0}
JUDGE
checks: [{name: line, points: 1}]
budget: {states: 50, samples: 40, longest: 700}
"""
"""Right for `w: 1` on words of `(ab)*` alone, where s is 0 or 1; the joint states end for `u: 0` alone."""

SCALARS = 'x: {symbols: {a: 1, b: -1}, words: "(ab)*"}'
VECTORS = 'x: {symbols: {a: [1, 0], b: [0, 1]}, words: "(ab)*"}'


def growing(inputs=SCALARS, number="x[t]", judge=""):
    return GROWING.replace("INPUTS", inputs).replace("NUMBER", number).replace("JUDGE", judge)


INPUTS = [
    (SCALARS, "x[t]", "a"),
    (VECTORS, "(x[t][0] - x[t][1])", "a"),
    (f"{SCALARS}, z: real", "x[t]", "(a,0)"),
    (f"{VECTORS}, z: [0, 5]", "(x[t][0] - x[t][1])", "(a,0)"),
    (f'{SCALARS}, z: {{symbols: {{c: 0, d: 1}}, words: "c+d*"}}', "x[t]", "(a,c)"),
]


@pytest.mark.long
@pytest.mark.parametrize(("inputs", "number", "wrong"), INPUTS)
def test_an_invariant_holds_for_the_words_of_the_language(load, inputs, number, wrong):
    question = load(growing(inputs, number))
    (check,) = score(question, w=1, u=1).checks
    assert isinstance(check.evidence, Proved)
    assert check.evidence.invariant is not None
    (check,) = score(question, w=2, u=1).checks
    assert (check.evidence.input, check.evidence.shortest) == (wrong, True)
    (check,) = score(question, w=-1, u=1).checks
    assert check.outcome == "passed"


@pytest.mark.long
@pytest.mark.parametrize(("inputs", "number", "wrong"), INPUTS)
def test_samples_are_words_of_the_language_short_and_long(load, no_solver, inputs, number, wrong):
    question = load(growing(inputs, number))
    alphabet, words = question.alphabet, question.budget.corpus.words
    symbols = ["".join(alphabet.named(symbol)["x"] for symbol in word) for word in words]
    assert all(re.fullmatch("(ab)*", word) for word in symbols)
    assert max(map(len, words)) > 500
    (check,) = score(question, w=1, u=1).checks
    assert check.outcome == "passed"
    (check,) = score(question, w=2, u=1).checks
    assert check.outcome == "failed"


def test_the_engines_agree_at_the_end_of_words(load):
    """Twice the weight is wrong inside of a word alone, where nothing is judged; a drift shows after a whole word."""
    question = load(growing(judge="judge: {at: end}"))
    for w, right in ((1, True), (2, True), (-3, True)):
        network = AnswerMachine(question.program, {"w": fmpq(w), "u": fmpq(1)})
        for engine in (HornEngine(), SampleEngine()):
            found = engine.decide(network, question.specification, OpenLines(frozenset({0})), question.budget)
            assert isinstance(found, Findings)
            assert (not found.broken) is right
    drifts = growing('x: {symbols: {a: 1, b: 0}, words: "(ab)*"}', judge="judge: {at: end}")
    (check,) = score(load(drifts), w=0.5, u=1).checks
    assert (check.evidence.input, check.evidence.got, check.evidence.expected) == ("abababab", "1", "0")
    assert [step.counts for step in check.evidence.trace] == [False, True] * 4


def test_a_sampled_pass_counts_words_to_their_end(load, no_solver):
    (check,) = score(load(growing(judge="judge: {at: end}")), w=1, u=1).checks
    sampled = getattr(check.evidence, "sampled", check.evidence)
    assert isinstance(sampled, Sampled)
    assert sampled.examples


COUNTED = """
question: q
title: T
points: 1
answer: weights
network:
  inputs: {x: INPUT}
  parameters: {w: scalar, h0: scalar}
  initial: {h: h0}
  equations: {h: "h[t-1] + w*x[t]"}
  output: h
behaviour: {initial: {s: 0}, equations: {s: "s[t-1] + x[t]"}, output: s}
checks: [{name: line, points: 1}]
known: {the key: {w: 1, h0: 0, earns: 1}}
"""


def counted(kind, rest=""):
    return COUNTED.replace("INPUT", kind) + rest


@pytest.mark.parametrize(
    ("kind", "rest", "warning"),
    [
        (
            "bit",
            "judge: {at: end}",
            "every beginning of an input is itself an input here, so that `at: end` is the same",
        ),
        ('{symbols: {a: 1, b: 2}, words: "(ab)*", prefixes: true}', "judge: {at: end}", "every beginning of a word is"),
        ('{symbols: {a: 1, b: 2, c: 3}, words: "(ab)*"}', "", "no word of x has the symbol c: leave it out"),
        ('{symbols: {a: 1, b: 2, c: 3}, words: "b+"}', "", "no word of x has the symbols a and c"),
    ],
)
def test_what_changes_nothing_is_said(load, kind, rest, warning):
    (found,) = (finding.text for finding in check_words(load(counted(kind, rest))) if finding.level == "warn")
    assert found.startswith(warning)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("(ab)?", "an automaton of 3 states, 2 words of at most 2 steps, the empty one among them"),
        ("ba", "an automaton of 3 states, 1 word of at most 2 steps"),
        ("(ab)*", "an automaton of 2 states, of every length"),
        ("[ab]{100}", "an automaton of 101 states, more than 10^18 words of at most 100 steps"),
    ],
)
def test_how_many_words_there_are_is_said(load, words, text):
    question = load(counted(f'{{symbols: {{a: 1, b: 2}}, words: "{words}"}}'))
    assert [finding.text for finding in check_words(question)] == [f"the words of x: {text}"]


@pytest.mark.parametrize(
    ("kind", "rest", "weights", "wrong"),
    [
        ("bit", "judge: {at: end}\nlength: 4", (2, 0), "0001"),
        ("bit", "judge: {at: end}\nlength: 4", (1, 1), "0000"),
        ("bit", "judge: {empty: true}\nlength: 6", (1, 1), ""),
        ("bit", "judge: {empty: true}\nlength: 6", (2, 0), "1"),
        ('{symbols: {a: 1, b: 2}, words: "(aab)*"}', "length: 4", (2, 0), "a"),
        ('{symbols: {a: 1, b: 2}, words: "a?b(aab)*"}', "judge: {at: end}\nlength: 5", (2, 0), "b"),
        ('{symbols: {a: 0, b: 2}, words: "(aab)*"}', "length: 4", (2, 0), "aab"),
        ('{symbols: {a: 0, b: 1, c: 2}, words: "a(aac|aab)"}', "judge: {at: end}", (2, 0), "aaab"),
        ('{symbols: {a: 0, b: 2}, words: "(aab)*"}', "judge: {at: end, empty: true}\nlength: 6", (1, -1), ""),
    ],
)
def test_what_counts_and_what_does_not(load, kind, rest, weights, wrong):
    (check,) = score(load(counted(kind, rest)), w=weights[0], h0=weights[1]).checks
    assert (check.outcome, check.evidence.input) == ("failed", wrong)
    (check,) = score(load(counted(kind, rest)), w=1, h0=0).checks
    assert isinstance(check.evidence, Proved)


@pytest.mark.parametrize("repeated", ["ab", "aab"])
@pytest.mark.parametrize("length", [4, 5, 6])
@pytest.mark.parametrize("wrong_step", [3, 4, 5, 6])
def test_no_beginning_is_tried_that_cannot_be_completed_in_time(load, repeated, length, wrong_step):
    """A network is right that is wrong behind the last step that a whole word of so many can have."""
    text = counted(f'{{symbols: {{a: 0, b: 1}}, words: "({repeated})*"}}', f"length: {length}").replace(
        "h[t-1] + w*x[t]", f"h[t-1] + w*x[t] + (h0 if t == {wrong_step} else 0)"
    )
    text = text.replace("{h: h0}", "{h: 0}")
    last = length // len(repeated) * len(repeated)
    assert score(load(text), w=1, h0=7).points == (1 if wrong_step > last else 0)


@pytest.mark.parametrize("before", ["{h: h0}", '{"h[0]": h0}', '{"h[0]": h0, "h[-1]": 5}'])
@pytest.mark.parametrize("wanted", ["{s: 0}", '{"s[0]": 0}', '{"s[0]": 0, "s[-1]": 5}'])
@pytest.mark.parametrize("h0", [0, 5, 1])
def test_the_output_for_the_empty_input_is_the_value_of_step_0(load, before, wanted, h0):
    text = counted("bit", "judge: {empty: true}\nlength: 6").replace("{h: h0}", before).replace("{s: 0}", wanted)
    (check,) = score(load(text), w=1, h0=h0).checks
    assert check.points == (1 if h0 == 0 else 0)
    assert h0 == 0 or (check.evidence.input, check.evidence.got, check.evidence.expected) == ("", str(h0), "0")


@pytest.mark.parametrize("h0", [3, 0, 6])
def test_the_output_for_the_empty_input_is_worked_out_of_values_before_step_0(load, h0):
    text = counted("bit", "judge: {empty: true}\nlength: 6")
    for old, new in (
        ("{h: h0}", '{"h[0]": 0, "h[-1]": h0}'), ("{s: 0}", '{"s[0]": 0, "s[-1]": 3}'),
        ("output: h", "output: y"), ("output: s", "output: e"),
        ('h: "h[t-1] + w*x[t]"', 'h: "h[t-1] + w*x[t]", y: "2*h[t-1]"'),
        ('s: "s[t-1] + x[t]"', 's: "s[t-1] + x[t]", e: "2*s[t-1]"'), ("h0: 0, earns", "h0: 3, earns"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    (check,) = score(load(text), w=1, h0=h0).checks
    assert check.points == (1 if h0 == 3 else 0)
    assert h0 == 3 or (check.evidence.input, check.evidence.got, check.evidence.expected) == ("", str(2 * h0), "6")


def test_the_empty_input_is_shown_and_replayed(load):
    (inside, outside) = score(load(BRACKETS), p=(2, -1), p0=-1, q=(1, -2), q0=-1, u=1, h0=1).checks
    assert inside.outcome == "passed"
    assert (outside.evidence.input, outside.evidence.got, outside.evidence.expected) == ("", "1", "0")
    (step,) = outside.evidence.trace
    assert (step.t, dict(step.inputs), step.student, step.right) == (0, {}, {"h": "1"}, False)
    assert outside.message == "on the empty input (ε) the output is 1, before the first step; 0 is wanted"


def report_of(question, **weights):
    return Report("a", "s", (score(question, **weights),))


WRONG_INSIDE = {"p": (2, -1), "p0": -1, "q": (1, -2), "q0": -1, "u": 0, "h0": 0}
STARTS_INSIDE = {"p": (2, -1), "p0": -1, "q": (1, -2), "q0": -1, "u": 1, "h0": 1}


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "classroom"])
def test_every_format_shows_symbols_and_the_empty_input(load, name):
    from html import unescape

    text = unescape(render(report_of(load(BRACKETS), **WRONG_INSIDE), FORMATS[name]))
    assert "(a" in text.replace("\\", "")
    text = unescape(render(report_of(load(BRACKETS), **STARTS_INSIDE), FORMATS[name]))
    assert "the empty input (ε)" in text or "the empty input (\\u03b5)" in text


def test_json_has_the_names_of_symbols(load):
    data = as_data(report_of(load(BRACKETS), **WRONG_INSIDE))["questions"][0]["checks"][0]["evidence"]
    assert (data["input"], [step["input"] for step in data["trace"]]) == ("(a", [{"x": "("}, {"x": "a"}])
    assert "word_state" not in str(data)
    empty = as_data(report_of(load(BRACKETS), **STARTS_INSIDE))["questions"][0]["checks"][1]["evidence"]
    assert (empty["input"], empty["trace"][0]["t"], empty["trace"][0]["input"]) == ("", 0, {})


def test_what_is_wanted_for_the_empty_input_is_kept_from_those_who_may_not_see_it(load):
    report = redacted(report_of(load(BRACKETS), **STARTS_INSIDE), Audience.PLATFORM)
    check = report.questions[0].checks[1]
    assert check.message == "on the empty input (ε) the output is 1, which is not right"
    assert (check.evidence.expected, check.evidence.trace[0].expected) == ("", "")


def test_steps_that_do_not_count_are_not_marked(load):
    report = report_of(load(PARITY), u=1, o1=0, o2=-1, c=1, d=-0.5, y0=0)
    check = report.questions[0].checks[0]
    assert (check.evidence.input, check.evidence.got, check.evidence.expected) == ("#", "1", "0")
    report = report_of(load(PARITY), u=1, o1=0, o2=-1, c=1, d=1, y0=0)
    text = render(report, FORMATS["terminal"])
    assert "on input a# the output is 0, but 1 is wanted" in text
    assert "for another line" not in text


def test_a_network_by_hand_takes_words_of_symbols(load):
    question = load(BRACKETS)
    values = {name: exact(value) for name, value in CASES["brackets"].right.items()}
    network = Network(question, values)
    assert (network("ab(a)b"), network("20 x (a)"), network("")) == ("001100", "110" * 20, "0")
    with pytest.raises(ValueError, match="'' is not a number"):
        Network(load(counted("bit")), {"w": fmpq(1), "h0": fmpq(0)})("")


@settings(max_examples=30, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(st.data())
def test_strategies_draw_words_of_the_language(load, data):
    question = load(BRACKETS)
    word = data.draw(strategies.words(question, longest=6))
    assert len(word) <= 6
    assert re.fullmatch(CASES["brackets"].pattern, word)
    inputs = {"x": {"symbols": {"a": 0, "b": 1}, "words": "(ab)*"}}
    word = data.draw(strategies.words(inputs, longest=6))
    assert len(word) <= 6
    assert re.fullmatch("(ab)+", word)


READ = """
question: q
title: T
points: 1
answer: weights
network:
  inputs: {x: {symbols: {a: 1, b: -1}, words: "(ab)*"}}
  parameters: {w: scalar}
  initial: {h: 0}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  equations: {h: "phi(h[t-1] + w*x[t])"}
  output: h
behaviour: {initial: {s: 0}, equations: {s: "1 - s[t-1]"}, output: s}
checks: [{name: line, points: 1}]
known:
  the key: {w: 1, earns: 1}
  the other way round: {w: -1, earns: 0, say: Your signs are the other way round.}
readings:
  - {name: b comes in as a, equations: {h: "phi(h[t-1] - w*x[t])"}}
"""


def test_mistakes_and_readings_are_recognised_on_words_of_the_language(load):
    """On words outside of the language `w: 1` and `w: 2` differ from the wanted behaviour, and from each other."""
    question = load(READ)
    machine = AnswerMachine(question.program, {"w": fmpq(-3)})
    assert recognised(question, machine).name == "the other way round"
    assert right_readings(question, {"w": fmpq(-3)}) == ["b comes in as a"]
    assert score(question, w=5).points == 1


def test_margins_name_the_symbol(load):
    (margin,) = score(load(READ), w=1).margins
    assert (margin.distance, margin.where) == ("0.5", "x = a and h[t-1] = 0")


def test_only_steps_that_count_need_a_line(load):
    """A step inside of a word is no step without a line where only the end counts."""
    question = load(PARITY)
    reached = reached_lines(question.specification, question.alphabet.symbol_set, question.budget.bounds)
    assert dict(reached.words) == {frozenset({0}): ()}
    inside = PARITY.replace("points: 1}\nknown", "points: 1, when: 'x[t] == \"a\"'}\nknown")
    assert any("is about no reachable step" in text for text in said(load(inside), "warn"))
    odd = PARITY.replace("points: 1}\nknown", "points: 1, when: 'odd[t] == 1'}\nknown")
    assert "no line is about the empty input: a wrong network can lose nothing there" in said(load(odd), "warn")


def test_an_example_that_is_no_word_is_a_mistake_of_the_spec(load):
    text = BRACKETS.replace('"ab(a)b": "001100"', '"((": "11"')
    assert "the example (( is not an input that `words` and `assume` allow" in said(load(text), "fail")
    text = PARITY.replace('"ab#": 1', "ab: 1")
    assert "the example ab is not a whole word of its language" in said(load(text), "fail")
    text = PARITY.replace('"ab#": 1', '"ab#": 0')
    assert "the example ab# promises 0, the behaviour gives 1" in said(load(text), "fail")
    text = PARITY.replace('"": 0', '"": 1')
    assert "the example of the empty input promises 1, the behaviour gives 0" in said(load(text), "fail")


def test_networks_that_differ_where_nothing_is_judged_behave_alike(load):
    """The output before the end of a word is no part of what a network does; that for the empty input is."""
    question = load(PARITY)
    symbols = ["a", "b", "#"]

    def fingerprint(**weights):
        network = question.network({name: exact(value) for name, value in weights.items()})
        return network_behaviour(question, network).fingerprint(symbols)

    right = fingerprint(u=1, o1=0, o2=-1, c=2, d=1, y0=0)
    assert fingerprint(u=1, o1=0, o2=-1, c=9, d=3, y0=0) == right
    assert fingerprint(u=1, o1=0, o2=-1, c=9, d=3, y0=1) != right
    assert fingerprint(u=1, o1=0, o2=-1, c=2, d=-1, y0=0) != right


def test_many_symbols_are_compared_as_whole_vectors(load, monkeypatch):
    monkeypatch.setattr("grader.machines.word_language.MAX_SINGLE_COMPARISONS", 0)
    matrices = VECTORS.replace("[1, 0]", "[[1, 0], [0, 0]]").replace("[0, 1]", "[[0, 0], [0, 1]]")
    for inputs, number in ((VECTORS, "(x[t][0] - x[t][1])"), (matrices, "(x[t][0][0] - x[t][1][1])")):
        question = load(growing(inputs, number, "judge: {at: every step}"))
        (check,) = score(question, w=1, u=1).checks
        assert isinstance(check.evidence, Proved)
        assert check.evidence.invariant is not None
        (check,) = score(question, w=2, u=1).checks
        assert check.evidence.input == "a"
