"""`spec check` says which engine decides a question, which right answers stay unproved, and what no engine decides."""

from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines.long_runs import steps_within
from grader.engines.table import ENGINES
from grader.evidence import Proved, Sampled
from grader.kinds.weights.spec_check import check_weights_question
from grader.kinds.weights.spec_engines import ENGINES_IN_WORDS, check_engines, decided_answer

SPEC = """
question: q
title: T
points: 10
answer: weights
{head}
network:
  inputs: {{x: {inputs}}}
  parameters: {{w: scalar}}
  initial: {{h: 0}}
  equations: {{h: "{h}", y: h}}
  output: y
behaviour:
  initial: {{q: 0}}
  equations: {{q: "{q}"}}
  output: q
accept: {accept}
checks: [{{name: right, points: 10}}]
budget: {{states: 50, samples: 20, longest: 100}}
{known}
"""
LATCH = {"h": "max(h[t-1], w*x[t])", "q": "max(q[t-1], x[t])"}
SUM = {"h": "h[t-1] + w*x[t]", "q": "q[t-1] + x[t]"}
SQUARES = {"h": "h[t-1] + w*x[t]*x[t]", "q": "q[t-1] + x[t]*x[t]"}


@pytest.fixture
def ask(load):
    def question(equations, inputs="bit", accept="y == expected", head="", known=""):
        return load(SPEC.format(**equations, inputs=inputs, accept=accept, head=head, known=known))

    return question


@pytest.fixture
def engines_of(ask):
    def findings(*asked, w=1, **more):
        question = ask(*asked, **more)
        answer = decided_answer(question, "'right'", {"w": fmpq(w)}, question.place("title"))
        return answer, list(check_engines(question, [answer]))

    return findings


DECIDED = {
    "every state is seen": ((LATCH,), {}, "walk", "within 50 are left to Horn clauses"),
    "numbers that grow": ((SUM,), {}, "Horn clauses", "within 50 are left to Horn clauses"),
    "real inputs": ((SUM, "real"), {}, "Horn clauses", "answers are left to Horn clauses"),
    "products of endless numbers": ((SQUARES, "integer"), {}, "sample", "answers are sampled (two quantities"),
    "float64": ((LATCH,), {"head": "arithmetic: float64"}, "walk", "do not settle within 50 joint states are sampled"),
    "growing float64": ((SUM,), {"head": "arithmetic: float64"}, "sample", "do not settle within 50"),
    "a few steps": (
        (SQUARES, "integer(-300..300)"),
        {"head": "length: 1"},
        "Horn clauses",
        "within 50 are left to Horn",
    ),
}


@pytest.mark.parametrize("name", DECIDED)
def test_the_engine_that_decides_is_named_and_what_is_left_open(engines_of, name):
    asked, more, engine, left_open = DECIDED[name]
    answer, found = engines_of(*asked, **more)
    assert answer.findings.engine == engine
    assert isinstance(answer.findings.holds, Proved) is (engine != "sample")
    assert (found[0].level, found[0].text) == ("ok", f"decided by {ENGINES_IN_WORDS[engine]}: 'right'")
    assert left_open in found[-1].text
    assert [finding.level for finding in found] == ["ok", *(["warn"] if engine == "sample" else []), "ok"]


def test_every_engine_that_proves_is_said_in_words():
    assert set(ENGINES_IN_WORDS) <= {engine.name for engine in ENGINES}
    assert {"walk", "Horn clauses", "listing", "boxes", "sample"} == set(ENGINES_IN_WORDS)


def test_a_right_answer_that_stays_unproved_is_warned_of_with_what_would_help(engines_of):
    answer, found = engines_of(SQUARES, "integer")
    assert isinstance(answer.findings.holds, Sampled)
    assert (found[1].level, found[1].place) == ("warn", answer.place)
    assert found[1].text == (
        "'right' is right wherever it was looked at, but not proved: the inputs cannot be listed; two quantities that"
        " take any value are multiplied; what would help: finite inputs or a `length` of at most 10"
    )


def test_a_wrong_answer_is_no_cause_for_a_warning(engines_of):
    _, found = engines_of(SQUARES, "integer", w=2)
    assert [finding.level for finding in found] == ["ok", "ok"]


WORTH = {
    "": "earns all its points (`unproved: full`)",
    "unproved: hold": "is held for a person (`unproved: hold`)",
    "unproved: 80%": "earns 80% of its points",
}


@pytest.mark.parametrize("head", WORTH)
def test_what_an_unproved_pass_is_worth_is_said(engines_of, head):
    assert engines_of(LATCH, head=head)[1][-1].text.endswith(f"a pass that is not proved {WORTH[head]}")


KNOWN = "known: {{right: {{w: 1, earns: {earns}}}}}"
MARKS = {
    ("unproved: full", 10): "ok",
    ("unproved: hold", 10): "ok",
    ("unproved: hold", 0): "fail",
    ("unproved: 80%", 8): "ok",
    ("unproved: 80%", 10): "fail",
    ("unproved: 0%", 0): "ok",
}


@pytest.mark.long
@pytest.mark.parametrize("case", MARKS, ids=str)
def test_known_answers_earn_what_they_do_once_a_person_let_them_pass(ask, case):
    head, earns = case
    found = list(check_weights_question(ask(SQUARES, "integer", head=head, known=KNOWN.format(earns=earns))))
    marks = [finding for finding in found if finding.text.startswith("known 'right' earns")]
    assert [finding.level for finding in marks] == [MARKS[case]]
    assert not any("nothing shows that it can be solved" in finding.text for finding in found)
    if MARKS[case] == "fail":
        assert "not proved" in marks[0].text


def test_many_answers_are_not_all_named(ask):
    question = ask(LATCH)
    answers = [decided_answer(question, f"'{i}'", {"w": fmpq(i)}, question.place("title")) for i in range(6)]
    assert next(check_engines(question, answers)).text.endswith(": '0', '1', '2' and 3 more")
    assert answers[1].looked_at.points == Fraction(10)


def test_inputs_are_not_drawn_where_every_network_is_exact_and_its_states_are_seen(ask):
    question = ask(LATCH, known=KNOWN.format(earns=10))
    assert [finding.text for finding in check_weights_question(question) if finding.level == "fail"] == []
    assert "corpus" not in vars(question.budget)


def test_a_word_that_is_drawn_again_is_run_once(ask, monkeypatch):
    run = []

    def steps(machine, word, bits):
        run.append(word)
        return steps_within(machine, word, bits)

    monkeypatch.setattr("grader.engines.corpus.steps_within", steps)
    question = ask(LATCH, '{symbols: {a: 1, b: 0}, words: "(ab)*"}')
    drawn = question.budget.corpus.drawn
    assert drawn == len({str(word) for word in run[:drawn]})
