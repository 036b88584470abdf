"""Prose in documents that are not named after a question: found under a heading that names it, else left to a reader.

A document that no heading and no name gives to a question is taken for the answer to the only written question without
one. Where there are several, each of them waits for a reader, who is told the documents to open. Python code in a text
file is no prose where code is asked for, if it is called like the file of the code, or no other code was handed in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from grader.answers.answer import DocumentFile
from grader.answers.definitions import definitions_in
from grader.answers.document_text import (
    DOCUMENT_ENDINGS,
    MAX_DOCUMENT_BYTES,
    PROSE_SUFFIXES,
    ExtractedText,
    TextBlock,
    UnreadDocumentError,
    text_in_document,
)
from grader.answers.names import (
    CODE_SUFFIXES,
    NOTEBOOK_SUFFIX,
    SOLUTION_FILE,
    meant_by,
    parts_meant_by,
    stem_of,
    suffix_of,
)
from grader.answers.submission import Submission
from grader.answers.unread import COURSE_FOLDERS, form_of, is_like, question_in
from grader.documents import shortened
from grader.documents.encodings import decoded_leniently
from grader.errors import SubmissionError, listed
from grader.fingerprint import fingerprint
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import OpenSubmission
from grader.spec.question import Question
from grader.written_answer import WrittenAnswer

MAX_DOCUMENTS = 20
"""Documents of one submission that are read for their text."""

MAX_HEADING_CHARACTERS = 120
_HEADING_WORDS = (
    r"question|q|problem|exercise|ex|task|part|answer(?:\s+to)?(?:\s+question)?|aufgabe|frage|übung|teil|no|nr"
)
_NUMBERED = re.compile(r"[A-Za-z]*[ _-]?(\d[\w.]*)")


@dataclass(frozen=True)
class Prose:
    """A written answer out of a document: its text (None: a reader has to open the file), and how it was read.

    `documents` are the files to open, with digests of what they hold; `is_all`: the text is all that they hold. `asked`
    is what this student was asked, where that is not the same for all.
    """

    file: str
    text: str | None
    notes: tuple[str, ...] = ()
    heading: str = ""
    documents: tuple[tuple[str, str], ...] = ()
    is_all: bool = True
    asked: str = ""

    def answer(self, notes: Iterable[str] = ()) -> WrittenAnswer:
        """The same for a reader, with `notes` of one's own.

        Of a text that is all there is, space at the ends of lines tells nothing apart.
        """
        lines = None if self.text is None else [line.rstrip() for line in self.text.strip().splitlines()]
        files = [] if self.is_all and self.text is not None else list(self.documents)
        names = tuple(file for file, _ in self.documents)
        known_by = fingerprint([lines, files, *([self.asked] if self.asked else [])])
        return WrittenAnswer(self.text, known_by, names, (*self.notes, *notes), asked=self.asked)


def prose_of(document: DocumentFile) -> Prose:
    """All of the text of a document that is named after its question."""
    file = document.file
    documents = ((file, _digest(document.data)),)
    try:
        if document.problem:
            raise UnreadDocumentError(document.problem)
        found = text_in_document(document.data, document.suffix, file)
    except UnreadDocumentError as error:
        return Prose(file, None, (f"{file} waits for a reader who opens it: {error}",), documents=documents)
    text = "\n".join(block.text for block in found.blocks)
    return Prose(file, text, _left_out(file, found), documents=documents, is_all=not found.left_out)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def prose_in_documents(question: Question, opened: OpenSubmission) -> Prose | None:
    """The prose that a document holds for a question without an answer of its own; None where none may.

    Raises:
        SubmissionError: where two documents have it.
    """
    documents = opened.resource("documents", lambda: SubmissionDocuments(opened))
    parts = documents.parts.get(question.id, [])
    files = list(dict.fromkeys(part.file for part in parts))
    if len(files) > 1:
        raise SubmissionError(f"{question.id} is answered twice, in {listed(files)}: keep one")
    if parts:
        opened.submission.files.was_read.add(files[0])
        notes = tuple(f"read from {files[0]}, below {shortened(part.heading)!r}" for part in parts)
        text = "\n".join(part.text or "" for part in parts)
        return replace(parts[0], text=text, notes=(*notes, *parts[0].notes), heading="")
    if pictures := _pictures_of(question, opened):
        opened.submission.files.was_read.update(pictures)
        verb = "waits for a reader who opens it: it is a picture"
        if len(pictures) > 1:
            verb = "wait for a reader who opens them: they are pictures"
        digests = tuple((name, _digest_of(name, opened.submission)) for name in pictures)
        return Prose(pictures[0], None, (f"{listed(pictures)} {verb}",), documents=digests)
    if not documents.of_nobody or question not in opened.assignment.questions:
        return None
    if len(documents.of_nobody) == 1 and documents.unanswered(opened) == [question.id]:
        ((file, prose),) = documents.of_nobody.items()
        opened.submission.files.was_read.add(file)
        note = f"{file} names no question: taken for {question.id}, the only written question without an answer"
        return replace(prose, notes=(note, *prose.notes))
    names = listed(documents.of_nobody)
    verb, it = ("names", "it answers") if len(documents.of_nobody) == 1 else ("name", "one of them answers")
    advice = f"name a document after its question ({question.id}.docx), or put {question.id} in a heading"
    note = f"{names} {verb} no question: a reader looks whether {it} {question.id}; {advice}"
    digests = tuple(one for prose in documents.of_nobody.values() for one in prose.documents)
    return Prose(next(iter(documents.of_nobody)), None, (note,), documents=digests)


def _digest_of(name: str, submission: Submission) -> str:
    """A digest of a file that is not read for its text; of one that cannot be read, of why not."""
    try:
        return _digest(submission.files.read(name, MAX_DOCUMENT_BYTES))
    except SubmissionError as error:
        return _digest(str(error).encode())


def _pictures_of(question: Question, opened: OpenSubmission) -> list[str]:
    """Pictures that are named after a question or the whole of it, as photos of what was written by hand are."""
    names = opened.assignment.names_of_answers
    return [
        name
        for name in opened.submission.files.names
        if form_of(name) == "picture" and question.id in (meant_by(name, names), *parts_meant_by(name, names))
    ]


class SubmissionDocuments:
    """The documents of a submission that are named after no question: their parts by question, and what names none."""

    def __init__(self, opened: OpenSubmission) -> None:
        self.parts: dict[str, list[Prose]] = {}
        self.of_nobody: dict[str, Prose] = {}
        ways = [
            (way, question)
            for question in opened.assignment.questions
            for way in (question, *kind_of(question).ways(question))
        ]
        self._questions = {way.id: question for way, question in ways}
        self._asks_for_code = any(kind_of(way).takes_code for way, _ in ways)
        names = (*opened.assignment.listed, *self._questions)
        for file in [name for name in _documents_in(opened.submission, names) if self._may_be(name)][:MAX_DOCUMENTS]:
            self._read(opened.submission, file, names)

    def _may_be(self, file: str) -> bool:
        """Whether no question of another kind has its name among the words of a file's name."""
        spoken_of = question_in(stem_of(file), self._questions, any_like_it=False)
        return spoken_of is None or kind_of(self._questions[spoken_of]).name == "written"

    def _read(self, submission: Submission, file: str, names: Iterable[str]) -> None:
        was_read = file in submission.files.was_read
        suffix, digests = suffix_of(file), ((file, ""),)
        try:
            document = DocumentFile(file, suffix, submission.files.read(file, MAX_DOCUMENT_BYTES))
            digests = ((file, _digest(document.data)),)
            if suffix in PROSE_SUFFIXES and self._is_code(document, submission):
                submission.pass_over(file, f"it holds Python code, which stands in {SOLUTION_FILE} or in one notebook")
                return
            found = text_in_document(document.data, suffix, file)
        except SubmissionError as error:
            self._keep(file, suffix, Prose(file, None, tuple(map(str, error.problems)), documents=digests))
            return
        except UnreadDocumentError as error:
            said = f"{file} waits for a reader who opens it: {error}"
            self._keep(file, suffix, Prose(file, None, (said,), documents=digests))
            return
        finally:
            if not was_read:
                submission.files.was_read.discard(file)
        parts = parts_of(found.blocks, names)
        left_out, is_all = _left_out(file, found), not found.left_out
        for name, texts in parts.items():
            found_parts = self.parts.setdefault(name, [])
            found_parts += [Prose(file, text, left_out, text.split("\n")[0], digests, is_all) for text in texts]
        if not parts:
            text = "\n".join(block.text for block in found.blocks)
            self._keep(file, suffix, Prose(file, text, left_out, documents=digests, is_all=is_all))

    def _is_code(self, document: DocumentFile, submission: Submission) -> bool:
        """Whether a text is Python that defines something, and stands where code was to stand."""
        may_be = self._asks_for_code and (
            is_like(stem_of(document.file), stem_of(SOLUTION_FILE))
            or not any(suffix_of(name) in CODE_SUFFIXES for name in submission.files.names)
        )
        if not may_be:
            return False
        text = decoded_leniently(document.data, document.file).text.encode("utf-8", "replace")
        return bool(definitions_in(text, notebook=False, most_bytes=MAX_DOCUMENT_BYTES).definitions)

    def _keep(self, file: str, suffix: str, prose: Prose) -> None:
        """A document that names no question; a notebook is code first."""
        if suffix != NOTEBOOK_SUFFIX:
            self.of_nobody[file] = prose

    def unanswered(self, opened: OpenSubmission) -> list[str]:
        """The written questions for which nothing else was handed in."""
        found = []
        for question in opened.assignment.questions:
            if kind_of(question).name == "written" and question.id not in self.parts:
                try:
                    if opened.submission.answer(question.id) is None:
                        found.append(question.id)
                except SubmissionError:
                    continue
        return found

    def close(self) -> None:
        """Nothing is held open."""


def _documents_in(submission: Submission, names: Iterable[str]) -> list[str]:
    """The files that may hold prose and are named after no question."""
    endings = {*DOCUMENT_ENDINGS, NOTEBOOK_SUFFIX}
    known = tuple(names)
    return [
        name
        for name in submission.files.names
        if suffix_of(name) in endings
        and (form_of(name) != "nothing")
        and meant_by(name, known) is None
        and name.partition("/")[0] not in COURSE_FOLDERS
    ]


def parts_of(blocks: Iterable[TextBlock], names: Iterable[str]) -> dict[str, list[str]]:
    """What stands under each heading that names a question, up to the next that names another."""
    labels = _labels(names)
    found: dict[str, list[list[str]]] = {}
    current: list[str] | None = None
    for block in blocks:
        name = named_by_heading(block, labels)
        if name is not None:
            current = [block.text.strip()]
            found.setdefault(name, []).append(current)
        elif current is not None:
            current.append(block.text)
    return {name: ["\n".join(lines).strip() for lines in parts] for name, parts in found.items()}


def _labels(names: Iterable[str]) -> Mapping[str, re.Pattern[str]]:
    """By question, what a heading that names it begins with; also by the name that its parts have in common."""
    known = dict.fromkeys(names)
    known |= dict.fromkeys(name.rpartition(".")[0] for name in known if "." in name.strip("."))
    labels = {}
    for name in known:
        number = _NUMBERED.fullmatch(name)
        words = rf"|(?:{_HEADING_WORDS})\W{{0,3}}{re.escape(number[1])}" if number else ""
        bare = rf"|(?P<bare>{re.escape(number[1])})" if number else ""
        labels[name] = re.compile(rf"\W*(?:{re.escape(name)}{words}{bare})(?![\w]|[.]\w)(?P<rest>.*)", re.IGNORECASE)
    return labels


def named_by_heading(block: TextBlock, labels: Mapping[str, re.Pattern[str]]) -> str | None:
    """The question that a heading names; of a line that is not set as one, only if a sign or nothing follows the name.

    A number alone counts in what is set as a heading: elsewhere it numbers a list.
    """
    line = block.text.strip().split("\n")[0][: MAX_HEADING_CHARACTERS + 1]
    if not line or block.code:
        return None
    for name, label in labels.items():
        found = label.fullmatch(line)
        if found is None:
            continue
        rest = found["rest"].strip("*_ \t")
        if block.heading or (not found.groupdict().get("bare") and (not rest or rest[0] in ":.)-–—")):
            return name
    return None


def _counted(count: int, name: str) -> str:
    """`2 text boxes`."""
    return f"{count} {name}{'' if count == 1 else 'es' if name.endswith('x') else 's'}"


def _left_out(file: str, found: ExtractedText) -> tuple[str, ...]:
    counts = [_counted(count, name) for name, count in found.left_out.items()]
    if not counts:
        return ()
    return (f"not in the text that was read from {file}: {listed(counts)}; open the file to see them",)
