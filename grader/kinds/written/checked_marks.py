"""A reader's marks against the assignments that they speak of: a slip of the reader is said, and never ignored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import Problem, SpecError, did_you_mean, listed
from grader.kinds.kind import kind_of
from grader.kinds.written.marks import Mark, Marks, load_marks
from grader.kinds.written.question import WrittenQuestion
from grader.kinds.written.standing import mark_faults
from grader.spec.assignment import Assignment
from grader.spec.course import assignments_in, course_of
from grader.spec.question import Question


def marks_for(assignment: Assignment, named: Path | None) -> Marks:
    """The marks of the file that is named, else of the one that lies beside the assignment; none without a file.

    A file that is named may also speak of the other assignments of the course.

    Raises:
        SpecError: if the file or anything in it cannot be used.
    """
    file = named or assignment.marks_file
    marks = load_marks(file) if file is not None else {}
    try:
        refuse_faulty_marks(marks, [assignment])
    except SpecError:
        others = list(_others_in_course(assignment)) if named is not None else []
        if not others:
            raise
        refuse_faulty_marks(marks, [assignment, *others])
    return marks


def _others_in_course(assignment: Assignment) -> Iterator[Assignment]:
    """The other assignments of a course that can be used."""
    from grader.kinds.table import load_assignment

    course = course_of(assignment.path / "assignment.yaml" if assignment.path.is_dir() else assignment.path)
    if course is None:
        return
    for name in assignments_in(course):
        if name != assignment.id:
            try:
                yield load_assignment(course / "specs" / name)
            except SpecError:
                continue


def refuse_faulty_marks(marks: Marks, assignments: Sequence[Assignment]) -> None:
    """Raises `SpecError` for marks that nobody could get in these assignments: a reader's slip is said, never ignored.

    Those are marks of a question that there is not or that is not written, and points that its rubric does not have.
    Questions that are left out of this run, or that only the course can check, are not looked at.
    """
    questions = [question for assignment in assignments for question in assignment.questions]
    known = {name for assignment in assignments for name in assignment.listed} | {q.id for q in questions}
    problems: list[Problem] = []
    for (_, name), mark in marks.items():
        asked = [question for question in questions if question.id == name]
        if name not in known:
            advice = did_you_mean(name, known) or f" (the questions are {listed(sorted(known))})"
            problems.append(Problem(f"{name!r} is not a question{advice}", mark.place))
        elif asked and not any(assignment.students_copy for assignment in assignments):
            problems += _faults(name, mark, [way for question in asked for way in kind_of(question).ways(question)])
    if problems:
        raise SpecError(*problems)


def _faults(name: str, mark: Mark, ways: Sequence[Question]) -> list[Problem]:
    """What is wrong with a mark of a question that can be answered in these ways."""
    written = [way for way in ways if isinstance(way, WrittenQuestion)]
    if not written:
        kinds = listed(dict.fromkeys(way.kind.name for way in ways), "or")
        message = f"{name!r} is not a written question: its answer is graded as {kinds}, and takes no reader's marks"
        return [Problem(message, mark.place)]
    if mark.rubric and mark.rubric not in {way.rubric_fingerprint for way in written}:
        return []  # given for another rubric than the one there is now: it is flagged where it is used
    faults = [mark_faults(way, name, mark) for way in written]
    return [] if any(not found for found in faults) else faults[0]
