"""A submission's source: checked and cut into cells here, run only in the child."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from grader.documents.notebook import NotebookError, code_cells

from .commands import CommandTransformer

SourceKind = Literal["python", "notebook"]

ENCODING_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
UTF_8 = {"utf-8", "ascii"}


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
        text = _decoded(self.source, self.name)
        _check_cookie(text, self.name)
        return [(self.name, transformer.python(text))]

    def sent_modules(self) -> list[tuple[str, str | None, str]]:
        """(path, text, why there is no text) of each file that the code may ask for."""
        transformer = CommandTransformer()
        made = [_sent_module(path, source, transformer) for path, source in self.modules.items()]
        return [*made, *((path, None, why) for path, why in self.refused_modules.items())]


def _sent_module(path: str, source: bytes, transformer: CommandTransformer) -> tuple[str, str | None, str]:
    try:
        text = _decoded(source, path)
        _check_cookie(text, path)
    except NotRunnableError as problem:
        return path, None, str(problem)
    return path, transformer.python(text), ""


def _decoded(source: bytes, name: str) -> str:
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise NotRunnableError(
            f"{name} is not UTF-8 (byte {source[error.start]:#04x} on line {line}); save it as UTF-8"
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise NotRunnableError(f"{name} holds a null byte on line {line}; it is not a text file")
    return text


def _check_cookie(text: str, name: str) -> None:
    for line in text.split("\n", 2)[:2]:
        if found := ENCODING_COOKIE.match(line):
            try:
                encoding = codecs.lookup(found[1]).name
            except LookupError:
                encoding = found[1]
            if encoding not in UTF_8:
                raise NotRunnableError(
                    f"{name} asks to be read as {found[1]!r}; save it as UTF-8 and remove that comment"
                )


def _notebook_cells(source: bytes, name: str, most_bytes: int) -> list[str]:
    """The sources of the code cells; outputs and everything else are no part of the code."""
    try:
        texts = code_cells(source, most_bytes)
    except NotebookError as problem:
        raise NotRunnableError(f"{name} {problem}") from None
    for number, text in enumerate(texts, 1):
        if "\0" in text:
            raise NotRunnableError(f"{name} holds a null byte in cell {number}; it is not a text file")
    return texts
