"""Numbers that grow with every step: beyond the limits they cost marks only within the steps that drawn inputs have."""

import pytest

from grader.engines.engine import Findings, OpenLines
from grader.engines.listing import ListingEngine
from grader.engines.long_runs import MAX_SAMPLED_LENGTH
from grader.engines.sample import SampleEngine
from grader.engines.table import decide
from grader.language.limits import MAX_NETWORK_BITS

from .test_horn import load, machine_of, question_text

__all__ = ["load"]

GROWING = 'initial: {h: 1}\n  equations: {h: "a*h[t-1]", y: "1 if OUTPUT > 0 else 0"}'
ALWAYS = 'equations: {o: "1"}'
EARLY, LATE = (MAX_NETWORK_BITS // steps for steps in (MAX_SAMPLED_LENGTH - 20, MAX_SAMPLED_LENGTH + 20))
"""Bits of a factor with which the limits are met before and after the steps of drawn inputs."""


def question_of(load, output, inputs="bit", lines='{name: "all", points: 1}', rest=""):
    network = GROWING.replace("OUTPUT", output)
    return load(question_text(f"x: {inputs}", "a", network, ALWAYS, f"{rest}checks: [{lines}]"))


@pytest.mark.parametrize(("bits", "is_broken"), [(EARLY, True), (LATE, False)])
@pytest.mark.parametrize("output", ["h[t]", "h[t]*[1, 2][x[t]]"], ids=["solved", "sampled"])
def test_numbers_beyond_the_limits_cost_marks_only_where_they_come_early(load, output, bits, is_broken):
    question = question_of(load, output)
    network = machine_of(question, {"a": str(2**bits)})
    found = decide(network, question.specification, question.budget)
    assert bool(found.broken) is is_broken
    drawn = SampleEngine().decide(network, question.specification, OpenLines(frozenset({0}), 0), question.budget)
    assert bool(drawn.broken) is is_broken


@pytest.mark.parametrize(("bits", "is_broken"), [(EARLY, True), (LATE, False)])
def test_neither_do_they_where_every_input_is_tried(load, bits, is_broken):
    """A single symbol, so that all inputs of 120 steps are tried; what breaks earlier still costs marks."""
    lines = '{name: "always", points: 0.5}, {name: "third", points: 0.5, when: t == 3}'
    for output, third in (("h[t]*[1, 2][x[t]]", False), ("h[t]*[1, 2][x[t]] - (h[t]*2 if t == 3 else 0)", True)):
        question = question_of(load, output, "integer(0..0)", lines, "length: 120\n")
        network = machine_of(question, {"a": str(2**bits)})
        every = OpenLines(frozenset({0, 1}), 0)
        listed = ListingEngine().decide(network, question.specification, every, question.budget)
        found = decide(network, question.specification, question.budget)
        if is_broken:
            assert len(found.broken[0].word) == (3 if third else MAX_NETWORK_BITS // bits + 1)
        else:
            assert (0 in found.broken) is third
            assert isinstance(listed, Findings) is third
        assert (1 in found.broken) is third
