"""What `grader grade` is asked to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from grader.sandbox import Requirement


class GradeOptions(NamedTuple):
    """The folder of a class and the options of `grader grade`, by the names that the command has for them."""

    folder: Path
    spec: str | None
    out: Path
    layout: str
    roster: Path | None
    groups: Path | None
    jobs: int | None
    cluster: str | None
    metadata: Path | None
    fresh: bool
    questions: tuple[str, ...]
    pages: bool
    names: bool
    require_sandbox: Requirement
    marks: Path | None
    overrides: Path | None
    course: Path | None

    @property
    def named_files(self) -> tuple[Path | None, ...]:
        """Files of the course that may lie among the submissions and are none."""
        return (self.marks, self.roster, self.groups, self.overrides, self.metadata)
