"""All engines on random small networks: where the walk ends, none says otherwise, and every proof carries its certificate.

The walk itself is compared with brute force in `tests/checks/test_random_systems.py`.
"""

import random

import pytest
from flint import fmpq

from grader.engines.checkers import proof_of
from grader.engines.claim import Claim
from grader.engines.engine import OpenLines, Unknown
from grader.engines.horn import HornEngine
from grader.engines.listing import ListingEngine
from grader.engines.sample import SampleEngine
from grader.engines.walk import WalkEngine
from grader.evidence import Proved
from grader.machines.machine import AnswerMachine
from tests.checks.test_random_systems import puzzle, spec

from .test_horn import load

__all__ = ["load"]

OTHERS = (HornEngine(), ListingEngine(), SampleEngine())


def compared(load, rng, engines=OTHERS):
    """How many engines decide a random network; what they find is what the walk finds, as far as they say anything."""
    drawn = puzzle(rng)
    question = load(f"{spec(drawn)}\nbudget: {{samples: 15, longest: 90}}\n")
    specification = question.specification
    machine = AnswerMachine(question.program, {"a": fmpq(int(drawn.network.parameters["a"]))})
    every = OpenLines(frozenset(range(len(specification.lines))))
    walked = WalkEngine().decide(machine, specification, every, question.budget)
    assert not isinstance(walked, Unknown)
    right, decided = every.numbers - walked.broken.keys(), 0
    bounds = question.budget.bounds
    for found in [walked, *(engine.decide(machine, specification, every, question.budget) for engine in engines)]:
        findings = found.findings if isinstance(found, Unknown) else found
        assert findings.broken.keys() <= walked.broken.keys()
        for line, broken in findings.broken.items():
            assert len(broken.word) >= len(walked.broken[line].word)
            assert not broken.shortest or len(broken.word) == len(walked.broken[line].word)
        if isinstance(found, Unknown) or not isinstance(findings.holds, Proved):
            continue
        decided += 1
        assert findings.broken.keys() == walked.broken.keys()
        if right:
            claim = Claim(machine, specification, right, bounds)
            assert proof_of(claim, findings.holds.certificate) == findings.holds
            if walked.broken:
                assert (
                    proof_of(Claim(machine, specification, every.numbers, bounds), findings.holds.certificate) is None
                )
    return decided


@pytest.mark.long
def test_engines_agree_on_random_networks(load):
    rng = random.Random(71)
    assert sum(compared(load, rng, (ListingEngine(),)) for _ in range(6)) >= 6
    assert sum(compared(load, rng) for _ in range(4)) >= 7


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(15))
def test_engines_agree_on_many_random_networks(load, seed):
    rng = random.Random(7100 + seed)
    assert sum(compared(load, rng) for _ in range(200)) >= 360
