"""One entry of a folder, graded against its own assignment; whatever is wrong with it stays its own trouble.

The work on it is a pure function of bytes (`Work` to `Graded`), whichever process does it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.answers.content import FilesContent, PlainContent, of_plain_content
from grader.answers.submission import Submission
from grader.classroom.class_files import NOTHING_READ, ClassFiles
from grader.classroom.content import EntryContent, content_of
from grader.classroom.course_content import NO_MARKS, CourseContent, OpenCourse, open_course
from grader.classroom.entries import Entry
from grader.classroom.graded import Graded
from grader.classroom.kept_row import PackedResult, packed_result
from grader.classroom.reported_row import held_row, held_without_questions, summary
from grader.classroom.result_names import PAGE_HEAD_BYTES
from grader.classroom.shared_verdicts import SharedVerdict, SubmissionVerdicts, shared_verdicts
from grader.classroom.student_page import digest_in, student_page
from grader.classroom.verdicts import EarlierVerdicts, KeptVerdict
from grader.deferred import dataclass, replace
from grader.errors import SpecError, SubmissionError, listed, reason_of
from grader.fingerprint import fingerprint, grader_fingerprint
from grader.grading import grade
from grader.kinds.fingerprint import SpecFingerprints, spec_fingerprints
from grader.kinds.open_submission import Details, Resources
from grader.kinds.variants.own import drawn_variants
from grader.kinds.written.marks import mark_facts, marks_of
from grader.spec.assignment import Assignment
from grader.spec.course import WhichAssignmentError
from grader.verdict import Report

if TYPE_CHECKING:
    from grader.kinds.written.marks import Marks
    from grader.sandbox import Requirement


@dataclass(frozen=True)
class EarlierRow:
    """What an earlier run has kept of an entry, and the names of the questions that are to be graded now (None: all).

    Of the others everything is used again as it is, and those of which nothing is kept are left out.
    """

    verdicts: tuple[KeptVerdict, ...] = ()
    only: frozenset[str] | None = None

    def only_of(self, assignment: Assignment) -> frozenset[str] | None:
        """The questions of an assignment that are to be graded now; None where it has none of those that are named."""
        found = frozenset(assignment.named(self.only or ()))
        return found if found or self.verdicts else None

    def asked(self, assignment: Assignment) -> Assignment:
        """The assignment with the questions that the row is about."""
        only = self.only_of(assignment) if self.only is not None else None
        if only is None:
            return assignment
        names = only | {kept.question for kept in self.verdicts}
        return replace(assignment, questions=tuple(q for q in assignment.questions if q.id in names))


NOTHING_EARLIER = EarlierRow()


@dataclass(frozen=True)
class RunSettings:
    """What the work on all submissions of a run has in common. `spec` is what was asked for, as it was written.

    `pages`: each submission gets its page.
    """

    course: CourseContent
    spec: str | None = None
    require_sandbox: Requirement = "strict"
    pages: bool = False

    @cached_property
    def digest(self) -> str:
        """A SHA-256 digest over all of it."""
        said = (self.course.digest, self.spec, self.require_sandbox, self.pages)
        return hashlib.sha256(repr(said).encode()).hexdigest()


NO_SETTINGS = RunSettings(CourseContent(()))
"""In place of settings that are sent beside the work."""


@dataclass(frozen=True, slots=True)  # a class has many
class Task:
    """An entry that is to be graded; what it holds is read when its turn comes, and `files` are told of it."""

    entry: Entry
    settings: RunSettings
    earlier: Callable[[], EarlierRow] = EarlierRow
    files: ClassFiles = NOTHING_READ

    def read(self) -> Work:
        """The entry as bytes, with what `earlier` reads of it."""
        content = content_of(self.entry)
        self.files.note(content)
        return work_on(content, self.settings, self.earlier())


@dataclass(frozen=True)
class Work:
    """All that the report of one submission rests on, as plain data: with the settings, in any process, the same bytes.

    `file_name` is that of its folder or file; `has_parts`: a platform put its files together. `shared` and `notes` are
    as in `EntryContent` and `Entry`; `content` is a digest of all of it. `told`: verdicts on answers of others, which
    spare the process that grades this from judging them again. `student` is whose variants of questions it meets.
    """

    name: str
    file_name: str
    has_parts: bool
    notes: tuple[str, ...]
    files: FilesContent
    shared: tuple[str, ...]
    settings: RunSettings
    content: bytes = b""
    earlier: EarlierRow = NOTHING_EARLIER
    told: tuple[SharedVerdict, ...] = ()
    student: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent as one tuple in which there are no objects of classes but where something is special about it."""
        settings = self.settings if self.settings is not NO_SETTINGS else None
        earlier = self.earlier if self.earlier != NOTHING_EARLIER else None
        about = (self.name, self.file_name, self.has_parts, self.notes)
        others = (self.shared, self.content, self.told, self.student)
        return _work_of, (about, self.files.plain or self.files, settings, earlier, *others)

    @property
    def byte_count(self) -> int:
        """How many bytes its files hold."""
        return sum(len(file.data or b"") for file in self.files.files)

    @property
    def likeness(self) -> tuple[str, ...]:
        """The digests of its files: where they are the same, so are the answers."""
        return tuple([file.sha256 for file in self.files.files])


def _work_of(
    about: tuple[str, str, bool, tuple[str, ...]],
    files: FilesContent | PlainContent,
    settings: RunSettings | None,
    earlier: EarlierRow | None,
    *others: Any,
) -> Work:
    """The work that was sent as these values; None in place of what nothing is special about."""
    read = files if isinstance(files, FilesContent) else of_plain_content(*files)
    shared, content, told, student = others
    of_run = (settings or NO_SETTINGS, content, earlier or NOTHING_EARLIER)
    return Work(*about, read, shared, *of_run, told, student)


def work_on(content: EntryContent, settings: RunSettings, earlier: EarlierRow | None = None) -> Work:
    """The work on an entry that was read; no path of this machine is in it.

    What is no submission at all is graded as one of which nothing can be read.
    """
    entry, files = content.entry, content.files
    if content.refusal:
        files = replace(files, problems=content.refusal)
    return Work(
        entry.name,
        entry.file_name,
        bool(entry.parts),
        entry.notes,
        files,
        content.shared,
        settings,
        content.digest,
        earlier or NOTHING_EARLIER,
        student=entry.student or entry.name,
    )


def grade_work(work: Work, run: Resources) -> Graded:
    """Grades one submission; `run` has the course and the sandbox that it shares with others.

    Grading, the report and the row are inside one fence: a fault in any of them holds one question, or this entry.

    Raises:
        SpecError: only if the spec that was asked for, or the only one that there is, cannot be used. Of several, one
            that cannot be used holds those who name it.
    """
    try:
        row = _graded(work, run)
        return _with_page(row) if work.settings.pages else row
    except SpecError as error:
        if work.settings.spec is not None or len(open_course(work.settings.course, run).specs) == 1:
            raise
        return held_without_questions(work.name, "", str(error))
    except Exception as error:  # ours, so it is neither this submission's zero nor the end of the others
        return held_without_questions(work.name, work.settings.course.only_name, reason_of(error))


def _with_page(row: Graded) -> Graded:
    """The row with its page; without, where it cannot be made: who writes it tries again, and says why."""
    try:
        page = student_page(row.report, row.verdicts)
        return replace(row, page=page, page_digest=digest_in(page[:PAGE_HEAD_BYTES].encode()))
    except Exception:
        return row


def _graded(work: Work, run: Resources) -> Graded:
    """The row of an entry; one that cannot be used has no questions. What the platform says stands in the report."""
    settings, students, fault = work.settings, tuple[str, ...](), ""
    shared_verdicts(run).take(work.told)
    course, earlier = open_course(settings.course, run), work.earlier
    verdicts: SubmissionVerdicts | None = None
    specs: SpecFingerprints | None = None
    marks: Marks = {}
    try:
        parts = [("", Path())] if work.has_parts else []
        submission = Submission(Path(work.file_name), work.name, parts, work.files, work.shared)
        try:
            students = submission.students
        except SubmissionError as error:  # which costs no marks
            fault = str(error)
        assignment = _assignment(course, submission)
        drawn = drawn_variants(assignment, work.student)
        marks, specs = course.marks_of(assignment), spec_fingerprints(assignment, run, drawn)
        asked = earlier.asked(assignment)
        is_whole = work.files.has_all and len(asked.questions) == len(assignment.questions)
        only = earlier.only_of(assignment) if earlier.only is not None else None
        content = work.content.hex() if is_whole else ""
        kept = EarlierVerdicts(specs, content, marks, settings.require_sandbox, earlier.verdicts, only)
        verdicts = SubmissionVerdicts(kept, shared_verdicts(run), specs)
        details = Details(page=settings.pages, other_variants=True)
        report = grade(submission, asked, settings.require_sandbox, marks, run, details, verdicts, work.student)
    except SubmissionError as error:
        report = Report(settings.course.only_name, work.name, (), tuple(map(str, error.problems)))
    spec = verdicts.earlier.spec if verdicts is not None else ""
    report = replace(report, messages=(*report.messages, *work.notes), spec=spec, grader=grader_fingerprint())
    is_current = work.files.has_all and (verdicts is None or verdicts.earlier.are_current)
    key = row_key(settings, course, work.content, work.name, specs, work.student) if is_current else b""
    spec_name = specs.assignment.path.name if specs is not None else ""
    read = {"students": students, "students_fault": fault, "content": work.content}
    return summary(report, verdicts, key, spec_name=spec_name, **read)


def row_key(
    settings: RunSettings,
    course: OpenCourse,
    content: bytes,
    name: str,
    specs: SpecFingerprints | None,
    student: str = "",
) -> bytes:
    """A digest of all that the row of a submission and its report rest on; `specs` None: no assignment.

    So an unchanged submission need not be opened. `student` is whose variants it meets, where there are some.
    """
    names = course.spec_names if settings.course.spec is None else ()
    marks = course.marks_of(specs.assignment) if specs is not None else NO_MARKS
    read = [[question, mark_facts(mark)] for question, mark in marks_of(marks, name)] if marks else []
    whole = specs.whole if specs is not None else None
    of_all = _key_of_all(settings.spec, names, settings.require_sandbox, grader_fingerprint(), whole)
    whose = [student or name] if specs is not None and specs.drawn else []
    said = fingerprint([read, whose]) if read or whose else ""
    return hashlib.sha256(f"{of_all} {content.hex()} {said}".encode()).digest()


@lru_cache(maxsize=64)
def _key_of_all(
    spec: str | None, names: tuple[str, ...], sandbox: Requirement, grader: str, questions: str | None
) -> str:
    """What the keys of all rows of a run and an assignment have in common."""
    return fingerprint([spec, names, sandbox, grader, questions])


def packed_work(work: Work, run: Resources) -> PackedResult:
    """Grades one submission, and packs what comes of it: that is small to be sent, and kept as it is.

    Raises:
        SpecError: as `grade_work` raises it.
    """
    row = grade_work(work, run)
    try:
        return packed_result(row)
    except Exception as error:  # in the same fence as grading
        return packed_result(held_row(row, reason_of(error)))


def held(task: Task, reason: str) -> Graded:
    """An entry that the grader could not grade: it has no marks, and neither has it lost any."""
    return held_without_questions(task.entry.name, task.settings.course.only_name, reason)


def _assignment(course: OpenCourse, submission: Submission) -> Assignment:
    try:
        return course.assignment(submission.assignment)
    except WhichAssignmentError as error:
        if not error.names:
            raise
        advice = f"write `assignment: {error.names[0]}` in its answers.yaml ({listed(error.names, 'or')})"
        raise SubmissionError(*submission.every_problem, f"names no assignment: {advice}") from None
