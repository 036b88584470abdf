"""What the page of a class is made of; the markup is that of `grader/pages/templates/class.html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.deferred import dataclass
from grader.pages.views import DataTable

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class StudentLine:
    """A student in the list of a class; `link` is the address of the page ("": there is none)."""

    name: str
    link: str
    cells: tuple[str, ...]
    status: str


@dataclass(frozen=True)
class StudentList:
    """The students of a page, named, with their points by question."""

    caption: str
    titles: tuple[str, ...]
    lines: tuple[StudentLine, ...]


@dataclass(frozen=True)
class MistakeView:
    """A mistake or a line that loses points: how many show it, and what was said of one of them.

    `link` leads to the page of that one, where names are shown.
    """

    question: str
    name: str
    counted: str
    example: str = ""
    student: str = ""
    link: str = ""


@dataclass(frozen=True)
class AssignmentView:
    """An assignment in a class, or those of its students that stand on this page."""

    title: str
    anchor: str
    said: tuple[str, ...] = ()
    histogram: Markup | None = None
    points: DataTable | None = None
    by_question: tuple[Markup, ...] = ()
    heat_map: Markup | None = None
    mistakes: tuple[MistakeView, ...] = ()
    lines: tuple[MistakeView, ...] = ()
    more: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Further findings: a title and its sentences."""
    evidence: Markup | None = None
    attempts: Markup | None = None
    students: StudentList | None = None


@dataclass(frozen=True)
class ClassView:
    """A page of a class; `pages` are the title and address of each of its pages, where there are several."""

    title: str
    said: tuple[str, ...]
    assignments: tuple[AssignmentView, ...]
    pages: tuple[tuple[str, str], ...] = ()
    page: int = 0
