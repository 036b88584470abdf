"""Where inputs cannot be listed: a failing word ends at its first wrong step before it is made smaller, line by line."""

from fractions import Fraction

import pytest
from flint import fmpq

from grader.engines.corpus import Corpus
from grader.engines.engine import OpenLines
from grader.engines.sample import SampleEngine
from grader.kinds.table import load_assignment
from grader.kinds.weights.score import score_weights
from grader.machines.machine import AnswerMachine

SUM = """\
question: q
title: Adds up
points: 3
answer: weights
network:
  inputs: {x: integer}
  parameters: {a: scalar, c: scalar}
  initial: {h: 0}
  equations: {h: "h[t-1] + a*x[t]", y: "h[t] + (c if t > 3 else 0)"}
  output: y
behaviour:
  initial: {s: 0}
  equations: {s: "s[t-1] + x[t]"}
  output: s
checks:
  - {name: all steps, points: 1}
  - {name: late steps, points: 1, when: t > 2}
  - {name: odd sums, points: 1, when: "s[t] % 2 == 1"}
budget: {samples: 60}
"""


def wrong_steps(word, a, c):
    """By line, every step at which the answer is wrong, worked out with Python's own numbers."""
    total, answer, steps = 0, Fraction(0), {0: [], 1: [], 2: []}
    for t, x in enumerate(word, start=1):
        total, answer = total + x, answer + Fraction(a) * x
        if answer + (Fraction(c) if t > 3 else 0) != total:
            about = [0] + [1] * (t > 2) + [2] * (total % 2 == 1)
            for line in about:
                steps[line].append(t)
    return steps


def as_integers(word):
    return [int(value.p) for (value,) in word]


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    path = tmp_path_factory.mktemp("q") / "q.yaml"
    path.write_text(SUM)
    return load_assignment(path).questions[0]


def answer(a, c):
    return {"a": fmpq(a), "c": fmpq(c)}


@pytest.mark.long
@pytest.mark.parametrize(("a", "c"), [(2, 0), (1, 1), (0, 0), (-1, 5), (1, 0)])
def test_what_is_made_smaller_ends_at_the_first_step_that_breaks_the_line(question, monkeypatch, a, c):
    """Not at the last such step, nor at the end of the word: of every line by itself."""
    given = []
    shrink = Corpus.shrink

    def remembered(self, found, first_break, *, drawn=True):
        small = shrink(self, found, first_break, drawn=drawn)
        given.append((as_integers(found), first_break(found), as_integers(small), first_break(small)))
        return small

    monkeypatch.setattr(Corpus, "shrink", remembered)
    network = AnswerMachine(question.program, answer(a, c))
    findings = SampleEngine().decide(network, question.specification, OpenLines(frozenset({0, 1, 2})), question.budget)
    words = [as_integers(trial.word) for trial in question.budget.corpus.trials]
    broken = {line for line in (0, 1, 2) if any(wrong_steps(word, a, c)[line] for word in words)}
    assert set(findings.broken) == broken
    assert len(given) == len(broken)
    for line, broke in findings.broken.items():
        first = next(word for word in words if wrong_steps(word, a, c)[line])
        expected = first[: wrong_steps(first, a, c)[line][0]]
        assert (expected, len(expected)) in [(found, at) for found, at, _, _ in given]
        smallest = as_integers(broke.word)
        assert wrong_steps(smallest, a, c)[line][:1] == [len(smallest)], "it is wrong at its last step, and first there"
        assert len(smallest) <= len(expected)
        assert not broke.shortest


@pytest.mark.parametrize(("a", "c", "lengths"), [(2, 0, {0: 1, 1: 3, 2: 1}), (1, 1, {0: 4, 1: 4, 2: 4})])
def test_the_words_that_are_shown_are_as_short_as_can_be_here(question, a, c, lengths):
    result = score_weights(question, answer(a, c))
    shown = {i: len(check.evidence.input.split()) for i, check in enumerate(result.checks) if check.outcome == "failed"}
    assert shown == lengths
