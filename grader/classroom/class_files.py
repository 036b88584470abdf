"""What lies in the folder of a class when a run begins, read once: a digest for each submission, and one over all."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from grader.answers.names import is_left_aside
from grader.answers.plain_files import plain_files
from grader.classroom.found_paths import FoundPath, found_in
from grader.deferred import dataclass
from grader.fingerprint import fingerprint

if TYPE_CHECKING:
    from grader.classroom.entries import Entry


PathKind = Literal["folder", "link", "other"]


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


@dataclass(frozen=True)
class ClassFiles:
    """The folder of a class, without what is hidden there: what was read, by path, in the order of `folders`."""

    folders: tuple[str, ...]
    results: str
    read: Mapping[str, FilesRead] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """A digest over all that the submissions, and who handed them in, could rest on; "" where that is not known.

        So it is where a link lies among them: its submission is refused, but whether it leads to a folder, and to
        the results, makes a difference to names and to what is passed over.
        """
        if not self.read or not all(read.facts and not read.is_link for read in self.read.values()):
            return ""
        top = self.folders[0]
        inner = [folder.removeprefix(top) for folder in self.folders]
        return fingerprint([inner, [[path.removeprefix(top), *read] for path, read in self.read.items()]])

    def content(self, entry: Entry) -> str:
        """The digest of what an entry held (`EntryContent.digest`); "" where not all of that was read."""
        from grader.classroom.content import content_digest, content_of

        found = None if entry.parts else self.read.get(str(entry.path))
        if found is not None:
            return content_digest(entry, found.facts, found.shared, found.refusal) if found.facts else ""
        content = content_of(entry, keep=False)
        return content.digest if content.files.has_all else ""

    def stand(self, seen: Collection[str]) -> bool:
        """Whether all is as it was read; paths that were `seen` again since only have to be there."""
        try:
            folders, paths = _listed(self.folders[0], self.results)
        except OSError:
            return False
        is_same = folders == self.folders and list(paths) == list(self.read)
        return is_same and all(_read(path, kind) == self.read[path] for path, kind in paths.items() if path not in seen)


NOTHING_READ = ClassFiles((), "")


def read_class(folder: Path, results: Path) -> ClassFiles:
    """The files of a class; `results` are none of them. Nothing of it is kept but names and digests.

    Where there is one folder alone, with files beside it or without, that one is looked into as well: a download may be
    unpacked into a folder of its own. Of a folder that cannot be listed nothing is read.
    """
    own = os.path.realpath(results)
    try:
        folders, paths = _listed(str(folder), own)
    except OSError:
        return ClassFiles((str(folder),), own)
    return ClassFiles(folders, own, {path: _read(path, kind) for path, kind in paths.items()})


def _listed(top: str, results: str) -> tuple[tuple[str, ...], dict[str, PathKind]]:
    """The folders that are looked into, and what lies there.

    Raises:
        OSError: if one cannot be listed.
    """
    paths = _paths_in(top, results)
    inside = [path for path, kind in paths.items() if kind == "folder" and not is_left_aside(os.path.basename(path))]
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

    content = content_of(Entry(os.path.basename(path), Path(path)), keep=False)
    is_told = content.files.has_all and not content.files.fault
    left_aside = tuple(sorted(filter(is_left_aside, os.listdir(path)))) if content.files.is_folder else ()
    refusal = tuple(map(str, content.refusal))
    return FilesRead(content.files.facts_text if is_told else "", left_aside, content.shared, refusal)
