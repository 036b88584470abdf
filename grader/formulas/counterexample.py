"""The point at which two formulas differ, made as simple as it stays one."""

from __future__ import annotations

from dataclasses import replace

from flint import ctx, fmpq

from grader.formulas.comparison import MAX_COMPARISON_EFFORT, Comparison, PointComparison
from grader.formulas.precision import disjoint
from grader.formulas.samples import Sample, simpler
from grader.formulas.verdicts import Different, show_pair

MAX_SIMPLER_POINTS = 80
"""Simpler points that are tried."""


def different(comparison: Comparison, finding: PointComparison) -> Different:
    """The counterexample, made as simple as it stays one."""
    simplest = simplified(comparison, finding)
    with ctx.workprec(simplest.bits):
        student, wanted = show_pair(simplest.student, simplest.wanted)
    point = comparison.point(simplest.place)
    return Different(replace(point, edge=simplest.edge), student, wanted)


def simplified(comparison: Comparison, finding: PointComparison) -> PointComparison:
    """Entries exchanged, one by one, for simpler numbers at which the two sides still differ."""
    place, attempts, limit = finding.place, MAX_SIMPLER_POINTS, comparison.effort + MAX_COMPARISON_EFFORT
    if finding.edge or not place.sample.rational:
        return finding
    if len(place.sample.pool) == 1 and len(place.sample.fixed) < 2:
        return finding
    point = comparison.point(place)
    for key, value in point.entries.items():
        for other in simpler(value):
            if attempts == 0 or comparison.effort > limit:
                return finding
            attempts -= 1
            fixed = {**point.entries, **finding.place.sample.fixed, key: other}
            trial = comparison.look(replace(place, sample=Sample((fmpq(1),), 0, fixed)), finding.bits)
            if trial.defined and disjoint(trial.student, trial.wanted):
                finding = trial
                break
    return finding
