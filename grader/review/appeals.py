"""Any question of any submission, opened for an appeal: what its marks rest on, and points that a person gives instead.

These are decisions in `overrides.yaml`, which count from the next run of `grader grade` on.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from grader.classroom.class_row import ClassRow
from grader.classroom.gradebook import opened_gradebook
from grader.classroom.override_file import PointsDecision, add_decision
from grader.classroom.overrides import load_overrides, refuse_overrides
from grader.classroom.recorded_rows import class_rows
from grader.classroom.result_names import GRADES_FILE
from grader.classroom.staff_decision import StaffDecision
from grader.classroom.student_report import row_of
from grader.errors import SourceLocation, SubmissionError
from grader.reports import json
from grader.reports.recorded import report_in
from grader.review.pending import file_beside, file_stamp
from grader.spec.assignment import OVERRIDES_FILE, Assignment
from grader.verdict import QuestionResult, points_in_full


@dataclass(frozen=True)
class AppealedWork:
    """The row of a submission or a student, with what is kept of its questions for a page.

    `others` are how many have the marks of the same submission.
    """

    row: ClassRow
    questions: tuple[QuestionResult, ...]
    others: int

    @property
    def student(self) -> str:
        """How a decision names the student alone."""
        person = self.row.person
        return person.best_id or person.name or self.row.graded.name

    def version(self, question: QuestionResult) -> str:
        """Another one when anything in the question's marks is."""
        return sha256(json.render_question(question).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class EarlierDecision:
    """A decision about the same submission that stands in the file."""

    place: SourceLocation
    said: str


class Appeals:
    """The appeals of a class: rows by name, and the file of decisions."""

    def __init__(self, results: Path, assignment: Assignment, overrides: Path | None) -> None:
        """`overrides` names the file of decisions; else it is `overrides.yaml` beside the spec.

        Raises:
            SpecError: if the file lies in a submission.
        """
        self._results = results
        self._rows: tuple[tuple[int, int], list[ClassRow]] | None = None
        self._assignment = assignment
        self._named = overrides
        advice = "name the file of decisions with --overrides"
        self.file = (overrides or file_beside(assignment, OVERRIDES_FILE, advice)).resolve()
        if overrides is not None:
            with opened_gradebook(results, read_only=True) as book:
                refuse_overrides(overrides, [path for placed in book.placed() for path in placed.entry.paths])

    def rows(self) -> Sequence[ClassRow]:
        """The rows of the assignment in the results as they are now, which are read once for each run of `grade`."""
        seen = file_stamp(self._results / GRADES_FILE)
        kept = self._rows
        if kept is None or kept[0] != seen:
            rows = class_rows(self._results).rows
            ours = [row for row in rows if row.graded.assignment == self._assignment.id and row.graded.report]
            kept = self._rows = seen, ours
        return kept[1]

    def found(self, student: str) -> ClassRow:
        """The row of a student, who is named by a submission, a name, an id or an e-mail.

        Raises:
            SubmissionError: if nobody is meant, or several are.
        """
        return row_of(self.rows(), student)

    def opened(self, name: str) -> AppealedWork:
        """The row of that name with its questions.

        Raises:
            SubmissionError: if there is none any more.
        """
        rows = self.rows()
        row = next((row for row in rows if row.graded.name == name), None)
        if row is None:
            raise SubmissionError("this submission is not in the results any more: go back, and look for it again")
        with opened_gradebook(self._results, read_only=True) as book:
            kept = book.latest(row.submission)
        pages = {verdict.question: verdict.page.details for verdict in kept.verdicts} if kept is not None else {}
        questions = tuple(
            replace(question, page=pages.get(question.id)) for question in report_in(row.graded.report).questions
        )
        others = sum(other.submission == row.submission for other in rows) - 1 if row.submission else 0
        return AppealedWork(row, questions, others)

    def earlier(self, work: AppealedWork, question: str) -> list[EarlierDecision]:
        """What the file decides of points for a question of this submission.

        Raises:
            SpecError: if the file cannot be used, with file:line:column.
        """
        names = {work.row.submission, work.row.graded.name, work.student}
        return [
            EarlierDecision(decision.place, _in_words(decision))
            for decision in (load_overrides(self.file) if self.file.exists() else ())
            if decision.points is not None
            and decision.question == question
            and names & {*map(str, decision.submissions), *map(str, decision.students)}
        ]

    def decide(self, work: AppealedWork, decision: PointsDecision) -> str:
        """Keeps a decision in the file; gives back where it stands and how it takes effect.

        Raises:
            SpecError: if the file or the decision cannot be used; then the file stays as it is.
        """
        place = add_decision(self.file, decision, self._assignment)
        named = ["--overrides", str(self._named)] if self._named is not None else []
        with opened_gradebook(self._results, read_only=True) as book:
            places = (placed.source for placed in book.placed() if placed.row.name == work.row.submission)
            folder = next(places, "FOLDER")
        command = shlex.join(["grader", "grade", folder, "--out", str(self._results), *named])
        return f"kept in {place}; it counts from the next run of grade on, with the same options as before: {command}"


def most_points(question: QuestionResult, line: str) -> Fraction:
    """What a question, or a line of it, is worth."""
    found = next((check.max_points for check in question.checks if check.name == line), None)
    return question.max_points if found is None else found


def _in_words(decision: StaffDecision) -> str:
    about = f" for the line {str(decision.line)!r}" if decision.line is not None else ""
    points = points_in_full(decision.points) if decision.points is not None else ""
    return f"{points} points{about}, {decision.decided_by}"
