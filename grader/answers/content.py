"""The files of one submission as bytes: read once, within bounds, so that grading is a function of what was read."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from grader.answers.disk import DiskFiles
from grader.answers.files import MAX_FILE_BYTES
from grader.answers.names import MAX_ARCHIVE_BYTES
from grader.answers.plain_files import PlainFiles, plain_facts_text, plain_files
from grader.deferred import dataclass
from grader.errors import HarnessError, Problem, SourceLocation, SubmissionError

FileKind = Literal["file", "link", "folder", "device", "absent"]
"""What lies under a name; a folder stands where a file should be, and something absent cannot be looked at."""

MAX_CONTENT_BYTES = 400 << 20
"""What the files of one submission may hold together (400 MiB); the smallest ones come first."""

PlainFile = tuple[str, int, str, bytes | None]
"""The name of a plain file, its size in bytes, its SHA-256 digest, and its bytes if they are kept."""

PlainContent = tuple[bool, Sequence[PlainFile], tuple[str, ...]]
"""`FilesContent` of plain files without the objects around them: `is_folder`, the files and `left_aside`."""

TOO_MUCH_CONTENT = f"is not read: the files of a submission may hold {MAX_CONTENT_BYTES} bytes together"


@dataclass(frozen=True)
class FileContent:
    """One file; `sha256` is that of its bytes.

    There are none, and `sha256` is "", where `refusal` says why, and of a file that is larger than any that is read.
    `target` is where a link leads; it is not followed. `size` is in bytes, as the folder says. `fault` says why the
    machine did not let a plain file be read.
    """

    name: str
    kind: FileKind
    size: int = 0
    sha256: str = ""
    refusal: str = ""
    target: str = ""
    fault: str = ""
    data: bytes | None = field(default=None, repr=False)

    @property
    def facts(self) -> list[str | int]:
        """All that a report could rest on, as JSON has it; the sizes of folders and links are the file system's."""
        size = self.size if self.kind == "file" else 0
        return [self.name, self.kind, size, self.sha256, self.refusal, self.target, self.fault]


@dataclass(frozen=True)
class FilesContent:
    """A `FilesSource` in memory. `has_all`: every file that could be read was, also where none of them is kept.

    `fault` says why the machine did not let the entry be read: nothing is known of it then.
    """

    is_folder: bool
    files: tuple[FileContent, ...]
    unread: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    has_all: bool = True
    fault: str = ""
    may_be_linked: bool = True
    """False: it is a folder of plain files alone, and none of them has another name anywhere (a hard link)."""
    left_aside: tuple[str, ...] | None = field(default=None, compare=False)
    """Names beside the files that systems and editors leave; None: it is not told, as they were read one by one."""

    @property
    def plain(self) -> PlainContent | None:
        """All of it where the files are plain; None else."""
        if self.left_aside is None:
            return None
        files = [(file.name, file.size, file.sha256, file.data) for file in self.files]
        return self.is_folder, files, self.left_aside

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(file.name for file in self.files)

    def read(self, name: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """SubmissionError, HarnessError: as `read_file` raises them, and in the same words."""
        file, place = self._by_name.get(name), SourceLocation(name)
        if file is None:
            raise SubmissionError(Problem("cannot be read: No such file or directory", place))
        if file.fault:
            raise HarnessError(Problem(file.fault, place))
        if file.refusal:
            raise SubmissionError(Problem(file.refusal, place))
        if file.size > max_bytes:
            raise SubmissionError(Problem(f"is too large: {file.size} bytes (at most {max_bytes})", place))
        if file.data is None:
            raise SubmissionError(Problem(TOO_MUCH_CONTENT, place))
        return file.data

    def size(self, name: str) -> int:
        file = self._by_name.get(name)
        return 0 if file is None else file.size

    @cached_property
    def _by_name(self) -> dict[str, FileContent]:
        return {file.name: file for file in self.files}

    @property
    def facts(self) -> list[object]:
        """All that a report could rest on, as JSON has it."""
        problems = [str(problem) for problem in self.problems]
        files = [file.facts for file in self.files]
        return [self.is_folder, files, list(self.unread.items()), problems, self.has_all, self.fault]

    @property
    def facts_text(self) -> str:
        """All that a report could rest on, with digests for the bytes, as JSON, which escapes names of any bytes."""
        if self.left_aside is not None:
            plain = ((file.name, file.size, file.sha256) for file in self.files)
            return plain_facts_text(plain, is_folder=self.is_folder)
        return json.dumps(self.facts)


def read_files(path: str | Path, parts: Sequence[tuple[str, Path]] = (), *, keep: bool = True) -> FilesContent:
    """What lies at a path, or in the parts that a platform has put elsewhere; `keep` False: digests without bytes.

    Nothing is followed, waited for or read beyond the bounds: a file larger than `MAX_ARCHIVE_BYTES`, the largest that
    is read of any kind, is known by its size alone.

    Raises:
        SubmissionError: if there is nothing at the path.
        HarnessError: if the machine does not let it be looked at.
    """
    if not parts and (plain := plain_files(os.fspath(path))) is not None:
        return of_plain_files(plain, keep=keep)
    return _read_one_by_one(Path(path), parts, keep=keep)


def of_plain_files(plain: PlainFiles, *, keep: bool = True) -> FilesContent:
    """The same for files that were read already."""
    files = [(name, len(data), hashlib.sha256(data).hexdigest(), data if keep else None) for name, data in plain.files]
    return of_plain_content(plain.is_folder, files, plain.left_aside)


def of_plain_content(is_folder: bool, files: Sequence[PlainFile], left_aside: tuple[str, ...]) -> FilesContent:
    """The files of `PlainContent`."""
    contents = tuple([FileContent(name, "file", size, sha256, data=data) for name, size, sha256, data in files])
    return FilesContent(is_folder, contents, {}, may_be_linked=False, left_aside=left_aside)


def _read_one_by_one(path: Path, parts: Sequence[tuple[str, Path]], *, keep: bool) -> FilesContent:
    """The same for files of any kind, with what is to be said of each."""
    found = DiskFiles(path, parts)
    unlinked: set[str] = set()
    stated = [_stated(found, name, unlinked) for name in found.names]
    contents: dict[str, FileContent] = {}
    left, has_all = MAX_CONTENT_BYTES, True
    for file in sorted(stated, key=lambda file: (file.size, file.name)):
        if file.kind == "file" and file.size > min(left, MAX_ARCHIVE_BYTES):
            has_all &= file.size > MAX_ARCHIVE_BYTES
            is_too_much = file.size <= MAX_ARCHIVE_BYTES
            contents[file.name] = replace(file, refusal=TOO_MUCH_CONTENT if is_too_much else "")
            continue
        contents[file.name] = read = _read(found, file, keep)
        left -= read.size if read.sha256 else 0
    files = tuple(contents[name] for name in found.names)
    is_flat = found.is_folder and not parts and not found.unread and not found.folders
    is_plain = is_flat and all(name in unlinked for name in found.names)
    return FilesContent(found.is_folder, files, found.unread, found.problems, has_all, may_be_linked=not is_plain)


def _stated(found: DiskFiles, name: str, unlinked: set[str]) -> FileContent:
    """A file as far as the folder says what it is; plain ones without another name are added to `unlinked`."""
    path = found.path_of(name)
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return FileContent(name, "link", status.st_size, target=os.readlink(path))
    except (OSError, ValueError):
        return FileContent(name, "absent")
    if stat.S_ISREG(status.st_mode):
        if status.st_nlink == 1:
            unlinked.add(name)
        return FileContent(name, "file", status.st_size)
    return FileContent(name, "folder" if stat.S_ISDIR(status.st_mode) else "device", status.st_size)


def _read(found: DiskFiles, file: FileContent, keep: bool) -> FileContent:
    try:
        data = found.read(file.name, MAX_ARCHIVE_BYTES)
    except SubmissionError as error:
        return replace(file, refusal=str(error.problems[0].message))
    except HarnessError as error:
        return replace(file, fault=str(error.problems[0].message))
    digest = hashlib.sha256(data).hexdigest()
    return replace(file, size=len(data), sha256=digest, data=data if keep else None)
