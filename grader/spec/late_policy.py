"""When an assignment is due and what lateness costs, as `grader.spec.deadlines` reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Literal

from grader.deferred import dataclass
from grader.errors import SourceLocation

PenaltyUnit = Literal["points", "maximum", "earned"]
"""What a penalty is counted in: points, a share of the assignment's points, or one of the points that were earned."""


@dataclass(frozen=True)
class WrittenTime:
    """A time as it is written, on the clock of `zone` (None: of the assignment's), and where."""

    wall: datetime
    zone: tzinfo | None
    place: SourceLocation


@dataclass(frozen=True)
class Duration:
    """A time span; `days` of the clock where it is written in days or weeks, else None."""

    length: timedelta
    days: int | None


@dataclass(frozen=True)
class LatePenalty:
    """Points (or a share of some), as they are written."""

    amount: Fraction
    unit: PenaltyUnit
    text: str

    def __str__(self) -> str:
        """`10%`, `5 points`, `1 point`, `10% of the points earned`."""
        if self.unit != "points":
            return self.text
        return f"{self.text} {'point' if self.amount == 1 else 'points'}"

    def points(self, maximum: Fraction, earned: Fraction) -> Fraction:
        """The points that this is, for an assignment of so many points of which so many were earned."""
        return self.amount * {"points": Fraction(1), "maximum": maximum, "earned": earned}[self.unit]


@dataclass(frozen=True)
class LatePolicy:
    """What an assignment says of lateness. `deadline` is in its time zone.

    `grace`: so long after the deadline is in time still. `per_day` is taken for each day that has begun after the
    deadline, `cap` at most; `late_days` days cost nothing.
    """

    deadline: datetime
    grace: timedelta = timedelta(0)
    per_day: LatePenalty | None = None
    cap: LatePenalty | None = None
    late_days: int = 0

    @property
    def zone(self) -> tzinfo:
        """The time zone by whose clock days are counted."""
        zone = self.deadline.tzinfo
        assert zone is not None
        return zone


def instants(wall: datetime, zone: tzinfo) -> set[datetime]:
    """The instants (in UTC) that a time on the clock of a zone may mean: two where it comes twice."""
    return {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
