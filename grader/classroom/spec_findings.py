"""What `grader spec check` says of what lies beside the questions: the folder, the deadline, what people decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from fractions import Fraction

from grader.classroom.lateness import days_in_words, shown_time
from grader.classroom.overrides import faulty_decisions, load_overrides
from grader.errors import SpecError
from grader.kinds.finding import Finding
from grader.reports.sentences import counted
from grader.spec.assignment import Assignment, overrides_file
from grader.spec.assignment_files import read_spec, unlisted_questions
from grader.spec.course import ASSIGNMENT_FILE, SPECS_FOLDER
from grader.spec.late_policy import LatePolicy
from grader.spec.places import find
from grader.verdict import points_in_words


def findings_beside(assignment: Assignment) -> Iterator[Finding]:
    """Names and files of the folder; when it is due and what lateness costs; decisions about what it does not have."""
    if assignment.path.is_dir():
        yield from _of_the_folder(assignment)
    if assignment.late is not None:
        yield Finding(assignment.id, "ok", _policy_in_words(assignment.late))
        yield from _hard_penalties(assignment, assignment.late)
    file = overrides_file(assignment.path)
    if file is None:
        return
    try:
        decisions = load_overrides(file)
        problems = list(faulty_decisions(decisions, {assignment.id: assignment}, ()))
    except SpecError as error:
        decisions, problems = (), list(error.problems)
    for problem in problems:
        yield Finding(assignment.id, "fail", problem.message, place=problem.place)
    if not problems:
        what = f"{file.name} has {counted(len(decisions), 'decision')}"
        yield Finding(assignment.id, "ok", f"{what}; whether its students are in the class is seen by grade")


def _of_the_folder(assignment: Assignment) -> Iterator[Finding]:
    """A name by which students cannot name it, since in a course they name the folder; questions that it leaves out."""
    folder = assignment.path.absolute()
    root, _ = read_spec(folder / ASSIGNMENT_FILE)
    if root is not None and folder.parent.name == SPECS_FOLDER and folder.name != assignment.id:
        _, name = find(root, ("assignment",))
        said = f"it is called {assignment.id!r} here, and its folder {folder.name!r}, so `assignment: {assignment.id}`"
        said += " of a submission names none: call both alike"
        yield Finding(assignment.id, "fail", said, place=None if name is None else name.place)
    for problem in unlisted_questions(folder):
        yield Finding(assignment.id, "warn", problem.message, place=problem.place)


def _policy_in_words(policy: LatePolicy) -> str:
    parts = [f"due {shown_time(policy.deadline)}"]
    grace_ends = (policy.deadline.astimezone(UTC) + policy.grace).astimezone(policy.zone)
    parts += [f"in time until {shown_time(grace_ends)}"] if policy.grace else []
    if policy.per_day is None:
        return ", ".join([*parts, "no points are taken for lateness"])
    parts.append(f"{policy.per_day} for each day begun after the deadline")
    parts += [f"at most {policy.cap}"] if policy.cap else []
    parts += [f"without {days_in_words(policy.late_days)} of the budget"] if policy.late_days else []
    return ", ".join(parts)


def _hard_penalties(assignment: Assignment, policy: LatePolicy) -> Iterator[Finding]:
    """Penalties that take everything or next to nothing, or a cap that is met at once."""
    if policy.per_day is None:
        return
    whole = assignment.points
    a_day = policy.per_day.points(whole, whole)
    most = policy.cap.points(whole, whole) if policy.cap else None
    if a_day >= whole and (most is None or most >= whole):
        worth = points_in_words(whole)
        yield Finding(assignment.id, "warn", f"one day late takes all of the {worth} points: penalty_per_day is meant?")
    elif policy.per_day.unit == "points" and 0 < a_day < min(Fraction(1), whole / 100):
        share = points_in_words(100 * policy.per_day.amount)
        said = f"one day late takes {policy.per_day} of {points_in_words(whole)}: {share}% a day is meant?"
        yield Finding(assignment.id, "warn", said)
    elif most is not None and most < a_day:
        yield Finding(assignment.id, "warn", "late.cap is less than the penalty of one day, so one day costs the cap")
