"""What pages are made of: plain values, for which `grader/pages/templates/macros.html` has the markup.

Every text is shown as itself. Only what has the type `Markup` is that, which the grader wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.deferred import dataclass

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class ShownMarks:
    """Points as text, and which share of the most they are, from 0 to 1; `pending` is "" where nothing waits."""

    points: str
    max_points: str
    share: float
    pending: str = ""


@dataclass(frozen=True)
class DataRow:
    """A row of a table; `mark` is what stands behind it, `tone` how it is coloured: `wrong`, `right` or "" (not)."""

    cells: tuple[str, ...]
    mark: str = ""
    tone: str = ""


@dataclass(frozen=True)
class DataTable:
    """A table whose first column names its rows; `groups` are titles over columns next to one another, if any.

    A group is its title and the number of its columns.
    """

    caption: str
    titles: tuple[str, ...]
    rows: tuple[DataRow, ...]
    groups: tuple[tuple[str, int], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class ListingLine:
    """A line of a listing, with its number in the file."""

    number: int
    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class Listing:
    """A text in lines; `note` is what is said below: that there is more."""

    caption: str
    lines: tuple[ListingLine, ...]
    note: str = ""


@dataclass(frozen=True)
class ShownProse:
    """A text with the markup of its Markdown."""

    caption: str
    html: Markup
    note: str = ""


@dataclass(frozen=True)
class ShownFormula:
    """A typeset formula, with the text that was read."""

    caption: str
    text: str
    mathml: Markup


@dataclass(frozen=True)
class CheckView:
    """A line of a rubric; `outcome` is also a class of the style sheet, `said` what it is called."""

    name: str
    outcome: str
    said: str
    marks: ShownMarks
    why: str
    tables: tuple[DataTable, ...] = ()
    pictures: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class QuestionView:
    """A question as a page shows it; `anchor` is the name under which a link finds it ("": none does).

    `blocks` are texts in columns, as a terminal has them, each with its title. `reason` is why no line was judged,
    where that is the same for all of them.
    """

    id: str
    title: str
    anchor: str
    status: str
    marks: ShownMarks
    checks: tuple[CheckView, ...]
    notes: tuple[str, ...] = ()
    legend: str = ""
    prompt: Markup | None = None
    handed_in: tuple[Listing | ShownProse, ...] = ()
    formulas: tuple[ShownFormula, ...] = ()
    pictures: tuple[Markup, ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ReportView:
    """A submission as a page shows it."""

    headline: str
    submission: str
    assignment: str
    marks: ShownMarks
    status: str
    questions: tuple[QuestionView, ...]
    notes: tuple[str, ...] = ()
