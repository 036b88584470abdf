"""Files of the course that may lie among submissions, and what is said of them there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.spec.assignment import MARKS_FILE, OVERRIDES_FILE

COURSE_FILES = {
    "marks.yaml": "a reader's marks are named with --marks FILE, or lie in specs/<assignment>/marks.yaml",
    "overrides.yaml": "what the course decides is named with --overrides FILE, or lies in"
    " specs/<assignment>/overrides.yaml",
    "assignment.yaml": "a spec is named with --spec PATH, or lies in specs/<assignment>/",
    "groups.yaml": "groups are named with --groups FILE",
    "groups.yml": "groups are named with --groups FILE",
}
"""Files of the course that anybody may have handed in under their names, and where the course's own are found."""


def course_files_beside(submission: Path, named: Sequence[Path | None]) -> list[str]:
    """What is said of a `marks.yaml` beside a single submission, as it is said of one among those of a class.

    So is of an `overrides.yaml`. Not of those that are named, nor of the course's own.
    """
    folder = submission.absolute().parent
    if (folder / "assignment.yaml").is_file():
        return []
    own = {file.resolve() for file in named if file is not None}
    files = (folder / name for name in (MARKS_FILE, OVERRIDES_FILE))
    return [said_of_passed_over(file.name) for file in files if file.is_file() and file.resolve() not in own]


def said_of_passed_over(name: str) -> str:
    """Why a file among or beside submissions is none."""
    if name in COURSE_FILES:
        return f"{name}: passed over, a student may have handed it in: {COURSE_FILES[name]}"
    return f"{name}: passed over, it is no submission"
