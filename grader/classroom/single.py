"""What people decided, for one submission alone, as `grader check` shows it.

Who handed in is known by the name of the submission only, so decisions count that name it, and others are of somebody
else. No points are taken for lateness: a class is graded with the times of its platform, and where a platform grades
one submission, it knows the time better and may take points itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import SpecError
from grader.spec.assignment import Assignment, overrides_file
from grader.spec.late_policy import LatePolicy
from grader.verdict import Report

if TYPE_CHECKING:
    from grader.classroom.staff_decision import StaffDecision


def decisions_for(submission: Path, assignment: Assignment, named: Path | None) -> tuple[StaffDecision, ...]:
    """The decisions of the file that is named, else of the one beside the assignment; none without a file.

    Raises:
        SpecError: if the file or anything in it cannot be used, or it lies in the submission.
    """
    file = named or overrides_file(assignment.path)
    if file is None:
        return ()
    from grader.classroom.overrides import faulty_decisions, first_problems, load_overrides, refuse_overrides

    refuse_overrides(named, [submission])
    decisions = load_overrides(file)
    others = {decision.assignment for decision in decisions} if named is not None else set[str]()
    if problems := list(faulty_decisions(decisions, {assignment.id: assignment}, others)):
        raise SpecError(*first_problems(problems))
    return decisions


def decided_alone(
    report: Report, assignment: Assignment, decisions: Sequence[StaffDecision], metadata: Path | None = None
) -> Report:
    """The report with the points and excuses that were decided of a submission of that name.

    Where Gradescope's metadata say when it was handed in (in that file, or in its usual place), lateness is said.
    """
    if not decisions and assignment.late is None:
        return report
    from grader.classroom.decisions import RowFacts, decided_report
    from grader.reports.gradescope_metadata import METADATA_FILE
    from grader.spec.student_ids import id_key

    name = id_key(report.submission)
    own = [
        decision
        for decision in decisions
        if decision.assignment in ("", assignment.id)
        and any(id_key(one) == name for one in (*decision.students, *decision.submissions))
    ]
    own.sort(key=lambda one: not one.students)
    decided, _, unused = decided_report(report, RowFacts(tuple(own)).counted)
    late = _said_of_time(assignment.late, own, metadata or METADATA_FILE) if assignment.late else ()
    return replace(decided, messages=(*late, *decided.messages, *unused))


def _said_of_time(policy: LatePolicy, decisions: Sequence[StaffDecision], metadata: Path) -> tuple[str, ...]:
    """How late a submission is, where a file of metadata says when it was handed in, and not when it is due.

    A platform with a deadline of its own tells the student itself.
    """
    from grader.classroom.decisions import late_terms
    from grader.classroom.lateness import days_in_words, days_late, shown_time
    from grader.reports.gradescope_metadata import Metadata, read_metadata

    known = read_metadata(metadata) if metadata.is_file() else Metadata()
    handed_in = known.created_at if known.due_date is None else None
    terms = late_terms(policy, decisions)
    deadline = terms.deadline or policy.deadline
    days = days_late(deadline, policy.grace, handed_in) if handed_in is not None else 0
    if handed_in is None or not days:
        return ()
    at, due = shown_time(handed_in.astimezone(policy.zone)), shown_time(deadline)
    return (f"handed in {at}, due {due}: {days_in_words(days)} late; no points are taken for that here",)
