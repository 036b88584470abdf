"""How far two readers agree: Cohen's kappa for each point of the rubric, and the answers in dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.kinds.written.marks import Mark


@dataclass(frozen=True)
class TwiceRead:
    """An answer that two readers have marked."""

    submission: str
    question: str
    first: Mark
    second: Mark


@dataclass(frozen=True)
class PointAgreement:
    """How often both, one or none of two readers found a point.

    `kappa` is None where it is undefined; `why_not` then says why.
    """

    point: str
    both: int
    first_only: int
    second_only: int
    neither: int
    kappa: Fraction | None
    why_not: str = ""

    @property
    def agreed(self) -> Fraction:
        """The share of answers on which they agree."""
        raise NotImplementedError


@dataclass(frozen=True)
class Dispute:
    """An answer on which two readers differ: in which points of the rubric, and in the points that they give."""

    read: TwiceRead
    points: tuple[str, ...]
    first_points: Fraction
    second_points: Fraction


@dataclass(frozen=True)
class Agreement:
    """The agreement on one question, over all answers that both have read."""

    answers: int
    points: tuple[PointAgreement, ...]
    disputes: tuple[Dispute, ...]


def agreement(rubric: Sequence[str], read: Sequence[TwiceRead]) -> Agreement:
    """The agreement of two readers on answers to a question with this rubric."""
    raise NotImplementedError


def sampled(submissions: Sequence[str], count: int, seed: str) -> tuple[str, ...]:
    """So many submissions for a second reader, in an order that `seed` decides; the same on every run."""
    raise NotImplementedError
