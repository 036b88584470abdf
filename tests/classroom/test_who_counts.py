"""Who counts as a student in what a class shows, at the end of a run and when its results are read back."""

import csv
import json
import shutil
from unittest.mock import patch

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


@pytest.mark.parametrize("what", ["an archive that is none", "a link", "nothing"])
@pytest.mark.parametrize("where", ["the only assignment", "one of two", "one of two, with a file for both"])
def test_what_people_decide_counts_where_nothing_can_be_graded(grade, tmp_path, what, where):
    """Of zoe it is not known to which of two assignments her file belongs; the decision is about one of them alone."""
    if what == "an archive that is none":
        write(tmp_path / "class", {"zoe.zip": "no archive"})
    if what == "a link":
        (tmp_path / "class" / "zoe").symlink_to(tmp_path / "class" / "ada")
    other = {
        "assignment.yaml": "assignment: other\nquestions: [p1]\n",
        "p1.yaml": "question: p1\ntitle: P\npoints: 1\n",
    }
    other["p1.yaml"] += "answer: number\nvalue: 1\n"
    options = []
    if where != "the only assignment":
        write(tmp_path / "specs" / "other", other)
        write(tmp_path / "class" / "max", {"answers.yaml": "assignment: other\np1: 1\n"})
        for name in ("ada", "bob", "eve"):
            write(tmp_path / "class" / name, {"answers.yaml": f"assignment: hw\n{CLASS[name]}"})
    decided = f"- {{student: zoe, question: q1, points: 3, {BY}}}\n"
    if where == "one of two, with a file for both":
        write(tmp_path, {"decided.yaml": decided})
        options = ["--overrides", "decided.yaml"]
    else:
        write(tmp_path / "specs" / "hw", {"overrides.yaml": decided})
    grade(*options)
    with (tmp_path / "results" / "grades.csv").open() as file:
        (row,) = (row for row in csv.DictReader(file) if row["id"] == "zoe")
    status = "missing" if what == "nothing" else "rejected"
    assert (row["q1"], row["q3"], row["total"], row["max"], row["status"]) == ("3", "0", "3", "19", status)
    report = json.loads((tmp_path / "results" / row["report"]).read_text())
    assert (report["assignment"], report["points"], report["max_points"]) == ("hw", 3, 19)


def test_points_for_whoever_may_have_handed_in_to_either_of_two_are_told(grade, tmp_path, run):
    shutil.copytree(tmp_path / "specs" / "hw", tmp_path / "specs" / "other")
    write(tmp_path / "specs" / "other", {"assignment.yaml": ASSIGNMENT.replace("hw", "other")})
    write(tmp_path / "class" / "eve", {"answers.yaml": f"assignment: other\n{CLASS['eve']}"})
    for name in ("ada", "bob"):
        write(tmp_path / "class" / name, {"answers.yaml": f"assignment: hw\n{CLASS[name]}"})
    write(tmp_path, {"decided.yaml": f"- {{student: zoe, question: q1, points: 3, {BY}}}\n"})
    said = run("grade", "class", "--roster", "roster.csv", "--overrides", "decided.yaml").err
    unknown = "decides nothing, as it is not known to which assignment this was handed in: say `assignment`"
    assert f"Zoe Lee: decided.yaml:1:3: {unknown}\n" in said


def test_no_report_has_the_path_of_a_spec(grade, tmp_path, run):
    """Not even that of a submission which cannot be looked at."""
    (tmp_path / "class" / "zoe").symlink_to(tmp_path / "class" / "ada")
    with patch("grader.classroom.work.grade", side_effect=OSError("no")):
        assert run("grade", "class", "--jobs", "1", "--spec", tmp_path / "specs" / "hw").code == 3
    for name in ("ada", "zoe"):
        text = (tmp_path / "results" / "reports" / f"{name}.json").read_text()
        assert json.loads(text)["assignment"] == "hw"
        assert str(tmp_path) not in text


def test_a_group_is_no_student_where_a_member_comes_first_whose_own_submission_earned_nothing(grade, tmp_path):
    write(tmp_path / "class" / "ada", {"answers.yaml": "q1: [c]\n"})
    write(tmp_path / "class" / "lions", {"answers.yaml": CLASS["ada"]})
    write(tmp_path, {"groups.csv": "group,id\nlions,ada\nlions,zoe\n"})
    at_the_end, shown, data = grade("--groups", "groups.csv")
    assert (data["assignments"][0]["students"], data["missing"]["names"]) == (4, ["Max Lee"])
    for text in (at_the_end, shown):
        assert "hw: 3 submissions of 4 students" in text
