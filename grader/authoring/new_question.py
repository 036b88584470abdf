"""One more question of an assignment: a file that works, to be changed, and its row in `assignment.yaml`."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path

from grader.authoring.file_names import checked_name, checked_title
from grader.authoring.listing import listed_questions, with_question
from grader.authoring.schemas import schema_comment_path, schema_files
from grader.authoring.templates import (
    DEFAULT_TITLES,
    assignment_template,
    checked_kind,
    filled,
    question_files,
    quoted,
)
from grader.deferred import dataclass
from grader.documents import MappingNode, read_yaml, yaml_key
from grader.errors import SpecError, did_you_mean, listed
from grader.new_files import ChangedFile, write_new_files
from grader.spec.course import ASSIGNMENT_FILE, REFERENCE_FOLDER, assignments_in, course_of, courses_above
from grader.spec.schema_comment import SCHEMA_FOLDER

_NUMBERED_NAME = re.compile(r"q(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class AssignmentFolder:
    """A folder `specs/<assignment>` of a course, and the bytes of its `assignment.yaml`; None where it has none yet."""

    course: Path
    path: Path
    listing: bytes | None

    @property
    def below_course(self) -> str:
        """Its path in the course: `specs/hw1`."""
        return self.path.relative_to(self.course).as_posix()


@dataclass(frozen=True)
class AddedQuestion:
    """The new files (paths in the course), the question among them, and what is said of the list of questions."""

    files: tuple[str, ...]
    question: Path
    listed_in: str


def find_assignment_folder(named: str | None, start: Path) -> AssignmentFolder:
    """The folder that is named, by a path or by the name of an assignment, else the only one of the course here.

    Raises:
        SpecError: if it is none, with those that there are.
    """
    course = next(courses_above(start.resolve()), None)
    names = assignments_in(course) if course is not None else []
    there = f"specs/ holds {listed(names)}" if names else "there is no course here or above: grader new course DIR"
    if named is None:
        if course is None or len(names) != 1:
            raise SpecError(f"which assignment is the question for? Say --in specs/NAME ({there})")
        return _assignment_folder(course / "specs" / names[0])
    path = Path(named)  # `os.path` raises nothing, whatever the name
    if not os.path.isdir(named) and named and course is not None and os.path.isdir(course / "specs" / named):
        path = course / "specs" / named
    elif os.path.isfile(named):
        raise SpecError(f"{named} is a file: name the folder that it is in, {path.resolve().parent.name}")
    elif not os.path.isdir(named):
        guess = did_you_mean(named, [*names, *(f"specs/{name}" for name in names)])
        raise SpecError(f"there is no folder {named!r}{guess} ({there}; for a new assignment make its folder first)")
    return _assignment_folder(path)


def _assignment_folder(path: Path) -> AssignmentFolder:
    """What is known of a folder that is there.

    Raises:
        SpecError: if it is no assignment of a course, and cannot become one.
    """
    folder = path.resolve()
    file = folder / ASSIGNMENT_FILE
    course = course_of(file)
    if course is None or (folder.parent != course / "specs" and not file.is_file()):
        inside = assignments_in(folder) if course is None else assignments_in(course)
        there = f": it has {listed(f'specs/{name}' for name in inside)}" if inside else ""
        raise SpecError(f"{path} is no folder of questions; these lie in specs/NAME of a course{there}")
    try:
        return AssignmentFolder(course, folder, file.read_bytes() if file.exists() else None)
    except OSError as error:
        raise SpecError(f"{file}: cannot be read: {error.strerror}") from None


def free_name(folder: AssignmentFolder) -> str:
    """`q7` where the highest number of a question is 6."""
    numbers = [int(match[1]) for name in _names_taken(folder) if (match := _NUMBERED_NAME.fullmatch(name))]
    return f"q{max(numbers, default=0) + 1}"


def name_for_question(folder: AssignmentFolder, name: str) -> str:
    """The name, which is free.

    Raises:
        SpecError: if it cannot be one, or is taken; names count in any capitals, as they do in answers.
    """
    checked_name(name, "the question")
    taken = next((other for other in _names_taken(folder) if other.lower() == name.lower()), None)
    if taken is not None:
        raise SpecError(f"{folder.path.name} has a question {taken!r} already: {free_name(folder)!r} is free")
    return name


def _names_taken(folder: AssignmentFolder) -> list[str]:
    """Names that a new question must not have: those that are listed, and those of files that are not."""
    names = listed_questions(folder.listing) if folder.listing is not None else []
    files = [path.stem for path in sorted(folder.path.iterdir()) if path.suffix.lower() in (".yaml", ".yml")]
    return [*names, *(name for name in files if name not in names)]


def question_values(assignment: str, question: str, title: str, folder: str) -> dict[str, str]:
    """What stands at the places of a question's template; `folder` is that of the assignment in its course."""
    return {
        "assignment": assignment,
        "question": question,
        "title": quoted(title),
        "reference": _reference_module(assignment, question),
        "schema": schema_comment_path("question", folder),
    }


def reference_path(assignment: str, question: str) -> str:
    """The file of the module that a question of an assignment has for itself, in its course."""
    return f"{REFERENCE_FOLDER}/{_reference_module(assignment, question)}.py"


def _reference_module(assignment: str, question: str) -> str:
    name = re.sub(r"\W", "_", f"{assignment}_{question}", flags=re.ASCII)
    return name if name.isidentifier() else f"_{name}"


def write_question(
    kind: str, folder: AssignmentFolder, name: str | None = None, title: str | None = None
) -> AddedQuestion:
    """Writes a question and what it needs, and lists it in `assignment.yaml`, which is made where there is none.

    Raises:
        SpecError: if the kind or a name cannot be used, a file is there already or cannot be written; then nothing is.
    """
    checked_kind(kind)
    question = name_for_question(folder, name) if name is not None else free_name(folder)
    titled = checked_title(title) if title is not None else DEFAULT_TITLES[kind]
    assignment, below = folder.path.name, folder.below_course
    made = question_files(kind, question_values(assignment, question, titled, below))
    files = {f"{below}/{question}.yaml": made.question}
    if made.reference is not None:
        files[reference_path(assignment, question)] = made.reference
    files |= {path: text for path, text in schema_files().items() if not (folder.course / path).exists()}
    listing = folder.path / ASSIGNMENT_FILE
    changed = None
    if folder.listing is None:
        files[f"{below}/{ASSIGNMENT_FILE}"] = _new_listing(assignment, question, below)
    else:
        root = read_yaml(made.question.encode(), question)
        assert isinstance(root, MappingNode)
        after = with_question(folder.listing, question, Fraction(root.lookup("points")))
        changed = ChangedFile(listing.resolve(), folder.listing, after)
    write_new_files(folder.course, {path: text.encode() for path, text in files.items()}, changed)
    schemas = f"{SCHEMA_FOLDER}/"
    shown = tuple(dict.fromkeys(schemas if path.startswith(schemas) else path for path in files))
    listed_in = f", and {ASSIGNMENT_FILE} lists it" if changed is not None else ""
    return AddedQuestion(shown, folder.path / f"{question}.yaml", listed_in)


def _new_listing(assignment: str, question: str, folder: str) -> str:
    """The `assignment.yaml` of a folder that had none, with its first question."""
    values = {
        "assignment": yaml_key(assignment),
        "title": quoted(assignment),
        "schema": schema_comment_path("assignment", folder),
    }
    return f"{filled(assignment_template(), values)}  - {question}\n"
