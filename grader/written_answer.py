"""A written answer as a reader finds it: its text, and the files to open where that is not all."""

from __future__ import annotations

from grader.deferred import dataclass


@dataclass(frozen=True)
class WrittenAnswer:
    """What was handed in for a written question; `text` None: nothing of it could be read, the files hold it.

    `files` are the names of documents and pictures that it was read from, or that have to be opened; `notes` say how it
    was read. `fingerprint` is another one when what a reader would see is another. `cut`: there is more of the text.
    `asked` is what this student was asked, where that is not the same for all.
    """

    text: str | None
    fingerprint: str
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cut: bool = False
    asked: str = ""
