"""What a row of the class says in one cell: a mark that counts, or a word for why there is none, and no 0 for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader.classroom.class_row import ClassRow

PLATFORM_PLACES = 6
"""Decimal places of a mark whose decimal does not end, as reports have them; platforms keep fewer."""

PLATFORM_NUMBER = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,30})(?:[.,](?P<part>[0-9]{1,30}))?")
"""A mark as platforms write it; none has signs between thousands."""


@dataclass(frozen=True)
class FinalMark:
    """The points of a row or a question; None where they do not count (yet), and `word` says why."""

    points: Fraction | None
    word: str = ""


def total_mark(row: ClassRow) -> FinalMark:
    """The mark of a row: none while anything is held or pending, and no 0 for what is missing, rejected or excused.

    A question that was left out or cannot be used earns nothing, and so the points of the others are the mark. Where
    nothing was graded, or they are 0 and an answer cannot be used, a person has to say that 0 is meant; not where
    lateness has taken what they had earned.
    """
    graded = row.graded
    status = str(graded.status)
    if status == "excused":
        return FinalMark(None, status)
    if graded.total is None or status == "held":
        return FinalMark(None, "held")
    if graded.pending_points or status == "pending":
        return FinalMark(None, "pending")
    is_zero = graded.total == 0 and not row.late_points
    if is_zero and (status == "rejected" or (status == "missing" and not _has_graded(graded.report))):
        return FinalMark(None, status)
    return FinalMark(graded.total)


def _has_graded(report: str) -> bool:
    """Whether any question of a report was graded, so that its points are a mark even where they are 0."""
    return "graded" in _statuses(report).values()


def question_marks(row: ClassRow) -> dict[str, FinalMark]:
    """The mark of each question of a row; a word where its points do not count, or where there was no answer to use."""
    statuses = _statuses(row.graded.report)
    marks = {}
    for question, points in row.graded.marks.items():
        status = statuses.get(question, str(row.graded.status))
        status = "held" if points is None and status != "excused" else status
        final = points is not None and (status == "graded" or (points and status in ("missing", "rejected")))
        marks[question] = FinalMark(points) if final else FinalMark(None, status)
    return marks


def _statuses(report: str) -> Mapping[str, str]:
    """The status of each question of a report in JSON; nothing where there is no report."""
    if not report:
        return {}
    return {str(question["id"]): str(question["status"]) for question in json.loads(report)["questions"]}


def decimal(points: Fraction, *, comma: bool = False, places: int = PLATFORM_PLACES) -> str:
    """The points as a decimal, exactly where it ends, else rounded to so many places (half to even)."""
    digits = _places(points.denominator)
    text = _fixed(points, digits if digits is not None else places)
    return text.replace(".", ",") if comma else text


def ends(points: Fraction) -> bool:
    """True if the points have a decimal that ends."""
    return _places(points.denominator) is not None


def _places(denominator: int) -> int | None:
    """How many decimal places fractions of this denominator have; None where they do not end."""
    counts = []
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator //= prime
            count += 1
        counts.append(count)
    return max(counts) if denominator == 1 else None


def _fixed(points: Fraction, places: int) -> str:
    number = round(abs(points) * 10**places)
    whole, part = divmod(number, 10**places)
    digits = f"{part:0{places}d}".rstrip("0") if places else ""
    sign = "-" if points < 0 and number else ""
    return f"{sign}{whole}{'.' if digits else ''}{digits}"


def number_in(text: str) -> Fraction | None:
    """The number in a cell, with a decimal point or comma; None where there is none."""
    found = PLATFORM_NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    part = found["part"] or ""
    return Fraction(int(found["sign"] + found["whole"] + part), 10 ** len(part))
