"""Where a right formula is sealed: generic points at several scales, until each side of its conditions is met.

The points follow from the salt and a number alone, and the salt from what students can read: a list of them says
nothing of the formula, but for the few that a search has added to meet a condition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from flint import arb, ctx, fmpq

from grader.deferred import dataclass
from grader.formulas.cases import IntegerCase, with_sizes, within_ranges
from grader.formulas.comparison import Comparison, GridPoint
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.questions import WantedFormula
from grader.formulas.samples import Sample, fitted
from grader.formulas.setting import Setting
from grader.formulas.sides import BallsWithSides, SideCondition
from grader.notation.symbols import Domain

SEAL_SCALES = ((-2, 2), (-3, 4), (-1, 3), (-10, -3), (-2, 2), (-6, 3))
"""The powers of 2 between which the numbers of a point lie, in turn: moderate ones, at which little overflows."""

FAR_SCALES = ((2, 8), (6, 11), (-10, 10), (-24, 24), (10, 24), (-24, -10), (0, 16))
"""The same for points that are far out, and for those of a search: from 1e-7 to 1e7."""

BORDER_VALUES = tuple(fmpq(n, 2) for n in (0, 2, -2, 1, -1, 4, -4, 3, 6, 0))
"""Numbers at which a condition is met exactly: where two sides are equal, or an argument is 0."""

MANTISSA_BITS = 60
"""Bits of each number of a point: a dyadic fraction that nobody guesses, and that balls hold exactly."""

MIN_SEAL_POINTS, SEAL_POINTS_A_CASE = 24, 3
"""Points of a question, at least; where there are many cases, so many each."""

FAR_POINTS, SIMPLE_POINTS = 14, 36

SEARCH_BITS = 256
SEARCHED_POINTS = 400
"""Points that are tried for a side of a condition that no other point has met."""

FIRST_FAR, FIRST_SIMPLE, FIRST_SEARCHED = 10_000, 20_000, 100_000
"""The numbers of the first points of each sort; the number of a point says how it is drawn."""

WIDE_SEAL_CASES, SEARCHED_CASES = 16, 48
LARGEST_INTEGERS, LARGEST_STEPS = (1000, 24, 2, 5), (24, 12, 2, 5)
"""Bounds of the whole numbers that are drawn beside the usual ones, in turn; of steps of a network, which is followed
for 60 steps at most."""

FIRST_STEP, FREE_STEPS_BEFORE = 1, 6
"""How many steps before the first one that matters the states of a network are chosen freely: a formula may count from
step 1, whatever the whole numbers are."""


@dataclass(frozen=True)
class GenericSample(Sample):
    """A value for every free entry, from the salt, the seed and its name; no two are simply related."""

    salt: str = ""

    @property
    def scale(self) -> tuple[int, int]:
        """The powers of 2 between which the sizes of the values lie."""
        return (
            SEAL_SCALES[self.seed % len(SEAL_SCALES)]
            if self.seed < FIRST_FAR
            else FAR_SCALES[self.seed % len(FAR_SCALES)]
        )

    def value(self, key: str, domain: Domain) -> fmpq:
        """The value of an entry: a dyadic fraction of full length in the scale, as its domain allows."""
        if key in self.fixed:
            return fitted(self.fixed[key], domain)
        digest = hashlib.blake2b(f"{self.salt}:{self.seed}:{key}".encode(), digest_size=16).digest()
        number = int.from_bytes(digest, "big")
        mantissa = (1 << (MANTISSA_BITS - 1)) | ((number >> 64) & ((1 << (MANTISSA_BITS - 1)) - 1))
        low, high = self.scale
        power = low + (number & 0xFFFF) * (high - low) // 0x10000
        sign = -1 if number >> 16 & 1 else 1
        size = fmpq(mantissa) * fmpq(2) ** (power - MANTISSA_BITS + 1)
        match domain:
            case "positive" | "nonnegative":
                return size
            case "unit":
                return fmpq(mantissa - (1 << (MANTISSA_BITS - 1)) or 1, 1 << (MANTISSA_BITS - 1))
            case "integer":
                return fmpq(sign * size.floor())
            case "bit":
                return fmpq(number >> 17 & 1)
        return sign * size


@dataclass(frozen=True)
class SimpleSample(Sample):
    """Halves and small whole numbers for every free entry, from the salt, the seed and its name."""

    salt: str = ""

    def value(self, key: str, domain: Domain) -> fmpq:
        """The value of an entry, or the nearest one that its domain has."""
        if key in self.fixed:
            return fitted(self.fixed[key], domain)
        return fitted(BORDER_VALUES[_drawn(f"{self.salt}:{self.seed}:{key}", len(BORDER_VALUES))], domain)


class SealPoint(NamedTuple):
    """A point as it is drawn: its case and its number, and the entries whose values are chosen."""

    case: IntegerCase
    seed: int
    fixed: Mapping[str, fmpq] = MappingProxyType({})

    def place(self, salt: str) -> GridPoint:
        """Where it lies."""
        return sealing_place(self.case, self.seed, salt, self.fixed)


def sealing_place(case: IntegerCase, seed: int, salt: str, fixed: Mapping[str, fmpq] | None = None) -> GridPoint:
    """The point with this number, in a case; the values of some entries may be `fixed`."""
    lowest = min([*case.values(), FIRST_STEP])
    kind = SimpleSample if FIRST_SIMPLE <= seed < FIRST_SEARCHED else GenericSample
    return GridPoint(case, lowest - FREE_STEPS_BEFORE, kind((), seed, fixed or {}, salt=salt))


def wide_cases(setting: Setting, salt: str, count: int) -> Sequence[IntegerCase]:
    """Whole numbers that are drawn, small beside large in any order (`T` after `t`), or those that a question lists."""
    integers = setting.symbols.counted
    if setting.cases or not integers:
        return setting.all_cases
    bounds, cases = LARGEST_STEPS if setting.equations else LARGEST_INTEGERS, list[IntegerCase]()
    for i in range(count):
        turns = {name: bounds[i // len(bounds) ** j % len(bounds)] for j, name in enumerate((*integers, "gap"))}
        drawn = {name: 1 + _drawn(f"{salt}:{i}:{name}", bound) for name, bound in turns.items()}
        case = {name: drawn[name] for name in integers}
        if "t" in case and "T" in case:
            case["T"] = case["t"] + drawn["gap"]
        cases.append(case)
    return within_ranges(with_sizes(cases, setting.symbols.sizes), setting.symbols)


def _drawn(key: str, bound: int) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") % bound


def usual_points(setting: Setting) -> Iterator[SealPoint]:
    """Moderate numbers at every usual case, as cases and numbers of points."""
    cases = setting.all_cases
    each = max(SEAL_POINTS_A_CASE, -(-MIN_SEAL_POINTS // len(cases)))
    for i, case in enumerate(cases):
        for j in range(each):
            yield SealPoint(case, 1 + i * each + j)


def wide_points(setting: Setting, salt: str) -> Iterator[SealPoint]:
    """Moderate numbers at other whole numbers than the usual ones, where a question has some."""
    cases = wide_cases(setting, salt, WIDE_SEAL_CASES)
    for i, case in enumerate(cases if len(cases) > 1 else ()):
        yield SealPoint(case, MIN_SEAL_POINTS + SEAL_POINTS_A_CASE * len(cases) + i)


def far_points(setting: Setting) -> Iterator[SealPoint]:
    """Numbers far out."""
    for i in range(FAR_POINTS):
        yield SealPoint(setting.all_cases[i % len(setting.all_cases)], FIRST_FAR + i)


def simple_points(setting: Setting) -> Iterator[SealPoint]:
    """Numbers at which arguments are 0 and sides are equal."""
    for i in range(SIMPLE_POINTS):
        yield SealPoint(setting.all_cases[i % len(setting.all_cases)], FIRST_SIMPLE + i)


class SideSearch:
    """Which sides of the conditions of a right formula the points met, and points for those that they did not."""

    def __init__(self, question: WantedFormula, salt: str) -> None:
        self._salt = salt
        self._setting = question.setting
        self._balls = BallsWithSides()
        self._meaning = CompiledSetting(question.setting, self._balls, question.backward)
        self._closure = self._meaning.compile(question.wanted)
        self._comparison = Comparison(question.setting, question.wanted, question.wanted, question.backward)

    @property
    def missing(self) -> list[SideCondition]:
        """The conditions that have a side which no point has met."""
        return [condition for condition in self._balls.conditions if condition.missing]

    def visit(self, point: SealPoint) -> bool:
        """Notes the sides that a point meets; whether one of them is new."""
        place, before = point.place(self._salt), self._met()
        with ctx.workprec(SEARCH_BITS):
            evaluation = Evaluation(
                self._meaning, point.case, place.origin, lambda key, domain: arb(place.sample.value(key, domain))
            )
            self._comparison.side(evaluation, self._closure)
        return self._met() > before

    def _met(self) -> int:
        return sum(len(condition.met) for condition in self._balls.conditions)

    def visited(self, points: Iterable[SealPoint]) -> Iterator[SealPoint]:
        """The points, once their sides are noted."""
        for point in points:
            self.visit(point)
            yield point

    def found(self) -> Iterator[SealPoint]:
        """Points that meet a side which none before has met."""
        cases = wide_cases(self._setting, f"{self._salt}:search", SEARCHED_CASES)
        for i in range(SEARCHED_POINTS):
            if not self.missing:
                return
            point = SealPoint(cases[i % len(cases)], FIRST_SEARCHED + i)
            if self.visit(point):
                yield point
