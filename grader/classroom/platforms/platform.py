"""What a format of a platform is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.classroom.class_row import ClassRow
from grader.classroom.verdicts import KeptVerdict
from grader.errors import reason_of
from grader.verdict import HELD_BECAUSE


@dataclass(frozen=True)
class PlatformRequest:
    """The rows of one assignment, and what was asked for.

    `source` is the platform's own file or download (None: none was named), `column` the column to fill ("": the format
    finds it), `scale` whether marks are converted where the platform's maximum is another one. `kept` gives what pages
    show beside the report of a row.
    """

    rows: Sequence[ClassRow]
    source: Path | None = None
    column: str = ""
    scale: bool = False
    decimal_comma: bool = False
    markup: str = ""
    show_expected: bool = False
    kept: Callable[[ClassRow], Sequence[KeptVerdict]] = lambda _: ()


@dataclass(frozen=True)
class PlatformFile:
    """The file for the platform, what is to be said of it, and what the grader failed at, a sentence each."""

    data: bytes
    said: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class PlatformFormat(Protocol):
    """A way to write the marks of a class."""

    @property
    def source_wanted(self) -> str:
        """What `--from` has to name; "" where nothing is needed."""

    @property
    def options(self) -> frozenset[str]:
        """The fields of a request, beside its rows, that the format looks at."""

    def write(self, request: PlatformRequest) -> PlatformFile:
        """The file; a fault in one row or report is that one's.

        Raises:
            SpecError: if the platform's file cannot be used, or it is not clear which column is meant.
        """


def fenced(
    rows: Sequence[ClassRow], line: Callable[[ClassRow], list[str]], held: Callable[[ClassRow], list[str]]
) -> tuple[list[list[str]], list[str]]:
    """The lines of a table, and what the grader failed at: a row whose line cannot be made has the one of `held`."""
    lines, faults = [], []
    for row in rows:
        try:
            lines.append(line(row))
        except Exception as error:  # one row's trouble is not the others'
            faults.append(fault_of(row, error))
            lines.append(held(row))
    return lines, faults


def fault_of(row: ClassRow, error: Exception) -> str:
    """What is said of a row that the grader failed at."""
    return f"{row.graded.name}: {HELD_BECAUSE}: {reason_of(error)}"
