"""A report for people at a terminal: 80 columns are enough, colour only where wanted, nothing left out in a pipe."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.evidence import Counterexample
from grader.reports.lines import MAX_TRACE_STEPS, trace_mark, trace_note, trace_titles, trace_values
from grader.reports.machines import machine_lines
from grader.reports.robustness import robustness_lines
from grader.reports.sentences import (
    UNPROVED_LEGEND,
    decisions_in_words,
    explained,
    margin_in_words,
    marks_in_words,
    outcome_mark,
    said_of,
)
from grader.verdict import CheckResult, QuestionResult, Report, points_in_words
from grader.visible import visible

TERMINAL_OUTCOMES = {
    "passed": ("ok", "green"),
    "failed": ("FAIL", "bold red"),
    "blocked": ("--", "yellow"),
    "pending": ("wait", "cyan"),
    "held": ("HELD", "bold magenta"),
}
TERMINAL_COLUMNS = 80
MAX_SHOWN_VARIANTS = 3
"""Of the variants of others for which an answer is right, how many are shown."""


def render(report: Report, *, colour: bool = False, width: int = TERMINAL_COLUMNS) -> str:
    """The report as text, with ANSI colour where asked for."""
    return as_terminal_text(_report(report), colour=colour, width=width)


def as_terminal_text(parts: Iterable[RenderableType], *, colour: bool, width: int) -> str:
    """What rich makes of these parts, without spaces at the ends of lines."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(width, 40),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        force_jupyter=False,  # where it would show what is only written into a text here
    )
    console.print(Group(*parts), soft_wrap=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _report(report: Report) -> Iterable[RenderableType]:
    yield headline(f"{report.submission} - {report.assignment}", marks_in_words(report), "bold")
    for message in said_of(report):
        yield _indented(Text(visible(message), style="yellow"), 2)
    for question in report.questions:
        yield Text("")
        yield from _question(question)
    if any(question.is_unproved for question in report.questions):
        yield Text(f"\n{UNPROVED_LEGEND}", style="dim")
    if report.sandbox:
        yield Text(f"\ncode ran in a sandbox of tier {visible(report.sandbox)}", style="dim")


def headline(left: str, right: str, style: str) -> Table:
    table = Table.grid(expand=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_row(Text(visible(left), style=style), Text(right, style=style))
    return table


def _indented(content: RenderableType, columns: int) -> Padding:
    return Padding(content, (0, 0, 0, columns))


def _question(question: QuestionResult) -> Iterable[RenderableType]:
    status = "" if question.status == "graded" else f"  [{question.status}]"
    yield headline(f"{question.id}  {question.title}{status}", marks_in_words(question), "bold")
    for message in decisions_in_words(question):
        yield _indented(Text(visible(message), style="cyan"), 2)
    if question.status in ("missing", "rejected", "held"):
        for message in question.messages:
            yield _indented(Text(visible(message), style="red"), 2)
        if question.status != "held" or all(c.outcome == "held" and not c.unproved for c in question.checks):
            return
    for check in question.checks:
        yield _check(check)
        if isinstance(check.evidence, Counterexample) and check.evidence.trace:
            yield _indented(_Trace(check.evidence), 7)
    for message in question.messages if question.status != "held" else ():
        yield _indented(Text(visible(f"note: {message}"), style="yellow"), 2)
    for variant in question.right_for[:MAX_SHOWN_VARIANTS]:
        yield _indented(Text(visible(f"to course staff: a right answer to the variant {variant}"), style="yellow"), 2)
    if question.margins:
        style = "yellow" if question.margins[0].zero else ""
        yield _indented(Text(visible(margin_in_words(question.margins)), style=style), 2)
    for line in (*robustness_lines(question), *machine_lines(question)):
        yield _indented(Text(visible(line)), 2)


def _check(check: CheckResult) -> Table:
    mark, style = TERMINAL_OUTCOMES[check.outcome]
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    table.add_column(width=2)
    table.add_column(width=4)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    points = f"{points_in_words(check.points)}/{points_in_words(check.max_points)}"
    shown = Text(outcome_mark(check, mark), style="yellow" if check.unproved and check.outcome == "passed" else style)
    table.add_row("", shown, Text(visible(check.name)), Text(points))
    why = explained(check)
    if why:
        table.add_row("", "", Text(visible(why), style="dim"), "")
    return table


class _Trace:
    """The steps of a counterexample as a table; the first wrong one stands out with a mark as well as with colour.

    Columns that do not fit beside each other stand below each other, so that no number is broken over lines.
    """

    def __init__(self, evidence: Counterexample) -> None:
        self.evidence = evidence
        self.steps = evidence.trace[-MAX_TRACE_STEPS:]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        titles = trace_titles(self.evidence, self.steps)
        rows = [[visible(value).replace("\n", " ") for value in trace_values(step, titles)] for step in self.steps]
        marks = [trace_mark(self.evidence, step) for step in self.steps]
        yield from (Text(note) for note in trace_note(self.evidence, self.steps))
        shown = [visible(title).replace("\n", " ") for title in titles]
        widths = [max(cell_len(row[i]) for row in [shown, *rows]) + COLUMN_GAP for i in range(len(titles))]
        room, whole = options.max_width - COLUMN_GAP, max(map(cell_len, marks))
        groups = [list(range(len(titles)))]
        if sum(widths) + whole > room:
            groups = _side_by_side(widths, room - len(SHORT_MARK), room - whole)
        for columns in groups:
            beside = marks if columns is groups[-1] else [mark and SHORT_MARK for mark in marks]
            yield self._table([shown[i] for i in columns], [[row[i] for i in columns] for row in rows], beside)

    def _table(self, titles: list[str], rows: list[list[str]], marks: list[str]) -> Table:
        table = Table(box=None, padding=(0, COLUMN_GAP, 0, 0), show_edge=False, header_style="dim")
        for title in titles:
            table.add_column(title, justify="right", overflow="fold")
        table.add_column("", no_wrap=True)
        for step, row, mark in zip(self.steps, rows, marks, strict=True):
            table.add_row(*row, mark, style="bold red" if step.t == self.evidence.first_wrong_step else "")
        return table


COLUMN_GAP = 2
"""Spaces between the columns of a trace."""


SHORT_MARK = "<--"
"""Stands at a wrong step where the columns of a trace are spread over several tables, but for the last one."""


def _side_by_side(widths: list[int], room: int, last_room: int) -> list[list[int]]:
    """Columns in groups no wider than the room (the last: `last_room`), each behind the first; a wide one is alone."""
    groups: list[list[int]] = [[0]]
    for i in range(1, len(widths)):
        most = last_room if i == len(widths) - 1 else room
        if len(groups[-1]) > 1 and sum(widths[j] for j in groups[-1]) + widths[i] > most:
            groups.append([0])
        groups[-1].append(i)
    return groups
