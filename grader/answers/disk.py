"""The files of a submission where a platform or a course has put them: below one path, or in several places."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from grader.answers.files import MAX_FILE_BYTES, is_folder, names_in, read_file
from grader.answers.names import VIRTUAL_ENVIRONMENT_FILE, is_left_aside
from grader.errors import Problem, SubmissionError

MAX_LISTED_FILES = 10_000
"""Files of one submission, in all of its folders."""

TOO_MANY_FILES = f"lies beyond the first {MAX_LISTED_FILES} files"

MAX_FOLDER_DEPTH = 12
"""Folders in folders that are looked into."""

FILE_SUFFIXES = (".yaml", ".yml", ".json", ".npz", ".npy", ".safetensors", ".py", ".ipynb", ".md", ".txt")
"""A folder whose name ends so stands where a file should be."""


class FilesSource(Protocol):
    """Where the files of a submission come from.

    `names` are relative POSIX paths of all files, sorted, without what systems leave; `unread` has files and folders
    that cannot be looked into, with the reason. `problems` says why nothing can be read; there are no names then.
    `fault` says why the machine did not let all of it be looked at, so that nobody knows what was handed in.
    """

    @property
    def is_folder(self) -> bool: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def unread(self) -> Mapping[str, str]: ...

    @property
    def problems(self) -> tuple[Problem, ...]: ...

    @property
    def fault(self) -> str: ...

    def read(self, name: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """The bytes of a file.

        Raises:
            SubmissionError: for a link, a folder, a pipe or device, a file that is too large.
            HarnessError: for a file that the machine does not let be read.
        """

    def size(self, name: str) -> int:
        """How many bytes a file has, by what is said of it; 0 where nothing is."""


class DiskFiles:
    """A `FilesSource` on disk; no link is followed, every read is bounded."""

    def __init__(self, path: Path, parts: Sequence[tuple[str, Path]] = ()) -> None:
        """`parts`: the names and paths of files that a platform put elsewhere; of a folder named "", what it holds.

        Raises:
            SubmissionError: if there is nothing at the path.
            HarnessError: if the machine does not let it be looked at.
        """
        self._path = path
        self._placed: dict[str, tuple[Path, Path]] = {}  # by name: where the file lies, and the part that it lies in
        self._has_parts = bool(parts)
        self.is_folder = bool(parts) or is_folder(path)
        self.names: tuple[str, ...] = (path.name,)
        self.unread: dict[str, str] = {}
        self.folders: list[str] = []  # those in it, whatever they hold
        self.problems: tuple[Problem, ...] = ()
        self.fault = ""
        if self.is_folder:
            try:
                self._place(parts)
                self.names = tuple(sorted(self._placed if parts else _names_below(path, self.unread, self.folders)))
            except SubmissionError as error:
                self.names, self.unread, self.problems = (), {}, error.problems

    def read(self, name: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        return read_file(self.path_of(name), self._placed.get(name, (self._path, self._path))[1], max_bytes, name)

    def size(self, name: str) -> int:
        try:
            return self.path_of(name).lstat().st_size
        except OSError:
            return 0

    def path_of(self, name: str) -> Path:
        """Where a file lies."""
        if name in self._placed:
            return self._placed[name][0]
        return self._path / name if self.is_folder else self._path

    def _place(self, parts: Sequence[tuple[str, Path]]) -> None:
        """Lists the parts; of two files of one name the first is read, and the other is said not to be."""
        for name, path in parts:
            below = {name: path}
            if _is_plain_folder(path):
                inside = _names_below(path, self.unread, self.folders)
                below = {f"{name}/{inner}" if name else inner: path / inner for inner in inside}
            for whole, file in below.items():
                if whole in self._placed:
                    self.unread[f"{path.name}/{whole}"] = "another file of this submission has the same name"
                elif not is_left_aside(PurePosixPath(whole).name):
                    self._placed[whole] = (file, path)


def _names_below(top: Path, unread: dict[str, str], folders: list[str]) -> Iterator[str]:
    """The files below a folder, outer ones first; what is not looked into goes to `unread`, what is to `folders`.

    Raises:
        SubmissionError: if the top folder holds too many files.
        HarnessError: if a folder cannot be listed.
    """
    waiting, count = deque([""]), 0
    while waiting:
        folder = waiting.popleft()
        if count >= MAX_LISTED_FILES:
            unread[f"{folder}/"] = TOO_MANY_FILES
            continue
        try:
            names = names_in(top / folder)
        except SubmissionError as error:
            if not folder:
                raise
            unread[f"{folder}/"] = str(error).removeprefix(f"{PurePosixPath(folder).name}/ ")
            continue
        if folder and VIRTUAL_ENVIRONMENT_FILE in names:
            continue
        for name in names:
            if is_left_aside(name):
                continue
            whole = f"{folder}/{name}" if folder else name
            count += 1
            if not _is_plain_folder(top / whole) or name.lower().endswith(FILE_SUFFIXES):
                yield whole
            elif whole.count("/") >= MAX_FOLDER_DEPTH:
                unread[f"{whole}/"] = f"lies more than {MAX_FOLDER_DEPTH} folders deep"
            else:
                waiting.append(whole)
                folders.append(whole)


def _is_plain_folder(path: Path) -> bool:
    """A folder, and no link to one."""
    is_junction = getattr(os.path, "isjunction", None)  # of Windows; since Python 3.12
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode) and not (is_junction and is_junction(path))
    except (OSError, ValueError):  # it is not there, or has a name that no file can have
        return False
