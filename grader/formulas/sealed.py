"""A right answer known by digests alone: a candidate can be compared with them, and nothing can be read off.

The values of the right formula at all points together are rounded to a fixed grid and hashed with scrypt (RFC 7914).
No value stands anywhere, and none can be searched for by itself: whoever guesses has to guess a whole formula, work it
out at every point of the first stage, and pay for one scrypt with each guess.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from flint import arb, ctx, fmpq

from grader.deferred import dataclass
from grader.formulas.borders import ExactComparison
from grader.formulas.cases import IntegerCase
from grader.formulas.comparison import Comparison, GridPoint, PointFault
from grader.formulas.domains import Domains
from grader.formulas.sealing import (
    FIRST_FAR,
    sealing_place,
)
from grader.formulas.setting import Setting
from grader.formulas.sides import SideCondition
from grader.formulas.verdicts import EqualityVerdict, NeverDefined, SampledEqual, SealedDifference, ShapeDifference
from grader.language.arrays import Value, describe, entries, shape_of
from grader.language.tree import Number, Tree

SCRYPT = (1 << 15, 8, 1)
"""n, r and p, the cost of one candidate: 32 MiB and about a tenth of a second (a seal with others is refused)."""

SCRYPT_MEMORY_BYTES = 1 << 26
DIGEST_BYTES = 32

GRID_BITS = 256
"""Values are rounded down to whole multiples of 2^-256, once 1/pi of one has been added."""

MIN_ROUNDING_DISTANCE = arb(2) ** -24
"""How near to where rounding changes a sealed value may lie, in steps of the grid; others are left out."""

SEALED_PRECISIONS_BITS = (1024, 4096)
"""Bits at which a value is worked out, until it can be rounded."""

MIN_EVIDENCE_BITS = 64
"""Leading bits from which on a rounded value counts as evidence; a saturated 0 or 1e-30 shows little."""

NO_VALUE = "no value"


@dataclass(frozen=True)
class SealedPoint:
    """A point at which a right answer is sealed, found again from its case and its number; the shape of the value.

    `fixed` gives the entries whose values a search has chosen; there every number is exact, so that ties are decided.
    """

    case: IntegerCase
    seed: int
    shape: tuple[int, ...]
    fixed: Mapping[str, fmpq] = field(default_factory=dict)

    def place(self, salt: str) -> GridPoint:
        """Where it lies."""
        return sealing_place(self.case, self.seed, salt, self.fixed)

    @property
    def moderate(self) -> bool:
        """Whether every right formula is known precisely there: not on a condition, and not far out."""
        return not self.fixed and self.seed < FIRST_FAR


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
    """What a seal cannot decide: conditions of the right formula that it meets from one side alone."""

    conditions: tuple[SideCondition, ...]

    def __str__(self) -> str:
        return "; ".join(f"{c.written}: {' or '.join(c.missing)}" for c in self.conditions)


@dataclass(frozen=True)
class Sealed:
    """A question whose right answer is known by a seal only; `everywhere` as in `Comparison`."""

    setting: Setting
    seal: Seal
    everywhere: bool = False

    @property
    def answer(self) -> Tree | None:
        """No formula: that is the point."""
        return None

    def decide(self, student: Tree) -> EqualityVerdict:
        """Whether a formula has the sealed values; where it has others, the point is not known."""
        comparison = ExactComparison(self.setting, self.setting.read(student), Number(fmpq(0)))
        first: list[str] = []
        looked, telling = 0, 0
        for stage in self.seal.stages:
            values = _Values(comparison, self.seal.salt, self.everywhere)
            if (broken := values.work_out(stage.points)) is not None and (not first or broken.stops):
                return broken.verdict
            if broken is not None:
                continue
            if not hmac.compare_digest(digest_of([*first, *values.rounded], self.seal.salt), stage.digest):
                return values.undefined or SealedDifference(looked + len(stage.points))
            first = first or values.rounded
            looked, telling = looked + len(stage.points), telling + values.telling
        return SampledEqual(telling or looked, MIN_EVIDENCE_BITS if telling else 1)


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
    everywhere: bool
    rounded: list[str] = field(default_factory=list)
    undefined: NeverDefined | None = None
    telling: int = 0

    @cached_property
    def domains(self) -> Domains:
        """Whether a point without a value belongs to a region of such points."""
        return Domains(self.comparison)

    def work_out(self, points: Sequence[SealedPoint]) -> _Broken | None:
        """Rounds the values at all points; what keeps it from that, if something does."""
        for point in points:
            place = point.place(self.salt)
            value, numbers = rounded_at(self.comparison, place)
            if isinstance(value, PointFault):
                if value.shape:
                    return _Broken(ShapeDifference(point.case, value.message), stops=True)
                undefined = NeverDefined("student", value.message, self.comparison.point(place))
                if not value.domain:
                    return _Broken(undefined, stops=point.moderate and not value.limit)
                if not self.everywhere:  # the right formula has a value at every point of a seal
                    return _Broken(undefined, stops=point.moderate or not self.domains.ends_close_by(place))
                self.undefined = self.undefined or undefined
                self.rounded.append(NO_VALUE)
                continue
            if shape_of(value) != point.shape:
                message = f"it is {describe(shape_of(value))}, where {describe(point.shape)} is wanted"
                return _Broken(ShapeDifference(point.case, message), stops=True)
            self.rounded.append(shown(numbers))
            self.telling += all(_telling_bits(number) >= MIN_EVIDENCE_BITS for number in numbers)
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
            numbers = [rounded(entry)[0] for entry in entries(side)]
        known = tuple(number for number in numbers if number is not None)
        if len(known) == len(numbers):
            return side, known
        side = PointFault("no precision tells how to round its value")
    return side, ()


def rounded(entry: arb) -> tuple[int | None, bool]:
    """A ball in whole steps of the grid (None if the ball is too wide), and whether it lies safely within one."""
    steps = entry * arb(2) ** GRID_BITS + 1 / arb.pi()  # irrational: no fraction lies where rounding changes
    floor = steps.floor()
    whole = floor.unique_fmpz()
    if whole is None:
        return None, False
    rest = steps - floor
    return int(whole), bool(rest > MIN_ROUNDING_DISTANCE and rest < 1 - MIN_ROUNDING_DISTANCE)


def shown(numbers: Sequence[int]) -> str:
    return ",".join(f"{number:x}" for number in numbers)


def _telling_bits(number: int) -> int:
    """Leading bits that a rounded value fixes; an exact 0 is known to as many as the grid has."""
    return number.bit_length() if number else GRID_BITS
