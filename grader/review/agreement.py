"""How far two readers agree: Cohen's kappa for each point of the rubric, and the answers in dispute."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.errors import listed
from grader.kinds.written.marks import Mark
from grader.reports.sentences import counted
from grader.review.desk_answers import whole_points
from grader.review.pending import ReadQuestion
from grader.visible import one_line


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
        """The share of answers on which they agree; 0 of none."""
        total = self.both + self.first_only + self.second_only + self.neither
        return Fraction(self.both + self.neither, total) if total else Fraction(0)


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


def agreement(question: ReadQuestion, read: Sequence[TwiceRead]) -> Agreement:
    """The agreement of two readers on answers to a question.

    A point that the rubric does not have any more is none on which they could agree.
    """
    names = [point.name for point in question.rubric]
    points = tuple(
        point_agreement(name, [(name in one.first.met, name in one.second.met) for one in read]) for name in names
    )
    disputes = [dispute for one in read if (dispute := _dispute(question, names, one)) is not None]
    return Agreement(len(read), points, tuple(disputes))


def point_agreement(point: str, found: Sequence[tuple[bool, bool]]) -> PointAgreement:
    """The agreement on one point: for each answer whether the first and whether the second reader found it.

    Cohen's kappa (1960) is (p - e) / (1 - e): p is the share of answers on which they agree, e the share on which they
    would agree by chance, each with the share of answers in which he finds the point. It is undefined where e is 1.
    """
    count, total = Counter(found), len(found)
    counts = (count[True, True], count[True, False], count[False, True], count[False, False])
    if not total:
        return PointAgreement(point, *counts, None, "no answer was read by both")
    both, first_only, second_only, neither = counts
    first, second = both + first_only, both + second_only
    by_chance = Fraction(first * second + (total - first) * (total - second), total * total)
    if by_chance == 1:
        what = "found it in every answer" if both else "found it in no answer"
        return PointAgreement(point, *counts, None, f"both {what}, and so would agree by chance")
    return PointAgreement(point, *counts, (Fraction(both + neither, total) - by_chance) / (1 - by_chance))


def _dispute(question: ReadQuestion, names: Sequence[str], read: TwiceRead) -> Dispute | None:
    differing = tuple(name for name in names if (name in read.first.met) != (name in read.second.met))
    first, second = (whole_points(question, mark) for mark in (read.first, read.second))
    return Dispute(read, differing, first, second) if differing or first != second else None


def agreement_lines(question: str, found: Agreement) -> Iterator[str]:
    """The agreement on a question in lines: kappa by point, and what is in dispute."""
    yield f"{one_line(question)}: {counted(found.answers, 'answer')} read by both, {len(found.disputes)} in dispute"
    for point in found.points:
        said = f"kappa {float(point.kappa):.2f}" if point.kappa is not None else f"no kappa: {point.why_not}"
        same = point.both + point.neither
        yield f"  {one_line(point.point)}: {said}; the same in {same} of {found.answers}"
    for dispute in found.disputes:
        what = listed(map(one_line, dispute.points)) or "the points that are given"
        yield f"  in dispute: {one_line(dispute.read.submission)}: {what}"


def sampled(submissions: Sequence[str], count: int, seed: str) -> tuple[str, ...]:
    """So many submissions for a second reader, in the order in which they are to be read.

    It is the order of digests with the `seed` (such as the question), so that every run and every reader has the same
    sample, whatever else was handed in; more of them go on where fewer have ended.
    """
    order = sorted(submissions, key=lambda name: hashlib.sha256(f"{seed}\0{name}".encode()).digest())
    return tuple(order[:count])
