"""Files that are written whole or not at all, and never through a link that somebody else has planted."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

OPENS_BELOW_FOLDERS = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd
"""Whether files can be named relative to an open folder (not on Windows)."""

CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
CREATE_FLAGS |= getattr(os, "O_BINARY", 0)
READ_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
READ_FLAGS |= getattr(os, "O_BINARY", 0)

RENAME_EXCHANGE = 2
"""A flag of `renameat2` (linux/fs.h): the two names are exchanged in one step."""

PARTIAL_NAME_START, PARTIAL_NAME_END = ".grader-", ".part"
"""Of files that are being written, or that others have taken the names of."""


def write_file(path: Path, data: bytes) -> None:
    """Writes a file beside its place under a new name and moves it there; a link that is there is replaced.

    A device (`/dev/stdout`) or a pipe is written to where it is.

    Raises:
        OSError: if it cannot be written; then nothing of it is left, and what was there before still is.
    """
    if _is_stream(path):
        _write_stream(path, data)
        return
    with opened_folder(path.parent, follow=True) as folder:
        write_below(folder, path.parent, path.name, data)


def write_new_file(path: Path, data: bytes) -> None:
    """Writes a file that is not there yet, even as a link.

    Raises:
        FileExistsError: if something of that name is there; it stays as it is.
        OSError: if it cannot be written; then nothing of it is left.
    """
    descriptor = os.open(path, CREATE_FLAGS, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def write_below(
    folder: int | None, where: Path, name: str, data: bytes, *, mode: int = 0o666, keep_old: bool = False
) -> None:
    """The same for the file `name` of a folder that `opened_folder` has opened at `where`; `mode` as for `os.open`.

    `keep_old`: a file that is there stays under a partial name where the system can exchange names, and whoever writes
    removes it later. So replacing many files costs less: of files that were removed lately, ext4 without a journal
    looks through all for each that is created, and one that takes another's place by a plain rename is written out at
    once by ext4 with a journal.

    Raises:
        OSError: if it cannot be written.
    """
    partial = _partial_name()
    try:
        descriptor = os.open(_below(folder, where, partial), CREATE_FLAGS, mode, dir_fd=folder)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)
        if not (keep_old and folder is not None and _exchanged(folder, partial, name)):
            there, goal = _below(folder, where, partial), _below(folder, where, name)
            os.replace(there, goal, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:  # Ctrl-C, which can come between any two steps, leaves nothing half done behind either
        with suppress(OSError):
            os.unlink(_below(folder, where, partial), dir_fd=folder)
        raise


def stands_below(folder: int | None, where: Path, name: str, data: bytes) -> bool | None:
    """Whether `name` is a plain file of these bytes in a folder that `opened_folder` has opened.

    None where it is none that can be read, or a link.
    """
    path = _below(folder, where, name)
    try:
        found = os.stat(path, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode):
            return None
        if found.st_size != len(data):
            return False
        descriptor = os.open(path, READ_FLAGS, dir_fd=folder)
        try:
            return os.read(descriptor, len(data) + 1) == data
        finally:
            os.close(descriptor)
    except OSError:
        return None


def try_to_write(folder: int | None, where: Path) -> None:
    """Writes a file as `write_below` does, and takes it away again.

    Raises:
        OSError: if nothing can be written there.
    """
    partial = _below(folder, where, _partial_name())
    try:
        with os.fdopen(os.open(partial, CREATE_FLAGS, 0o666, dir_fd=folder), "wb") as file:
            file.write(b"\0")
    finally:
        with suppress(OSError):
            os.unlink(partial, dir_fd=folder)


@contextmanager
def opened_folder(path: Path, *, follow: bool = False) -> Iterator[int | None]:
    """A descriptor of a folder, which stays the same folder whatever is renamed; None where the system has none.

    Raises:
        OSError: if it cannot be opened, or is a link and links are not followed.
    """
    if not OPENS_BELOW_FOLDERS:
        if not follow and path.is_symlink():
            raise NotADirectoryError(20, "Not a directory (a link)")
        yield None
        return
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    folder = os.open(path, flags)
    try:
        yield folder
    finally:
        os.close(folder)


def _partial_name() -> str:
    """A name that no other file has: removing it is safe at any time."""
    import secrets

    return f"{PARTIAL_NAME_START}{secrets.token_hex(16)}{PARTIAL_NAME_END}"


def is_partial(name: str) -> bool:
    """Whether a file of this name was being written, or was replaced and is to be removed."""
    return name.startswith(PARTIAL_NAME_START) and name.endswith(PARTIAL_NAME_END)


def _exchanged(folder: int, first: str, second: str) -> bool:
    """Exchanges the names of two files of a folder; False where the system or the file system cannot."""
    exchange = _exchange_of_names()
    return (
        exchange is not None and exchange(folder, os.fsencode(first), folder, os.fsencode(second), RENAME_EXCHANGE) == 0
    )


@cache
def _exchange_of_names() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """`renameat2` of the C library (Linux 3.15, glibc 2.28); None where there is none."""
    if sys.platform != "linux":
        return None
    import ctypes

    found = getattr(ctypes.CDLL(None), "renameat2", None)
    if found is not None:
        found.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return found


def _below(folder: int | None, where: Path, name: str) -> str:
    return name if folder is not None else str(where / name)


def _is_stream(path: Path) -> bool:
    """A device or a pipe by itself, or one of the descriptors of this process (`/dev/stdout`, `/dev/fd/63`)."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) and path.is_absolute() and path.parts[1:2] == ("dev",):
            mode = path.stat().st_mode
            return not stat.S_ISDIR(mode)
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


def _write_stream(path: Path, data: bytes) -> None:
    """OSError where nobody reads a pipe: nothing waits for a reader."""
    descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    if hasattr(os, "set_blocking"):
        os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
