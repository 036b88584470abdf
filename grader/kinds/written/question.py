"""Questions that are answered in prose: a reader's marks decide, and until then the points are pending."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import ClassVar

from grader.deferred import dataclass
from grader.fingerprint import fingerprint
from grader.kinds.written import KIND
from grader.spec.question import OneLineQuestion

READER_LINE = "what a reader finds in the answer"


@dataclass(frozen=True)
class WrittenPoint:
    """A point of the rubric; `keywords` show a reader where an answer may make it, and never score."""

    name: str
    points: Fraction
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class WrittenQuestion(OneLineQuestion):
    """A question whose answer is prose; `accepted` are the points that a reader looks for."""

    kind: ClassVar = KIND
    line_name: ClassVar = READER_LINE

    accepted: tuple[WrittenPoint, ...]
    least_words: int | None
    most_words: int | None

    @property
    def rubric_fingerprint(self) -> str:
        """Another one when a mark would have to be looked at again: other points, or worth something else."""
        return fingerprint([str(self.points), [[point.name, str(point.points)] for point in self.accepted]])

    def worth(self, met: Iterable[str]) -> Fraction:
        """What these points of the rubric give together, at most what the question is worth."""
        return min(self.points, points_of(met, self.accepted))


def points_of(met: Iterable[str], rubric: Iterable[WrittenPoint]) -> Fraction:
    """What the points of a rubric of these names are worth together."""
    points = {point.name: point.points for point in rubric}
    return sum((points[name] for name in met), Fraction(0))
