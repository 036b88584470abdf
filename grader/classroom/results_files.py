"""Files in a folder of results: written whole, through no link, and only where they say something new."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from grader.atomic import opened_folder, write_below
from grader.errors import HarnessError


def write_text(folder: Path, name: str, text: str) -> None:
    """Writes a file of that text.

    Raises:
        HarnessError: if it cannot be written.
    """
    try:
        with opened_folder(folder) as descriptor:
            write_below(descriptor, folder, name, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise HarnessError(f"{folder / name}: cannot be written: {error.strerror}") from None


def write_new_text(folder: Path, name: str, text: str) -> None:
    """The same, unless it stands there as it is: a file that is whole, and no link."""
    path = folder / name
    data = text.encode("utf-8", "backslashreplace")
    with suppress(OSError):
        if not path.is_symlink() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return
    write_text(folder, name, text)


def is_partial(path: Path) -> bool:
    """Whether a file was being written when the run ended."""
    return path.name.startswith(".grader-") and path.suffix == ".part"


def remove_files(folder: Path, is_stale: Callable[[Path], bool]) -> None:
    """Removes files that are nothing of this class any more.

    Raises:
        HarnessError: if one cannot be removed.
    """
    try:
        for path in sorted(folder.iterdir()):
            if is_stale(path):
                path.unlink()
    except OSError as error:
        raise HarnessError(f"{folder}: cannot be tidied: {error.strerror}") from None
