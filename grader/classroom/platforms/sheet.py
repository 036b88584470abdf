"""A CSV of a platform of which some cells are replaced; every other byte stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from grader.classroom.tables import TableRow, column_key, separator_of, text_and_encoding
from grader.errors import Problem, SourceLocation, SpecError


class SheetCell(NamedTuple):
    """A cell: its value without quotes, and where it stands in the text."""

    value: str
    start: int
    end: int


class SheetLine(NamedTuple):
    """A row of cells, which may go over several lines of the file; `number` is that of the first."""

    number: int
    cells: tuple[SheetCell, ...]

    def value(self, column: int) -> str:
        """The value of a cell; "" where the row ends before it."""
        return self.cells[column].value if column < len(self.cells) else ""

    @property
    def is_blank(self) -> bool:
        """True if no cell holds anything."""
        return not any(cell.value.strip() for cell in self.cells)


@dataclass
class PlatformSheet:
    """The rows of a file, the first of which names the columns; `put` changes cells, `data` is the file with them."""

    name: str
    separator: str
    header: SheetLine
    rows: tuple[SheetLine, ...]
    _text: str
    _encoding: str
    _changes: dict[tuple[int, int], str] = field(default_factory=dict)

    @cached_property
    def keys(self) -> list[str]:
        """The names of the columns in small letters, without spaces and signs."""
        return [column_key(cell.value) for cell in self.header.cells]

    @property
    def place(self) -> SourceLocation:
        """Where its first row stands, which names the columns."""
        return SourceLocation(self.name, self.header.number, 1)

    def by_key(self, row: SheetLine, columns: slice) -> TableRow:
        """The cells of a row by the keys of these columns; of two columns with one key, the first."""
        cells: dict[str, str] = {}
        for key, cell in zip(self.keys[columns], row.cells[columns], strict=False):
            cells.setdefault(key, cell.value.strip())
        return TableRow(row.number, cells)

    def put(self, row: SheetLine, column: int, value: str) -> None:
        """Puts a value into a cell, in quotes where the old one was or where it needs them."""
        cell = row.cells[column]
        if value == cell.value:
            return
        was_quoted = self._text[cell.start : cell.end].startswith('"')
        if was_quoted or self.separator in value or any(sign in value for sign in '"\r\n'):
            value = '"' + value.replace('"', '""') + '"'
        self._changes[cell.start, cell.end] = value

    def data(self) -> bytes:
        """The bytes of the file with the changes."""
        parts, at = [], 0
        for (start, end), value in sorted(self._changes.items()):
            parts += [self._text[at:start], value]
            at = end
        return "".join([*parts, self._text[at:]]).encode(self._encoding)


def read_sheet(path: Path) -> PlatformSheet:
    """The rows of a platform's file.

    Raises:
        SpecError: with the line, if it cannot be read, is empty, or a quote is not closed.
    """
    text, encoding = text_and_encoding(path)
    start = len(text) - len(text.lstrip("\ufeff"))
    separator = separator_of(text[start:].lstrip("\r\n").partition("\n")[0])
    rows = _rows(text, start, separator, path.name)
    first = next((i for i, row in enumerate(rows) if not row.is_blank), None)
    if first is None:
        raise SpecError(Problem("is empty: export it from the platform again", SourceLocation(path.name)))
    return PlatformSheet(path.name, separator, rows[first], tuple(rows[first + 1 :]), text, encoding)


LINE_END = re.compile(r"\r\n|\n|\r")


def _rows(text: str, at: int, separator: str, file: str) -> list[SheetLine]:
    """The rows as RFC 4180 has them; as `csv.reader` does, text behind a closing quote belongs to the cell."""
    sign = re.escape(separator)
    quoted = re.compile(rf'"(?P<inside>(?:[^"]++|"")*+)"(?P<behind>[^{sign}\r\n]*+)')
    plain = re.compile(rf"[^{sign}\r\n]*+")
    rows: list[SheetLine] = []
    cells: list[SheetCell] = []
    number = row_number = 1
    while at < len(text):
        found = (quoted if text.startswith('"', at) else plain).match(text, at)
        if found is None:
            raise SpecError(Problem("is no CSV: a quote is not closed", SourceLocation(file, number, 1)))
        value = found[0]
        if found.re is quoted:
            value = found["inside"].replace('""', '"') + found["behind"]
            number += len(LINE_END.findall(found["inside"]))
        cells.append(SheetCell(value, at, found.end()))
        at = found.end()
        if text.startswith(separator, at):
            at += 1
            if at < len(text) and text[at] not in "\r\n":
                continue
            cells.append(SheetCell("", at, at))
        if end := LINE_END.match(text, at):
            at, number = end.end(), number + 1
        rows.append(SheetLine(row_number, tuple(cells)))
        cells, row_number = [], number
    return rows
