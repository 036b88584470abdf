"""The fingerprint of each question's spec: of all in a course that a verdict on an answer to it can rest on."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.answers.digest import content_facts
from grader.deferred import dataclass
from grader.documents import plain
from grader.errors import SpecError
from grader.fingerprint import course_versions, fingerprint, grader_fingerprint
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import Resources
from grader.kinds.stored_question import kept_of
from grader.kinds.table import ways_of
from grader.kinds.variants.own import DrawnVariant, DrawnVariants
from grader.kinds.variants.question import VariantsQuestion, has_variants
from grader.spec.assignment import Assignment
from grader.spec.course import ASSIGNMENT_FILE, REFERENCE_FOLDER, course_of
from grader.spec.packages import KNOWN_PACKAGES
from grader.spec.question import BaseQuestion, Question
from grader.verdict import Report

REACHING_NAMES = frozenset(
    {"__builtins__", "__file__", "__import__", "__loader__", "__path__", "__spec__", "compile", "eval", "exec"}
    | {"DataSource", "fromfile", "fromregex", "genfromtxt", "getattr", "globals", "load", "loadtxt", "locals"}
    | {"memmap", "open", "open_memmap", "vars"}
)
"""Names in a reference by which it may read another file of the course."""

SELF_CONTAINED_MODULES = frozenset(
    {"__future__", "abc", "bisect", "cmath", "collections", "contextlib", "copy", "dataclasses", "decimal", "enum"}
    | {"fractions", "functools", "heapq", "itertools", "math", "numbers", "numpy", "operator", "random", "re"}
    | {"statistics", "string", "types", "typing"}
)
"""What a reference may import and still reach no file of the course, where none of these names stands in it."""


def can_be_told_apart(question: Question) -> bool:
    """Whether it is known what the question was read from: of a kind that does not say, nothing is used again."""
    is_known = has_variants(question) or kept_of(question) is not None  # which keeps it from being loaded
    return is_known or isinstance(question, BaseQuestion)


def rests_on_answer_alone(question: Question) -> bool:
    """Whether a verdict rests on nothing of a submission but what stands under the names of the question."""
    return all(kind_of(way).rests_on_answer_alone for way in ways_of(question))


@dataclass(frozen=True)
class QuestionTraits:
    """What the key of a verdict needs of its question: the names of its ways, and what the verdict may rest on."""

    question: Question
    way_names: tuple[str, ...]
    takes_code: bool
    rests_on_answer_alone: bool
    can_be_told_apart: bool


def question_traits(question: Question) -> QuestionTraits:
    """Those of one question."""
    names = tuple(dict.fromkeys(way.id for way in ways_of(question)))
    alone, told_apart = rests_on_answer_alone(question), can_be_told_apart(question)
    return QuestionTraits(question, names, takes_code(question), alone, told_apart)


def question_fingerprints(assignment: Assignment, drawn: DrawnVariants = ()) -> dict[str, str]:
    """The fingerprint of each question by its name; `drawn` are the variants of the student whose answers are meant.

    The rule: what its file says (wherever it stands there), the salt and the packages that its assignment states, with
    their versions, and the source of its references. A question that rests on more of a submission than its own answer
    has those in it that are opened with it, too: code is run for all of its questions at once, and prose is looked for
    among the answers to others.
    """
    variants = dict(drawn)
    own = {q.id: _own(q, assignment, variants.get(q.id)) for q in assignment.questions}
    shape = [[name, *_names(question)] for name, question in zip(own, assignment.questions, strict=True)]
    with_code = [own[question.id] for question in assignment.questions if takes_code(question)]
    found = {}
    for question in assignment.questions:
        alone = rests_on_answer_alone(question)
        around = [] if alone else [shape, list(assignment.listed), with_code if takes_code(question) else []]
        found[question.id] = fingerprint([own[question.id], assignment.students_copy, around])
    return found


def fingerprint_of(questions: Mapping[str, str]) -> str:
    """The fingerprint of what a report was graded against, from those of its questions in their order."""
    return fingerprint(list(questions.items()))


def stamped(report: Report, assignment: Assignment, drawn: DrawnVariants = ()) -> Report:
    """The report with the fingerprints of what it was graded against, and by."""
    return replace(report, spec=fingerprint_of(question_fingerprints(assignment, drawn)), grader=grader_fingerprint())


class SpecFingerprints:
    """The fingerprints of an assignment: of each of its `questions`, of its `names` of answers, and of the `whole`.

    `drawn` are the variants of the student whose answers are meant; `shared` is the same for all students. `of_report`
    is that of a report in which all questions were graded against this assignment.
    """

    def __init__(self, assignment: Assignment, drawn: DrawnVariants = ()) -> None:
        self.assignment = assignment
        self.drawn = drawn
        self.questions = question_fingerprints(assignment, drawn)
        self.names = fingerprint([assignment.names_of_answers, assignment.listed])
        about = [assignment.id, assignment.students_copy, assignment.packages, self.names]
        self.whole = fingerprint([about, list(self.questions.items())])
        variants = dict(drawn)
        common = [(name, text) for name, text in self.questions.items() if name not in variants]
        self.shared = fingerprint([about, common]) if drawn else self.whole
        self.of_report = fingerprint_of(self.questions)
        self._traits: dict[str, QuestionTraits] = {}

    def traits(self, question: Question) -> QuestionTraits:
        """Those of a question of the assignment, or of the variant of it that a student meets."""
        found = self._traits.get(question.id)
        if found is None or found.question is not question:
            found = self._traits[question.id] = question_traits(question)
        return found

    def close(self) -> None:
        """Nothing is held open."""


def spec_fingerprints(assignment: Assignment, run: Resources, drawn: DrawnVariants = ()) -> SpecFingerprints:
    """The fingerprints of an assignment, made once for all that share these resources and meet the same variants.

    They keep the assignment, so that no other one gets its id.
    """
    name = f"fingerprints {id(assignment)} {drawn}" if drawn else f"fingerprints {id(assignment)}"
    return run.resource(name, lambda: SpecFingerprints(assignment, drawn))


def _own(question: Question, assignment: Assignment, drawn: DrawnVariant | None = None) -> str:
    packages = course_versions(tuple(KNOWN_PACKAGES.get(name, name) for name in assignment.packages))
    if (kept := kept_of(question)) is not None:
        content = kept.content
    else:
        source = question.source if isinstance(question, BaseQuestion | VariantsQuestion) else None
        content = content_facts(source)
    if drawn is not None and has_variants(question):
        content = _variant_facts(question, drawn)
    said = [content, assignment.salt, packages]
    references = sorted(_references(question, assignment, drawn)) if not assignment.students_copy else []
    return fingerprint([kind_of(question).name, said, references])


def _variant_facts(question: VariantsQuestion, drawn: DrawnVariant) -> Any:
    """What a variant says, and all that the others may say: who has another one may be told so."""
    if drawn.refusal:
        return ["refused", [str(problem) for problem in drawn.refusal]]
    try:
        constants = question.draws.constants(drawn.combination)
        own = question.root_of(constants)
    except SpecError as error:
        return ["refused", [str(problem) for problem in error.problems]]
    source = question.draws.source
    others = [content_facts(source.lookup(key)) for key in ("draw", "let", "where") if key in source]
    heading = question.written.heading
    before = [content_facts(heading.lookup(key)) for key in ("title", "prompt")] if heading else []
    return [dict(constants.shown), content_facts(own), others, before]


def takes_code(question: Question) -> bool:
    """Whether an answer may be Python."""
    return any(kind_of(way).takes_code for way in ways_of(question))


def _names(question: Question) -> list[list[str]]:
    """The kind and the name of each way to answer a question."""
    return [[kind_of(way).name, way.id] for way in ways_of(question)]


def _python_named(question: Question, drawn: DrawnVariant | None) -> Iterable[str]:
    """The Python that a question names; of a variant, which is not loaded for that, whatever looks like a reference."""
    if drawn is not None and not drawn.refusal and has_variants(question):
        with suppress(SpecError):
            own = question.root_of(question.draws.constants(drawn.combination))
            return re.findall(rf"{REFERENCE_FOLDER}\.[\w.:]+", json.dumps(plain(own), ensure_ascii=False))
    kept = kept_of(question)
    return kind_of(question).python_of(question) if kept is None else kept.python


def _references(
    question: Question, assignment: Assignment, drawn: DrawnVariant | None = None
) -> Iterator[tuple[str, str]]:
    """The references of a question with digests of their sources; of one that may reach further, of all files there."""
    python = _python_named(question, drawn)
    named = [name for name in python if name.startswith(f"{REFERENCE_FOLDER}.")]
    inside = assignment.path / ASSIGNMENT_FILE if assignment.path.is_dir() else assignment.path
    course = course_of(inside)
    if not named or course is None:
        return
    reaches = False
    for name in named:
        data = _source_of(name, course)
        yield name, hashlib.sha256(data or b"").hexdigest()
        reaches |= data is None or _may_reach_further(data)
    for path in _files_below(course / REFERENCE_FOLDER) if reaches else ():
        yield path.relative_to(course).as_posix(), hashlib.sha256(_bytes_of(path)).hexdigest()


def _source_of(name: str, course: Path) -> bytes | None:
    """The source of the module that a reference names, or of which it names an attribute; None where none is found."""
    parts = re.split(r"[.:]", name)
    files = (course.joinpath(*parts[:count]).with_suffix(".py") for count in range(len(parts), 1, -1))
    return next((_bytes_of(file) for file in files if file.is_file()), None)


def _may_reach_further(source: bytes) -> bool:
    """Whether the source of a reference may read another file: it imports what the course holds, or opens files."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return True
    return any(not _is_self_contained(node) for node in ast.walk(tree))


def _is_self_contained(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom():
            imported = [] if node.level else [node.module or ""]
            names = [alias.name for alias in node.names]
        case ast.Import():
            imported, names = [alias.name for alias in node.names], []
        case ast.Name():
            return node.id not in REACHING_NAMES
        case ast.Attribute():
            return node.attr not in REACHING_NAMES
        case _:
            return True
    known = bool(imported) and all(module.partition(".")[0] in SELF_CONTAINED_MODULES for module in imported)
    return known and REACHING_NAMES.isdisjoint(names)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # whoever loads it says why
        return b""


def _files_below(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__":
            yield from _files_below(path)
        elif path.is_file():
            yield path
