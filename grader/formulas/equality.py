"""Are two formulas equal? Balls prove that they differ, normal forms that they are equal; else points are counted.

A difference is said only where two balls are disjoint, so that neither rounding nor saturation nor cancellation can
refuse a right answer. Undecided points are looked at again with more bits before anything is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flint import arb, ctx, fmpq

from grader.formulas.backward import Backward
from grader.formulas.comparison import EFFORT, FIRST_BITS, MAX_EFFORT, Comparison, Fault, Finding
from grader.formulas.proof import proved
from grader.formulas.samples import Sample, simpler
from grader.formulas.setting import Setting
from grader.formulas.verdicts import (
    BeyondLimits,
    Different,
    DomainDifference,
    Equal,
    NeverDefined,
    Proved,
    Sampled,
    ShapeDifference,
    Unsettled,
    Verdict,
    show_pair,
)
from grader.language import limits
from grader.language.arrays import Value, describe, shape_of
from grader.language.balls import entries
from grader.language.tree import Tree

MORE_BITS = (256, 1024, 4096)
DEEP = 6
"""Without a proof the first points, and every sixth, are looked at with the finest precision at once."""

LEAST = 32
"""Leading bits in which two values must agree at the finest precision for the point to count at all."""

SMALL = arb(2) ** -100
"""Where both values are smaller, bits are counted from here on: two zeros agree in no leading bit of their own."""

HOPELESS = 20
"""Points without a value, all of them, after which no more are tried."""

MAX_LIMIT_LOOKS = 4
LIMIT_BITS = 1024
"""Points at which a formula exceeded a limit that are looked at again with the full budget of loops, and how."""

ENOUGH = 96
"""Leading bits in which two values agree before a point counts as agreeing."""


def disjoint(left: Value, right: Value) -> bool:
    """Whether two values of one shape are proved to differ."""
    return any(not a.overlaps(b) for a, b in zip(entries(left), entries(right), strict=True))


def agreement(left: Value, right: Value) -> int:
    """The leading bits in which overlapping values are known to agree, in the worst entry; `SMALL` stands for zero."""
    worst = 1 << 20
    for a, b in zip(entries(left), entries(right), strict=True):
        gap = abs(a - b).abs_upper()
        if not gap.is_zero():
            worst = min(worst, _magnitude(abs(a).max(abs(b)).max(SMALL).abs_upper()) - _magnitude(gap))
    return worst


def _magnitude(value: arb) -> int:
    """About log2 of a positive number."""
    if value.is_zero():
        return -(1 << 20)
    mantissa, exponent = value.man_exp()
    return int(mantissa.bit_length()) + int(exponent)


def decide(
    student: Tree, wanted: Tree, setting: Setting, *, backward: Backward | None = None, lenient: bool = False
) -> Verdict:
    """Whether two formulas are equal in a setting, with the evidence.

    Raises:
        ExpressionError: for names that the question does not have.
    """
    comparison = Comparison(setting, setting.read(student), wanted, backward, lenient)
    return _Decision(comparison).verdict()


@dataclass
class _Decision:
    comparison: Comparison
    agreeing: list[Finding] = field(default_factory=list)
    open: list[Finding] = field(default_factory=list)
    one_sided: list[Finding] = field(default_factory=list)
    unexplained: list[Finding] = field(default_factory=list)
    difference: Verdict | None = None

    def verdict(self) -> Verdict:
        for place in self.comparison.places():
            if self.comparison.effort > MAX_EFFORT / 2 and len(self.agreeing) >= 8:
                break
            if len(self.open) >= HOPELESS and not self.agreeing and not self.one_sided:
                break
            if self.sort(self.comparison.look(place, FIRST_BITS)):
                break
        if self.difference:
            return self.difference
        self.unexplained = [*self.open[:1], *self.agreeing[:1]]
        beyond = self.beyond_limits()
        proof = self.proof() if self.agreeing else None
        equal = self.refined(proof)
        return self.difference or (None if proof else beyond) or self.conclusion(equal)

    def sort(self, finding: Finding) -> bool:
        """Files a finding; true when it settles the comparison."""
        left, right = finding.student, finding.wanted
        for side in (right, left):
            if isinstance(side, Fault) and side.shape:
                self.difference = ShapeDifference(self.comparison.relevant(finding.place.case), side.message)
                return True
        if finding.defined:
            if (a := shape_of(left)) != (b := shape_of(right)):
                message = f"{describe(a)} where {describe(b)} is wanted"
                self.difference = ShapeDifference(self.comparison.relevant(finding.place.case), message)
                return True
            if disjoint(left, right):
                self.difference = self.different(finding)
                return True
            self.agreeing.append(finding)
        elif any(finding.undefined):
            if not all(finding.undefined) and not (self.comparison.lenient and finding.undefined[1]):
                self.one_sided.append(finding)
        else:
            self.open.append(finding)
        return False

    def proof(self) -> Proved | None:
        """A proof by normal form in every case."""
        comparison, cases = self.comparison, []
        for case in comparison.cases:
            origin = comparison.origin(case)
            if not proved(comparison.setting, comparison.student, comparison.wanted, comparison.backward, case, origin):
                return None
            cases.append(comparison.relevant(case))
        return Proved(tuple(c for c in cases if c), len(self.agreeing))

    def refined(self, proof: Proved | None) -> Equal | None:
        """More bits: at every point without a proof, else at those that were left open."""
        findings, bits = [*self.open, *(() if proof else self.agreeing)], 1 << 20
        kept = len(self.agreeing) if proof else 0
        self.open, self.agreeing = [], self.agreeing if proof else []
        for number, finding in enumerate(findings):
            deep = not proof and (number < DEEP or number % DEEP == 0)
            closer = self.closer(finding, MORE_BITS[-1:] if deep else MORE_BITS)
            if self.difference:
                return None
            if closer is not None:
                bits, kept = min(bits, closer), kept + 1
        if proof or not kept:
            return proof
        return Sampled(kept, min(bits, MORE_BITS[-1]))

    def closer(self, finding: Finding, precisions: tuple[int, ...]) -> int | None:
        """The bits in which both sides agree at a place; None where one of them still has no value."""
        comparison, known = self.comparison, None
        if finding.defined and (exact := agreement(finding.student, finding.wanted)) >= 1 << 20:
            return exact
        for bits in precisions:
            step = EFFORT[bits] * comparison.cost
            if comparison.effort + step > MAX_EFFORT:
                break
            again = comparison.look(finding.place, bits)
            if not again.defined and not any(again.undefined):
                continue
            before = len(self.agreeing)
            if self.sort(again) or len(self.agreeing) == before:
                return None
            known = agreement(again.student, again.wanted)
            if known >= ENOUGH:
                break
        return known if known is not None and known >= LEAST else None

    def different(self, finding: Finding) -> Different:
        """The counterexample, made as simple as it stays one."""
        simplest = self.simplified(finding)
        with ctx.workprec(simplest.bits):
            student, wanted = show_pair(simplest.student, simplest.wanted)
        return Different(self.comparison.point(simplest.place), student, wanted)

    def simplified(self, finding: Finding) -> Finding:
        """Entries exchanged, one by one, for simpler numbers at which the two sides still differ."""
        place, attempts = finding.place, 80
        if len(place.sample.pool) == 1 and len(place.sample.fixed) < 2:
            return finding
        point = self.comparison.point(place)
        for key, value in point.entries.items():
            for other in simpler(value):
                if attempts == 0 or self.comparison.effort > MAX_EFFORT:
                    return finding
                attempts -= 1
                fixed = {**point.entries, **finding.place.sample.fixed, key: other}
                trial = self.comparison.look(replace(place, sample=Sample((fmpq(1),), 0, fixed)), finding.bits)
                if trial.defined and disjoint(trial.student, trial.wanted):
                    finding = trial
                    break
        return finding

    def conclusion(self, equal: Equal | None) -> Verdict:
        if self.one_sided:
            first = self.one_sided[0]
            student = first.undefined[0]
            fault = first.student if student else first.wanted
            point = self.comparison.point(first.place)
            if equal is None:
                return NeverDefined("student" if student else "wanted", fault.message, point)
            return DomainDifference(point, "student" if student else "wanted", fault.message, equal)
        if equal is not None:
            return equal
        return self.unsettled()

    def beyond_limits(self) -> BeyondLimits | None:
        """A point where the student's formula exceeds a limit and the right one does not, however much it is given."""
        limited = [f for f in self.open if isinstance(f.student, Fault) and f.student.limit]
        for finding in limited[:MAX_LIMIT_LOOKS]:
            again = self.comparison.look(finding.place, LIMIT_BITS, limits.MAX_ITERATIONS)
            student, wanted = again.student, again.wanted
            if isinstance(student, Fault) and student.limit and not isinstance(wanted, Fault):
                return BeyondLimits(self.comparison.point(finding.place), student.message)
            if again.defined and shape_of(student) == shape_of(wanted) and disjoint(student, wanted):
                self.difference = self.different(again)
                return None
        return None

    def unsettled(self) -> Verdict:
        """Why nothing could be said; it is because of the student's formula where the right one has a known value."""
        message = "neither formula has a value at any point looked at"
        for finding in self.unexplained:
            again = self.comparison.look(finding.place, MORE_BITS[-1])
            student, wanted = again.student, again.wanted
            if isinstance(wanted, Fault):
                message = wanted.message
            elif agreement(wanted, wanted) < LEAST:
                message = "no precision tells the two formulas apart"
            elif isinstance(student, Fault):
                return BeyondLimits(self.comparison.point(finding.place), student.message)
            else:
                digits = f"its value is not known to {LEAST} bits when it is worked out with {MORE_BITS[-1]}"
                return BeyondLimits(self.comparison.point(finding.place), digits)
        return Unsettled(message)
