"""What lateness costs, against a rule of its own in plain Python: borders of days second by second, daylight saving."""

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.lateness import LateTerms, days_late, end_of_day, extended, lateness
from grader.classroom.spec_findings import findings_beside
from grader.documents import read_yaml
from grader.errors import SpecError
from grader.export.files import course_files
from grader.export.student import students_copy
from grader.kinds.table import load_assignment
from grader.spec.assignment_files import AssignmentModel
from grader.spec.deadlines import late_policy, parse_time, read_time_or_duration
from grader.spec.problems import read_model

from ..answers.helpers import write

BERLIN = ZoneInfo("Europe/Berlin")


def policy(text):
    root = read_yaml(f"assignment: a\nquestions: [q]\n{text}\n".encode(), "assignment.yaml")
    model, problems = read_model(AssignmentModel, root)
    assert problems == []
    found, problems = late_policy(model, root)
    assert problems == []
    return found


def at(text):
    wall, zone = parse_time(text)
    return wall.replace(tzinfo=zone or BERLIN)


def test_an_offset_is_ahead_of_utc_or_behind_it():
    behind, ahead = (parse_time(f"2026-02-01 23:59 {offset}")[1] for offset in ("-08:30", "+08:30"))
    assert [zone.utcoffset(None) for zone in (behind, ahead)] == [-timedelta(hours=8.5), timedelta(hours=8.5)]


# ------------------------------------------------------------------ an oracle that knows nothing of the module
def counted_days(deadline, handed_in, grace_seconds):
    """Begun days, by walking from border to border: the clock of the deadline, day after day, as UTC."""
    late = (handed_in.astimezone(UTC) - deadline.astimezone(UTC)).total_seconds()
    if late <= grace_seconds:
        return 0
    days, wall = 0, deadline.replace(tzinfo=None)
    while True:
        days += 1
        wall += timedelta(days=1)
        ends = [wall.replace(tzinfo=deadline.tzinfo, fold=fold).astimezone(UTC) for fold in (0, 1)]
        if handed_in.astimezone(UTC) <= max(ends):
            return days


def charged(days, budget, used, per_day, cap, earned):
    """Points taken, in fractions: begun days without those of the budget, at most the cap, never more than earned."""
    left = budget - used if used < budget else 0
    paid = days - left if days > left else 0
    points = per_day * paid
    if cap is not None and points > cap:
        points = cap
    return earned if points > earned else points


# ------------------------------------------------------------------ borders of days
DEADLINES = {
    "an offset": "2026-02-01 23:59 +01:00",
    "UTC": "2026-02-01 23:59:59 Z",
    "a zone": "2026-02-01 23:59 Europe/Berlin",
    "before clocks go forward": "2026-03-28 23:59 Europe/Berlin",
    "in the missing hour a day before": "2026-03-28 02:30 Europe/Berlin",
    "before clocks go back": "2026-10-24 23:59 Europe/Berlin",
    "in the double hour a day before": "2026-10-24 02:30 Europe/Berlin",
    "the second of the double hour": "2026-10-25 02:30 +01:00",
    "half an hour": "2026-04-04 23:59 Australia/Lord_Howe",
    "in the south": "2026-04-04 12:00 Pacific/Auckland",
    "the last second of a year": "2025-12-31 23:59:59 America/New_York",
    "a leap day": "2028-02-28 23:59 America/Los_Angeles",
}


@pytest.mark.parametrize("name", DEADLINES)
def test_every_second_around_a_border_counts_as_by_the_calendar(name):
    due = policy(f"deadline: {DEADLINES[name]}").deadline
    for grace, day in product((0, 1, 900, 90_000), range(4)):
        border = due.astimezone(UTC) + timedelta(days=day)
        around = [border + timedelta(hours=hours) for hours in (-1, -0.5, 0, 0.5, 1)] + [
            border + timedelta(seconds=grace)
        ]
        for moment, second in product(around, range(-2, 3)):
            handed_in = moment + timedelta(seconds=second)
            wanted = counted_days(due, handed_in, grace)
            assert days_late(due, timedelta(seconds=grace), handed_in) == wanted, (handed_in, grace)


BORDERS = [
    # deadline, grace, handed in, days
    ("2026-02-01 23:59", 0, "2026-02-01 23:59:00", 0),
    ("2026-02-01 23:59", 0, "2026-02-01 23:59:00.999", 0),
    ("2026-02-01 23:59", 0, "2026-02-01 23:59:01", 1),
    ("2026-02-01 23:59", 60, "2026-02-02 00:00:00", 0),
    ("2026-02-01 23:59", 60, "2026-02-02 00:00:01", 1),
    ("2026-02-01 23:59", 0, "2026-02-02 23:59:00", 1),
    ("2026-02-01 23:59", 0, "2026-02-02 23:59:01", 2),
    ("2026-02-01 23:59", 0, "2026-02-01 22:59:01Z", 1),
    ("2026-02-01 23:59", 0, "1999-12-31 00:00", 0),
    ("2026-02-01 23:59", 0, "2027-02-01 23:59:00", 365),
    ("2026-03-28 12:00", 0, "2026-03-29 12:00:00", 1),  # 23 hours
    ("2026-03-28 12:00", 0, "2026-03-29 12:00:01", 2),
    ("2026-10-24 12:00", 0, "2026-10-25 12:00:00", 1),  # 25 hours
    ("2026-10-24 12:00", 0, "2026-10-25 12:00:01", 2),
    ("2026-03-28 02:30", 0, "2026-03-29 01:30:00Z", 1),  # 02:30 is left out, 03:30 ends the day
    ("2026-03-28 02:30", 0, "2026-03-29 01:30:01Z", 2),
    ("2026-10-24 02:30", 0, "2026-10-25 01:30:00Z", 1),  # the second 02:30 ends the day
    ("2026-10-24 02:30", 0, "2026-10-25 01:30:01Z", 2),
]  # fmt: skip


@pytest.mark.parametrize(("deadline", "grace", "handed_in", "days"), BORDERS)
def test_days_by_the_clock(deadline, grace, handed_in, days):
    wall, zone = parse_time(handed_in)
    fraction = timedelta(milliseconds=999) if ".999" in handed_in else timedelta(0)
    moment = wall.replace(tzinfo=zone or BERLIN) + fraction
    assert days_late(at(deadline), timedelta(seconds=grace), moment) == days


# ------------------------------------------------------------------ points
TABLE = [
    (budget, used, unit, cap, earned, day)
    for budget, used in ((0, 0), (1, 0), (3, 0), (3, 2), (3, 3), (3, 5))
    for unit in ("points", "maximum", "earned")
    for cap in (None, "25", "30%", "50% of earned")
    for earned in (Fraction(0), Fraction(1, 3), Fraction(50), Fraction(100))
    for day in (0, 1, 2, 4, 40)
]


@pytest.mark.parametrize("unit", ["points", "maximum", "earned"])
def test_what_is_taken_is_what_the_table_says(unit):
    """1,440 penalties against plain arithmetic: 10 points, 10 % of 100, or 10 % of what was earned, a day."""
    due = at("2026-02-01 23:59")
    written = {"points": "10/3", "maximum": "10%", "earned": "12.5% of earned"}[unit]
    cases = [row for row in TABLE if row[2] == unit]
    assert len(cases) == 480
    for budget, used, _, cap, earned, day in cases:
        keys = f"penalty_per_day: {written}, late_days: {budget}" + (f", cap: {cap}" if cap else "")
        rule = policy(f"deadline: 2026-02-01 23:59\ntimezone: Europe/Berlin\nlate: {{{keys}}}")
        handed_in = due + timedelta(days=day) - timedelta(seconds=day > 0)
        found = lateness(rule, handed_in, Fraction(100), earned, LateTerms(used_days=used))
        per_day = {"points": Fraction(10, 3), "maximum": Fraction(10), "earned": earned / 8}[unit]
        most = {None: None, "25": Fraction(25), "30%": Fraction(30), "50% of earned": earned / 2}[cap]
        assert found.days == day
        assert min(found.penalty, earned) == charged(day, budget, used, per_day, most, earned)
        assert found.late_days == min(day, max(0, budget - used))


RULE = "deadline: 2026-02-01 23:59\ntimezone: Europe/Berlin\nlate: {grace: 15 minutes, penalty_per_day: 10%, cap: 50%, late_days: 2}"

SAID = [
    # handed in, terms, points taken of 80 earned of 100, what is said
    ("2026-02-01 23:59", LateTerms(), 0, "handed in 2026-02-01 23:59:00 +01:00, due 2026-02-01 23:59:00 +01:00: in time"),
    ("2026-02-02 00:14", LateTerms(), 0, "due 2026-02-01 23:59:00 +01:00: in time (within the grace)"),
    ("2026-02-02 00:14:01", LateTerms(), 0, ": 1 day late, 0 points taken (1 of 2 late days)"),
    ("2026-02-03 23:59:01", LateTerms(), 10, ": 3 days late, 10 points taken (2 of 2 late days; 1 day at 10% a day)"),
    ("2026-02-03 12:00", LateTerms(used_days=1), 10, ": 2 days late, 10 points taken (1 of 2 late days, 1 used before; 1 day at 10% a day)"),
    ("2026-02-28 12:00", LateTerms(), 50, ": 27 days late, 50 points taken (2 of 2 late days; 25 days at 10% a day; at most 50%)"),
    ("2026-02-28 12:00", LateTerms(waived="waived by N. Neumann"), 0, ": 27 days late, which costs nothing: waived by N. Neumann"),
    ("2026-02-04 12:00", LateTerms(at("2026-02-04 12:00"), "extended by N. Neumann because ill"), 0, "due 2026-02-04 12:00:00 +01:00, extended by N. Neumann because ill: in time"),
    ("2026-02-04 12:15:01", LateTerms(at("2026-02-04 12:00"), "extended"), 0, ": 1 day late, 0 points taken (1 of 2 late days)"),
    (None, LateTerms(), 0, "due 2026-02-01 23:59:00 +01:00; when it was handed in is not known, and no points are taken"),
    (None, LateTerms(waived="waived by N. Neumann"), 0, "is not known, and no points are taken; lateness is waived by N. Neumann"),
]  # fmt: skip


@pytest.mark.parametrize(("handed_in", "terms", "points", "said"), SAID)
def test_what_is_said_of_a_time(handed_in, terms, points, said):
    found = lateness(policy(RULE), at(handed_in) if handed_in else None, Fraction(100), Fraction(80), terms)
    assert found.said.endswith(said)
    assert found.penalty == points


def test_no_more_is_taken_than_was_earned_and_it_is_said():
    found = lateness(policy(RULE), at("2026-02-28 12:00"), Fraction(100), Fraction(7, 3))
    assert "2.333333 points taken" in found.said
    assert found.said.endswith("at most 50%; 50, of which no more can be taken than was earned)")


def test_an_assignment_without_a_penalty_says_how_late():
    found = lateness(policy("deadline: 2026-02-01 23:59 Z"), at("2026-02-03 12:00Z"), Fraction(9), Fraction(9))
    assert (found.days, found.penalty) == (2, 0)
    assert found.said.endswith(": 2 days late; the assignment takes no points for that")


EXTENSIONS = {
    "2 days": "2026-03-30 23:59:00+02:00",
    "1 week": "2026-04-04 23:59:00+02:00",
    "48 hours": "2026-03-31 00:59:00+02:00",
    "90 minutes": "2026-03-29 01:29:00+01:00",
    "2026-04-01 12:00": "2026-04-01 12:00:00+02:00",
    "2026-04-01 12:00 +02:00": "2026-04-01 12:00:00+02:00",
    "2026-04-01T12:00:30": "2026-04-01 12:00:30+02:00",
}


@pytest.mark.parametrize("written", EXTENSIONS)
def test_an_extension_is_a_time_or_a_span_by_the_clock(written):
    rule = policy("deadline: 2026-03-28 23:59\ntimezone: Europe/Berlin")
    node = read_yaml(f"x: {written}".encode(), "x.yaml").lookup("x")
    assert str(extended(rule, read_time_or_duration(node))) == EXTENSIONS[written]


def test_the_end_of_no_day_is_the_deadline():
    """Also where the clock shows it a second time."""
    assert end_of_day(at("2026-10-25 02:30 +01:00"), 0) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert end_of_day(at("2026-10-25 02:30 +02:00"), 0) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("year", "taken"), [(1989, False), (1990, True), (2199, True), (2200, False)])
def test_a_deadline_lies_in_a_year_in_which_courses_are_held(year, taken):
    if taken:
        assert parse_time(f"{year}-07-01 12:00") == (datetime(year, 7, 1, 12), None)
    else:
        with pytest.raises(ValueError, match="must be one from 1990 to 2199"):
            parse_time(f"{year}-07-01 12:00")


# ------------------------------------------------------------------ what a spec says wrong
FAULTS = {
    "deadline: 2026-02-01 23:59": "3:11: the deadline 2026-02-01 23:59:00 has no time zone: say in which time zone: `timezone: Europe/Berlin`",
    "deadline: 2026-02-01\ntimezone: Europe/Berlin": "3:11: deadline: '2026-02-01' is a day, of which the beginning or the end may be meant: write",
    "deadline: 2026-02-30 23:59Z": "3:11: deadline: '2026-02-30 23:59Z' is no time (day",
    "deadline: tomorrow": "3:11: deadline: 'tomorrow' is no time: write 2026-02-01 23:59",
    "deadline: 2026-02-01 24:00 Z": "3:11: deadline: '2026-02-01 24:00 Z' is no time (hour must be in 0..23",
    "deadline: 1026-02-01 23:59Z": "3:11: deadline: '1026-02-01 23:59Z' lies in the year 1026, which must be one from 1990 to 2199",
    "deadline: 2026-02-01 23:59 +25:00": "3:11: deadline: '+25:00' is no offset from UTC: write +01:00 or -08:00",
    "deadline: 2026-02-01 23:59 CET": "3:11: deadline: 'CET' is not the name of a time zone",
    "deadline: 2026-02-01 23:59\ntimezone: Europe/Berln": "4:11: timezone: 'Europe/Berln' is not the name of a time zone (did you mean 'Europe/Berlin'?)",
    "deadline: 2026-02-01 23:59\ntimezone: ../../etc/passwd": "4:11: timezone: '../../etc/passwd' is not the name of a time zone",
    "deadline: 2026-03-29 02:30\ntimezone: Europe/Berlin": "3:11: the deadline 2026-03-29 02:30:00 is never shown by the clocks of Europe/Berlin",
    "deadline: 2026-10-25 02:30\ntimezone: Europe/Berlin": "3:11: the deadline 2026-10-25 02:30:00 comes twice by the clocks of Europe/Berlin: add the offset, +0200 or +0100",
    "deadline: 2026-07-01 23:59+01:00\ntimezone: Europe/Berlin": "3:11: the deadline 2026-07-01 23:59:00 UTC+01:00 is 2026-07-02 00:59:00 (+0200) in Europe/Berlin, the assignment's time zone",
    "deadline: [2026]": "3:11: deadline: must be text, not a list",
    "deadlin: 2026-02-01 23:59Z": "3:1: 'deadlin' is not a key of assignment.yaml (did you mean 'deadline'?)",
    "timezone: Europe/Berlin": "3:1: `timezone` does nothing without a `deadline` beside it",
    "late: {grace: 1 hour}": "3:1: `late` does nothing without a `deadline` beside it",
    "deadline: 2026-02-01 23:59Z\nlate: {cap: 3}": "4:8: late.cap does nothing without a `penalty_per_day` beside it",
    "deadline: 2026-02-01 23:59Z\nlate: {late_days: 3}": "4:8: late.late_days does nothing without",
    "deadline: 2026-02-01 23:59Z\nlate: {pnalty_per_day: 3}": "4:8: 'pnalty_per_day' is not a key of late (did you mean 'penalty_per_day'?)",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: -3}": "4:25: late.penalty_per_day: points cannot be negative, and this is -3",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: 10% of erned}": "4:25: late.penalty_per_day: must be points (5) or a percentage: 10%, 10% of maximum, 10% of earned",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: 110%}": "4:25: late.penalty_per_day: must be points (5) or a percentage",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: ten}": "4:25: late.penalty_per_day: 'ten' is not a number",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: ''}": "4:25: late.penalty_per_day: '' is not a number: write 5 for points, 5% for a share of all points",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: five}": "4:25: late.penalty_per_day: 'five' is not a number: write 5 for points, 5% for a share of all points",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: 7 points}": "4:25: late.penalty_per_day: '7 points' is not a number: write 7 for points, 7% for a share of all points",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: 7.5 pts a day}": "4:25: late.penalty_per_day: '7.5 pts a day' is not a number: write 7.5 for points, 7.5% for",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: 10 percent}": "4:25: late.penalty_per_day: '10 percent' is not a number: write 10 for points, 10% for",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: 1, cap: 8 points}": "4:33: late.cap: '8 points' is not a number: write 8 for points, 8% for",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: -4}": "4:25: late.penalty_per_day: points cannot be negative, and this is -4: write 4 for points",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: '5,5'}": "4:25: late.penalty_per_day: '5,5' is not a number: write a decimal point, not a decimal comma (5.5)",
    "deadline: 2026-02-01 23:59Z\nlate: {grace: 3}": "4:15: late.grace: must be a time span such as 15 minutes, 12 hours or 2 days, not '3'",
    "deadline: 2026-02-01 23:59Z\nlate: {grace: -3 hours}": "4:15: late.grace: must be a time span",
    "deadline: 2026-02-01 23:59Z\nlate: {grace: 999999 weeks}": "4:15: late.grace: must be at most 3650 days",
    "deadline: 2026-02-01 23:59Z\nlate: {penalty_per_day: 1, late_days: 1.5}": "4:39: late.late_days: must be a whole number from 0 on, not '1.5'",
    "deadline: 2026-02-01 23:59Z\nlate: 3": "4:7: late: must be a mapping, not '3'",
    "deadline: &d 2026-02-01 23:59Z\nlate: {grace: *d}": "3:11: '&d' is an alias or anchor, which is not used here",
    "deadline: 2026-02-01 23:59Z\ndeadline: 2026-02-02 23:59Z": "4:1: 'deadline' stands here a second time (first on line 3)",
}  # fmt: skip


@pytest.mark.parametrize("text", FAULTS)
def test_a_deadline_that_cannot_be_meant_is_told_with_its_place(tmp_path, text):

    question = "question: q\ntitle: T\npoints: 1\nanswer: number\nvalue: 1\n"
    (tmp_path / "q.yaml").write_text(question)
    (tmp_path / "assignment.yaml").write_text(f"assignment: a\nquestions: [q]\n{text}\n")
    with pytest.raises(SpecError) as stop:
        load_assignment(tmp_path)
    assert str(stop.value).startswith(f"assignment.yaml:{FAULTS[text]}")


def test_a_question_file_has_the_deadline_of_its_assignment(tmp_path):

    (tmp_path / "q.yaml").write_text("question: q\ntitle: T\npoints: 1\nanswer: number\nvalue: 1\n")
    (tmp_path / "assignment.yaml").write_text("assignment: a\nquestions: [q]\ndeadline: 2026-02-01 23:59Z\n")
    assert load_assignment(tmp_path / "q.yaml").late == load_assignment(tmp_path).late
    assert load_assignment(tmp_path).late is not None


@pytest.mark.parametrize(
    ("key", "advice"), [("dedline", "did you mean 'deadline'?"), ("penalty", "deadline, timezone, late, assignment, ")]
)
def test_a_misspelt_key_of_the_assignment_is_told_to_whoever_grades_by_a_question_file(tmp_path, key, advice):
    """Or nobody would be late."""
    write(tmp_path, COURSE | {"assignment.yaml": f"assignment: hw\nquestions: [q]\n{key}: 2026-02-01 23:59Z\n"})
    with pytest.raises(SpecError) as stop:
        load_assignment(tmp_path / "q.yaml")
    assert str(stop.value).startswith(f"assignment.yaml:3:1: '{key}' is not a key of assignment.yaml ({advice}")


# ------------------------------------------------------------------ where else it is known
COURSE = {
    "q.yaml": "question: q\ntitle: T\npoints: 4\nanswer: number\nvalue: 1\n",
    "assignment.yaml": "assignment: hw\nquestions: [q]\ndeadline: 2026-02-01 23:59\ntimezone: Europe/Berlin\n",
}


def findings(folder, late, overrides=None):
    text = COURSE["assignment.yaml"] + f"late: {{{late}}}\n"
    write(folder, {**COURSE, "assignment.yaml": text, **({"overrides.yaml": overrides} if overrides else {})})
    return [(finding.level, str(finding.problem)) for finding in findings_beside(load_assignment(folder))]


def test_spec_check_says_when_it_is_due_and_what_lateness_costs(tmp_path):
    found = findings(tmp_path, "grace: 1 hour, penalty_per_day: 1, cap: 50%, late_days: 2")
    assert found == [
        ("ok", "due 2026-02-01 23:59:00 +01:00, in time until 2026-02-02 00:59:00 +01:00, 1 point for each day begun"
         " after the deadline, at most 50%, without 2 days of the budget"),
    ]  # fmt: skip
    assert findings(tmp_path, "grace: 1 hour")[0][1].endswith(", no points are taken for lateness")


@pytest.mark.parametrize(
    ("late", "warning"),
    [
        ("penalty_per_day: 4", "one day late takes all of the 4 points: penalty_per_day is meant?"),
        ("penalty_per_day: 100%, cap: 5", "one day late takes all of the 4 points: penalty_per_day is meant?"),
        ("penalty_per_day: 0.03", "one day late takes 0.03 points of 4: 3% a day is meant?"),
        ("penalty_per_day: 10%, cap: 1/3", "late.cap is less than the penalty of one day, so one day costs the cap"),
    ],
)
def test_spec_check_warns_of_a_penalty_that_is_hardly_meant(tmp_path, late, warning):
    assert findings(tmp_path, late)[1:] == [("warn", warning)]


def test_spec_check_tells_slips_in_what_was_decided(tmp_path):
    good = "- {student: anybody, question: q, points: 1, reason: r, by: b}\n"
    assert findings(tmp_path, "grace: 1 hour", good)[1][0] == "ok"
    bad = "- {student: anybody, question: p, points: 1, reason: r, by: b}\n"
    level, said = findings(tmp_path, "grace: 1 hour", good + bad)[1]
    assert (level, said) == ("fail", "overrides.yaml:2:32: 'p' is not a question (the questions are q)")
    assert findings(tmp_path, "grace: 1 hour", "nothing")[1][0] == "fail"


def test_a_students_copy_says_when_it_is_due_and_nothing_of_what_was_decided(tmp_path):
    text = COURSE["assignment.yaml"] + "late: {penalty_per_day: 10% of earned, late_days: 2}\n"
    spec = write(tmp_path / "specs" / "hw", {**COURSE, "assignment.yaml": text, "overrides.yaml": "[]"})
    whole = load_assignment(spec)
    files = students_copy(whole).files
    assert sorted(files) == ["assignment.yaml", "q.yaml"]
    copy = write(tmp_path / "copy", files)
    assert load_assignment(copy).late == whole.late
    assert not any("overrides" in name for name in course_files(whole))


def test_the_schema_of_specs_knows_the_keys(run):
    schema = json.loads(run("spec", "schema").out)
    assert {"deadline", "timezone", "late"} <= set(schema["$defs"]["AssignmentModel"]["properties"])
    assert set(schema["$defs"]["LateModel"]["properties"]) == {"grace", "penalty_per_day", "cap", "late_days"}
    assert "extension" in schema["$defs"]["DecisionModel"]["properties"]


def metadata(folder, created_at, due_date=None):
    file = folder / "metadata.json"
    file.write_text(json.dumps({"created_at": created_at, "users": [], "assignment": {"due_date": due_date}}))
    return file


def test_a_single_submission_is_told_that_it_is_late_and_loses_nothing(tmp_path, monkeypatch, run):
    write(
        tmp_path / "specs" / "hw",
        {**COURSE, "assignment.yaml": COURSE["assignment.yaml"] + "late: {penalty_per_day: 1}\n"},
    )
    write(tmp_path / "work" / "ada", {"answers.yaml": "q: 1\n"})
    monkeypatch.chdir(tmp_path)
    said = "handed in 2026-02-03 10:00:00 +01:00, due 2026-02-01 23:59:00 +01:00: 2 days late; no points are taken for that here"
    shown = run("check", "work/ada", "--metadata", metadata(tmp_path, "2026-02-03T09:00:00Z"))
    assert said in " ".join(shown.out.split())
    assert shown.code == 0
    results = run("check", "work/ada", "--metadata", tmp_path / "metadata.json", "--format", "gradescope")
    assert json.loads(results.out)["score"] == 4
    assert said in json.loads(results.out)["output"]
    for file in (
        metadata(tmp_path, "2026-02-01T22:59:00Z"),
        metadata(tmp_path, "2026-02-03T09:00:00Z", "2026-02-03T09:00:00Z"),
    ):
        assert "late" not in run("check", "work/ada", "--metadata", file).out
    (tmp_path / "specs" / "hw" / "overrides.yaml").write_text("- {student: ada, extension: 3 days}\n")
    assert "late" not in run("check", "work/ada", "--metadata", metadata(tmp_path, "2026-02-03T09:00:00Z")).out
