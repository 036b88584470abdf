"""When submissions were handed in, as platforms write it: in their lists, in a table, in Gradescope's metadata.

Nothing else counts: the time of a file is that of a download or an unpacking, and a commit says what its author likes.

| platform | where | source |
| --- | --- | --- |
| Gradescope | `:created_at:` of `submission_metadata.yml` | the export itself |
| Blackboard | the attempt in the names of files | the download itself |
| Moodle | `Last modified (submission)` of the grading worksheet | Moodle docs, "Offline grading worksheet" |
| GitHub Classroom | `submission_timestamp` of the grades | GitHub docs, "Downloading grades" |
| Canvas | `submitted_at`, as its API says | Canvas LMS, "Submissions API" |
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from grader.classroom.people import Person
from grader.classroom.roster import ID_COLUMNS, NAME_COLUMNS, person_in
from grader.classroom.tables import read_table
from grader.deferred import dataclass
from grader.errors import Problem, SourceLocation, SpecError

TIME_COLUMNS = (
    *(
        "submittedat",
        "submissiontimestamp",
        "submissiontime",
        "submissiondate",
        "submittedon",
        "handedin",
        "handedinat",
    ),
    *("lastmodifiedsubmission", "createdat", "timestamp", "zuletztgeändertabgabe"),
)
"""Columns of a platform's table that say when, without spaces and signs."""

NO_TIMES = frozenset({"", "-", "never", "null", "n/a", "none"})
"""What stands where nothing was handed in."""

WORKSHEET_TIME = re.compile(
    r"(?:[A-Za-z]+, )?(?P<day>\d{1,2})\.? (?P<month>[A-Za-zä]+) (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[AaPp][Mm])?"
)
"""`Sunday, 1 February 2026, 11:59 PM` or `Sonntag, 1. Februar 2026, 23:59`, as Moodle writes it."""

MONTHS = (
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
     "december"),
    ("januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
     "dezember"),
)  # fmt: skip
"""In English and German."""

MONTH_NUMBERS = {
    short: number for names in MONTHS for number, name in enumerate(names, 1) for short in (name, name[:3], name[:4])
}
"""Of whole names, and of their first three or four letters; no other word that begins so is a month."""


def platform_time(text: str) -> datetime | None:
    """A time as a platform writes it, with its zone if it says one; None where it is none that can be read."""
    try:
        return _time(text.strip())
    except ValueError:
        return None


def _time(text: str) -> datetime:
    """Raises `ValueError`, in words, if it is no time."""
    from grader.spec.deadlines import parse_time

    found = WORKSHEET_TIME.fullmatch(text)
    if found is None:
        wall, zone = parse_time(text)
        return wall if zone is None else wall.replace(tzinfo=zone)
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} is no time")
        hour = hour % 12 + (12 if half == "pm" else 0)
    month = MONTH_NUMBERS.get(found["month"].lower())
    if month is None:
        raise ValueError(f"{text!r} is no time: the month is read in English and German")
    day, time = f"{found['year']}-{month:02}-{int(found['day']):02}", f"{hour:02}:{found['minute']}"
    return parse_time(f"{day} {time}:{found['second'] or '00'}")[0]


@dataclass(frozen=True)
class TimeOfStudent:
    """When a student (or one of a group) handed in, and the line that says so."""

    person: Person
    time: datetime
    line: int


def read_times(path: Path) -> tuple[TimeOfStudent, ...]:
    """The times of a platform's table: a CSV with a column of times, and columns that tell students apart.

    Raises:
        SpecError: with the line, if it has no such columns or a time cannot be read.
    """
    columns, rows = read_table(path)
    people = {
        *NAME_COLUMNS,
        "firstname",
        "surname",
        "lastname",
        *(c for _, names in ID_COLUMNS.values() for c in names),
    }
    times = [column for column in columns if column in TIME_COLUMNS]
    if not times or not people.intersection(columns):
        wanted = "a first line with a time (`submitted_at`, `submission_timestamp`, `Last modified (submission)`)"
        message = f"is no table of times: wanted is {wanted} and with `id`, `name` or `email`"
        raise SpecError(Problem(message, SourceLocation(path.name, 1, 1)))
    found, problems = list[TimeOfStudent](), list[Problem]()
    for row in rows:
        text = row.first_of(times)
        person = person_in(row, columns)
        if text.lower() in NO_TIMES or not str(person):
            continue
        try:
            found.append(TimeOfStudent(person, _time(text), row.line))
        except ValueError as error:
            problems.append(Problem(str(error), SourceLocation(path.name, row.line, 1)))
    if problems:
        raise SpecError(*problems[:20])
    return tuple(found)
