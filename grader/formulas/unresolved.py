"""Points at which the right formula has a value and no precision tells that of the student's.

A formula is not right because of what cannot be worked out: where its loops, its size or its precision go beyond the
limits, while the right one has a value that is known, the answer is at fault. A single point at which a condition hangs
on two equal numbers is no fault: the points beside it are looked at, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flint import fmpq

from grader.formulas.comparison import Comparison, GridPoint, PointComparison, PointFault
from grader.formulas.precision import MIN_AGREEING_BITS, MORE_BITS, agreement, disjoint
from grader.formulas.samples import Sample
from grader.formulas.verdicts import BeyondLimits
from grader.language import limits
from grader.language.arrays import shape_of

MAX_LOOKS = 24
"""Points that are looked at with more bits, spread evenly over those that were met."""

BESIDE = fmpq(1, 10_007)
"""How far the point beside another one lies, in every entry; the second entry twice as far, and so on."""


def beyond_limits(comparison: Comparison, doubtful: Sequence[PointComparison]) -> BeyondLimits | PointComparison | None:
    """What a look with more bits and steps shows at points where the student's value is not known.

    Returned is that there is none, with the reason; or a finding in which the two sides surely differ; or None.
    """
    every = max(1, -(-len(doubtful) // MAX_LOOKS))
    for finding in doubtful[::every]:
        found = _closer(comparison, finding.place)
        if isinstance(found, PointComparison):
            return found
        if found and (beside := _beside(comparison, finding.place)) is not None:
            found = _closer(comparison, beside)
            if isinstance(found, PointComparison):
                return found
        if found:
            return BeyondLimits(comparison.point(finding.place), found)
    return None


def _closer(comparison: Comparison, place: GridPoint) -> PointComparison | str:
    """A difference that is found; or why the student's value is not known, "" where it is (or the right one is not)."""
    reason = ""
    for bits in MORE_BITS:
        again = comparison.look(place, bits, limits.MAX_ITERATIONS)
        student, wanted = again.student, again.wanted
        if isinstance(wanted, PointFault) or any(again.undefined):
            return ""
        if isinstance(student, PointFault):
            reason = student.message
        elif shape_of(student) != shape_of(wanted):
            return ""
        elif disjoint(student, wanted):
            return again
        elif agreement(wanted, wanted) < MIN_AGREEING_BITS or agreement(student, wanted) >= MIN_AGREEING_BITS:
            return ""
        else:
            reason = f"its value is not known to {MIN_AGREEING_BITS} bits when it is worked out with {bits}"
    return reason


def _beside(comparison: Comparison, place: GridPoint) -> GridPoint | None:
    """A point close by, all of whose entries differ; None where there are no entries."""
    entries = comparison.point(place).entries
    if not entries:
        return None
    moved = {key: value + BESIDE * (i + 1) for i, (key, value) in enumerate(entries.items())}
    return replace(place, sample=Sample((fmpq(1),), 0, moved))
