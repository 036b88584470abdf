"""A file that answers one question by itself: a document of answers, arrays, prose, or a word processor's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.answers.answer import Answer, DocumentFile, is_blank
from grader.answers.arrays import MAX_WEIGHTS_FILE_BYTES
from grader.answers.document_text import DOCUMENT_LIBRARIES, MAX_DOCUMENT_BYTES, PROSE_SUFFIXES, UNREAD_DOCUMENTS
from grader.answers.files import MAX_FILE_BYTES
from grader.answers.formats import ARRAY_READERS, ArrayFile
from grader.answers.names import one_form, suffix_of
from grader.answers.tree import SubmissionFiles
from grader.documents import DocumentError, MappingNode, Node, ScalarNode, shortened
from grader.documents.encodings import decoded_leniently
from grader.documents.json import read_json_text
from grader.documents.yaml import read_yaml_text
from grader.errors import Problem, SourceLocation, SubmissionError

DOCUMENT_READERS: Mapping[str, Callable[[str, str], Node]] = {
    ".yaml": read_yaml_text,
    ".yml": read_yaml_text,
    ".json": read_json_text,
}


def answer_in_file(files: SubmissionFiles, name: str, question: str) -> Answer | None:
    """The answer that a file is; None where nothing is filled in.

    Raises:
        SubmissionError: if it cannot be read.
    """
    suffix = suffix_of(name)
    if suffix in DOCUMENT_LIBRARIES or suffix in UNREAD_DOCUMENTS:
        return Answer(name, _document(files, name, suffix))
    data = files.read(name, MAX_WEIGHTS_FILE_BYTES if suffix in ARRAY_READERS else MAX_FILE_BYTES)
    if suffix in ARRAY_READERS:
        return Answer(name, ArrayFile(name, suffix, data))
    try:
        if suffix in PROSE_SUFFIXES:
            text = _text_of(data, name)
            return Answer(name, text, text=str(text)) if text.strip() else None
        text = _text_of(data, name)
        node = DOCUMENT_READERS[suffix](str(text), name)
    except DocumentError as error:
        raise SubmissionError(*error.problems) from None
    notes: tuple[str, ...] = ()
    if isinstance(node, MappingNode) and len(node) == 1 and one_form(key := next(iter(node))) == one_form(question):
        node, notes = node[key], (f"read from {name}, below {shortened(key)!r}",)
    return None if is_blank(node) else Answer(name, node, notes=notes, text=str(text))


def filled_in(files: SubmissionFiles, names: list[str], question: str, *, beside_others: bool) -> list[str]:
    """Of several answers to one question the files that are one; where there is one answer alone, its file.

    An empty `q6.md` beside an answer in `answers.yaml` is no second answer.
    """
    if len(names) + beside_others < 2:
        return names
    return [name for name in names if suffix_of(name) not in PROSE_SUFFIXES or _is_filled(files, name, question)]


def _is_filled(files: SubmissionFiles, name: str, question: str) -> bool:
    """Whether something stands in a file, be it readable or not."""
    try:
        return answer_in_file(files, name, question) is not None
    except SubmissionError:
        return True


def _document(files: SubmissionFiles, name: str, suffix: str) -> DocumentFile:
    try:
        return DocumentFile(name, suffix, files.read(name, MAX_DOCUMENT_BYTES))
    except SubmissionError as error:
        return DocumentFile(name, suffix, b"", str(error.problems[0].message))


def _text_of(data: bytes, name: str) -> ScalarNode:
    """The text of a file that is an answer by itself.

    Raises:
        DocumentError: at the first character that cannot be told.
    """
    found = decoded_leniently(data, name)
    if "\0" in found.text:
        raise DocumentError(Problem("holds zero bytes: save the file as UTF-8 text", SourceLocation(name)))
    if problem := found.problem(name, 1, found.text.split("\n")):
        raise DocumentError(problem)
    return ScalarNode(found.text, SourceLocation(name))
