"""What the statistics of a class need of a report: by question its status, its lost lines, what is recognised in it.

It is read from the report in JSON, which is what is kept of a submission. Names there are the spec's own; nothing is
taken from sentences. Whoever has a report in hand reads it there and keeps what was found with the row, so that a class
is counted without its reports. Most answers to a question say the same, so that this is one text for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from grader.deferred import dataclass
from grader.reports.recorded import exact_points
from grader.verdict import NamedMistake, variant_in_words

JUDGED = frozenset({"graded", "pending", "held"})
"""The status of questions whose answer was looked at; others have none, or one that cannot be used."""

GIVEN = "given"
"""Of questions without an answer that can be used, for which a person gave points: these are no zeros of the grader."""

NO_POINTS = Fraction(0)


class LostLine(NamedTuple):
    """A rubric line that lost points; `blocked`: not for what it asks, but because a line above it is lost."""

    name: str
    points: Fraction
    blocked: bool


@dataclass(frozen=True)
class QuestionFacts:
    """One question as many submissions answer it; `lost` and `mistakes` are empty where nothing was judged.

    `status` is that of the question in the report, or `GIVEN`.
    `input` shows where a network goes wrong ("" where none does). `variant` has the constants that the question had for
    the student, in words, and `right_for` other variants for which a wrong answer is right.
    """

    question: str
    title: str
    status: str
    max_points: Fraction
    pending_points: Fraction
    lost: tuple[LostLine, ...]
    mistakes: tuple[NamedMistake, ...]
    input: str
    variant: str
    right_for: tuple[str, ...]


class AnswerFacts(NamedTuple):
    """One question of one submission. `said` is a `QuestionFacts` as a text, which `question_facts` reads.

    `fingerprint` is that of a wrong network; `weights` is the same for weights that differ in the order of hidden units
    and in scale alone. Each is "" where it is not known.
    """

    said: str
    fingerprint: str = ""
    weights: str = ""


NO_ANSWER_FACTS = AnswerFacts("")
"""Of a question of a row without a report."""


class ReportedQuestion(NamedTuple):
    """A question of a report: what is to be counted of it, and its rubric lines as the report has them."""

    answer: AnswerFacts
    checks: Sequence[Mapping[str, Any]]

    @property
    def facts(self) -> QuestionFacts:
        """What is said of the answer."""
        return question_facts(self.answer.said)


def reported_questions(report: str) -> list[ReportedQuestion]:
    """The questions of a report, in its order; nothing of a report without questions."""
    questions = json.loads(report)["questions"] if report else []
    return [ReportedQuestion(facts_of_question(question), question["checks"]) for question in questions]


def facts_in_report(report: str) -> tuple[AnswerFacts, ...]:
    """The facts of the questions of a report, in its order."""
    return tuple(question.answer for question in reported_questions(report))


def facts_in_text(text: str) -> AnswerFacts:
    """The facts of a question, as it stands in a report."""
    return facts_of_question(json.loads(text))


def facts_of_question(question: Mapping[str, Any]) -> AnswerFacts:
    """The facts of a question of a report."""
    checks = question["checks"]
    is_decided = "override" in question or "excused" in question  # by a person, as a whole: no line waits any more
    status = question["status"]
    if status in JUDGED and any(
        part["override"]["graded"]["as"] in ("missing", "rejected")
        for part in (question, *checks)
        if "override" in part
    ):
        status = GIVEN
    waiting = [c for c in checks if c["outcome"] in ("pending", "held") and not is_decided]
    said = [
        question["id"],
        question["title"],
        status,
        str(exactly(question, "max_points")),
        str(sum(map(_missing_points, waiting), NO_POINTS)),
        list(_lost(checks)) if status in JUDGED else [],
        [[mistake["source"], mistake["name"]] for mistake in question.get("mistakes", ())],
        next((c["evidence"]["input"] for c in checks if c["evidence"]["kind"] == "counterexample"), ""),
        variant_in_words(question.get("variant", {})),
        question.get("right_for", []),
    ]
    text = json.dumps(said, separators=(",", ":"))
    return AnswerFacts(text, question.get("fingerprint", ""), question.get("weights_fingerprint", ""))


@lru_cache(maxsize=4_096)
def question_facts(said: str) -> QuestionFacts:
    """The facts that an answer has as this text; a class has few different ones."""
    question, title, status, most, pending, lost, mistakes, wrong_on, variant, right_for = json.loads(said)
    return QuestionFacts(
        question,
        title,
        status,
        Fraction(most),
        Fraction(pending),
        tuple(LostLine(name, Fraction(points), blocked) for name, points, blocked in lost),
        tuple(NamedMistake(source, name) for source, name in mistakes),
        wrong_on,
        variant,
        tuple(right_for),
    )


def _lost(checks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, bool]]:
    """The name of each line that lost points, the points, and whether it is blocked."""
    for check in checks:
        if check["points"] == check["max_points"] and "exact" not in check:  # so it is with most lines of a class
            continue
        lost = _missing_points(check)
        if lost > 0 and check["outcome"] not in ("pending", "held"):
            yield check["name"], str(lost), check["outcome"] == "blocked"


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
