"""Files in a folder of results: written whole, through no link, and only where they say something new."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.atomic import is_partial, opened_folder, stands_below, write_below
from grader.classroom.cluster_address import ClusterError
from grader.classroom.gradebook import Gradebook
from grader.classroom.result_names import GRADEBOOK_FILES, REPORTS
from grader.errors import ADVICE_BY_ERRNO, HarnessError, SpecError, SubmissionError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Errors of a disk that is full, and of a person who may not have more of it."""


def write_if_new(folder: Path, name: str, data: bytes, *, keep_old: bool = False) -> None:
    """Writes a file of these bytes, unless it stands there as it is.

    `keep_old`: the old one becomes a partial file, as in `write_below`, and whoever writes removes these in the end;
    here they go where there is no room beside them.

    Raises:
        HarnessError: if it cannot be written.
    """
    try:
        with opened_folder(folder) as descriptor:
            stands = stands_below(descriptor, folder, name, data)
            if stands:
                return
            try:
                write_below(descriptor, folder, name, data, keep_old=keep_old and stands is False)
            except OSError as error:
                if error.errno not in NO_ROOM or not remove_files(folder, is_partial):
                    raise
                write_below(descriptor, folder, name, data)
    except OSError as error:
        advice = f": {ADVICE_BY_ERRNO[error.errno]}" if error.errno in ADVICE_BY_ERRNO else ""
        raise HarnessError(f"{folder / name}: cannot be written: {error.strerror}{advice}") from None


def remove_files(folder: Path, is_stale: Callable[[str], bool]) -> int:
    """Removes files of a folder that are nothing of this class any more, as `is_stale` says of their names.

    Says how many there were.

    Raises:
        HarnessError: if one cannot be removed.
    """
    try:
        stale = list(filter(is_stale, sorted(os.listdir(folder))))
        for name in stale:
            os.unlink(os.path.join(folder, name))
        return len(stale)
    except OSError as error:
        raise HarnessError(f"{folder}: cannot be tidied: {error.strerror}") from None


def folders_to_make(folder: Path, *parts: str) -> list[Path]:
    """The folders that a run makes for its results, the innermost first: `reports/`, and the parts that are named."""
    inside = [folder / part for part in (REPORTS, *filter(None, parts))]
    return [part for part in (*inside, folder, *folder.parents) if not os.path.lexists(part)]


@contextmanager
def nothing_if_refused(folder: Path, book: Gradebook, made: Sequence[Path]) -> Iterator[None]:
    """A run that is refused before anything was graded leaves no empty gradebook, and none of the folders it has made.

    This is done while the gradebook is still locked, so that no other run has begun to write to it.
    """
    try:
        yield
    except (SpecError, SubmissionError, ClusterError):
        if not book.changed_since(0):  # nobody has a row
            with suppress(OSError):  # on Windows, open files stay
                for name in sorted(GRADEBOOK_FILES):
                    (folder / name).unlink(missing_ok=True)
                for part in made:
                    part.rmdir()
        raise
