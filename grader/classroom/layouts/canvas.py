"""Canvas, "Download Submissions": all files in one folder, `<name>[_LATE]_<user id>_<file id>_<file name>`.

The name is the student's, last name first, in small letters and without spaces; or that of a group. Text that was typed
in is `<name>[_LATE]_<user id>_text.html`, an address `..._link.html`. A file that is handed in once more under its old
name gets a number: `answers-1.yaml`, `answers-2.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.classroom.found_paths import FoundPath
from grader.classroom.layouts.layout import Attempts, HandIn, LayoutReading
from grader.classroom.people import Person
from grader.deferred import dataclass

LATE = "LATE"
ID = re.compile(r"[1-9][0-9]*")
TYPED = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>[1-9][0-9]*)_(?P<typed>(?:text|link)\.html?)", re.DOTALL)
RESUBMITTED = re.compile(r"(?P<stem>.+)-(?P<number>[1-9][0-9]{0,3})(?P<ending>(?:\.[^.]+){1,2})", re.DOTALL)
FEWEST_ID_DIGITS = 3
"""File ids with fewer digits are rather a date or the number of an assignment."""

EXPECTED_STEMS = ("answers", "solution")
"""Names without their endings that a submission's own files usually have."""


@dataclass(frozen=True)
class CanvasName:
    """One way to read the name of a file: who handed it in, and what it was called."""

    student: str
    late: bool
    user: str
    file: str
    original: str

    @property
    def who(self) -> tuple[str, str]:
        return unicodedata.normalize("NFC", self.student), self.user

    @property
    def digits(self) -> tuple[int, int]:
        return len(self.user), len(self.file)


class CanvasLayout:
    """Canvas's flat download."""

    title = "Canvas download"
    is_unmistakable = False

    def read(self, folder: Path, paths: Sequence[FoundPath]) -> LayoutReading:
        """All files that are named so; the students are told apart by name and user id."""
        ways = {path: ways_to_read(path.name) for path in paths if not path.is_folder}
        chosen = _chosen({path: found for path, found in ways.items() if found})
        by_student: dict[tuple[str, str], list[tuple[Path, CanvasName]]] = {}
        for path, name in chosen.items():
            by_student.setdefault(name.who, []).append((path.path, name))
        hand_ins = tuple(_hand_in(files) for _, files in sorted(by_student.items()))
        others = tuple(path for path in paths if path not in chosen)
        return LayoutReading(hand_ins, others, doubt=_doubt(list(chosen.values())))


def ways_to_read(name: str) -> list[CanvasName]:
    """Every way to read a name; a student's name and that of a file may hold numbers between underscores, too."""
    words = name.split("_")
    found = []
    for i in range(1, len(words) - 2):
        if ID.fullmatch(words[i]) and ID.fullmatch(words[i + 1]) and "_".join(words[i + 2 :]).strip("_"):
            late = words[i - 1] == LATE and i > 1
            student = "_".join(words[: i - late])
            found.append(CanvasName(student, late, words[i], words[i + 1], "_".join(words[i + 2 :])))
    if not found and (typed := TYPED.fullmatch(name)):
        found.append(CanvasName(typed["name"], typed["late"] is not None, typed["user"], "", typed["typed"]))
    return found


def _chosen(ways: Mapping[FoundPath, list[CanvasName]]) -> dict[FoundPath, CanvasName]:
    """For each file the way to read it: one that fits names that can be read in one way only, else with long ids.

    Ids of one download are about equally long, and longer than numbers in names; where that does not decide, names of
    files hold numbers more often than Canvas's names of students, so the first place counts.
    """
    certain = [found[0] for found in ways.values() if len(found) == 1]
    students = {name.who for name in certain}
    digits = {name.digits for name in certain if name.file}

    def rank(name: CanvasName) -> tuple[bool, bool, bool, int]:
        return name.who in students, name.digits in digits, name.late, min(name.digits)

    return {path: max(found, key=rank) for path, found in ways.items()}


def _doubt(names: Sequence[CanvasName]) -> str:
    """What speaks against a Canvas download."""
    files = [name for name in names if name.file]
    if any(number > 1 for number in Counter(name.file for name in files).values()):
        return "two files have the same file id"
    if any(number > 1 for number in Counter(user for _, user in {name.who for name in names}).values()):
        return "one user id has two names"
    if files and max(len(name.file) for name in files) < FEWEST_ID_DIGITS and not any(name.late for name in files):
        return "the ids are too short"
    if len({name.student for name in names}) == 1 and sum(not _is_expected(name) for name in files) > 1:
        return "all files would be those of one name"
    return ""


def _is_expected(name: CanvasName) -> bool:
    return original_name(name.original)[0].partition(".")[0].lower() in EXPECTED_STEMS


def original_name(name: str) -> tuple[str, int]:
    """The name of a file without Canvas's number, and that number (0: there is none)."""
    found = RESUBMITTED.fullmatch(name)
    return (found["stem"] + found["ending"], int(found["number"])) if found else (name, 0)


def _hand_in(files: Sequence[tuple[Path, CanvasName]]) -> HandIn:
    _, first = files[0]
    attempts = Attempts()
    numbered = Counter(original_name(name.original)[0] for _, name in files if original_name(name.original)[1])
    unnumbered = {name.original for _, name in files}
    for path, name in files:
        original, number = original_name(name.original)
        is_expected = original.partition(".")[0].lower() in EXPECTED_STEMS
        if number and not (is_expected or original in unnumbered or numbered[original] == 1):
            original, number = name.original, 0  # `part-1.py` and `part-2.py` are two files, not two attempts
        attempts.add(original, (number, int(name.file or 0)), path)
    return HandIn(
        name=first.student or first.user,
        unique=f"{first.student}_{first.user}",
        parts=attempts.parts(),
        students=(Person(first.student, (("platform", first.user),)),),
        late=any(name.late for _, name in files),
        earlier=attempts.earlier(),
    )
