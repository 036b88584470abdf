"""What a submission was worth each time it was handed in, from the rows that a gradebook has kept of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.kept_facts import points_of_text


class KeptAttempt(NamedTuple):
    """What was handed in once: its assignment, and its points (None: held)."""

    assignment: str
    content: str
    points: Fraction | None


def attempts_of(rows: Iterable[str | None]) -> list[KeptAttempt]:
    """The attempts of a submission, of which these are its rows in brief; None of a row: it went away there.

    What was graded again without having been handed in anew has the points that came last.

    Raises:
        DamagedRowError: if one is no row.
    """
    found: list[KeptAttempt] = []
    try:
        for text in rows:
            if text is None:
                found.clear()
                continue
            data = json.loads(text)
            total = data["total"]
            points = None if total is None else points_of_text(total)
            attempt = KeptAttempt(data["assignment"], data["content"], points)
            found[-1:] = [attempt] if found and found[-1].content == attempt.content else [*found[-1:], attempt]
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None
    return found
