"""What a class shows: points by question, lines that lose points, mistakes, who waits, who is missing, who is alike.

Marks are counted by student, answers by submission: what a group handed in counts for each of its members in the
points, and once in the lines, mistakes and networks. Everything is exact.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from fractions import Fraction

from grader.classroom.facts import AnswerFacts, question_facts
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
    """Two or more submissions whose networks do the same, or have the same weights.

    The order of hidden units and scale make no difference between weights. `weights` are the different ones among
    networks that do the same. `foreseen`: the spec names the mistake.
    """

    names: CountedNames = field(default_factory=CountedNames)
    wrong: bool = True
    input: str = ""
    weights: set[str] = field(default_factory=set)
    foreseen: bool = False

    def add(self, submission: str, answer: AnswerFacts) -> None:
        self.names.add(submission)
        self.foreseen |= bool(question_facts(answer.said).mistakes)
        if answer.weights:
            self.weights.add(answer.weights)


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


def losing_lines(of: AssignmentStatistics) -> list[tuple[str, str, LineLosses]]:
    """Question, line and its losses: that which loses most points in the class comes first."""
    every = ((name, line, loss) for name, question in of.questions.items() for line, loss in question.lines.items())
    return sorted(every, key=lambda one: (-one[2].points, -one[2].submissions, one[:2]))


def named_mistakes(of: AssignmentStatistics) -> list[tuple[str, NamedMistake, int]]:
    """Question, mistake and the submissions that show it: the most common comes first."""
    every = ((name, mistake, n) for name, question in of.questions.items() for mistake, n in question.mistakes.items())
    return sorted(every, key=lambda one: (-one[2], one[0], one[1].source, one[1].name))
