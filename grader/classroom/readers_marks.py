"""What a run says of readers' marks: which have to be looked at again, and which it had once and has no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.classroom.graded import Graded
from grader.classroom.read_answer import ReadAnswer
from grader.classroom.row_before import RowBefore
from grader.errors import listed_first
from grader.visible import one_line

MAX_NAMES_SAID = 5


def said_of_marks(rows: Sequence[Graded], before: Mapping[str, Graded | RowBefore]) -> Iterator[str]:
    """A sentence for each question and each thing that a reader should look at; `before` has rows of the last run."""
    changed: dict[str, list[str]] = {}
    flagged: dict[str, list[str]] = {}
    lost: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    for row in rows:
        earlier = before.get(row.name)
        marked = {read.question: read for read in earlier.read_answers if read.has_mark} if earlier else {}
        for read in row.read_answers:
            if read.question in marked and read.answer is not None and not read.has_mark:
                lost.setdefault(read.question, []).append(row.name)
            if read.question in marked and read.answer is None and read.status in ("missing", "rejected"):
                gone.setdefault(read.question, []).append(row.name)
            if read.question in marked and _counts_for_any(read, marked[read.question]):
                other.setdefault(read.question, []).append(row.name)
            if read.has_mark and read.status == "pending":
                changed.setdefault(read.question, []).append(row.name)
            elif read.has_mark and read.other_rubric:
                flagged.setdefault(read.question, []).append(row.name)
    for question, names in changed.items():
        one = len(names) == 1
        what = (
            "its mark was given for another answer or rubric and waits"
            if one
            else ("their marks were given for other answers or rubrics and wait")
        )
        yield f"{_of(question, names)}: {what} for a reader again"
    for question, names in flagged.items():
        yield f"{_of(question, names)}: marked by another rubric; the marks count, and should be looked at again"
    for question, names in other.items():
        yield (
            f"{_of(question, names)}: another answer than in the last run; the mark does not say for which one it was"
            " given (`answer:`), and counts"
        )
    for question, names in gone.items():
        yield f"{_of(question, names)}: marked in the last run, and nothing that a reader could mark is handed in now"
    for question, names in lost.items():
        yield (
            f"{_of(question, names)}: marked in the last run, and no file of marks says so now: name it with --marks;"
            " `grader review RESULTS --template` shows these marks"
        )


def _counts_for_any(read: ReadAnswer, before: ReadAnswer) -> bool:
    """Whether a mark that names no answer counts for another one than it counted for in the last run."""
    is_mark_for_any = read.has_mark and not read.names_answer
    return is_mark_for_any and None not in (read.answer, before.answer) and read.answer != before.answer


def _of(question: str, names: Sequence[str]) -> str:
    """`q2 of kim, lee and 3 more`."""
    return f"{question} of {listed_first(map(one_line, names), MAX_NAMES_SAID)}"
