"""What submissions are graded against, as bytes: specs, references and a reader's marks; and the same, opened.

Everything is read once, when a run begins, so that a spec which changes later changes nothing of this run, and a worker
needs the installed package alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from grader.classroom.private_folder import PrivateFolder
from grader.deferred import dataclass
from grader.errors import SpecError
from grader.spec.course import ASSIGNMENT_FILE, CourseSearch, assignments_in, course_of

if TYPE_CHECKING:
    from grader.kinds.kept_assignment import CheckedAssignment
    from grader.kinds.open_submission import Resources
    from grader.kinds.written.marks import Marks
    from grader.spec.assignment import Assignment

SPECS, REFERENCE, NAMED_MARKS, SUBMISSIONS = "specs", "reference", "marks", "submissions"
"""The folders of a course, one for marks that lie elsewhere, and one where no spec is looked for."""

NO_MARKS: Marks = {}

SPEC_SUFFIX = ".yaml"

ANSWERS_MODULE, SANDBOX_MODULE = "grader.documents.yaml_tree", "grader.sandbox"
"""What every worker imports to read answers, and where questions are answered with code."""

MAX_COURSE_BYTES = 256 << 20
"""What specs and references may hold together (256 MiB); each worker is sent them once."""

MAX_COURSE_FILES = 10_000


@dataclass(frozen=True)
class CourseContent:
    """The files of a course by their names in it. `spec` is the one that all submissions are graded against.

    It is None where each submission names its own. `marks` is the file of a reader's marks that was named.
    """

    files: tuple[tuple[str, bytes], ...]
    spec: str | None = None
    marks: str | None = None

    @property
    def only_name(self) -> str:
        """What the spec that all are graded against is called by its place; "" where each submission names its own."""
        place = PurePosixPath(self.spec or "")
        return place.stem if place.parent.name in ("", SPECS) else place.parent.name

    @cached_property
    def digest(self) -> str:
        """A SHA-256 digest over all of it."""
        whole = hashlib.sha256(repr((self.spec, self.marks)).encode())
        for name, data in self.files:
            whole.update(repr((name, len(data))).encode())
            whole.update(data)
        return whole.hexdigest()


def read_course(search: CourseSearch, asked: str | None, marks: Path | None = None) -> CourseContent:
    """The spec that is `asked` for (None: every assignment that a submission may name) with what it refers to.

    A reference may be any file in `reference/`, and what it reads lies there too.

    Raises:
        SpecError: if there is no assignment, a spec or the file of marks is not there or cannot be read, or all are too
            large together.
    """
    reader = _CourseReader()
    if asked is None:
        names = search.assignments()
        if not names:  # no student is to blame for that, whatever assignment they name
            search.spec(None)
        for name in names:
            reader.take_spec(search.spec(None, name), f"{SPECS}/{name}")
        place = None
    else:
        spec = search.spec(asked)
        place = _place_of(spec)
        reader.take_spec(spec, place)
    named = None if marks is None else f"{NAMED_MARKS}/{marks.name}"
    if marks is not None and named is not None:
        reader.take(named, marks)
    return CourseContent(tuple(sorted(reader.files.items())), place, named)


def _place_of(spec: Path) -> str:
    """Where a spec lies in the content: in `specs/`, below the name of its folder, which may be that of its course."""
    if spec.is_dir():
        return f"{SPECS}/{spec.absolute().name or 'spec'}"
    folder = spec.resolve().parent.name
    return f"{SPECS}/{spec.name}" if folder in ("", SPECS) else f"{SPECS}/{folder}/{spec.name}"


class _CourseReader:
    """Reads files within bounds."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._left = MAX_COURSE_BYTES
        self._course: Path | None = None

    def take_spec(self, spec: Path, place: str) -> None:
        """Takes a spec, which lies at `place` in the content, and the references of its course."""
        inside = spec.resolve() / ASSIGNMENT_FILE if spec.is_dir() else spec.resolve()
        folder = place if spec.is_dir() else place.rpartition("/")[0]
        belongs = (inside.parent / ASSIGNMENT_FILE).is_file()
        files = (
            [path for path in sorted(inside.parent.iterdir()) if path.suffix.lower() == SPEC_SUFFIX] if belongs else []
        )
        for path in [*files, *([] if spec.is_dir() else [spec])]:
            if path.is_file():
                self.take(f"{folder}/{path.name}", path)
        course = course_of(inside)
        if course is not None and course != self._course and (course / REFERENCE).is_dir():
            if self._course is not None:
                raise SpecError(
                    f"specs/ holds assignments of two courses, {self._course} and {course}: say --spec NAME"
                )
            self._course = course
            for path in _files_below(course / REFERENCE):
                self.take(path.relative_to(course).as_posix(), path)

    def take(self, name: str, path: Path) -> None:
        """Takes one file."""
        try:
            with path.open("rb") as file:
                data = file.read(self._left + 1)
        except OSError as error:
            raise SpecError(f"{path.name}: cannot be read: {error.strerror}") from None
        self._left -= len(data)
        if self._left < 0 or len(self.files) >= MAX_COURSE_FILES:
            raise SpecError(
                f"specs/ and reference/ hold more than {MAX_COURSE_BYTES} bytes or {MAX_COURSE_FILES} files, which "
                "each worker would be sent: keep what no reference reads elsewhere"
            )
        self.files[name] = data


def _files_below(folder: Path) -> Iterator[Path]:
    """The files of a course's folder, but for hidden ones and what Python keeps there."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            yield from _files_below(path)
        elif path.is_file():
            yield path


class OpenCourse:
    """A course that is graded against: its files lie in a folder of its own until `close`; each spec is loaded once."""

    def __init__(self, content: CourseContent) -> None:
        self._content = content
        self._folder = PrivateFolder()
        self._path = self._folder.path.resolve()
        self._assignments: dict[Path, Assignment] = {}
        self._outlined: dict[Path, Assignment] = {}
        self._kept: dict[Path, CheckedAssignment | None] = {}
        self._found: dict[str | None, Path] = {}
        self._marks: dict[Path, Marks] = {}
        self._marks_of: dict[Path, Marks] = {}
        for name in (SPECS, SUBMISSIONS):
            (self._path / name).mkdir()
        for name, data in content.files:
            path = self._path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if content.spec is not None and not (self._path / content.spec).exists():  # a folder that holds no spec
            (self._path / content.spec).mkdir()

    def close(self) -> None:
        """Removes the files."""
        self._folder.close()

    @cached_property
    def specs(self) -> list[Path]:
        """The specs that submissions may be graded against."""
        folder = self._path
        if self._content.spec is not None:
            return [folder / self._content.spec]
        return [folder / SPECS / name for name in assignments_in(folder)]

    @cached_property
    def spec_names(self) -> tuple[str, ...]:
        """What submissions call these."""
        return tuple(path.name for path in self.specs)

    def assignment(self, submission_names: str | None = None) -> Assignment:
        """The assignment that all are graded against, else the one that a submission names, else the only one.

        Raises:
            WhichAssignmentError: if none is named, and there are several or none.
            SpecError: if it cannot be used.
            SubmissionError: if the submission names an assignment that there is not.
        """
        folder = self._path
        if self._content.spec is not None:
            return self.outlined(folder / self._content.spec)
        if submission_names not in self._found:
            search = CourseSearch(folder, folder / SUBMISSIONS, whole_class=True)
            self._found[submission_names] = search.spec(None, submission_names)
        return self.outlined(self._found[submission_names])

    def loaded(self, spec: Path) -> Assignment:
        """One of the `specs`.

        Raises:
            SpecError: if it cannot be used.
        """
        if spec not in self._assignments:
            from grader.kinds.table import load_assignment

            self._assignments[spec] = load_assignment(spec)
        return self._assignments[spec]

    def kept(self, spec: Path) -> CheckedAssignment | None:
        """The same from the user's cache; None where it is not kept there."""
        if spec not in self._kept:
            from grader.kinds.kept_assignment import kept_assignment

            self._kept[spec] = kept_assignment(spec)
        return self._kept[spec]

    def outlined(self, spec: Path) -> Assignment:
        """The same from the user's cache, where it is or will be: a question is loaded when an answer to it is met.

        Raises:
            SpecError: if it cannot be used.
        """
        if spec not in self._outlined:
            from grader.kinds.kept_assignment import keep_assignment

            self._outlined[spec] = self.kept(spec) or keep_assignment(spec, self.loaded(spec))
        return self._outlined[spec]

    def load_questions(self) -> None:
        """Loads those of the only assignment and what judges answers, so that no process that is forked has to.

        Questions with code are left out: what they load starts threads, and a process with threads is not forked. Of
        what those need the sandbox alone is imported.
        """
        from grader.kinds.kind import kind_of
        from grader.kinds.stored_question import loaded
        from grader.kinds.table import ways_of

        specs = self.specs if len(self.specs) == 1 else []
        with suppress(Exception):  # whoever grades is told
            questions = [question for spec in specs for question in self.outlined(spec).questions]
            import_module(ANSWERS_MODULE)
            for question in questions:
                if any(kind_of(way).takes_code for way in ways_of(question)):
                    import_module(SANDBOX_MODULE)
                    continue
                for module in kind_of(question).judging_modules:
                    import_module(module)
                loaded(question)

    def has_checked(self, file: Path) -> bool:
        """Whether a file of marks lies beside a spec, against which it was checked without a problem."""
        return any(kept.marks_beside is not None and kept.marks_file == file for kept in self._kept.values() if kept)

    @property
    def named_marks(self) -> Path | None:
        """The file of a reader's marks that was named for the run."""
        return None if self._content.marks is None else self._path / self._content.marks

    def marks_of(self, assignment: Assignment) -> Marks:
        """A reader's marks: those of the file that was named, else of the one that lies beside the spec."""
        if assignment.path not in self._marks_of:
            self._marks_of[assignment.path] = self.marks_in(self.named_marks or assignment.marks_file)
        return self._marks_of[assignment.path]

    def marks_in(self, file: Path | None) -> Marks:
        """The marks of a file, read once.

        Raises:
            SpecError: if it cannot be used.
        """
        if file is None:
            return NO_MARKS
        if file not in self._marks:
            from grader.kinds.written.marks import load_marks

            beside = (kept.marks_beside for kept in self._kept.values() if kept and kept.marks_file == file)
            kept_marks = next((marks for marks in beside if marks is not None), None)
            self._marks[file] = load_marks(file) if kept_marks is None else kept_marks
        return self._marks[file]


def open_course(content: CourseContent, resources: Resources) -> OpenCourse:
    """The course, opened once for all that share these resources."""
    return resources.resource(course_resource(content), partial(OpenCourse, content))


def course_resource(content: CourseContent) -> str:
    """The name under which it is open."""
    return f"course {content.digest}"
