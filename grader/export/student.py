"""A copy of an assignment that students check with alone: the questions, blanks, and specs without the answers.

What the prompt says anyway stays (networks, behaviours, properties), and each kind lists what that is.
Formulas that are right become one digest of their values at many points; references, known answers, near misses,
rubrics and hidden checks are left out, and what only they could check waits for the course.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from grader.answers_template import blank_answers
from grader.console import refused_unless_written, write_output
from grader.documents import MappingNode, plain, read_yaml
from grader.errors import SpecError
from grader.export.files import read
from grader.export.platform_export import Exported, PlatformExport, output_option
from grader.kinds.copies import ASSIGNMENT_KEYS, COMMON_KEYS, SHARED_KEYS, PlainDocument, kept
from grader.kinds.kind import KindTable, kind_of
from grader.kinds.table import KINDS, load_assignment
from grader.kinds.variants.own import own_assignment, own_file, variants_of, variants_of_named
from grader.spec.assignment import Assignment
from grader.spec.course import ASSIGNMENT_FILE, COPY, COPY_SUBMISSION, STUDENT
from grader.spec.question import Question
from grader.visible import shown_name


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


def write_bundle(assignment: Assignment, folder: Path, kinds: KindTable = KINDS, student: str = "") -> Written:
    """Writes the copy into a new or empty folder, and says what it wrote; `kinds` are those of its questions.

    `student` is whose variants are in it, where questions have some.

    Raises:
        SpecError: if the folder holds something, or the assignment is not a whole one; if it has variants, and no
            student is named.
        ClickException: if it cannot be written.
    """
    if not assignment.path.is_dir():
        raise SpecError("a student's copy is made of a whole assignment: name its folder")
    if folder.exists() and any(folder.iterdir()):
        raise SpecError(f"{folder} is not empty: nothing was written")
    copy = students_copy(assignment, student)
    specs = folder / "specs" / assignment.id
    with refused_unless_written(folder):
        specs.mkdir(parents=True, exist_ok=True)
        (folder / COPY_SUBMISSION).mkdir(exist_ok=True)
    written = []
    for name, text in copy.files.items():
        write_output(specs / name, text.encode())
        written.append(specs / name)
    blanks = folder / COPY_SUBMISSION / "answers.yaml"
    write_output(blanks, blank_answers(load_assignment(specs, kinds)).encode())
    return Written((*written, blanks), copy.notes)


def _export(assignment: Assignment, *, output: Path, student: str | None, students: Path | None) -> Exported:
    from grader.classroom.variant_students import student_named

    if students is not None and student is None:
        return _export_for_all(assignment, output, students)
    has_variants = bool(variants_of(assignment))
    named = student_named(student, students) if student is not None and has_variants else ""
    written = write_bundle(assignment, output, student=named)
    done = f"{len(written.paths)} files are in {output}; students run: grader check {output}/submission"
    return Exported(done, written.notes)


def _export_for_all(assignment: Assignment, output: Path, students: Path) -> Exported:
    """A copy for each student of a roster, in a folder of the name that variants rest on."""
    from grader.classroom.result_names import other_stems
    from grader.classroom.roster import read_roster
    from grader.classroom.variant_students import known_by

    if not variants_of(assignment):
        raise SpecError(f"{assignment.id} has no variants: one copy is for all students, so leave out --students")
    if output.exists() and any(output.iterdir()):
        raise SpecError(f"{output} is not empty: nothing was written")
    names = [shown_name(known_by(listed.person)) for listed in read_roster(students).students]
    if twice := sorted(name for name, number in Counter(names).items() if number > 1):
        raise SpecError(f"{students.name}: {twice[0]!r} is the name of two students: a column of ids tells them apart")
    stems = other_stems(names)
    folders = [(name, output / stems.get(name, name)) for name in names]
    notes = [note for name, folder in folders for note in write_bundle(assignment, folder, student=name).notes]
    done = f"{output} has a folder for each of {len(names)} students; they run: grader check submission"
    return Exported(done, tuple(dict.fromkeys(notes)))


PLATFORM_EXPORT = PlatformExport(
    summary="Write a copy of SPEC that students check with alone: questions and blanks, but no answers.",
    write=_export,
    options=(
        output_option(None, "A new folder.", "DIR"),
        click.option(
            "--student",
            metavar="ID",
            help="Whose variants are in it, where questions have some: an id, e-mail or name.",
        ),
        click.option(
            "--students",
            metavar="ROSTER",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A copy for each student of this list, in a folder of its own; with --student, for one of them.",
        ),
    ),
    knows_students=True,
)


def students_copy(assignment: Assignment, student: str = "") -> StudentsCopy:
    """The copy's spec, with the variants of a `student` alone; the same assignment gives the same bytes.

    Raises:
        SpecError: if it has variants, and no student is named.
    """
    drawn = variants_of_named(assignment, student)
    listing = plain(read_yaml(read(assignment.path / ASSIGNMENT_FILE), ASSIGNMENT_FILE))
    copier = _Copier({question.id: question for question in own_assignment(assignment, drawn).questions})
    files = {ASSIGNMENT_FILE: _text({**kept(listing, ASSIGNMENT_KEYS), COPY: STUDENT})}
    for name in listing["questions"]:
        written = read_yaml(read(assignment.path / f"{name}.yaml"), f"{name}.yaml")
        root = own_file(written, assignment, drawn) if isinstance(written, MappingNode) else written
        files[f"{name}.yaml"] = _text(copier.file(plain(root)))
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
