"""What an entry of a class holds: all that its report can rest on, read once, and a digest over it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from json.encoder import encode_basestring_ascii

from grader.answers.content import FilesContent, read_files
from grader.answers.links import shared_files
from grader.classroom.entries import Entry
from grader.deferred import dataclass
from grader.errors import GraderError, Problem, SubmissionError, reason_of

NO_FILES = FilesContent(is_folder=False, files=(), unread={})


@dataclass(frozen=True)
class EntryContent:
    """An entry as it was read. `refusal` says why it is no submission at all; there are no files then.

    `shared` are its files that a neighbour has too, under another name of the same file (a hard link).
    """

    entry: Entry
    files: FilesContent
    shared: tuple[str, ...] = ()
    refusal: tuple[Problem, ...] = ()

    @cached_property
    def facts_text(self) -> str:
        """That of its files."""
        return self.files.facts_text

    @cached_property
    def digest(self) -> bytes:
        """A SHA-256 digest over everything that can change the report of this entry."""
        return content_digest(self.entry, self.facts_text, self.shared, [str(problem) for problem in self.refusal])


def content_digest(entry: Entry, files: str, shared: Sequence[str] = (), refusal: Sequence[str] = ()) -> bytes:
    """The same for an entry of which `FilesContent.facts_text` is known, and what `EntryContent` says beside.

    The rule: names, what lies under each and why it is not read, the bytes, what the platform says, and the names
    of the paths that messages repeat; where the folder of the class lies is no part of it. It stays the same from one
    grader to the next, as it says which submissions were handed in anew.
    """
    about = "[], [], false, []"  # as it is with most of a class
    if entry.parts or entry.students or entry.late or entry.notes:
        parts = [(part.name, part.path.name) for part in entry.parts]
        students = [(person.name, person.ids) for person in entry.students]
        about = json.dumps([parts, students, entry.late, entry.notes])[1:-1]
    names = f"{encode_basestring_ascii(entry.name)}, {encode_basestring_ascii(entry.file_name)}"
    beside = json.dumps([shared, refusal])[1:] if shared or refusal else "[], []]"
    text = f"[{names}, {about}, {files}, {beside}"  # one list
    return hashlib.sha256(text.encode()).digest()


def content_of(entry: Entry, *, keep: bool = True) -> EntryContent:
    """What an entry holds now; `keep` False: its digest without the bytes, whatever it holds in no more memory.

    It never raises, never waits and never follows a link: what fails here is a fault of this entry's files alone.
    """
    try:
        for problem in refusals(entry):
            raise SubmissionError(problem)
        parts = [(part.name, part.path) for part in entry.parts]
        files = read_files(entry.path_as_text, parts, keep=keep)
        return EntryContent(entry, files, tuple(shared_files(entry.path)) if files.may_be_linked else ())
    except SubmissionError as error:
        return EntryContent(entry, NO_FILES, (), error.problems)
    except Exception as error:  # the machine's, so that it is neither this entry's zero nor the end of the others
        return EntryContent(
            entry, replace(NO_FILES, fault=str(error) if isinstance(error, GraderError) else reason_of(error))
        )


def refusals(entry: Entry) -> Iterator[Problem]:
    """Why an entry is no submission at all: a link, or neither folder nor file. A part of one is one file unread.

    Raises:
        OSError: if the machine does not let it be looked at.
    """
    if entry.parts:
        return
    mode = os.lstat(entry.path_as_text).st_mode
    if stat.S_ISLNK(mode):
        yield Problem("is a symbolic link: hand in the folder or file itself")
    elif not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        yield Problem("is neither a folder nor a plain file")
