"""A folder's grading as it is watched: a progress bar on a terminal, and the table at the end."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress

from grader.classroom.results import table
from grader.classroom.work import Graded
from grader.reports.sentences import UNPROVED_LEGEND, UNPROVED_MARK
from grader.reports.visible import one_line

STATUS_STYLES = {
    "graded": "",
    "pending": "cyan",
    "missing": "yellow",
    "rejected": "red",
    "held": "bold magenta",
    "excused": "dim",
}


class ProgressBar:
    """Shows a run on stderr: a bar, submissions a second, and how many lost points or could not be graded."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._counts = {"lost points": 0, "rejected": 0, "held": 0}

    def start(self, submissions: Sequence[str]) -> None:
        self._task = self._bar.add_task("grading", total=len(submissions), rate="", note="")
        self._bar.start()

    def record(self, graded: Graded) -> None:
        """Counts a submission; what cannot be shown (a terminal that went away) costs nobody marks."""
        with suppress(Exception):
            self._show(graded)

    def _show(self, graded: Graded) -> None:
        if graded.status in self._counts:
            self._counts[graded.status] += 1
        elif graded.total is not None and graded.total < graded.max_points:
            self._counts["lost points"] += 1
        note = ", ".join(f"{number} {what}" for what, number in self._counts.items() if number)
        speed = self._bar.tasks[self._task].speed
        self._bar.update(self._task, advance=1, rate=f"{speed:.0f}/s" if speed else "", note=note)

    def finish(self, *, complete: bool) -> None:
        self._bar.stop()


def render_table(graded: Sequence[Graded], *, colour: bool, width: int) -> str:
    """The rows of `grades.csv` for people, a table an assignment; what is too wide shows its totals alone."""
    groups: dict[str, list[Graded]] = {}
    for row in graded:
        groups.setdefault(row.assignment, []).append(row)
    tables = []
    for name, rows in groups.items():
        title = f"{one_line(name) or 'no assignment'}\n" if len(groups) > 1 else ""
        tables.append(title + _table(_cells(rows), colour=colour, width=width))
    legend = [f"{UNPROVED_LEGEND}\n"] if any(row.unproved for row in graded) else []
    return "\n".join([*tables, *legend])


def _cells(rows: Sequence[Graded]) -> list[list[str]]:
    """The header and the rows for people: `~` before marks that rest on passes that are not proved, and no evidence."""
    (_, *questions, _, _, _, _), *lines = cells = table(rows)
    for row, line in zip(rows, lines, strict=True):
        marked = [i for i, question in enumerate(questions, 1) if question in row.unproved]
        for i in (*marked, *([len(questions) + 1] if marked else [])):
            line[i] = f"{UNPROVED_MARK}{line[i]}" if line[i] else ""
    return [line[:-1] for line in cells]


def _table(cells: list[list[str]], *, colour: bool, width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if _width(cells) > width:
        cells = [[row[0], *row[-3:]] for row in cells]
    header, *rows = cells
    shown = Table(box=None, padding=(0, 2, 0, 0), header_style="bold" if colour else "")
    for title in header:
        shown.add_column(
            Text(one_line(title)), justify="left" if title in ("submission", "status") else "right", no_wrap=True
        )
    for row in rows:
        style = STATUS_STYLES[row[-1]] if colour else ""
        shown.add_row(*(Text(one_line(cell)) for cell in row), style=style)
    out = io.StringIO()
    wide = max(width, _width(cells))
    console = Console(
        file=out,
        width=wide,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
    )
    console.print(shown)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _width(cells: list[list[str]]) -> int:
    """Columns that a table takes."""
    from rich.cells import cell_len

    return sum(max(cell_len(one_line(row[i])) for row in cells) + 2 for i in range(len(cells[0])))
