"""A right answer known by its values alone: enough digits at enough points to decide, no formula to read off."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, ctx

from grader.formulas.comparison import Comparison, Fault, Place
from grader.formulas.questions import Question
from grader.formulas.samples import QUARTERS, Sample
from grader.formulas.setting import Case, Setting
from grader.formulas.verdicts import Different, NeverDefined, Sampled, ShapeDifference, Verdict, show_pair
from grader.language.arrays import Array, Value, describe, shape_of
from grader.language.balls import entries
from grader.language.tree import Tree

DIGITS = 40
"""Decimal digits of a sealed value: two formulas that agree to so many at several points are equal."""

BITS = 256
ENOUGH = 128
POINTS_A_CASE = 4
BEFORE = 6
"""How many steps before the first one that matters the states of a network are chosen freely."""


@dataclass(frozen=True)
class SealedPoint:
    """The value of the right answer at one point; the point is found again from its case and its seed."""

    case: Case
    seed: int
    shape: tuple[int, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Sealed:
    """A question whose right answer is known at some points only."""

    setting: Setting
    points: tuple[SealedPoint, ...]

    @property
    def answer(self) -> Tree | None:
        """No formula: that is the point."""
        return None

    def decide(self, student: Tree) -> Verdict:
        """Whether a formula has the sealed value at every point."""
        comparison = Comparison(self.setting, self.setting.read(student), student)
        for point in self.points:
            place = _place(point.case, point.seed)
            value = comparison.look(place, BITS).student
            if isinstance(value, Fault):
                if value.shape:
                    return ShapeDifference(point.case, value.message)
                return NeverDefined("student", value.message, comparison.point(place))
            if shape_of(value) != point.shape:
                message = f"it is {describe(shape_of(value))}, where {describe(point.shape)} is wanted"
                return ShapeDifference(point.case, message)
            with ctx.workprec(BITS):
                wanted = _value(point)
                if any(not a.overlaps(b) for a, b in zip(entries(value), entries(wanted), strict=True)):
                    return Different(comparison.point(place), *show_pair(value, wanted))
        return Sampled(len(self.points), ENOUGH)


def _place(case: Case, seed: int) -> Place:
    lowest = min(case.values(), default=0)
    return Place(case, lowest - BEFORE, Sample(QUARTERS, seed))


def _value(point: SealedPoint) -> Value:
    """The sealed digits as balls as wide as what was cut off."""
    width = arb(10) ** -(DIGITS - 2)
    numbers = [arb(text) + (abs(arb(text)) * width + width).mid() * arb(0, 1) for text in point.entries]
    return Array(point.shape, numbers) if point.shape else numbers[0]


def sealed(question: Question) -> tuple[SealedPoint, ...]:
    """The values of a right answer at its sealing points.

    Raises:
        ValueError: if it has no value at one of them.
    """
    comparison = Comparison(question.setting, question.wanted, question.wanted, question.backward)
    points = []
    for case in comparison.cases:
        for seed in range(POINTS_A_CASE):
            value = comparison.look(_place(case, seed), BITS).wanted
            if isinstance(value, Fault):
                raise ValueError(f"the right answer has no value to seal ({value.message})")
            digits = tuple(entry.str(DIGITS, radius=False) for entry in entries(value))
            points.append(SealedPoint(dict(case), seed, shape_of(value), digits))
    return tuple(points)
