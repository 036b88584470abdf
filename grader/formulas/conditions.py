"""Both sides of every condition: where formulas bend or jump, points on it and on either side are searched for.

From a point at which a condition is met, one value at a time is moved: to where the condition's argument is 0, exactly
if the argument is linear in it, just beside that and far from it; else over scales from 1e-6 to 1e6, halving where the
sign changes. A point at which the signs of all conditions together are new is a start for the next moves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from fractions import Fraction
from itertools import pairwise
from typing import cast

from flint import ctx, fmpq

from grader.deferred import dataclass
from grader.formulas.comparison import EFFORT_BY_BITS, MAX_COMPARISON_EFFORT, Comparison, GridPoint, PointComparison
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.extremes import NUMBERS_OF_ALL_SCALES, PERIOD_NUMBERS, UNIT_INTERVAL_NUMBERS, climb, exact_root
from grader.formulas.places import case_with
from grader.formulas.ranges import Ranges
from grader.formulas.traced import ANY_SIGNS, Met, Trace, Traced, TracedCondition, TracedScalar, in_balls, sign_of
from grader.language.printing import to_text
from grader.language.tree import Call, Compare, Index, Name, Number, Tree, subtrees
from grader.notation.symbols import Domain

CONDITION_BITS = 256
FINE_CONDITION_BITS = 4096
"""The precision beside a condition, where a jump may be small beside the values."""

MAX_SEARCH_VISITS = 500
"""Points that one search looks at."""

MAX_SEARCH_STARTS = 24
MAX_CONDITIONS = 24
MAX_MOVED_VALUES = 8
"""Values that are moved from one start, for one condition."""

MAX_SCALE_SCANS = 10
SIGN_CHANGE_HALVINGS = 12
MAX_CLIMBING_VISITS = 400
"""Points that are looked at beyond the others for the sides that were not met."""

MAX_CLIMBS = 2
"""How often all values are moved, one after the other, for one condition."""

DISTANCE_BESIDE_CONDITION = fmpq(1, 1 << 20)
FAR_FROM_CONDITION = (fmpq(3, 7), fmpq(311, 3))
"""How far beside a condition points are looked at, relative to where it lies."""


class SearchSettled(Exception):
    """The search has found what settles it."""


class SearchSpent(Exception):
    """The search has looked at as many points as it may."""


def on_edge_in_words(tree: Tree) -> str:
    """`sin(x) = 0.3` of a condition whose argument is 0."""
    match tree:
        case Compare(operands=(left, right)):
            return f"{to_text(left)} = {to_text(right)}"
        case Call(arguments=(argument,)):
            return f"{to_text(argument)} = 0"
    return f"{to_text(tree)} is on its edge"


def named_in(tree: Tree) -> tuple[set[str], set[str]]:
    """The names in the tree of a condition, but for those of vectors whose entries it names one by one, and these."""
    entries = {
        f"{node.base.id}[{node.index.value}]": node.base
        for node in subtrees(tree)
        if isinstance(node, Index) and isinstance(node.base, Name) and isinstance(node.index, Number)
    }
    bases = list(map(id, entries.values()))
    names = {node.id for node in subtrees(tree) if isinstance(node, Name) and id(node) not in bases}
    return names, set(entries)


@dataclass(frozen=True)
class VisitedPoint:
    """A point that was looked at: the conditions that were met there, and the values that were drawn."""

    place: GridPoint
    trace: Trace
    drawn: dict[str, tuple[fmpq, Domain]]


@dataclass
class Search:
    """The search of one comparison: `settles` is shown every finding, and ends the search by returning true."""

    comparison: Comparison
    settles: Callable[[PointComparison], bool]
    max_effort: float
    sides: dict[TracedCondition, set[int]] = field(default_factory=dict)
    visits: int = 0
    scans: int = 0
    max_visits: int = MAX_SEARCH_VISITS

    def __post_init__(self) -> None:
        comparison = self.comparison
        self.arithmetic = Traced(Ranges.of_question(comparison.setting.symbols))
        self.compiled = CompiledSetting(comparison.setting, self.arithmetic, comparison.backward)
        self.right = self.compiled.compile(comparison.wanted)
        self.left = self.compiled.compile(comparison.student)
        self.starts: deque[VisitedPoint] = deque()
        self.past_starts: list[VisitedPoint] = []
        self.first_starts: dict[TracedCondition, tuple[VisitedPoint, Met]] = {}
        self.seen: set[frozenset[tuple[Met, int | None]]] = set()

    def look(self, places: Iterable[GridPoint]) -> None:
        """Visits places finely, without moving on from them."""
        try:
            for place in places:
                self.visit(place, FINE_CONDITION_BITS)
        except (SearchSettled, SearchSpent):
            return

    def move_on(self) -> None:
        """Moves the values of every start to both sides of its conditions."""
        while self.starts:
            start = self.starts.popleft()
            self.past_starts.append(start)
            for met in list(start.trace.met)[:MAX_CONDITIONS]:
                self.around(start, met)

    def climb(self) -> None:
        """Where one side of a condition was not met: moves values so that its argument comes near the other side.

        Raises:
            SearchSpent: when it has looked at as many more points as it may.
        """
        self.allow(MAX_CLIMBING_VISITS)
        for condition, (start, met) in list(self.first_starts.items()):
            for _ in range(MAX_CLIMBS):
                for key in self.movable(start, condition):
                    if self.both_sides(condition) or condition.sides is ANY_SIGNS or self.whole(start, key):
                        continue
                    start = self.highest(start, met, key)

    def highest(self, start: VisitedPoint, met: Met, key: str) -> VisitedPoint:
        """The visit at which the argument of a condition is nearest to its other sign, as far as one value moves it."""
        sign = sign_of(start.trace.met[met])
        base, domain = self.value(start, key)
        if not sign:
            return start

        def height(value: fmpq) -> float | None:
            argument = self.moved(start, key, value).trace.met.get(met)
            return None if argument is None else -sign * float(in_balls(argument).mid())

        numbers = UNIT_INTERVAL_NUMBERS if domain == "unit" else (*NUMBERS_OF_ALL_SCALES, *PERIOD_NUMBERS)
        found = climb([base, *numbers], height)
        moved = start if found is None else self.moved(start, key, found)
        return moved if met in moved.trace.met else start

    def both_sides(self, condition: TracedCondition) -> bool:
        """Whether both sides of a condition were met."""
        return all(self.sides.get(condition, set()) & side for side in condition.sides)

    def unreached(self) -> tuple[str, ...]:
        """The conditions of which only one side was met."""
        texts = [
            to_text(condition.tree)
            for condition in self.sides
            if condition.need is None and not self.both_sides(condition)
        ]
        return tuple(dict.fromkeys(texts))

    def allow(self, visits: int) -> None:
        """Lets the search look at so many more points."""
        self.max_visits, self.max_effort = self.visits + visits, self.max_effort + MAX_COMPARISON_EFFORT / 4

    def visit(self, place: GridPoint, bits: int = CONDITION_BITS, on_edge: Sequence[Met] = ()) -> VisitedPoint:
        """Both sides at a place, exactly where they can be; the conditions that were met are noted.

        With `on_edge` the arguments of those conditions are 0 at a number that the place encloses.
        """
        comparison = self.comparison
        if self.visits >= self.max_visits or comparison.effort > self.max_effort:
            raise SearchSpent
        self.visits += 1
        drawn: dict[str, tuple[fmpq, Domain]] = {}

        def draw(key: str, domain: Domain) -> fmpq:
            value = place.sample.value(key, domain)
            drawn[key] = value, domain
            return value

        self.arithmetic.trace = Trace(on_edge=frozenset(on_edge))
        comparison.effort += EFFORT_BY_BITS[bits] * comparison.cost
        with ctx.workprec(bits):
            evaluation = Evaluation(self.compiled, place.case, place.origin, draw)
            student = comparison.side(evaluation, self.left)
            wanted = comparison.side(evaluation, self.right)
        visit = VisitedPoint(place, self.arithmetic.trace, drawn)
        edge = on_edge_in_words(on_edge[0][0].tree) if on_edge else ""
        if self.settles(PointComparison(place, student, wanted, bits, edge)):
            raise SearchSettled
        if not on_edge:
            self.file(visit)
        return visit

    def file(self, visit: VisitedPoint) -> None:
        """Notes which sides were met; signs that are new together make a start."""
        met = {key: sign_of(value) for key, value in visit.trace.met.items()}
        for (condition, _), sign in met.items():
            sides = self.sides.setdefault(condition, set())
            if sign is not None:
                sides.add(sign)
        signs = frozenset((key, sign) for key, sign in met.items() if key[0].sides is not ANY_SIGNS)
        exact = all(isinstance(value, fmpq) for value, _ in visit.drawn.values())
        for key in met if exact else ():
            self.first_starts.setdefault(key[0], (visit, key))
        if met and exact and signs not in self.seen and len(self.seen) < MAX_SEARCH_STARTS:
            self.seen.add(signs)
            self.starts.append(visit)

    def around(self, start: VisitedPoint, met: Met) -> None:
        """Moves the values, one by one, to both sides of a condition."""
        found = 0
        for key in self.movable(start, met[0]):
            if found == 2:
                return
            found += self.along(start, met, key)

    def movable(self, start: VisitedPoint, condition: TracedCondition) -> list[str]:
        """What may be moved: whole numbers and sizes that are not fixed, and entries; what a condition names first."""
        wholes = [] if self.comparison.setting.cases else [n for n in start.place.case if n in self.comparison.matters]
        names, entries = named_in(condition.tree)

        def order(key: str) -> int:
            label = key.partition("[")[0]
            return 0 if key in entries or key in names else 1 if label in names else 2

        return sorted([*wholes, *start.drawn], key=order)[:MAX_MOVED_VALUES]

    def along(self, start: VisitedPoint, met: Met, key: str) -> bool:
        """Moves one value to both sides; whether the condition hangs on it."""
        base, domain = self.value(start, key)
        at = start.trace.met[met]
        steps = (base / 2, base / 4) if domain == "unit" else (base + 1, base + 8)
        if domain != "unit" and not self.whole(start, key):
            steps = (base + fmpq(5, 7), base + fmpq(61, 7))
        first, second = (self.moved(start, key, step).trace.met.get(met) for step in steps)
        if isinstance(at, fmpq) and isinstance(first, fmpq) and isinstance(second, fmpq):
            if at == first == second:
                return False
            if self.at_roots(start, met, key, list(zip((base, *steps), (at, first, second), strict=True))):
                return True
        if self.scans < MAX_SCALE_SCANS:
            self.scans += 1
            self.scan(start, met, key)
        return True

    def at_roots(self, start: VisitedPoint, met: Met, key: str, known: list[tuple[fmpq, fmpq]]) -> bool:
        """Looks at the roots of an argument that is linear or quadratic, by three known values, and at its peak."""
        (x, at), (x1, first), (x2, second) = known
        slope = (first - at) / (x1 - x)
        bend = ((second - first) / (x2 - x1) - slope) / (x2 - x)
        if not bend:
            return slope != 0 and self.beside(start, met, key, x - at / slope)
        peak = (x + x1) / 2 - slope / (2 * bend)
        height = at + slope * (peak - x) + bend * (peak - x) * (peak - x1)
        if self.whole(start, key):
            return False
        if self.moved(start, key, peak, FINE_CONDITION_BITS).trace.met.get(met) != height:
            return False
        if -height / bend >= 0:
            apart = exact_root(-height / bend)
            for root in (peak + apart, peak - apart):
                self.beside(start, met, key, root)
        return True

    def whole(self, start: VisitedPoint, key: str) -> bool:
        """Whether only whole numbers can be put in."""
        return key in start.place.case or self.value(start, key)[1] in ("integer", "bit")

    def beside(self, start: VisitedPoint, met: Met, key: str, root: fmpq) -> bool:
        """Looks at a root of a linear argument, just beside it and far from it; false where it is no root."""
        if self.whole(start, key):
            low = fmpq(root.floor())
            for value in (low, low + 1, low - 1, low + 2, low + 17, low - 17):
                self.moved(start, key, value)
            return True
        there = self.moved(start, key, root, FINE_CONDITION_BITS)
        size = max(abs(root), fmpq(1))
        for distance in (DISTANCE_BESIDE_CONDITION, *FAR_FROM_CONDITION):
            for sign in (1, -1):
                self.moved(start, key, root + sign * distance * size, FINE_CONDITION_BITS)
        return there.trace.met.get(met) == 0

    def scan(self, start: VisitedPoint, met: Met, key: str) -> None:
        """Looks at all scales, and halves the distance where the sign of the argument changes."""
        signs: list[tuple[fmpq, int]] = []
        for value in sorted(NUMBERS_OF_ALL_SCALES):
            argument = self.moved(start, key, value).trace.met.get(met)
            if argument is not None and (sign := sign_of(argument)):
                signs.append((value, sign))
        for (low, below), (high, above) in pairwise(signs):
            if below != above:
                self.halve(start, met, key, low, high, below)

    def halve(self, start: VisitedPoint, met: Met, key: str, low: fmpq, high: fmpq, below: int) -> None:
        """Closes in on a change of sign, and tries the simplest number there is near it."""
        for _ in range(SIGN_CHANGE_HALVINGS):
            middle = (low + high) / 2
            argument = self.moved(start, key, middle).trace.met.get(met)
            sign = None if argument is None else sign_of(argument)
            if not sign:
                return
            low, high = (middle, high) if sign == below else (low, middle)
        middle = (low + high) / 2
        exact = Fraction(int(middle.p), int(middle.q))
        for most in (1, 10, 100):
            close = exact.limit_denominator(most)
            self.moved(start, key, fmpq(close.numerator, close.denominator))

    def value(self, start: VisitedPoint, key: str) -> tuple[fmpq, Domain]:
        """The value of a name or entry at a start, and its domain."""
        case = start.place.case
        return (fmpq(case[key]), "integer") if key in case else start.drawn[key]

    def moved(
        self,
        start: VisitedPoint,
        key: str,
        value: TracedScalar,
        bits: int = CONDITION_BITS,
        on_edge: Sequence[Met] = (),
    ) -> VisitedPoint:
        """The visit at which one value is another; whole numbers stay within what can be evaluated."""
        place, comparison = start.place, self.comparison
        if key in place.case and isinstance(value, fmpq):
            case = case_with(comparison, place.case, key, value)
            return self.visit(GridPoint(case, comparison.origin(case), place.sample), bits)
        fixed = {**place.sample.fixed, key: cast(fmpq, value)}  # or a multiple of pi, or a ball
        return self.visit(replace(place, sample=replace(place.sample, fixed=fixed)), bits, on_edge)
