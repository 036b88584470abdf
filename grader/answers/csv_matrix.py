"""A matrix from a text of rows: semicolons, tabs, commas or spaces between the numbers, which count as written."""

from __future__ import annotations

import csv
import re

from grader.answers.arrays import refused_file
from grader.deferred import dataclass
from grader.documents import DocumentError, ScalarNode, SequenceNode, decoded, shortened
from grader.errors import Problem, SourceLocation, SubmissionError, listed
from grader.language.limits import MAX_ENTRIES

MAX_CSV_BYTES = 1 << 20
"""Largest text of numbers (1 MiB)."""

MAX_SHOWN_HEADINGS = 4
"""Names in a first row that are repeated in the report."""

_DECIMAL_COMMAS = re.compile(r"\s*[-+−]?\d+,\d+(\s+[-+−]?\d+,\d+)+\s*")
_NAME = re.compile(r"[^\W\d_]{2}|[^\W\d_eE]")
_NOT_FINITE = re.compile(r"[-+]?(nan|inf|infinity|na|n/a|none|null)", re.IGNORECASE)


@dataclass(frozen=True)
class TextRows:
    """A matrix without a name: a list of lists of numbers in text, each with its place."""

    file: str
    rows: SequenceNode
    notes: tuple[str, ...] = ()


def read_csv(data: bytes, file: str) -> TextRows:
    """The rows of a file.

    Raises:
        SubmissionError: for what is no such text, with the line.
    """
    if len(data) > MAX_CSV_BYTES:
        raise refused_file(file, f"is too large: {len(data)} bytes (at most {MAX_CSV_BYTES})")
    try:
        return rows_of(decoded(data, file), file)
    except DocumentError as error:
        raise SubmissionError(*error.problems) from None


def rows_of(text: str, file: str) -> TextRows:
    """The rows of a text.

    Semicolons separate where there are any, else tabs, else commas, else spaces. Empty lines and those that begin with
    `#` do not count, and a first row of names is left aside.

    Raises:
        SubmissionError: if it holds no rows of equal length, with the line.
    """
    whole = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
    lines = [(number, line) for number, line in whole if line.strip() and line.strip()[0] != "#"]
    if not lines:
        raise refused_file(file, "holds no numbers")
    separator = next((sign for sign in ";\t," if any(sign in line for _, line in lines)), " ")
    notes: tuple[str, ...] = ()
    first = _row(*lines[0], separator, file)
    if len(lines) > 1 and _is_heading(first):
        notes, lines = (f"the first row ({_in_words(first)}) is taken for a heading and left aside",), lines[1:]
    elif _is_numbering(first):
        message = "numbers columns and rows, as pandas does: save it with index=False, header=False"
        raise SubmissionError(Problem(message, first.place))
    rows = SequenceNode(SourceLocation(file, lines[0][0], 1))
    for number, line in lines:
        rows.append(_row(number, line, separator, file))
        if len(rows[-1]) != len(rows[0]):
            message = f"this row has {len(rows[-1])} entries, but the first one has {len(rows[0])}"
            raise SubmissionError(Problem(message, rows[-1].place))
        if len(rows) * len(rows[0]) > MAX_ENTRIES:
            raise refused_file(file, f"holds more than {MAX_ENTRIES} numbers")
    return TextRows(file, rows, notes)


def _row(number: int, line: str, separator: str, file: str) -> SequenceNode:
    row = SequenceNode(SourceLocation(file, number, 1))
    if separator == "," and _DECIMAL_COMMAS.fullmatch(line):
        first = line.split()[0]
        message = f"{shortened(first)!r} is not a number: write a decimal point, not a decimal comma"
        raise SubmissionError(Problem(message, row.place))
    try:
        cells = line.split() if separator == " " else next(csv.reader([line], delimiter=separator))
    except csv.Error:
        raise SubmissionError(Problem("holds an entry without end", row.place)) from None
    if separator != " " and len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]  # a separator at the end of the line
    column = 0
    for cell in cells:
        column = max(line.find(cell, column), column)
        row.append(ScalarNode(cell.strip(), SourceLocation(file, number, column + 1)))
        column += len(cell)
    return row


def _is_heading(row: SequenceNode) -> bool:
    """Whether a first row has names, and neither numbers nor what people write for none."""
    numbers = any(cell[:1].isdigit() or _NOT_FINITE.fullmatch(cell) for cell in row)
    return not numbers and any(_NAME.search(cell) for cell in row)


def _is_numbering(row: SequenceNode) -> bool:
    """Whether a first row has nothing in its first column and then 0, 1, 2, ...."""
    return len(row) > 1 and not row[0] and [str(cell) for cell in row[1:]] == [str(i) for i in range(len(row) - 1)]


def _in_words(row: SequenceNode) -> str:
    shown = [shortened(cell) for cell in row[:MAX_SHOWN_HEADINGS]]
    return listed([*shown, *([f"{len(row) - len(shown)} more"] if len(row) > len(shown) else [])])
