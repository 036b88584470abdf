"""What a run shows of a class: the table, the statistics and the page, each made inside a fence of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

from grader.classroom.class_details import ClassDetails
from grader.classroom.class_page_file import ClassPageFile
from grader.classroom.class_row import ClassRows
from grader.classroom.counting import RowObserver
from grader.classroom.display import render_table
from grader.classroom.last_run import RunOutput
from grader.classroom.statistics import ClassStatistics
from grader.classroom.statistics_text import class_text
from grader.errors import HarnessError, reason_of
from grader.visible import one_line


def show_class(
    book: ClassRows,
    graded: Sequence[str],
    page: ClassPageFile,
    output: RunOutput,
    counted: Callable[[RowObserver | None], ClassStatistics],
    *,
    pages: bool,
) -> bool:
    """Shows the rows of a class, and says what is wrong with them; whether all of it could be shown.

    `graded` says what was graded, now and the next time if nothing changes. `counted` gives the statistics, and shows
    an observer each row.
    """
    rows, width = [row.graded for row in book.rows], output.speaker.width
    table = partial(render_table, rows, colour=output.speaker.colour, width=width)
    stands = page.stands  # one that says what does not hold any more goes, whatever becomes of the new one
    is_shown = stands or _done(output, "the page of an earlier class cannot be removed", page.remove)
    is_shown &= _done(output, "the table cannot be shown", lambda: output.show(table()))
    there = one_line(str(page.results))
    where = f"grades.csv and reports/ are in {there}/"
    output.show(f"\n{graded[0]}; {where}\n", again=f"\n{graded[1]}; {where}\n")
    if pages:
        output.show(f"pages to look at: {there}/class.html, and {there}/pages/ for each submission\n")
    details = ClassDetails() if pages and not stands else None
    statistics = cache(lambda: counted(details.add if details is not None else None))
    is_shown &= _done(
        output, "the statistics cannot be shown", lambda: output.show(class_text(statistics(), width, full=False))
    )
    if details is not None:
        is_shown &= _done(output, "the page of the class cannot be made", lambda: page.write(statistics(), details))
    for message in (*book.said, *book.faults):
        output.say(message)
    for line in book.rows:
        row, is_own = line.graded, line.submission in (line.graded.name, "")
        for message in row.messages if is_own and row.status in ("held", "rejected") else ():  # of a group once
            output.say(f"{row.name}: {message}")
    return is_shown


def _done(output: RunOutput, otherwise: str, work: Callable[[], None]) -> bool:
    """Whether a view of a class could be made and shown; what was graded is kept all the same, in grades.csv."""
    try:
        work()
    except HarnessError:
        raise
    except Exception as error:
        output.speaker.say(f"{otherwise}: {reason_of(error)}")
        return False
    return True
