"""A copy of an assignment that students check with alone: the questions, blanks, and specs without the answers.

What the prompt says anyway stays (networks, behaviours, properties), and `grader.kinds.copies` lists what that is.
Formulas that are right become one digest of their values at many points; references, known answers, near misses,
rubrics and hidden checks are left out, and what only they could check waits for the course.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from grader.answers_template import blank_answers
from grader.documents import Text, plain, read_yaml
from grader.errors import HarnessError, Place, SpecError
from grader.export.files import read, write_whole
from grader.formulas import SCRYPT, Seal, Stage, read_formula, seal_of
from grader.formulas import Question as Right
from grader.kinds.copies import ASSIGNMENT, COMMON, SHARED, Plain, kept, travelling, waiting
from grader.kinds.either import EitherQuestion
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.table import load_assignment
from grader.language.parse import ExpressionError
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


def write_bundle(assignment: Assignment, folder: Path) -> Written:
    """Writes the copy into a new or empty folder, and says what it wrote.

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
    write_whole(blanks, blank_answers(load_assignment(specs)).encode())
    return Written((*written, blanks), copy.notes)


def bundle(assignment: Assignment) -> dict[str, str]:
    """The files of the copy's spec, by name."""
    return students_copy(assignment).files


def students_copy(assignment: Assignment) -> StudentsCopy:
    """The copy's spec; the same assignment gives the same bytes."""
    listing = plain(read_yaml(read(assignment.path / ASSIGNMENT_FILE), ASSIGNMENT_FILE))
    copier = _Copier({question.id: question for question in assignment.questions})
    files = {ASSIGNMENT_FILE: _text({**kept(listing, ASSIGNMENT), COPY: STUDENT})}
    for name in listing["questions"]:
        root = plain(read_yaml(read(assignment.path / f"{name}.yaml"), f"{name}.yaml"))
        files[f"{name}.yaml"] = _text(copier.file(root))
    return StudentsCopy(files, tuple(copier.notes))


SALT_DIGITS = 32
"""Hexadecimal digits of the salt of a seal, which comes from what students can read."""


class _Dumper(yaml.SafeDumper):
    """Writes every scalar as plain text where that reads back the same: this YAML has no types."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # as PyYAML declares it


def _scalar(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _scalar)


def _text(data: Plain) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Copier:
    """Makes questions of a copy out of those of the course, and notes what a seal cannot tell."""

    def __init__(self, questions: dict[str, Question]) -> None:
        self._questions = questions
        self.notes: list[str] = []

    def file(self, root: Plain) -> Plain:
        """A question file, which may have parts."""
        if "parts" not in root:
            return self._question(root, self._questions[root["question"]])
        shared = kept(root, (*COMMON, *SHARED))
        parts = [self._question(part, self._questions[part["question"]], shared) for part in root["parts"]]
        return {**shared, "parts": parts}

    def _question(self, root: Plain, question: Question, around: Plain | None = None) -> Plain:
        around = around or {}
        copied = travelling(root, around.get("prompt", ""))
        match question.kind:
            case "formula":
                formula = cast(FormulaQuestion, question)
                seal = self._seal(formula, {**kept(around, SHARED), **copied})
                return {**copied, **seal} if seal else waiting(root)
            case "either":
                ways = zip(root["ways"], cast(EitherQuestion, question).ways, strict=True)
                return {**copied, "ways": [self._question(way, other, copied) for way, other in ways]}
        return copied

    def _seal(self, question: FormulaQuestion, public: Plain) -> Plain | None:
        """What a copy has in place of the right formula; None where nothing can be sealed, and the question waits."""
        if not isinstance(question.engine, Right):
            raise SpecError(f"{question.id}: is sealed already")
        salt = hashlib.sha256(json.dumps([question.id, public], sort_keys=True).encode()).hexdigest()[:SALT_DIGITS]
        try:
            seal, unseen = seal_of(question.engine, salt, list(_right_answers(question)))
        except ValueError as error:
            self.notes.append(f"{question.id}: waits for the course: {error}")
            return None
        if unseen.conditions:
            self.notes.append(
                f"{question.id}: no point of the copy meets these sides of its conditions (if they exist): {unseen}"
            )
        gradients = dict(question.notation.gradients)
        return {**({"gradients": gradients} if gradients else {}), "sealed": _written(seal)}


def _right_answers(question: FormulaQuestion) -> Iterator[Any]:
    """The known answers that are right, as formulas."""
    for known in question.known:
        if known.earns == question.points:
            try:
                yield read_formula(Text(known.text, Place(known.name)), question.symbols, question.notation).tree
            except ExpressionError as error:
                raise SpecError(f"{question.id}: known {known.name!r}: {error.message}") from None


def _written(seal: Seal) -> Plain:
    """A seal as it stands in YAML."""
    n, r, p = SCRYPT
    stages = [{"digest": stage.digest, "points": _points(stage)} for stage in seal.stages]
    return {"scrypt": {"n": str(n), "r": str(r), "p": str(p)}, "salt": seal.salt, "stages": stages}


def _points(stage: Stage) -> list[Plain]:
    """The points of a stage, those of a case together; their order is that of the digest."""
    cases: dict[str, Plain] = {}
    for point in stage.points:
        case = {name: str(value) for name, value in point.case.items()}
        shape = [str(size) for size in point.shape]
        entry = {"case": case, "seeds": [], **({"shape": shape} if shape else {})}
        cases.setdefault(json.dumps(case), entry)["seeds"].append(str(point.seed))
    return list(cases.values())
