"""What a class shows: points by question, lines that lose points, mistakes, who waits, who is missing, who is alike.

Marks are counted by student, answers by submission: what a group handed in counts for each of its members in the
points, and once in the lines, mistakes and networks. Everything is exact. Rows are taken one after the other, and what
is kept of them grows with the different marks and networks, not with the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from typing import Protocol

from grader.classroom.class_list import ClassRow
from grader.classroom.facts import JUDGED, QuestionFacts, facts_of
from grader.classroom.graded import Graded
from grader.deferred import dataclass
from grader.verdict import NamedMistake

MAX_NAMES_KEPT = 1_000
"""Names of students or submissions that are kept of a list; how many there are is counted beyond it."""


@dataclass
class CountedNames:
    """Names in the order in which they came: the first ones, and the number of all."""

    first: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, name: str) -> None:
        self.count += 1
        if len(self.first) < MAX_NAMES_KEPT:
            self.first.append(name)


@dataclass
class GivenMarks:
    """How often each mark was given."""

    counts: Counter[Fraction] = field(default_factory=Counter)

    @property
    def number(self) -> int:
        return self.counts.total()

    def mean(self, zeros: int = 0) -> Fraction | None:
        """The mean, with so many zeros more; None of nothing."""
        number = self.number + zeros
        return sum((mark * often for mark, often in self.counts.items()), Fraction(0)) / number if number else None

    def median(self) -> Fraction | None:
        """The middle mark, or half way between the two in the middle; None of nothing."""
        number = self.number
        return (self._nth((number - 1) // 2) + self._nth(number // 2)) / 2 if number else None

    def _nth(self, place: int) -> Fraction:
        for mark in sorted(self.counts):
            place -= self.counts[mark]
            if place < 0:
                return mark
        raise IndexError


@dataclass
class LineLosses:
    """How many submissions lost points on a rubric line; `blocked`: those that lost them to a line above it."""

    submissions: int = 0
    blocked: int = 0
    points: Fraction = Fraction(0)


@dataclass
class AlikeAnswers:
    """Submissions whose networks do the same, or have the same weights but for the order of hidden units and scale.

    `weights` are the different ones among networks that do the same. `foreseen`: the spec names the mistake.
    """

    names: CountedNames = field(default_factory=CountedNames)
    wrong: bool = True
    input: str = ""
    weights: set[str] = field(default_factory=set)
    foreseen: bool = False


@dataclass
class QuestionStatistics:
    """A question in a class.

    `marks` are those that stand: of what is graded, of what cannot be used (`rejected`) and of what is not there though
    something was handed in (`unanswered`), which are zeros. What waits for a reader (`pending`) or is `held` has none
    yet, what is `excused` never has one. These six count students; `answers` and everything below count submissions.
    Title and points are not known where every answer is held. `variants`: how many submissions had which variant, also
    without an answer; `right_for_others`: the submissions whose wrong answer is right for the variant of that name.
    """

    title: str = ""
    max_points: Fraction | None = None
    marks: GivenMarks = field(default_factory=GivenMarks)
    unanswered: int = 0
    rejected: int = 0
    pending: int = 0
    held: int = 0
    excused: int = 0
    answers: int = 0
    lines: dict[str, LineLosses] = field(default_factory=dict)
    mistakes: Counter[NamedMistake] = field(default_factory=Counter)
    behaviours: dict[str, AlikeAnswers] = field(default_factory=dict)
    weights: dict[str, AlikeAnswers] = field(default_factory=dict)
    variants: Counter[str] = field(default_factory=Counter)
    right_for_others: dict[str, CountedNames] = field(default_factory=dict)


@dataclass
class AssignmentStatistics:
    """An assignment in a class; `totals` are those that stand, and `max_points` what most of its rows can earn."""

    questions: dict[str, QuestionStatistics] = field(default_factory=dict)
    totals: GivenMarks = field(default_factory=GivenMarks)
    students: int = 0
    submissions: int = 0
    pending: CountedNames = field(default_factory=CountedNames)
    held: CountedNames = field(default_factory=CountedNames)
    rejected: CountedNames = field(default_factory=CountedNames)
    maxima: Counter[Fraction] = field(default_factory=Counter)

    @property
    def max_points(self) -> Fraction:
        return max(self.maxima, key=lambda most: (self.maxima[most], most), default=Fraction(0))


@dataclass
class ClassStatistics:
    """A class, by assignment; `missing` are the students who handed in nothing at all and are not excused from it."""

    assignments: dict[str, AssignmentStatistics] = field(default_factory=dict)
    missing: CountedNames = field(default_factory=CountedNames)
    excused: CountedNames = field(default_factory=CountedNames)


class RowObserver(Protocol):
    """Hears of each row of an assignment, with what its report says; `is_new`: its answers are not those of another."""

    def __call__(self, row: ClassRow, facts: Mapping[str, QuestionFacts], *, is_new: bool) -> None: ...


def class_statistics(rows: Iterable[ClassRow], observer: RowObserver | None = None) -> ClassStatistics:
    """The statistics of the rows of a class, in any order; each report is read once, for the `observer` too."""
    found = ClassStatistics()
    counted: set[str] = set()
    for row in rows:
        graded = row.graded
        if not row.submission and graded.status == "missing":
            found.missing.add(graded.name)
            continue
        if graded.status == "excused":  # from all questions
            found.excused.add(graded.name)
            continue
        of = found.assignments.setdefault(graded.assignment, AssignmentStatistics())
        is_new = bool(row.submission) and row.submission not in counted
        counted.add(row.submission)
        facts = facts_of(graded.report)
        _add(of, graded, facts, row.submission if is_new else "")
        if observer is not None:
            observer(row, facts, is_new=is_new)
    return found


def _add(of: AssignmentStatistics, graded: Graded, facts: Mapping[str, QuestionFacts], submission: str) -> None:
    """Counts a row; `submission` is "" where its answers are those of a row before, or there are none."""
    of.students += 1
    of.submissions += bool(submission)
    if graded.marks:
        of.maxima[graded.max_points] += 1
    if graded.total is not None and not graded.pending_points and graded.marks:
        of.totals.counts[graded.total] += 1
    if graded.status == "held" or graded.total is None:
        of.held.add(graded.name)
    elif not graded.marks:
        of.rejected.add(graded.name)
    elif graded.pending_points:
        of.pending.add(graded.name)
    for name, mark in graded.marks.items():
        fact = facts.get(name)
        if facts and fact is None:
            continue
        if (question := of.questions.get(name)) is None:
            question = of.questions[name] = QuestionStatistics()
        if fact is not None and question.max_points is None:
            question.title, question.max_points = fact.title, fact.max_points
        _add_mark(question, mark, fact)
        if submission and fact is not None and fact.variant:
            question.variants[fact.variant] += 1
        if submission and fact is not None and fact.status in JUDGED:
            _add_answer(question, fact, submission)


def _add_mark(question: QuestionStatistics, mark: Fraction | None, fact: QuestionFacts | None) -> None:
    if fact is not None and fact.status == "excused":
        question.excused += 1
    elif mark is None or (fact is not None and fact.status == "held"):
        question.held += 1
    elif fact is not None and fact.pending_points:
        question.pending += 1
    else:
        question.marks.counts[mark] += 1
        question.unanswered += fact is not None and fact.status == "missing"
        question.rejected += fact is not None and fact.status == "rejected"


def _add_answer(question: QuestionStatistics, fact: QuestionFacts, submission: str) -> None:
    question.answers += 1
    for variant in fact.right_for:
        question.right_for_others.setdefault(variant, CountedNames()).add(submission)
    for line in fact.lost:
        if (losses := question.lines.get(line.name)) is None:
            losses = question.lines[line.name] = LineLosses()
        losses.submissions += 1
        losses.blocked += line.blocked
        losses.points += line.points
    if fact.mistakes:
        question.mistakes.update(fact.mistakes)
    for key, groups in ((fact.fingerprint, question.behaviours), (fact.weights, question.weights)):
        if key:
            alike = groups.setdefault(key, AlikeAnswers(wrong=bool(fact.lost), input=fact.input))
            alike.names.add(submission)
            alike.foreseen |= bool(fact.mistakes)
            if fact.weights:
                alike.weights.add(fact.weights)


def losing_lines(of: AssignmentStatistics) -> list[tuple[str, str, LineLosses]]:
    """Question, line and its losses: that which loses most points in the class comes first."""
    every = ((name, line, loss) for name, question in of.questions.items() for line, loss in question.lines.items())
    return sorted(every, key=lambda one: (-one[2].points, -one[2].submissions, one[:2]))


def named_mistakes(of: AssignmentStatistics) -> list[tuple[str, NamedMistake, int]]:
    """Question, mistake and the submissions that show it: the most common comes first."""
    every = ((name, mistake, n) for name, question in of.questions.items() for mistake, n in question.mistakes.items())
    return sorted(every, key=lambda one: (-one[2], one[0], one[1].source, one[1].name))
