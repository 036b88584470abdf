"""GitHub Classroom: a repository a student or team, cloned into a folder `<assignment>-<user>`.

Many folders have a hyphen in their names. So these are taken for repositories only where they are ones (`.git`), or
where what comes first is an assignment's name: it has a number or a word such as `homework`, or the folder around is
`<assignment>-submissions`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.classroom.found_paths import FoundPath
from grader.classroom.layouts.common_start import common_start
from grader.classroom.layouts.layout import HandIn, LayoutReading, SubmissionPart
from grader.classroom.people import Person

GITHUB_USER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,98}[A-Za-z0-9])?")
"""Names of users (at most 39 characters) and of teams."""

ASSIGNMENT_WORDS = frozenset(
    {
        *(
            "assignment",
            "homework",
            "hw",
            "exercise",
            "exercises",
            "lab",
            "pset",
            "problem",
            "project",
            "sheet",
            "task",
        ),
        *("quiz", "exam", "midterm", "final", "aufgabe", "blatt"),
    }
)
"""Of which one makes the name of an assignment, also without a number."""

AROUND = "submissions"
"""How the folder ends that `gh classroom clone student-repos` makes."""


class GithubLayout:
    """GitHub Classroom's repositories."""

    title = "GitHub Classroom download"
    is_unmistakable = False

    def read(self, folder: Path, paths: Sequence[FoundPath]) -> LayoutReading:
        """Folders that begin with the same name of an assignment."""
        folders = [path for path in paths if path.is_folder]
        start = _start(folder, [path.name for path in folders])
        named = {path: path.name[len(start) :] for path in folders if start and path.name.startswith(start)}
        named = {path: user for path, user in named.items() if GITHUB_USER.fullmatch(user)}
        hand_ins = tuple(
            HandIn(user, path.name, (SubmissionPart("", path.path),), (Person("", (("login", user),)),))
            for path, user in named.items()
        )
        return LayoutReading(
            hand_ins, tuple(path for path in paths if path not in named), doubt=_doubt(folder, start, folders)
        )


def is_of_classroom(folder: Path) -> bool:
    """Whether a folder is named as `gh classroom` names the one around all repositories."""
    return folder.resolve().name.endswith(f"-{AROUND}")


def _start(folder: Path, names: Sequence[str]) -> str:
    """The name of the assignment, with the hyphen: that of the folder around, else what all names begin with."""
    around, _, end = folder.resolve().name.rpartition("-")
    if end == AROUND and names and all(name.startswith(f"{around}-") for name in names):
        return f"{around}-"
    return common_start(names, "-")


def _doubt(folder: Path, start: str, folders: Sequence[FoundPath]) -> str:
    """What speaks against repositories of GitHub Classroom."""
    is_assignment = any(letter.isdigit() for letter in start) or folder.resolve().name == f"{start}{AROUND}"
    is_assignment = is_assignment or bool(ASSIGNMENT_WORDS.intersection(start.lower().split("-")))
    if is_assignment or all((path.path / ".git").exists() for path in folders):
        return ""
    return f"{start[:-1]!r} may be no assignment"
