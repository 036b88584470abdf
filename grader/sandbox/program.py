"""A submission's source: checked and cut into cells here, run only in the child."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from grader.documents.commands import CommandTransformer
from grader.documents.encodings import in_utf8
from grader.documents.notebook import NotebookError, code_cells
from grader.visible import one_line

SourceKind = Literal["python", "notebook"]

ENCODING_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
UTF_8 = {"utf-8", "utf-8-sig", "ascii"}
ASCII_ENCODINGS = ("iso8859-", "cp125", "koi8-", "mac-roman", "gb2312", "gbk", "gb18030", "euc_")
"""Beginnings of the names of encodings that keep ASCII, and that files of code really name."""


class NotRunnableError(Exception):
    """The source cannot be run as it is; the message is for the student."""


@dataclass(frozen=True)
class StudentProgram:
    """`name` is what tracebacks show, and where the code lies in its submission; the bytes are all that the child ever
    gets to see of it. `modules`: the other Python files of the submission by their paths, which the code may import;
    `refused_modules`: why an import of a file fails, by its path.
    """

    source: bytes
    name: str = "solution.py"
    kind: SourceKind = "python"
    modules: Mapping[str, bytes] = field(default_factory=dict)
    refused_modules: Mapping[str, str] = field(default_factory=dict)

    def cells(self, most_bytes: int) -> list[tuple[str, str]]:
        """(name, text) of each part in the order to run them; NotRunnableError says what is wrong."""
        transformer = CommandTransformer()
        if self.kind == "notebook":
            sources = _notebook_cells(self.source, self.name, most_bytes)
            return [(f"cell {number}", transformer.python(text)) for number, text in enumerate(sources, 1)]
        if len(self.source) > most_bytes:
            raise NotRunnableError(f"{self.name} is larger than {most_bytes >> 10} KiB")
        return [(self.name, transformer.python(python_text(self.source, self.name)))]

    def sent_modules(self) -> list[tuple[str, str | None, str]]:
        """(path, text, why there is no text) of each file that the code may ask for."""
        transformer = CommandTransformer()
        made = [_sent_module(path, source, transformer) for path, source in self.modules.items()]
        return [*made, *((path, None, why) for path, why in self.refused_modules.items())]


def _sent_module(path: str, source: bytes, transformer: CommandTransformer) -> tuple[str, str | None, str]:
    try:
        return path, transformer.python(python_text(source, path)), ""
    except NotRunnableError as problem:
        return path, None, str(problem)


def python_text(source: bytes, name: str) -> str:
    """The text of a file of code as it is run: UTF-8, UTF-16, or in the encoding that one of its first two lines names.

    Python itself runs no UTF-16, in which some editors save; as nothing else can stand there, it is read all the same.

    Raises:
        NotRunnableError: where a byte belongs to no character, or to one that is in no text.
    """
    source = in_utf8(source)
    try:
        text = source.decode(_named_encoding(source, name))
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise NotRunnableError(
            f"{one_line(name)}, line {line} is not {error.encoding.upper()} (byte {source[error.start]:#04x});"
            " save it as UTF-8"
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise NotRunnableError(f"{one_line(name)}, line {line} holds a null byte; it is not a text file")
    return text


def _named_encoding(source: bytes, name: str) -> str:
    """UTF-8, unless another is named (PEP 263) in which every ASCII text is the same: no other program stands in it.

    What has the mark of UTF-8 is that, whatever it names.
    """
    if source.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    for line in source.split(b"\n", 2)[:2]:
        if found := ENCODING_COOKIE.match(line.decode("ascii", "replace")):
            try:
                encoding = codecs.lookup(found[1]).name
            except LookupError:
                encoding = ""
            if encoding.startswith(ASCII_ENCODINGS):
                return encoding
            if encoding not in UTF_8:
                raise NotRunnableError(
                    f"{one_line(name)} asks to be read as {found[1]!r}; save it as UTF-8 and remove that comment"
                )
    return "utf-8-sig"


def _notebook_cells(source: bytes, name: str, most_bytes: int) -> list[str]:
    """The sources of the code cells; outputs and everything else are no part of the code."""
    try:
        return code_cells(source, most_bytes)
    except NotebookError as problem:
        raise NotRunnableError(f"{one_line(name)} {problem}") from None
