"""What the statistics of a class need of a report: by question its status, its lost lines, what is recognised in it.

It is read from the report in JSON, which is what is kept of a submission. Names there are the spec's own; nothing is
taken from sentences.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from grader.deferred import dataclass
from grader.reports.recorded import exact_points
from grader.verdict import NamedMistake, variant_in_words

JUDGED = frozenset({"graded", "pending", "held"})
"""The status of questions whose answer was looked at; others have none, or one that cannot be used."""


NO_POINTS = Fraction(0)


@dataclass(frozen=True)
class LostLine:
    """A rubric line that lost points; `blocked`: not for what it asks, but because a line above it is lost."""

    name: str
    points: Fraction
    blocked: bool


@dataclass(frozen=True)
class QuestionFacts:
    """One question of one submission; `lost` and `mistakes` are empty where nothing was judged.

    `fingerprint` is that of a wrong network, and `input` shows where it goes wrong; `weights` is the same for weights
    that differ in the order of hidden units and in scale alone. Each is "" where it is not known.
    """

    title: str
    status: str
    max_points: Fraction
    pending_points: Fraction
    lost: tuple[LostLine, ...] = ()
    mistakes: tuple[NamedMistake, ...] = ()
    fingerprint: str = ""
    input: str = ""
    weights: str = ""
    variant: str = ""
    """The constants that the question had for the student, in words."""
    right_for: tuple[str, ...] = ()
    """Other variants for which a wrong answer is right."""
    checks: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    """Its rubric lines, as the report has them."""


def facts_of(report: str) -> Mapping[str, QuestionFacts]:
    """By question, in the order of the report; nothing of a report without questions."""
    return {question["id"]: _facts(question) for question in json.loads(report)["questions"]} if report else {}


def _facts(question: Mapping[str, Any]) -> QuestionFacts:
    checks = question["checks"]
    is_decided = "override" in question or "excused" in question  # by a person, as a whole: no line waits any more
    waiting = [c for c in checks if c["outcome"] in ("pending", "held") and not is_decided]
    return QuestionFacts(
        title=question["title"],
        status=question["status"],
        max_points=exactly(question, "max_points"),
        pending_points=sum((_missing_points(c) for c in waiting), Fraction(0)) if waiting else NO_POINTS,
        lost=tuple(_lost(checks)) if question["status"] in JUDGED else (),
        mistakes=tuple(NamedMistake(m["source"], m["name"]) for m in question.get("mistakes", ())),
        fingerprint=question.get("fingerprint", ""),
        input=next((c["evidence"]["input"] for c in checks if c["evidence"]["kind"] == "counterexample"), ""),
        weights=question.get("weights_fingerprint", ""),
        variant=variant_in_words(question.get("variant", {})),
        right_for=tuple(question.get("right_for", ())),
        checks=checks,
    )


def _lost(checks: list[Mapping[str, Any]]) -> Iterator[LostLine]:
    for check in checks:
        if check["points"] == check["max_points"] and "exact" not in check:  # so it is with most lines of a class
            continue
        lost = _missing_points(check)
        if lost > 0 and check["outcome"] not in ("pending", "held"):
            yield LostLine(check["name"], lost, check["outcome"] == "blocked")


def _missing_points(check: Mapping[str, Any]) -> Fraction:
    return exactly(check, "max_points") - exactly(check, "points")


def exactly(marks: Mapping[str, Any], name: str) -> Fraction:
    """The points of a question or a line of a report, which has them exactly beside a number that is rounded."""
    if (exact := marks.get("exact", {}).get(name)) is not None:
        return Fraction(exact)
    return _from_number(marks[name])


@lru_cache(maxsize=1_000)
def _from_number(points: float) -> Fraction:
    """The same for each of the few numbers of points that a class has."""
    return Fraction(points) if isinstance(points, int) else exact_points(Decimal(str(points)))
