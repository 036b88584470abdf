"""`overrides.yaml`: what people decided counts last, is shown as what it is, and a slip in it is told with its place."""

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from grader.classroom.class_list import class_list
from grader.classroom.counting import class_statistics
from grader.classroom.course_content import open_course, read_course
from grader.classroom.course_decisions import course_decisions
from grader.classroom.decisions import CourseRules, RowFacts, decided, not_applied
from grader.classroom.entries import entries_in
from grader.classroom.executors import InProcess
from grader.classroom.graded import NO_TEXTS, Graded, TextsInMemory
from grader.classroom.membership import Membership
from grader.classroom.overrides import faulty_decisions, load_overrides, read_overrides
from grader.classroom.platforms.marks import FinalMark, question_marks, total_mark
from grader.classroom.reported_row import summary
from grader.classroom.run import grade_class
from grader.classroom.work import RunSettings, Task
from grader.errors import SpecError
from grader.kinds.table import load_assignment
from grader.kinds.unjudged import held
from grader.reports.recorded import report_in
from grader.spec.course import CourseSearch
from grader.verdict import Report

from ..answers.helpers import write
from ..conftest import RUN

ASSIGNMENT = """assignment: hw
title: Homework
questions: [q1, q2, q3, q4]
"""
LATE = """deadline: 2026-02-01 23:59
timezone: Europe/Berlin
late: {penalty_per_day: 1, late_days: 1}
"""
QUESTIONS = {
    "q1.yaml": "question: q1\ntitle: C\npoints: 4\nanswer: choice\noptions: {a: one, b: two, c: three}\nright: [a, b]\n",
    "q2.yaml": "question: q2\ntitle: W\npoints: 5\nanswer: written\nrubric: [{name: the gate, points: 5}]\n",
    "q3.yaml": "question: q3\ntitle: N\npoints: 3\nanswer: number\nvalue: 3/2\n",
    "q4.yaml": """question: q4
title: V
points: 7
answer: weights
network: {inputs: {x: bit}, parameters: {s: scalar, b: scalar}, equations: {y: "s*x[t] + b"}, output: y}
behaviour: {equations: {e: "x[t]"}, output: e}
checks: [{name: zero, points: 7/3, when: "not x[t]"}, {name: one, points: 14/3, when: "x[t]"}]
known: {k: {s: 1, b: 0, earns: 7}}
""",
}
RIGHT = "q1: [a, b]\nq2: It forgets.\nq3: 1.5\nq4: {s: 1, b: 0}\n"
CLASS = {
    "ada": RIGHT,
    "bob": "q1: [a, b]\nq3: 2\nq4: {s: 1, b: 1}\n",
    "eve": "q4: {s: 2, b: 0}\n",
    "team7": f"students: [zoe, max]\n{RIGHT}",
}
TIMES = {
    "ada": "2026-02-01 23:59",
    "bob": "2026-02-03 12:00",
    "eve": "2026-02-01 12:00",
    "team7": "2026-02-04 12:00",
    "zoe": "2026-02-04 12:00",
}


class ThisClass:
    """A course and a class that hands in to it, graded once; each test decides anew."""

    def __init__(self, folder):
        self.folder = folder
        self.spec = write(folder / "course" / "specs" / "hw", {"assignment.yaml": ASSIGNMENT + LATE, **QUESTIONS})
        for name, answers in CLASS.items():
            write(folder / "class" / name, {"answers.yaml": answers})
        self.entries = entries_in(folder / "class")
        self.search = CourseSearch(folder, (folder / "class").resolve(), folder / "course", whole_class=True)
        settings = RunSettings(read_course(self.search, None))
        self.course = open_course(settings.course, RUN)
        tasks = [Task(entry, settings) for entry in self.entries.submissions]
        self.graded = grade_class([task.entry.name for task in tasks], tasks, InProcess(RUN), [])
        self.times = folder / "times.csv"
        self.times.write_text(
            "login,submitted_at\n" + "".join(f"{who},{time}\n" for who, time in TIMES.items()), encoding="utf-8"
        )

    def rows(self, overrides, times=False, roster=None, groups=None):
        """The rows by name after what a file of this text decides."""
        file = self.folder / "overrides.yaml"
        file.write_bytes(overrides if isinstance(overrides, bytes) else overrides.encode())
        files = {}
        for name, text in (("roster.csv", roster), ("groups.csv", groups)):
            files[name] = self.folder / name if text else None
            if text:
                files[name].write_text(text, encoding="utf-8")
        course = course_decisions(self.entries.submissions, self.course, file, self.times if times else None)
        students = class_list(self.entries, files["roster.csv"], files["groups.csv"], course)
        students.refuse_unknown()
        found = students.rows(self.graded)
        assert len({row.graded.name for row in found.rows}) == len(found.rows)
        return found, {row.graded.name: row for row in found.rows}

    def problems(self, overrides, **more):
        with pytest.raises(SpecError) as stop:
            self.rows(overrides, **more)
        return str(stop.value).split("\n")


@pytest.fixture(scope="module")
def hw(tmp_path_factory):
    return ThisClass(tmp_path_factory.mktemp("hw"))


def report(row):
    return json.loads(row.graded.report)


def question(row, name):
    return next(one for one in report(row)["questions"] if one["id"] == name)


BY = "reason: the sheet was wrong, by: N. Neumann"


# ------------------------------------------------------------------ marks
def test_without_decisions_the_rows_are_as_they_were_graded(hw):
    _, rows = hw.rows("# nothing yet\n")
    assert [replace(rows[row.name].graded, texts=NO_TEXTS, report_digest=b"") for row in hw.graded] == [
        replace(row, texts=NO_TEXTS) for row in hw.graded
    ]
    for row in hw.graded:
        data = report(rows[row.name])
        assert data.pop("lateness")["taken"] == 0
        assert data == json.loads(row.report)
    assert {name: row.graded.total for name, row in rows.items()} == {
        "ada": 14, "bob": 4, "eve": Fraction(7, 3), "team7": 14, "zoe": 14, "max": 14,
    }  # fmt: skip


def test_where_it_is_not_known_who_is_who_nobody_gets_marks_without_what_was_decided_of_them(hw, monkeypatch):
    def failing(*_):
        raise ValueError("planted")

    monkeypatch.setattr("grader.classroom.class_list.RowsOfMembers", failing)
    found, rows = hw.rows(f"- {{student: ada, question: q1, points: 1, {BY}}}\n")
    assert ["ValueError: planted" in fault for fault in found.faults] == [True]
    assert {row.graded.status for row in rows.values()} == {"held"}


def test_points_of_a_question_stand_in_place_of_the_graders_which_stay_visible(hw):
    _, rows = hw.rows(f"- {{student: bob, question: q3, points: 5/2, {BY}}}\n")
    row = rows["bob"]
    assert row.graded.marks == {"q1": 4, "q2": 0, "q3": Fraction(5, 2), "q4": 0}
    assert (row.graded.total, row.graded.status) == (Fraction(13, 2), "missing")
    said = "overridden by N. Neumann: 2.5 of 3 because the sheet was wrong; graded: 0 of 3"
    assert row.decided == (f"q3: {said}",)
    found = question(row, "q3")
    assert found["override"] == {
        "points": 2.5, "max_points": 3, "by": "N. Neumann", "reason": "the sheet was wrong", "graded": {"points": 0, "as": "graded"},
    }  # fmt: skip
    assert [check["outcome"] for check in found["checks"]] == ["failed"]
    assert rows["ada"].graded.total == 14


def test_points_of_a_line_leave_the_others_as_they_are_and_stay_exact(hw):
    _, rows = hw.rows(f"- {{student: eve, question: q4, line: one, points: 1/3, {BY}}}\n")
    row = rows["eve"]
    assert row.graded.marks["q4"] == Fraction(8, 3)
    found = question(row, "q4")
    assert found["exact"] == {"points": "8/3"}
    first, second = found["checks"]
    assert "override" not in first
    assert second["override"]["graded"] == {"points": 0, "as": "failed"}
    assert second["evidence"]["kind"] == "counterexample"
    assert row.graded.evidence == "proved"  # of the line that is not overridden
    (said,) = row.decided
    assert said.startswith("q4, one: "), said


@pytest.mark.parametrize(("points", "outcome"), [("14/3", "passed"), ("4.6", "failed"), ("0", "failed")])
@pytest.mark.parametrize("student", ["ada", "eve"])
def test_a_line_that_a_person_decided_is_passed_with_all_of_its_points_alone(hw, student, points, outcome):
    """Ada's has passed, Eve's has failed before."""
    _, rows = hw.rows(f"- {{student: {student}, question: q4, line: one, points: {points}, {BY}}}\n")
    assert [check["outcome"] for check in question(rows[student], "q4")["checks"]] == ["passed", outcome]


def test_what_a_person_gives_rests_on_the_person(hw):
    _, rows = hw.rows(f"- {{student: eve, question: q4, points: 7, {BY}}}\n")
    assert (rows["eve"].graded.total, rows["eve"].graded.evidence) == (7, "")
    _, rows = hw.rows("")
    assert rows["eve"].graded.evidence == "proved"


def test_a_question_that_waits_is_decided_by_its_points(hw):
    _, rows = hw.rows(f"- {{student: ada, question: q2, points: 4, {BY}}}\n")
    row = rows["ada"]
    assert (row.graded.total, row.graded.pending_points, row.graded.status) == (18, 0, "graded")
    assert "graded: 0 of 5, pending" in row.decided[0]


def test_a_question_that_was_not_handed_in_can_be_given_points(hw):
    _, rows = hw.rows(f"- {{student: eve, question: q1, points: 3, {BY}}}\n")
    assert rows["eve"].graded.marks["q1"] == 3
    assert question(rows["eve"], "q1")["status"] == "graded"
    assert "graded: 0 of 4, missing" in rows["eve"].decided[0]


def test_zero_points_are_points(hw):
    _, rows = hw.rows(f"- {{student: ada, question: q4, points: 0, {BY}}}\n")
    assert rows["ada"].graded.marks["q4"] == 0
    assert rows["ada"].graded.total == 7


def test_what_is_excused_counts_neither_way(hw):
    _, rows = hw.rows("- {student: bob, excused: [q3, q2], by: N. Neumann}\n")
    row = rows["bob"]
    assert (row.graded.total, row.graded.max_points, row.graded.status) == (4, 11, "graded")
    assert row.graded.marks == {"q1": 4, "q2": None, "q3": None, "q4": 0}
    assert question(row, "q3")["excused"] == "excused by N. Neumann"
    assert question(row, "q3")["points"] == 0
    assert row.decided == ("q2: excused by N. Neumann", "q3: excused by N. Neumann")


def test_whoever_is_excused_from_everything_has_no_points_of_none(hw):
    _, rows = hw.rows("- {student: bob, excused: true}\n")
    assert (rows["bob"].graded.total, rows["bob"].graded.max_points) == (0, 0)
    assert rows["bob"].graded.status == "excused"
    assert set(rows["bob"].graded.marks.values()) == {None}


def test_a_held_row_is_no_longer_held_once_all_that_is_held_is_decided(hw):
    assignment = hw_assignment(hw)
    results = [held(question, "a disk was full") for question in assignment.questions]
    row = summary(Report("hw", "ada", tuple(results)))
    assert (row.status, row.total) == ("held", None)
    file = hw.folder / "held.yaml"
    file.write_text("".join(f"- {{student: ada, question: q{i}, points: 1, {BY}}}\n" for i in (1, 2, 3)))
    first = decided(row, RowFacts(load_overrides(file)), CourseRules()).graded
    assert (first.status, first.total, first.marks["q1"], first.marks["q4"]) == ("held", None, 1, None)
    file.write_text(file.read_text() + f"- {{student: ada, question: q4, line: one, points: 1, {BY}}}\n")
    second = decided(row, RowFacts(load_overrides(file)), CourseRules()).graded
    assert (second.status, second.total) == ("held", None)  # the other line of q4
    file.write_text(file.read_text() + f"- {{student: ada, question: q4, line: zero, points: 2, {BY}}}\n")
    third = decided(row, RowFacts(load_overrides(file)), CourseRules()).graded
    assert (third.status, third.total, third.marks["q4"]) == ("graded", 6, 3)
    assert json.loads(third.report)["questions"][0]["override"]["graded"] == {"points": None, "as": "held"}
    lines = json.loads(third.report)["questions"][3]["checks"]
    assert [line["override"]["graded"] for line in lines] == [{"points": None, "as": "held"}] * 2
    broken = decided(replace(row, texts=TextsInMemory("{")), RowFacts(load_overrides(file)), CourseRules()).graded
    assert (broken.status, broken.total) == ("held", None)
    assert "what was decided cannot be applied" in broken.messages[0]


@pytest.mark.parametrize(("status", "total"), [("held", None), ("missing", 3), ("rejected", 3)])
def test_a_row_without_questions_gets_what_was_decided_and_the_others_stay_as_the_row_was(hw, status, total):
    """A fault of the grader stays one in the questions of which nothing was decided: they are no zeros."""
    row = Graded("ada", "hw", {}, None, Fraction(0), status, ("what was said",))
    file = hw.folder / "without_questions.yaml"
    file.write_text(f"- {{student: ada, question: q3, points: 3, {BY}}}\n")
    found = decided(row, RowFacts(load_overrides(file)), CourseRules(assignments={"hw": hw_assignment(hw)})).graded
    assert (found.status, found.total, found.max_points) == (status, total, 19)
    nothing = None if total is None else 0
    assert found.marks == {"q1": nothing, "q2": nothing, "q3": 3, "q4": nothing}
    first = json.loads(found.report)["questions"][0]
    assert (first["status"], first["checks"][0]["outcome"]) == (status, "failed" if total else "held")
    assert "what was said" in str(first)


def hw_assignment(hw):
    return hw.course.assignment("hw")


def test_a_decision_about_a_question_of_another_assignment_leaves_the_others_to_count(hw):
    assignment = hw_assignment(hw)
    row = summary(Report("hw", "ada", tuple(held(question, "a disk was full") for question in assignment.questions)))
    file = hw.folder / "another.yaml"
    file.write_text("".join(f"- {{student: ada, question: {name}, points: 1, {BY}}}\n" for name in ("p1", "q1")))
    assert decided(row, RowFacts(load_overrides(file)), CourseRules()).graded.marks["q1"] == 1


# ------------------------------------------------------------------ whom it is about
def test_a_decision_about_a_submission_is_about_all_who_get_its_marks(hw):
    _, rows = hw.rows(
        f"- {{submission: team7, question: q3, points: 1, {BY}}}\n- {{student: team7, question: q3, points: 2, {BY}}}\n"
    )
    assert [rows[name].graded.marks["q3"] for name in ("team7", "zoe", "max")] == [2, 1, 1]


def test_of_a_student_before_of_the_submission_also_where_one_is_a_line(hw):
    _, rows = hw.rows(
        f"- {{submission: eve, question: q4, points: 7, {BY}}}\n- {{student: eve, question: q4, line: one, points: 1, {BY}}}\n"
    )
    assert rows["eve"].graded.marks["q4"] == Fraction(10, 3)


@pytest.mark.parametrize("excused", ["q3", "true", "[q3, q1]"])
@pytest.mark.parametrize("of_student", ["question: q3, points: 1", "question: q4, line: zero, points: 1"])
@pytest.mark.parametrize("is_last", [True, False])
def test_points_of_a_student_stay_where_the_submission_is_excused(hw, excused, of_student, is_last):
    entries = [f"- {{student: zoe, {of_student}, {BY}}}\n", f"- {{submission: team7, excused: {excused}}}\n"]
    _, rows = hw.rows("".join(entries if is_last else entries[::-1]))
    asked_for = of_student[10:12]
    all_excused = {"q1", "q2", "q3", "q4"} if excused == "true" else {one for one in ("q1", "q3") if one in excused}
    for name in ("team7", "max", "zoe"):
        found = {one["id"] for one in report(rows[name])["questions"] if one["status"] == "excused"}
        assert found == all_excused - ({asked_for} if name == "zoe" else set()), name
    wanted = {"q3": Fraction(1), "q4": 1 + Fraction(14, 3)}[asked_for]
    assert rows["zoe"].graded.marks[asked_for] == wanted


def test_whoever_is_excused_from_everything_uses_no_late_days(hw):
    _, rows = hw.rows("- {student: [ada, bob], excused: true, reason: ill, by: N. Neumann}\n", times=True)
    assert (rows["bob"].late_points, rows["bob"].lateness.late_days) == (0, 0)
    assert rows["bob"].decided[-1].endswith("2 days late, which costs nothing: excused by N. Neumann because ill")
    assert not any("handed in" in said for said in rows["ada"].decided)
    _, rows = hw.rows("- {student: bob, excused: [q1, q2, q3]}\n", times=True)
    assert rows["bob"].lateness.late_days == 1


def test_times_of_nobody_are_told(hw, monkeypatch, tmp_path):
    monkeypatch.setattr(hw, "times", tmp_path / "times.csv")
    names = [f"bbo{i}" for i in range(30)]
    hw.times.write_text(
        "login,submitted_at\nada,2026-02-01 12:00\n" + "".join(f"{n},2026-02-03 12:00\n" for n in names)
    )
    found, _ = hw.rows("", times=True)
    listed = ", ".join(f"{name} (line {i})" for i, name in enumerate(names[:20], 3))
    assert f"the times are of nobody in this class, and count for none: {listed} and 10 more" in found.said
    found, _ = hw.rows("", times=True, roster="id,name,login\n1,Ada,ada\n" + "".join(f"9{n},,{n}\n" for n in names))
    assert not any("times are of nobody" in said for said in found.said)


QUESTION_POINTS = {"q1": (4, 4), "q2": (0, 5), "q3": (3, 3), "q4": (7, 7)}
"""What `RIGHT` earns before anybody decides anything, and what each question is worth."""


def some_decisions(random, subject):
    """For a subject what is decided by question (points, points of a line, or that it is excused), and of lateness."""
    by_question = {}
    for name, (_, most) in QUESTION_POINTS.items():
        kinds = ["none", "none", "points", "excused"] + (["line"] if name == "q4" else [])
        kind = random.choice(kinds)
        worth = Fraction(7, 3) if kind == "line" else Fraction(most)
        by_question[name] = (kind, random.choice((Fraction(0), worth / 3, worth / 10, worth)))
    late = random.choice(
        ("", "", "late: waived", "extension: 1 day", "extension: 2026-02-04 12:00", "late_days_used: 1")
    )
    entries = [f"{{{subject}, {late}}}"] if late else []
    for name, (kind, points) in by_question.items():
        line = ", line: zero" if kind == "line" else ""
        what = {"none": "", "excused": f"excused: {name}"}.get(kind, f"question: {name}{line}, points: {points}, {BY}")
        entries += [f"{{{subject}, {what}}}"] if what else []
    return by_question, late, entries


@pytest.mark.parametrize("seed", range(60))
def test_every_combination_of_decisions_gives_the_points_that_are_worked_out_by_hand(hw, seed):
    random = Random(seed)
    of_group, late_of_group, entries = some_decisions(random, "submission: team7")
    of_zoe, late_of_zoe, more = some_decisions(random, "student: zoe")
    entries += more
    random.shuffle(entries)
    _, rows = hw.rows("".join(f"- {entry}\n" for entry in entries), times=True)
    for who, decisions, late in (
        ("max", of_group, [late_of_group]),
        (
            "zoe",
            {q: of_zoe[q] if of_zoe[q][0] != "none" else of_group[q] for q in of_zoe},
            [late_of_zoe, late_of_group],
        ),
    ):
        earned, most = Fraction(0), 0
        for name, (graded, worth) in QUESTION_POINTS.items():
            kind, points = decisions[name]
            if kind != "excused":
                earned += {"none": graded, "points": points, "line": points + Fraction(14, 3)}[kind]
                most += worth
        days_late = next((2 if "1 day" in one else 0 for one in late if "extension" in one), 3)
        free = 0 if any("late_days_used" in one for one in late) else 1
        is_waived = any("waived" in one for one in late) or not most
        taken = 0 if is_waived else min(earned, max(0, days_late - free))
        row = rows[who]
        assert (row.graded.total, row.graded.max_points, row.late_points) == (earned - taken, most, taken), who


ROSTER = "id,name,email,late days used\n1001,Ada Lovelace,ada@x.edu,0\n1002,Bob Burns,bob@x.edu,1\n1003,Eve Moss,eve@x.edu,0\n1004,Kim Noor,kim@x.edu,0\n1005,Team7,t@x.edu,\n1006,Zoe Lin,zoe@x.edu,\n1007,Max Orr,max@x.edu,\n"


@pytest.mark.parametrize("name", ["1002", '"1002"', "bob@x.edu", "Bob Burns", "Burns, Bob", "burns", "BOB BURNS"])
def test_with_a_roster_a_student_is_named_as_anywhere(hw, name):
    _, rows = hw.rows(
        f"- {{student: {json.dumps(name.strip(chr(34)))}, question: q3, points: 1, {BY}}}\n", roster=ROSTER
    )
    assert [name for name, row in rows.items() if row.decided] == ["bob"]


def test_whoever_handed_in_nothing_can_be_given_points_or_be_excused(hw):
    _, rows = hw.rows(
        f"- {{student: kim@x.edu, question: q4, line: one, points: 2, {BY}}}\n- {{student: Kim Noor, question: q3, points: 3, {BY}}}\n",
        roster=ROSTER,
    )
    row = rows["Kim Noor"]
    assert (row.graded.total, row.graded.max_points, row.graded.status) == (5, 19, "missing")
    assert row.graded.marks == {"q1": 0, "q2": 0, "q3": 3, "q4": 2}
    assert question(row, "q4")["checks"][1]["override"]["points"] == 2
    _, rows = hw.rows("- {student: Kim Noor, excused: true, reason: ill, by: N. Neumann}\n", roster=ROSTER)
    assert rows["Kim Noor"].graded.status == "excused"


def test_a_group_that_the_course_decides_goes_before_the_own_submission(hw):
    found, rows = hw.rows("- {student: bob, group: team7, by: N. Neumann}\n")
    row = rows["bob"]
    assert (row.graded.total, row.submission) == (14, "team7")
    assert row.decided == ("counted to team7, by N. Neumann",)
    assert report(row)["messages"][0] == "counted to team7, by N. Neumann"
    assert any("bob: the own submission does not count" in said for said in found.said)


def test_a_group_of_the_courses_file_can_be_named(hw):
    _, rows = hw.rows("- {student: eve, group: lions}\n", groups="group,student\nlions,ada\nlions,zoe\n")
    assert (rows["eve"].submission, rows["zoe"].submission) == ("ada", "ada")
    problems = hw.problems("- {student: eve, group: lions}\n", groups="group,student\nlions,ada\nlions,bob\n")
    assert problems == ["overrides.yaml:1:25: 'lions' has handed in ada and bob: name the submission that counts"]


# ------------------------------------------------------------------ lateness
def test_lateness_is_taken_by_the_platforms_times_and_people_decide_of_it(hw):
    found, rows = hw.rows("", times=True)
    assert {name: row.late_points for name, row in rows.items()} == {
        "ada": 0, "bob": 1, "eve": 0, "team7": 2, "zoe": 2, "max": 2,
    }  # fmt: skip
    assert rows["bob"].graded.total == 3
    assert report(rows["bob"])["lateness"]["taken"] == 1
    assert "decided by people, or late: 4 of 6 rows, 7 points taken for lateness" in " ".join(found.said)
    _, rows = hw.rows(
        "- {student: zoe, extension: 2 days, by: N. Neumann}\n- {submission: bob, late: waived}\n", times=True
    )
    assert {name: row.late_points for name, row in rows.items()} == {
        "ada": 0, "bob": 0, "eve": 0, "team7": 2, "zoe": 0, "max": 2,
    }  # fmt: skip
    assert rows["zoe"].lateness.late_days == 1
    assert "extended by N. Neumann" in rows["zoe"].decided[0]
    assert "waived by the course" in rows["bob"].decided[0]


def test_a_time_that_may_be_of_two_students_is_taken_for_none_of_them(hw, monkeypatch, tmp_path):
    monkeypatch.setattr(hw, "times", tmp_path / "times.csv")
    hw.times.write_text("name,submitted_at\nBurns,2026-02-03 12:00\n")
    for others, late in (("", 1), ("1008,Ben Burns,ben@x.edu,0\n", 0)):
        found, rows = hw.rows("", times=True, roster=ROSTER.replace("bob@x.edu,1", "bob@x.edu,0") + others)
        assert rows["bob"].late_points == late
        assert any("the time of Burns (line 2) may be of" in said for said in found.said) is (late == 0)


def test_late_days_that_were_used_before_come_from_the_roster_or_from_a_decision(hw):
    _, rows = hw.rows("", times=True, roster=ROSTER)
    assert rows["bob"].late_points == 2
    _, rows = hw.rows("- {student: '1002', late_days_used: 0}\n", times=True, roster=ROSTER)
    assert rows["bob"].late_points == 1


def test_where_no_time_is_known_the_report_says_so_and_nothing_is_taken(hw):
    found, rows = hw.rows("")
    assert rows["bob"].graded.total == 4
    assert report(rows["bob"])["lateness"]["said"].endswith("is not known, and no points are taken")
    assert any("no platform says when 6 of 6 rows were handed in" in said for said in found.said)


def test_more_is_never_taken_than_was_earned_and_what_waits_stays_whole(hw):
    given = "".join(
        f"- {{submission: team7, question: {name}, points: {points}, {BY}}}\n"
        for name, points in (("q1", 0), ("q3", 0), ("q4", 1))
    )
    _, rows = hw.rows(given, times=True)
    row = rows["team7"]
    assert (row.graded.total, row.late_points, row.graded.pending_points) == (0, 1, 5)
    assert "no more can be taken than was earned" in row.lateness.said


# ------------------------------------------------------------------ what else is made of the rows
def test_what_is_excused_is_in_no_statistics_and_what_is_decided_waits_no_more(hw):
    _, rows = hw.rows(
        f"- {{student: ada, question: q2, points: 4, {BY}}}\n- {{student: bob, excused: [q1, q4]}}\n- {{student: eve, excused: true}}\n"
    )
    found = class_statistics(rows[name] for name in ("ada", "bob", "eve")).assignments["hw"]
    assert found.questions["q2"].marks.counts == {Fraction(4): 1, Fraction(0): 1}
    assert (found.questions["q2"].pending, found.questions["q1"].held) == (0, 0)
    assert found.questions["q1"].marks.counts == {Fraction(4): 1}
    assert "two" not in found.questions["q4"].lines
    assert (found.students, found.totals.counts) == (2, {Fraction(18): 1, Fraction(0): 1})


def test_points_for_an_answer_that_there_is_not_make_no_answer_that_lost_its_lines(hw):
    """Only ada and bob have answered q1 and q3; eve gets points for what she left out."""
    decisions = (
        f"- {{student: eve, question: q3, points: 2, {BY}}}\n- {{student: eve, question: q1, points: 1, {BY}}}\n"
    )
    _, before = hw.rows("")
    _, rows = hw.rows(decisions)
    asked = ("ada", "bob", "eve")
    wanted, found = (class_statistics(these[name] for name in asked).assignments["hw"] for these in (before, rows))
    for question in ("q1", "q3"):
        counted, as_graded = found.questions[question], wanted.questions[question]
        assert (counted.answers, counted.lines) == (2, as_graded.lines)
        assert (counted.unanswered, as_graded.unanswered) == (0, 1)
    assert found.questions["q3"].marks.counts == {Fraction(3): 1, Fraction(0): 1, Fraction(2): 1}


@pytest.mark.parametrize("lines", [("zero",), ("zero", "one")])
def test_points_for_a_line_of_an_answer_that_there_is_not_say_so(hw, lines):
    """Of a question that is missing each line that people decide was graded so: nothing of it failed."""
    decisions = "".join(f"- {{student: yan, question: q4, line: {line}, points: 1, {BY}}}\n" for line in lines)
    _, rows = hw.rows(decisions, roster="id\nzoe\nyan\nada\nbob\neve\n")
    (question,) = [one for one in report_in(rows["yan"].graded.report).questions if one.id == "q4"]
    assert [check.override.graded_as for check in question.checks if check.override] == ["missing"] * len(lines)
    assert class_statistics([rows["yan"], rows["bob"]]).assignments["hw"].questions["q4"].answers == 1


def test_what_is_excused_is_a_word_for_platforms_and_no_zero(hw):
    _, rows = hw.rows("- {student: bob, excused: [q1]}\n- {student: eve, excused: true}\n")
    assert question_marks(rows["bob"])["q1"] == FinalMark(None, "excused")
    assert question_marks(rows["eve"])["q4"] == FinalMark(None, "excused")
    assert total_mark(rows["eve"]) == FinalMark(None, "excused")


# ------------------------------------------------------------------ slips
WHERE = "overrides.yaml"
SLIPS = {
    f"- {{student: bobb, question: q3, points: 1, {BY}}}": "1:13: 'bobb' is no student of this class (did you mean 'bob'?)",
    f"- {{student: nobody at all, question: q3, points: 1, {BY}}}": "1:13: 'nobody at all' is no student of this class: name the course's students with --roster FILE",
    f"- {{submission: team8, question: q3, points: 1, {BY}}}": "1:16: 'team8' is no submission of this class (did you mean 'team7'?)",
    f"- {{student: bob, question: q33, points: 1, {BY}}}": "1:28: 'q33' is not a question (did you mean 'q3'?)",
    f"- {{student: bob, question: loss, points: 1, {BY}}}": "1:28: 'loss' is not a question (the questions are q1, q2, q3 and q4)",
    f"- {{student: bob, question: q4, line: zeros, points: 1, {BY}}}": "1:38: 'zeros' is not a line of q4 (did you mean 'zero'?)",
    f"- {{student: bob, question: q4, line: xyz, points: 1, {BY}}}": "1:38: 'xyz' is not a line of q4 (its lines are 'zero' and 'one')",
    f"- {{student: bob, question: q3, points: 3.001, {BY}}}": "1:40: 3.001 points are more than q3 is worth: 3",
    f"- {{student: bob, question: q4, line: one, points: 5, {BY}}}": "1:51: 5 points are more than the line 'one' of q4 is worth: 4.666667",
    f"- {{student: bob, question: q3, points: -1, {BY}}}": "1:40: [1].points: points cannot be negative, and this is -1",
    f"- {{student: bob, question: q3, points: two, {BY}}}": "1:40: [1].points: 'two' is not a number",
    f"- {{student: bob, question: q3, points: 50%, {BY}}}": "1:40: [1].points: '50%' is not a number",
    f"- {{student: bob, question: q3, points: [1], {BY}}}": "1:40: [1].points: must be text, not a list",
    f"- {{student: bob, question: q3, points: nan, {BY}}}": "1:40: [1].points: 'nan' is not a number",
    f"- {{student: bob, question: q3, points: 0x1, {BY}}}": "1:40: [1].points: '0x1' is not a number",
    f"- {{student: bob, question: q3, points: 1_0, {BY}}}": "1:40: [1].points: '1_0' is not a number",
    f"- {{student: bob, question: q3, points: , {BY}}}": "1:40: [1].points: '' is not a number",
    f"- {{student: bob, question: q3, pionts: 1, {BY}}}": "1:32: 'pionts' is not a key of [1] (did you mean 'points'?)",
    f"- {{studnet: bob, question: q3, points: 1, {BY}}}": "1:4: 'studnet' is not a key of [1] (did you mean 'student'?)",
    f"- {{question: q3, points: 1, {BY}}}": "1:3: a decision is about a `student` or about a `submission`: name one of them",
    f"- {{student: bob, submission: bob, question: q3, points: 1, {BY}}}": "1:3: a decision is about a `student` or about a `submission`: name one of them",
    f"- {{student: bob, points: 1, {BY}}}": "1:3: `points` are for a `question`, or for a `line` of one: name it",
    "- {student: bob, question: q3, points: 1, by: N. Neumann}": "1:3: points that a person gives say `reason`: why, and who decided it",
    "- {student: bob, question: q3, points: 1}": "1:3: points that a person gives say `reason` and `by`: why, and who decided it",
    "- {student: bob, question: q3, points: 1, reason: '', by: x}": "1:51: [1].reason: is blank",
    "- {student: bob, question: q3}": "1:3: decides nothing: say `points`, `excused`",
    "- {student: bob}": "1:3: decides nothing: say `points`, `excused`",
    "- {student: bob, extension: 2026-13-01 12:00}": "1:29: [1].extension: '2026-13-01 12:00' is no time (month must be in 1..12",
    "- {student: bob, extension: 2026-02-05}": "1:29: [1].extension: '2026-02-05' is a day, of which the beginning or the end may be meant",
    "- {student: bob, extension: next week}": "1:29: [1].extension: 'next week' is no time: write 2026-02-01 23:59, with seconds and an offset (+01:00) if you like, or how much later it is: 12 hours, 2 days",
    "- {student: bob, extension: 2026-02-01 12:00}": "1:29: the extension to 2026-02-01 12:00:00 +01:00 is not after the deadline, 2026-02-01 23:59:00 +01:00",
    "- {student: bob, extension: 0 days}": "1:3: the extension to 2026-02-01 23:59:00 +01:00 is not after the deadline",
    "- {student: bob, extension: 2026-03-29 02:30}": "1:29: the extension 2026-03-29 02:30:00 is never shown by the clocks of Europe/Berlin",
    "- {student: bob, extension: 2026-07-05 12:00 +01:00}": "1:29: the extension 2026-07-05 12:00:00 UTC+01:00 is 2026-07-05 13:00:00 (+0200) in Europe/Berlin",
    "- {student: bob, late: waved}": "1:24: [1].late: must be waived, not 'waved'",
    "- {student: bob, late_days_used: many}": "1:34: [1].late_days_used: must be a whole number from 0 on, not 'many'",
    "- {student: bob, excused: [q9]}": "1:28: 'q9' is not a question (the questions are q1, q2, q3 and q4)",
    "- {student: bob, excused: false}": "1:27: [1].excused: is true, a question or a list of questions",
    "- {student: bob, excused: True}": "1:27: [1].excused: write true for everything, not 'True'",
    "- {student: bob, excused: yes}": "1:27: [1].excused: write true for everything, not 'yes'",
    "- {student: bob, excused: No}": "1:27: [1].excused: is true, a question or a list of questions",
    "- {student: bob, excused: 'yes'}": "1:27: 'yes' is not a question (the questions are q1, q2, q3 and q4)",
    "- {student: bob, excused: []}": "1:27: [1].excused: names nobody",
    "- {student: bob, group: team8}": "1:25: 'team8' is no submission or group of this class (did you mean 'team7'?)",
    "- {submission: bob, group: team7}": "1:28: `group` is about a `student`",
    "- {student: bob, assignment: hw2, late: waived}": "1:3: 'hw2' is not an assignment (did you mean 'hw'?)",
    "- {student: [], late: waived}": "1:13: [1].student: names nobody",
    "- {student: [bob, bob], late: waived}": "1:19: the student 'bob' is named twice",
    "- {student: {name: bob}, late: waived}": "1:13: [1].student: must be text, not a mapping",
    "- {student: [bob, ' '], late: waived}": "1:19: [1].student: is blank",
    "- {student: bob, excused: ''}": "1:27: [1].excused: is blank",
    "- {student: ~, late: waived}": "1:13: [1].student: must be text, not nothing",
    "- {student: bob, late: waived}\n- {student: bob, late: waived}": "2:13: 'bob': `late` was decided before, on line 1",
    "- {student: bob, late: waived}\n- {student: Bob, late: waived}": "2:13: 'Bob': `late` was decided before, on line 1",
    "- {student: bob, extension: 1 day}\n- {student: bob, extension: 2 days}": "2:13: 'bob': `extension` was decided before, on line 1",
    f"- {{student: bob, question: q4, points: 1, {BY}}}\n- {{student: bob, question: q4, line: one, points: 1, {BY}}}": "2:13: 'bob': q4 was decided before, on line 1",
    f"- {{student: bob, question: q4, line: one, points: 1, {BY}}}\n- {{student: bob, question: q4, line: one, points: 1, {BY}}}": "2:13: 'bob': the line 'one' of q4 was decided before, on line 1",
    f"- {{student: bob, question: q4, points: 1, {BY}}}\n- {{student: bob, excused: q4}}": "2:13: 'bob': q4 was decided before, on line 1",
    f"- {{student: bob, excused: true}}\n- {{student: bob, question: q4, points: 1, {BY}}}": "2:13: 'bob': q4 was decided before, on line 1",
    "- {student: bob, excused: q4}\n- {student: bob, excused: [q3, q4]}": "2:13: 'bob': what is excused was decided before, on line 1",
    f"- {{student: bob, question: q4, points: 1, excused: q4, {BY}}}": "1:3: q4 is excused and has `points`: decide one of them",
    f"- {{student: bob, question: q4, points: 1, excused: [q3, q4], {BY}}}": "1:3: q4 is excused and has `points`: decide one of them",
    "bob: {points: 1}": "1:1: wanted is a list of decisions, not a mapping: begin each decision with `- `",
    "just text": "1:1: wanted is a list of decisions, not 'just text'",
    "- bob": "1:3: [1]: must be a mapping, not 'bob'",
    "- {student: bob, late: waived": "2:1: this is not YAML",
    "- &a {student: bob, late: waived}\n- *a": "1:3: '&a' is an alias or anchor, which is not used here: write it out",
    "- {student: bob, student: ada, late: waived}": "1:18: 'student' stands here a second time (first on line 1)",
    "- {student: !!str bob, late: waived}": "1:13: the tag 'tag:yaml.org,2002:str' is not used here: leave it out",
    "- {<<: {student: bob}, late: waived}": "1:4: '<<' is not a key of [1]",
    "- {student: bob, late: waived}\n---\n- {student: ada, late: waived}": "2:1: a second document starts here: keep one a file",
}  # fmt: skip


def test_a_question_of_parts_is_told_by_its_parts():
    assignment = load_assignment(Path(__file__).parents[2] / "specs" / "assignment3")
    decisions = read_overrides(b"- {student: ada, excused: [q3, q4.1]}\n", WHERE)
    (problem,) = faulty_decisions(decisions, {assignment.id: assignment}, ())
    assert str(problem) == (
        "overrides.yaml:1:28: 'q3' is not a question (its parts are: q3.1, q3.2, q3.3, q3.4 and q3.5)"
    )


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_told_with_its_place(hw, text):
    assert hw.problems(text)[0].startswith(f"{WHERE}:{SLIPS[text]}")


def test_keys_without_a_list_are_told_one_by_one(hw):
    list_wanted, *strange = hw.problems("studnet: bob\nextension: 1 day\nreson: flu\n")
    assert list_wanted.startswith(f"{WHERE}:1:1: wanted is a list of decisions")
    assert strange == [
        f"{WHERE}:1:1: 'studnet' is not a key of a decision (did you mean 'student'?)",
        f"{WHERE}:3:1: 'reson' is not a key of a decision (did you mean 'reason'?)",
    ]


def test_every_slip_is_told_at_once_and_a_flood_is_counted(hw):
    two = hw.problems("- {student: bobb, late: waived}\n- {student: evve, late: waived}\n")
    assert [problem.partition(" ")[0] for problem in two] == ["overrides.yaml:1:13:", "overrides.yaml:2:13:"]
    many = hw.problems("".join(f"- {{student: ghost{i}, late: waived}}\n" for i in range(5_000)))
    assert len(many) == 21
    assert many[-1] == "overrides.yaml:5000:13: 4980 more problems are in it"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff\xfe\x00", "overrides.yaml"),
        (b"- {student: \x00bob, late: waived}\n", "overrides.yaml: holds zero bytes"),
        (b"[" * 500, "overrides.yaml"),
        (b"- {student: a, late: waived}\n" * 30_000, "overrides.yaml:"),
    ],
)
def test_a_file_that_is_no_yaml_is_refused(hw, data, problem):
    assert hw.problems(data)[0].startswith(problem)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n   # yet\n", "[]\n"])
def test_a_file_without_decisions_decides_nothing(hw, text):
    assert hw.rows(text)[0].rows[0].decided == ()


def test_a_decision_about_an_assignment_that_its_student_did_not_hand_in_to_is_told():
    decisions = read_overrides(
        b"- {student: bob, assignment: hw2, late: waived}\n- {student: eve, late: waived}\n", "o.yaml"
    )
    of_bob, of_eve = (RowFacts((decision,)) for decision in decisions)
    told = "o.yaml:1:3: decides nothing, as nothing in this class was handed in to hw2 by bob"
    assert list(not_applied([("hw", of_bob), ("hw", of_eve)])) == [told]
    assert not list(not_applied([("hw", of_bob), ("hw2", of_bob), ("hw", of_eve)]))


def test_a_number_that_nobody_has_names_no_neighbour(hw):
    """Points would go to somebody else, where a name that is misspelt is seen to be one."""
    text = f"- {{student: '1008', question: q3, points: 1, {BY}}}\n- {{student: Bob Brns, late: waived}}\n"
    assert hw.problems(text, roster=ROSTER) == [
        "overrides.yaml:1:13: '1008' is nobody in roster.csv",
        "overrides.yaml:2:13: 'Bob Brns' is nobody in roster.csv (did you mean 'Bob Burns'?)",
    ]


def test_names_that_are_two_peoples_are_refused(hw):
    roster = "id,name\n1,Ada Lovelace\n2,Ada Byron\n3,Bob Burns\n4,Eve Moss\n5,Zoe Lin\n6,Max Orr\n"
    problems = hw.problems("- {student: Ada, late: waived}\n", roster=roster)
    assert problems == ["overrides.yaml:1:13: 'Ada' may be Ada Lovelace (1) or Ada Byron (2): write the id"]
    problems = hw.problems("- {student: Adda Lovelace, late: waived}\n", roster=roster)
    assert problems[0].startswith(
        "overrides.yaml:1:13: 'Adda Lovelace' is nobody in roster.csv (did you mean 'Ada Lovelace'?)"
    )


def test_a_reason_may_hold_anything_and_numbers_are_read_as_they_are_written(hw):
    text = (
        "- student: bob\n  question: q3\n  points: 010.50e-1\n  reason: |\n    0123 = {x}: 'yes' <b> \u202e =cmd()\n"
        "  by: 2026-02-01\n"
    )
    _, rows = hw.rows(text)
    assert rows["bob"].graded.marks["q3"] == Fraction(21, 20)
    assert question(rows["bob"], "q3")["override"]["by"] == "2026-02-01"


# ------------------------------------------------------------------ the command
def table(folder):
    return list(csv.reader(io.StringIO((folder / "grades.csv").read_text(encoding="utf-8"))))


@pytest.fixture
def here(hw, tmp_path, monkeypatch):
    """A folder of its own with the course and the class of this file."""
    write(tmp_path / "specs" / "hw", {"assignment.yaml": ASSIGNMENT + LATE, **QUESTIONS})
    for name, answers in CLASS.items():
        write(tmp_path / "class" / name, {"answers.yaml": answers})
    monkeypatch.chdir(tmp_path)
    return tmp_path


DECIDED = f"- {{student: bob, question: q3, points: 2, {BY}}}\n- {{student: zoe, extension: 3 days}}\n"


@pytest.mark.parametrize(
    ("names", "row"),
    [
        (("zoe\u0301", "bob"), "zoe\u0301"),
        (("zoe\u0301", "zo\u00e9"), "zo\u00e9"),
        (("zo\u00e9", "ZOE\u0301"), "zo\u00e9"),
        (("ZOE\u0301", "bob"), None),
    ],
)
def test_a_submission_is_known_by_its_letters_in_either_unicode_form(hw, names, row):
    """Systems write an accented letter as one character or as two; the very name goes before others."""
    entries = [replace(hw.entries.submissions[0], name=name) for name in names]
    decisions = read_overrides(b"- {submission: zo\xc3\xa9, late: waived}\n", "o.yaml")
    graded = [Graded(name, "hw", {}, None, Fraction(0), "missing", ()) for name in names]
    found = Membership(entries, None, (), graded, decisions)
    assert [names[i] for i in found.of_submissions] == ([row] if row else [])
    assert len(found.problems) == (row is None)


def test_a_name_that_only_looks_like_one_of_the_class_is_told_why(here, run):
    write(here / "class" / "zoe\u0301", {"answers.yaml": RIGHT})
    marks = write(here, {"m.yaml": "- {submission: zo\u00e9, question: q2, met: [], reader: R}\n"}) / "m.yaml"
    why = "(there is one of the same letters, in another Unicode form: copy its name)"
    assert f"m.yaml:1:16: there is no submission 'zo\u00e9' {why}" in run("grade", "class", "--marks", marks).err


def test_what_is_decided_stays_in_the_results_of_every_run(here, run, hw):
    (here / "specs" / "hw" / "overrides.yaml").write_text(DECIDED)
    first = run("grade", "class", "--metadata", hw.times)
    assert first.code == 0
    kept = {path.name: path.read_bytes() for path in (here / "results").rglob("*.[cj]s*")}
    header, *lines = table(here / "results")
    assert header[-3:] == ["late points", "late days", "decisions"]
    rows = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    assert (rows["bob"]["q3"], rows["bob"]["total"], rows["bob"]["late points"]) == ("2", "5", "1")
    assert "overridden by N. Neumann: 2 of 3 because the sheet was wrong" in rows["bob"]["decisions"]
    assert (rows["zoe"]["total"], rows["max"]["total"]) == ("14", "12")
    assert json.loads((here / "results" / rows["zoe"]["report"]).read_text())["points"] == 14
    assert rows["max"]["report"] == rows["team7"]["report"] != rows["zoe"]["report"]
    assert "decided by people, or late: 4 of 6 rows, 5 points taken for lateness" in first.err
    again = run("grade", "class", "--metadata", hw.times)
    assert again.err == first.err
    assert "4 submissions: 4 unchanged" in again.out
    assert {path.name: path.read_bytes() for path in (here / "results").rglob("*.[cj]s*")} == kept
    (here / "specs" / "hw" / "overrides.yaml").unlink()
    run("grade", "class", "--metadata", hw.times)
    assert json.loads((here / "results" / "reports" / "bob.json").read_text())["points"] == 3


def test_a_run_that_names_no_decisions_any_more_says_that_they_are_gone(here, run):
    (here / "said.yaml").write_text(DECIDED)
    gone = "no file says so now: name it with --overrides, or these decisions are gone"
    assert gone not in run("grade", "class").err
    assert gone not in run("grade", "class", "--overrides", "said.yaml").err
    assert gone in run("grade", "class").err
    assert gone not in run("grade", "class").err


def test_a_file_that_a_student_handed_in_decides_nothing(here, run):
    everything = f"- {{student: bob, question: q3, points: 3, {BY}}}\n"
    (here / "class" / "overrides.yaml").write_text(everything)
    (here / "class" / "bob" / "overrides.yaml").write_text(everything)
    result = run("grade", "class")
    assert (
        "overrides.yaml: passed over, a student may have handed it in: what the course decides is named with --overrides FILE, or lies in specs/<assignment>/overrides.yaml\n"
        in result.err
    )
    assert dict(zip(*table(here / "results")[:1], table(here / "results")[2], strict=True))["q3"] == "0"
    refused = run("grade", "class", "--overrides", "class/bob/overrides.yaml", "--out", "other")
    assert (refused.code, refused.out) == (2, "")
    assert "lies in the submission bob, and a student may have put it there" in refused.err
    named = run("grade", "class", "--overrides", "class/overrides.yaml", "--out", "named")
    assert named.code == 0
    assert table(here / "named")[2][3] == "3"


def test_a_slip_stops_the_run_before_anything_is_graded(here, run):
    (here / "specs" / "hw" / "overrides.yaml").write_text("- {student: bobb, late: waived}\n")
    result = run("grade", "class")
    assert (result.code, result.out) == (2, "")
    assert result.err == "grader: overrides.yaml:1:13: 'bobb' is no student of this class (did you mean 'bob'?)\n"
    assert not (here / "results").exists()


def test_check_shows_what_was_decided_and_takes_nothing_for_lateness(here, run):
    (here / "specs" / "hw" / "overrides.yaml").write_text(DECIDED + "- {student: bob, excused: q4}\n")
    shown = run("check", "class/bob")
    assert "overridden by N. Neumann: 2 of 3 because the sheet was wrong; graded: 0 of 3" in " ".join(shown.out.split())
    assert "does not count: excused by the course" in shown.out
    assert shown.out.startswith("bob - hw")
    assert "6 / 12" in shown.out.splitlines()[0]
    assert "late" not in shown.out
    slip = run("check", "class/bob", "--overrides", "class/bob/answers.yaml")
    assert (slip.code, "lies in the submission bob" in slip.err) == (2, True)


def test_decisions_beside_an_assignment_to_which_nobody_hands_in_stop_nobody(here, run):
    other = {"assignment.yaml": "assignment: old\nquestions: [q3]\n", "q3.yaml": QUESTIONS["q3.yaml"]}
    write(here / "specs" / "old", {**other, "overrides.yaml": f"- {{student: gone, question: q3, points: 1, {BY}}}\n"})
    for name in CLASS:
        file = here / "class" / name / "answers.yaml"
        file.write_text("assignment: hw\n" + file.read_text())
    (here / "specs" / "hw" / "overrides.yaml").write_text(DECIDED)
    assert run("grade", "class").code == 0
    assert dict(zip(*table(here / "results")[:1], table(here / "results")[2], strict=True))["q3"] == "2"
    (here / "class" / "eve" / "answers.yaml").write_text("assignment: old\nq3: 1\n")
    result = run("grade", "class")
    assert result.code == 2
    assert "'gone' is no student of this class" in result.err


@pytest.mark.parametrize("by", ["the course", "its answers"])
def test_where_each_has_a_submission_and_one_counts_for_two_all_that_is_read_back_is_of_that_one(here, run, by):
    """No roster and as many rows as submissions: the report of bob's marks is still that of ada's submission."""
    (here / "class" / "team7" / "answers.yaml").write_text(RIGHT)
    if by == "the course":
        (here / "specs" / "hw" / "overrides.yaml").write_text("- {student: bob, group: ada, by: N. Neumann}\n")
    else:
        (here / "class" / "ada" / "answers.yaml").write_text(f"students: [bob]\n{RIGHT}")
        (here / "class" / "bob" / "answers.yaml").write_text("q1: [c]\n")
    assert run("grade", "class").code == 0
    header, *lines = table(here / "results")
    row = next(dict(zip(header, line, strict=True)) for line in lines if line[0] == "bob")
    shown = json.loads((here / "results" / row["report"]).read_text())
    assert (row["total"], shown["points"], shown["submission"]) == ("14", 14, "ada")
    assert run("report", "results", "bob").out.startswith("ada - hw")
    assert run("grades", "results", "--format", "csv", "-o", "marks.csv").code == 0
    marks = (here / "marks.csv").read_text().splitlines()
    assert "bob,,bob,,,4,pending,3,7,pending,19,pending," in marks


@pytest.mark.parametrize("name", ["team7, zoe", "TEAM7, ZOE", "team7, zoe (own)"])
def test_a_submission_that_is_called_like_the_report_of_a_member_keeps_its_own(here, run, name):
    write(here / "class" / name, {"answers.yaml": "q3: 1.5\n"})
    (here / "specs" / "hw" / "overrides.yaml").write_text(f"- {{student: zoe, question: q1, points: 1, {BY}}}\n")
    assert run("grade", "class").code == 0
    header, *lines = table(here / "results")
    rows = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    for row in rows.values():
        found = json.loads((here / "results" / row["report"]).read_text())
        assert (str(found["points"]), row["submission"] == "zoe") in ((row["total"], False), ("11", True))
    assert json.loads((here / "results" / rows[name]["report"]).read_text())["submission"] == name


def test_two_halves_of_a_class_are_decided_of_alike(here, run):
    """Times and decisions of the half that is graded first stay when the other one is."""
    lines = []
    for name, half in (("ada", "first"), ("bob", "first"), ("eve", "second"), ("team7", "second")):
        write(here / half / f"submission_{name}", {"answers.yaml": CLASS[name]})
        lines.append(
            (
                half,
                f"submission_{name}:\n  :submitters:\n  - :name: {name}\n    :sid: {name}9\n  :created_at: 2026-02-03 11:00:00 Z\n",
            )
        )
    for half in ("first", "second"):
        write(here / half, {"submission_metadata.yml": "".join(text for of, text in lines if of == half)})
    (here / "specs" / "hw" / "overrides.yaml").write_text(f"- {{student: bob9, question: q3, points: 2, {BY}}}\n")
    assert run("grade", "first", "--out", "out").code == 0
    assert run("grade", "second", "--out", "out").code == 0
    header, *rows = table(here / "out")
    found = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert {name: (row["total"], row["late points"]) for name, row in found.items()} == {
        "ada": ("13", "1"), "bob": ("5", "1"), "eve": ("1.333333", "1"), "team7": ("13", "1"), "zoe": ("13", "1"), "max": ("13", "1"),
    }  # fmt: skip


def test_an_id_that_nobody_here_has_asks_for_the_roster_and_names_no_neighbour(here, run):
    write(here / "class" / "1002", {"answers.yaml": "q3: 1.5\n"})
    (here / "specs" / "hw" / "overrides.yaml").write_text('- {student: "1004", late: waived}\n')
    result = run("grade", "class")
    assert result.code == 2
    assert "'1004' is no student of this class: name the course's students with --roster FILE" in result.err
    assert "did you mean" not in result.err


@pytest.mark.parametrize("who", ["the course's file", "the answers"])
def test_the_time_of_a_member_is_that_of_what_the_group_handed_in(here, run, who):
    named = "students: [lea, ben]\n" if who == "the answers" else ""
    write(here / "class" / "teamx", {"answers.yaml": f"{named}q3: 1.5\n"})
    write(here, {"groups.csv": "group,id\nteamx,lea\nteamx,ben\n"} if not named else {})
    write(here, {"late.csv": "id,submitted_at\nlea,2026-02-03 12:00\nbob,2026-01-01 12:00\n"})
    groups = [] if named else ["--groups", here / "groups.csv"]
    assert run("grade", "class", "--metadata", here / "late.csv", *groups).code == 0
    header, *lines = table(here / "results")
    said = {line[0]: dict(zip(header, line, strict=True))["decisions"] for line in lines}
    for name in ("teamx", "lea", "ben"):
        assert said[name].startswith("handed in 2026-02-03 12:00:00 +01:00, due "), name
        assert ": 2 days late" in said[name]


def test_the_time_of_who_has_handed_in_alone_is_not_the_groups(here, run):
    write(here / "class" / "teamx", {"answers.yaml": "students: [bob, ben]\nq3: 1.5\n"})
    write(here, {"late.csv": "id,submitted_at\nbob,2026-02-03 12:00\n"})
    assert run("grade", "class", "--metadata", here / "late.csv").code == 0
    header, *lines = table(here / "results")
    said = {line[0]: dict(zip(header, line, strict=True))["decisions"] for line in lines}
    assert said["bob"].startswith("handed in 2026-02-03 12:00:00")
    assert "handed in" not in said["teamx"]
