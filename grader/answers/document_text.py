"""The text of documents of word processors, PDFs and notebooks: blocks, some of them headings, and what is left out."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from typing import Any

from grader.answers.names import NOTEBOOK_SUFFIX
from grader.answers.reader_process import ReaderProcessError, answer_of_reader
from grader.deferred import dataclass
from grader.documents.encodings import decoded_leniently

MAX_DOCUMENT_BYTES = 32 << 20
"""Largest file that is read for its text: one with pictures may be many times its text."""

DOCUMENT_LIBRARIES: Mapping[str, tuple[str, str]] = {
    ".docx": ("docx", "python-docx"),
    ".odt": ("odf", "odfpy"),
    ".pdf": ("pypdf", "pypdf"),
    ".rtf": ("striprtf", "striprtf"),
}
"""The package that reads each format, and what it is installed as."""

UNREAD_DOCUMENTS: Mapping[str, str] = {
    ".doc": "it is of Word before 2007",
    ".pages": "it is of Apple Pages",
    ".wpd": "it is of WordPerfect",
    ".epub": "it is an e-book",
    ".html": "it is a web page",
    ".htm": "it is a web page",
    ".tex": "it is LaTeX",
    ".djvu": "it is a scan",
    ".ps": "it is PostScript",
    ".xps": "it is XPS",
}
"""Documents that hold prose and are left to a reader, and why."""

PROSE_SUFFIXES = (".md", ".txt")
DOCUMENT_ENDINGS = frozenset({*DOCUMENT_LIBRARIES, *UNREAD_DOCUMENTS, *PROSE_SUFFIXES})
"""Endings of files that prose may stand in."""

_HEADING_MARK = re.compile(r"#{1,6}\s+(.*)$")
_UNDERLINE = re.compile(r"(?:=+|-{3,})\s*$")
_FENCE = re.compile(r"\s*(?:```|~~~)")


class UnreadDocumentError(Exception):
    """Why no text comes out of a document, for the reader who opens it."""


@dataclass(frozen=True)
class TextBlock:
    """A paragraph or a line; `heading`: it was set as one; `code`: as code."""

    heading: bool
    text: str
    code: bool = False


@dataclass(frozen=True)
class ExtractedText:
    """The blocks of a document in order; `left_out` says what of it is not text, by its name and count."""

    blocks: tuple[TextBlock, ...]
    left_out: Mapping[str, int]


def text_in_document(data: bytes, suffix: str, file: str) -> ExtractedText:
    """The text of a document.

    Raises:
        UnreadDocumentError: where none comes out, with the reason.
    """
    if suffix in UNREAD_DOCUMENTS:
        raise UnreadDocumentError(UNREAD_DOCUMENTS[suffix])
    if suffix == NOTEBOOK_SUFFIX:
        return ExtractedText(tuple(_blocks_of_markdown(_markdown_of(data))), {})
    if suffix not in DOCUMENT_LIBRARIES:
        found = decoded_leniently(data, file)
        if found.fault:
            raise UnreadDocumentError(found.fault)
        return ExtractedText(tuple(_blocks_of_markdown(found.text)), {})
    package, distribution = DOCUMENT_LIBRARIES[suffix]
    if importlib.util.find_spec(package) is None:
        advice = f"pip install {distribution}, or pip install 'proofgrade[documents]'"
        raise UnreadDocumentError(f"{distribution}, which reads it, is not installed here: {advice}")
    try:
        answer = json.loads(answer_of_reader("extract", suffix.encode() + b"\n" + data, {}) or b"null")
    except ReaderProcessError as error:
        raise UnreadDocumentError(str(error)) from None
    match answer:
        case {"blocks": list(blocks), "left_out": dict(left_out)}:
            return ExtractedText(tuple(TextBlock(bool(heading), str(text)) for heading, text in blocks), left_out)
        case {"problem": str(problem)}:
            raise UnreadDocumentError(problem)
    raise UnreadDocumentError("reading it takes too long or too much memory")


def _markdown_of(data: bytes) -> str:
    """The text cells of a notebook, with a blank line between them."""
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadDocumentError("it is no notebook, or damaged") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    found = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    return "\n\n".join(_source(cell) for cell in found if cell.get("cell_type") == "markdown")


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _blocks_of_markdown(text: str) -> list[TextBlock]:
    """The lines of a Markdown or plain text; what stands between fences of code is no heading."""
    blocks: list[TextBlock] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING_MARK.match(line)
        if heading is not None:
            blocks.append(TextBlock(True, heading[1].rstrip().rstrip("#").rstrip()))
        elif _UNDERLINE.match(line) and blocks and blocks[-1].text.strip() and not fenced:
            blocks[-1] = TextBlock(True, blocks[-1].text)
        else:
            blocks.append(TextBlock(False, line, fenced))
    return blocks
