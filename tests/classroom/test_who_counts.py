"""Who counts as a student in what a class shows, at the end of a run and when its results are read back."""

import json

import pytest

from ..answers.helpers import write
from .test_overrides import ASSIGNMENT, CLASS, LATE, QUESTIONS

ROSTER = "id,name\n" + "".join(f"{name},{name.title()} Lee\n" for name in ("ada", "bob", "eve", "zoe", "max"))
BY = "reason: so it is, by: N. Neumann"


@pytest.fixture
def grade(tmp_path, monkeypatch, run):
    """Grades the class with its roster, and gives what the end of the run shows with what `grader class` does."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "specs" / "hw", {"assignment.yaml": ASSIGNMENT + LATE, **QUESTIONS})
    for name in ("ada", "bob", "eve"):
        write(tmp_path / "class" / name, {"answers.yaml": CLASS[name]})
    write(tmp_path, {"roster.csv": ROSTER})

    def graded(*options):
        done = run("grade", "class", "--roster", "roster.csv", *options)
        assert done.code == 0, done.err
        return done.out, run("class", "results").out, json.loads(run("class", "results", "--json").out)

    return graded


@pytest.mark.parametrize(
    ("decided", "missing"),
    [
        ("extension: 2 days", ["Max Lee", "Zoe Lee"]),
        ("late: waived", ["Max Lee", "Zoe Lee"]),
        ("excused: [q1]", ["Max Lee", "Zoe Lee"]),
        (f"question: q1, points: 0, {BY}", ["Max Lee", "Zoe Lee"]),
        (f"question: q1, line: the choice is right, points: 3, {BY}", ["Max Lee", "Zoe Lee"]),
        ("excused: true", ["Max Lee"]),
    ],
)
def test_who_handed_in_nothing_is_missing_whatever_people_decided(grade, tmp_path, decided, missing):
    write(tmp_path / "specs" / "hw", {"overrides.yaml": f"- {{student: zoe, {decided}}}\n"})
    at_the_end, shown, data = grade()
    (of,) = data["assignments"]
    assert sorted(data["missing"]["names"]) == missing
    assert (of["submissions"], of["students"]) == (3, 3)
    for text in (at_the_end, shown):
        assert "hw: 3 submissions of 3 students" in text


def test_a_group_of_the_course_is_no_student_where_its_members_have_their_own_marks(grade, tmp_path):
    write(tmp_path / "class" / "lions", {"answers.yaml": CLASS["ada"]})
    write(tmp_path, {"groups.csv": "group,id\nlions,ada\nlions,bob\n"})
    at_the_end, shown, data = grade("--groups", "groups.csv")
    assert data["assignments"][0]["students"] == 3
    for text in (at_the_end, shown):
        assert "hw: 3 submissions of 3 students" in text
