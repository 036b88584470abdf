"""What a run says of readers' marks: which have to be looked at again, and which it had once and has no more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from grader.classroom.verdicts import KeptVerdict
from grader.classroom.work import Graded
from grader.errors import listed_first
from grader.kinds.written.standing import RUBRIC_CHANGED
from grader.visible import one_line

MAX_NAMES_SAID = 5


def said_of_marks(rows: Sequence[Graded], before: Mapping[str, Graded]) -> Iterator[str]:
    """A sentence for each question and each thing that a reader should look at; `before` has rows of the last run."""
    changed: dict[str, list[str]] = {}
    flagged: dict[str, list[str]] = {}
    lost: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    for row in rows:
        earlier = before.get(row.name)
        marked = {verdict.question: verdict for verdict in earlier.verdicts if _has_mark(verdict)} if earlier else {}
        for verdict in row.verdicts:
            if verdict.question in marked and verdict.written is not None and verdict.mark is None:
                lost.setdefault(verdict.question, []).append(row.name)
            if verdict.question in marked and verdict.written is None and _has_no_answer(verdict):
                gone.setdefault(verdict.question, []).append(row.name)
            if verdict.question in marked and _counts_for_any(verdict, marked[verdict.question]):
                other.setdefault(verdict.question, []).append(row.name)
            if not _has_mark(verdict):
                continue
            facts = json.loads(verdict.facts)
            if facts["status"] == "pending":
                changed.setdefault(verdict.question, []).append(row.name)
            elif RUBRIC_CHANGED in facts["messages"]:
                flagged.setdefault(verdict.question, []).append(row.name)
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


def _has_no_answer(verdict: KeptVerdict) -> bool:
    return json.loads(verdict.facts)["status"] in ("missing", "rejected")


def _counts_for_any(verdict: KeptVerdict, before: KeptVerdict) -> bool:
    """Whether a mark that names no answer counts for another one than it counted for in the last run."""
    if verdict.written is None or before.written is None or verdict.mark is None or verdict.mark.answer:
        return False
    return verdict.written.fingerprint != before.written.fingerprint


def _has_mark(verdict: KeptVerdict) -> bool:
    return '"mark": [' in verdict.facts and verdict.mark is not None


def _of(question: str, names: Sequence[str]) -> str:
    """`q2 of kim, lee and 3 more`."""
    return f"{question} of {listed_first(map(one_line, names), MAX_NAMES_SAID)}"
