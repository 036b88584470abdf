"""The file of marks as readers write it together: locked, compared with what each has seen, and replaced as a whole.

A file that people have written stays as it is: the entry that changes is written anew, and every other byte is kept.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.atomic import write_file
from grader.errors import HarnessError, SubmissionError, listed_first
from grader.fingerprint import fingerprint
from grader.kinds.written.marks import (
    Mark,
    MarksEntry,
    entries_in,
    mark_facts,
    marks_document,
    read_marks_file,
)
from grader.review.marks_text import MarksText, marks_text, new_head

LOCK_SECONDS = 20
"""How long a save waits for others that write to the same file; each takes a fraction of a second."""

LOCK_TRIED_EVERY_SECONDS = 0.01

MAX_NAMES_IN_CONFLICT = 10


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

    @property
    def key(self) -> tuple[str, str]:
        """The submission and the question."""
        return self.submission, self.question


class MarkConflictError(SubmissionError):
    """Somebody has marked the same answers since they were seen: nothing was written.

    `now` are their marks, by submission and question (None: taken back).
    """

    def __init__(self, now: Mapping[tuple[str, str], Mark | None]) -> None:
        self.now = dict(now)
        names = [f"{question} of {submission}{_by(mark)}" for (submission, question), mark in self.now.items()]
        shown = listed_first(names, MAX_NAMES_IN_CONFLICT)
        super().__init__(f"marked since you have seen it, so that nothing was saved: {shown}")


def _by(mark: Mark | None) -> str:
    if mark is None:
        return " (taken back)"
    return f" (by {mark.reader})" if mark.reader else ""


def mark_version(mark: Mark | None) -> str:
    """What `MarkChange.seen` has to say: a digest of a mark, "" where there is none."""
    return "" if mark is None else fingerprint(mark_facts(mark))


@dataclass(frozen=True)
class _Read:
    """What a file of marks says; `text` None: nothing was written to it yet, for which its lines are looked at."""

    data: bytes = b""
    text: MarksText | None = None
    entries: Mapping[tuple[str, str], MarksEntry] = field(default_factory=dict)


class MarksStore:
    """The marks of one file, which need not be there yet. All of it may be used by several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = _Read()

    def entries(self) -> Mapping[tuple[str, str], MarksEntry]:
        """Every entry as the file has it now, by submission and question.

        Raises:
            SpecError: if anything in it cannot be used, with file:line:column.
        """
        return self._parsed(self._bytes()).entries

    def save(self, changes: Sequence[MarkChange]) -> None:
        """Writes the marks of several answers at once, all or none of them.

        Raises:
            MarkConflictError: if one of them is not as it was seen.
            SpecError: if anything in the file cannot be used.
            SubmissionError: if a note holds what is no character.
            HarnessError: if it cannot be written.
        """
        for change in changes:
            _refuse_unwritable(change.mark)
        with self._locked():
            data = self._bytes()
            read = self._parsed(data)
            entries = read.entries
            changed = dict(entries)
            for change in changes:
                changed[change.key] = _with(changed.get(change.key) or MarksEntry(*change.key, None), change)
            if conflicts := {c.key: _now(entries.get(c.key), c) for c in changes if not _is_as_seen(entries, c)}:
                raise MarkConflictError(conflicts)
            keys = dict.fromkeys(change.key for change in changes)
            text = read.text or marks_text(data or new_head(self.path), self.path.name)
            text = text.with_entries(changed[key] for key in keys if changed[key] != entries.get(key))
            written = text.data
            if written != data:
                self._write(written)
            self._read = _Read(written, text, {found.entry.key: found.entry for found in text.entries})

    def _parsed(self, data: bytes) -> _Read:
        """What the bytes of the file say; the same bytes are not read twice."""
        read = self._read
        if data != read.data:
            entries = entries_in(marks_document(data, self.path.name))
            read = self._read = _Read(data, None, {entry.key: entry for entry in entries})
        return read

    def _bytes(self) -> bytes:
        return read_marks_file(self.path) if self.path.exists() else b""

    def _write(self, data: bytes) -> None:
        """Replaces the file, where a link leads; whoever could read and write it still can."""
        path = self.path.resolve()
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
        if mode is not None and not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise HarnessError(f"{self.path}: is there for reading alone: make it writable; the mark is not saved")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, data)
        except OSError as error:
            raise HarnessError(f"{self.path}: cannot be written: {error.strerror}: the mark is not saved") from None
        if mode is not None:
            with suppress(OSError):
                os.chmod(path, mode)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """In here nobody else saves; the lock ends with the process, however that ends."""
        from filelock import FileLock, Timeout

        path = self.path.resolve()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=LOCK_SECONDS)
            lock.acquire(poll_interval=LOCK_TRIED_EVERY_SECONDS)
        except Timeout:
            message = f"{self.path}: another program has been writing to it for {LOCK_SECONDS} seconds: try it again"
            raise HarnessError(message) from None
        except OSError as error:
            raise HarnessError(f"{self.path}: cannot be written: {error.strerror}: the mark is not saved") from None
        except NotImplementedError:
            message = f"{self.path}: lies where no file can be locked, so that marks of others could be lost: move it"
            raise HarnessError(message) from None
        try:
            yield
        finally:
            lock.release()


def _refuse_unwritable(mark: Mark | None) -> None:
    for text in (mark.note, mark.reader) if mark is not None else ():
        if found := next((char for char in text if 0xD800 <= ord(char) <= 0xDFFF), None):
            raise SubmissionError(f"U+{ord(found):04X} is no character, and cannot be kept: take it out of {text!a}")


def _with(entry: MarksEntry, change: MarkChange) -> MarksEntry:
    if not change.second:
        return replace(entry, mark=change.mark)
    others = [mark for mark in entry.second if mark.reader != change.second]
    found = [replace(change.mark, reader=change.second)] if change.mark is not None else []
    return replace(entry, second=tuple(sorted([*others, *found], key=lambda mark: mark.reader)))


def _now(entry: MarksEntry | None, change: MarkChange) -> Mark | None:
    """The mark that a change is about, as it is in the file."""
    if entry is None or not change.second:
        return entry.mark if entry is not None else None
    return next((mark for mark in entry.second if mark.reader == change.second), None)


def _is_as_seen(entries: Mapping[tuple[str, str], MarksEntry], change: MarkChange) -> bool:
    return mark_version(_now(entries.get(change.key), change)) == change.seen
