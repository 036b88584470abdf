"""Tables of the course as spreadsheets write them: CSV with commas, semicolons or tabs, in whatever encoding."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.deferred import dataclass
from grader.errors import Problem, SourceLocation, SpecError, listed

MAX_ROSTER_BYTES = 32 << 20
"""Of a roster or a table of groups."""

MAX_ROSTER_ROWS = 200_000

WANTED_COLUMNS = "a first line that names columns: `id`, `name`, `email`, `section`"


@dataclass(frozen=True)
class TableRow:
    """A line of a table: the cells by column, spelled in small letters without spaces and signs."""

    line: int
    cells: Mapping[str, str]

    def first_of(self, columns: Iterable[str]) -> str:
        """The first cell that holds something."""
        return next((self.cells[column] for column in columns if self.cells.get(column)), "")


def read_table(path: Path) -> tuple[list[str], list[TableRow]]:
    """The columns of a CSV file and its rows, in whatever encoding and with whatever sign a spreadsheet writes it.

    Raises:
        SpecError: if it cannot be read, is no text, or has a column twice that is used.
    """
    text, separator = csv_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[TableRow] = []
    columns: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [column_key(cell) for cell in cells]
                continue
            if len(rows) >= MAX_ROSTER_ROWS:
                raise SpecError(Problem(f"has more than {MAX_ROSTER_ROWS} rows", SourceLocation(path.name)))
            filled: dict[str, str] = {}
            for column, cell in zip(columns, cells, strict=False):
                filled.setdefault(column, cell.strip().removeprefix("'") if cell.startswith("'") else cell.strip())
            rows.append(TableRow(reader.line_num, filled))
    except csv.Error as error:
        raise SpecError(Problem(f"is no CSV: {error}", SourceLocation(path.name, reader.line_num, 1))) from None
    if not columns:
        raise SpecError(Problem(f"is empty: wanted is {WANTED_COLUMNS}", SourceLocation(path.name)))
    return columns, rows


def csv_text(path: Path) -> tuple[str, str]:
    """The text of a CSV file from its first row on, and the sign between its cells.

    Raises:
        SpecError: if it cannot be read, or is no text.
    """
    text = _text_of(path)
    if text[:4].lower() == "sep=":  # which Excel reads, and writes
        text = text.partition("\n")[2]
    return text, separator_of(text.lstrip("\r\n").partition("\n")[0])


def separator_of(line: str) -> str:
    """The sign between the cells of a line: comma, semicolon or tab, what it has most of outside of quotes."""
    counts = Counter(re.sub(r'"[^"]*"', "", line))
    return max(",;\t", key=lambda sign: (counts[sign], sign == ","))


def column_key(cell: str) -> str:
    """The name of a column in small letters, without spaces and signs: `SIS User ID` is `sisuserid`."""
    return re.sub(r"[\W_]+", "", cell.casefold())


def _text_of(path: Path) -> str:
    """The text of a table without its mark."""
    return text_and_encoding(path)[0].removeprefix("\ufeff")


def text_and_encoding(path: Path) -> tuple[str, str]:
    """The text of a table and its encoding: UTF-8, UTF-16 with its mark, else what Excel writes on Windows.

    A mark at the front stays in the text, so that encoding it again gives the same bytes.

    Raises:
        SpecError: if it cannot be read, or is no text.
    """
    place = SourceLocation(path.name)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_ROSTER_BYTES:
            raise SpecError(Problem(f"is no plain file of at most {MAX_ROSTER_BYTES >> 20} MiB", place))
        data = path.read_bytes()
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", place)) from None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SpecError(Problem("is a spreadsheet: save it as CSV", place))
    marks = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    named = [encoding for mark, encoding in marks.items() if data.startswith(mark)]
    for encoding in (*named, "utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding
    encodings = listed(("UTF-8", "UTF-16", "Windows-1252"), "nor")
    raise SpecError(Problem(f"is no text in {encodings}: save it as CSV in UTF-8", place))
