"""A submission: which file answers which question, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.answers.answer import Answer as Answer
from grader.answers.answer import is_blank as is_blank
from grader.answers.answers_file import AnswersFile
from grader.answers.arrays import Numbers, read_npy, read_npz, read_safetensors
from grader.answers.names import CODE_SUFFIXES as CODE
from grader.answers.names import submission_stem
from grader.answers.tree import SubmissionFiles
from grader.documents import (
    DocumentError,
    Node,
    ScalarNode,
    read_json,
    read_yaml,
    shortened,
)
from grader.documents.encodings import decoded_leniently
from grader.errors import Problem, SourceLocation, SubmissionError, closest, listed

DOCUMENT_READERS: Mapping[str, Callable[[bytes, str], Node]] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json,
}
ARRAY_READERS: Mapping[str, Callable[[bytes, str], Numbers]] = {
    ".npz": read_npz,
    ".npy": read_npy,
    ".safetensors": read_safetensors,
}
PROSE_SUFFIXES = (".md", ".txt")
ANSWERS_STEM = "answers"
MAX_UNREAD_NAMES = 8
"""Names in a folder without an answer that are listed one by one."""
MAX_UNKNOWN_KEYS = 20
"""Keys and files that belong to no question and are listed one by one."""


@dataclass(frozen=True)
class UnknownKey:
    """A key or a file that belongs to no question; `meant` is the question that its name was taken for, if any."""

    problem: Problem
    meant: str | None = None

    def __str__(self) -> str:
        return str(self.problem)


class Submission:
    """A folder, an archive or one answers file, read as far as it is asked for; `files` are those that it holds.

    `problems` says why the answers file cannot be used; files of single questions may still be good.
    `problems_by_question` has the problems that lie within one question of it: they cost no other question its marks.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self._problems: tuple[Problem, ...] = ()
        self._answers: AnswersFile | None = None
        self.files = SubmissionFiles(path)
        self._names = [] if self.files.single else [name for name in self.files.names if "/" not in name]
        self.name = name or named_by(path, self.files.is_folder)
        try:
            if self.files.problems:
                raise SubmissionError(*self.files.problems)
            self._read_answers()
        except SubmissionError as error:
            self._problems = error.problems

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why the answers file cannot be used, or what of it belongs to no question."""
        return self._problems or (self._answers.problems if self._answers is not None else ())

    @property
    def notes(self) -> tuple[str, ...]:
        """How the answers file was read, where that is not as usual."""
        return self._answers.notes if self._answers is not None else ()

    def expect(self, questions: Collection[str], others: Collection[str] = ()) -> None:
        """Says what the questions are called, and other names that may stand in the answers file."""
        if self._answers is not None:
            self._answers.expect(questions, others)

    def _read_answers(self) -> None:
        if not self.files.single:
            present = [
                name
                for name in self._names
                if Path(name).stem == ANSWERS_STEM and Path(name).suffix in DOCUMENT_READERS
            ]
            if len(present) > 1:
                raise SubmissionError(f"{listed(present)} both hold answers: keep one")
            if not present:
                return
            name = present[0]
        elif self.path.suffix in DOCUMENT_READERS:
            name = self.path.name
        elif self.path.suffix in CODE:
            return
        else:
            kinds = listed(DOCUMENT_READERS, "or")
            raise SubmissionError(
                Problem(f"is no file of answers (one ends in {kinds})", SourceLocation(self.path.name))
            )
        self._answers = AnswersFile(self.files.read(name), name)

    @property
    def assignment(self) -> str | None:
        """The assignment that the answers name, if they name one."""
        return self._answers.assignment if self._answers is not None else None

    def answer(self, question: str) -> Answer | None:
        """What stands for a question; None where nothing does.

        Raises:
            SubmissionError: if its file cannot be used, or there are two.
        """
        answers = self._answers
        written = answers is not None and answers.holds(question)
        files = self._files(question)
        places = ([answers.name] if written and answers is not None else []) + files
        if len(places) > 1:
            raise SubmissionError(f"{question} is answered twice, in {listed(places)}: keep one")
        if files:
            return self._from_file(files[0])
        if answers is not None and (answer := answers.answer(question)) is not None:
            return answer
        if self.problems:
            raise SubmissionError(*self.problems)
        return None

    def _files(self, question: str) -> list[str]:
        suffixes = {*DOCUMENT_READERS, *ARRAY_READERS, *PROSE_SUFFIXES}
        return [name for name in self._names if Path(name).suffix in suffixes and Path(name).stem == question]

    def _from_file(self, name: str) -> Answer | None:
        suffix = Path(name).suffix
        data = self.files.read(name)
        if suffix in ARRAY_READERS:
            return Answer(name, ARRAY_READERS[suffix](data, name))
        try:
            if suffix in PROSE_SUFFIXES:
                return Answer(name, _text_of(data, name))
            node = DOCUMENT_READERS[suffix](data, name)
        except DocumentError as error:
            raise SubmissionError(*error.problems) from None
        return None if is_blank(node) else Answer(name, node)

    def nothing_read(self, questions: Iterable[str]) -> Problem | None:
        """Where a folder holds something, but nothing that is read: what that is, and what is looked for."""
        if not self._names or self.problems or self._answers is not None or any(map(self._files, questions)):
            return None
        if any(Path(name).suffix in {*CODE, *DOCUMENT_READERS, *ARRAY_READERS} for name in self._names):
            return None
        names = [shortened(name) for name in self._names[:MAX_UNREAD_NAMES]]
        more = len(self._names) - len(names)
        there = listed([*names, *([f"{more} more"] if more else [])])
        return Problem(
            f"no answers are found: {shortened(self.name)}/ holds {there}, of which nothing is read; answers stand in "
            "answers.yaml or answers.json, in solution.py or a notebook, and in files named after a question"
        )

    def unknown_keys(self, questions: Iterable[str]) -> list[UnknownKey]:
        """Keys and files that look like answers but belong to no question; the last may stand for all that are left."""
        known = list(questions)
        keys = self._answers.unknown_keys(known) if self._answers is not None else []
        files = [name for name in self._names if Path(name).suffix in {*DOCUMENT_READERS, *ARRAY_READERS}]
        files = [name for name in files if Path(name).stem not in (*known, ANSWERS_STEM)]
        unknown = [
            _unknown_key(shortened(key), known, f"{shortened(key)!r} is not a question", key.place)
            for key in keys[:MAX_UNKNOWN_KEYS]
        ]
        unknown += [
            _unknown_key(Path(name).stem, known, "belongs to no question", SourceLocation(name))
            for name in files[:MAX_UNKNOWN_KEYS]
        ]
        if more := len(keys[MAX_UNKNOWN_KEYS:]) + len(files[MAX_UNKNOWN_KEYS:]):
            unknown.append(UnknownKey(Problem(f"and {more} more keys or files belong to no question")))
        return unknown


def _text_of(data: bytes, name: str) -> ScalarNode:
    """The text of a file that is an answer by itself.

    Raises:
        DocumentError: at the first character that cannot be told.
    """
    found = decoded_leniently(data, name)
    if problem := found.problem(name, 1, found.text.split("\n")):
        raise DocumentError(problem)
    return ScalarNode(found.text, SourceLocation(name))


def _unknown_key(name: str, questions: list[str], message: str, place: SourceLocation | None) -> UnknownKey:
    """The key with advice: the question that its name is close to, else all questions."""
    meant = closest(name, questions)
    advice = f"did you mean {meant!r}?" if meant is not None else f"the questions are {listed(questions)}"
    return UnknownKey(Problem(f"{message} ({advice})", place), meant)


def named_by(path: Path, is_folder: bool) -> str:
    """The name of a submission: that of its folder, or of its file without the ending."""
    if not is_folder:
        return submission_stem(path.name) or path.stem
    return path.resolve().name if path.name in ("", "..") else path.name
