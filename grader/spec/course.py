"""Where things are: a course is a folder with `specs/` and `reference/`; a spec is a folder, a file or a name.

What students hand in is never trusted to bring a course: none is found in or below what is graded (`graded` below), and
no path in there is taken for a spec. The search goes upwards from the current folder; `--course DIR` names one. Beside
a single file that is graded others may lie that were handed in, so nothing is found there; but it can be named.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

from grader.deferred import dataclass
from grader.errors import SpecError, SubmissionError, did_you_mean, listed

ASSIGNMENT_FILE = "assignment.yaml"
NO_ASSIGNMENT = "there is no specs/ folder with an assignment here or above"
MAX_ASSIGNMENT_FILE_BYTES = 1 << 20

SPECS_FOLDER = "specs"
"""The folder of a course with its assignments, a folder each."""

REFERENCE_FOLDER = "reference"
"""The folder of a course with its Python."""

COPY, STUDENT = "copy", "student"
"""The key of `assignment.yaml`, and its value, that mark a student's copy of an assignment."""

COPY_SUBMISSION = "submission"
"""The folder of a student's copy that holds the answers, beside `specs/`."""


class WhichAssignmentError(SpecError):
    """No spec is named, and a course has several (`names`) or none; `advice` says how to name one."""

    def __init__(self, names: list[str], advice: str) -> None:
        self.names, self.advice = names, advice
        there = f"which assignment? specs/ holds {listed(names)}" if names else f"no spec: {NO_ASSIGNMENT}"
        super().__init__(f"{there}; {advice}")

    def __reduce__(self) -> tuple[type, tuple[list[str], str]]:  # a worker process sends it to the one that grades
        return type(self), (self.names, self.advice)


def courses_above(*starts: Path, graded: Path | None = None) -> Iterator[Path]:
    """Folders that hold `specs/`, from each start upwards, but none in or below what is `graded`."""
    seen: set[Path] = set()
    for start in starts:
        for folder in (start, *start.parents):
            if folder not in seen and (folder / SPECS_FOLDER).is_dir():
                seen.add(folder)
                if graded is None or not lies_inside(folder / SPECS_FOLDER, student_folder(graded)):
                    yield folder


def student_folder(graded: Path) -> Path:
    """The folder that students may have filled, where no course is found: what is graded, or where that file lies."""
    return graded if graded.is_dir() else graded.resolve().parent


def lies_inside(path: Path, folder: Path) -> bool:
    """Whether a path is a folder (or file) or lies below it, as it is written or behind its links."""
    try:
        wanted = folder.stat()
    except OSError:
        return False
    ways = (path.resolve(), Path(os.path.abspath(path)))
    return any(_is_same(part, wanted) for way in ways for part in (way, *way.parents))


def _is_same(path: Path, wanted: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), wanted)
    except OSError:  # not there
        return False


def assignments_in(course: Path) -> list[str]:
    """The names of the assignments of a course, in order."""
    return sorted(path.parent.name for path in (course / SPECS_FOLDER).glob(f"*/{ASSIGNMENT_FILE}"))


def find_course(
    *starts: Path, graded: Path | None = None, course: Path | None = None, whole_class: bool = False
) -> Path | None:
    """The course that is named, else the nearest one from the starts upwards; None where there is none.

    What lies beside a single submission may be another's, and the submission may be a folder within what a student has
    handed in, so the nearest one counts only where there is no other; with the folder of a `whole_class` it counts.

    Raises:
        SpecError: if `course` is none or lies in what is graded, or two folders could be meant.
    """
    if course is not None:
        if not (course / SPECS_FOLDER).is_dir():
            raise SpecError(f"{course} is no course: it holds no specs/ folder (--course names the folder above it)")
        refuse_inside(course / SPECS_FOLDER, graded)
        return course.resolve()
    above = courses_above(*(start.resolve() for start in starts), graded=graded)
    nearest = next(above, None)
    if graded is None:
        return nearest
    if nearest is None:
        return _copy_around(graded)
    certain = whole_class or _copy_around(graded) is not None
    others = [] if certain else [other for other in above if _may_be_meant(other, nearest, graded)]
    if others:
        raise SpecError(
            f"which course, {nearest} or {others[0]}? The specs/ nearer to what is graded may have been handed in, "
            "too; say --course DIR"
        )
    return nearest


def _may_be_meant(other: Path, nearest: Path, graded: Path) -> bool:
    """Whether a course above another may be the right one: always where the nearer one lies beside the submission."""
    return _is_same(nearest, _around(graded)) or bool(assignments_in(other))


def _around(graded: Path) -> os.stat_result:
    """The folder in which a submission lies, perhaps with others."""
    return student_folder(graded).resolve().parent.stat()


def _copy_around(graded: Path) -> Path | None:
    """The student's copy whose own `submission/` is graded, wherever the command was started; it runs no Python."""
    folder = student_folder(graded).resolve()
    if folder.name != COPY_SUBMISSION:
        return None
    course, names = folder.parent, assignments_in(folder.parent)
    return course if names and all(is_students_copy(course / SPECS_FOLDER / name) for name in names) else None


def is_students_copy(spec: Path) -> bool:
    """Whether the folder of an assignment is marked as a student's copy."""
    from grader.documents import DocumentError, MappingNode, read_yaml

    try:
        with (spec / ASSIGNMENT_FILE).open("rb") as file:
            root = read_yaml(file.read(MAX_ASSIGNMENT_FILE_BYTES), ASSIGNMENT_FILE)
    except (OSError, DocumentError):
        return False
    return isinstance(root, MappingNode) and root.lookup(COPY) == STUDENT


def refuse_inside(path: Path, graded: Path | None) -> None:
    """Raises `SpecError` for a spec or a course in what is graded, unless it is typed with a hidden folder's name.

    A hidden folder (`.course/specs/hw`) is no part of a submission, and nobody types its name by accident.
    """
    if graded is None or not lies_inside(path, graded):
        return
    real, folder = path.resolve(), graded.resolve()
    below = real.relative_to(folder).parts[:1] if real.is_relative_to(folder) else ()
    if below and below[0].startswith(".") and below[0] in path.parts:
        return
    raise SpecError(
        f"{path} lies in what is graded, and students may have put it there: no spec or course is taken from there; "
        "name one outside with --spec PATH or --course DIR"
    )


def find_spec(
    named: str | None,
    *starts: Path,
    graded: Path | None = None,
    course: Path | None = None,
    whole_class: bool = False,
) -> Path:
    """The path of a spec that a TA asks for: as given, or by its name in a course, or the only one there is.

    A name without a slash is looked up in the course first, and is a path only where no submission can lie; one that
    ends in `.yaml` is the name of a file.

    Raises:
        SpecError: listing what there is, when there is none of that name (`WhichAssignmentError`: when none is named).
    """
    if named is not None and _exists(Path(named)) and not is_name(named):
        refuse_inside(Path(named), graded)
        return Path(named).resolve()
    found = find_course(*starts, graded=graded, course=course, whole_class=whole_class)
    names = assignments_in(found) if found else []
    if named is not None:
        if found and named in names:
            return found / SPECS_FOLDER / named
        if named.strip() and _exists(Path(named)):  # an empty one would be the current folder
            _refuse_name_beside(named, graded, whole_class=whole_class)
            return Path(named).resolve()
        there = _there(names, graded)
        raise SpecError(f"no spec {named!r}: neither a path nor an assignment{did_you_mean(named, names)} ({there})")
    if found and len(names) == 1:
        return found / SPECS_FOLDER / names[0]
    raise WhichAssignmentError(names, "say --spec NAME" if names else f"say --spec SPEC{_or_course(graded)}")


def is_name(spec: str) -> bool:
    """Whether a spec is asked for by a name and not by a path: it has no slash, and does not end in `.yaml`."""
    return Path(spec).name == spec != os.pardir and Path(spec).suffix != ".yaml"


def _refuse_name_beside(named: str, graded: Path | None, *, whole_class: bool) -> None:
    """Raises `SpecError` for a bare name that is a file or folder in or beside the submission: it may be another's."""
    if graded is None:
        return
    beside = not whole_class and _is_same(Path(named).resolve().parent, _around(graded))
    if beside or lies_inside(Path(named), student_folder(graded)):
        raise SpecError(
            f"no spec {named!r}: no assignment of that name is in a course here or above, and {named} beside or in the "
            f"submission may be handed in; say --course DIR, or --spec with a path (.{os.sep}{named})"
        )


def _there(names: list[str], graded: Path | None) -> str:
    if names:
        return f"specs/ holds {listed(names)}"
    return f"there is no specs/ folder here or above{_or_course(graded)}"


def _or_course(graded: Path | None) -> str:
    """What helps where no course was found: with a submission, that none is looked for in it."""
    if graded is None:
        return ""
    where = "in what is graded" if graded.is_dir() else "beside a single file that is graded"
    return f"; a course is not looked for {where}: name it with --course DIR"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def find_named_spec(
    named: str, *starts: Path, graded: Path | None = None, course: Path | None = None, whole_class: bool = False
) -> Path:
    """The assignment that a submission names: only by its name, never by a path of the student's choosing.

    Raises:
        SubmissionError: listing the assignments, when there is none of that name.
        SpecError: if the course that was named cannot be used, or two could be meant.
    """
    found = find_course(*starts, graded=graded, course=course, whole_class=whole_class)
    names = assignments_in(found) if found else []
    if found is None or named not in names:
        from grader.documents import shortened

        there = _there(names, graded)
        message = f"assignment: {shortened(named)!r} is not an assignment{did_you_mean(named, names)} ({there})"
        raise SubmissionError(message)
    return found / SPECS_FOLDER / named


@dataclass(frozen=True)
class CourseSearch:
    """Where one command looks for specs: from `start` upwards outside of what is `graded`, or in the `course` named."""

    start: Path
    graded: Path | None = None
    course: Path | None = None
    whole_class: bool = False

    def spec(self, asked: str | None, submission_names: str | None = None) -> Path:
        """The path of the spec that is `asked` for, else of the one a submission names, else of the only one there is.

        Raises:
            WhichAssignmentError: if none is named, and there are several or none.
            SpecError: if the spec or the course cannot be found.
            SubmissionError: if the submission names an assignment that there is not.
        """
        place = {"graded": self.graded, "course": self.course}
        if asked is None and submission_names is not None:
            return find_named_spec(submission_names, self.start, **place, whole_class=self.whole_class)
        return find_spec(asked, self.start, **place, whole_class=self.whole_class)

    def assignments(self) -> list[str]:
        """The names of the assignments that a submission may name."""
        found = find_course(self.start, graded=self.graded, course=self.course, whole_class=self.whole_class)
        return assignments_in(found) if found else []


def course_of(spec_file: Path) -> Path | None:
    """The course that holds a spec: the folder above its `specs/`; without one, the nearest that has `reference/`."""
    folders = spec_file.resolve().parents
    inside = next((folder.parent for folder in folders if folder.name == SPECS_FOLDER), None)
    return inside or next((folder for folder in folders if (folder / REFERENCE_FOLDER).is_dir()), None)


def load_reference(dotted: str, spec_file: Path) -> ModuleType:
    """The module `reference.latch` from the `reference/` folder of the course that the spec belongs to.

    Raises:
        SpecError: if there is no such file, or it fails to load, or the spec is a student's copy.
    """
    parts = dotted.split(".")
    if len(parts) < 2 or parts[0] != REFERENCE_FOLDER or not all(part.isidentifier() for part in parts):
        raise SpecError(f"a reference is written reference.module, not {dotted!r}")
    if is_students_copy(spec_file.parent):
        raise SpecError(f"{dotted} is not loaded: a student's copy of an assignment runs no Python of a course")
    course = course_of(spec_file)
    path = course.joinpath(*parts).with_suffix(".py") if course else None
    if course is None or path is None or not path.is_file():
        raise SpecError(f"{dotted} is not there: no {'/'.join(parts)}.py in the course of {spec_file.name}")
    return _loaded(dotted, path, course)


class _FromSource(importlib.machinery.SourceFileLoader):
    """Compiles a file each time: what Python keeps of it is old where a file was changed within a second."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def said_by_course(error: Exception, course: Path | None) -> str:
    """What an error of a course's own code says: of its files below the course, which lies elsewhere in each run."""
    said = f"{type(error).__name__}: {error}"
    return said if course is None else said.replace(f"{course}{os.sep}", "")


def _loaded(dotted: str, path: Path, course: Path) -> ModuleType:
    import importlib.util

    name = f"_course_{dotted.replace('.', '_')}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_FromSource(name, str(path)))
    if spec is None or spec.loader is None:
        raise SpecError(f"{dotted} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SpecError(f"{dotted} fails when it is loaded: {said_by_course(error, course)}") from error
    finally:
        sys.modules.pop(name, None)
    return module
