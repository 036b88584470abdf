"""The files of a submission in the usual case, a folder of plain files or one such file, read with few calls.

The rule: where anything but the bytes under a name could make a difference to anybody, there is no such reading, and
the files are read one by one with all that is to be said of each (`read_files`): a folder in the folder, a link,
another name of a file, a pipe, a large file, many files, one that cannot be read or is being written.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii
from typing import NamedTuple

from grader.answers.names import is_left_aside

MAX_PLAIN_FILE_BYTES = 1 << 20
"""Of one file (1 MiB)."""

MAX_PLAIN_NAMES = 100
"""In one folder; files of so many names together hold less than is read of any submission."""

CAN_TELL_PLAIN_FILES = hasattr(os, "O_NOFOLLOW") and hasattr(os, "O_NONBLOCK")
"""Not on Windows, where a link could be followed and a pipe waited for."""

OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class PlainFiles(NamedTuple):
    """Names and bytes of the files, by name; `left_aside` are names beside them that systems and editors leave."""

    is_folder: bool
    files: tuple[tuple[str, bytes], ...]
    left_aside: tuple[str, ...] = ()

    @property
    def facts_text(self) -> str:
        """That of `FilesContent` for the same files."""
        files = ((name, len(data), hashlib.sha256(data).hexdigest()) for name, data in self.files)
        return plain_facts_text(files, is_folder=self.is_folder)


def plain_facts_text(files: Iterable[tuple[str, int, str]], *, is_folder: bool) -> str:
    """`FilesContent.facts_text` of plain files, of each its name, its size in bytes and its SHA-256 digest.

    Written here, as JSON is made of lists in several times the time.
    """
    listed = (
        f'[{encode_basestring_ascii(name)}, "file", {size}, "{digest}", "", "", ""]' for name, size, digest in files
    )
    return f'[{"true" if is_folder else "false"}, [{", ".join(listed)}], [], [], true, ""]'


def plain_files(path: str) -> PlainFiles | None:
    """The files at a path; None where they are not plain."""
    if not CAN_TELL_PLAIN_FILES:
        return None
    try:
        try:
            with os.scandir(path) as entries:
                names = sorted(entry.name for entry in entries)
        except NotADirectoryError:
            data = _bytes_of(path)
            return None if data is None else PlainFiles(is_folder=False, files=((os.path.basename(path), data),))
        if len(names) > MAX_PLAIN_NAMES:
            return None
        left_aside, files = [], []
        for name in names:
            if is_left_aside(name):
                left_aside.append(name)
                continue
            if (data := _bytes_of(f"{path}/{name}")) is None:
                return None
            files.append((name, data))
    except (OSError, ValueError):
        return None
    return PlainFiles(True, tuple(files), tuple(left_aside))


def _bytes_of(path: str) -> bytes | None:
    """The bytes of a plain file without another name; None of anything else. OSError: as `os.open` raises it."""
    descriptor = os.open(path, OPEN_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or status.st_size > MAX_PLAIN_FILE_BYTES:
            return None
        data = os.read(descriptor, status.st_size + 1)
        return data if len(data) == status.st_size else None
    finally:
        os.close(descriptor)
