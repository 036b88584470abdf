"""What a layout makes of a folder: hand-ins, each with its files, who handed it in, and what else the names say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from grader.classroom.found_paths import FoundPath
from grader.classroom.people import Person
from grader.deferred import dataclass


@dataclass(frozen=True)
class SubmissionPart:
    """A file or folder of a submission, and its name inside of it; what is in a folder named "" stands at the top."""

    name: str
    path: Path


@dataclass(frozen=True)
class HandIn:
    """What one student or group handed in.

    `name` is short, `unique` is used where another has the same; `earlier` are names of files of earlier attempts,
    which do not count. `handed_in` is when, as the platform says, without a zone where it says none.
    """

    name: str
    unique: str
    parts: tuple[SubmissionPart, ...]
    students: tuple[Person, ...] = ()
    late: bool = False
    earlier: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    handed_in: datetime | None = None


@dataclass(frozen=True)
class LayoutReading:
    """A folder in one layout. `own` are files of the platform itself; `others` is what the layout does not explain.

    `doubt` says why the folder may be something else after all ("" where nothing speaks against it).
    """

    hand_ins: tuple[HandIn, ...]
    others: tuple[FoundPath, ...] = ()
    own: tuple[FoundPath, ...] = ()
    notes: tuple[str, ...] = ()
    doubt: str = ""


class PlatformLayout(Protocol):
    """How a platform names what it hands out."""

    @property
    def title(self) -> str:
        """What a folder of it is called: `Canvas download`."""

    @property
    def is_unmistakable(self) -> bool:
        """Whether nothing else has such names; else most submissions in a folder must have them."""

    def read(self, folder: Path, paths: Sequence[FoundPath]) -> LayoutReading:
        """The hand-ins among the paths in a folder; none of them where the layout is another one."""


@dataclass
class Attempts:
    """The files of one student in order of their attempts: of each name the last one counts."""

    late: bool = False
    _files: dict[str, list[tuple[tuple[int, ...], Path]]] = field(default_factory=dict)

    def add(self, name: str, order: tuple[int, ...], path: Path) -> None:
        """A file that was handed in under a name; of two of one name, the one with the greater `order` counts."""
        self._files.setdefault(name, []).append((order, path))

    def parts(self) -> tuple[SubmissionPart, ...]:
        """The files that count."""
        return tuple(SubmissionPart(name, max(files)[1]) for name, files in sorted(self._files.items()))

    def earlier(self) -> tuple[str, ...]:
        """The names, in the folder, of those that do not."""
        return tuple(path.name for _, files in sorted(self._files.items()) for _, path in sorted(files)[:-1])


def counted_students(hand_ins: Iterable[HandIn]) -> int:
    """How many students there are; a hand-in of which no student is known is one."""
    known = {student for hand_in in hand_ins for student in hand_in.students}
    return len(known) + sum(not hand_in.students for hand_in in hand_ins)
