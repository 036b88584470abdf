"""A new course: a first assignment with a question of each kind, and all that a course needs around it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from grader.authoring.file_names import checked_name, checked_title
from grader.authoring.new_question import question_values, reference_path
from grader.authoring.schemas import schema_comment_path, schema_files
from grader.authoring.templates import (
    DEFAULT_TITLES,
    SAMPLE_KINDS,
    assignment_template,
    course_templates,
    filled,
    question_files,
    quoted,
)
from grader.deferred import dataclass
from grader.errors import SpecError
from grader.fingerprint import released_version
from grader.new_files import refuse_taken, write_new_files
from grader.windows_names import is_device_name

_HIDDEN_FILES = frozenset({"gitignore", "github", "vscode"})
"""What begins with a dot in a course, and does not in the templates."""

RIGHT_ANSWERS = "submissions_example/right"
"""The folder of a new course with a submission that is right."""


@dataclass(frozen=True)
class NewCourse:
    """What a new course is called, its first assignment's name, and that one's title."""

    title: str = "Course"
    assignment: str = "hw1"
    assignment_title: str = "Homework 1"


def write_course(folder: Path, course: NewCourse) -> tuple[str, ...]:
    """Writes a course into a folder that may be there and hold other files, and says which files it wrote.

    Raises:
        SpecError: if a name cannot be used, a file is there already or cannot be written; then nothing is.
    """
    refuse_place(folder, course)
    files = course_files_of(course)
    write_new_files(folder, {name: text.encode() for name, text in files.items()})
    return tuple(files)


def refuse_place(folder: Path, course: NewCourse) -> None:
    """Raises `SpecError` where a course cannot be written: before anybody is asked what it is called, too."""
    refuse_taken(folder, course_files_of(course))
    if not folder.exists() and is_device_name(folder.name):
        raise SpecError(f"{folder.name!r} is a device on Windows: choose another name for the folder")


def course_files_of(course: NewCourse) -> dict[str, str]:
    """The files of a new course by their paths in it."""
    assignment = checked_name(course.assignment, "the assignment")
    values = {
        "course": checked_title(course.title),
        "assignment": assignment,
        "title": quoted(checked_title(course.assignment_title)),
        "version": released_version(),
    }
    return {
        **_around_questions(values),
        **_first_assignment(assignment, values),
        **schema_files(),
    }


def _around_questions(values: dict[str, str]) -> dict[str, str]:
    files = {}
    for template, text in course_templates():
        first, *rest = template.parts
        path = PurePosixPath(f".{first}" if first in _HIDDEN_FILES else first, *rest)
        files[path.as_posix()] = filled(text, values)
    return files


def _first_assignment(assignment: str, values: dict[str, str]) -> dict[str, str]:
    """A question of each kind, what they are compared with, and a submission that is right."""
    specs = f"specs/{assignment}"
    listing = filled(assignment_template(), values | {"schema": schema_comment_path("assignment", specs)})
    answers = f"assignment: {assignment}\n"
    files = {}
    for number, kind in enumerate(SAMPLE_KINDS, start=1):
        name = f"q{number}"
        listing += f"  - {name}  # {kind}\n"
        made = question_files(kind, question_values(assignment, name, DEFAULT_TITLES[kind], specs))
        files[f"{specs}/{name}.yaml"] = made.question
        if made.reference is not None:
            files[reference_path(assignment, name)] = made.reference
        if made.code is not None:
            files[f"{RIGHT_ANSWERS}/solution.py"] = made.code
        answers += made.answer or ""
    return {f"{specs}/assignment.yaml": listing, **files, f"{RIGHT_ANSWERS}/answers.yaml": answers}
