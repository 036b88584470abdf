"""What the page of a class shows beside the statistics: rubric lines by student, evidence, an example a mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from typing import Any

from grader.classroom.class_row import ClassRow
from grader.classroom.facts import ReportedQuestion
from grader.deferred import dataclass
from grader.evidence import STRENGTHS, EvidenceStrength
from grader.verdict import NamedMistake

MAX_EXAMPLES_KEPT = 8
"""Of each mistake: the texts that come first in their order, whoever they are of."""

ExampleKey = tuple[str, str | NamedMistake]
"""A question, and a rubric line of it that lost points or a mistake that was named."""

LineOfQuestion = tuple[str, str]
"""A question and a line of its rubric."""


@dataclass(frozen=True, order=True)
class MistakeExample:
    """What was said of an answer, and the submission that it is of; the shortest text comes first."""

    length: int
    text: str
    submission: str


@dataclass
class AssignmentDetails:
    """An assignment in a class. `rows` has the students with a report, and by line the share of its points earned.

    A share is None where a line waits or is held. `places` has by line its smallest number in a report, `evidence`
    counts passed lines by question.
    """

    places: dict[LineOfQuestion, int] = field(default_factory=dict)
    rows: list[tuple[ClassRow, Mapping[LineOfQuestion, float | None]]] = field(default_factory=list)
    evidence: dict[str, Counter[EvidenceStrength]] = field(default_factory=dict)
    examples: dict[ExampleKey, list[MistakeExample]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> tuple[LineOfQuestion, ...]:
        """All lines, by question in the order of reports; asked for when all rows are there."""
        questions = list(self.evidence)
        return tuple(sorted(self.places, key=lambda line: (questions.index(line[0]), self.places[line], line[1])))

    def shares(self, of: Mapping[LineOfQuestion, float | None]) -> tuple[float | None, ...]:
        """The shares of a row in the order of the lines; None of lines that its report does not have."""
        return tuple(of.get(line) for line in self.lines)


class ClassDetails:
    """Collects the details of a class, row by row, by assignment."""

    def __init__(self) -> None:
        self.assignments: dict[str, AssignmentDetails] = {}

    def add(self, row: ClassRow, questions: Sequence[ReportedQuestion], *, is_new: bool) -> None:
        """Adds a row with what its report says."""
        of = self.assignments.setdefault(row.graded.assignment, AssignmentDetails())
        if not questions:
            return
        of.rows.append((row, dict(_shares(questions))))
        for reported in questions:
            question = reported.facts.question
            counts = of.evidence.setdefault(question, Counter())
            for place, check in enumerate(reported.checks):
                line = question, check["name"]
                if of.places.get(line, place + 1) > place:
                    of.places[line] = place
            if not is_new:
                continue
            _count_evidence(counts, reported)
            for what, text in _said(reported):
                _keep(of.examples.setdefault((question, what), []), text, row.submission)


def _shares(questions: Sequence[ReportedQuestion]) -> Iterator[tuple[LineOfQuestion, float | None]]:
    for reported in questions:
        facts = reported.facts
        for check in reported.checks:
            waits = check["outcome"] in ("pending", "held") or facts.status == "excused"
            yield (facts.question, check["name"]), None if waits else _share(check)


def _share(check: Mapping[str, Any]) -> float:
    """As it is drawn, from numbers that JSON may have rounded."""
    most: float = check["max_points"]
    return float(check["points"] / most) if most else float(check["outcome"] == "passed")


def _count_evidence(counts: Counter[EvidenceStrength], reported: ReportedQuestion) -> None:
    for check in reported.checks:
        if check["outcome"] == "passed" and "override" not in check:
            kind = check["evidence"]["kind"]
            counts[kind if kind in STRENGTHS else "none"] += 1


def _said(reported: ReportedQuestion) -> Iterator[tuple[str | NamedMistake, str]]:
    """What an answer shows, with what was said of it: lines that lost points, and named mistakes."""
    messages = {check["name"]: check["message"] for check in reported.checks if check["outcome"] != "passed"}
    lost = {line.name: messages.get(line.name, "") for line in reported.facts.lost if not line.blocked}
    yield from lost.items()
    first = next((text for text in lost.values() if text), "")
    for mistake in reported.facts.mistakes:
        yield mistake, first


def _keep(examples: list[MistakeExample], text: str, submission: str) -> None:
    """Keeps an example if it is among the first, so that which ones are kept does not rest on the order of rows."""
    if not text or (len(examples) == MAX_EXAMPLES_KEPT and len(text) > examples[-1].length):
        return
    if any(known.text == text for known in examples):
        same = next(i for i, known in enumerate(examples) if known.text == text)
        examples[same] = min(examples[same], MistakeExample(len(text), text, submission))
        return
    examples.append(MistakeExample(len(text), text, submission))
    examples.sort()
    del examples[MAX_EXAMPLES_KEPT:]


NO_TOTAL = Fraction(-1)


def by_points(of: AssignmentDetails) -> list[tuple[float | None, ...]]:
    """The shares of all rows, most points first: an order that rests on marks alone, so that it tells no names."""

    def key(entry: tuple[ClassRow, Mapping[LineOfQuestion, float | None]]) -> tuple[Fraction, tuple[float, ...]]:
        row, shares = entry
        total = row.graded.total if row.graded.total is not None else NO_TOTAL
        return -total, tuple(-1.0 if share is None else -share for share in of.shares(shares))

    return [of.shares(shares) for _, shares in sorted(of.rows, key=key)]
