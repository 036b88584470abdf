"""Reading a student's file: no links, no waiting, no more bytes than stated."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from grader.answers.links import all_links_handed_in
from grader.documents import shortened
from grader.errors import GraderError, HarnessError, Problem, SourceLocation, SubmissionError

MAX_FILE_BYTES = 1 << 20
"""Largest file of answers or code (1 MiB); files of weights have a limit of their own."""

MAX_SUBMISSION_FILES = 1_000
"""Files in one folder of a submission."""


HANDED_IN_ERRORS = (errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EINVAL)
"""What a system says of a name or a link that somebody chose; all else is trouble of the machine itself."""

MIN_READ_BYTES = 1 << 10

NOT_PLAIN = "is not a plain file (a pipe, socket or device)"

READ_ADVICE = "make it readable and grade it again"


def is_folder(path: Path) -> bool:
    """Whether a submission is a folder (else a file).

    Raises:
        SubmissionError: if there is nothing of that name.
        HarnessError: if the machine does not let it be looked at.
    """
    name = shortened(path.name or str(path))
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        if path.is_symlink():
            raise SubmissionError(f"{name} is a link that leads nowhere") from None
        raise SubmissionError(f"there is no submission {name!r}") from None
    except OSError as error:
        message = f"the submission {name!r} cannot be read: {error.strerror}"
        if error.errno in HANDED_IN_ERRORS:
            raise SubmissionError(message) from None
        raise HarnessError(f"{message}: {READ_ADVICE}") from None


def read_file(
    path: Path, submission: Path | None = None, max_bytes: int = MAX_FILE_BYTES, name: str | None = None
) -> bytes:
    """The bytes of a plain file of a submission (None: the file itself is the whole submission).

    `name` is what messages call it (None: the last part of its path).

    A file with several names (hard links) is read where all of them lie in this submission and its neighbours: there
    is nothing to be learnt from it that was not handed in, and its author keeps the marks.

    Raises:
        SubmissionError: for a link, a folder, a pipe or device, a file that is too large or not there.
        HarnessError: for a plain file that the machine does not let be read: that is no fault of who handed it in.
    """
    place = SourceLocation(path.name if name is None else name)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if path.is_symlink():
        raise SubmissionError(Problem("is a symbolic link: hand in the file itself", place))
    try:
        descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    except IsADirectoryError:
        raise SubmissionError(Problem("is a folder where a file should be", place)) from None
    except OSError as error:
        raise _unreadable(path, place, error) from None
    try:
        return _read_open(descriptor, place, submission or path, max_bytes)
    except OSError as error:
        raise _unreadable(path, place, error) from None
    finally:
        os.close(descriptor)


def _unreadable(path: Path, place: SourceLocation, error: OSError) -> GraderError:
    """Whose fault it is that a file cannot be read: the machine's, where it is a plain file or cannot be looked at."""
    message = f"cannot be read: {error.strerror}"
    try:
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)):  # a socket cannot even be opened
            return SubmissionError(Problem(NOT_PLAIN, place))
        is_plain = stat.S_ISREG(mode)
    except (FileNotFoundError, ValueError):
        is_plain = False
    except OSError as seen:
        is_plain = seen.errno not in HANDED_IN_ERRORS
    if is_plain and error.errno not in HANDED_IN_ERRORS:
        return HarnessError(Problem(f"{message}: {READ_ADVICE}", place))
    return SubmissionError(Problem(message, place))


def _read_open(descriptor: int, place: SourceLocation, submission: Path, max_bytes: int) -> bytes:
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise SubmissionError(Problem("is a folder where a file should be", place))
    if not stat.S_ISREG(status.st_mode):
        raise SubmissionError(Problem(NOT_PLAIN, place))
    if status.st_nlink > 1 and not all_links_handed_in(status, submission):
        raise SubmissionError(Problem("is a hard link to another file: hand in a copy", place))
    if status.st_size > max_bytes:
        raise SubmissionError(Problem(f"is too large: {status.st_size} bytes (at most {max_bytes})", place))
    parts, left, more = [], max_bytes + 1, status.st_size + 1  # room for more than there is takes long to get
    while left > 0 and (part := os.read(descriptor, min(left, more, MAX_FILE_BYTES))):
        parts.append(part)
        left -= len(part)
        more = max(more - len(part), MIN_READ_BYTES)
    if left <= 0:
        raise SubmissionError(Problem(f"is too large (at most {max_bytes} bytes)", place))
    return b"".join(parts)


def names_in(folder: Path) -> list[str]:
    """The names in a folder, in order.

    Raises:
        SubmissionError: if it holds too many.
        HarnessError: if the machine does not let it be listed.
    """
    try:
        with os.scandir(folder) as entries:
            names = []
            for entry in entries:
                names.append(entry.name)
                if len(names) > MAX_SUBMISSION_FILES:
                    raise SubmissionError(f"{folder.name}/ holds more than {MAX_SUBMISSION_FILES} files")
    except OSError as error:
        raise HarnessError(f"{folder.name}/ cannot be listed: {error.strerror}: {READ_ADVICE}") from None
    return sorted(names)
