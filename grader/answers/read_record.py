"""What was read of a submission, as far as reports say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from grader.deferred import dataclass


@dataclass(frozen=True)
class ReadRecord:
    """What was read of a submission: files, keys of its answers file, how, and which files something lies before."""

    files: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    passed_over: Mapping[str, str] = field(default_factory=dict)

    def since(self, before: ReadRecord) -> ReadRecord:
        """What was read after that."""
        notes = tuple(note for note in self.notes if note not in before.notes)
        passed_over = {name: why for name, why in self.passed_over.items() if before.passed_over.get(name) != why}
        return ReadRecord(self.files - before.files, self.keys - before.keys, notes, passed_over)
