"""Rows of a class that were graded from other folders than the present one: which of them stay, and what is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.classroom.gradebook import PlacedRow
from grader.errors import listed_first
from grader.reports.sentences import counted
from grader.visible import one_line

MAX_NAMED_ROWS = 5
"""Rows of other folders that are named one by one."""


def split_by_name(placed: Iterable[PlacedRow], here: Collection[str]) -> tuple[list[PlacedRow], list[PlacedRow]]:
    """The rows of other folders that stay, and those of submissions that lie in the present folder now (`here`)."""
    stay, replaced = list[PlacedRow](), list[PlacedRow]()
    for one in placed:
        (replaced if one.entry.name in here else stay).append(one)
    return stay, replaced


def said_of_others(stay: Sequence[PlacedRow]) -> Iterator[str]:
    """A sentence, where rows of other folders stay."""
    if stay:
        yield f"{counted(len(stay), 'row')} graded from another folder before, which stay as they are: {_named(stay)}"


def said_of_replaced(replaced: Sequence[PlacedRow]) -> Iterator[str]:
    """A sentence, where rows of other folders give way to submissions of the same name; the next run has none."""
    if replaced:
        again = "in this folder, too, so that what lies here counts from now on"
        yield f"{counted(len(replaced), 'row')} graded from another folder before, and {again}: {_named(replaced)}"


def _named(rows: Sequence[PlacedRow]) -> str:
    """`ada (of /home/ta/one)`: each with its folder."""
    return listed_first((one_line(f"{row.entry.name} (of {row.source})") for row in rows), MAX_NAMED_ROWS)
