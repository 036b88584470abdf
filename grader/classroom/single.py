"""What people decided, for one submission alone, as `grader check` shows it.

Who handed in is known by the name of the submission only, so decisions count that name it, and others are of somebody
else. No points are taken for lateness: a class is graded with the times of its platform, and where a platform grades
one submission, it knows the time better and may take points itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.classroom.decisions import decided_report
from grader.classroom.overrides import (
    StaffDecision,
    faulty_decisions,
    first_problems,
    load_overrides,
    refuse_overrides,
)
from grader.classroom.people import id_key
from grader.errors import SpecError
from grader.spec.assignment import Assignment, overrides_file
from grader.verdict import Report


def decisions_for(submission: Path, assignment: Assignment, named: Path | None) -> tuple[StaffDecision, ...]:
    """The decisions of the file that is named, else of the one beside the assignment; none without a file.

    Raises:
        SpecError: if the file or anything in it cannot be used, or it lies in the submission.
    """
    refuse_overrides(named, [submission])
    file = named or overrides_file(assignment.path)
    decisions = load_overrides(file) if file is not None else ()
    others = {decision.assignment for decision in decisions} if named is not None else set[str]()
    if problems := list(faulty_decisions(decisions, {assignment.id: assignment}, others)):
        raise SpecError(*first_problems(problems))
    return decisions


def decided_alone(report: Report, assignment: Assignment, decisions: Sequence[StaffDecision]) -> Report:
    """The report with the points and excuses that were decided of a submission of that name."""
    name = id_key(report.submission)
    own = [
        decision
        for decision in decisions
        if decision.assignment in ("", assignment.id)
        and any(id_key(one) == name for one in (*decision.students, *decision.submissions))
    ]
    decided, _, unused = decided_report(report, sorted(own, key=lambda one: not one.students))
    return replace(decided, messages=(*decided.messages, *unused))
