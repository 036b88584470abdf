"""What earlier runs have kept of the entries that are graded now, read for several of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from grader.classroom.gradebook import Gradebook
from grader.classroom.kept_row import PackedRow
from grader.classroom.verdicts import KeptVerdict
from grader.classroom.work import EarlierRow
from grader.kinds.fingerprint import SpecFingerprints

MAX_EARLIER_ROWS = 8
"""Rows of a submission that are looked at for a verdict that fits the spec as it is now."""

ENTRIES_READ_TOGETHER = 64
"""Entries whose rows are read at once: between the grading of two, reading one takes several times as long."""


class EarlierRows:
    """The earlier rows of entries, for which each entry asks when its turn comes: a class has too much to hold it all.

    `fresh` and `only` are those of the run (`Regrading`). Entries that were not added have none.
    """

    def __init__(self, book: Gradebook, *, fresh: bool, only: frozenset[str] | None) -> None:
        self._book = book
        self._fresh = fresh
        self._only = only
        self._added: dict[str, tuple[SpecFingerprints | None, bool]] = {}
        self._order: list[str] = []
        self._read_count = 0
        self._read: dict[str, EarlierRow] = {}

    def add(self, name: str, specs: SpecFingerprints | None, *, is_kept: bool) -> None:
        """Adds the next entry that is graded: the fingerprints of the assignment of its last row, if that is kept."""
        self._added[name] = specs, is_kept
        self._order.append(name)

    def of(self, name: str) -> EarlierRow:
        """What is kept of an entry; where it is the next in order, that of those behind it is read as well.

        Raises:
            GraderError: if it cannot be read, or is not as it was written.
        """
        if name not in self._added:
            return EarlierRow()
        if name in self._order[self._read_count : self._read_count + 1]:
            self._read_on()
        found = self._read.pop(name, None)
        return found if found is not None else self._earlier(name)

    def _read_on(self) -> None:
        """Reads what is kept of the next entries; what cannot be read is tried again when its own entry asks for it."""
        names = self._order[self._read_count : self._read_count + ENTRIES_READ_TOGETHER]
        self._read_count += len(names)
        self._read.clear()
        rows = dict[str, list[PackedRow]]()
        with suppress(Exception):
            rows = self._book.rows_back(names, MAX_EARLIER_ROWS)
        for name in names:
            with suppress(Exception):
                self._read[name] = self._earlier(name, rows.get(name))

    def _earlier(self, name: str, rows: list[PackedRow] | None = None) -> EarlierRow:
        specs, is_kept = self._added[name]
        return EarlierRow(tuple(self._verdicts(name, specs, rows)) if is_kept else (), self._only)

    def _verdicts(
        self, name: str, specs: SpecFingerprints | None, rows: list[PackedRow] | None
    ) -> Iterator[KeptVerdict]:
        """What was kept of an entry: of each question what fits its spec as it is now, else the last verdict.

        `rows` are those that were read of it (None: none yet).
        """
        history = self._book.verdicts_back(name, rows)
        verdicts = next(history)
        chosen = {kept.question: kept for kept in verdicts}
        if self._fresh:
            again = set(specs.assignment.named(self._only)) if specs and self._only is not None else set(chosen)
            yield from (kept for kept in verdicts if kept.question not in again)
            return
        wanted = specs.questions if specs is not None and self._only is None else {}
        missing = {name for name, kept in chosen.items() if wanted.get(name, kept.spec) != kept.spec}
        if rows is not None:  # a fingerprint stands in a row as it is, so that the others need not be opened
            sought = [wanted[name].encode() for name in missing]
            history = self._book.verdicts_back(
                name, [row for row in rows[1:] if any(spec in row.texts for spec in sought)]
            )
        for earlier in islice(history, MAX_EARLIER_ROWS - 1) if missing else ():
            for kept in earlier:
                if kept.question in missing and kept.key and kept.spec == wanted[kept.question]:
                    chosen[kept.question] = kept
                    missing.discard(kept.question)
        yield from chosen.values()
