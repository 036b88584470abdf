"""A question of a spec for people at a terminal: what students see, then the tables; 80 columns are enough."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.kinds.spec_table import SpecTable
from grader.reports.terminal import TERMINAL_COLUMNS, as_terminal_text, headline
from grader.spec_view import SpecView
from grader.verdict import points_in_words
from grader.visible import visible

COLUMN_SPACES = 2
MAX_COLUMN_SHARE = 3
"""A column that needs more than a third of the width may be broken over lines."""


def render_view(view: SpecView, *, colour: bool = False, width: int = TERMINAL_COLUMNS) -> str:
    """A question as text, with ANSI colour where asked for."""
    return as_terminal_text(_question(view, max(width, 40)), colour=colour, width=width)


def _question(view: SpecView, width: int) -> Iterable[RenderableType]:
    if view.heading is not None:
        points = points_in_words(view.heading.points)
        yield headline(f"{view.heading.id}  {view.heading.title}", f"{points} points, in parts", "bold")
        yield from _prose(view.heading.prompt)
        yield Text("")
    yield headline(f"{view.id}  {view.title}", f"{view.points} points, answer: {view.kind}", "bold")
    yield from _prose(view.prompt)
    rows = tuple((points, name) for name, points in view.rubric)
    yield from _table(SpecTable("rubric", rows, ("points", "line")), width)
    yield from _titled("what students fill in", map(Text, map(visible, view.blank)))
    for table in view.tables:
        yield from _table(table, width)


def _prose(text: str) -> Iterable[RenderableType]:
    """The words of a prompt in their lines."""
    if text.strip():
        yield Text("")
        yield from (Padding(Text(visible(line)), (0, 0, 0, 2)) for line in text.strip("\n").splitlines())


def _titled(title: str, contents: Iterable[RenderableType]) -> Iterable[RenderableType]:
    yield Text(f"\n{title}", style="bold")
    yield from (Padding(content, (0, 0, 0, 2)) for content in contents)


def _table(spec: SpecTable, width: int) -> Iterable[RenderableType]:
    yield from _titled(visible(spec.title), [*([_rows(spec, width)] if spec.rows else []), *_notes(spec)])


def _notes(spec: SpecTable) -> Iterable[RenderableType]:
    return (Text(visible(f"({note})"), style="dim") for note in spec.notes)


def _rows(spec: SpecTable, width: int) -> Table:
    """Columns as wide as they need to be; those that are wide are broken over lines, and no row is cut."""
    table = Table(box=None, padding=(0, COLUMN_SPACES, 0, 0), show_edge=False, header_style="dim")
    table.show_header = bool(spec.head)
    for i in range(max(map(len, spec.rows))):
        name = spec.head[i] if i < len(spec.head) else ""
        widest = max(cell_len(text) for text in (name, *(row[i] for row in spec.rows if i < len(row))))
        least = widest if widest <= width // MAX_COLUMN_SHARE else None
        table.add_column(Text(visible(name)), no_wrap=least is not None, overflow="fold", min_width=least)
    for row in spec.rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    return table
