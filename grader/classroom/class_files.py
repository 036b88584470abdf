"""What lies in the folder of a class, each submission read once in a run: a digest for each, and one over all.

The rule: files and links in the folder are read when a run begins, as lists of students may be among them. A folder is
read when it is graded or when its content is asked for, and at the latest at the end, where it counts only if that is
what was graded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from grader.answers.names import is_left_aside
from grader.answers.plain_files import plain_files
from grader.classroom.found_paths import FoundPath, found_in
from grader.fingerprint import fingerprint_of_each

if TYPE_CHECKING:
    from grader.classroom.content import EntryContent
    from grader.classroom.entries import Entry


PathKind = Literal["folder", "link", "other"]

FILES_DIGEST_BYTES = hashlib.sha256().digest_size

NOT_READ = b""


class FilesRead(NamedTuple):
    """What was read at a path: `FilesContent.facts_text` ("": it could not be told of all files what they are).

    `left_aside` are names that systems and editors leave; `shared` and `refusal` are as in `EntryContent`, as text.
    `is_link`: a link lies there; what it leads to was not read.
    """

    facts: str
    left_aside: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    refusal: tuple[str, ...] = ()
    is_link: bool = False

    @property
    def digest(self) -> bytes:
        """A digest over all that could rest on it; empty where that is not known.

        So it is of a link: its submission is refused, but whether it leads to a folder, and to the results, makes a
        difference to names and to what is passed over.
        """
        is_known = self.facts and not self.is_link
        return hashlib.sha256(repr(tuple(self)).encode()).digest() if is_known else NOT_READ


class _UnknownContentError(Exception):
    """It is not known what lies at some path."""


class ClassFiles:
    """The folder of a class, without what is hidden there. Of folders nothing is kept but names and digests."""

    def __init__(self, folders: tuple[str, ...], kinds: Mapping[str, PathKind], results: str) -> None:
        """`folders` are those that were looked into, and `kinds` what lies there, by path, in their order."""
        self.folders = folders
        self._results = results
        self._kinds = kinds
        self._files = {path: _read(path, kind) for path, kind in kinds.items() if kind != "folder"}
        self._folders = dict.fromkeys((path for path, kind in kinds.items() if kind == "folder"), NOT_READ)
        """By path two digests of what a folder held: that of `FilesRead`, and that of the entry that it is.

        They are all that is held of a submission here, so they are in one object; none of them where one is not told.
        """

    @property
    def paths(self) -> tuple[str, ...]:
        """What lies there."""
        return tuple(self._kinds)

    def digest(self) -> str:
        """A digest over all that the submissions, and who handed them in, could rest on; "" where that is not known."""
        try:
            found = fingerprint_of_each(chain(map(self._inside, self.folders), map(self._line, self._kinds)))
        except _UnknownContentError:
            return ""
        return found if self._kinds else ""

    def content(self, entry: Entry) -> bytes:
        """The digest of what an entry held (`EntryContent.digest`); empty where not all of that was read."""
        path = entry.path_as_text
        if entry.parts or path not in self._kinds:
            from grader.classroom.content import content_of

            content = content_of(entry, keep=False)
            return content.digest if content.files.has_all else NOT_READ
        if path in self._files:
            return _entry_digest(entry, self._files[path])
        if self._folders[path] == NOT_READ:
            read = _read(path, "folder")
            self._folders[path] = read.digest + _entry_digest(entry, read)
        return self._folders[path][FILES_DIGEST_BYTES:]

    def note(self, content: EntryContent) -> None:
        """Called with an entry that was read to be graded: if it is a folder of plain files, that need not be again."""
        path, left_aside = content.entry.path_as_text, content.files.left_aside
        if path in self._folders and not content.entry.parts and left_aside is not None:
            read = FilesRead(content.facts_text, left_aside, content.shared)
            self._folders[path] = read.digest + content.digest if read.digest else NOT_READ

    def stand(self, seen: Iterable[str]) -> bool:
        """Whether all lies there that was, and files are as they were read; what was `seen` again since is not read."""
        try:
            folders, kinds = _listed(self.folders[0], self._results)
        except OSError:
            return False
        again = set(self._files).difference(seen) if self._files else ()
        is_same = folders == self.folders and kinds == self._kinds
        return is_same and all(_read(path, kinds[path]) == self._files[path] for path in again)

    def _inside(self, path: str) -> str:
        return path.removeprefix(self.folders[0])

    def _line(self, path: str) -> tuple[str, str]:
        """A path and the digest of what was read there.

        Raises:
            _UnknownContentError: if that is not known.
        """
        if digest := self._folders.get(path, NOT_READ)[:FILES_DIGEST_BYTES]:
            return self._inside(path), digest.hex()
        read = self._files[path] if path in self._files else _read(path, "folder")
        if not read.digest:
            raise _UnknownContentError
        return self._inside(path), read.digest.hex()


NOTHING_READ = ClassFiles((), {}, "")


def read_class(folder: Path, results: Path) -> ClassFiles:
    """The files of a class; `results` are none of them.

    Where there is one folder alone, with files beside it or without, that one is looked into as well: a download may be
    unpacked into a folder of its own. Of a folder that cannot be listed nothing is read.
    """
    own = os.path.realpath(results)
    try:
        return ClassFiles(*_listed(str(folder), own), own)
    except OSError:
        return ClassFiles((str(folder),), {}, own)


def _listed(top: str, results: str) -> tuple[tuple[str, ...], dict[str, PathKind]]:
    """The folders that are looked into, and what lies there.

    Raises:
        OSError: if one cannot be listed.
    """
    paths = _paths_in(top, results)
    folders = (path for path, kind in paths.items() if kind == "folder" and not is_left_aside(os.path.basename(path)))
    inside = list(islice(folders, 2))  # a class has many
    if len(inside) != 1:
        return (top,), paths
    del paths[inside[0]]
    return (top, *inside), paths | _paths_in(inside[0], results)


def _paths_in(folder: str, results: str) -> dict[str, PathKind]:
    """As the paths of entries are written, in order."""
    here, start = os.path.join(os.path.realpath(folder), ""), "" if folder == os.curdir else os.path.join(folder, "")
    return {start + path.name: _kind(path) for path in found_in(Path(folder)) if here + path.name != results}


def _kind(path: FoundPath) -> PathKind:
    return "link" if path.is_link else "folder" if path.is_folder else "other"


def _read(path: str, kind: PathKind) -> FilesRead:
    """What lies at a path; whatever fails there is that submission's own trouble, which grading it tells."""
    try:
        if kind == "link":
            return _read_one_by_one(path)._replace(is_link=True)
        plain = plain_files(path)
        return FilesRead(plain.facts_text, plain.left_aside) if plain is not None else _read_one_by_one(path)
    except Exception:
        return FilesRead("")


def _read_one_by_one(path: str) -> FilesRead:
    from grader.classroom.content import content_of
    from grader.classroom.entries import Entry

    content = content_of(Entry.at(os.path.basename(path), Path(path)), keep=False)
    is_told = content.files.has_all and not content.files.fault
    left_aside = tuple(sorted(filter(is_left_aside, os.listdir(path)))) if content.files.is_folder else ()
    refusal = tuple(map(str, content.refusal))
    return FilesRead(content.files.facts_text if is_told else "", left_aside, content.shared, refusal)


def _entry_digest(entry: Entry, read: FilesRead) -> bytes:
    from grader.classroom.content import content_digest

    return content_digest(entry, read.facts, read.shared, read.refusal) if read.facts else NOT_READ
