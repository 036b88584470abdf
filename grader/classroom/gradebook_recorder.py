"""A recorder that keeps the rows of a run in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from grader.classroom.entries import Entry
from grader.classroom.gradebook import Gradebook
from grader.classroom.graded import Graded


class GradebookRecorder:
    """Keeps the rows of a run as they come; `known` are those that were kept before, of the folder `source`."""

    def __init__(self, book: Gradebook, source: str, entries: Sequence[Entry], known: Mapping[str, Graded]) -> None:
        self._book = book
        self._source = source
        self._entries = entries
        self._known = known
        self._together: dict[str, Graded] = {}

    def start(self, submissions: Sequence[str]) -> None:
        """Nothing is written before the first row."""

    def keep_together(self, rows: Sequence[Graded]) -> None:
        """Keeps rows that are recorded next at once, which costs less than one by one.

        Where that fails none of them is kept, and each is tried when it is recorded, so that only those are held that
        cannot be kept by themselves.
        """
        self._together = {}
        new = {row.name: row for row in rows if self._known.get(row.name) is not row}
        with suppress(Exception):
            if len(new) > 1:
                self._book.keep(*new.values())
                self._together = new

    def record(self, graded: Graded) -> None:
        if not any(kept.get(graded.name) is graded for kept in (self._together, self._known)):
            self._book.keep(graded)

    def finish(self, rows: Sequence[Graded] | None) -> None:
        if rows is not None:
            self._book.end_run(self._source, self._entries)
