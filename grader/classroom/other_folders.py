"""Rows that were graded from another folder, or from the present one that they are not in now; what is said of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.classroom.gradebook_rows import PlacedRow
from grader.errors import listed_first
from grader.reports.sentences import counted
from grader.visible import one_line

MAX_NAMED_ROWS = 5
"""Rows of other folders, and submissions that went away, which are named one by one."""


def split_by_name(placed: Iterable[PlacedRow], here: Collection[str]) -> tuple[list[PlacedRow], list[PlacedRow]]:
    """The rows of other folders that stay, and those of submissions that lie in the present folder now (`here`)."""
    stay, replaced = list[PlacedRow](), list[PlacedRow]()
    for one in placed:
        (replaced if one.entry.name in here else stay).append(one)
    return stay, replaced


def said_of_others(stay: Sequence[PlacedRow]) -> Iterator[str]:
    """A sentence, where rows of other folders stay."""
    if stay:
        stand = "stay as they are" if len(stay) > 1 else "stays as it is"
        yield f"{counted(len(stay), 'row')} graded from another folder before, which {stand}: {_named(stay)}"


def said_of_replaced(replaced: Sequence[PlacedRow]) -> Iterator[str]:
    """A sentence, where rows of other folders give way to submissions of the same name; the next run has none."""
    if replaced:
        again = "in this folder, too, so that what lies here counts from now on"
        yield f"{counted(len(replaced), 'row')} graded from another folder before, and {again}: {_named(replaced)}"


def said_of_gone(gone: Sequence[str]) -> Iterator[str]:
    """A sentence, where submissions of the present folder are not in it any more."""
    if gone:
        names = listed_first(map(one_line, gone), MAX_NAMED_ROWS)
        what = f"{counted(len(gone), 'submission')} graded from this folder before, and not in it any more"
        yield f"{what}: out of the results, and kept in the gradebook's history: {names}"


def _named(rows: Sequence[PlacedRow]) -> str:
    """`ada (of /home/ta/one)`: each with its folder."""
    return listed_first((one_line(f"{row.entry.name} (of {row.source})") for row in rows), MAX_NAMED_ROWS)
