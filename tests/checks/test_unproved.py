"""What a pass is worth that is not proved: full marks, a share of them, or a person's look; and how it is shown."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import fmpq

from grader.audience import Audience, redacted
from grader.engines.engine import Findings, Unknown
from grader.engines.recorded import RecordedEngine
from grader.engines.sample import SampleEngine
from grader.engines.table import decide
from grader.engines.walk import WalkEngine
from grader.errors import SpecError
from grader.evidence import Counterexample, Exhausted, NoEvidence, NoProof, Proved, Sampled
from grader.kinds.weights import score
from grader.kinds.weights.copy import copied_weights
from grader.kinds.weights.score import score_weights
from grader.machines.machine import AnswerMachine
from grader.reports import classroom, github, gradescope, html, junit, markdown, terminal
from grader.reports import json as json_report
from grader.reports.sentences import UNPROVED_LEGEND
from grader.verdict import Report

SQUARES = """
question: q
title: A sum of squares
points: 40
answer: weights
network:
  inputs: {{x: {inputs}}}
  parameters: {{w: scalar}}
  initial: {{h: 0}}
  equations: {{h: "h[t-1] + w*x[t]*x[t]", y: h}}
  output: y
behaviour:
  initial: {{q: 0}}
  equations: {{q: "q[t-1] + x[t]*x[t]"}}
  output: q
checks:
  - {{name: first, points: 10, when: t <= 2}}
  - {{name: later, points: 30, when: t > 2}}
budget: {{states: 20, samples: 30, longest: 100}}
{more}
"""
"""Right for w = 1, and nothing proves it where the inputs are endless: they are multiplied."""


@pytest.fixture
def ask(load):
    return lambda more="", inputs="integer": load(SQUARES.format(more=more, inputs=inputs))


def judged(question, w=1):
    return score_weights(question, {"w": fmpq(w)})


def of(result):
    return Report("hw", "alice", (result,))


SHARES = {
    "": (Fraction(1), "passed"),
    "unproved: full": (Fraction(1), "passed"),
    "unproved: hold": (Fraction(0), "held"),
    "unproved: 80%": (Fraction(4, 5), "passed"),
    'unproved: "12.5 %"': (Fraction(1, 8), "passed"),
    "unproved: 33%": (Fraction(33, 100), "passed"),
    "unproved: 100%": (Fraction(1), "passed"),
    "unproved: 0%": (Fraction(0), "passed"),
}


@pytest.mark.parametrize("key", SHARES)
def test_a_pass_that_is_not_proved_earns_what_the_course_says(ask, key):
    share, outcome = SHARES[key]
    result = judged(ask(key))
    assert [(c.points, c.max_points, c.outcome, c.unproved) for c in result.checks] == [
        (10 * share, 10, outcome, True),
        (30 * share, 30, outcome, True),
    ]
    assert (result.points, result.status) == (40 * share, "held" if outcome == "held" else "graded")
    assert result.pending_points == (40 if outcome == "held" else 0)
    assert all(isinstance(check.evidence, Sampled) for check in result.checks)
    assert {check.message.partition(":")[0] for check in result.checks} == {
        "held for a person to look at" if outcome == "held" else
        "" if share == 1 else f"earns {float(share * 100):g}% of its points"
    }  # fmt: skip


@pytest.mark.parametrize("key", SHARES)
@pytest.mark.parametrize("inputs", ["bit", "[-1, 0, 2]"])
def test_a_proof_earns_everything_whatever_is_said_of_other_passes(ask, key, inputs):
    """All inputs of up to three steps are all that count: they were all seen, which is a proof."""
    result = judged(ask(f"{key}\nlength: 3", inputs))
    assert [(c.points, c.outcome, c.unproved) for c in result.checks] == [(10, "passed", False), (30, "passed", False)]
    assert {type(check.evidence) for check in result.checks} == {Proved}


@pytest.mark.parametrize("key", SHARES)
def test_a_wrong_answer_loses_its_lines_and_is_never_held_for_them(ask, key):
    result = judged(ask(key), w=2)
    assert {(c.points, c.outcome, c.unproved, type(c.evidence)) for c in result.checks} == {
        (0, "failed", False, Counterexample)
    }
    assert (result.points, result.pending_points, result.status) == (0, 0, "graded")


class Gives:
    """An engine with one answer."""

    name = "dummy"

    def __init__(self, outcome):
        self.outcome = outcome

    def undecidable(self, tree):
        return []

    def decide(self, network, specification, lines, budget):
        return self.outcome


EVERY = frozenset({0, 1})
HOLDING = {
    "up to the question's own length": (Exhausted(3, 14), False),
    "beyond it": (Exhausted(400_000_000_000, 10**18, more=True), False),
    "one step short of it": (Exhausted(2, 6), True),
    "short of it, then samples": (Exhausted(2, 6, Sampled(9, 1)), True),
    "samples": (Sampled(9, 1), True),
    "nothing": (NoEvidence(), True),
    "a proof": (Proved(3), False),
    "a proof of those": (Proved(None, 3), False),
}


@pytest.mark.parametrize("holds", HOLDING)
def test_what_counts_as_proved(ask, holds, monkeypatch):
    evidence, unproved = HOLDING[holds]
    outcome = Findings(holds=evidence, met=EVERY, drawn={0: 9, 1: 9})
    monkeypatch.setattr(score, "decide", lambda *_: outcome)
    result = judged(ask("unproved: hold\nlength: 3"))
    assert [check.unproved for check in result.checks] == [unproved] * 2
    assert result.points == (0 if unproved else 40)


def test_without_a_length_no_number_of_steps_is_a_proof(ask, monkeypatch):
    monkeypatch.setattr(score, "decide", lambda *_: Findings(holds=Exhausted(10**12, 10**18), met=EVERY))
    assert judged(ask("unproved: hold")).pending_points == 40


def test_a_line_above_that_earns_a_share_blocks_none_below(ask):
    """Of a ladder: what passes passes, though it earns less."""
    result = judged(ask("unproved: 50%\ncredit: ladder"))
    assert [(check.outcome, check.points) for check in result.checks] == [("passed", 5), ("passed", 15)]


def test_a_broken_line_blocks_those_below_and_what_is_above_is_held(ask, monkeypatch):
    question = ask("unproved: hold\ncredit: ladder\n")
    findings = decide(AnswerMachine(question.program, {"w": fmpq(2)}), question.specification, question.budget)
    later = Findings({1: findings.broken[1]}, Sampled(9, 1), met=EVERY, drawn={0: 9})
    monkeypatch.setattr(score, "decide", lambda *_: later)
    monkeypatch.setattr(
        "grader.kinds.weights.counterexample.replayed", lambda *_: Counterexample("1", "1", "2", (), shortest=False)
    )
    monkeypatch.setattr(score, "_sentence", lambda _: "wrong")
    result = judged(question, w=2)
    assert [(check.outcome, check.points) for check in result.checks] == [("held", 0), ("failed", 0)]
    assert (result.status, result.pending_points) == ("held", 10)


BAD_SHARES = ["120%", "100.5%", "-5%", "half", "80", "0.8", "", "[80%]", "80 percent", "hold%", "1e2%", "80%%"]


@pytest.mark.parametrize("value", BAD_SHARES)
def test_other_values_are_refused_with_what_was_wanted(ask, value):
    with pytest.raises(SpecError, match=r"unproved: must be (text|full, hold, or a percentage from 0% to 100%)"):
        ask(f"unproved: {value}")


def test_the_reason_and_what_would_help_are_said(ask):
    evidence = judged(ask()).checks[0].evidence
    reason = "the inputs cannot be listed; two quantities that take any value are multiplied"
    assert evidence.no_proof == NoProof(reason, ("finite inputs", "a `length` of at most 10"))
    (question,) = json_report.as_data(of(judged(ask())))["questions"]
    check = question["checks"][0]
    assert check["unproved"] is True
    assert check["evidence"]["not_proved"] == {"reason": reason, "would_help": list(evidence.no_proof.remedies)}
    assert f"not proved: {reason} (what would help: finite inputs or" in " ".join(
        terminal.render(of(judged(ask()))).split()
    )


def test_engines_that_are_not_for_a_question_explain_nothing(ask):
    question = ask()
    engines = (
        Gives(Unknown("not of its kind", applies=False)),
        Gives(Unknown("too large", remedy="less")),
        SampleEngine(),
    )
    machine = AnswerMachine(question.program, {"w": fmpq(1)})
    found = decide(machine, question.specification, question.budget, engines)
    assert (found.holds.no_proof, found.engine) == (NoProof("too large", ("less",)), "sample")
    found = decide(machine, question.specification, question.budget, (engines[0], SampleEngine()))
    assert found.holds.no_proof == NoProof("not of its kind")


def test_a_walk_that_ends_too_early_says_what_would_help(ask):
    question = ask(inputs="bit")
    machine = AnswerMachine(question.program, {"w": fmpq(1)})
    found = decide(machine, question.specification, question.budget, (WalkEngine(), SampleEngine()))
    assert isinstance(found.holds, Exhausted)
    assert found.holds_for(0).no_proof.remedies == ("a larger budget than `states: 20`, if the states end",)


def test_a_report_that_is_checked_again_gives_the_same_reason(ask):
    question, nothing = ask(), RecordedEngine({}, frozenset(), frozenset(), None)
    machine = AnswerMachine(question.program, {"w": fmpq(1)})
    again = decide(machine, question.specification, replace(question.budget, first=(nothing,)))
    first = decide(machine, question.specification, question.budget)
    assert again.holds.no_proof == first.holds.no_proof is not None


def test_a_students_copy_says_what_such_a_pass_is_worth_and_which_arithmetic_counts():
    root = {"question": "q", "checks": [], "unproved": "80%", "arithmetic": "float64", "known": {}, "reference": "r"}
    assert copied_weights(root, "") == {"question": "q", "unproved": "80%", "arithmetic": "float64", "checks": []}


PLATFORMS = {
    "terminal": (terminal.render, "~ok", UNPROVED_LEGEND),
    "html": (html.render, ">passed, not proved<", UNPROVED_LEGEND),
    "markdown": (markdown.render, "passed, not proved", "not proved"),
    "junit": (junit.render, "not proved", "not proved"),
    "gradescope": (gradescope.render, "not proved", "not proved"),
    "json": (json_report.render, '"unproved": true', '"not_proved"'),
}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("key", ["unproved: full", "unproved: 80%"])
def test_a_pass_on_samples_is_never_shown_like_a_proof(ask, platform, key):
    render, mark, word = PLATFORMS[platform]
    shown = render(of(judged(ask(key))))
    assert mark in shown
    assert word in shown
    proved = render(of(judged(ask(f"{key}\nlength: 2", "bit"))))
    assert not any(text in proved for text in (mark, word, "~"))


def test_what_is_held_says_that_a_person_looks_and_not_that_the_grader_failed(ask):
    report = of(judged(ask("unproved: hold")))
    for render in (terminal.render, html.render, markdown.render, junit.render, github.render, gradescope.render):
        shown = " ".join(render(report).split())
        assert "held for a person to look at" in shown
        assert "grader itself failed" not in shown
        assert "~ok" not in shown
    data = json.loads(gradescope.render(report))
    assert [test.get("score") for test in data["tests"]] == [None] * 3
    assert redacted(report, Audience.PLATFORM).questions[0].checks == report.questions[0].checks


def test_what_a_share_costs_is_told_in_ci(ask):
    report = of(judged(ask("unproved: 80%")))
    said = github.render(report).splitlines()
    assert [line.partition("::earns 80%25")[0] for line in said] == [
        "::notice title=q%3A first (-2)", "::notice title=q%3A later (-6)",
    ]  # fmt: skip
    tests = classroom.as_data(report)["tests"]
    assert [(test["score"], test["status"]) for test in tests] == [(8, "pass"), (24, "pass")]
    assert all(test["message"].startswith("earns 80% of its points") for test in tests)
    assert github.render(of(judged(ask("unproved: full")))) == ""
