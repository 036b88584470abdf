"""The code cells of a notebook (nbformat 3 and 4), without its outputs.

Outputs may be a hundred times as large as the code, and are no part of it: they are passed over as bytes, and only the
types and sources of cells are ever made into objects. So memory stays near the size of the file, and depth costs none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from grader.documents.encodings import in_utf8

MAX_NOTEBOOK_PARTS = 1_000_000
"""Texts, keys and brackets that are passed over: what bounds the time. 20 MB of pictures and tables have 100,000."""

MAX_CELLS = 10_000

MAX_ESCAPED_FACTOR = 6
"""Bytes of JSON that one character of a source takes at most (`\\u0041`)."""

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR = re.compile(rb'[^\s"\[\]{},:]++')
_UP_TO_A_BRACKET = re.compile(rb'[^"\[\]{}]*+')


class NotebookError(Exception):
    """The file is no notebook, or too much of one; the message goes on after the name of the file."""


def code_cells(data: bytes, most_bytes: int) -> list[str]:
    """The sources of the code cells, in order.

    Raises:
        NotebookError: says what is wrong, in words that follow the name of the file.
    """
    reader = _NotebookReader(in_utf8(data), most_bytes)
    reader.document()
    return [source for kind, source in reader.cells if kind == "code"]


class _NotebookReader:
    """Walks the bytes once; `cells` are the types and sources of all cells."""

    def __init__(self, data: bytes, most_bytes: int) -> None:
        self.cells: list[tuple[str, str]] = []
        self._data = data
        self._at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self._parts = 0
        self._most = most_bytes
        self._room = most_bytes
        self._found = False

    def document(self) -> None:
        self._object({b"cells": self._cells, b"worksheets": self._worksheets})
        self._space()
        if self._at != len(self._data):
            raise self._broken()
        if not self._found:
            raise NotebookError("is not a notebook: it holds no list of cells (formats 3 and 4 of nbformat are read)")

    def _worksheets(self) -> None:
        self._list(lambda: self._object({b"cells": self._cells}))

    def _cells(self) -> None:
        self._found = True
        self._list(self._cell)

    def _cell(self) -> None:
        spans: dict[bytes, tuple[int, int]] = {}

        def note(key: bytes) -> Callable[[], None]:
            def taken() -> None:
                start = self._at
                self._skip()
                spans[key] = (start, self._at)

            return taken

        self._object({key: note(key) for key in (b"cell_type", b"source", b"input")})
        if len(self.cells) >= MAX_CELLS:
            raise NotebookError(f"holds more than {MAX_CELLS} cells")
        kind = self._value(spans.get(b"cell_type"))
        source = self._source(spans.get(b"source") or spans.get(b"input")) if kind == "code" else ""
        self.cells.append((kind if isinstance(kind, str) else "", source))

    def _source(self, span: tuple[int, int] | None) -> str:
        number = sum(kind == "code" for kind, _ in self.cells) + 1
        if span is not None and span[1] - span[0] > MAX_ESCAPED_FACTOR * self._most:
            raise self._too_large()
        value = self._value(span)
        lines = value if isinstance(value, list) else [value]
        if not all(isinstance(line, str) for line in lines):
            raise NotebookError(f"is not a notebook: the source of cell {number} is neither text nor a list of lines")
        text = "".join(lines)
        try:
            self._room -= len(text.encode())
        except UnicodeEncodeError:
            raise NotebookError(f"is not a notebook: the source of cell {number} is not valid Unicode") from None
        if self._room < 0:
            raise self._too_large()
        return text

    def _value(self, span: tuple[int, int] | None) -> Any:
        """The value that lies there; None where nothing or nothing readable does."""
        if span is None:
            return None
        try:
            return json.loads(self._data[slice(*span)])
        except (ValueError, RecursionError):
            return None

    def _too_large(self) -> NotebookError:
        return NotebookError(f"is larger than {self._most >> 10} KiB, its outputs not counted")

    def _broken(self) -> NotebookError:
        if self._at >= len(self._data):
            return NotebookError("is not a whole notebook: it ends in the middle")
        line = self._data.count(b"\n", 0, self._at) + 1
        return NotebookError(f"is not a notebook (nbformat 3 or 4): something else stands on line {line}")

    def _count(self) -> None:
        self._parts += 1
        if self._parts > MAX_NOTEBOOK_PARTS:
            raise NotebookError(f"holds more than {MAX_NOTEBOOK_PARTS} texts and lists: clear its outputs")

    # ------------------------------------------------------------------ JSON
    def _space(self) -> None:
        found = _SPACE.match(self._data, self._at)
        assert found is not None
        self._at = found.end()

    def _next(self) -> bytes:
        """The next byte that is no space, not yet taken."""
        self._space()
        return self._data[self._at : self._at + 1]

    def _take(self, wanted: bytes) -> bool:
        if self._next() != wanted:
            return False
        self._at += 1
        return True

    def _items(self, start: bytes, end: bytes, item: Callable[[], None]) -> None:
        if not self._take(start):
            raise self._broken()
        if self._take(end):
            return
        while True:
            item()
            if self._take(end):
                return
            if not self._take(b","):
                raise self._broken()

    def _list(self, entry: Callable[[], None]) -> None:
        self._items(b"[", b"]", entry)

    def _object(self, wanted: dict[bytes, Callable[[], None]]) -> None:
        """Walk an object; what stands for the keys that are not wanted is passed over."""

        def pair() -> None:
            self._count()
            self._space()
            found = _STRING.match(self._data, self._at)
            if found is None:
                raise self._broken()
            self._at = found.end()
            if not self._take(b":"):
                raise self._broken()
            wanted.get(found.group()[1:-1], self._skip)()

        self._items(b"{", b"}", pair)

    def _skip(self) -> None:
        """Pass over a value, whatever is in it."""
        start = self._next()
        self._count()
        if start not in (b"{", b"["):
            found = (_STRING if start == b'"' else _SCALAR).match(self._data, self._at)
            if found is None:
                raise self._broken()
            self._at = found.end()
            return
        depth = 0
        data, at = self._data, self._at
        while True:
            found = _UP_TO_A_BRACKET.match(data, at)
            assert found is not None
            at = found.end()
            byte = data[at : at + 1]
            self._count()
            if byte == b'"':
                string = _STRING.match(data, at)
                at = len(data) if string is None else string.end()
                continue
            if not byte:
                self._at = len(data)
                raise self._broken()
            depth += 1 if byte in (b"[", b"{") else -1
            at += 1
            if not depth:
                self._at = at
                return
