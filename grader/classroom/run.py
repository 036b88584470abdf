"""A run: the submissions of a folder are graded one by one, and recorders keep or show each result."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from grader.classroom.course_content import OpenCourse
from grader.classroom.entries import Entry
from grader.classroom.executors import Executor
from grader.classroom.graded import Graded
from grader.classroom.kept_row import PackedResult
from grader.classroom.reported_row import held_row
from grader.classroom.work import Task
from grader.errors import GraderError, Problem, SpecError, did_you_mean, listed, reason_of
from grader.kinds.written.marks import refuse_marks
from grader.reports.sentences import counted
from grader.spec.assignment import Assignment, marks_file

MAX_ROWS_TOGETHER = 64
"""How many rows are kept at once at most."""

MAX_UNKEPT_S = 0.25
"""Seconds after which the rows that were graded meanwhile are recorded: what ends the process loses no more work."""


class Recorder(Protocol):
    """Keeps or shows the results of a run: a folder of results, a progress bar, a gradebook.

    Whatever `record` raises holds that one submission; what `start` and `finish` raise ends the run.
    """

    def start(self, submissions: Sequence[str]) -> None:
        """Called once before the first submission is graded, with the names of all, in the order of their results."""

    def record(self, graded: Graded) -> None:
        """Called for each submission, as soon as all before it are recorded; once more if it has to be held after all.

        Raises:
            Exception: if the result cannot be kept.
        """

    def finish(self, rows: Sequence[Graded] | None) -> None:
        """Called once at the end with all rows as they are recorded; with None if the run was interrupted or failed."""


def grade_class(
    names: Sequence[str],
    tasks: Iterable[Task],
    executor: Executor,
    recorders: Sequence[Recorder],
    known: Mapping[str, Graded] | None = None,
    recorded: Callable[[Graded], Graded] = lambda row: row,
    keep_together: Callable[[Sequence[Graded]], None] = lambda rows: None,
) -> list[Graded]:
    """Grades every submission and hands each result to all recorders; the results are in the order of `names`.

    `tasks` are those of the submissions that have to be graded, in this order; none of them is held once it is done, as
    a class has many. `known` has the rows of the others, by name. `recorded` gives what is held of a row when
    all recorders have it. `keep_together` gets rows right before each of them is recorded.

    Raises:
        SpecError: if the spec that was asked for cannot be used.
        GraderError: if a recorder cannot start, or cannot write what it writes at the end.
    """
    rows = known or {}
    done: list[Graded] = []
    with ExitStack() as stack:
        graded = executor.run(tasks)
        stack.enter_context(closing(graded))
        for recorder in recorders:  # later: one may start a thread, and no process that has some is forked
            stack.enter_context(_started(recorder, names, done))
        waiting = _WaitingRows(recorders, done, recorded, keep_together)
        stack.callback(waiting.record)  # also when the run breaks off, before the recorders hear of that
        for name in names:
            result = rows[name] if name in rows else next(graded)
            waiting.add(result.row(name) if isinstance(result, PackedResult) else result)
    return done


class _WaitingRows:
    """Rows that are recorded together, so that they are kept in one transaction: so many, or those of a short time."""

    def __init__(
        self,
        recorders: Sequence[Recorder],
        done: list[Graded],
        recorded: Callable[[Graded], Graded],
        keep_together: Callable[[Sequence[Graded]], None],
    ) -> None:
        """`done` gets the rows when they are recorded, as `recorded` gives them."""
        self._recorders = recorders
        self._done = done
        self._recorded = recorded
        self._keep_together = keep_together
        self._rows: deque[Graded] = deque()
        self._since = time.monotonic()

    def add(self, row: Graded) -> None:
        """Adds the next row."""
        self._rows.append(row)
        waited = time.monotonic() - self._since  # it enters no result, whichever rows are kept at once
        if len(self._rows) >= MAX_ROWS_TOGETHER or waited >= MAX_UNKEPT_S:
            self.record()

    def record(self) -> None:
        """Records all that wait; where Ctrl-C comes in between, the next call goes on."""
        if self._rows:
            self._keep_together(self._rows)
        while self._rows:
            self._done.append(self._recorded(_recorded(self._rows[0], self._recorders)))
            self._rows.popleft()
        self._since = time.monotonic()


def _recorded(row: Graded, recorders: Sequence[Recorder]) -> Graded:
    """The row as it is kept: one that some recorder cannot keep is held, and all that have it get it again."""
    for i, recorder in enumerate(recorders):
        try:
            recorder.record(row)
        except Exception as error:  # keeping a result is inside the same fence as grading: the run goes on
            row = held_row(row, str(error) if isinstance(error, GraderError) else reason_of(error))
            for informed in recorders[: i + 1]:
                with suppress(Exception):  # it is held all the same
                    informed.record(row)
    return row


@contextmanager
def _started(recorder: Recorder, submissions: Sequence[str], done: Sequence[Graded]) -> Iterator[None]:
    """Starts a recorder and finishes it, whatever happens in between, with the rows that are `done` by then."""
    recorder.start(submissions)
    complete = False
    try:
        yield
        complete = True
    finally:
        recorder.finish(done if complete else None)


def unknown_names(entries: Sequence[Entry], course: OpenCourse, marks: Path | None) -> Iterator[str]:
    """Names in a reader's marks that no submission has, a sentence each: in the file named, else in the course's own.

    `marks` is where the file that was named lies.

    Raises:
        SpecError: if the spec that was asked for, or a file of marks or anything in it, cannot be used.
    """
    refuse_marks(marks, (path for entry in entries for path in entry.paths))
    there = {entry.name for entry in entries}
    for file, assignments in _files_of_marks(course):
        if assignments and not course.has_checked(file):
            from grader.kinds.written.checked_marks import refuse_faulty_marks

            refuse_faulty_marks(course.marks_in(file), assignments)
        first = {name: mark.submission for (name, _), mark in reversed(tuple(course.marks_in(file).items()))}
        for name in dict.fromkeys(name for name, _ in course.marks_in(file)):
            if name not in there:
                yield str(Problem(f"there is no submission {name!r}{did_you_mean(name, there)}", first[name]))


def said_of_wrong_course(rows: Sequence[Graded], course: OpenCourse) -> str:
    """What is said where none of several submissions is for an assignment of the course; "" else.

    One student may misspell an assignment, but where all of them name another, the course is most likely not theirs.
    """
    if len(rows) < 2 or any(row.status != "rejected" or row.assignment for row in rows):
        return ""
    known, found = listed(course.spec_names), counted(len(rows), "submission")
    wrong = f"none of {found} is for an assignment of this course, which has {known}, so all are rejected"
    return f"{wrong}: if it is the wrong course, name theirs with --course, and grade again"


def _files_of_marks(course: OpenCourse) -> Iterator[tuple[Path, list[Assignment]]]:
    """Each file of marks with the assignments that it may speak of; none of them where one cannot be used.

    Raises:
        SpecError: if the only assignment cannot be used.
    """
    every: list[Assignment] = []
    named, specs = course.named_marks, course.specs
    for spec in specs:
        file, found = marks_file(spec), list[Assignment]()
        if named is not None or file is not None or len(specs) == 1:
            try:
                found = [course.outlined(spec)]
            except SpecError:
                if len(specs) == 1:
                    raise
        every += found
        if named is None and file is not None:
            yield file, found
    if named is not None:
        yield named, every if len(every) == len(specs) else []
