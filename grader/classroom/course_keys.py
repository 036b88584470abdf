"""Keys of whole rows: of all that a row and its report rest on, so that an unchanged submission need not be opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from grader.classroom.verdicts import mark_facts
from grader.fingerprint import fingerprint, grader_fingerprint
from grader.kinds.fingerprint import SpecFingerprints
from grader.spec.course import CourseSearch

if TYPE_CHECKING:
    from grader.kinds.written.marks import Marks
    from grader.sandbox import Requirement


@dataclass(frozen=True)
class CourseKeys:
    """Where one command looks for specs, the spec that it asks for (None: each submission names its own)."""

    search: CourseSearch
    spec: str | None
    require_sandbox: Requirement

    @cached_property
    def _said(self) -> list[object]:
        names = self.search.assignments() if self.spec is None else []
        return [self.spec, names, self.require_sandbox, grader_fingerprint()]

    def of_row(self, content: str, name: str, specs: SpecFingerprints | None, marks: Marks) -> str:
        """The key of the row of the submission `name` with this `content`; `specs` None: it has no assignment."""
        read = [[question, mark_facts(mark)] for (owner, question), mark in marks.items() if owner == name]
        return fingerprint([self._said, content, specs and specs.whole, read])
