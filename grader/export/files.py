"""Files of an export: which of a course belong to an assignment, and the bytes of one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.errors import SpecError
from grader.spec.assignment import MARKS_FILE, OVERRIDES_FILE, Assignment
from grader.spec.course import ASSIGNMENT_FILE, REFERENCE_FOLDER, course_of

PRIVATE_FILES = (MARKS_FILE, OVERRIDES_FILE)


def spec_path(assignment: Assignment) -> str:
    """Where the spec lies in an exported course: `specs/assignment3`, or `specs/assignment3/q5.yaml`."""
    path = assignment.path.resolve()
    if path.is_dir():
        return f"specs/{path.name}"
    return f"specs/{path.parent.name or 'course'}/{path.name}"


def course_files(assignment: Assignment) -> dict[str, Path]:
    """The files that grading needs, under the names that they have in a course: the spec, and `reference/`.

    Readers' marks and what people have decided stay at home: they speak of other students.
    """
    path = assignment.path.resolve()
    files: dict[str, Path] = {}
    if path.is_dir():
        files |= {f"{spec_path(assignment)}/{name}": file for name, file in _below(path) if name not in PRIVATE_FILES}
    else:
        files[spec_path(assignment)] = path
        listing = path.parent / ASSIGNMENT_FILE
        if listing.is_file():
            files[f"{Path(spec_path(assignment)).parent}/{ASSIGNMENT_FILE}"] = listing
    course = course_of(path / ASSIGNMENT_FILE if path.is_dir() else path)
    if course is not None:
        files |= {f"{REFERENCE_FOLDER}/{name}": file for name, file in _below(course / REFERENCE_FOLDER)}
    return files


def package_files() -> dict[str, Path]:
    """The source of the grader itself."""
    package = Path(__file__).parents[1]
    return {f"{package.name}/{name}": file for name, file in _below(package)}


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file below a folder in order, but for what is hidden or compiled."""
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        skipped = any(part.startswith(".") or part == "__pycache__" for part in name.parts) or file.suffix == ".pyc"
        if not skipped and file.is_file():
            yield name.as_posix(), file


def read(file: Path) -> bytes:
    """The bytes of a course's file.

    Raises:
        SpecError: if it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise SpecError(f"{file.name}: cannot be read: {error.strerror}") from None
