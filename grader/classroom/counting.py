"""Counting a class: rows are taken one after the other, and each report is read at most once.

What is kept of the rows grows with the different marks and networks, not with the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Protocol

from grader.classroom.class_row import ClassRow
from grader.classroom.facts import (
    JUDGED,
    NO_ANSWER_FACTS,
    AnswerFacts,
    QuestionFacts,
    ReportedQuestion,
    question_facts,
    reported_questions,
)
from grader.classroom.graded import Graded
from grader.classroom.statistics import (
    AlikeAnswers,
    AssignmentStatistics,
    ClassStatistics,
    CountedNames,
    LineLosses,
    QuestionStatistics,
)
from grader.deferred import dataclass


class RowObserver(Protocol):
    """Hears of each row of an assignment, with what its report says; `is_new`: its answers are not those of another."""

    def __call__(self, row: ClassRow, questions: Sequence[ReportedQuestion], *, is_new: bool) -> None: ...


def class_statistics(rows: Iterable[ClassRow], observer: RowObserver | None = None) -> ClassStatistics:
    """The statistics of the rows of a class, in any order.

    Reports are read where what is needed of them is not kept beside, and each once for an `observer`.
    """
    counter = _ClassCounter(observer)
    for row in rows:
        counter.add(row)
    return counter.summed_up()


class CountedAsGraded:
    """Counts the rows of a class as they are graded, so that little is left to do when nothing else is done.

    The rule: that counts where each row of the class is one that was counted, as it was, and no other is there: where
    people decided nothing, nobody gets the marks of another and nothing was held later. Else all are counted anew:
    also where a row is that of a group, since its members get its marks.
    """

    def __init__(self) -> None:
        self._counter = _ClassCounter()
        self._count = 0
        self._has_all = True

    def add(self, row: Graded) -> None:
        """Counts the next row; its texts are read where they are now."""
        try:
            self._counter.add(ClassRow(row, row.name))
        except Exception:  # whoever counts them anew tells why
            self._has_all = False
        self._count += 1

    def statistics(
        self, rows: Sequence[ClassRow], graded: Sequence[Graded], observer: RowObserver | None = None
    ) -> ClassStatistics:
        """Those of the rows of the class; `graded` has the rows that were added, in their order, as they are held now.

        For an `observer` all are counted anew, as for `class_statistics`.
        """
        are_counted = observer is None and self._has_all and len(rows) == len(graded) == self._count
        if are_counted and all(
            row.graded is own and row.submission == own.name for row, own in zip(rows, graded, strict=True)
        ):
            return self._counter.summed_up()
        return class_statistics(rows, observer)


class _ClassCounter:
    """Counts a class row by row, in any order."""

    def __init__(self, observer: RowObserver | None = None) -> None:
        self._of = ClassStatistics()
        self._observer = observer
        self._counters: dict[str, _AssignmentCounter] = {}
        self._counted: set[str] = set()

    def add(self, row: ClassRow) -> None:
        """Counts a row of a student; that of a group is counted with the rows of its members."""
        graded = row.graded
        if row.is_no_student:
            return
        if not row.submission and graded.status == "missing":
            self._of.missing.add(graded.name)
            return
        if graded.status == "excused":  # from all questions
            self._of.excused.add(graded.name)
            return
        if (counter := self._counters.get(graded.assignment)) is None:
            counter = self._counters[graded.assignment] = _AssignmentCounter()
        is_new = bool(row.submission) and row.submission not in self._counted
        self._counted.add(row.submission)
        if self._observer is None:
            answers = graded.texts.answer_facts
        else:
            questions = reported_questions(graded.report)
            answers = tuple(question.answer for question in questions)
            self._observer(row, questions, is_new=is_new)
        counter.add(graded, answers, row.submission if is_new else "")

    def summed_up(self) -> ClassStatistics:
        """All that was counted."""
        self._of.assignments = {name: counter.summed_up() for name, counter in self._counters.items()}
        return self._of


Ratio = tuple[int, int]
"""Points as numerator and denominator: counting by them takes a tenth of the time."""


@dataclass
class _QuestionCounter:
    """Counts a question. `counts`: how often the same is said (`AnswerFacts.said`) of an answer with the same mark.

    The mark is None where none is given, and behind it stands whether the answer is the first of its submission.
    `alone` has by behaviour, and by weights, the only submission so far that shows them.
    """

    of: QuestionStatistics = field(default_factory=QuestionStatistics)
    counts: Counter[tuple[str, Ratio | None, bool]] = field(default_factory=Counter)
    alone: tuple[dict[str, tuple[str, AnswerFacts]], ...] = field(default_factory=lambda: ({}, {}))

    def add(self, mark: Fraction | None, answer: AnswerFacts, submission: str) -> None:
        """Counts an answer; `submission` is "" where it was counted before."""
        self.counts[answer.said, None if mark is None else mark.as_integer_ratio(), submission != ""] += 1
        if not submission or not answer.said:
            return
        fact = question_facts(answer.said)
        if fact.status not in JUDGED:
            return
        for variant in fact.right_for:
            self.of.right_for_others.setdefault(variant, CountedNames()).add(submission)
        keys, groups = (answer.fingerprint, answer.weights), (self.of.behaviours, self.of.weights)
        for key, alone, alike in zip(keys, self.alone, groups, strict=True):
            if key:
                _add_alike(alike, alone, key, submission, answer)

    def summed_up(self) -> QuestionStatistics:
        """All that was counted."""
        of = self.of
        for (said, ratio, is_new), number in self.counts.items():
            fact = question_facts(said) if said else None
            if fact is not None and of.max_points is None:
                of.title, of.max_points = fact.title, fact.max_points
            _add_marks(of, None if ratio is None else Fraction(*ratio), fact, number)
            if is_new and fact is not None:
                _add_answers(of, fact, number)
        return of


@dataclass
class _AssignmentCounter:
    """Counts an assignment."""

    of: AssignmentStatistics = field(default_factory=AssignmentStatistics)
    questions: dict[str, _QuestionCounter] = field(default_factory=dict)
    totals: Counter[Ratio] = field(default_factory=Counter)
    maxima: Counter[Ratio] = field(default_factory=Counter)

    def add(self, graded: Graded, answers: Sequence[AnswerFacts], submission: str) -> None:
        """Counts a row; `submission` is "" where its answers are those of a row before, or there are none."""
        of = self.of
        of.students += 1
        of.submissions += submission != ""
        if graded.marks:
            self.maxima[graded.max_points.as_integer_ratio()] += 1
        if graded.total is not None and not graded.pending_points and graded.marks:
            self.totals[graded.total.as_integer_ratio()] += 1
        if graded.status == "held" or graded.total is None:
            of.held.add(graded.name)
        elif not graded.marks:
            of.rejected.add(graded.name)
        elif graded.pending_points:
            of.pending.add(graded.name)
        by_name = {question_facts(answer.said).question: answer for answer in answers}
        for name, mark in graded.marks.items():
            answer = by_name.get(name)
            if answers and answer is None:
                continue
            if (question := self.questions.get(name)) is None:
                question = self.questions[name] = _QuestionCounter()
            question.add(mark, answer or NO_ANSWER_FACTS, submission)

    def summed_up(self) -> AssignmentStatistics:
        """All that was counted."""
        self.of.questions = {name: question.summed_up() for name, question in self.questions.items()}
        for ratios, marks in ((self.totals, self.of.totals.counts), (self.maxima, self.of.maxima)):
            marks.update({Fraction(*ratio): number for ratio, number in ratios.items()})
        return self.of


def _add_marks(question: QuestionStatistics, mark: Fraction | None, fact: QuestionFacts | None, number: int) -> None:
    """Counts so many marks of rows of which the same is said."""
    if fact is not None and fact.status == "excused":
        question.excused += number
    elif mark is None or (fact is not None and fact.status == "held"):
        question.held += number
    elif fact is not None and fact.pending_points:
        question.pending += number
    else:
        question.marks.counts[mark] += number
        question.unanswered += number * (fact is not None and fact.status == "missing")
        question.rejected += number * (fact is not None and fact.status == "rejected")


def _add_answers(question: QuestionStatistics, fact: QuestionFacts, number: int) -> None:
    """Counts so many answers of which the same is said."""
    if fact.variant:
        question.variants[fact.variant] += number
    if fact.status not in JUDGED:
        return
    question.answers += number
    for line in fact.lost:
        if (losses := question.lines.get(line.name)) is None:
            losses = question.lines[line.name] = LineLosses()
        losses.submissions += number
        losses.blocked += number * line.blocked
        losses.points += number * line.points
    for mistake in fact.mistakes:
        question.mistakes[mistake] += number


def _add_alike(
    groups: dict[str, AlikeAnswers],
    alone: dict[str, tuple[str, AnswerFacts]],
    key: str,
    submission: str,
    answer: AnswerFacts,
) -> None:
    """Adds an answer to those that share the key: a group is made when there are two, as most are alone in a class."""
    if (alike := groups.get(key)) is None:
        if (first := alone.pop(key, None)) is None:
            alone[key] = submission, answer
            return
        fact = question_facts(first[1].said)
        alike = groups[key] = AlikeAnswers(wrong=bool(fact.lost), input=fact.input)
        alike.add(*first)
    alike.add(submission, answer)
