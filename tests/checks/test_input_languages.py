"""Inputs that are words of a language: verdicts and shortest counterexamples equal those of brute force."""

import re

import pytest

from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array
from grader.language.numbers import from_float
from grader.selfcheck import check_assignment
from grader.spec.assignment import Assignment
from grader.verdict import Counterexample, Proved
from tests.checks.language_questions import CASES, REBER_WORDS, answers, reber_words


def exact(value):
    if isinstance(value, tuple):
        return Array((len(value),), [exact(number) for number in value])
    return from_float(float(value))


@pytest.mark.parametrize("name", CASES)
def test_verdicts_are_those_of_all_words_of_the_language(load, name):
    case = CASES[name]
    question, failed, passed = load(case.text), 0, 0
    for weights in answers(case, 60):
        result = score_weights(question, {key: exact(value) for key, value in weights.items()})
        for line, check in enumerate(result.checks):
            shortest = case.shortest(weights, line)
            if check.outcome == "failed":
                failed += 1
                word, last = check.evidence.input, check.evidence.trace[-1].t
                assert len(word) == last
                assert case.breaks(weights, line, word), (weights, check)
                assert shortest is None or shortest == word, (weights, check, shortest)
                if shortest is None:
                    assert len(word) > 7
            else:
                passed += 1
                assert check.outcome == "passed"
                assert isinstance(check.evidence, Proved)
                assert shortest is None, (weights, check, shortest)
    assert failed > 10 and passed > 5
