"""Who handed in on Gradescope, and when: `submission_metadata.json`, which the platform lays beside a submission.

Source: Gradescope autograder documentation, "Submission Metadata"
(gradescope-autograders.readthedocs.io/en/latest/submission_metadata). Times are ISO 8601 with an offset. The clock is
never asked: a submission that is graded again has the lateness that it had.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.deferred import dataclass
from grader.errors import reason_of
from grader.reports.exception_words import in_readers_words

METADATA_FILE = Path("/autograder/submission_metadata.json")
"""Where the platform puts it."""

MAX_METADATA_BYTES = 64 << 20
"""Earlier results travel in it, so it may be large."""


@dataclass(frozen=True)
class Metadata:
    """What is kept of it; `problem` says for staff what of it cannot be used."""

    users: tuple[Mapping[str, Any], ...] = ()
    created_at: datetime | None = None
    due_date: datetime | None = None
    late_due_date: datetime | None = None
    problem: str = ""

    @property
    def late_by(self) -> timedelta | None:
        """How long after the due date; zero for a submission in time, None where a time is missing."""
        if self.created_at is None or self.due_date is None:
            return None
        return max(self.created_at - self.due_date, timedelta(0))

    def as_data(self) -> dict[str, Any]:
        """For `extra_data`: times as they came, and lateness in seconds."""
        times = {"submitted_at": self.created_at, "due_date": self.due_date, "late_due_date": self.late_due_date}
        late = self.late_by
        return {
            "users": [dict(user) for user in self.users],
            **{name: time.isoformat() if time else None for name, time in times.items()},
            "late": None if late is None else late > timedelta(0),
            "late_by_seconds": None if late is None else round(late.total_seconds()),
        }


def read_metadata(path: Path) -> Metadata:
    """The metadata of a file; what cannot be read costs no marks, it is said to staff."""
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(MAX_METADATA_BYTES))
        assignment = _mapping(data, "the whole").get("assignment")
        dates = _mapping({} if assignment is None else assignment, "assignment")
        return Metadata(
            users=_users(data.get("users")),
            created_at=_time(data.get("created_at"), "created_at"),
            due_date=_time(dates.get("due_date"), "assignment.due_date"),
            late_due_date=_time(dates.get("late_due_date"), "assignment.late_due_date"),
        )
    except (OSError, ValueError, RecursionError) as error:
        why = str(error) if type(error) is ValueError else in_readers_words(reason_of(error))
        return Metadata(problem=f"{path.name} cannot be used: {why}")


def _mapping(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no mapping")
    return value


def _users(value: object) -> tuple[Mapping[str, Any], ...]:
    users = value if isinstance(value, list) else []
    return tuple({key: user.get(key) for key in ("id", "name", "email")} for user in users if isinstance(user, dict))


def _time(value: object, name: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    time = datetime.fromisoformat(value)
    if time.tzinfo is None:
        raise ValueError(f"{name} has no offset from UTC")
    return time
