"""Where files lie that were handed in: in the submissions that are graded, and beside them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

FileIdentity = tuple[int, int]
"""A folder or file by its device and its number there, however its path is written."""


class HandedIn:
    """What was handed in, as far as it is known; `add` makes more known.

    What lies beside a submission counts too, for a folder of submissions may hold single files: a `conftest.py` there
    may be a student's. It does not where that folder is a course (it holds `specs/`), nor where a run names it.
    """

    def __init__(self, submissions: Iterable[str] = ()) -> None:
        self.submissions: list[str] = []
        self._inside: set[FileIdentity] = set()
        self._beside: set[FileIdentity] = set()
        self._named: set[FileIdentity] = set()
        self._files_named_in: set[FileIdentity] = set()
        for submission in submissions:
            self.add(submission)

    def add(self, submission: str) -> None:
        """Makes a submission known, by its path from the current folder."""
        found = identity(submission)
        if found is None:
            return
        self.submissions.append(submission)
        self._inside.add(found)
        for path in {os.path.abspath(submission), os.path.realpath(submission)}:
            folder = os.path.dirname(path)
            specs = os.path.join(folder, "specs")
            is_course = os.path.isdir(specs) and identity(specs) != found
            if not is_course and os.path.dirname(folder) != folder:
                self._beside.update(filter(None, [identity(folder)]))

    def name(self, paths: Iterable[str]) -> None:
        """Makes paths known that the run names as tests: what lies in their folders is the user's own choice."""
        for path in paths:
            if os.path.isdir(path):
                around = {found for known in self.submissions for found in identities(os.path.dirname(known) or ".")}
                self._named.update({found for found in [identity(path)] if found is not None and found not in around})
            elif os.path.exists(path):
                self._files_named_in.update(filter(None, [identity(os.path.dirname(path) or ".")]))

    def inside(self, path: str | Path) -> bool:
        """Whether a path is one of the submissions, or lies in one."""
        return any(found in self._inside for found in identities(path))

    def holds(self, path: str | Path) -> bool:
        """Whether a path, or the folder that it lies in, may have been handed in: such files are not obeyed."""
        return any(self._holds(chain) for chain in chains(path))

    def _holds(self, chain: list[str]) -> bool:
        """The same for a path and its parents, from the inside out."""
        below: str | None = None
        found = [identity(path) for path in chain]
        if any(one in self._inside for one in found):
            return True
        for path, one in zip(chain, found, strict=True):
            if one in self._named or (one in self._files_named_in and path in chain[:2]):
                return False
            if one in self._beside:
                return below is None or not os.path.isdir(os.path.join(below, "specs"))
            below = path
        return False

    def outside(self, folder: Path) -> Path | None:
        """The nearest folder, from this one upwards, that was not handed in."""
        return next((path for path in (folder, *folder.parents) if not self.holds(path)), None)

    def entries(self) -> list[str]:
        """The entries of `sys.path` that lie in a submission, except those of the Python that runs."""
        own = {found for prefix in (sys.prefix, sys.base_prefix) if (found := identity(prefix)) is not None}
        return [entry for entry in sys.path if entry and self.inside(entry) and own.isdisjoint(identities(entry))]


def identity(path: str | Path) -> FileIdentity | None:
    """What a path leads to, through links; None where it leads nowhere."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def chains(path: str | Path) -> list[list[str]]:
    """A path and its parents, from the inside out: as it is written, and as it is without links."""
    written = dict.fromkeys((Path(os.path.abspath(path)), Path(os.path.realpath(path))))
    return [[str(one), *map(str, one.parents)] for one in written]


def identities(path: str | Path) -> set[FileIdentity]:
    """What a path and its parents lead to."""
    return {found for chain in chains(path) for one in chain if (found := identity(one)) is not None}
