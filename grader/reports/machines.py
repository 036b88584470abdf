"""The minimal machine of an answer beside the wanted one, in lines of text, with what follows from the two."""

from __future__ import annotations

from collections.abc import Iterator

from grader.network_details import MachineTable, MinimalMachines
from grader.reports.sentences import counted
from grader.verdict import QuestionResult

MAX_SHOWN_STATES = 24
"""States of a machine that are shown; the JSON report has all."""

MAX_TABLE_COLUMNS = 72
"""Characters of the widest line of a table; what does not fit stands step by step."""

COLUMN_GAP_WIDTH = 2

START = "start"
UNCOUNTED = "any"
"""Stands for an output that does not count."""

NOTHING = "-"
"""Stands for an input that the question does not allow there."""


def machine_lines(question: QuestionResult) -> Iterator[str]:
    """What is to be seen of a question's machines, then the two of them; nothing where they were not asked for."""
    if question.machines is not None:
        yield from _lines(question.machines, is_wrong=any(check.outcome == "failed" for check in question.checks))


def _lines(found: MinimalMachines, *, is_wrong: bool) -> Iterator[str]:
    answer, wanted = found.answer, found.wanted
    if answer is None:
        yield f"no machine: {found.reason}"
        return
    yield f"yours has {counted(len(answer.states), 'state')}{_compared(answer, wanted, is_wrong)}"
    yield from _table("yours", answer)
    if wanted is not None:
        yield from _table("wanted", wanted)
    if any(step is None for row in answer.steps for step in row):
        yield "(states also tell which inputs may come next)"
    if found.joined_outputs:
        yield "(outputs that `accept` does not tell apart are shown as one)"


def _compared(answer: MachineTable, wanted: MachineTable | None, is_wrong: bool) -> str:
    """What the answer remembers, beside what is wanted."""
    no_memory = "" if answer.remembers else "no output depends on an earlier input"
    if wanted is None:
        return f": {no_memory}" if no_memory else ""
    states = counted(len(wanted.states), "state")
    if is_wrong and wanted.remembers and not answer.remembers:
        return f": it forgets ({no_memory}); the wanted machine has {states}"
    if len(wanted.states) == len(answer.states):
        return ", as many as the wanted machine"
    return f"; the wanted machine has {states}"


def _table(title: str, table: MachineTable) -> Iterator[str]:
    """One line a state, or one an input, where that is narrow enough; else one a step."""
    if table.empty:
        yield f"{title}, on the empty input: {table.empty}"
    shown = min(len(table.states), MAX_SHOWN_STATES)
    names = [f"after {word}" if word else START for word in table.states]
    cells = [
        [f"{step.output or UNCOUNTED}, {names[step.target]}" if step else NOTHING for step in row]
        for row in table.steps[:shown]
    ]
    inputs = [f"on {symbol}" for symbol in table.inputs]
    by_state = [[f"{title}:", *inputs], *([name, *row] for name, row in zip(names, cells, strict=False))]
    by_input = [list(column) for column in zip(*by_state, strict=True)]
    fitting = [rows for rows in (by_state, by_input) if sum(_widths(rows)) <= MAX_TABLE_COLUMNS]
    if fitting:
        yield from (_aligned(row, _widths(fitting[0])) for row in fitting[0])
    else:
        yield f"{title}:"
        for name, row in zip(names, cells, strict=False):
            steps = zip(inputs, row, strict=True)
            yield from (f"  {name}, {on}: {cell}" for on, cell in steps if cell != NOTHING)
    if shown < len(table.states):
        yield f"  and {counted(len(table.states) - shown, 'state')} more, in the JSON report"


def _widths(rows: list[list[str]]) -> list[int]:
    """The columns of a table, with the gaps behind them."""
    return [max(map(len, column)) + COLUMN_GAP_WIDTH for column in zip(*rows, strict=True)]


def _aligned(row: list[str], widths: list[int]) -> str:
    return "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
