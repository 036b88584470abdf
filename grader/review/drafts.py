"""Notes of a reader on answers that are not marked yet: kept beside the results, so that nothing typed is lost."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock

from grader.atomic import write_file
from grader.errors import HarnessError

MAX_DRAFTS_BYTES = 16 << 20


class DraftNotes:
    """The notes of one reader, by question and submission, in a file of their own; a file that is damaged is empty."""

    def __init__(self, results: Path, reader: str) -> None:
        digest = sha256(reader.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        self._file = results / f"review-notes-{digest}.json"
        self._lock = Lock()

    def note(self, question: str, submission: str) -> str:
        """The note on an answer; "" where there is none."""
        return self._read().get(_key(question, submission), "")

    def keep(self, question: str, submission: str, note: str) -> None:
        """Keeps a note in the place of an earlier one; "" takes it away.

        Raises:
            HarnessError: if it cannot be written.
        """
        with self._lock:
            notes = self._read()
            before = dict(notes)
            notes.pop(_key(question, submission), None)
            if note:
                notes[_key(question, submission)] = note
            if notes == before:
                return
            try:
                write_file(self._file, json.dumps(notes, indent=1).encode())
            except OSError as error:
                raise HarnessError(f"{self._file}: cannot be written: {error.strerror}") from None

    def _read(self) -> dict[str, str]:
        with suppress(OSError, ValueError):
            with self._file.open("rb") as file:
                found = json.loads(file.read(MAX_DRAFTS_BYTES))
            if isinstance(found, dict):
                return {key: note for key, note in found.items() if isinstance(note, str)}
        return {}


def _key(question: str, submission: str) -> str:
    return json.dumps([question, submission])
