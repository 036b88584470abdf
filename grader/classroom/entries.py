"""Which entries of a folder are submissions: those of a platform's layout, else one folder or one file each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from grader.answers.names import is_left_aside, submission_stem
from grader.classroom.course_files import COURSE_FILES, said_of_passed_over
from grader.classroom.found_paths import FoundPath, found_in
from grader.classroom.layouts.github import is_of_classroom
from grader.classroom.layouts.layout import HandIn, LayoutReading, SubmissionPart, counted_students
from grader.classroom.layouts.table import (
    AUTO,
    FILES,
    FOLDERS,
    LAYOUTS,
    could_be_submission,
    recognised,
)
from grader.classroom.people import Person
from grader.deferred import dataclass
from grader.errors import SubmissionError, listed
from grader.reports.sentences import counted
from grader.visible import shown_name

ROSTER_FILE = "roster.csv"
GROUPS_FILES = ("groups.csv", "groups.yaml", "groups.yml")
"""Files of the course that are found beside the submissions where no submission could have such a name."""


@dataclass(frozen=True, slots=True)  # a class has many
class Entry:
    """A submission in a folder, under the name that reports use: hidden characters in it are escaped.

    It lies in `folder` under `file_name`: a path of its own for each would be a quarter of what a class takes.
    `parts` are its files and folders where a platform's layout put them together (none: it is what lies at `path`).
    `students` handed it in, as the platform says; `late`, `notes` and `handed_in` are what else the platform says.
    `student` is whose variants of questions it meets ("": whom its name names).
    """

    name: str
    folder: Path
    file_name: str
    parts: tuple[SubmissionPart, ...] = ()
    students: tuple[Person, ...] = ()
    late: bool = False
    notes: tuple[str, ...] = ()
    handed_in: datetime | None = None
    student: str = ""

    @classmethod
    def at(cls, name: str, path: Path, **more: Any) -> Entry:
        """The entry that lies at a path; `more` are other fields."""
        return cls(name, path.parent, path.name, **more)

    @property
    def path(self) -> Path:
        """Where it lies, or the first of its parts."""
        return self.folder / self.file_name

    @property
    def path_as_text(self) -> str:
        """The same as text; a class has many, and making each a path first takes several times as long."""
        folder = str(self.folder)
        return os.path.join("" if folder == os.curdir else folder, self.file_name) or folder

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where it lies."""
        return tuple(part.path for part in self.parts) or (self.path,)


@dataclass(frozen=True)
class Entries:
    """The submissions in order; `said` has what was recognised, and what is to be said of what was passed over.

    `roster` and `groups` are files of the course beside the submissions.
    """

    submissions: tuple[Entry, ...]
    said: tuple[str, ...]
    roster: Path | None = None
    groups: Path | None = None


@dataclass
class _ClassFolder:
    """What lies in a folder of submissions: what may be one, and the files of the course beside them."""

    folder: Path
    paths: list[FoundPath] = field(default_factory=list)
    earlier_results: list[FoundPath] = field(default_factory=list)
    beside: dict[str, FoundPath] = field(default_factory=dict)


def entries_in(
    folder: Path, results: Path | None = None, course_files: Sequence[Path | None] = (), layout: str = AUTO
) -> Entries:
    """The submissions of a folder; hidden names and `course_files` are not looked at, `results` are passed over.

    Raises:
        SubmissionError: if the folder cannot be read, holds no submission, or not the `layout` that is asked for.
        SpecError: if the list of students that the platform put there cannot be used.
    """
    found = _look_into(folder, results, course_files)
    inner = _only_folder(found)
    below = _look_into(inner, results, course_files) if inner is not None else None
    found, name, reading, said = _recognised_in(found, below, layout)
    told: list[str] = []
    chosen: list[FoundPath] = []
    if reading is not None:
        strange = [path for path in reading.others if _is_submission(path)]
        submissions, told = _of_platform(reading, LAYOUTS[name].title, strange)
        passed_over = [path for path in reading.others if path not in strange]
        if strange:
            told.append(f"{listed(shown_name(path.name) for path in strange)}: no part of it, a submission each")
    else:
        chosen, passed_over = _of_no_platform(found, layout)
        names = _told_apart([_short_name(path) for path in chosen], [path.name for path in chosen])
        submissions = _of_paths(names, chosen)
    single = any(not path.is_folder for path in chosen)
    beside = {name: path for name, path in found.beside.items() if not (single and _is_submission_name(name))}
    passed_over += [path for name, path in found.beside.items() if name not in beside]
    groups = [path for name, path in beside.items() if name != ROSTER_FILE]
    if len(groups) > 1:
        raise SubmissionError(f"{listed(path.name for path in groups)} both hold groups: name one with --groups FILE")
    said += [*told, *(said_of_passed_over(path.name) for path in (*passed_over, *found.earlier_results))]
    roster = beside[ROSTER_FILE].path if ROSTER_FILE in beside else None
    return Entries(submissions, tuple(said), roster, groups[0].path if groups else None)


def _recognised_in(
    found: _ClassFolder, below: _ClassFolder | None, layout: str
) -> tuple[_ClassFolder, str, LayoutReading | None, list[str]]:
    """The folder that has the layout that is asked for (or any), its name, what it makes of it, and what is said.

    That is the folder of the class, or the only one in it. No reading: it has none.

    Raises:
        SubmissionError: if a layout is asked for that neither has.
    """
    if layout not in (AUTO, *LAYOUTS):
        return found, layout, None, []
    said: list[str] = []
    for here in (found, *([below] if below is not None else [])):
        moved = [] if here is found else [f"the submissions are in {shown_name(here.folder.name)}/"]
        if layout == AUTO:
            outcome = recognised(here.folder, here.paths, _is_submission)
            # folders in the only folder may be those of one student
            if isinstance(outcome, str) or (moved and outcome[0] == "github" and not is_of_classroom(here.folder)):
                said += [outcome] if isinstance(outcome, str) and outcome and not moved else []
                continue
            name, reading = outcome
        else:
            name, reading = layout, LAYOUTS[layout].read(here.folder, here.paths)
        if reading.hand_ins:
            here.beside = found.beside | here.beside
            return here, name, reading, moved
    if layout != AUTO:
        title = LAYOUTS[layout].title
        raise SubmissionError(f"{found.folder}: nothing in it is named as in a {title} (--layout {layout})")
    return found, layout, None, said


def _look_into(folder: Path, results: Path | None, course_files: Sequence[Path | None]) -> _ClassFolder:
    try:
        paths = found_in(folder)
    except OSError as error:
        raise SubmissionError(f"{folder}: cannot be listed: {error.strerror}") from None
    here, own = os.path.join(os.path.realpath(folder), ""), str(results.resolve()) if results else None
    named = {str(file.resolve()) for file in course_files if file is not None}
    found = _ClassFolder(folder)
    for path in paths:
        real = _real_path(path, here)
        is_plain = path.is_file and not path.is_link
        if is_plain and path.name in (ROSTER_FILE, *GROUPS_FILES) and real not in named:
            found.beside[path.name] = path
        elif real is None or real not in named:
            (found.earlier_results if real is not None and real == own else found.paths).append(path)
    return found


def _real_path(path: FoundPath, here: str) -> str | None:
    """Where a path in the folder `here` really lies; None where that cannot be told, so that it is a submission's."""
    if not path.is_link and os.name != "nt":  # there a name may be a short one of another
        return here + path.name
    try:
        return str(path.path.resolve())
    except Exception:
        return None


def _only_folder(found: _ClassFolder) -> Path | None:
    """The one folder in a folder that holds nothing else, as when a download is unpacked into a folder of its own."""
    those = (path for path in found.paths if not is_left_aside(path.name) or path.name.startswith("submission_"))
    there = list(islice(those, 2))  # a class has many
    return there[0].path if len(there) == 1 and there[0].is_folder and not there[0].is_link else None


def _is_submission_name(name: str) -> bool:
    """Whether a single file of this name may have been handed in."""
    return submission_stem(name) is not None


def _is_submission(path: FoundPath) -> bool:
    is_course_file = path.name in COURSE_FILES and not path.is_folder
    return could_be_submission(path) and not is_course_file and not is_left_aside(path.name)


# ------------------------------------------------------------- platforms
def _of_platform(
    reading: LayoutReading, title: str, strange: Sequence[FoundPath]
) -> tuple[tuple[Entry, ...], list[str]]:
    """The entries of a platform's download, and what is said of it: students, late ones, earlier attempts.

    `strange` are submissions beside those of the platform, which come last.
    """
    hand_ins = reading.hand_ins
    short = [*(hand_in.name for hand_in in hand_ins), *map(_short_name, strange)]
    names = _told_apart(short, [*(hand_in.unique for hand_in in hand_ins), *(path.name for path in strange)])
    entries = tuple(_entry(hand_in, name) for hand_in, name in zip(hand_ins, names, strict=False))
    others = _of_paths(names[len(hand_ins) :], strange)
    counts = [counted(counted_students(hand_ins), "student")]
    groups = sum(len(hand_in.students) > 1 for hand_in in hand_ins)
    late = sum(hand_in.late for hand_in in hand_ins)
    again = sum(bool(hand_in.earlier) for hand_in in hand_ins)
    counts += [counted(groups, "group")] if groups else []
    counts += [f"{late} late"] if late else []
    counts += [f"{again} with earlier attempts, which do not count"] if again else []
    said = [", ".join([title, *counts]), *reading.notes]
    said += [f"{entry.name}: {note}" for entry in entries for note in entry.notes if note != LATE_NOTE]
    return (*entries, *others), said


LATE_NOTE = "handed in late, as the platform says"


def _entry(hand_in: HandIn, name: str) -> Entry:
    notes = [LATE_NOTE] if hand_in.late else []
    notes += hand_in.notes
    if hand_in.earlier:
        notes.append(f"an earlier attempt, which does not count: {listed(map(shown_name, hand_in.earlier))}")
    whole = len(hand_in.parts) == 1 and hand_in.parts[0].name == ""
    return Entry.at(
        shown_name(name),
        hand_in.parts[0].path,
        parts=() if whole else hand_in.parts,
        students=hand_in.students,
        late=hand_in.late,
        notes=tuple(notes),
        handed_in=hand_in.handed_in,
    )


# ------------------------------------------------------------- no platform
def _of_no_platform(found: _ClassFolder, layout: str) -> tuple[list[FoundPath], list[FoundPath]]:
    """Folders, and files of answers, code or archives, one submission each; and what is none of these."""
    chosen: list[FoundPath] = []
    others: list[FoundPath] = []
    for path in found.paths:
        wanted = layout in (AUTO, FOLDERS if path.is_folder else FILES)
        (chosen if wanted and _is_submission(path) else others).append(path)
    if not chosen:
        what = {FOLDERS: "a folder each", FILES: "an answers file each"}.get(layout, "a folder or an answers file each")
        raise SubmissionError(f"{found.folder}: holds no submission ({what})")
    return chosen, others


def name_of_path(path: Path) -> str:
    """The name of a submission: that of its folder, or of its file without the ending."""
    stem = submission_stem(path.name)
    return stem if stem and not _is_folder_there(path) else path.name


def _is_folder_there(path: Path) -> bool:
    """Whether a path leads to a folder, as far as it can be looked at."""
    try:
        return path.is_dir()
    except Exception:
        return False


def _of_paths(names: Sequence[str], paths: Sequence[FoundPath]) -> tuple[Entry, ...]:
    return tuple(Entry(shown_name(name), path.folder, path.name) for name, path in zip(names, paths, strict=True))


def _short_name(path: FoundPath) -> str:
    """The same of a path that was looked at."""
    return path.name if path.is_folder else submission_stem(path.name) or path.name


def _told_apart(short: list[str], full: list[str]) -> list[str]:
    """The short names; the full one where a short one is in use by another, with a number where that is in use, too."""
    names, before = short, list[str]()
    while len(set(names)) < len(names) and names != before:
        uses, before = Counter(names), names
        names = [whole if uses[name] > 1 else name for name, whole in zip(names, full, strict=True)]
    if len(set(names)) == len(names):
        return names
    taken: set[str] = set()
    for i, name in enumerate(names):
        tries = (f"{name} ({number})" for number in range(2, len(names) + 2))
        names[i] = name if name not in taken else next(text for text in tries if text not in {*taken, *names})
        taken.add(names[i])
    return names
