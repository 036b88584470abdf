"""Where formulas have a value.

The rule: two formulas are compared where both have a value; an answer without one on a set of measure zero is right
(it is said where), and one without a value on a region in which the right formula has one is wrong.

A point belongs to such a region if, of the points close by, drawn in all directions, any has no value either: a set
of measure zero is missed by all of them. Whole numbers and bits stay as they are: what has no value for one of them
has none on all of the region that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from flint import ctx, fmpq

from grader.deferred import dataclass
from grader.formulas.comparison import EFFORT_BY_BITS, Comparison, GridPoint, PointComparison, PointFault
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.ranges import Ranges
from grader.formulas.traced import ANY_SIGNS, Trace, Traced, TracedCondition, sign_of
from grader.formulas.verdicts import Gap
from grader.language.printing import to_text
from grader.notation.symbols import Domain

NEIGHBOUR_BITS = 1024

NEIGHBOUR_DISTANCES = tuple(fmpq(1, 1 << bits) for bits in (20, 20, 80, 300))
"""How far away neighbours lie, relative to each number; two for each, on opposite sides."""

MAX_CLASSIFIED_POINTS = 40
MAX_POINTS_OF_A_REASON = 8
"""Points without a value that are classified in one comparison, and those that are so for one reason."""

Drawn = Mapping[str, tuple[fmpq, Domain]]
"""The values of free entries, with their domains."""


@dataclass(frozen=True)
class TracedComparison:
    """Both sides at a place with exact numbers, what was drawn, and the conditions that each side met."""

    finding: PointComparison
    drawn: Drawn
    wanted: Trace
    student: Trace


class Domains:
    """Looks at places and their neighbours for one comparison."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._arithmetic = Traced(Ranges.of_question(comparison.setting.symbols))
        self._compiled = CompiledSetting(comparison.setting, self._arithmetic, comparison.backward)
        self._right = self._compiled.compile(comparison.wanted)
        self._left = self._compiled.compile(comparison.student)
        self._classified: dict[str, int] = {}
        self.gaps: dict[str, Gap] = {}

    def look(self, place: GridPoint, bits: int = NEIGHBOUR_BITS) -> TracedComparison:
        """Both sides at a place, exactly where they can be."""
        comparison, drawn = self._comparison, dict[str, tuple[fmpq, Domain]]()

        def draw(key: str, domain: Domain) -> fmpq:
            value = place.sample.value(key, domain)
            drawn[key] = value, domain
            return value

        comparison.effort += EFFORT_BY_BITS[bits] * comparison.cost
        with ctx.workprec(bits):
            self._arithmetic.trace = at_wanted = Trace()
            evaluation = Evaluation(self._compiled, place.case, place.origin, draw)
            wanted = comparison.side(evaluation, self._right)
            self._arithmetic.trace = at_student = Trace()
            student = comparison.side(evaluation, self._left)
        return TracedComparison(PointComparison(place, student, wanted, bits), drawn, at_wanted, at_student)

    def region(self, place: GridPoint) -> PointComparison | None:
        """A point of a region on which the answer alone has no value; None if it has none on a set of measure zero.

        What is found there is kept as a gap.
        """
        here = self.look(place)
        if not _student_alone(here.finding):
            return None
        fault, where = here.finding.student, _unmet(here.student)
        if len(self._classified) > MAX_CLASSIFIED_POINTS or self._classified.get(where, 0) >= MAX_POINTS_OF_A_REASON:
            return None
        self._classified[where] = self._classified.get(where, 0) + 1
        moved = list(neighbours(place, here.drawn, self._comparison))
        if not moved:
            return here.finding
        for near in moved:
            found = self.look(near).finding
            if _student_alone(found):
                return here.finding
        if isinstance(fault, PointFault) and where not in self.gaps:
            self.gaps[where] = Gap(where, self._comparison.point(place), fault.message)
        return None

    def ends_close_by(self, place: GridPoint) -> bool:
        """Whether the answer has a value at any point close by."""
        close = neighbours(place, self.look(place).drawn, self._comparison)
        return any(not isinstance(self.look(near).finding.student, PointFault) for near in close)

    def on_a_kink(self, place: GridPoint) -> bool:
        """Whether a condition of the network is on its edge at a place, and is not beside it.

        There a derivative does not exist, or is what one convention says: any answer is right at that point.
        """
        here = self.look(place)
        edges = [met for met, value in here.wanted.met.items() if _bends(met[0]) and sign_of(value) == 0]
        drawn = {key: pair for key, pair in here.drawn.items() if pair[1] != "integer"}
        for near in neighbours(place, drawn, self._comparison) if edges else ():
            signs = self.look(near).wanted.met
            if any(met in signs and sign_of(signs[met]) not in (0, None) for met in edges):
                return True
        return False


def _bends(condition: TracedCondition) -> bool:
    return condition.need is None and condition.sides is not ANY_SIGNS


def _student_alone(finding: PointComparison) -> bool:
    """Whether the answer surely has no value where the right formula has one."""
    return finding.undefined[0] and not isinstance(finding.wanted, PointFault)


def _unmet(trace: Trace) -> str:
    """`x - 50 is 0`: the argument whose operation has no value; "" where it is something else."""
    condition = trace.last_need
    return "" if condition is None or condition.need is None else f"{to_text(condition.tree)} {condition.need.value}"


def neighbours(place: GridPoint, drawn: Drawn, comparison: Comparison) -> Iterator[GridPoint]:
    """Places close by in all directions, two on opposite sides at each distance; none where nothing can be moved."""
    draws = comparison.draws
    movable = {key: pair for key, pair in drawn.items() if pair[1] != "bit"}
    for number, distance in enumerate(NEIGHBOUR_DISTANCES if movable else ()):
        steps = {
            key: _step(value, domain, distance * fmpq(draws.between(1_001, 9_973, f"near {number} {key}"), 9_973))
            * (1 if draws.below(2, f"side {number} {key}") else -1)
            for key, (value, domain) in movable.items()
        }
        for side in (1, -1):
            fixed = {key: value + side * steps.get(key, fmpq(0)) for key, (value, _) in drawn.items()}
            yield replace(place, sample=replace(place.sample, fixed={**place.sample.fixed, **fixed}))


def _step(value: fmpq, domain: Domain, distance: fmpq) -> fmpq:
    """How far a value is moved, so that it stays in its domain; a whole number by a few thousands."""
    match domain:
        case "integer":
            return fmpq((distance * (1 << 34)).ceil() % 9_001 + 1)
        case "unit":
            return distance * min(value, 1 - value)
        case "positive" | "nonnegative":
            return distance * value if value else distance
    return distance * (max(abs(value), fmpq(1)) if isinstance(value, fmpq) else 1)
