"""Both sides of every condition: where formulas bend or jump, points on it and on either side are searched for.

From a point at which a condition is met, one value at a time is moved: to where the condition's argument is 0, exactly
if the argument is linear in it, just beside that and far from it; else over scales from 1e-6 to 1e6, halving where the
sign changes. A point at which the signs of all conditions together are new is a start for the next moves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from flint import ctx, fmpq

from grader.formulas.cases import MAX_SIZE, MAX_STEP, IntegerCase
from grader.formulas.comparison import EFFORT, Comparison, GridPoint, PointComparison
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.places import too_long
from grader.formulas.traced import ANYWHERE, Met, Trace, Traced, TracedCondition, sign_of
from grader.language.printing import to_text
from grader.notation.symbols import Domain

BITS = 256
FINE_BITS = 4096
"""The precision beside a condition, where a jump may be small beside the values."""

MAX_VISITS = 500
"""Points that one search looks at."""

MAX_STARTS = 24
MAX_CONDITIONS = 24
MAX_MOVED = 8
"""Values that are moved from one start, for one condition."""

FARTHEST = 10**15
"""The largest whole number to which one is moved."""

MAX_SCANS = 10
HALVINGS = 12
SEARCH_SCALES = tuple(sign * fmpq(10) ** exponent * fmpq(7, 5) for exponent in range(-6, 7) for sign in (1, -1))
NEAR = fmpq(1, 1 << 20)
FAR = (fmpq(3, 7), fmpq(311, 3))
"""How far beside a condition points are looked at, relative to where it lies."""


class _Root(Exception):  # noqa: N818  # ends the search
    """The search has found what settles it."""


def _root(square: fmpq) -> fmpq:
    """The root of a number that is not negative, exactly where it is rational, else to 60 bits."""
    top, bottom = square.p, square.q
    if top.isqrt() ** 2 == top and bottom.isqrt() ** 2 == bottom:
        return fmpq(top.isqrt(), bottom.isqrt())
    return fmpq((top * bottom << 120).isqrt(), bottom << 60)


@dataclass(frozen=True)
class _Visit:
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

    def __post_init__(self) -> None:
        comparison = self.comparison
        self.arithmetic = Traced()
        self.meaning = CompiledSetting(comparison.setting, self.arithmetic, comparison.backward)
        self.right = self.meaning.compile(comparison.wanted)
        self.left = self.meaning.compile(comparison.student)
        self.starts: deque[_Visit] = deque()
        self.seen: set[frozenset[tuple[Met, int | None]]] = set()

    def look(self, places: Iterable[GridPoint]) -> None:
        """Visits places finely, without moving on from them."""
        try:
            for place in places:
                self.visit(place, FINE_BITS)
        except _Root:
            return

    def run(self, places: Iterable[GridPoint]) -> None:
        """Visits the places, and moves on from those."""
        try:
            for place in places:
                self.visit(place)
            while self.starts:
                start = self.starts.popleft()
                for met in list(start.trace.met)[:MAX_CONDITIONS]:
                    self.around(start, met)
        except _Root:
            return

    def unreached(self) -> tuple[str, ...]:
        """The conditions of which only one side was met."""
        texts = [to_text(c.tree) for c, met in self.sides.items() if not all(met & side for side in c.sides)]
        return tuple(dict.fromkeys(texts))

    def visit(self, place: GridPoint, bits: int = BITS) -> _Visit:
        """Both sides at a place, exactly where they can be; the conditions that were met are noted."""
        comparison = self.comparison
        if self.visits >= MAX_VISITS or comparison.effort > self.max_effort:
            raise _Root
        self.visits += 1
        drawn: dict[str, tuple[fmpq, Domain]] = {}

        def draw(key: str, domain: Domain) -> fmpq:
            value = place.sample.value(key, domain)
            drawn[key] = value, domain
            return value

        self.arithmetic.trace = Trace()
        comparison.effort += EFFORT[bits] * comparison.cost
        with ctx.workprec(bits):
            world = Evaluation(self.meaning, place.case, place.origin, draw)
            student = comparison.side(world, self.left)
            wanted = comparison.side(world, self.right)
        visit = _Visit(place, self.arithmetic.trace, drawn)
        if self.settles(PointComparison(place, student, wanted, bits)):
            raise _Root
        self.file(visit)
        return visit

    def file(self, visit: _Visit) -> None:
        """Notes which sides were met; signs that are new together make a start."""
        met = {key: sign_of(value) for key, value in visit.trace.met.items()}
        for (condition, _), sign in met.items():
            sides = self.sides.setdefault(condition, set())
            if sign is not None:
                sides.add(sign)
        signs = frozenset((key, sign) for key, sign in met.items() if key[0].sides is not ANYWHERE)
        if met and signs not in self.seen and len(self.seen) < MAX_STARTS:
            self.seen.add(signs)
            self.starts.append(visit)

    def around(self, start: _Visit, met: Met) -> None:
        """Moves the values, one by one, to both sides of a condition."""
        found = 0
        for key in self.movable(start):
            if found == 2:
                return
            found += self.along(start, met, key)

    def movable(self, start: _Visit) -> Iterator[str]:
        """The names of what may be moved: whole numbers and sizes that are not fixed, and entries."""
        wholes = [] if self.comparison.setting.cases else [n for n in start.place.case if n in self.comparison.matters]
        yield from [*wholes, *start.drawn][:MAX_MOVED]

    def along(self, start: _Visit, met: Met, key: str) -> bool:
        """Moves one value to both sides; whether the condition hangs on it."""
        base, domain = self.value(start, key)
        at = start.trace.met[met]
        steps = (base / 2, base / 4) if domain == "unit" else (base + 1, base + 8)
        first, second = (self.moved(start, key, step).trace.met.get(met) for step in steps)
        if isinstance(at, fmpq) and isinstance(first, fmpq) and isinstance(second, fmpq):
            if at == first == second:
                return False
            if self.at_roots(start, met, key, list(zip((base, *steps), (at, first, second), strict=True))):
                return True
        if self.scans < MAX_SCANS:
            self.scans += 1
            self.scan(start, met, key)
        return True

    def at_roots(self, start: _Visit, met: Met, key: str, known: list[tuple[fmpq, fmpq]]) -> bool:
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
        if self.moved(start, key, peak, FINE_BITS).trace.met.get(met) != height:
            return False
        if -height / bend >= 0:
            apart = _root(-height / bend)
            for root in (peak + apart, peak - apart):
                self.beside(start, met, key, root)
        return True

    def whole(self, start: _Visit, key: str) -> bool:
        """Whether only whole numbers can be put in."""
        return key in start.place.case or self.value(start, key)[1] in ("integer", "bit")

    def beside(self, start: _Visit, met: Met, key: str, root: fmpq) -> bool:
        """Looks at a root of a linear argument, just beside it and far from it; false where it is no root."""
        if self.whole(start, key):
            low = fmpq(root.floor())
            for value in (low, low + 1, low - 1, low + 2, low + 17, low - 17):
                self.moved(start, key, value)
            return True
        there = self.moved(start, key, root, FINE_BITS)
        size = max(abs(root), fmpq(1))
        for distance in (NEAR, *FAR):
            for sign in (1, -1):
                self.moved(start, key, root + sign * distance * size, FINE_BITS)
        return there.trace.met.get(met) == 0

    def scan(self, start: _Visit, met: Met, key: str) -> None:
        """Looks at all scales, and halves the distance where the sign of the argument changes."""
        signs: list[tuple[fmpq, int]] = []
        for value in sorted(SEARCH_SCALES):
            argument = self.moved(start, key, value).trace.met.get(met)
            if argument is not None and (sign := sign_of(argument)):
                signs.append((value, sign))
        for (low, below), (high, above) in pairwise(signs):
            if below != above:
                self.halve(start, met, key, low, high, below)

    def halve(self, start: _Visit, met: Met, key: str, low: fmpq, high: fmpq, below: int) -> None:
        """Closes in on a change of sign, and tries the simplest number there is near it."""
        for _ in range(HALVINGS):
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

    def value(self, start: _Visit, key: str) -> tuple[fmpq, Domain]:
        """The value of a name or entry at a start, and its domain."""
        case = start.place.case
        return (fmpq(case[key]), "integer") if key in case else start.drawn[key]

    def moved(self, start: _Visit, key: str, value: fmpq, bits: int = BITS) -> _Visit:
        """The visit at which one value is another; whole numbers stay within what can be evaluated."""
        place, comparison = start.place, self.comparison
        if key in place.case:
            case = self.case_with(place.case, key, value)
            return self.visit(GridPoint(case, comparison.origin(case), place.sample), bits)
        fixed = {**place.sample.fixed, key: value}
        return self.visit(replace(place, sample=replace(place.sample, fixed=fixed)), bits)

    def case_with(self, case: IntegerCase, key: str, value: fmpq) -> IntegerCase:
        """A case with another whole number; `t` stays before `T`, and what is counted stays short."""
        comparison = self.comparison
        most = MAX_SIZE if key in comparison.setting.symbols.sizes else FARTHEST
        for limit in (most, MAX_STEP):
            moved = {**case, key: min(max(int(value.floor()), 1), limit)}
            if {"t", "T"} <= set(moved) and moved["t"] >= moved["T"]:
                other = moved["t"] + 1 if key == "t" else max(moved["T"] - 1, 1)
                moved["T" if key == "t" else "t"] = other
                moved["T"] = max(moved["T"], moved["t"] + 1)
            if not too_long(comparison, moved):
                return moved
        return case
