"""What lies in the folder of a class: each path, and whether a folder, a plain file or a link lies there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class FoundPath(NamedTuple):
    """A path in a folder. `is_folder` and `is_file` are of what a link leads to, where it is one (`is_link`).

    Neither is so of a pipe, a device, and what cannot be looked at.
    """

    name: str
    folder: Path
    is_folder: bool
    is_file: bool
    is_link: bool = False

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / self.name


def found_in(folder: Path) -> list[FoundPath]:
    """What lies in a folder, in order of the names; hidden names are left out.

    Systems tell of what sort a path is together with its name, so that nothing but links is looked at once more.

    Raises:
        OSError: if it cannot be listed.
    """
    with os.scandir(folder) as entries:
        there = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    return [_found(folder, entry) for entry in there]


def _found(folder: Path, entry: os.DirEntry[str]) -> FoundPath:
    is_link = False
    try:
        if entry.is_dir(follow_symlinks=False):  # as most of a class is: no link, and no file
            return FoundPath(entry.name, folder, True, False)
        is_link = entry.is_symlink()
        return FoundPath(entry.name, folder, entry.is_dir(), entry.is_file(), is_link)
    except Exception:  # it cannot be looked at
        return FoundPath(entry.name, folder, is_folder=False, is_file=False, is_link=is_link)
