"""The specs prove themselves: known answers earn what they claim, and every line is won by some and lost by others."""

from dataclasses import replace
from itertools import takewhile

import pytest

from grader.answers.code import Code
from grader.evidence import Exhausted
from grader.kinds.function.code_runner import runner_pool
from grader.kinds.function.score import score_function
from grader.kinds.function.spec_check import check_function_question
from grader.kinds.table import load_assignment
from grader.selfcheck import check_assignment
from grader.verdict import as_number

from ..conftest import RUN
from .conftest import ROOT

POOL = runner_pool(RUN, "strict")

QUESTIONS = {
    "one_hot": 10,
    "clip_by_value": 6,
    "clip_by_norm": 20,
    "clip_average": 8,
    "free_run": 8,
    "teacher_forcing": 8,
    "scheduled_sampling": 16,
    "linear_decay": 4,
    "exponential_decay": 4,
    "inverse_sigmoid_decay": 4,
    "bptt_gradient": 12,
}


def judged(question, source):
    runner = POOL.open(Code("solution.py", source.encode(), "python"), question.call_seconds)
    try:
        return score_function(question, runner, shrink=False)
    finally:
        runner.close()


def known_results(question):
    results = {known.name: judged(question, known.code) for known in question.known}
    earned = {name: as_number(result.points) for name, result in results.items()}
    assert earned == {known.name: as_number(known.earns) for known in question.known}
    return results


def assert_every_line_counts(question, results):
    """Some known answer wins the line, and some answer that is not empty loses it."""
    for place, line in enumerate(question.rubric):
        points = [result.checks[place].points for result in results.values()]
        assert max(points) == line.points, f"no known answer earns {line.name!r}"
        assert min(points) < line.points, f"no known answer loses {line.name!r}"


def test_the_lab_has_100_points(lab):
    assert {q.id: as_number(q.points) for q in lab.questions} == QUESTIONS
    assert sum(QUESTIONS.values()) == 100


LONG_CHECKED = ("scheduled_sampling", "free_run")
"""Questions with the most calls: they are checked with `pytest -m slow`."""


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG_CHECKED)) for name in QUESTIONS]
)
def test_known_answers_of_the_lab_earn_what_they_claim(lab, name):
    question = next(q for q in lab.questions if q.id == name)
    assert_every_line_counts(question, known_results(question))


@pytest.fixture(scope="module")
def known_results_of_q1(q1):
    return known_results(q1)


@pytest.mark.long
def test_known_answers_of_q1_earn_what_they_claim(q1, known_results_of_q1):
    assert_every_line_counts(q1, known_results_of_q1)
    partial = [c.points for c in known_results_of_q1["the rough reading"].checks if c.outcome == "failed"]
    assert list(map(as_number, partial)) == [5, 6, 5], "near y_T within 1e-4 earns a part of each line"


def test_q1_is_exhausted_over_small_integers(known_results_of_q1):
    """11 x 11 pairs, and all sequences of -1, 0, 1 with 2, 4 or 6 entries."""
    pairs, short = (check.evidence for check in known_results_of_q1["step by step"].checks[:2])
    assert pairs == Exhausted(2, 121)
    assert short == Exhausted(6, 9 + 81 + 729)


@pytest.mark.long
def test_the_spec_checks_find_nothing_wrong_before_anybody_answers(lab, q1):
    for question in (*(question for question in lab.questions if question.id not in LONG_CHECKED), q1):
        unanswered = check_function_question(replace(question, known=()), POOL)
        findings = list(takewhile(lambda finding: "known" not in finding.text, unanswered))
        assert {finding.level for finding in findings} == {"ok"}, findings


@pytest.mark.slow
@pytest.mark.parametrize("spec", ["sequence_lab", "assignment3/q1.yaml"])
def test_the_spec_checks_are_all_ok(spec):
    findings = list(check_assignment(load_assignment(ROOT / "specs" / spec)))
    assert [finding for finding in findings if finding.level != "ok"] == []
