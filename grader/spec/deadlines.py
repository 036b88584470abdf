"""When an assignment is due and what lateness costs: the keys `deadline`, `timezone` and `late` of `assignment.yaml`.

A deadline is an instant: `23:59` is 23:59:00, and whoever hands in at that second is in time. Where it has a time zone,
days are counted by the clock there, so the day on which clocks are put forward has 23 hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field

from grader.documents import FieldError, MappingNode, Node, ScalarNode, describe_node, text_of
from grader.errors import Problem, did_you_mean
from grader.spec.field_schemas import SHARE_PATTERN, SIZE_PATTERN, field_schema
from grader.spec.fields import NaturalNumber, ReadBy, Strict, read_percentage, read_points
from grader.spec.late_policy import Duration, LatePenalty, LatePolicy, PenaltyUnit, WrittenTime, instants
from grader.spec.places import find

ZONE_ADVICE = "say in which time zone: `timezone: Europe/Berlin` in assignment.yaml, or an offset behind it (+01:00, Z)"
TIME_ADVICE = "write 2026-02-01 23:59, with seconds and an offset (+01:00) if you like"
FIRST_YEAR, LAST_YEAR = 1990, 2199
"""Of deadlines and times of handing in; other years are slips."""

MAX_DURATION = timedelta(days=3650)

_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?"
    r"\s*(Z|UTC|[+-]\d\d:?\d\d|[A-Za-z]{3,5}|[A-Za-z_+-]+/[\w/+-]+)?",
    re.ASCII,
)
_DURATION = re.compile(r"(\d{1,6})\s*(second|minute|hour|day|week)s?", re.ASCII)
_WHOLE_OR_DECIMAL = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


# ------------------------------------------------------------- reading
def parse_time(text: str) -> tuple[datetime, tzinfo | None]:
    """A time and its zone, if it names one.

    Raises:
        ValueError: in words, if it is no time.
    """
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no time: {TIME_ADVICE}")
    if found[4] is None:
        raise ValueError(f"{text!r} is a day, of which the beginning or the end may be meant: {TIME_ADVICE}")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        wall = datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time ({error}): {TIME_ADVICE}") from None
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise ValueError(f"{text!r} lies in the year {wall.year}, which must be one from {FIRST_YEAR} to {LAST_YEAR}")
    return wall, _zone_of(found[7]) if found[7] else None


def _zone_of(text: str) -> tzinfo:
    if text in ("Z", "UTC"):
        return UTC
    if text[0] in "+-":
        hours, minutes = int(text[1:3]), int(text[-2:])
        if hours > 14 or minutes > 59:
            raise ValueError(f"{text!r} is no offset from UTC: write +01:00 or -08:00")
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(offset if text[0] == "+" else -offset)
    return named_zone(text)


def named_zone(name: str) -> tzinfo:
    """The time zone of a name in the IANA database.

    Raises:
        ValueError: in words, if there is none.
    """
    if name == "UTC":
        return UTC
    try:
        if "/" not in name:  # `EST` and the like are no clocks of any place
            raise ZoneInfoNotFoundError(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = [zone for zone in sorted(available_timezones()) if "/" in zone]
        advice = did_you_mean(name, known) or ": write Europe/Berlin or UTC"
        raise ValueError(f"{name!r} is not the name of a time zone{advice}") from None


def read_time(node: Node) -> WrittenTime:
    """A time with or without a zone."""
    text = text_of(node)
    try:
        wall, zone = parse_time(text)
    except ValueError as error:
        raise FieldError(str(error), text.place) from None
    return WrittenTime(wall, zone, text.place)


def read_zone(node: Node) -> tzinfo:
    """The name of a time zone: `Europe/Berlin`, `UTC`."""
    text = text_of(node)
    try:
        return named_zone(text.strip())
    except ValueError as error:
        raise FieldError(str(error), text.place) from None


def read_duration(node: Node) -> Duration:
    """`15 minutes`, `2 days`."""
    text = text_of(node)
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise FieldError(
            f"must be a time span such as 15 minutes, 12 hours or 2 days, not {describe_node(text)}", text.place
        )
    length = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    if length > MAX_DURATION:
        raise FieldError(f"must be at most {MAX_DURATION.days} days, and this is {text}", text.place)
    return Duration(length, length.days if found[2] in ("day", "week") else None)


def read_time_or_duration(node: Node) -> WrittenTime | Duration:
    """A new deadline: a time, or how much later it is."""
    if _DURATION.fullmatch(text_of(node).strip()):
        return read_duration(node)
    try:
        return read_time(node)
    except FieldError as error:
        raise FieldError(f"{error}, or how much later it is: 12 hours, 2 days", error.place) from None


def read_penalty(node: Node) -> LatePenalty:
    """`10%` (of the assignment's points), `10% of earned`, or points: `5`."""
    text = text_of(node)
    share, of, what = (part.strip() for part in text.partition(" of "))
    if "%" not in share:
        try:
            return LatePenalty(read_points(text), "points", text.strip())
        except FieldError as error:
            advice = "" if ": " in str(error) else f": {_penalty_advice(text)}"
            raise FieldError(f"{error}{advice}", error.place) from None
    found = read_percentage(ScalarNode(share, text.place))
    unit: PenaltyUnit = "earned" if what == "earned" else "maximum"
    if found is None or (of and what not in ("earned", "maximum")):
        wanted = "points (5) or a percentage: 10%, 10% of maximum, 10% of earned"
        raise FieldError(f"must be {wanted}, not {describe_node(text)}", text.place)
    return LatePenalty(found, unit, share if unit == "maximum" else f"{share} of the points earned")


def _penalty_advice(text: str) -> str:
    """How a penalty is written, by the number that stands in what is none."""
    number = _WHOLE_OR_DECIMAL.search(text)
    shown = number[0] if number else "5"
    return f"write {shown} for points, {shown}% for a share of all points"


_TIME_PATTERN = (
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
    r"\s*(Z|UTC|[+-][0-9]{2}:?[0-9]{2}|[A-Za-z]{3,5}|[A-Za-z_+-]+/[A-Za-z0-9_/+-]+)?"
)
_SPAN_PATTERN = r"[0-9]{1,6}\s*(second|minute|hour|day|week)s?"
_ZONE_PATTERN = r"^\s*(UTC|[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)+)\s*$"
_PENALTY_PATTERN = rf"{SIZE_PATTERN}|^\s*{SHARE_PATTERN}\s*( of\s+(earned|maximum))?\s*$"

Time = Annotated[
    WrittenTime,
    ReadBy(read_time),
    field_schema("a time: 2026-02-01 23:59, with an offset if you like", "string", pattern=rf"^\s*{_TIME_PATTERN}\s*$"),
]
Zone = Annotated[tzinfo, ReadBy(read_zone), field_schema("a time zone: Europe/Berlin", "string", pattern=_ZONE_PATTERN)]
TimeSpan = Annotated[
    Duration,
    ReadBy(read_duration),
    field_schema("a time span: 15 minutes, 2 days", "string", pattern=rf"^\s*{_SPAN_PATTERN}\s*$"),
]
NewDeadline = Annotated[
    WrittenTime | Duration,
    ReadBy(read_time_or_duration),
    field_schema("a time, or how much later: 2 days", "string", pattern=rf"^\s*({_TIME_PATTERN}|{_SPAN_PATTERN})\s*$"),
]
Penalty = Annotated[
    LatePenalty,
    ReadBy(read_penalty),
    field_schema(
        "points, or a percentage: 10%, 10% of earned", "number", "string", minimum=0, pattern=_PENALTY_PATTERN
    ),
]


class LateModel(Strict):
    """`late:` in `assignment.yaml`."""

    grace: TimeSpan | None = Field(
        default=None, description="How long after the deadline an answer is still in time: 15 minutes."
    )
    penalty_per_day: Penalty | None = Field(
        default=None,
        description="What each day that has begun after the deadline costs: points (5), a share of the "
        "points of the assignment (10%) or of those earned (10% of earned).",
    )
    cap: Penalty | None = Field(default=None, description="The most that lateness costs, written as the penalty.")
    late_days: NaturalNumber | None = Field(default=None, description="How many days late cost nothing.")


class DeadlineModel(Strict):
    """The keys of `assignment.yaml` that are about time."""

    deadline: Time | None = Field(
        default=None,
        description="The last second in which an answer is in time: 2026-02-01 "
        "23:59, with an offset if there is no time zone.",
    )
    timezone: Zone | None = Field(
        default=None, description="The time zone by whose clock days are counted: Europe/Berlin."
    )
    late: LateModel | None = Field(
        default=None, description="What lateness costs; without it lateness is told and costs nothing."
    )


# ------------------------------------------------------------- meaning
def in_zone(time: WrittenTime, zone: tzinfo | None, what: str) -> datetime:
    """A written time as an instant, on the clock of the zone (without one: of its own).

    Raises:
        FieldError: if it has no zone, its offset is not the zone's, or that clock shows it twice or never.
    """
    own = time.zone or zone
    if own is None:
        raise FieldError(f"{what} {time.wall} has no time zone: {ZONE_ADVICE}", time.place)
    found = sorted(instants(time.wall, own))
    there = [instant for instant in found if instant.astimezone(own).replace(tzinfo=None) == time.wall]
    if not there:
        message = f"{what} {time.wall} is never shown by the clocks of {own}, which are put forward then: write another"
        raise FieldError(message, time.place)
    if len(there) > 1:
        offsets = " or ".join(f"{instant.astimezone(own):%z}" for instant in there)
        raise FieldError(
            f"{what} {time.wall} comes twice by the clocks of {own}: add the offset, {offsets}", time.place
        )
    instant = there[0].astimezone(zone or own)
    if time.zone is not None and isinstance(zone, ZoneInfo) and instant.replace(tzinfo=None) != time.wall:
        shown = f"{instant:%Y-%m-%d %H:%M:%S (%z)}"
        message = f"{what} {time.wall} {time.zone} is {shown} in {zone}, the assignment's time zone"
        raise FieldError(f"{message}: write it so, without an offset", time.place)
    return instant


def late_policy(model: DeadlineModel, root: MappingNode) -> tuple[LatePolicy | None, list[Problem]]:
    """What the keys mean; None where no deadline is stated. `root` is the mapping that they stand in."""
    problems = list(_idle(model, root))
    if model.deadline is None or problems:
        return None, problems
    try:
        deadline = in_zone(model.deadline, model.timezone, "the deadline")
    except FieldError as error:
        return None, [Problem(str(error), error.place)]
    late = model.late or LateModel()
    grace = late.grace.length if late.grace else timedelta(0)
    return LatePolicy(deadline, grace, late.penalty_per_day, late.cap, late.late_days or 0), []


def _idle(model: DeadlineModel, root: MappingNode) -> Iterator[Problem]:
    """Keys that would do nothing."""
    for key in ("timezone", "late"):
        if model.deadline is None and getattr(model, key) is not None:
            yield Problem(f"`{key}` does nothing without a `deadline` beside it", find(root, (key,))[0])
    for key in ("cap", "late_days"):
        if model.late is not None and model.late.penalty_per_day is None and getattr(model.late, key) is not None:
            message = f"late.{key} does nothing without a `penalty_per_day` beside it"
            yield Problem(message, find(root, ("late", key))[0])
