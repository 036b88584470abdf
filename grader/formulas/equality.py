"""Are two formulas equal? Balls prove that they differ, normal forms that they are equal; else points are counted.

A difference is said only where two balls are disjoint, so that neither rounding nor saturation nor cancellation can
refuse a right answer. Undecided points are looked at again with more bits before anything is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.backward import Backward
from grader.formulas.cases import IntegerCase
from grader.formulas.comparison import (
    EFFORT_BY_BITS,
    FIRST_BITS,
    MAX_COMPARISON_EFFORT,
    Comparison,
    GridPoint,
    PointComparison,
    PointFault,
)
from grader.formulas.conditions import Search
from grader.formulas.counterexample import different
from grader.formulas.defined import defined_places
from grader.formulas.degenerate import degenerate_difference
from grader.formulas.domains import Domains
from grader.formulas.edges import search_sides
from grader.formulas.exploring import explored
from grader.formulas.places import more_cases, more_places, starting_places, witness_places
from grader.formulas.precision import CLOSER_LOOK_BITS, MIN_AGREEING_BITS, agreement, disjoint
from grader.formulas.proof import for_all, proved_for_all, proved_in_case
from grader.formulas.ranges import Ranges
from grader.formulas.setting import Setting
from grader.formulas.unresolved import beyond_limits
from grader.formulas.verdicts import (
    BeyondLimits,
    DomainDifference,
    Equal,
    EqualityVerdict,
    NeverDefined,
    ProvedEqual,
    ProvedInCases,
    SampledEqual,
    ShapeDifference,
    Unsettled,
)
from grader.language.arrays import describe, shape_of
from grader.language.tree import Tree

DEEP_LOOK_EVERY_POINTS = 6
"""Without a proof the first points, and every sixth, are looked at with the finest precision at once."""

MAX_UNDEFINED_POINTS = 20
"""Points without a value, all of them, after which no more are tried."""

MAX_PROVED_CASES = 30
"""Cases beyond the usual ones that are proved one by one."""

MIN_POINTS_WITH_VALUE = 8
"""Of the simple points, those at which the right formula has a value; if there are fewer, others are searched for."""

AGREEING_BITS = 96
"""Leading bits in which two values agree before a point counts as agreeing."""


def decide(
    student: Tree,
    wanted: Tree,
    setting: Setting,
    *,
    backward: Backward | None = None,
    lenient: bool = False,
    everywhere: bool = False,
) -> EqualityVerdict:
    """Whether two formulas are equal in a setting wherever both have a value, with the evidence.

    `lenient` and `everywhere` as in `Comparison`.

    Raises:
        ExpressionError: for names that the question does not have.
    """
    comparison = Comparison(setting, setting.read(student), wanted, backward, lenient, everywhere)
    return Decision(comparison).verdict()


@dataclass
class Decision:
    """One comparison on its way to a verdict, and the points that were looked at.

    `agreeing`: both values are known, and nothing tells them apart. `open`: one of them is not known. Of these,
    `unresolved_points` are those at which the right one is; `unsettled_points` show why nothing could be said.
    `defined_on_one_side`: one formula surely has no value, and the other may have one.
    """

    comparison: Comparison
    agreeing: list[PointComparison] = field(default_factory=list)
    open: list[PointComparison] = field(default_factory=list)
    defined_on_one_side: list[PointComparison] = field(default_factory=list)
    unsettled_points: list[PointComparison] = field(default_factory=list)
    unresolved_points: list[PointComparison] = field(default_factory=list)
    unreached: tuple[str, ...] = ()
    limit: float = MAX_COMPARISON_EFFORT
    difference: EqualityVerdict | None = None
    classify_at_once: bool = False

    def __post_init__(self) -> None:
        self.domains = Domains(self.comparison)

    def verdict(self) -> EqualityVerdict:
        self.sample(self.comparison.places(), MAX_COMPARISON_EFFORT / 2)
        if not self.difference and self.with_value < MIN_POINTS_WITH_VALUE:
            self.sample(defined_places(self.comparison), self.comparison.effort + MAX_COMPARISON_EFFORT)
        self.difference = self.difference or self.found_region()
        if self.difference:
            return self.difference
        self.unsettled_points = [*self.open[:1], *self.agreeing[:1]]
        proof: Equal | None = self.proof() if self.agreeing else None
        if self.agreeing and proof is None:
            proof = self.look_further()
        elif proof is not None and self.may_have_gaps():
            self.search()
        if self.agreeing and not self.difference and (end := degenerate_difference(self.comparison, self.domains)):
            self.difference = different(self.comparison, end)
        equal = None if self.difference else self.refined(proof)
        beyond = None if isinstance(proof, ProvedEqual) or self.difference else self.beyond_limits()
        return self.difference or beyond or self.conclusion(equal)

    def sample(self, places: Iterable[GridPoint], effort: float) -> None:
        """Looks at places until one settles the comparison or the effort is spent, but at eight at least."""
        for place in places:
            if self.comparison.effort > effort and len(self.agreeing) >= 8:
                break
            if len(self.open) >= MAX_UNDEFINED_POINTS and not self.agreeing and not self.defined_on_one_side:
                break
            if self.sort(self.comparison.look(place, FIRST_BITS)):
                break

    def look_further(self) -> ProvedEqual | ProvedInCases | None:
        """Whole numbers and values of all scales, both sides of every condition, and the pieces of both formulas."""
        comparison = self.comparison
        self.sample(more_places(comparison), comparison.effort + MAX_COMPARISON_EFFORT)
        if self.difference:
            return None
        symbolic, witnesses = for_all(comparison), list[Mapping[str, fmpq]]()
        if comparison.bent and symbolic is not None:
            pieces = explored(comparison, comparison.cases[0], symbolic)
            if pieces.equal:
                if self.may_have_gaps():
                    self.search()
                return None if self.difference else ProvedEqual(len(self.agreeing))
            witnesses = pieces.witnesses
        self.unreached = self.search(witnesses)
        return None if self.difference else self.proof_in_cases()

    def search(self, witnesses: Sequence[Mapping[str, fmpq]] = ()) -> tuple[str, ...]:
        """Looks at witnesses and at both sides of every condition; the conditions of which one side was not met."""
        search = Search(self.comparison, self.settles, self.comparison.effort + MAX_COMPARISON_EFFORT / 4)
        self.classify_at_once = True
        search.look(witness_places(self.comparison, witnesses))
        search.max_effort = self.comparison.effort + MAX_COMPARISON_EFFORT / 2
        if not self.difference:
            search_sides(search, starting_places(self.comparison))
        return search.unreached()

    def may_have_gaps(self) -> bool:
        """Whether the answer (where every point counts, either side) may be without a value where the other has one."""
        ranges = Ranges.of_question(self.comparison.setting.symbols)
        student, wanted = (set(ranges.unmet(tree)) for tree in (self.comparison.student, self.comparison.wanted))
        return bool(student - wanted) or (self.comparison.everywhere and student != wanted)

    @property
    def with_value(self) -> int:
        """How many of the points that were looked at have a right value."""
        return len(self.agreeing) + sum(finding.undefined[0] for finding in self.defined_on_one_side)

    def found_region(self) -> DomainDifference | None:
        """A region on which the answer alone has no value, of which a point was met."""
        for finding in self.defined_on_one_side if self.agreeing else ():
            if finding.undefined[0] and (there := self.domains.region(finding.place)) is not None:
                return self.without_value(there)
        return None

    def without_value(self, finding: PointComparison) -> DomainDifference:
        """The difference that the answer has no value at a point."""
        return DomainDifference(self.comparison.point(finding.place), "student", finding.student.message)

    def settles(self, finding: PointComparison) -> bool:
        """Whether a finding shows a difference; points that agree are not kept, for there are many."""
        kept = len(self.agreeing), len(self.open)
        settled = self.sort(finding)
        left, right = finding.student, finding.wanted
        vague = finding.defined and not disjoint(left, right) and agreement(left, right) < MIN_AGREEING_BITS
        if vague and not settled and not finding.edge and finding.place.sample.rational:
            self.unresolved_points.append(finding)
        del self.agreeing[kept[0] :], self.open[kept[1] :]
        return settled

    def sort(self, finding: PointComparison) -> bool:
        """Files a finding; true when it settles the comparison."""
        left, right = finding.student, finding.wanted
        for side in (right, left):
            if isinstance(side, PointFault) and side.shape:
                self.difference = ShapeDifference(self.comparison.relevant(finding.place.case), side.message)
                return True
        if finding.defined:
            if (a := shape_of(left)) != (b := shape_of(right)):
                message = f"{describe(a)} where {describe(b)} is wanted"
                self.difference = ShapeDifference(self.comparison.relevant(finding.place.case), message)
                return True
            if disjoint(left, right):
                if self.comparison.lenient and self.domains.on_a_kink(finding.place):
                    return False
                self.difference = different(self.comparison, finding)
                return True
            self.agreeing.append(finding)
        elif any(finding.undefined):
            if not all(finding.undefined) and not (self.comparison.lenient and finding.undefined[1]):
                self.defined_on_one_side.append(finding)
            if self.classify_at_once and finding.undefined[0]:
                there = self.domains.region(finding.place)
                self.difference = None if there is None else self.without_value(there)
                return there is not None
        else:
            self.open.append(finding)
            if not isinstance(right, PointFault):
                self.unresolved_points.append(finding)
        return False

    def proof(self) -> ProvedEqual | None:
        """A proof by normal form for all whole numbers."""
        return ProvedEqual(len(self.agreeing)) if proved_for_all(self.comparison) else None

    def proof_in_cases(self) -> ProvedInCases | None:
        """Proofs by normal form in the usual cases, one by one, and in the small ones as far as the budget goes."""
        comparison = self.comparison
        cases = [case for case in comparison.cases if comparison.relevant(case)]
        if not cases or not all(proved_in_case(comparison, case) for case in cases):
            return None
        for case in more_cases(comparison)[0][:MAX_PROVED_CASES]:
            if comparison.work.left < 0:
                break
            if not proved_in_case(comparison, case):
                return None
            cases.append(case)
        relevant = tuple(comparison.relevant(case) for case in cases)
        return ProvedInCases(relevant, len(self.agreeing), bool(comparison.setting.cases), self.unreached)

    def refined(self, proof: Equal | None) -> Equal | None:
        """More bits: at every point without a proof, else at those that were left open."""
        findings, bits = [*self.open, *(() if proof else self.agreeing)], 1 << 20
        if isinstance(proof, ProvedInCases):
            vague = (found for found in self.agreeing if agreement(found.student, found.wanted) < MIN_AGREEING_BITS)
            self.unresolved_points += vague
        kept = len(self.agreeing) if proof else 0
        self.limit = self.comparison.effort + MAX_COMPARISON_EFFORT
        self.open, self.agreeing = [], self.agreeing if proof else []
        cases: dict[tuple[tuple[str, int], ...], IntegerCase] = {}
        for number, finding in enumerate(findings):
            deep = not proof and (number < DEEP_LOOK_EVERY_POINTS or number % DEEP_LOOK_EVERY_POINTS == 0)
            closer = self.closer(finding, CLOSER_LOOK_BITS[-1:] if deep else CLOSER_LOOK_BITS)
            if self.difference:
                return None
            if closer is not None:
                bits, kept = min(bits, closer), kept + 1
                case = self.comparison.relevant(finding.place.case)
                cases[tuple(case.items())] = case
            elif finding.defined:
                self.unresolved_points.append(finding)
        if proof or not kept:
            return proof
        seen = tuple(case for case in cases.values() if case)
        return SampledEqual(
            kept, min(bits, CLOSER_LOOK_BITS[-1]), seen, bool(self.comparison.setting.cases), self.unreached
        )

    def closer(self, finding: PointComparison, precisions: tuple[int, ...]) -> int | None:
        """The bits in which both sides agree at a place; None where one of them still has no value."""
        comparison, known = self.comparison, None
        if finding.defined and (exact := agreement(finding.student, finding.wanted)) >= 1 << 20:
            return exact
        for bits in precisions:
            step = EFFORT_BY_BITS[bits] * comparison.cost
            if comparison.effort + step > self.limit:
                break
            again = comparison.look(finding.place, bits)
            if not again.defined and not any(again.undefined):
                continue
            before = len(self.agreeing)
            if self.sort(again) or len(self.agreeing) == before:
                return None
            known = agreement(again.student, again.wanted)
            if known >= AGREEING_BITS:
                break
        return known if known is not None and known >= MIN_AGREEING_BITS else None

    def conclusion(self, equal: Equal | None) -> EqualityVerdict:
        if self.defined_on_one_side and (equal is None or self.comparison.everywhere):
            first = self.defined_on_one_side[0]
            student = first.undefined[0]
            fault = first.student if student else first.wanted
            point = self.comparison.point(first.place)
            if equal is None and not student:
                return Unsettled(f"the right formula has no value at any point looked at ({fault.message})")
            if equal is None:
                return NeverDefined("student", fault.message, point)
            return DomainDifference(point, "student" if student else "wanted", fault.message)
        gaps = tuple(self.domains.gaps.values())
        if equal is not None and gaps and self.comparison.everywhere:
            return DomainDifference(gaps[0].point, "student", gaps[0].message)
        if equal is not None:
            return replace(equal, gaps=gaps)
        return self.unsettled()

    def beyond_limits(self) -> BeyondLimits | None:
        """Where the student's value is not known though the right one is; a difference found there settles all."""
        found = beyond_limits(self.comparison, self.unresolved_points)
        if isinstance(found, PointComparison):
            self.difference = different(self.comparison, found)
            return None
        return found

    def unsettled(self) -> EqualityVerdict:
        """Why nothing could be said; it is because of the student's formula where the right one has a known value."""
        message = "neither formula has a value at any point looked at"
        for finding in self.unsettled_points:
            again = self.comparison.look(finding.place, CLOSER_LOOK_BITS[-1])
            student, wanted = again.student, again.wanted
            if isinstance(wanted, PointFault):
                message = wanted.message
            elif agreement(wanted, wanted) < MIN_AGREEING_BITS:
                message = "no precision tells the two formulas apart"
            elif isinstance(student, PointFault):
                return BeyondLimits(self.comparison.point(finding.place), student.message)
            else:
                known = f"its value is not known to {MIN_AGREEING_BITS} bits when it is worked out with"
                return BeyondLimits(self.comparison.point(finding.place), f"{known} {CLOSER_LOOK_BITS[-1]}")
        return Unsettled(message)
