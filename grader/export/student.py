"""A copy of an assignment that students check with alone: the questions, blanks, and specs without the answers.

What the prompt says anyway stays (networks, behaviours, properties), and each kind lists what that is.
Formulas that are right become one digest of their values at many points; references, known answers, near misses,
rubrics and hidden checks are left out, and what only they could check waits for the course.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.answers_template import blank_answers
from grader.documents import plain, read_yaml
from grader.errors import HarnessError, SpecError
from grader.export.files import read, write_whole
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.kinds.copies import ASSIGNMENT_KEYS, COMMON_KEYS, SHARED_KEYS, PlainDocument, kept
from grader.kinds.kind import KindTable, kind_of
from grader.kinds.table import KINDS, load_assignment
from grader.spec.assignment import Assignment
from grader.spec.course import ASSIGNMENT_FILE, COPY, COPY_SUBMISSION, STUDENT
from grader.spec.question import Question


@dataclass(frozen=True)
class StudentsCopy:
    """The files of the copy's spec by name, and what the TA should know of them."""

    files: dict[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """What was written where, and what the TA should know of it."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...]


def write_bundle(assignment: Assignment, folder: Path, kinds: KindTable = KINDS) -> Written:
    """Writes the copy into a new or empty folder, and says what it wrote; `kinds` are those of its questions.

    Raises:
        SpecError: if the folder holds something, or the assignment is not a whole one.
        HarnessError: if it cannot be written.
    """
    if not assignment.path.is_dir():
        raise SpecError("a student's copy is made of a whole assignment: name its folder")
    if folder.exists() and any(folder.iterdir()):
        raise SpecError(f"{folder} is not empty: nothing was written")
    copy = students_copy(assignment)
    specs = folder / "specs" / assignment.id
    try:
        specs.mkdir(parents=True, exist_ok=True)
        (folder / COPY_SUBMISSION).mkdir(exist_ok=True)
    except OSError as error:
        raise HarnessError(f"{folder}: cannot be made: {error.strerror}") from None
    written = []
    for name, text in copy.files.items():
        write_whole(specs / name, text.encode())
        written.append(specs / name)
    blanks = folder / COPY_SUBMISSION / "answers.yaml"
    write_whole(blanks, blank_answers(load_assignment(specs, kinds)).encode())
    return Written((*written, blanks), copy.notes)


def _export(assignment: Assignment, *, output: Path) -> Exported:
    written = write_bundle(assignment, output)
    done = f"{len(written.paths)} files are in {output}; students run: grader check {output}/submission"
    return Exported(done, written.notes)


PLATFORM_EXPORT = PlatformExport(
    summary="Write a copy of SPEC that students check with alone: questions and blanks, but no answers.",
    write=_export,
    options=(output_option(None, "A new folder.", "DIR"),),
)


def students_copy(assignment: Assignment) -> StudentsCopy:
    """The copy's spec; the same assignment gives the same bytes."""
    listing = plain(read_yaml(read(assignment.path / ASSIGNMENT_FILE), ASSIGNMENT_FILE))
    copier = _Copier({question.id: question for question in assignment.questions})
    files = {ASSIGNMENT_FILE: _text({**kept(listing, ASSIGNMENT_KEYS), COPY: STUDENT})}
    for name in listing["questions"]:
        root = plain(read_yaml(read(assignment.path / f"{name}.yaml"), f"{name}.yaml"))
        files[f"{name}.yaml"] = _text(copier.file(root))
    return StudentsCopy(files, tuple(copier.notes))


class _Dumper(yaml.SafeDumper):
    """Writes every scalar as plain text where that reads back the same: this YAML has no types."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # as PyYAML declares it


def _scalar(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _scalar)


def _text(data: PlainDocument) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Copier:
    """Makes questions of a copy out of those of the course, and notes what the TA should know of them."""

    def __init__(self, questions: dict[str, Question]) -> None:
        self._questions = questions
        self.notes: list[str] = []

    def file(self, root: PlainDocument) -> PlainDocument:
        """A question file, which may have parts."""
        if "parts" not in root:
            return self._question(root, {})
        shared = kept(root, (*COMMON_KEYS, *SHARED_KEYS))
        return {**shared, "parts": [self._question(part, shared) for part in root["parts"]]}

    def _question(self, root: PlainDocument, around: PlainDocument) -> PlainDocument:
        question = self._questions[root["question"]]
        copied = kind_of(question).student_copy(root, question, around)
        self.notes += copied.notes
        return copied.document
