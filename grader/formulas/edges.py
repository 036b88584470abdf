"""Points on the edge of a condition that is not linear: where sine and cosine turn, and roots that are no fractions.

Two rules. Where a condition hangs on sine or cosine, their argument is set to the multiples of pi/12 around a start,
which are exact numbers (turns.py), and the values of one period are followed to where the condition changes.
And where the argument of a jump changes its sign between two numbers that are very close, it is 0 at a number
between them, if on all of the ball that encloses both nothing else changes (the intermediate value theorem): both
sides are evaluated on that ball with the argument 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import combinations, pairwise, product
from typing import cast

from flint import arb, ctx, fmpq

from grader.formulas.comparison import Comparison, GridPoint
from grader.formulas.conditions import Search, SearchSettled, SearchSpent, VisitedPoint
from grader.formulas.extremes import NUMBERS_OF_ALL_SCALES, climb
from grader.formulas.proof import proved_for_all
from grader.formulas.setting import Setting
from grader.formulas.traced import ANY_SIGNS, PERIODIC, Met, TracedCondition, in_balls, sign_of
from grader.formulas.turns import Turn
from grader.language.functions.table import JUMPS_AT_ZERO
from grader.language.parse import ExpressionError
from grader.language.tree import Binary, Call, Compare, Tree, Unary, subtrees

MAX_EDGE_VISITS = 500
"""Points that are looked at for edges, beyond the others."""

TURN_TWELFTHS = tuple(n for n in range(-13, 14) if n % 2 == 0 or n % 3 == 0)
"""The multiples of pi/12 around a start to which the argument of sine or cosine is set."""

PERIOD_STEPS = 16
MAX_EDGE_KEYS = 3
"""Values that are moved for one edge."""

MAX_ENCLOSED_ROOTS = 4
"""Roots of one condition that are enclosed."""

ROOT_BITS = 1024
ROOT_DISTANCE = fmpq(1, 1 << 160)
"""Half of the width of the ball around a root, relative to where it lies."""

MAX_REFINEMENTS = 60
"""Steps after which the search for a root is given up."""


def search_sides(search: Search, places: Iterable[GridPoint]) -> None:
    """Visits the places, moves on from those to both sides of every condition, and then to the edges that are left."""
    try:
        with suppress(SearchSpent):
            for place in places:
                search.visit(place)
            search.move_on()
        if not all(map(search.both_sides, search.sides)):
            with suppress(SearchSpent):
                search.climb()
                search.move_on()
        with suppress(SearchSpent):
            Edges(search).meet()
            search.move_on()
    except SearchSettled:
        return


class Edges:
    """Meets the edges that a search has not met."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.roots: dict[TracedCondition, int] = {}
        self.same: dict[tuple[TracedCondition, TracedCondition], bool] = {}
        comparison = search.comparison
        steps = comparison.setting.steps.values() if comparison.lenient else ()
        self.excused = {node for tree in steps for node in subtrees(tree)}
        """Conditions of a network on whose edges any answer is right."""

    def meet(self) -> None:
        """Goes on from all starts of the search.

        Raises:
            the exceptions by which a search ends.
        """
        search = self.search
        turning = any(_turns(condition.tree) for condition in search.sides if condition.sides is not ANY_SIGNS)
        unmet = [c for c in search.sides if _bends(c) and 0 not in search.sides[c] and c.tree not in self.excused]
        if not turning and not unmet:
            return
        search.allow(MAX_EDGE_VISITS)
        starts = list(search.past_starts)
        for start in starts if turning else ():
            self.turn(start)
        for start in starts:
            for met in list(start.trace.met):
                if met[0] in unmet or (_bends(met[0]) and _turns(met[0].tree)):
                    self.follow(start, met)

    def keys(self, start: VisitedPoint, met: Met) -> list[str]:
        """The real numbers that may be moved from a start, those that a condition names first."""
        real = {key for key, (_, domain) in start.drawn.items() if domain not in ("integer", "bit", "unit")}
        return [key for key in self.search.movable(start, met[0]) if key in real][:MAX_EDGE_KEYS]

    def turn(self, start: VisitedPoint) -> None:
        """Sets the arguments of sines and cosines to multiples of pi/12, each by a number in which it is linear.

        Then those of two of them together to multiples of pi/2.
        """
        found: dict[str, list[fmpq]] = {}
        for met in start.trace.met:
            if not (isinstance(met[0].tree, Call) and met[0].tree.function in PERIODIC):
                continue
            for key in self.keys(start, met):
                if slope := self.slope(start, met, key):
                    at, base = cast(fmpq, start.trace.met[met]), self.search.value(start, key)[0]
                    middle = _whole_part(12 * in_balls(at) / arb.pi())
                    values = {n: Turn.of(base - at / slope, fmpq(middle + n, 12) / slope) for n in TURN_TWELFTHS}
                    for value in values.values():
                        self.search.moved(start, key, value)
                    found.setdefault(key, [cast(fmpq, value) for n, value in values.items() if (middle + n) % 6 == 0])
                    break
        for (first, ones), (second, others) in list(combinations(found.items(), 2))[:1]:
            for one, other in product(ones, others):
                fixed = {**start.place.sample.fixed, first: one, second: other}
                self.search.visit(replace(start.place, sample=replace(start.place.sample, fixed=fixed)))

    def slope(self, start: VisitedPoint, met: Met, key: str) -> fmpq | None:
        """By how much an argument grows with a number, if it is linear in it; None, or 0, where it is not."""
        base, at = self.search.value(start, key)[0], start.trace.met[met]
        one, two = (self.search.moved(start, key, base + step).trace.met.get(met) for step in (1, 3))
        if not (isinstance(at, fmpq) and isinstance(one, fmpq) and isinstance(two, fmpq)):
            return None
        return one - at if two - at == 3 * (one - at) else None

    def follow(self, start: VisitedPoint, met: Met) -> None:
        """Follows a jump along one number: over a period of what it hangs on, or over all scales, to its roots."""
        sign = sign_of(start.trace.met[met])
        for key in self.keys(start, met):
            if not sign or self.roots.get(met[0], 0) >= MAX_ENCLOSED_ROOTS:
                return
            base = self.search.value(start, key)[0]
            period = self.period(start, key) if _turns(met[0].tree) else None
            if period is None:
                numbers: Iterable[fmpq] = sorted({base, *NUMBERS_OF_ALL_SCALES})
            else:
                numbers = [base + period * n / PERIOD_STEPS for n in range(-PERIOD_STEPS, PERIOD_STEPS + 1)]
            seen = [(number, self.argument(start, met, key, number)) for number in numbers]
            if all(argument is None or argument == seen[0][1] for _, argument in seen):
                continue
            for (low, below), (high, above) in pairwise(seen):
                if below is not None and above is not None and below * above < 0:
                    self.root(start, met, key, (low, below), (high, above))
            if period is not None and not any(a is not None and a * sign < 0 for _, a in seen):
                climb([n for n, _ in seen], lambda n, key=key: self.height(start, met, key, n, sign))  # type: ignore[misc]  # bound early

    def height(self, start: VisitedPoint, met: Met, key: str, number: fmpq, sign: int) -> float | None:
        """How near an argument is to its other sign."""
        argument = self.argument(start, met, key, number)
        return None if argument is None else -sign * argument

    def argument(self, start: VisitedPoint, met: Met, key: str, number: fmpq) -> float | None:
        """The argument of a condition where one number is another; None where it is not met."""
        value = self.search.moved(start, key, number).trace.met.get(met)
        return None if value is None else float(in_balls(value).mid())

    def period(self, start: VisitedPoint, key: str) -> fmpq | None:
        """The shortest period of the sines and cosines that are linear in a number."""
        slopes = [
            self.slope(start, met, key)
            for met in start.trace.met
            if isinstance(met[0].tree, Call) and met[0].tree.function in PERIODIC
        ]
        fastest = max((abs(slope) for slope in slopes if slope), default=None)
        return None if fastest is None else fmpq(44, 7) / fastest

    def root(self, start: VisitedPoint, met: Met, key: str, low: tuple[fmpq, float], high: tuple[fmpq, float]) -> None:
        """Encloses the root between two numbers, and looks at both sides on the edge."""
        self.roots[met[0]] = self.roots.get(met[0], 0) + 1
        search = self.search

        def at(number: fmpq) -> arb | None:
            value = search.moved(start, key, number, ROOT_BITS).trace.met.get(met)
            return None if value is None else in_balls(value)

        with ctx.workprec(ROOT_BITS):
            found = enclosed(at, low[0], high[0])
            if found is None or met[0].tree in self.excused or not _jumps(met[0]):
                return
            middle = (found[0] + found[1]) / 2
            ball = arb(middle) + arb(0, 1) * arb(found[1] - found[0])
        search.moved(start, key, ball, ROOT_BITS, [met, *self.on_the_same(start, met)])

    def on_the_same(self, start: VisitedPoint, met: Met) -> Iterator[Met]:
        """The other conditions whose arguments are the same up to their sign, but for those of a network."""
        for other in start.trace.met:
            if other[0] is met[0] or not _jumps(other[0]) or other[0].tree in self.excused:
                continue
            pair = met[0], other[0]
            if pair not in self.same:
                self.same[pair] = _alike(
                    self.search.comparison.setting, _argument(pair[0].tree), _argument(pair[1].tree)
                )
            if self.same[pair]:
                yield other


def enclosed(argument: Callable[[fmpq], arb | None], low: fmpq, high: fmpq) -> tuple[fmpq, fmpq] | None:
    """Two close numbers between which a function changes its sign, by the Illinois method; None where it is lost."""
    below, above = argument(low), argument(high)
    last = 0
    for _ in range(MAX_REFINEMENTS):
        if below is None or above is None or not below * above < 0:
            return None
        limit = ROOT_DISTANCE * max(abs(low), fmpq(1))
        if high - low <= 2 * limit:
            return low, high
        guess = ((arb(low) * above - arb(high) * below) / (above - below)).mid().fmpq()
        guess = min(max(guess, low + limit), high - limit)
        value = argument(guess)
        if value is None or value.contains(0):
            low, high = guess - limit, guess + limit
            below, above, last = argument(low), argument(high), 0
        elif value * below > 0:
            low, below, above, last = guess, value, above / 2 if last == -1 else above, -1
        else:
            high, above, below, last = guess, value, below / 2 if last == 1 else below, 1
    return None


def _whole_part(value: arb) -> int:
    return int(value.mid().fmpq().floor()) if value.is_finite() else 0


def _argument(tree: Tree) -> Tree:
    """What is 0 on the edge of a jump."""
    match tree:
        case Compare(operands=(left, right)):
            return Binary("-", left, right)
        case Call(arguments=(argument,)):
            return argument
    return tree


def _alike(setting: Setting, one: Tree, other: Tree) -> bool:
    """Whether two arguments are proved equal up to their sign."""
    try:
        return any(proved_for_all(Comparison(setting, one, tree)) for tree in (other, Unary("-", other)))
    except ExpressionError:
        return False


def _turns(tree: Tree) -> bool:
    """Whether sine or cosine stands in a formula."""
    return any(isinstance(node, Call) and node.function in PERIODIC for node in subtrees(tree))


def _bends(condition: TracedCondition) -> bool:
    """Whether a formula bends or jumps where the argument of a condition is 0."""
    return condition.need is None and condition.sides is not ANY_SIGNS


def _jumps(condition: TracedCondition) -> bool:
    """Whether a formula jumps there."""
    node = condition.tree
    if not _bends(condition):
        return False
    return isinstance(node, Compare) or (isinstance(node, Call) and node.function in JUMPS_AT_ZERO)
