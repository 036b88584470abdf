"""A temporary folder that only this user can look into; what a killed process has left of one is removed later."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

PRIVATE_PREFIX = "grader-private-"
"""How the names of these folders begin, in the folder of temporary files."""

LOCK_FILE = ".lock"
"""Held open and locked for as long as the process runs that made the folder."""


class PrivateFolder:
    """A folder of mode 0700. `close` removes it.

    Where its process is killed, the next one that makes such a folder removes it: its lock is free then, whatever
    processes and their numbers have come and gone.
    """

    def __init__(self) -> None:
        remove_abandoned()
        made = Path(tempfile.mkdtemp(prefix=f".{PRIVATE_PREFIX}"))  # under this name nobody takes it for abandoned
        self._lock = (made / LOCK_FILE).open("wb")
        _try_lock(self._lock)
        self.path = made.rename(made.with_name(made.name.removeprefix(".")))

    def close(self) -> None:
        """Removes the folder with all that it holds."""
        self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)


def remove_abandoned() -> None:
    """Removes the private folders of this user whose processes have ended."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PRIVATE_PREFIX):
                with suppress(OSError):  # another process is removing it
                    _remove_if_abandoned(entry)


def _remove_if_abandoned(entry: os.DirEntry[str]) -> None:
    status = entry.stat(follow_symlinks=False)
    if not entry.is_dir(follow_symlinks=False) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
        return
    lock = Path(entry.path, LOCK_FILE)
    if os.name == "nt":  # a file that is open cannot be removed there
        lock.unlink(missing_ok=True)
        shutil.rmtree(entry.path, ignore_errors=True)
        return
    with lock.open("rb") as file:
        if _try_lock(file):
            shutil.rmtree(entry.path, ignore_errors=True)


def _try_lock(file: IO[bytes]) -> bool:
    """Locks a file for as long as it is open, where locks are files' own; whether nobody else has."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
