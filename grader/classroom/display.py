"""The rows of a class as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TypedDict

import click

from grader.classroom.graded import Graded
from grader.classroom.grades_table import questions_of, table
from grader.columns import aligned, column_widths, table_parts, table_width
from grader.errors import listed
from grader.reports.sentences import UNPROVED_LEGEND, UNPROVED_MARK, counted
from grader.visible import one_line


class Style(TypedDict, total=False):
    """How `click` writes a line."""

    fg: str
    bold: bool


STATUS_STYLES: Mapping[str, Style] = {
    "graded": {},
    "pending": {"fg": "cyan"},
    "missing": {"fg": "yellow"},
    "rejected": {"fg": "red"},
    "held": {"fg": "magenta", "bold": True},
    "excused": {"fg": "bright_black"},
}

MAX_WRAPPED_ROWS = 60
"""Rows of a table up to which one that is too wide is shown part by part; a longer one shows its totals alone."""

MAX_SHOWN_ROWS = 1_000
"""Rows of a class that are shown; `grades.csv` has all."""

TOTALS_COLUMNS = 3
"""Columns behind those of the questions: total, max and status."""


def render_table(graded: Sequence[Graded], *, colour: bool, width: int) -> str:
    """The rows of `grades.csv` for people, a table an assignment; what does not fit is named, and where it is found."""
    groups: dict[str, list[Graded]] = {}
    for row in graded[:MAX_SHOWN_ROWS]:
        groups.setdefault(row.assignment, []).append(row)
    tables = []
    for name, rows in groups.items():
        title = f"{one_line(name) or 'no assignment'}\n" if len(groups) > 1 else ""
        tables.append(title + _fitted(_cells(rows), colour=colour, width=width))
    legend = [f"{UNPROVED_LEGEND}\n"] if any(row.unproved for row in graded) else []
    more = len(graded) - MAX_SHOWN_ROWS
    left_out = [f"and {counted(more, 'row')} more: grades.csv has all\n"] if more > 0 else []
    return "\n".join([*tables, *legend, *left_out])


def _cells(rows: Sequence[Graded]) -> list[list[str]]:
    """The header and the rows for people: `~` before marks that rest on passes that are not proved, and no evidence."""
    questions, (_, *lines) = questions_of(rows), (cells := table(rows))
    for row, line in zip(rows, lines, strict=True):
        marked = [i for i, question in enumerate(questions, 1) if question in row.unproved]
        for i in (*marked, *([len(questions) + 1] if marked else [])):
            line[i] = f"{UNPROVED_MARK}{line[i]}" if line[i] else ""
    return [list(map(one_line, line[:-1])) for line in cells]


def _fitted(cells: list[list[str]], *, colour: bool, width: int) -> str:
    """The table at a width: whole, else the totals and then the questions, some at a time, else the totals alone."""
    styles = [STATUS_STYLES[row[-1]] for row in cells[1:]]
    widths = column_widths(cells)
    if table_width(widths) <= width or widths[0] > width:  # beside such names nothing fits anyway
        return _table(cells, styles=styles, colour=colour)
    parts = table_parts([[row[0], *row[-TOTALS_COLUMNS:]] for row in cells], width)
    if is_small := len(cells) - 1 <= MAX_WRAPPED_ROWS:
        parts = chain(parts, table_parts([row[:-TOTALS_COLUMNS] for row in cells], width))
    shown = "\n".join(_table(part, styles=styles, colour=colour) for part in parts)
    if is_small:
        return shown
    questions = listed(cells[0][1:-TOTALS_COLUMNS])
    return f"{shown}not shown at {width} columns: the points of {questions}: grades.csv has them\n"


def _table(cells: list[list[str]], *, styles: list[Style], colour: bool) -> str:
    """The rows in columns; names and the status to the left."""
    left = [i for i, title in enumerate(cells[0]) if title in ("submission", "status")]
    header, *lines = aligned(cells, left)
    if not colour:
        return "".join(f"{line}\n" for line in (header, *lines))
    styled = [click.style(header, bold=True)]
    styled += [click.style(line, **style) if style else line for line, style in zip(lines, styles, strict=True)]
    return "".join(f"{line}\n" for line in styled)
