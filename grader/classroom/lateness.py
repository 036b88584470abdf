"""How late a submission is, and what that costs: from its time, the deadline and what people have decided.

In time is whoever hands in at the deadline or before, or within the grace after it. Else each day counts that has begun
after the deadline, by the clock of the deadline's time zone: handed in a second late is a day. Days of the budget that
are left come off first; for each of the others the penalty is taken, at most the cap, and never more than was earned.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction

from grader.deferred import dataclass
from grader.spec.late_policy import Duration, LatePolicy, WrittenTime, instants
from grader.verdict import Lateness, counted_points, points_in_words


@dataclass(frozen=True)
class LateTerms:
    """What holds for one student: another deadline, no penalty, and days of the budget that were used before.

    `extended` and `waived` say who decided that, and why ("": nobody did).
    """

    deadline: datetime | None = None
    extended: str = ""
    waived: str = ""
    used_days: int = 0


NO_TERMS = LateTerms()


def lateness(
    policy: LatePolicy, handed_in: datetime | None, maximum: Fraction, earned: Fraction, terms: LateTerms = NO_TERMS
) -> Lateness:
    """What is said of the time of a submission, and the points that it costs.

    `handed_in` None: the time is not known, and nothing is taken. `maximum` and `earned` are the assignment's points.
    """
    deadline = terms.deadline or policy.deadline
    due = f"{shown_time(deadline)}{f', {terms.extended}' if terms.deadline else ''}"
    if handed_in is None:
        waived = f"; lateness is {terms.waived}" if terms.waived else ""
        unknown = f"due {due}; when it was handed in is not known, and no points are taken{waived}"
        return Lateness("", shown_time(deadline), unknown)
    at = shown_time(handed_in.astimezone(policy.zone))
    said = f"handed in {at}, due {due}"
    days = days_late(deadline, policy.grace, handed_in)
    if not days:
        in_grace = " (within the grace)" if handed_in > deadline.astimezone(UTC) else ""
        return Lateness(at, shown_time(deadline), f"{said}: in time{in_grace}")
    late = f"{said}: {days_in_words(days)} late"
    if terms.waived:
        return Lateness(at, shown_time(deadline), f"{late}, which costs nothing: {terms.waived}", days)
    if policy.per_day is None:
        return Lateness(at, shown_time(deadline), f"{late}; the assignment takes no points for that", days)
    free = min(days, max(0, policy.late_days - terms.used_days))
    charged = days - free
    penalty = charged * policy.per_day.points(maximum, earned)
    parts = [_budget(policy, terms, free)] if policy.late_days else []
    if charged:
        parts.append(f"{days_in_words(charged)} at {policy.per_day} a day")
    if policy.cap is not None and penalty > (most := policy.cap.points(maximum, earned)):
        penalty = most
        parts.append(f"at most {policy.cap}")
    taken = min(penalty, earned)
    if taken < penalty:
        parts.append(f"{points_in_words(penalty)}, of which no more can be taken than was earned")
    how = f" ({'; '.join(parts)})" if parts else ""
    return Lateness(at, shown_time(deadline), f"{late}, {counted_points(taken)} taken{how}", days, free, penalty)


def days_late(deadline: datetime, grace: timedelta, handed_in: datetime) -> int:
    """How many days have begun between the deadline and the time of handing in; 0 where that is in time.

    Parts of a second do not count: platforms do not show them.
    """
    zone = deadline.tzinfo
    assert zone is not None
    at = handed_in.astimezone(UTC).replace(microsecond=0)
    due = deadline.astimezone(UTC)
    if at <= due + grace:
        return 0
    days = max(1, (at - due).days - 1)
    while at > end_of_day(deadline, days):
        days += 1
    return days


def end_of_day(deadline: datetime, days: int) -> datetime:
    """The end of the n-th day after a deadline, in UTC: the same time on the clock, n days on.

    Where the clock shows that time twice it is the later one, and where it never does, as much later as is left out.
    """
    zone = deadline.tzinfo
    assert zone is not None
    if days == 0:
        return deadline.astimezone(UTC)
    return max(instants(deadline.replace(tzinfo=None, fold=0) + timedelta(days=days), zone))


def extended(policy: LatePolicy, extension: WrittenTime | Duration) -> datetime:
    """The deadline that an extension sets: a time of its own, or so much after the assignment's.

    Raises:
        FieldError: if it is no time by the clock of the assignment's zone.
    """
    if isinstance(extension, WrittenTime):
        from grader.spec.deadlines import in_zone

        return in_zone(extension, policy.zone, "the extension")
    if extension.days is not None:
        return end_of_day(policy.deadline, extension.days).astimezone(policy.zone)
    return (policy.deadline.astimezone(UTC) + extension.length).astimezone(policy.zone)


def shown_time(time: datetime) -> str:
    """`2026-02-01 23:59:00 +01:00`."""
    return f"{time.replace(tzinfo=None, microsecond=0)} {_offset(time)}"


def on_clock(time: datetime, zone: tzinfo) -> datetime:
    """A platform's time as an instant: one without a zone is taken to be by the clock of the assignment's.

    Where the clock shows it twice, the earlier one is meant: nobody is late for what the platform does not say.
    """
    return time if time.tzinfo is not None else min(instants(time, zone))


def _offset(time: datetime) -> str:
    offset = time.utcoffset() or timedelta(0)
    minutes = abs(int(offset.total_seconds())) // 60
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"


def days_in_words(days: int) -> str:
    """`1 day`, `3 days`."""
    return f"{days} {'day' if days == 1 else 'days'}"


def _budget(policy: LatePolicy, terms: LateTerms, free: int) -> str:
    before = f", {terms.used_days} used before" if terms.used_days else ""
    return f"{free} of {policy.late_days} late days{before}"
