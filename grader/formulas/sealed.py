"""A right answer known by digests alone: a candidate can be compared with them, and nothing can be read off.

The values of the right formula at all points together are rounded to a fixed grid and hashed with scrypt (RFC 7914).
No value stands anywhere, and none can be searched for by itself: whoever guesses has to guess a whole formula, work it
out at every point of the first stage, and pay for one scrypt with each guess.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from flint import arb, ctx

from grader.formulas.cases import IntegerCase
from grader.formulas.comparison import Comparison, GridPoint, PointFault
from grader.formulas.questions import WantedFormula
from grader.formulas.sealing import (
    SideSearch,
    far_points,
    sealing_place,
    simple_points,
    usual_points,
    wide_points,
)
from grader.formulas.setting import Setting
from grader.formulas.sides import SideCondition
from grader.formulas.verdicts import EqualityVerdict, NeverDefined, SampledEqual, SealedDifference, ShapeDifference
from grader.language.arrays import Value, describe, entries, shape_of
from grader.language.tree import Tree

SCRYPT = (1 << 15, 8, 1)
"""n, r and p, the cost of one candidate: 32 MiB and about a tenth of a second (a seal with others is refused)."""

SCRYPT_MEMORY_BYTES = 1 << 26
DIGEST_BYTES = 32

GRID_BITS = 256
"""Values are rounded down to whole multiples of 2^-256, once 1/pi of one has been added."""

BORDER = arb(2) ** -24
"""How near to where rounding changes a sealed value may lie, in steps of the grid; others are left out."""

SEALED_PRECISIONS_BITS = (1024, 4096)
"""Bits at which a value is worked out, until it can be rounded."""

TELLING_BITS = 64
"""Leading bits from which on a rounded value counts as evidence; a saturated 0 or 1e-30 tells little."""

NO_VALUE = "no value"


@dataclass(frozen=True)
class SealedPoint:
    """A point at which a right answer is sealed, found again from its case and its number; the shape of the value."""

    case: IntegerCase
    seed: int
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Stage:
    """Some points, and the digest of the rounded values at those of the first stage and at these."""

    points: tuple[SealedPoint, ...]
    digest: str


@dataclass(frozen=True)
class Seal:
    """What is known of a right formula: the salt (hexadecimal), and stages.

    At the points of the first stage every right formula can be worked out, however it is written. At those of the
    others (far out, or where conditions change) one may overflow or hang on a tie; then that stage says nothing of it.
    """

    salt: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Unseen:
    """What a seal cannot tell: conditions of the right formula that it meets from one side alone."""

    conditions: tuple[SideCondition, ...]

    def __str__(self) -> str:
        return "; ".join(f"{c.written}: {' or '.join(c.missing)}" for c in self.conditions)


@dataclass(frozen=True)
class Sealed:
    """A question whose right answer is known by a seal only."""

    setting: Setting
    seal: Seal

    @property
    def answer(self) -> Tree | None:
        """No formula: that is the point."""
        return None

    def decide(self, student: Tree) -> EqualityVerdict:
        """Whether a formula has the sealed values; where it has others, nothing tells at which point."""
        comparison = Comparison(self.setting, self.setting.read(student), student)
        first: list[str] = []
        looked, telling = 0, 0
        for stage in self.seal.stages:
            values = _Values(comparison, self.seal.salt)
            if (broken := values.work_out(stage.points)) is not None and (not first or broken.stops):
                return broken.verdict
            if broken is not None:
                continue
            if not hmac.compare_digest(digest_of([*first, *values.rounded], self.seal.salt), stage.digest):
                return values.undefined or SealedDifference(looked + len(stage.points))
            first = first or values.rounded
            looked, telling = looked + len(stage.points), telling + values.telling
        return SampledEqual(telling or looked, TELLING_BITS if telling else 1)


@dataclass(frozen=True)
class _Broken:
    """Why a formula cannot be compared at a point; `stops`: it is wrong for that, wherever it happens."""

    verdict: EqualityVerdict
    stops: bool = False


@dataclass
class _Values:
    """A formula at the points of a stage, rounded."""

    comparison: Comparison
    salt: str
    rounded: list[str] = field(default_factory=list)
    undefined: NeverDefined | None = None
    telling: int = 0

    def work_out(self, points: Sequence[SealedPoint]) -> _Broken | None:
        """Rounds the values at all points; what keeps it from that, if something does."""
        for point in points:
            place = sealing_place(point.case, point.seed, self.salt)
            value, numbers = rounded_at(self.comparison, place)
            if isinstance(value, PointFault):
                if value.shape:
                    return _Broken(ShapeDifference(point.case, value.message), stops=True)
                undefined = NeverDefined("student", value.message, self.comparison.point(place))
                if not value.domain:
                    return _Broken(undefined)
                self.undefined = self.undefined or undefined
                self.rounded.append(NO_VALUE)
                continue
            if shape_of(value) != point.shape:
                message = f"it is {describe(shape_of(value))}, where {describe(point.shape)} is wanted"
                return _Broken(ShapeDifference(point.case, message), stops=True)
            self.rounded.append(_shown(numbers))
            self.telling += all(_telling_bits(number) >= TELLING_BITS for number in numbers)
        return None


def digest_of(rounded: Sequence[str], salt: str) -> str:
    """The digest of the rounded values at all points, in their order."""
    n, r, p = SCRYPT
    text = "\n".join(rounded).encode()
    memory = SCRYPT_MEMORY_BYTES
    return hashlib.scrypt(text, salt=bytes.fromhex(salt), n=n, r=r, p=p, maxmem=memory, dklen=DIGEST_BYTES).hex()


def rounded_at(comparison: Comparison, place: GridPoint) -> tuple[Value | PointFault, tuple[int, ...]]:
    """The value of a formula at a place and its entries on the grid; more bits are taken until they can be rounded."""
    side: Value | PointFault = PointFault("it was not worked out")
    for bits in SEALED_PRECISIONS_BITS:
        side = comparison.look(place, bits).student
        if isinstance(side, PointFault):
            if side.domain or side.shape:
                return side, ()
            continue
        with ctx.workprec(bits):
            numbers = [_rounded(entry)[0] for entry in entries(side)]
        known = tuple(number for number in numbers if number is not None)
        if len(known) == len(numbers):
            return side, known
        side = PointFault("no precision tells how to round its value")
    return side, ()


def _rounded(entry: arb) -> tuple[int | None, bool]:
    """A ball in whole steps of the grid (None if the ball is too wide), and whether it lies safely within one."""
    steps = entry * arb(2) ** GRID_BITS + 1 / arb.pi()  # irrational: no fraction lies where rounding changes
    floor = steps.floor()
    whole = floor.unique_fmpz()
    if whole is None:
        return None, False
    rest = steps - floor
    return int(whole), bool(rest > BORDER and rest < 1 - BORDER)


def _shown(numbers: Sequence[int]) -> str:
    return ",".join(f"{number:x}" for number in numbers)


def _telling_bits(number: int) -> int:
    """Leading bits that a rounded value fixes; an exact 0 is known to as many as the grid has."""
    return number.bit_length() if number else GRID_BITS


def seal_of(question: WantedFormula, salt: str, known: Sequence[Tree] = ()) -> tuple[Seal, Unseen]:
    """The seal of a right answer, and which sides of its conditions the points do not meet.

    `known` are right answers in other words: a point at which one of them has another value (outside of what the
    question means, such as a gap below 0) is left out.

    Raises:
        ValueError: if the values are none that can be sealed: undefined, too small, or the same at every point.
    """
    setting, search = question.setting, SideSearch(question, salt)
    sealer = _Sealer(question, salt, known)
    drawn = [usual_points(setting), wide_points(setting, salt), far_points(setting)]
    if question.backward is None:  # a gradient that does not exist on a kink is right with any value there
        drawn.append(simple_points(setting))
    groups = [sealer.group(search.visited(points)) for points in drawn]
    groups.append(sealer.group(search.found()))
    first = [text for _, text in groups[0]]
    _refuse_what_is_guessed({text for group in groups for _, text in group if text != NO_VALUE})
    stages = [
        Stage(tuple(point for point, _ in group), digest_of([*(first if i else ()), *(t for _, t in group)], salt))
        for i, group in enumerate(groups)
        if group
    ]
    return Seal(salt, tuple(stages)), Unseen(tuple(search.missing))


class _Sealer:
    """Works out the right answer at points, and known ones beside it."""

    def __init__(self, question: WantedFormula, salt: str, known: Sequence[Tree]) -> None:
        self._salt = salt
        self._skipped = frozenset({""} if question.backward is None else {"", NO_VALUE})
        self._right = Comparison(question.setting, question.wanted, question.wanted, question.backward)
        self._known = [Comparison(question.setting, question.setting.read(tree), tree) for tree in known]

    def group(self, drawn: Iterable[tuple[IntegerCase, int]]) -> list[tuple[SealedPoint, str]]:
        """The points at which the right answer can be sealed, case by case, each with what is hashed of it there."""
        found: dict[str, list[tuple[SealedPoint, str]]] = {}
        for case, seed in drawn:
            place = sealing_place(case, seed, self._salt)
            text, shape = _text_at(self._right, place)
            if text not in self._skipped and self._undisputed(text, place):
                found.setdefault(str(sorted(case.items())), []).append((SealedPoint(dict(case), seed, shape), text))
        return [pair for group in found.values() for pair in _of_one_shape(group)]

    def _undisputed(self, text: str, place: GridPoint) -> bool:
        return all(_text_at(other, place)[0] in ("", text) for other in self._known)


def _of_one_shape(group: Sequence[tuple[SealedPoint, str]]) -> Iterator[tuple[SealedPoint, str]]:
    """The points of a case; one without a value has the shape of the others, so that nothing tells it apart."""
    shape = next((point.shape for point, text in group if text != NO_VALUE), ())
    return ((replace(point, shape=shape), text) for point, text in group)


def _refuse_what_is_guessed(values: AbstractSet[str]) -> None:
    if not values:
        raise ValueError("the right answer has no value at any point where it could be sealed")
    if max(abs(int(number, 16)) for text in values for number in text.split(",")).bit_length() < TELLING_BITS:
        raise ValueError(f"the right answer is never larger than 2^{TELLING_BITS - GRID_BITS}: too small to be sealed")
    if len(values) == 1:
        raise ValueError("the right answer is the same at every point, and a number is soon guessed")


def _text_at(comparison: Comparison, place: GridPoint) -> tuple[str, tuple[int, ...]]:
    """What is hashed of a formula at a place, and the shape of its value; nothing where rounding it is in doubt."""
    value, numbers = rounded_at(comparison, place)
    if isinstance(value, PointFault):
        return (NO_VALUE if value.domain else ""), ()
    with ctx.workprec(SEALED_PRECISIONS_BITS[-1]):
        safe = all(_rounded(entry)[1] for entry in entries(comparison.look(place, SEALED_PRECISIONS_BITS[-1]).student))
    return (_shown(numbers) if safe else ""), shape_of(value)
