"""The text of one document, in a process that can read nothing but the interpreter's files and write nothing.

The document is hostile; the libraries that read it are not. They are loaded first, then everything is given up, and
only then the document is looked at. What comes out is JSON: blocks of text, and what is not among them.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import sys
import zipfile
from typing import Any

from .alone import give_up_the_rest

MAX_MEMORY_BYTES = 1 << 30
MAX_CPU_S = 20
MAX_PAGES = 300
MAX_PARTS_BYTES = 256 << 20
MAX_MARKUP_BYTES = 48 << 20
MAX_EXTRACTED_CHARACTERS = 400_000
MAX_FILES_IN_DOCUMENT = 5_000
LOADED = {
    ".docx": ("docx", "docx.table", "docx.text.paragraph", "lxml.etree"),
    ".odt": ("odf.opendocument", "odf.teletype", "odf.text", "odf.table", "odf.draw", "odf.math", "defusedxml.sax"),
    ".pdf": ("pypdf", "pypdf.filters", "pypdf.generic", "zlib"),
    ".rtf": ("striprtf.striprtf",),
}
"""Modules that are loaded while the process can still do so."""

DECLARATION = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T|E\x00?N\x00?T\x00?I)", re.IGNORECASE)
MARKUP_ENDINGS = (".xml", ".rels", ".rdf", ".xhtml")


class UnreadableError(Exception):
    """Why no text comes out, in words for a reader."""


def main() -> None:
    """The ending of the file comes as a line on standard input, and after it the document, up to its end."""
    given = sys.stdin.buffer.read()
    line, _, document = given.partition(b"\n")
    suffix = line.decode()
    for name in LOADED[suffix]:
        importlib.import_module(name)
    give_up_the_rest(MAX_MEMORY_BYTES, MAX_CPU_S, [path for path in sys.path if os.path.exists(path)])
    try:
        found = EXTRACTORS[suffix](document)
    except UnreadableError as error:
        found = {"problem": str(error)}
    except MemoryError:
        found = {"problem": "it takes too much memory to read"}
    except RecursionError:
        found = {"problem": "it is nested too deep"}
    except Exception as error:
        found = {"problem": f"it is broken ({type(error).__name__})"}
    sys.stdout.buffer.write(json.dumps(found).encode())
    sys.stdout.buffer.flush()
    os._exit(0)


def _checked_archive(document: bytes) -> zipfile.ZipFile:
    """The archive that a word processor's file is, if it is no bomb and declares no entities.

    Raises:
        UnreadableError: with what is wrong.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(document))
    except zipfile.BadZipFile:
        raise UnreadableError("it is no file of that kind, or damaged") from None
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableError("it is locked with a password")
    if len(members) > MAX_FILES_IN_DOCUMENT or sum(member.file_size for member in members) > MAX_PARTS_BYTES:
        raise UnreadableError("it unpacks to too much")
    left = MAX_MARKUP_BYTES
    for member in members:
        if member.filename.lower().endswith(MARKUP_ENDINGS):
            with archive.open(member) as stream:
                content = stream.read(left + 1)
            left -= len(content)
            if left < 0:
                raise UnreadableError("it unpacks to too much")
            if DECLARATION.search(content):
                raise UnreadableError("it declares a document type or entities, which no word processor does")
    return archive


def docx(document: bytes) -> dict[str, Any]:
    """Paragraphs and tables in order, through python-docx."""
    _checked_archive(document)
    library = sys.modules["docx"]
    table_type = sys.modules["docx.table"].Table
    opened = library.Document(io.BytesIO(document))
    blocks: list[tuple[bool, str]] = []
    for part in opened.iter_inner_content():
        if isinstance(part, table_type):
            blocks += [(False, " | ".join(cell.text for cell in row.cells)) for row in part.rows]
        else:
            style = (part.style.name or "") if part.style is not None else ""
            blocks.append((style.startswith(("Heading", "Title", "Überschrift", "Titre")), part.text))
    body = opened.element.body
    return _found(blocks, {
        "equation": len(body.xpath(".//*[local-name()='oMath']")),
        "picture": len(body.xpath(".//*[local-name()='blip']")),
        "text box": len(body.xpath(".//*[local-name()='txbxContent']")),
        "footnote": len(body.xpath(".//*[local-name()='footnoteReference']")),
    })  # fmt: skip


def odt(document: bytes) -> dict[str, Any]:
    """Headings, paragraphs and what is in tables in order, through odfpy."""
    _checked_archive(document)
    opened = sys.modules["odf.opendocument"].load(io.BytesIO(document))
    text_of = sys.modules["odf.teletype"].extractText
    body = opened.text
    blocks = []
    waiting = list(reversed(body.childNodes))
    while waiting:
        node = waiting.pop()
        kind = getattr(node, "qname", ("", ""))[1]
        if kind in ("h", "p"):
            blocks.append((kind == "h", text_of(node)))
        else:
            waiting += reversed(getattr(node, "childNodes", []))
    pictures = body.getElementsByType(sys.modules["odf.draw"].Image)
    equations = body.getElementsByType(sys.modules["odf.math"].Math)
    return _found(blocks, {"picture": len(pictures), "equation": len(equations)})


def pdf(document: bytes) -> dict[str, Any]:
    """The text of every page, through pypdf."""
    library = sys.modules["pypdf"]
    try:
        opened = library.PdfReader(io.BytesIO(document))
        if opened.is_encrypted and not opened.decrypt(""):
            raise UnreadableError("it is locked with a password")
        count = len(opened.pages)
    except library.errors.DependencyError:
        raise UnreadableError("it is encrypted") from None
    except library.errors.PyPdfError:
        raise UnreadableError("it is no PDF, or damaged") from None
    if count > MAX_PAGES:
        raise UnreadableError(f"it has {count} pages (at most {MAX_PAGES} are read)")
    lines: list[tuple[bool, str]] = []
    characters = pictures = 0
    for page in opened.pages:
        text = page.extract_text()
        characters += len(text)
        if characters > MAX_EXTRACTED_CHARACTERS:
            raise UnreadableError("it holds too much text")
        lines += [(False, line) for line in text.splitlines()]
        pictures += _pictures_on(page)
    return _found(lines, {"picture": pictures})


def _pictures_on(page: Any) -> int:
    with contextlib.suppress(Exception):  # of a damaged page whose text came out
        objects = page["/Resources"]["/XObject"].get_object()
        return sum(1 for name in objects if objects[name].get("/Subtype") == "/Image")
    return 0


def rtf(document: bytes) -> dict[str, Any]:
    """The text without its layout, through striprtf."""
    if not document.lstrip()[:5].startswith(b"{\\rtf"):
        raise UnreadableError("it is no file of that kind, or damaged")
    text = sys.modules["striprtf.striprtf"].rtf_to_text(document.decode("cp1252", "replace"), errors="replace")
    pictures = document.count(b"\\pict")
    return _found([(False, line) for line in text.splitlines()], {"picture": pictures})


def _found(blocks: list[tuple[bool, str]], left_out: dict[str, int]) -> dict[str, Any]:
    """What comes out.

    Raises:
        UnreadableError: where it is nothing, or too much.
    """
    characters = sum(len(text) for _, text in blocks)
    if characters > MAX_EXTRACTED_CHARACTERS:
        raise UnreadableError("it holds too much text")
    if not any(text.strip() for _, text in blocks):
        raise UnreadableError("there is no text in it (a scan, or pictures?)")
    return {"blocks": blocks, "left_out": {name: count for name, count in left_out.items() if count}}


EXTRACTORS = {".docx": docx, ".odt": odt, ".pdf": pdf, ".rtf": rtf}
