"""One entry of a folder, graded against its own assignment; whatever is wrong with it stays its own trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answers.submission import Submission
from grader.classroom.content import refusals
from grader.classroom.entries import Entry
from grader.errors import SpecError, SubmissionError, listed, reason_of
from grader.evidence import Counterexample
from grader.grading import grade
from grader.kinds.open_submission import Resources
from grader.kinds.table import load_assignment
from grader.reports import json
from grader.reports.fence import rendered
from grader.reports.formats import FORMATS
from grader.reports.sentences import complaints
from grader.spec.assignment import Assignment
from grader.spec.course import CourseSearch, WhichAssignmentError
from grader.verdict import HELD_BECAUSE, QuestionResult, QuestionStatus, Report

if TYPE_CHECKING:
    from grader.kinds.written.marks import Marks
    from grader.sandbox import Requirement


@dataclass(frozen=True)
class WrongBehaviour:
    """What a wrong network does, by a fingerprint that those share which behave alike, and an input that shows it."""

    fingerprint: str
    input: str


@dataclass(frozen=True)
class Graded:
    """What is kept of a graded entry: a row of the table, and its report as JSON."""

    name: str
    assignment: str
    marks: Mapping[str, Fraction | None]
    """Points by question; None where the question is held."""
    total: Fraction | None
    """None where anything is held: a sum without it would be a mark."""
    max_points: Fraction
    status: QuestionStatus
    messages: tuple[str, ...]
    report: str
    pending_points: Fraction = Fraction(0)
    """Points that wait for a reader."""
    students: tuple[str, ...] = ()
    """Whom the answers name as handing in together, as they write it."""
    students_fault: str = ""
    """Why nobody is named, where the answers try to."""
    evidence: str = ""
    """The weakest evidence that points rest on; empty where no points rest on any."""
    unproved: frozenset[str] = frozenset()
    """The questions with points that rest on passes that are not proved."""
    wrong_behaviours: Mapping[str, WrongBehaviour] = field(default_factory=dict)
    """By question: what a wrong network does, where that is known."""


@dataclass(frozen=True)
class Task:
    """An entry, the spec that was asked for (None: its own), where specs are looked for, and the marks that are named.

    `marks` None: those that lie in the course.
    """

    entry: Entry
    spec: str | None
    search: CourseSearch
    require_sandbox: Requirement = "strict"
    marks: Path | None = None


@cache
def marks_of(path: Path | None) -> Marks:
    """A reader's marks, read once a process."""
    from grader.kinds.written.marks import load_marks

    return load_marks(path) if path else {}


@cache
def assignment_for(search: CourseSearch, spec: str | None, submission_names: str | None = None) -> Assignment:
    """The assignment of the spec that is asked for, else of the one a submission names; loaded once a process."""
    return _loaded(search.spec(spec, submission_names))


@cache
def _loaded(path: Path) -> Assignment:
    """The assignment at a path, loaded once a process however it was asked for."""
    return load_assignment(path)


def work(task: Task, run: Resources) -> Graded:
    """Grades one entry; `run` has the sandbox that it shares with others.

    Grading, the report and the row are inside one fence: a fault in any of them holds one question, or this entry.

    Raises:
        SpecError: only if the spec that was asked for, or the only one that there is, cannot be used. Of several, one
            that cannot be used holds those who name it.
    """
    try:
        return _graded(task, run)
    except SpecError as error:
        if task.spec is not None or len(task.search.assignments()) == 1:
            raise
        return held(task, str(error))
    except Exception as error:  # ours, so it is neither this submission's zero nor the end of the others
        return held(task, reason_of(error))


def _graded(task: Task, run: Resources) -> Graded:
    """The row of an entry; one that cannot be used has no questions. What the platform says stands in the report."""
    entry, students = task.entry, tuple[str, ...]()
    fault = ""
    try:
        for problem in refusals(entry):
            raise SubmissionError(problem)
        submission = _opened(entry)
        try:
            students = submission.students
        except SubmissionError as error:  # which costs no marks
            fault = str(error)
        assignment = _assignment(task, submission)
        marks = marks_of(task.marks or assignment.marks_file)
        report = grade(submission, assignment, task.require_sandbox, marks, run)
    except SubmissionError as error:
        report = Report(task.spec or "", entry.name, (), tuple(map(str, error.problems)))
    report = replace(report, messages=(*report.messages, *entry.notes))
    return replace(summary(report), students=students, students_fault=fault)


def _opened(entry: Entry) -> Submission:
    """The submission of an entry, wherever a platform has put its files."""
    if not entry.parts:
        return Submission(entry.path, entry.name)
    return Submission(entry.path, entry.name, [(part.name, part.path) for part in entry.parts])


def held(task: Task, reason: str) -> Graded:
    """An entry that the grader could not grade: it has no marks, and neither has it lost any."""
    return _held_row(task.entry.name, task.spec or "", reason)


def held_row(row: Graded, reason: str) -> Graded:
    """The row of an entry that was graded, but whose marks could not be kept: its questions are there without marks."""
    kept = _held_row(row.name, row.assignment, reason)
    return replace(kept, marks=dict.fromkeys(row.marks), max_points=row.max_points)


def _held_row(name: str, assignment: str, reason: str) -> Graded:
    """A row from as little as can be, since anything else may be what failed."""
    message = f"{HELD_BECAUSE}: {reason}"
    report = json.render(Report(assignment, name, (), (message,)))
    return Graded(name, assignment, {}, None, Fraction(0), "held", (message,), report)


def _assignment(task: Task, submission: Submission) -> Assignment:
    try:
        return assignment_for(task.search, task.spec, submission.assignment if task.spec is None else None)
    except WhichAssignmentError as error:
        if not error.names:
            raise
        advice = f"write `assignment: {error.names[0]}` in its answers.yaml ({listed(error.names, 'or')})"
        raise SubmissionError(*submission.every_problem, f"names no assignment: {advice}") from None


def summary(report: Report) -> Graded:
    """The row and the JSON of a report; a question that cannot be written is held."""
    written = rendered(report, [FORMATS["json"]])
    report = written.report
    return Graded(
        name=report.submission,
        assignment=report.assignment,
        marks={q.id: None if q.status == "held" else q.points for q in report.questions},
        total=None if report.status == "held" else report.points,
        max_points=report.max_points,
        status=report.status,
        messages=tuple(complaints(report)),
        report=written.texts[0],
        pending_points=report.pending_points,
        evidence=report.weakest_evidence or "",
        unproved=frozenset(question.id for question in report.questions if question.is_unproved),
        wrong_behaviours={q.id: WrongBehaviour(q.fingerprint, _wrong_on(q)) for q in report.questions if q.fingerprint},
    )


def _wrong_on(question: QuestionResult) -> str:
    """The input of the first counterexample."""
    evidence = (check.evidence for check in question.checks)
    return next((found.input for found in evidence if isinstance(found, Counterexample)), "")
