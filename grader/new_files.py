"""Writing files that are not there yet: all of them or none, and never over or through what is there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader.atomic import write_file, write_new_file
from grader.deferred import dataclass
from grader.errors import SpecError, listed

if TYPE_CHECKING:
    from zipfile import ZipInfo

NOTHING_WRITTEN = "nothing was written"
MAX_NAMED_FILES = 5


EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip can hold."""


def zip_entry(name: str, mode: int = 0o644) -> ZipInfo:
    """A file in a zip, with its permissions on Unix and always the same time: the same files give the same bytes."""
    from zipfile import ZipInfo

    entry = ZipInfo(name, EARLIEST_ZIP_TIME)
    entry.create_system = 3  # Unix: so that the mode is read as one
    entry.external_attr = (0o100000 | mode) << 16
    return entry


@dataclass(frozen=True)
class ChangedFile:
    """A file that is there and gets other content, unless it is not what it was read as any more."""

    path: Path
    before: bytes
    after: bytes


def write_new_files(folder: Path, files: Mapping[str, bytes], changed: ChangedFile | None = None) -> None:
    """Writes files below a folder, which is made if need be, and changes one that is there last of all.

    When anything stops it (a full disk, Ctrl-C), what it has written and made until then is taken away again.

    Raises:
        SpecError: if a file is there already, or cannot be written; then nothing is.
    """
    refuse_taken(folder, files)
    made: list[Path] = []
    try:
        for name, data in files.items():
            path = folder / name
            _make_folder(path.parent, made)
            made.append(path)
            try:
                write_new_file(path, data)
            except FileExistsError:  # somebody else was faster, and it is theirs
                made.pop()
                raise
        if changed is not None:
            _change(changed)
    except BaseException as error:
        _take_away(made)
        if isinstance(error, OSError):
            where = error.filename or folder
            raise SpecError(f"{os.fsdecode(where)}: cannot be written: {error.strerror}; {NOTHING_WRITTEN}") from None
        raise


def refuse_taken(folder: Path, names: Iterable[str]) -> None:
    """Raises `SpecError` where files cannot be written into a folder, since something of one's name is there."""
    if _is_there(folder) and not folder.is_dir():
        raise SpecError(f"{folder} is a file, and a folder is wanted: {NOTHING_WRITTEN}")
    if taken := [name for name in names if _is_taken(folder, name)]:
        more = f" and {len(taken) - MAX_NAMED_FILES} more" if len(taken) > MAX_NAMED_FILES else ""
        are = "is" if len(taken) == 1 else "are"
        named = f"{', '.join(taken[:MAX_NAMED_FILES])}{more}" if more else listed(taken)
        raise SpecError(f"{named} {are} already in {folder}: {NOTHING_WRITTEN}")


def _is_there(path: Path) -> bool:
    """Whether a name is taken, be it by a link that leads nowhere.

    Raises:
        SpecError: if no file can have that name, or it cannot be looked for.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SpecError(f"{path}: cannot be written: {why}; {NOTHING_WRITTEN}") from None
    return True


def _is_taken(folder: Path, name: str) -> bool:
    """Whether a file is there, or a file or a link stands where one of its folders should be."""
    path = folder / name
    above = [folder / part for part in Path(name).parents if part != Path()]
    return _is_there(path) or any(_is_there(part) and (part.is_symlink() or not part.is_dir()) for part in above)


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Makes a folder with those above it, and notes what was made."""
    missing = [folder]
    while not os.path.lexists(missing[-1].parent):
        missing.append(missing[-1].parent)
    for one in reversed(missing):
        if not one.is_dir():
            made.append(one)
            one.mkdir()


def _change(changed: ChangedFile) -> None:
    if changed.path.read_bytes() != changed.before:
        raise SpecError(f"{changed.path.name} was changed just now: {NOTHING_WRITTEN}; do it again")
    write_file(changed.path, changed.after)


def _take_away(made: list[Path]) -> None:
    """Removes files, and folders that are empty then, the last first."""
    for path in reversed(made):
        with suppress(OSError):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
