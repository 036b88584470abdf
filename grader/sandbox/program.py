"""A submission's source: checked and cut into cells here, run only in the child."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
        if len(self.source) > most_bytes:
            raise NotRunnableError(f"{self.name} is larger than {most_bytes >> 10} KiB")
        text = _decoded(self.source, self.name)
        if self.kind == "notebook":
            return _notebook_cells(text, self.name)
        _check_cookie(text, self.name)
        return [(self.name, text)]

    def beside(self) -> dict[str, Any]:
        """What the child is told beside the code: where it lies, and the modules, each with its text or why not."""
        refused = [(path, None, why) for path, why in self.refused_modules.items()]
        return {"path": self.name, "modules": [*(_sent_module(*module) for module in self.modules.items()), *refused]}


def _sent_module(path: str, source: bytes) -> tuple[str, str | None, str]:
    try:
        text = _decoded(source, path)
        _check_cookie(text, path)
    except NotRunnableError as problem:
        return path, None, str(problem)
    return path, text, ""


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


def _notebook_cells(text: str, name: str) -> list[tuple[str, str]]:
    """The code cells, numbered from 1 among themselves; outputs and everything else are ignored."""
    try:
        cells = json.loads(text)["cells"]
        sources = [_source_of(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotRunnableError(f"{name} is not a notebook of format 4 (nbformat)") from None
    return [(f"cell {number}", source) for number, source in enumerate(sources, 1)]


def _source_of(cell: Any) -> str:
    source = cell["source"]
    joined = source if isinstance(source, str) else "".join(source)
    joined.encode()
    return joined
