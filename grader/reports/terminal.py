"""A report for people at a terminal: 80 columns are enough, colour only where wanted, nothing left out in a pipe."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.reports.sentences import in_words, margin_in_words, marks_in_words
from grader.reports.visible import visible
from grader.verdict import CheckResult, Counterexample, QuestionResult, Report, TraceStep, points_in_words

TERMINAL_OUTCOMES = {
    "passed": ("ok", "green"),
    "failed": ("FAIL", "bold red"),
    "blocked": ("--", "yellow"),
    "pending": ("wait", "cyan"),
    "held": ("HELD", "bold magenta"),
}
TERMINAL_COLUMNS = 80
MAX_TERMINAL_TRACE_STEPS = 40
"""Steps of a trace that are shown; of a longer one, the last ones."""


def render(report: Report, *, colour: bool = False, width: int = TERMINAL_COLUMNS) -> str:
    """The report as text, with ANSI colour where asked for."""
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
    )
    console.print(Group(*_report(report)), soft_wrap=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _report(report: Report) -> Iterable[RenderableType]:
    yield _headline(f"{report.submission} - {report.assignment}", marks_in_words(report), "bold")
    for message in report.messages:
        yield _indented(Text(visible(message), style="yellow"), 2)
    for question in report.questions:
        yield Text("")
        yield from _question(question)
    if report.sandbox:
        yield Text(f"\ncode ran in a sandbox of tier {visible(report.sandbox)}", style="dim")


def _headline(left: str, right: str, style: str) -> Table:
    table = Table.grid(expand=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_row(Text(visible(left), style=style), Text(right, style=style))
    return table


def _indented(content: RenderableType, columns: int) -> Padding:
    return Padding(content, (0, 0, 0, columns))


def _question(question: QuestionResult) -> Iterable[RenderableType]:
    status = "" if question.status == "graded" else f"  [{question.status}]"
    yield _headline(f"{question.id}  {question.title}{status}", marks_in_words(question), "bold")
    if question.status in ("missing", "rejected", "held"):
        for message in question.messages:
            yield _indented(Text(visible(message), style="red"), 2)
        if question.status != "held" or all(check.outcome == "held" for check in question.checks):
            return
    for check in question.checks:
        yield _check(check)
        if isinstance(check.evidence, Counterexample) and check.evidence.trace:
            yield _indented(_trace(check.evidence), 7)
    for message in question.messages if question.status != "held" else ():
        yield _indented(Text(visible(f"note: {message}"), style="yellow"), 2)
    if question.margins:
        style = "yellow" if question.margins[0].zero else ""
        yield _indented(Text(visible(margin_in_words(question.margins)), style=style), 2)


def _check(check: CheckResult) -> Table:
    mark, style = TERMINAL_OUTCOMES[check.outcome]
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    table.add_column(width=2)
    table.add_column(width=4)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    points = f"{points_in_words(check.points)}/{points_in_words(check.max_points)}"
    table.add_row("", Text(mark, style=style), Text(visible(check.name)), Text(points))
    why = check.message or in_words(check.evidence)
    if why:
        table.add_row("", "", Text(visible(why), style="dim"), "")
    return table


def _trace(evidence: Counterexample) -> RenderableType:
    """The steps as a table; the first wrong one stands out with a mark as well as with colour."""
    steps = evidence.trace[-MAX_TERMINAL_TRACE_STEPS:]
    first_wrong = next((step.t for step in steps if not step.right), None)
    columns = _columns(steps)
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for title in columns:
        table.add_column(visible(title), justify="right", overflow="fold")
    table.add_column("", no_wrap=True)
    for step in steps:
        wrong = step.t == first_wrong
        values = [visible(value) for value in columns_of(step, columns)]
        note = "<-- first wrong step" if wrong else "" if step.right else "<-- wrong"
        table.add_row(*values, note, style="bold red" if wrong else "")
    if len(steps) < len(evidence.trace):
        return Group(Text(f"(the last {len(steps)} of {len(evidence.trace)} steps)"), table)
    return table


def _columns(steps: tuple[TraceStep, ...]) -> list[str]:
    """Column titles: t, the inputs, your quantities, what is wanted."""
    step = steps[-1]
    first = steps[0]
    student = list(dict.fromkeys([*first.student, *step.student]))
    if student and all(s.student.get(student[-1]) == s.output for s in steps):
        student.pop()  # the output itself, which has a column of its own
    return ["t", *step.inputs, *(f"your {name}" for name in student), "output", "wanted"]


def columns_of(step: TraceStep, columns: list[str]) -> list[str]:
    """The values of a step under the column titles."""
    known = {"t": str(step.t), "output": step.output, "wanted": step.expected}
    known |= step.inputs
    known |= {f"your {name}": value for name, value in step.student.items()}
    return [known.get(title, "-") for title in columns]
