"""The user's cache: what was worked out before and can be worked out again, each under a digest of all it rests on.

The rule: what is kept is used only if nobody but the user can have written it and it is whole; everything else is as if
it were not there. So its folder and its files must belong to the user, be writable by nobody else and be no links, and
each file begins with a digest of the rest. Files are written whole, so that runs beside each other never see a part.

`GRADER_CACHE=off` switches it off, as it does drawn inputs that are kept; `GRADER_CACHE=/DIR` names another folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from grader.atomic import OPENS_BELOW_FOLDERS, opened_folder, write_below

CACHE_VARIABLE = "GRADER_CACHE"
"""The variable of the environment that names the folder of the cache, or switches it off."""

SWITCHED_OFF = frozenset({"", "0", "off", "no", "none", "false"})

CACHE_NAME = "proofgrade"
LOADED_FOLDER = "loaded"
"""The folder of the cache in that of the user, where drawn inputs lie as well."""

MAX_CACHED_BYTES = 64 << 20
"""Of one file."""

MAX_CACHED_FILES = 256
"""Of more, those that were written first are removed."""

_FILE_HEAD = b"proofgrade cache 1\n"
_DIGEST_BYTES = hashlib.sha256().digest_size
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def user_folder() -> Path | None:
    """The folder of this user for what can be worked out again; None where there is none, or it is switched off."""
    asked = os.environ.get(CACHE_VARIABLE)
    if asked is not None:
        is_folder = asked.strip().lower() not in SWITCHED_OFF and os.path.isabs(asked)
        return Path(asked) if is_folder else None  # a relative one might lie among what was handed in
    if os.name == "nt":
        import platformdirs  # which takes longer to import than the rest of this module, so elsewhere it is not asked

        return platformdirs.user_cache_path(CACHE_NAME)
    home = os.environ.get("HOME", "")
    apple = os.path.join("Library", "Caches") if sys.platform == "darwin" else ""
    base = (not apple and os.environ.get("XDG_CACHE_HOME", "")) or os.path.join(home, apple or ".cache")
    return Path(base, CACHE_NAME) if os.path.isabs(base) else None


def cache_folder() -> Path | None:
    """Where the cache lies; None where nothing is kept, or nothing can be told of who owns a file."""
    folder = user_folder() if OPENS_BELOW_FOLDERS and hasattr(os, "geteuid") else None
    return None if folder is None else folder / LOADED_FOLDER


def read_cached(name: str) -> bytes | None:
    """What is kept under a name; None where nothing is that can be trusted."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        with opened_folder(folder) as descriptor:
            if descriptor is None or not _is_own(os.fstat(descriptor)):
                return None
            data = _read_own(name, descriptor)
    except OSError:
        return None
    head = len(_FILE_HEAD) + _DIGEST_BYTES
    if not data.startswith(_FILE_HEAD) or hashlib.sha256(data[head:]).digest() != data[len(_FILE_HEAD) : head]:
        return None
    return data[head:]


def keep_cached(name: str, data: bytes) -> None:
    """Keeps something under a name; where that cannot be, nothing is kept, and nothing is said."""
    folder = cache_folder()
    if folder is None or len(data) > MAX_CACHED_BYTES:
        return
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with opened_folder(folder) as descriptor:
            if descriptor is not None and _is_own(os.fstat(descriptor)):
                _make_room(descriptor)
                write_below(descriptor, folder, name, _FILE_HEAD + hashlib.sha256(data).digest() + data, mode=0o600)


def _is_own(status: os.stat_result) -> bool:
    """Whether nobody but the user can have put there what is there."""
    return status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def _read_own(name: str, folder: int) -> bytes:
    """The bytes of a file of the user's own; none of another."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not _is_own(status):
            return b""
        return file.read(MAX_CACHED_BYTES + len(_FILE_HEAD) + _DIGEST_BYTES)


def _make_room(folder: int) -> None:
    """Removes the files that were written first, where there are too many."""
    names = os.listdir(folder)
    if len(names) < MAX_CACHED_FILES:
        return
    written = {}
    for name in names:
        with suppress(OSError):  # another run has just removed it
            written[name] = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime_ns
    for name in sorted(written, key=lambda name: (written[name], name))[: len(names) - MAX_CACHED_FILES // 2]:
        with suppress(OSError):
            os.unlink(name, dir_fd=folder)
