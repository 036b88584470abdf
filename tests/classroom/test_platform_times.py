"""When submissions were handed in is what a platform says, and never what a file's time or a clock says."""

import os
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest

from grader.classroom.entries import Entry, entries_in
from grader.classroom.graded import Graded
from grader.classroom.lateness import on_clock
from grader.classroom.membership import Membership
from grader.classroom.people import Person
from grader.classroom.platform_times import platform_time, read_times
from grader.errors import SpecError
from grader.spec.deadlines import named_zone

from ..answers.helpers import write

CET = timezone(timedelta(hours=1))
TIMES = {
    "2026-01-31 23:59:01 Z": datetime(2026, 1, 31, 23, 59, 1, tzinfo=UTC),
    "2026-01-31 23:59:01.123456789 Z": datetime(2026, 1, 31, 23, 59, 1, tzinfo=UTC),
    "2026-01-31T23:59:01+01:00": datetime(2026, 1, 31, 23, 59, 1, tzinfo=CET),
    "2026-01-31 23:59:01 +0100": datetime(2026, 1, 31, 23, 59, 1, tzinfo=CET),
    "2026-01-31 23:59:01 UTC": datetime(2026, 1, 31, 23, 59, 1, tzinfo=UTC),
    "2026-01-31 23:59": datetime(2026, 1, 31, 23, 59),
    "Saturday, 31 January 2026, 11:59 PM": datetime(2026, 1, 31, 23, 59),
    "Saturday, 31 January 2026, 12:05 AM": datetime(2026, 1, 31, 0, 5),
    "31 January 2026, 12:05 PM": datetime(2026, 1, 31, 12, 5),
    "31 Jan 2026 23:59:01": datetime(2026, 1, 31, 23, 59, 1),
    "": None,
    "-": None,
    "31.01.2026": None,
    "2026-02-30 10:00": None,
    "31 Januar 2026, 23:59": datetime(2026, 1, 31, 23, 59),
    "31 Mai 2026, 23:59": datetime(2026, 5, 31, 23, 59),
    "Sonntag, 1. Februar 2026, 23:59": datetime(2026, 2, 1, 23, 59),
    "Sonntag, 1. März 2026, 00:05": datetime(2026, 3, 1, 0, 5),
    "Donnerstag, 1. Oktober 2026, 23:59": datetime(2026, 10, 1, 23, 59),
    "Dienstag, 1. Dezember 2026, 23:59": datetime(2026, 12, 1, 23, 59),
    "mercredi 1 juillet 2026, 23:59": None,
    "1 juillet 2026, 23:59": None,
    "1. marraskuuta 2026, 23:59": None,
    "31 Marches 2026, 23:59": None,
    "31 January 2026, 13:05 PM": None,
    "9999-01-01 00:00": None,
    "~": None,
    "x" * 5000: None,
}


@pytest.mark.parametrize("text", TIMES)
def test_times_are_read_as_platforms_write_them(text):
    assert platform_time(text) == TIMES[text]


def test_a_time_that_a_clock_shows_twice_is_the_earlier_one():
    zone = named_zone("Europe/Berlin")
    assert on_clock(datetime(2026, 10, 25, 2, 30), zone).astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    aware = datetime(2026, 10, 25, 2, 30, tzinfo=CET)
    assert on_clock(aware, zone) is aware


TABLES = {
    "GitHub Classroom": ("github_username,submission_timestamp\nada-l,2026-01-31 23:59:01 UTC\n", ["ada-l"]),
    "Moodle": ('Identifier,Full name,"Last modified (submission)"\nParticipant 12,Ada L,"Saturday, 31 January 2026, 11:59 PM"\n', ["12"]),
    "Moodle in German": ('ID,"Vollständiger Name","Zuletzt geändert (Abgabe)"\nTeilnehmer/in12,Ada L,"Sonntag, 1. Februar 2026, 23:59"\n', ["12"]),
    "Canvas": ("id,submitted_at\n1001,2026-01-31T22:59:01Z\n1002,\n1003,null\n", ["1001"]),
    "Gradescope": ("Name,SID,Email,Submission Time\nAda L,1001,a@x,2026-01-31 23:59:01 +0100\n", ["1001"]),
    "semicolons": ("\ufeffsep=;\nid;submitted at\n1001;2026-01-31 23:59\n", ["1001"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_platforms_are_read(tmp_path, name):
    text, ids = TABLES[name]
    (tmp_path / "times.csv").write_text(text, encoding="utf-8")
    assert [one.person.best_id for one in read_times(tmp_path / "times.csv")] == ids


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,name\n1,Ada\n", "times.csv:1:1: is no table of times: wanted is a first line with a time (`submitted_at`"),
        ("submitted_at\n2026-01-31 23:59\n", "times.csv:1:1: is no table of times"),
        ("id,submitted_at\n1,soon\n2,31.01.2026\n", "times.csv:2:1: 'soon' is no time"),
        ("id,submitted_at\n1,2026-01-31\n", "times.csv:2:1: '2026-01-31' is a day, of which"),
        (
            'id,submitted_at\n1,"30 February 2026, 10:00"\n',
            "times.csv:2:1: '2026-02-30 10:00:00' is no time (day ",
        ),
        (
            'id,submitted_at\n1,"1 January 2026, 23:60"\n',
            "times.csv:2:1: '2026-01-01 23:60:00' is no time (minute must be",
        ),
        ("", "times.csv: is empty"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path, text, problem):
    (tmp_path / "times.csv").write_text(text)
    with pytest.raises(SpecError) as stop:
        read_times(tmp_path / "times.csv")
    assert str(stop.value).startswith(problem)


def test_gradescope_and_blackboard_say_it_in_their_downloads(tmp_path):
    of_gradescope = tmp_path / "gradescope"
    write(of_gradescope / "submission_1", {"answers.yaml": "q: 1"})
    write(of_gradescope / "submission_2", {"answers.yaml": "q: 1"})
    write(of_gradescope, {"submission_metadata.yml": (
        "submission_1:\n  :submitters:\n  - :name: Ada\n    :sid: '1'\n  :created_at: 2026-01-31 23:59:01.5 Z\n"
        "  :results:\n    :created_at: 1999-01-01 00:00:00 Z\n"
        "submission_2:\n  :submitters:\n  - :name: Bob\n    :sid: '2'\n  :created_at: &t soon\n"
    )})  # fmt: skip
    found = entries_in(of_gradescope).submissions
    assert [entry.handed_in for entry in found] == [datetime(2026, 1, 31, 23, 59, 1, tzinfo=UTC), None]
    of_blackboard = tmp_path / "blackboard"
    write(of_blackboard, {
        "hw_ada_attempt_2026-01-31-23-59-01_answers.yaml": "q: 1",
        "hw_ada_attempt_2026-02-01-08-00-00_answers.yaml": "q: 1",
        "hw_bob_attempt_2026-13-31-23-59-01_answers.yaml": "q: 1",
    })  # fmt: skip
    found = entries_in(of_blackboard).submissions
    assert [entry.handed_in for entry in found] == [datetime(2026, 2, 1, 8), None]


def test_times_of_files_say_nothing(tmp_path):
    for name in ("ada", "bob"):
        write(tmp_path / name, {"answers.yaml": "q: 1"})
        os.utime(tmp_path / name / "answers.yaml", (2e9, 2e9))
    assert [entry.handed_in for entry in entries_in(tmp_path).submissions] == [None, None]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        # Bob's own time is that of what he handed in alone, and no reason to call Ada late
        ({"ada": "2026-02-01 12:00", "bob": "2026-02-09 12:00"}, {"team": "2026-02-01 12:00", "alone": "2026-02-09 12:00"}),
        # nobody else of the group has a time, and his is told of another submission
        ({"bob": "2026-02-09 12:00"}, {"alone": "2026-02-09 12:00"}),
        # Eve is in both groups: hers counts for the one of which nothing else is told
        ({"ada": "2026-02-01 12:00", "eve": "2026-02-09 12:00"}, {"team": "2026-02-01 12:00", "other": "2026-02-09 12:00"}),
        # the last of several, by the instant and not by the clock of its zone
        ({"ada": "2026-02-01 23:59 +01:00", "eve": "2026-02-01 23:30 Z"}, {"team": "2026-02-01 23:59 +01:00", "other": "2026-02-01 23:30 Z"}),
        ({"ada": "2026-02-01 23:59 +01:00", "zoe": "2026-02-01 23:30 Z"}, {"team": "2026-02-01 23:30 Z"}),
    ],
)  # fmt: skip
def test_a_time_is_that_of_the_submission_of_which_it_can_be_told(tmp_path, order, told, wanted):
    ada, bob, eve, zoe = (Person(name, (("login", name),)) for name in ("ada", "bob", "eve", "zoe"))
    by = {"team": (ada, bob, eve, zoe), "alone": (bob,), "other": (eve, Person("Max"))}
    file = tmp_path / "times.csv"
    file.write_text("login,submitted_at\n" + "".join(f"{who},{time}\n" for who, time in told.items()))
    entries = [Entry.at(name, tmp_path / name, students=by[name]) for name in [list(by)[i] for i in order]]
    graded = [Graded(entry.name, "hw", {}, Fraction(1), Fraction(1), "graded", ()) for entry in entries]
    class_members = Membership(entries, None, (), graded, (), read_times(file))
    found = {entry.name: time for entry, time in zip(entries, class_members.handed_in, strict=True) if time is not None}
    assert found == {name: platform_time(time) for name, time in wanted.items()}


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        ("Europe/Berlin", datetime(2026, 2, 1, 23, 30, tzinfo=UTC)),  # 23:59 is 22:59 in UTC
        ("America/New_York", datetime(2026, 2, 1, 23, 59)),  # 4:59 in UTC, on the day after
    ],
)
def test_of_times_with_and_without_an_offset_the_last_is_by_the_clock_of_the_assignment(tmp_path, zone, wanted):
    file = tmp_path / "times.csv"
    file.write_text("login,submitted_at\nada,2026-02-01 23:59\nzoe,2026-02-01 23:30 Z\n")
    team = Entry.at("team", tmp_path, students=tuple(Person(name, (("login", name),)) for name in ("ada", "zoe")))
    graded = Graded("team", "hw", {}, Fraction(1), Fraction(1), "graded", ())
    found = Membership([team], None, (), [graded], (), read_times(file), {"hw": named_zone(zone)})
    assert found.handed_in == [wanted]
