"""A submission: which file answers which question, and what stands there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from grader.answers.answer import Answer as Answer
from grader.answers.answer import PlacedComment
from grader.answers.answer import is_blank as is_blank
from grader.answers.answer_files import DOCUMENT_READERS, answer_in_file, filled_in
from grader.answers.answers_file import AnswerLines, AnswersFile
from grader.answers.array_files import file_named, said_beside
from grader.answers.arrays import MAX_WEIGHTS_FILE_BYTES
from grader.answers.disk import FilesSource
from grader.answers.document_text import DOCUMENT_LIBRARIES, PROSE_SUFFIXES, UNREAD_DOCUMENTS
from grader.answers.formats import ARRAY_READERS
from grader.answers.links import shared_files
from grader.answers.names import (
    ANSWERS_STEM,
    CODE_SUFFIXES,
    meant_by,
    submission_stem,
    suffix_of,
)
from grader.answers.read_record import ReadRecord
from grader.answers.tree import SubmissionFiles
from grader.answers.unread import (
    COURSE_FOLDERS,
    Unread,
    WantedFile,
    form_of,
)
from grader.answers.unread_parts import unread_parts
from grader.documents import MappingNode, shortened
from grader.errors import Problem, SourceLocation, SubmissionError, listed, listed_first

SUFFIXES_OF_ANSWERS = frozenset(
    (*DOCUMENT_READERS, *ARRAY_READERS, *PROSE_SUFFIXES, *DOCUMENT_LIBRARIES, *UNREAD_DOCUMENTS)
)
"""What the files end in that can be named after a question."""
MAX_UNREAD_NAMES = 8
"""Names in a folder without an answer that are listed one by one."""


class Submission:
    """A folder, an archive or one answers file, read as far as it is asked for; `files` are those that it holds.

    `problems` says why the answers file cannot be used; files of single questions may still be good.
    """

    def __init__(
        self,
        path: Path,
        name: str | None = None,
        parts: Sequence[tuple[str, Path]] = (),
        source: FilesSource | None = None,
        shared: Sequence[str] = (),
    ) -> None:
        """`parts`: the files with their names, where a platform has put them elsewhere than below one path.

        `source` has the files where they were read before, and `shared` those that a neighbour has too; nothing is
        looked for on disk then.
        """
        self.path = path
        self._problems: tuple[Problem, ...] = ()
        self._answers: AnswersFile | None = None
        self._questions: tuple[str, ...] = ()
        self._notes: dict[str, None] = {}
        self._keys_read: set[str] = set()
        self._passed_over: dict[str, str] = {}
        self._answered: dict[str, Answer | SubmissionError | None] = {}
        self.files = SubmissionFiles(path, parts, source)
        self._shared = None if source is None else tuple(shared)
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
    def every_problem(self) -> tuple[Problem, ...]:
        """Those and the problems of single questions: what is said where it is not known what the questions are."""
        by_question = self._answers.problems_by_question.values() if self._answers is not None else ()
        return tuple(dict.fromkeys((*self.problems, *(problem for found in by_question for problem in found))))

    def _read_answers(self) -> None:
        if not self.files.single:
            present = self._named(ANSWERS_STEM, DOCUMENT_READERS)
            if len(present) > 1:
                both = "both" if len(present) == 2 else "all"
                folders = {name.rpartition("/")[0] for name in present}
                apart = "; `grader grade` takes each folder as a submission" if len(folders) == len(present) else ""
                raise SubmissionError(f"{listed(present)} {both} hold answers: keep one{apart}")
            if not present:
                return
            name = present[0]
        elif suffix_of(self.path.name) in DOCUMENT_READERS:
            name = self.path.name
        elif suffix_of(self.path.name) in CODE_SUFFIXES:
            return
        else:
            kinds = listed(DOCUMENT_READERS, "or")
            raise SubmissionError(
                Problem(f"is no file of answers (one ends in {kinds})", SourceLocation(self.path.name))
            )
        self._answers = AnswersFile(self.files.read(name), name)

    def _named(self, stem: str, suffixes: Iterable[str]) -> list[str]:
        """The files that are named after a question (or `answers`), in any capitals or as a copy of that name.

        Those in the outermost folder count; files with the same contents are one. A name that is read as another is
        noted.
        """
        if self.files.single:
            return []
        known, wanted = (*self._questions, ANSWERS_STEM, stem), frozenset(suffixes)
        there = [name for name in self.files.names if suffix_of(name) in wanted and meant_by(name, known) == stem]
        there = [name for name in there if name.partition("/")[0] not in COURSE_FOLDERS]
        if not there:  # as of most questions
            return []
        outermost = min(name.count("/") for name in there)
        found = sorted(self._distinct([name for name in there if name.count("/") == outermost], stem))
        self._passed_over |= {
            name: f"{found[0]} lies further out and counts" for name in there if name.count("/") > outermost
        }
        if len(found) == 1 and found[0] != (plain := f"{stem}{suffix_of(found[0])}"):
            self._notes[f"{found[0]}: read as {plain}"] = None
        return found

    def _distinct(self, names: list[str], stem: str) -> Iterator[str]:
        """The names, but of files with the same contents only the plainest; it is noted which are left out."""
        if len(names) == 1:
            yield from names
            return
        contents: dict[tuple[str, bytes], str] = {}
        for name in sorted(names, key=lambda name: (PurePosixPath(name).stem != stem, len(name), name)):
            first = name
            with suppress(SubmissionError):  # whoever reads it says why
                data = self.files.read(name, MAX_WEIGHTS_FILE_BYTES)
                first = contents.setdefault((suffix_of(name).replace(".yml", ".yaml"), data), name)
            if first == name:
                yield name
            else:
                self._notes[f"{name}: holds the same as {first}"] = None

    def expect(self, questions: Collection[str], others: Collection[str] = ()) -> None:
        """Says what the questions are called, and other names that may stand in the submission."""
        self._questions = (*questions, *others)
        self._answered.clear()
        if self._answers is not None:
            self._answers.expect(questions, others)

    @property
    def notes(self) -> tuple[str, ...]:
        """Where answers were read that do not stand where they are looked for first, and how."""
        of_answers = self._answers.notes if self._answers is not None else ()
        return (*self.files.notes, *self._notes, *of_answers)

    @property
    def shared(self) -> Sequence[str]:
        """The files that a neighbour has too, under another name of the same file (a hard link)."""
        return shared_files(self.path) if self._shared is None else self._shared

    @property
    def assignment(self) -> str | None:
        """The assignment that the answers name, if they name one."""
        return self._answers.assignment if self._answers is not None else None

    @property
    def students(self) -> tuple[str, ...]:
        """Whom the answers name as handing in together, as they write it.

        Raises:
            SubmissionError: if that is no list of students.
        """
        return self._answers.students if self._answers is not None else ()

    def answer(self, question: str) -> Answer | None:
        """What stands for a question; None where nothing does. Its file is read once.

        Raises:
            SubmissionError: if its file cannot be used, or there are two.
        """
        if question not in self._answered:
            try:
                self._answered[question] = self._answer(question)
            except SubmissionError as error:
                self._answered[question] = error
        found = self._answered[question]
        if isinstance(found, SubmissionError):
            raise SubmissionError(*found.problems)
        return found

    @property
    def holds_entries_alone(self) -> bool:
        """Whether every file holds answers under the names of questions, or arrays: none could be code or prose."""
        kinds = (*DOCUMENT_READERS, *ARRAY_READERS)
        return (
            not self.files.unread and not self.files.problems and all(suffix_of(n) in kinds for n in self.files.names)
        )

    def answered(self, question: str) -> Answer | None:
        """What was found for a question, where it was looked for."""
        found = self._answered.get(question)
        return None if isinstance(found, SubmissionError) else found

    def lines_of(self, question: str) -> list[AnswerLines]:
        """What stands for a question in the file of answers, as it was written."""
        return [] if self._answers is None else self._answers.blocks_of(question)

    def commented_out(self, question: str) -> list[PlacedComment]:
        """The comments that stand where the file of answers leaves a question blank."""
        return [] if self._answers is None else list(self._answers.commented_out(question))

    @property
    def read_record(self) -> ReadRecord:
        """What has been read so far, as far as reports say so."""
        return ReadRecord(
            frozenset(self.files.was_read), frozenset(self._keys_read), tuple(self._notes), dict(self._passed_over)
        )

    def take_as_read(self, read_record: ReadRecord) -> None:
        """Takes for read what was read when something was graded before, which is not graded again."""
        self.files.was_read |= read_record.files
        self._keys_read |= read_record.keys
        if read_record.notes or read_record.passed_over:
            self._notes |= dict.fromkeys(read_record.notes)
            self._passed_over |= read_record.passed_over

    def pass_over(self, name: str, why: str) -> None:
        """A file is not read, for a reason that its name does not tell."""
        self._passed_over[name] = why

    def _answer(self, question: str) -> Answer | None:
        answers = self._answers
        written = answers is not None and answers.holds(question)
        files = filled_in(self.files, self._named(question, SUFFIXES_OF_ANSWERS), question, beside_others=written)
        named = file_named(answers, self.files.names, question) if written else None
        beside: MappingNode | None = None
        if named is not None and files in ([], [named]):
            self._keys_read.add(question)
            files, written, beside = [named], False, said_beside(answers, question, named)
        elif written and len(files) == 1 and (beside := said_beside(answers, question, files[0])) is not None:
            self._keys_read.add(question)
            written = False
        places = ([answers.name] if written and answers is not None else []) + files
        if len(places) > 1:
            self._keys_read.add(question)
            self.files.was_read.update(files)
            raise SubmissionError(f"{question} is answered twice, in {listed(places)}: keep one")
        if files:
            found = answer_in_file(self.files, files[0], question)
            return found if found is None else replace(found, beside=beside)
        if answers is not None:
            self._keys_read.add(question)
            if (answer := answers.answer(question)) is not None:
                return answer
        if self.problems:
            raise SubmissionError(*self.problems)
        return None

    def nothing_read(self) -> Problem | None:
        """Where a submission holds something, but nothing that is read: what that is, and what is looked for."""
        names = self.files.names
        if not names or self.problems or self.files.was_read:
            return None
        if any(suffix_of(name) in {*CODE_SUFFIXES, *DOCUMENT_READERS, *ARRAY_READERS} for name in names):
            return None
        there = listed_first(map(shortened, names), MAX_UNREAD_NAMES)
        return Problem(
            f"no answers are found: {shortened(self.name)}/ holds {there}, of which nothing is read; answers stand in "
            "answers.yaml or answers.json, in solution.py or a notebook, and in files named after a question"
        )

    def unread(self, wanted: Mapping[str, WantedFile], graded: Iterable[str]) -> list[Unread]:
        """Keys and files that nothing has read so far, but for those of questions that are not `graded` now.

        Keys come first; `wanted` has every question. The last may stand for all that are left.
        """
        if self.files.single and self._problems:
            return [Unread(problem, None, form_of(self.path.name)) for problem in self._problems]
        return unread_parts(self.files, self._answers, self.read_record, wanted, set(wanted) - set(graded))


def named_by(path: Path, is_folder: bool) -> str:
    """The name of a submission: that of its folder, or of its file without the ending."""
    if not is_folder:
        return submission_stem(path.name) or path.stem
    return path.resolve().name if path.name in ("", "..") else path.name
