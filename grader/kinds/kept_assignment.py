"""An assignment from the user's cache: its questions are there at once, and each is loaded when more is asked of it.

The rule: an assignment is kept only when all of it was loaded without a problem, and it is found again only where every
file of its folder, the names of the references beside it, the questions asked for and the grader itself are the same,
wherever it lies. So a question that is loaded later, from the bytes of now, is the one that was loaded before.
"""

from __future__ import annotations

import copyreg
import hashlib
import io
import os
import pickle
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from grader.answers.digest import content_facts
from grader.deferred import dataclass, replace
from grader.documents import MappingNode, read_yaml
from grader.errors import HarnessError, SpecError
from grader.fingerprint import grader_fingerprint
from grader.kinds.kind import kind_of
from grader.kinds.stored_question import KeptQuestion, StoredQuestion
from grader.kinds.table import load_assignment, load_file
from grader.spec.assignment import Assignment
from grader.spec.course import ASSIGNMENT_FILE, REFERENCE_FOLDER, course_of
from grader.spec.packages import KNOWN_PACKAGES
from grader.spec.question import BaseQuestion, Question
from grader.user_cache import cache_folder, keep_cached, read_cached

if TYPE_CHECKING:
    from grader.kinds.written.marks import Marks

SPEC_ENDING = ".yaml"

MAX_SPEC_FOLDER_BYTES = 16 << 20
MAX_SPEC_FOLDER_FILES = 1_000
MAX_REFERENCE_FILES = 10_000
"""Of an assignment with more than that nothing is kept."""

UNPICKLED_PACKAGES = frozenset({"grader", "flint", "datetime", "fractions", "pathlib", "zoneinfo"})
"""The packages whose own classes are kept; nothing else is made of what is read."""

UNPICKLED_BESIDE = frozenset({("builtins", "frozenset"), ("grader.machines.program", "_compiled_again")})
"""What else is called for that."""


@dataclass(frozen=True)
class CheckedAssignment(Assignment):
    """An assignment with the reader's marks beside it, against which they were checked; None where they cannot be."""

    marks_beside: Marks | None = None


@dataclass(frozen=True)
class _KeptAssignment:
    """What is in the cache; `key` is the name that it was written under."""

    key: str
    assignment: CheckedAssignment
    questions: tuple[KeptQuestion, ...]


def kept_or_loaded(path: Path, asked: Iterable[str] = ()) -> Assignment:
    """The assignment at a path as `load_assignment` gives it, from the cache where it is kept there.

    Raises:
        SpecError: as `load_assignment` does.
    """
    names = tuple(asked)
    files = _files_beside(path)
    if (kept := _kept_under(path, names, files)) is not None:
        return kept
    if names and (whole := _kept_under(path, (), files)) is not None:
        return whole.only(names)
    return _keep(path, load_assignment(path, asked=names), names, files)


def kept_assignment(path: Path) -> CheckedAssignment | None:
    """The assignment at a path from the cache; None if it is not there."""
    return _kept_under(path, (), _files_beside(path))


def keep_assignment(path: Path, loaded: Assignment) -> CheckedAssignment:
    """The assignment that was loaded at a path where nothing changes, which is kept from now on where it can be."""
    return _keep(path, loaded, (), _files_beside(path))


def _kept_under(path: Path, asked: tuple[str, ...], files: Mapping[str, bytes] | None) -> CheckedAssignment | None:
    kept = None if files is None else _read(_key(path, asked, files))
    return None if kept is None or files is None else _restored(kept, path, files)


def _keep(
    path: Path, loaded: Assignment, asked: tuple[str, ...], files: Mapping[str, bytes] | None
) -> CheckedAssignment:
    """Keeps an assignment, unless its files are not those any more that were there before it was loaded."""
    checked = _checked(loaded)
    is_fixed = all(name in KNOWN_PACKAGES for name in loaded.packages)  # others may be refused
    if files is not None and is_fixed and files == _files_beside(path):
        with suppress(Exception):  # what cannot be kept is loaded anew
            key, questions = _key(path, asked, files), tuple(_kept(question) for question in loaded.questions)
            whole = _KeptAssignment(key, replace(checked, questions=()), questions)
            keep_cached(key, _pickled(whole))
    return checked


def _checked(assignment: Assignment) -> CheckedAssignment:
    marks: Marks | None = {}
    if assignment.marks_file is not None:
        from grader.kinds.written.checked_marks import marks_for

        try:
            marks = marks_for(assignment, None)
        except SpecError:  # whoever asks for them is told
            marks = None
    return CheckedAssignment(**vars(assignment), marks_beside=marks)


def _files_beside(path: Path) -> dict[str, bytes] | None:
    """A question file and the specs in its folder, or those of a folder; None where nothing is kept of them."""
    if cache_folder() is None:
        return None
    folder = path if path.is_dir() else path.parent
    files: dict[str, bytes] = {}
    left = MAX_SPEC_FOLDER_BYTES
    try:
        names = {name for name in os.listdir(folder) if os.path.splitext(name)[1].lower() == SPEC_ENDING}
        for name in sorted(names | ({path.name} if folder != path else set())):
            if (folder / name).is_file():
                with (folder / name).open("rb") as file:
                    files[name] = file.read(left + 1)
                left -= len(files[name])
            if left < 0 or len(files) > MAX_SPEC_FOLDER_FILES:
                return None
    except OSError:
        return None
    return files


def _key(path: Path, asked: tuple[str, ...], files: Mapping[str, bytes]) -> str:
    """A name for all that loading the assignment rests on."""
    inside = path / ASSIGNMENT_FILE if path.is_dir() else path
    course = course_of(inside)
    folder = inside.resolve().parent.name  # which gives its name to the assignment of a question file
    about = [grader_fingerprint(), path.name if inside == path else "", folder, asked, _references(course)]
    key = hashlib.sha256(repr(about).encode("utf-8", "surrogateescape"))
    for name, data in files.items():
        key.update(repr((name, len(data))).encode("utf-8", "surrogateescape"))
        key.update(data)
    return f"assignment-{key.hexdigest()}"


def _references(course: Path | None) -> list[str]:
    """The files of Python in the references of a course: a spec is loaded only where those that it names are there."""
    folder, found = (course / REFERENCE_FOLDER if course is not None else None), list[str]()
    for where, _, names in os.walk(folder) if folder is not None else ():
        inside = os.path.relpath(where, folder)
        found += [os.path.join(inside, name) for name in names if name.endswith(".py")]
        if len(found) > MAX_REFERENCE_FILES:
            break
    return sorted(found)


def _kept(question: Question) -> KeptQuestion:
    """What is kept of a question.

    Raises:
        TypeError: if it does not say where it was read.
    """
    if not isinstance(question, BaseQuestion):
        raise TypeError(f"{type(question).__name__} has no source")
    kind = kind_of(question)
    ways = kind.ways(question)
    return KeptQuestion(
        id=question.id,
        title=question.title,
        points=question.points,
        prompt=question.prompt,
        rubric=cast(Question, question).rubric,
        kind=kind.name,
        takes_code=kind.takes_code,
        rests_on_answer_alone=kind.rests_on_answer_alone,
        looks_in=kind.looks_in,
        wanted=kind.wanted(question),
        ways=() if ways == (question,) else tuple(map(_kept, ways)),
        file=question.source.place.file,
        content=content_facts(question.source),
        python=tuple(kind.python_of(question)),
        whole=_whole(question) if kind.is_kept_whole else None,
    )


def _whole(question: Question) -> bytes | None:
    """A question as it is; None where it has something in it that is not kept."""
    try:
        return _pickled(question)
    except Exception:  # it is loaded anew
        return None


def _pickled(value: Any) -> bytes:
    """A zone of time is written by its name: left to itself it asks for a method, and only classes are made again."""
    from zoneinfo import ZoneInfo

    written = io.BytesIO()
    pickler = pickle.Pickler(written, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**copyreg.dispatch_table, ZoneInfo: lambda zone: (ZoneInfo, (zone.key,))}
    pickler.dump(value)
    return written.getvalue()


class _Unpickler(pickle.Unpickler):
    """Makes the objects of which an assignment is made, and no others."""

    def find_class(self, module: str, name: str) -> Any:
        is_beside = (module, name) in UNPICKLED_BESIDE
        if is_beside or ("." not in name and _package_of(module) in UNPICKLED_PACKAGES):
            found = super().find_class(module, name)
            if is_beside or (isinstance(found, type) and _package_of(found.__module__) in UNPICKLED_PACKAGES):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an assignment")


def _package_of(module: str) -> str:
    return module.partition(".")[0]


def _unpickled(data: bytes) -> Any:
    return _Unpickler(io.BytesIO(data)).load()


def _read(key: str) -> _KeptAssignment | None:
    data = read_cached(key)
    if data is None:
        return None
    try:
        found = _unpickled(data)
    except Exception:  # whatever it is, it was not written by this grader
        return None
    return found if isinstance(found, _KeptAssignment) and found.key == key else None


def _restored(kept: _KeptAssignment, path: Path, files: Mapping[str, bytes]) -> CheckedAssignment:
    folder, source = (path if path.is_dir() else path.parent), _SpecSource(kept.assignment, files)
    questions = (StoredQuestion(one, partial(source.question, one, folder)) for one in kept.questions)
    return replace(kept.assignment, path=path, questions=tuple(cast(Question, question) for question in questions))


class _SpecSource:
    """Loads the questions of an assignment that was kept, file by file, from the bytes that its key was made of."""

    def __init__(self, assignment: Assignment, files: Mapping[str, bytes]) -> None:
        self._assignment = assignment
        self._files = files
        self._loaded: dict[str, dict[str, Question]] = {}

    def question(self, kept: KeptQuestion, folder: Path) -> Question:
        """The question itself."""
        if kept.whole is not None:
            with suppress(Exception):  # then it is loaded as it was before
                found = _unpickled(kept.whole)
                return cast(Question, replace(found, path=folder / kept.file) if hasattr(found, "path") else found)
        if kept.file not in self._loaded:
            self._loaded[kept.file] = {question.id: question for question in self._load(kept.file, folder)}
        return self._loaded[kept.file][kept.id]

    def _load(self, file: str, folder: Path) -> list[Question]:
        from grader.spec.assignment_files import in_assignment

        root = read_yaml(self._files[file], file)
        found = load_file(root, folder / file) if isinstance(root, MappingNode) else None
        if found is None or found.problems:
            raise HarnessError(f"{file} was loaded before, and cannot be loaded now: try it with GRADER_CACHE=off")
        salt, packages = self._assignment.salt, self._assignment.packages
        return [in_assignment(question, salt, packages) for question in found.questions]
