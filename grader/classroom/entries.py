"""Which entries of a folder are submissions: one folder or one file each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.answers.links import SINGLE_FILE_SUFFIXES
from grader.errors import SubmissionError
from grader.reports.visible import shown_name
from grader.spec.assignment import MARKS_FILE

COURSE_FILES = {
    "marks.yaml": "a reader's marks are named with --marks FILE, or lie in specs/<assignment>/marks.yaml",
    "overrides.yaml": "what the course decides lies in specs/<assignment>/",
    "assignment.yaml": "a spec is named with --spec PATH, or lies in specs/<assignment>/",
}
"""Files of the course that anybody may have handed in under their names, and where the course's own are found."""


@dataclass(frozen=True)
class Entry:
    """A submission in a folder, under the name that reports use: hidden characters in it are escaped."""

    name: str
    path: Path


@dataclass(frozen=True)
class Entries:
    """The submissions in order, and what is to be said of what was passed over."""

    submissions: tuple[Entry, ...]
    passed_over: tuple[str, ...]


def entries_in(folder: Path, results: Path | None = None, marks: Path | None = None) -> Entries:
    """Folders, and files of answers; hidden names and `marks` are not looked at, `results` and other files passed over.

    Raises:
        SubmissionError: if the folder cannot be read or holds no submission.
    """
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise SubmissionError(f"{folder}: cannot be listed: {error.strerror}") from None
    own = results.resolve() if results else None
    named = marks.resolve() if marks else None
    paths = [path for path in paths if not path.name.startswith(".") and path.resolve() != named]
    results_of_earlier = [path for path in paths if path.resolve() == own]
    paths = [path for path in paths if path not in results_of_earlier]
    chosen: list[Path] = []
    others: list[Path] = []
    for path in paths:
        theirs = path.name in COURSE_FILES and not path.is_dir()
        one_of_ours = not theirs and (path.is_symlink() or not path.is_file() or path.suffix in SINGLE_FILE_SUFFIXES)
        (chosen if one_of_ours else others).append(path)
    if not chosen:
        raise SubmissionError(f"{folder}: holds no submission (a folder or an answers file each)")
    stems = [path.stem if path.suffix in SINGLE_FILE_SUFFIXES and not path.is_dir() else path.name for path in chosen]
    names = _told_apart(stems, [path.name for path in chosen])
    submissions = tuple(Entry(shown_name(name), path) for name, path in zip(names, chosen, strict=True))
    return Entries(submissions, tuple(_passed_over(path.name) for path in (*others, *results_of_earlier)))


def course_files_beside(submission: Path, marks: Path | None) -> list[str]:
    """What is said of a `marks.yaml` beside a single submission, as it is said of one among those of a class.

    Not of the one that is named, nor of the course's own.
    """
    file = submission.absolute().parent / MARKS_FILE
    is_course = (file.parent / "assignment.yaml").is_file()
    if is_course or not file.is_file() or (marks is not None and file.resolve() == marks.resolve()):
        return []
    return [_passed_over(MARKS_FILE)]


def _passed_over(name: str) -> str:
    if name in COURSE_FILES:
        return f"{name}: passed over, a student may have handed it in: {COURSE_FILES[name]}"
    return f"{name}: passed over, it is no submission"


def _told_apart(short: list[str], full: list[str]) -> list[str]:
    """The short names; the full one where a short one is in use by another."""
    names = short
    while len(set(names)) < len(names):
        uses = Counter(names)
        names = [whole if uses[name] > 1 else name for name, whole in zip(names, full, strict=True)]
    return names
