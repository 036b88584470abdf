"""The files of one submission, wherever they lie: a folder, folders in it, a zip, a tar, or one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answers.disk import MAX_LISTED_FILES, TOO_MANY_FILES, DiskFiles, FilesSource
from grader.answers.document_text import DOCUMENT_ENDINGS
from grader.answers.files import MAX_FILE_BYTES
from grader.answers.names import MAX_ARCHIVE_BYTES, PACKING_ADVICE, archive_suffix, suffix_of
from grader.answers.unread import form_of
from grader.documents import shortened
from grader.errors import HarnessError, Problem, SourceLocation, SubmissionError

if TYPE_CHECKING:
    from grader.answers.archives import Archive

MAX_ARCHIVES_IN_ARCHIVES = 3
"""Archives that are opened one in the other, each being all that the one around it holds."""

MAX_UNPACKED_BYTES = 400 << 20
"""What is read of one archive in all (400 MiB): a small one may hold the same bytes under many names."""
TYPED_TEXT_FILES = ("onlinetext.html", "text.html", "link.html")
"""What a platform makes of text and addresses that were typed in; they lie beside what was handed in as a file."""

TYPED_TEXT_UNREAD = "was typed in on the platform, which is not read"


class SubmissionFiles:
    """The files of one submission; nothing is extracted to disk, no link is followed, every read is bounded.

    `names` are relative POSIX paths of all files, sorted, without what systems leave; reading one that is no plain file
    raises. `notes` are sentences on where they were read. `unread` has files and folders that cannot be looked into,
    with the reason. `problems` says why nothing of the submission can be read; there are no names then.
    `was_read` has the names that `read` was asked for. `single`: the submission is this one file and no archive.
    """

    def __init__(self, path: Path, parts: Sequence[tuple[str, Path]] = (), source: FilesSource | None = None) -> None:
        """`parts`: the names and paths of files that a platform put elsewhere; of a folder named "", what it holds.

        `source` has the files where they are not to be looked for on disk.

        Raises:
            SubmissionError: if there is nothing at the path.
            HarnessError: if the machine does not let it be looked at.
        """
        self.path = path
        self._source = DiskFiles(path, parts) if source is None else source
        self._has_parts = bool(parts)
        self.names: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.unread: Mapping[str, str] = {}
        self.was_read: set[str] = set()
        self.is_folder = self._source.is_folder
        self.single = not self.is_folder and not archive_suffix(path.name)
        self._members: dict[str, Archive] = {}  # by name: the archive that holds the file
        self._left = MAX_UNPACKED_BYTES
        try:
            self._list()
        except SubmissionError as error:
            self.names, self.problems = (), error.problems

    def read(self, name: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """The bytes of a file.

        Raises:
            SubmissionError: for a link, a folder, a pipe or device, a file that is too large, locked or damaged.
        """
        if self.problems:
            raise SubmissionError(*self.problems)
        self.was_read.add(name)
        if (archive := self._members.get(name)) is None:
            return self._source.read(name, max_bytes)
        if self._left <= 0:
            raise _refused(name, f"is not read: more than {MAX_UNPACKED_BYTES} bytes were read of the archive")
        data = _read_member(archive, name, max_bytes)
        self._left -= len(data)
        return data

    def size(self, name: str) -> int:
        """How many bytes a file has, by what the folder or archive says of it."""
        if (archive := self._members.get(name)) is not None:
            return archive.members[name].size
        return self._source.size(name)

    def _list(self) -> None:
        if self._source.fault:
            raise HarnessError(self._source.fault)
        if self._source.problems:
            raise SubmissionError(*self._source.problems)
        self.names, self.unread = self._source.names, dict(self._source.unread)
        if self.is_folder:
            typed = [name for name in self.names if self._has_parts and name in TYPED_TEXT_FILES]
            files = tuple(name for name in self.names if name not in typed)
            if (archive := _only_archive(files)) and not self.unread:
                self.names = files
                self._open_beside_prose(archive)
                self.unread = {**self.unread, **dict.fromkeys(typed, TYPED_TEXT_UNREAD)}
        elif not self.single:
            self._open(self.path.name)

    def _open_beside_prose(self, name: str) -> None:
        """Opens the only archive; one that cannot be opened costs the prose beside it nothing."""
        files = self.names
        try:
            self._open(name)
        except SubmissionError as error:
            if not any(map(_may_be_prose, files)):
                raise
            problem = error.problems[0]
            inner = "" if problem.place is None or problem.place.file == name else f"{problem.place.file} "
            reason = f"{inner}{problem.message}" if inner else str(problem.message).removeprefix("is ")
            self.names, self.notes, self._members = files, (), {}
            self.was_read.discard(name)
            self.unread = {name: reason}

    def _is_same(self, name: str, archive: Archive) -> bool:
        """Whether a file that lies beside an archive is in it as well."""
        try:
            beside = self.read(name, MAX_ARCHIVE_BYTES)
            return _read_member(archive, name, MAX_ARCHIVE_BYTES) == beside
        except SubmissionError:
            return False
        finally:
            self.was_read.discard(name)

    def _open(self, name: str) -> None:
        """The only archive is all but for prose beside it: its files are those of the submission, with that prose."""
        from grader.answers.archives import open_archive

        around = ""
        prose: tuple[str, ...] = ()
        for _ in range(MAX_ARCHIVES_IN_ARCHIVES):
            archive = open_archive(self.read(name, MAX_ARCHIVE_BYTES), name)
            self.was_read.clear()
            prose += tuple(other for other in self.names if other not in (name, *prose) and _may_be_prose(other))
            beside = {other: f"only {shortened(name)} is" for other in self.names if other not in (name, *prose)}
            if self.is_folder or around:
                self.notes += (f"read from {shortened(name)}{around}",)
            names = sorted(archive.members, key=lambda name: (name.count("/"), name))
            more = dict.fromkeys(names[MAX_LISTED_FILES:], TOO_MANY_FILES)
            twice = {other: self._is_same(other, archive) for other in prose if other in archive.members}
            prose = tuple(other for other in prose if other not in twice)
            doubled = {
                other: f"one of this name is in {shortened(name)}, and another one beside it"
                for other, is_same in twice.items()
                if not is_same
            }
            own = tuple(name for name in names[:MAX_LISTED_FILES] if name not in doubled)
            self._members |= dict.fromkeys(own, archive)
            self.names = tuple(sorted((*own, *prose)))
            self.unread = {**self.unread, **beside, **archive.unread, **more, **doubled}
            if not own and not self.unread:
                raise _refused(name, "holds no files")
            inner = _only_archive(own)
            if inner is None or archive.unread:
                return
            around = f" inside of {shortened(name)}"
            name = inner
        raise _refused(name, f"is an archive inside of {MAX_ARCHIVES_IN_ARCHIVES} others: {PACKING_ADVICE}")


def _only_archive(names: tuple[str, ...]) -> str | None:
    """The archive that is all that was handed in, but for prose and files without answers; None where there is none.

    So a report may lie beside the archive of what belongs to it.
    """
    others = [name for name in names if form_of(name) != "nothing" and not _may_be_prose(name)]
    return others[0] if len(others) == 1 and archive_suffix(others[0]) else None


def _may_be_prose(name: str) -> bool:
    """Whether a file is a document or a picture, which holds prose if it holds an answer."""
    return form_of(name) == "picture" or suffix_of(name) in DOCUMENT_ENDINGS


def _read_member(archive: Archive, name: str, max_bytes: int) -> bytes:
    member = archive.members[name]
    if member.refusal:
        raise _refused(name, member.refusal)
    if member.size > max_bytes:
        raise _refused(name, f"is too large: {member.size} bytes (at most {max_bytes})")
    try:
        data = member.content(max_bytes + 1)
    except SubmissionError as error:
        raise _refused(name, str(error)) from None
    if len(data) > max_bytes:
        raise _refused(name, f"is too large (at most {max_bytes} bytes)")
    return data


def _refused(file: str, message: str) -> SubmissionError:
    return SubmissionError(Problem(message, SourceLocation(file)))
