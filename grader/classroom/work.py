"""One entry of a folder, graded against its own assignment; whatever is wrong with it stays its own trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from grader.answers.submission import Submission
from grader.classroom.entries import Entry
from grader.errors import SubmissionError
from grader.grading import grade
from grader.reports import json
from grader.spec.assignment import Assignment, load_assignment
from grader.spec.course import find_named_spec, find_spec
from grader.verdict import QuestionStatus, Report


@dataclass(frozen=True)
class Graded:
    """What is kept of a graded entry: a row of the table, and its report as JSON."""

    name: str
    assignment: str
    marks: Mapping[str, Fraction | None]
    """Points by question; None where the question is held."""
    total: Fraction
    max_points: Fraction
    status: QuestionStatus
    messages: tuple[str, ...]
    report: str


@dataclass(frozen=True)
class Task:
    """An entry, the spec that was asked for (None: its own), and from where specs are looked for."""

    entry: Entry
    spec: str | None
    starts: tuple[Path, ...]


@cache
def assignment_for(spec: str | None, starts: tuple[Path, ...]) -> Assignment:
    """The assignment, loaded once a process."""
    return load_assignment(find_spec(spec, *starts))


def work(task: Task) -> Graded:
    """Grades one entry.

    Raises:
        SpecError: only if the spec that was asked for cannot be used.
    """
    entry = task.entry
    try:
        if entry.path.is_symlink():
            raise SubmissionError("is a symbolic link: hand in the folder or file itself")
        if not entry.path.is_dir() and not entry.path.is_file():
            raise SubmissionError("is neither a folder nor a plain file")
        submission = Submission(entry.path, entry.name)
        report = grade(submission, _assignment(task, submission))
    except SubmissionError as error:
        report = Report(task.spec or "", entry.name, (), tuple(map(str, error.problems)))
    return summary(report)


def _assignment(task: Task, submission: Submission) -> Assignment:
    named = submission.assignment
    if task.spec is not None or named is None:
        return assignment_for(task.spec, task.starts)
    return assignment_for(str(find_named_spec(named, *task.starts)), task.starts)


def summary(report: Report) -> Graded:
    """The row and the JSON of a report."""
    troubled = [q for q in report.questions if q.status in ("held", "rejected")]
    told = [f"{q.id}: {message}" for q in troubled for message in q.messages if message not in report.messages]
    return Graded(
        name=report.submission,
        assignment=report.assignment,
        marks={q.id: None if q.status == "held" else q.points for q in report.questions},
        total=report.points,
        max_points=report.max_points,
        status=report.status,
        messages=(*report.messages, *told),
        report=json.render(report),
    )
