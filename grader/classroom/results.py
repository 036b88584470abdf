"""Results on disk: each file is written beside its place and moved there whole."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from grader.classroom.work import Graded
from grader.errors import HarnessError
from grader.verdict import as_number

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters that make a spreadsheet take a cell for a formula."""

MAX_NAME_BYTES = 200
"""Of a submission's name in the name of its report; file systems end at 255."""


def questions_of(graded: Iterable[Graded]) -> list[str]:
    """The questions of all rows, each once, in the order they are met."""
    return list(dict.fromkeys(question for row in graded for question in row.marks))


def table(graded: Sequence[Graded]) -> list[list[str]]:
    """The header and the rows of `grades.csv`."""
    questions = questions_of(graded)
    rows = [["submission", *questions, "total", "max", "status"]]
    for row in graded:
        marks = ["" if (points := row.marks.get(q)) is None else str(as_number(points)) for q in questions]
        total = "" if row.total is None else str(as_number(row.total))
        rows.append([row.name, *marks, total, str(as_number(row.max_points)), row.status])
    return rows


def write_report(folder: Path, graded: Graded) -> None:
    """`reports/<submission>.json`."""
    _write(folder / "reports" / f"{_short(graded.name)}.json", graded.report)


def _short(name: str) -> str:
    """A name that leaves room for an ending: the end of a very long one gives way to its digest."""
    data = name.encode("utf-8", "surrogateescape")
    if len(data) <= MAX_NAME_BYTES:
        return name
    return f"{data[:MAX_NAME_BYTES].decode('utf-8', 'ignore')}-{hashlib.sha256(data).hexdigest()[:12]}"


def write_grades(folder: Path, graded: Sequence[Graded]) -> None:
    """`grades.csv`, written last: where it stands, every report stands too."""
    out = io.StringIO()
    rows = [[_harmless(cell) for cell in row] for row in table(graded)]
    csv.writer(out, lineterminator="\n").writerows(rows)
    _write(folder / "grades.csv", out.getvalue())


def _harmless(cell: str) -> str:
    """A name that a spreadsheet would take for a formula gets a quote mark in front."""
    is_number = cell.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) and not is_number else cell


def prepare(folder: Path) -> None:
    """Makes the folder of results.

    Raises:
        HarnessError: if it cannot be made.
    """
    try:
        (folder / "reports").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HarnessError(f"{folder}: cannot be made: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(partial, path)
    except BaseException as error:  # Ctrl-C as well leaves nothing half done behind
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise HarnessError(f"{path}: cannot be written: {error.strerror}") from None
        raise
