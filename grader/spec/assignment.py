"""An assignment: questions in their order, with what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from grader.deferred import dataclass, replace
from grader.errors import SpecError, did_you_mean, listed
from grader.spec.course import ASSIGNMENT_FILE
from grader.spec.late_policy import LatePolicy
from grader.spec.packages import DEFAULT_PACKAGES
from grader.spec.question import PartsHeading, Question

MARKS_FILE = "marks.yaml"
"""A reader's marks, beside the questions of an assignment."""


OVERRIDES_FILE = "overrides.yaml"
"""What people have decided, beside the questions of an assignment."""


@dataclass(frozen=True)
class Assignment:
    """Questions in order, read from `path`; `listed` also names those that were left out of this run."""

    id: str
    title: str
    questions: tuple[Question, ...]
    path: Path
    listed: tuple[str, ...]
    students_copy: bool = False
    """Whether it is marked as a student's copy: without answers, and without anything of the course that runs."""
    headings: Mapping[str, PartsHeading] = field(default_factory=dict)
    """What is said before the parts of a question, by the name of each part."""
    packages: tuple[str, ...] = DEFAULT_PACKAGES
    """What code may import beside the standard library."""
    salt: str = field(default="", repr=False)
    """What sample points are drawn from, beside the question; students do not know it."""
    late: LatePolicy | None = None
    """When it is due, and what lateness costs; None where it states no deadline."""
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The constants that were drawn for whom this is the assignment of, by question; of one for all there are none."""

    @property
    def marks_file(self) -> Path | None:
        """A reader's marks that lie beside the spec; None where there are none."""
        return marks_file(self.path)

    @property
    def points(self) -> Fraction:
        return sum((question.points for question in self.questions), Fraction(0))

    @cached_property
    def names_of_answers(self) -> tuple[str, ...]:
        """The names under which answers may stand; a way to answer a question may have one of its own."""
        ways = (way.id for question in self.questions for way in (question, *question.kind.ways(question)))
        return tuple(dict.fromkeys((*self.listed, *ways)))

    def only(self, ids: Iterable[str]) -> Assignment:
        """The assignment with the named questions alone.

        Raises:
            SpecError: for a question that it does not have.
        """
        wanted = list(ids)
        known = [question.id for question in self.questions]
        for name in wanted:
            if not any(belongs_to(other, name) for other in known):
                there = f"{self.id} has {listed(known)}"
                raise SpecError(f"{name!r} is not a question{did_you_mean(name, known)} ({there})")
        chosen = self.named(wanted)
        return replace(self, questions=tuple(q for q in self.questions if q.id in chosen) if wanted else self.questions)

    def named(self, names: Iterable[str]) -> list[str]:
        """The questions that are meant by names, of which some may mean none."""
        wanted = list(names)
        return [q.id for q in self.questions if any(belongs_to(q.id, name) for name in wanted)]


def marks_file(spec: Path) -> Path | None:
    """A reader's marks in the folder of an assignment, or beside a question file of one; None where there are none."""
    return _file_beside(spec, MARKS_FILE)


def overrides_file(spec: Path) -> Path | None:
    """The same for what people have decided."""
    return _file_beside(spec, OVERRIDES_FILE)


def _file_beside(spec: Path, name: str) -> Path | None:
    folder = spec if spec.is_dir() else spec.parent
    file = folder / name
    return file if (folder / ASSIGNMENT_FILE).is_file() and file.is_file() else None


def belongs_to(question: str, name: str) -> bool:
    """Whether a name means a question: `q3` means all of its parts, `q3.1` one."""
    return question == name or question.startswith(f"{name}.")
