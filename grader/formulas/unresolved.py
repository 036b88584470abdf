"""Points at which the right formula has a value and no precision tells that of the student's.

A formula is not right because of what cannot be worked out: where its loops, its size or its precision go beyond the
limits, while the right one has a value that is known, the answer is at fault. Two things are no fault. A single point
at which a condition hangs on two equal numbers: the points beside it are looked at, too. And numbers that are too far
out, as in log(1 - sigmoid(z)) for z = 10^6, where the formula is known closer by, on the same side of every condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flint import ctx, fmpq

from grader.formulas.comparison import Comparison, GridPoint, PointComparison, PointFault
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.extremes import exact_root
from grader.formulas.precision import CLOSER_LOOK_BITS, MIN_AGREEING_BITS, agreement, disjoint
from grader.formulas.samples import Sample
from grader.formulas.traced import Met, Trace, Traced, sign_of
from grader.formulas.verdicts import BeyondLimits
from grader.language import limits
from grader.language.arrays import shape_of

MAX_CLOSER_LOOKS = 24
"""Points that are looked at with more bits, spread evenly over those that were met."""

MAX_NEAR_SIZE = 8
NEARER_SIZES = (fmpq(13, 10), fmpq(23, 5), fmpq(40))
"""Above `MAX_NEAR_SIZE` a number is far out; the sizes that are tried in its place."""

SMALLER_PARTS = (fmpq(1, 16), fmpq(1, 256), fmpq(1, 1 << 16))
"""Parts to which all numbers are made smaller together, where a long sum of ordinary ones is far out."""

LIMIT_HALVINGS = 20
FINEST_LOOK_BITS = 4 * CLOSER_LOOK_BITS[-1]

BESIDE_DISTANCE = fmpq(1, 10_007)
"""How far the point beside another one lies, in every entry; the second entry twice as far, and so on."""


def beyond_limits(comparison: Comparison, points: Sequence[PointComparison]) -> BeyondLimits | PointComparison | None:
    """What a look with more bits and steps shows at points where the student's value is not known.

    Returned is that there is none, with the reason; or a finding in which the two sides surely differ; or None.
    """
    every = max(1, -(-len(points) // MAX_CLOSER_LOOKS))
    for finding in points[::every]:
        found = _closer(comparison, finding.place)
        if isinstance(found, PointComparison):
            return found
        beside = _beside(comparison, finding.place) if found else None
        if beside is not None:
            found = _closer(comparison, beside)
            if isinstance(found, PointComparison):
                return found
        for place in (finding.place, beside) if found else ():
            nearer = None if place is None else _nearer(comparison, place)
            if isinstance(nearer, PointComparison):
                return nearer
            if nearer is not None:
                found = ""
                break
        if found:
            return BeyondLimits(comparison.point(finding.place), found)
    return None


def _closer(comparison: Comparison, place: GridPoint) -> PointComparison | str:
    """A difference that is found; or why the student's value is not known, "" where it is (or the right one is not)."""
    reason = ""
    for bits in CLOSER_LOOK_BITS:
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


def _nearer(comparison: Comparison, place: GridPoint) -> PointComparison | GridPoint | None:
    """A place less far out, with the same side of every condition, where both sides agree; a difference found there."""
    signs_of = ConditionSigns(comparison)
    there = signs_of.at(place)
    for nearer in _less_far(comparison, place):
        signs = signs_of.at(nearer)
        if any(signs.get(met) != sign for met, sign in there.items() if sign is not None):
            continue
        found = comparison.look(nearer, CLOSER_LOOK_BITS[-1])
        if _differs(found):
            return found
        if _agrees(found):
            return _at_the_limit(comparison, nearer, place)
    return None


def _at_the_limit(comparison: Comparison, known: GridPoint, unknown: GridPoint) -> PointComparison | GridPoint | None:
    """Between two places, where the formula just is not known: whether it is with more bits, and agrees.

    So it is where large numbers cancel, and it is not where a term that nobody can work out has been hidden. No fault
    either is a number that grows too large to enclose, as in 1/cosh(z)**2, where both sides agree right up to there.
    """
    for _ in range(LIMIT_HALVINGS):
        middle = _middle(comparison, known, unknown)
        found = comparison.look(middle, CLOSER_LOOK_BITS[-1])
        if _differs(found):
            return found
        known, unknown = (middle, unknown) if _agrees(found) else (known, middle)
    found = comparison.look(unknown, FINEST_LOOK_BITS)
    if _differs(found):
        return found
    overflows = (
        isinstance(found.student, PointFault) and found.student.limit and not isinstance(found.wanted, PointFault)
    )
    return known if overflows or _agrees(found) else None


def _middle(comparison: Comparison, known: GridPoint, unknown: GridPoint) -> GridPoint:
    """The place at the geometric mean of two."""
    near, far = comparison.point(known).entries, comparison.point(unknown).entries
    roots = {key: exact_root(abs(near[key] * value)) * (1 if value > 0 else -1) for key, value in far.items()}
    moved = {key: value if near[key] == value else roots[key] for key, value in far.items()}
    return replace(known, sample=Sample((fmpq(1),), 0, moved))


def _differs(found: PointComparison) -> bool:
    return found.defined and shape_of(found.student) == shape_of(found.wanted) and disjoint(found.student, found.wanted)


def _agrees(found: PointComparison) -> bool:
    same = found.defined and shape_of(found.student) == shape_of(found.wanted)
    return same and agreement(found.student, found.wanted) >= MIN_AGREEING_BITS


def _less_far(comparison: Comparison, place: GridPoint) -> Iterator[GridPoint]:
    """The place with numbers of ordinary size for the large ones: roots, which keep their order, one size, smaller."""
    entries = comparison.point(place).entries
    far = [key for key, value in entries.items() if abs(value) > MAX_NEAR_SIZE]
    roots = {key: abs(entries[key]) for key in far}
    for _ in range(3):
        roots = {key: exact_root(value) for key, value in roots.items()}
        moved = {key: value if entries[key] > 0 else -value for key, value in roots.items()}
        if moved:
            yield replace(place, sample=Sample((fmpq(1),), 0, {**entries, **moved}))
    for size in NEARER_SIZES:
        for keys in [far, *([key] for key in far if len(far) > 1)]:
            moved = {
                key: size * (1 + BESIDE_DISTANCE * i) * (1 if entries[key] > 0 else -1) for i, key in enumerate(keys)
            }
            if moved:
                yield replace(place, sample=Sample((fmpq(1),), 0, {**entries, **moved}))
    for part in SMALLER_PARTS:
        yield replace(place, sample=Sample((fmpq(1),), 0, {key: value * part for key, value in entries.items()}))


class ConditionSigns:
    """Which side of every condition of a comparison a place lies on."""

    def __init__(self, comparison: Comparison) -> None:
        self._arithmetic = Traced()
        self._compiled = CompiledSetting(comparison.setting, self._arithmetic, comparison.backward)
        self._comparison = comparison
        self._sides = [self._compiled.compile(tree) for tree in (comparison.student, comparison.wanted)]

    def at(self, place: GridPoint) -> dict[Met, int | None]:
        """The signs of the arguments of all conditions that are met at a place; None where balls do not decide."""
        self._arithmetic.trace = Trace()
        with ctx.workprec(CLOSER_LOOK_BITS[-1]):
            evaluation = Evaluation(self._compiled, place.case, place.origin, place.sample.value)
            for side in self._sides:
                self._comparison.side(evaluation, side)
        return {met: sign_of(value) for met, value in self._arithmetic.trace.met.items()}


def _beside(comparison: Comparison, place: GridPoint) -> GridPoint | None:
    """A point close by, all of whose entries differ; None where there are no entries."""
    entries = comparison.point(place).entries
    if not entries:
        return None
    moved = {key: value + BESIDE_DISTANCE * (i + 1) for i, (key, value) in enumerate(entries.items())}
    return replace(place, sample=Sample((fmpq(1),), 0, moved))
