"""Which entries of a folder are submissions: one folder or one file each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.answers.code import SUFFIXES as CODE
from grader.answers.submission import DOCUMENTS
from grader.errors import SubmissionError
from grader.reports.visible import shown_name

MARKS = "marks.yaml"
"""A reader's marks, beside the submissions."""

SUBMITTED = frozenset({*DOCUMENTS, *CODE})
"""The endings of files that are a submission by themselves."""


@dataclass(frozen=True)
class Entry:
    """A submission in a folder, under the name that reports use: hidden characters in it are escaped."""

    name: str
    path: Path


@dataclass(frozen=True)
class Entries:
    """The submissions in order, the names of what was passed over, and a reader's marks that lie beside them."""

    submissions: tuple[Entry, ...]
    passed_over: tuple[str, ...]
    marks: Path | None = None


def entries_in(folder: Path, results: Path | None = None) -> Entries:
    """Folders, and files of answers; hidden names are not looked at, `results` and other files are passed over.

    Raises:
        SubmissionError: if the folder cannot be read or holds no submission.
    """
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise SubmissionError(f"{folder}: cannot be listed: {error.strerror}") from None
    own = results.resolve() if results else None
    paths = [path for path in paths if not path.name.startswith(".")]
    results_of_earlier = [path for path in paths if path.resolve() == own]
    paths = [path for path in paths if path not in results_of_earlier]
    marks = next((path for path in paths if path.name == MARKS and path.is_file()), None)
    chosen: list[Path] = []
    others: list[Path] = []
    for path in (path for path in paths if path != marks):
        one_of_ours = path.is_symlink() or not path.is_file() or path.suffix in SUBMITTED
        (chosen if one_of_ours else others).append(path)
    if not chosen:
        raise SubmissionError(f"{folder}: holds no submission (a folder or an answers file each)")
    stems = [path.stem if path.suffix in SUBMITTED and not path.is_dir() else path.name for path in chosen]
    names = _told_apart(stems, [path.name for path in chosen])
    submissions = tuple(Entry(shown_name(name), path) for name, path in zip(names, chosen, strict=True))
    return Entries(submissions, tuple(path.name for path in (*others, *results_of_earlier)), marks)


def _told_apart(short: list[str], full: list[str]) -> list[str]:
    """The short names; the full one where a short one is in use by another."""
    names = short
    while len(set(names)) < len(names):
        uses = Counter(names)
        names = [whole if uses[name] > 1 else name for name, whole in zip(names, full, strict=True)]
    return names
