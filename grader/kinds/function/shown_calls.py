"""A call that goes wrong as a page shows it: arguments, what came and what was wanted, arrays cell by cell.

Lines whose case is hidden have none: nothing of such a call leaves the scorer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.inputs.drawn_values import Case
from grader.inputs.input_set import to_argument
from grader.inputs.outputs import items_of
from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.shrinking import Failure
from grader.kinds.function.values import as_value, same, show
from grader.language.arrays import Array
from grader.page_details import ShownArray, ShownCall
from grader.sandbox import Returned

MAX_KEPT_ROWS, MAX_KEPT_COLUMNS = 24, 24
"""Rows and columns of an array that are kept, cell by cell."""

MAX_SHOWN_PARTS = 6
"""Parts of an output that are shown one by one; of more, it is shown as one text."""

Differs = Callable[[Any, Any], bool]


def shown_calls(line: LinePlan, failure: Failure) -> Iterator[ShownCall]:
    """The call of a failure; none where there is none, or where reports do not show the case."""
    if failure.case is None or not line.check.shows_case:
        return
    arguments = tuple(_argument(line, name, value) for name, value in failure.case.items())
    answer = failure.answer
    if answer is None or not isinstance(answer.reply, Returned):
        text = failure.wrong.got if answer is None else answer.text()
        wanted = line.wanted_for(failure.case) if line.aim.gives_outputs and line.part is None else None
        right = () if wanted is None else tuple(_shown(*part) for part in _parts(OUTPUT_NAME, wanted.value))
        rule = "" if right else failure.wrong.wanted
        yield ShownCall(line.check.name, arguments, (ShownArray(OUTPUT_NAME, text),), right, rule)
        return
    compared = _compared(line, failure.case, answer)
    if compared is None:
        got = tuple(_shown(name, value) for name, value in _parts(OUTPUT_NAME, answer.reply.value))
        yield ShownCall(line.check.name, arguments, got, rule=failure.wrong.wanted)
        return
    name, given, right = compared

    def differs(one: Any, other: Any) -> bool:
        return not same(one, other, line.check.rtol, line.check.atol, line.check.nan)

    came: list[ShownArray] = []
    due: list[ShownArray] = []
    for part, ours, theirs in _pairs(name, given, right):
        wrong = _differing(ours, theirs, differs)
        came.append(_shown(part, ours, wrong))
        due.append(replace(_shown(part, theirs, wrong), wrong=()))
    yield ShownCall(line.check.name, arguments, tuple(came), tuple(due))


def _argument(line: LinePlan, name: str, value: Any) -> ShownArray:
    """A drawn value as the function was given it; a supplied function as it is written in reports."""
    try:
        return _shown(name, to_argument(value, line.group.sets.get(name)))
    except (TypeError, ValueError, OverflowError):
        return ShownArray(name, show(value))


def _compared(line: LinePlan, case: Case, answer: CaseAnswer) -> tuple[str, Any, Any] | None:
    """What is compared with what a reference gives: the output or the part of it that the line names; else None."""
    wanted = line.wanted_for(case)
    if not line.aim.gives_outputs or wanted is None or not isinstance(answer.reply, Returned):
        return None
    if line.part is None:
        return OUTPUT_NAME, answer.reply.value, wanted.value
    inputs: Mapping[str, Any] = line.group.values(case)
    given, right = (line.part.of({**inputs, OUTPUT_NAME: value}) for value in (answer.value, wanted.value))
    return line.part.name, given, right


def _pairs(name: str, given: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """The parts of two values that are made of as many; else the two values."""
    ours, theirs = dict(_parts(name, given)), dict(_parts(name, right))
    if len(ours) > 1 and ours.keys() == theirs.keys():
        yield from ((part, ours[part], theirs[part]) for part in theirs)
    else:
        yield name, given, right


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a tuple, list or dictionary that is no array, by their names; else the value."""
    plain = as_value(value)
    if isinstance(plain, dict):
        parts = [(f"{name}[{key!r}]", value[key]) for key in plain]
    elif isinstance(plain, tuple) and isinstance(value, list | tuple):
        parts = [(f"{name}[{i}]", part) for i, part in enumerate(value)]
    elif isinstance(plain, tuple) and (items := items_of(plain)) is not None:
        parts = [(f"{name}[{i}]", part) for i, part in enumerate(items)]
    else:
        parts = []
    yield from parts if 0 < len(parts) <= MAX_SHOWN_PARTS else [(name, value)]


CellPlaces = Sequence[tuple[int, int]]
"""Cells of an array, by row and column; a vector is one row."""


def _differing(given: Any, wanted: Any, differs: Differs) -> CellPlaces:
    """The cells of two arrays of one shape that differ; of two other values (0, 0) where they do, but for arrays."""
    ours, theirs = as_value(given), as_value(wanted)
    if not isinstance(ours, Array) and not isinstance(theirs, Array):
        return [(0, 0)] if differs(ours, theirs) else []
    if not isinstance(ours, Array) or not isinstance(theirs, Array) or ours.shape != theirs.shape:
        return []
    pairs = enumerate(zip(ours.entries, theirs.entries, strict=True))
    return [divmod(i, ours.shape[-1]) for i, (one, right) in pairs if differs(one, right)]


def _shown(name: str, given: Any, wrong: CellPlaces = ()) -> ShownArray:
    """A value with its cells, those around the first wrong one."""
    value, dtype = as_value(given), str(getattr(given, "dtype", ""))
    if not isinstance(value, Array):
        return ShownArray(name, show(value), dtype=dtype, wrong=tuple(wrong))
    if not 1 <= len(value.shape) <= 2 or not value.entries:
        return ShownArray(name, show(value), dtype=dtype, shape=value.shape)
    rows, columns = value.shape if len(value.shape) == 2 else (1, value.shape[0])
    row, column = wrong[0] if wrong else (0, 0)
    top = max(0, min(row - MAX_KEPT_ROWS // 2, rows - MAX_KEPT_ROWS))
    left = max(0, min(column - MAX_KEPT_COLUMNS // 2, columns - MAX_KEPT_COLUMNS))
    bottom, right = min(rows, top + MAX_KEPT_ROWS), min(columns, left + MAX_KEPT_COLUMNS)
    cells = tuple(
        tuple(show(entry) for entry in value.entries[i * columns + left : i * columns + right])
        for i in range(top, bottom)
    )
    kept = tuple((i, j) for i, j in wrong if top <= i < bottom and left <= j < right)
    return ShownArray(name, show(value), cells, dtype, value.shape, (top, left), kept)
