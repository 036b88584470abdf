"""The code of a submission: one Python file or notebook, found by what it defines, read as bytes and never run here.

The rule: `solution.py` (in any capitals, in any folder) is the code; where there is none, or it defines nothing that is
asked for, the one file that defines what is asked for, or imports it from the others. Two files that both define it are
refused by name, unless they define the same in the same way; whoever asks may then ask for one name after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from grader.answers.definitions import Definitions, agree, definitions_in, imports_file
from grader.answers.files import MAX_FILE_BYTES
from grader.answers.modules import ModuleFiles, modules_beside
from grader.answers.names import CODE_SUFFIXES, meant_by, one_form, suffix_of
from grader.answers.names import SOLUTION_FILE as SOLUTION_FILE
from grader.answers.tree import SubmissionFiles
from grader.deferred import dataclass
from grader.documents import shortened
from grader.errors import SubmissionError, listed, listed_first
from grader.verdict import CodeDigest
from grader.visible import one_line

SOLUTION_STEM = "solution"

MAX_NOTEBOOK_BYTES = 64 << 20
"""Largest notebook, its outputs among it (64 MiB); its code may have no more bytes than any other file."""

MAX_CODE_FILES = 60
"""Files of code that are looked through for the one that counts; where `solution.py` defines something, notebooks."""

MAX_SEARCHED_BYTES = 128 << 20
"""Bytes of all of them together."""

MAX_NAMED_CODE_FILES = 6
"""Files that a message names."""

NO_CODE_STEMS = ("conftest", "sitecustomize", "usercustomize", "setup")
"""Names of Python files that are there for other programs: never the code where another file may be."""


class SeveralCodesError(SubmissionError):
    """Several files define something that is asked for."""


CodeKind = Literal["python", "notebook"]


@dataclass(frozen=True)
class Code:
    """The source of a submission, and the name that tracebacks show; `notes` say how it was found."""

    name: str
    source: bytes
    kind: CodeKind
    modules: ModuleFiles = field(default_factory=ModuleFiles)
    notes: tuple[str, ...] = ()

    @property
    def snapshot(self) -> CodeDigest:
        """What a report says of it."""
        modules = tuple(
            CodeDigest(module.path, _digest(module.source)) for module in self.modules.files if not module.problem
        )
        return CodeDigest(self.name, _digest(self.source), modules)


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


class _Candidate:
    """A file of code, read when it is first asked for."""

    def __init__(self, name: str, files: SubmissionFiles, wanted: Collection[str]) -> None:
        self.name = name
        self.kind: CodeKind = "notebook" if suffix_of(name) == ".ipynb" else "python"
        self._files = files
        self._wanted = wanted

    @cached_property
    def source(self) -> bytes:
        """SubmissionError: it cannot be read."""
        return self._files.read(self.name, MAX_NOTEBOOK_BYTES if self.kind == "notebook" else MAX_FILE_BYTES)

    @cached_property
    def problem(self) -> str:
        """Why it cannot be read."""
        try:
            self.source  # noqa: B018  # raises
        except SubmissionError as error:
            return str(error)
        return ""

    @cached_property
    def found(self) -> Definitions:
        """What stands in it; nothing where it cannot be read or says nothing of what is asked for."""
        if self.problem:
            return Definitions()
        return definitions_in(self.source, notebook=self.kind == "notebook", most_bytes=MAX_FILE_BYTES)

    @property
    def defines(self) -> list[str]:
        """What it defines of what is asked for, in the order of the assignment."""
        return [name for name in self._wanted if name in self.found.defined]

    def brings(self, others: Sequence[_Candidate]) -> bool:
        """Whether something that is asked for is there once it has run: defined, or imported from another file."""
        if self.defines or any(name in self.found.imported for name in self._wanted):
            return True
        stars = Definitions(modules=self.found.stars)
        return bool(self.found.stars) and any(imports_file(stars, other.name) and other.defines for other in others)

    @property
    def is_solution(self) -> bool:
        """Whether its name is that of the file that is asked for."""
        return self.kind == "python" and meant_by(self.name, (SOLUTION_STEM,)) is not None

    def code(self, files: SubmissionFiles, notes: Sequence[str] = ()) -> Code:
        """SubmissionError: it cannot be read."""
        return Code(self.name, self.source, self.kind, modules_beside(files, self.name), tuple(notes))


def read_code(files: SubmissionFiles, wanted: Collection[str] = ()) -> Code | None:
    """The code among the files of a submission; None where there is none. `wanted` are names that it is asked for.

    Raises:
        SeveralCodesError: if several files define them.
        SubmissionError: if none does, or it cannot be read.
    """
    if files.problems:
        raise SubmissionError(*files.problems)
    names = [name for name in files.names if suffix_of(name) in CODE_SUFFIXES]
    likely = [name for name in names if not _is_for_other_programs(name)]
    candidates = [_Candidate(name, files, wanted) for name in likely or names]
    if not candidates:
        return None
    if len(candidates) == 1:
        (only,) = candidates
        usual = files.single or only.kind == "notebook" or only.name == SOLUTION_FILE
        return only.code(files, () if usual else [_note(only)])
    return _chosen(candidates, files, wanted)


def _is_for_other_programs(name: str) -> bool:
    stem = one_form(PurePosixPath(name).stem)
    return suffix_of(name) == ".py" and (stem in NO_CODE_STEMS or stem.startswith("test_") or stem.endswith("_test"))


def _chosen(candidates: list[_Candidate], files: SubmissionFiles, wanted: Collection[str]) -> Code:
    notebooks = [one for one in candidates if one.kind == "notebook"]
    solutions = [one for one in candidates if one.is_solution]
    for one in solutions:
        one.source  # noqa: B018  # one that cannot be read might be the right one: raises
    first = next((one for one in solutions if one.brings(candidates)), None)
    searched = candidates if first is None else [*solutions, *notebooks]
    if len(searched) > MAX_CODE_FILES or sum(files.size(one.name) for one in searched) > MAX_SEARCHED_BYTES:
        raise SubmissionError(
            f"{len(searched)} files hold code, among which the right one is not looked for: keep one "
            f"({SOLUTION_FILE}, or one notebook) and what it imports"
        )
    if first is not None:
        chosen, rivals = first, [one for one in searched if one.defines and one is not first]
    else:
        definers = [one for one in candidates if one.defines]
        reached = {one.name: _reached(one, candidates) for one in definers}
        roots = [one for one in definers if not _is_imported(one, reached)] or definers
        if not roots:
            return _without_definitions(candidates, solutions, notebooks, wanted).code(files, _unread(searched))
        chosen, *rivals = sorted(roots, key=lambda one: (one.name.count("/"), one.name))
    rivals = [one for one in rivals if not agree(one.found.definitions, chosen.found.definitions)]
    if rivals:
        raise SeveralCodesError(_refusal([chosen, *rivals]))
    said = [] if chosen.name == SOLUTION_FILE else [_note(chosen, wanted, searched)]
    return chosen.code(files, [*said, *_unread(searched)])


def _unread(candidates: Sequence[_Candidate]) -> list[str]:
    """Notebooks that could not be looked through, and why."""
    return [f"{one.problem}; it was not looked through for code" for one in candidates if one.problem]


def _reached(one: _Candidate, candidates: Sequence[_Candidate]) -> set[str]:
    """The names of the files that it imports, and those that they import in turn."""
    reached: set[str] = set()
    waiting = [one]
    while waiting:
        found = waiting.pop().found
        further = [other for other in candidates if other.name not in reached and imports_file(found, other.name)]
        reached.update(other.name for other in further)
        waiting += further
    return reached


def _is_imported(one: _Candidate, reached: Mapping[str, Collection[str]]) -> bool:
    """Whether another file of them imports it, also by way of others, and is not imported by it in turn."""
    return one.kind == "python" and any(
        one.name in names and other not in reached[one.name] for other, names in reached.items() if other != one.name
    )


def _without_definitions(
    candidates: Sequence[_Candidate],
    solutions: Sequence[_Candidate],
    notebooks: Sequence[_Candidate],
    wanted: Collection[str],
) -> _Candidate:
    """The file whose failure to define anything tells most, where none defines what is asked for."""
    if len(solutions) == 1:
        return solutions[0]
    if len(notebooks) == 1 and not solutions:
        return notebooks[0]
    names = listed(wanted, "or") or "what is asked for"
    raise SubmissionError(
        f"none of {_named(candidates)} defines {names}: write it in {SOLUTION_FILE}, or in one notebook"
    )


def _refusal(rivals: Sequence[_Candidate]) -> str:
    both = "both" if len(rivals) == 2 else "all"
    names = listed(list(dict.fromkeys(name for one in rivals for name in one.defines))[:MAX_NAMED_CODE_FILES])
    return f"{_named(rivals)} {both} hold code that is asked for ({names}): keep one ({SOLUTION_FILE}, or one notebook)"


def _named(candidates: Sequence[_Candidate]) -> str:
    names = sorted(one_line(shortened(one.name)) for one in candidates)
    return listed_first(names, MAX_NAMED_CODE_FILES)


def _note(chosen: _Candidate, wanted: Collection[str] = (), candidates: Sequence[_Candidate] = ()) -> str:
    found = [name for name in chosen.defines if name in wanted][:MAX_NAMED_CODE_FILES]
    others = len(candidates) - 1
    why = f", which defines {listed(found)}" if found and others > 0 else ""
    return f"the code was read from {one_line(shortened(chosen.name))}{why}"
