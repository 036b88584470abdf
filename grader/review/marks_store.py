"""The file of marks as readers write it together: locked, compared with what each has seen, and replaced as a whole.

A file that people have written stays as it is: the entry that changes is written anew, and every other byte is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SubmissionError
from grader.kinds.written.marks import Mark, MarksEntry


@dataclass(frozen=True)
class MarkChange:
    """A mark that a reader gives (None: takes back) to one answer; `seen` is the version that the reader saw.

    `second` "": the mark that counts; else it is the finding of the second reader of that name, which changes no mark.
    """

    submission: str
    question: str
    mark: Mark | None
    seen: str
    second: str = ""


class MarkConflictError(SubmissionError):
    """Another reader has marked the same answers since: nothing was written. `now` are their marks, by submission and
    question (None: taken back)."""

    now: Mapping[tuple[str, str], Mark | None]


def mark_version(mark: Mark | None) -> str:
    """What `MarkChange.seen` has to say: a digest of a mark, "" where there is none."""
    raise NotImplementedError


class MarksStore:
    """The marks of one file, which need not be there yet. All of it may be used by several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> Mapping[tuple[str, str], MarksEntry]:
        """Every entry as the file has it now, by submission and question.

        Raises:
            SpecError: if anything in it cannot be used, with file:line:column.
        """
        raise NotImplementedError

    def save(self, changes: Sequence[MarkChange]) -> None:
        """Writes the marks of several answers at once, all or none of them.

        Raises:
            MarkConflictError: if one of them is not as it was seen.
            SpecError: if anything in the file cannot be used.
            HarnessError: if it cannot be written.
        """
        raise NotImplementedError
