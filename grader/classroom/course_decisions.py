"""What a course says beside its questions, read before a class is graded: deadlines, decisions of people, times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from pathlib import Path

from grader.answers.submission import Submission
from grader.classroom.course_content import OpenCourse
from grader.classroom.decisions import CourseRules
from grader.classroom.entries import Entry
from grader.classroom.graded import Graded
from grader.classroom.groups import StudentGroup
from grader.classroom.membership import Membership
from grader.classroom.platform_times import TimeOfStudent, read_times
from grader.classroom.roster import Roster
from grader.classroom.staff_decision import StaffDecision
from grader.deferred import dataclass
from grader.errors import SpecError, SubmissionError
from grader.spec.assignment import Assignment, overrides_file
from grader.spec.late_policy import LatePolicy


@dataclass(frozen=True)
class CourseDecisions:
    """What holds for a class beside the marks of its submissions.

    `unsure` are assignments with decisions to which perhaps nobody in this class has handed in.
    """

    decisions: tuple[StaffDecision, ...] = ()
    rules: CourseRules = field(default_factory=CourseRules)
    times: tuple[TimeOfStudent, ...] = ()
    unsure: frozenset[str] = frozenset()


NO_DECISIONS = CourseDecisions()


def course_decisions(
    entries: Sequence[Entry], course: OpenCourse, overrides: Path | None, metadata: Path | None
) -> CourseDecisions:
    """What the course says for these submissions: the file of decisions that is named, else those beside its specs.

    Raises:
        SpecError: if the only spec, a deadline or a file cannot be used, or anything decided in it.
    """
    specs = {_name_of(course, path): path for path in course.specs}
    is_sure = len(specs) == 1
    policies = {name: policy for name, path in specs.items() if (policy := _policy(course, path, is_sure))}
    if overrides is not None:
        from grader.classroom.overrides import load_overrides, refuse_overrides

        refuse_overrides(overrides, [path for entry in entries for path in entry.paths])
        decisions = load_overrides(overrides)
        assignments = _assignments(specs if decisions else {}, course, is_sure)
        _refuse_faulty(decisions, assignments, specs)
        unsure = frozenset[str]()
    else:
        decisions, assignments = (), {}
        for name, path in specs.items():
            if (file := overrides_file(path)) is None:
                continue
            from grader.classroom.overrides import load_overrides

            if not (found := load_overrides(file)):
                continue
            own = _assignments({name: path}, course, is_sure)
            _refuse_faulty(found, own, own or {name: path})
            decisions += tuple(replace(decision, assignment=name) for decision in found)
            assignments |= own
        unsure = frozenset() if is_sure else frozenset(assignments)
    rules = CourseRules(policies, assignments)
    return CourseDecisions(decisions, rules, read_times(metadata) if metadata is not None else (), unsure)


def _name_of(course: OpenCourse, path: Path) -> str:
    """The name that reports on a spec have."""
    if (kept := course.kept(path)) is not None:
        return kept.id
    from grader.spec.assignment_files import assignment_name

    return assignment_name(path)


def _policy(course: OpenCourse, path: Path, is_sure: bool) -> LatePolicy | None:
    if (kept := course.kept(path)) is not None:
        return kept.late
    from grader.spec.assignment_files import late_policy_beside

    try:
        return late_policy_beside(path)
    except SpecError:
        if is_sure:
            raise
        return None  # whoever hands in to it is told by the spec as a whole


def _assignments(specs: Mapping[str, Path], course: OpenCourse, is_sure: bool) -> dict[str, Assignment]:
    """The assignments of specs, without those that cannot be used where there are others."""
    found: dict[str, Assignment] = {}
    for name, path in specs.items():
        try:
            found[name] = course.loaded(path)
        except SpecError:
            if is_sure:
                raise
    return found


def _refuse_faulty(
    decisions: Sequence[StaffDecision], assignments: Mapping[str, Assignment], known: Iterable[str]
) -> None:
    """Raises `SpecError` for decisions about questions, lines and points that assignments do not have."""
    from grader.classroom.overrides import faulty_decisions, first_problems

    if problems := list(faulty_decisions(decisions, assignments, known)):
        raise SpecError(*first_problems(problems))


def refuse_unknown(
    entries: Sequence[Entry], roster: Roster | None, groups: Sequence[StudentGroup], course: CourseDecisions
) -> None:
    """Raises `SpecError` for decisions about nobody in the class, or about two who may be meant.

    Not for those that lie beside an assignment to which nobody here has handed in.
    """
    for name in dict.fromkeys(decision.assignment for decision in course.decisions):
        own = [decision for decision in course.decisions if decision.assignment == name]
        problems = Membership(entries, roster, groups, [_ungraded(entry) for entry in entries], own).problems
        if not problems:
            continue
        said = [_said_by(entry) for entry in entries]  # every submission is opened, for who is known by answers alone
        ungraded = [_ungraded(entry, students) for entry, (_, students) in zip(entries, said, strict=True)]
        problems = Membership(entries, roster, groups, ungraded, own).problems
        from grader.classroom.overrides import first_problems

        if problems and (name not in course.unsure or any(assignment == name for assignment, _ in said)):
            raise SpecError(*first_problems(problems))


def _ungraded(entry: Entry, students: tuple[str, ...] = ()) -> Graded:
    """What stands for the row of an entry that is not graded yet."""
    return Graded(entry.name, "", {}, None, Fraction(0), "missing", (), students=students)


def _said_by(entry: Entry) -> tuple[str, tuple[str, ...]]:
    """The assignment and the students that a submission names; nothing where it cannot be read."""
    try:
        parts = [(part.name, part.path) for part in entry.parts]
        handed_in = Submission(entry.path, entry.name, parts) if parts else Submission(entry.path, entry.name)
        return handed_in.assignment or "", handed_in.students
    except (SubmissionError, OSError):
        return "", ()
