"""A recorder that keeps the rows of a run in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

    def start(self, submissions: Sequence[str]) -> None:
        """Nothing is written before the first row."""

    def record(self, graded: Graded) -> None:
        if self._known.get(graded.name) is not graded:
            self._book.keep(graded)

    def finish(self, rows: Sequence[Graded] | None) -> None:
        if rows is not None:
            self._book.end_run(self._source, self._entries)
