"""Wrong networks of a class that behave alike are counted, and nothing else is said of them."""

import json
from fractions import Fraction

from grader.classroom.alike import MAX_GROUPS_SHOWN, alike_lines
from grader.classroom.work import Graded, WrongBehaviour


def graded(assignment="a", **behaviours):
    found = {question: WrongBehaviour(fingerprint, "01") for question, fingerprint in behaviours.items()}
    return Graded("x", assignment, {}, Fraction(0), Fraction(1), "graded", (), "", wrong_behaviours=found)


def test_two_and_more_are_counted_the_largest_group_first():
    rows = [graded(q5="a"), graded(q5="b", q6="c"), graded(q5="b"), graded(q5="a"), graded(q5="b", q6="d")]
    assert list(alike_lines(rows)) == [
        "q5: 3 wrong answers behave alike (wrong on input 01; fingerprint b)",
        "q5: 2 wrong answers behave alike (wrong on input 01; fingerprint a)",
    ]
    assert list(alike_lines([graded(q5="a"), graded()])) == []


def test_questions_of_two_assignments_are_two_questions():
    rows = [graded("one", q="a"), graded("two", q="a"), graded("two", q="a")]
    assert list(alike_lines(rows)) == ["two, q: 2 wrong answers behave alike (wrong on input 01; fingerprint a)"]


def test_of_many_groups_it_is_said_how_many_are_left_out():
    rows = [graded(q=str(i // 2)) for i in range(2 * MAX_GROUPS_SHOWN + 4)]
    lines = list(alike_lines(rows))
    assert len(lines) == MAX_GROUPS_SHOWN + 1
    assert lines[-1] == "q: 2 more groups of wrong answers behave alike"


def write(folder, w1, w3=1):
    folder.mkdir(parents=True)
    weights = f"{{W1: {w1}, W2: 0, b2: 0, W3: {w3}, b3: 0}}"
    (folder / "answers.yaml").write_text(f"assignment: assignment3\nq5: {weights}\n")


def test_a_class_is_told_once_for_each_submission_and_its_reports_have_the_fingerprints(run, tmp_path):
    for name, w1, w3 in (("ada", 1, 1), ("bob", 2, 1), ("cem", 1, 2)):
        write(tmp_path / "class" / name, w1, w3)
    out = run("grade", tmp_path / "class", "--spec", "assignment3", "--out", tmp_path / "out").out
    reports = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "out" / "reports").glob("*.json")}
    prints = {
        name: question["fingerprint"]
        for name, report in reports.items()
        for question in report["questions"]
        if question["id"] == "q5"
    }
    assert prints["ada"] == prints["bob"] != prints["cem"]
    (line,) = [line for line in out.splitlines() if "alike" in line]
    assert line == f"q5: 2 wrong answers behave alike (wrong on input 01; fingerprint {prints['ada'][:8]})"
