"""Wrong networks of a class that behave alike, question by question: what they do, and how many of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.classroom.work import Graded, WrongBehaviour
from grader.reports.visible import one_line

SHOWN_FINGERPRINT_DIGITS = 8

MAX_GROUPS_SHOWN = 5
"""Groups of a question that are named; the reports have the fingerprints of all."""


def alike_lines(graded: Sequence[Graded]) -> Iterator[str]:
    """`q5: 3 wrong answers behave alike (wrong on input 01; ...)`, for two and more; the largest group comes first.

    Alike are networks that are right and wrong at the same steps, on every input. That is a fact about answers: it does
    not say how they came to be.
    """
    groups: dict[tuple[str, str], dict[str, list[WrongBehaviour]]] = {}
    for row in graded:
        for question, behaviour in row.wrong_behaviours.items():
            found = groups.setdefault((row.assignment, question), {})
            found.setdefault(behaviour.fingerprint, []).append(behaviour)
    several = len({assignment for assignment, _ in groups}) > 1
    for (assignment, question), found in groups.items():
        name = one_line(f"{assignment}, {question}" if several else question)
        alike = sorted((group for group in found.values() if len(group) > 1), key=len, reverse=True)
        for group in alike[:MAX_GROUPS_SHOWN]:
            yield f"{name}: {len(group)} wrong answers behave alike{_shown_by(group[0])}"
        if len(alike) > MAX_GROUPS_SHOWN:
            yield f"{name}: {len(alike) - MAX_GROUPS_SHOWN} more groups of wrong answers behave alike"


def _shown_by(behaviour: WrongBehaviour) -> str:
    where = f"wrong on input {one_line(behaviour.input)}; " if behaviour.input else ""
    return f" ({where}fingerprint {behaviour.fingerprint[:SHOWN_FINGERPRINT_DIGITS]})"
