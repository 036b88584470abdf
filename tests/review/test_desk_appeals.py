"""Appeals at the desk: any question is opened with its evidence, and points are decided with a reason."""

from __future__ import annotations

import csv
import re
from html import unescape

import pytest

from .desk_class import HOSTILE_NAME, SCRIPT, TOKEN

DECISION = [("points", "7"), ("reason", "the sheet said four"), ("by", "N. Neumann")]


def opened(desk, name, number=0):
    """The address of a question of a submission, and the fields that its form hides."""
    address = f"/{TOKEN}/appeals/{desk.desk.key_of(name)}/{number}"
    page = desk.get(address).text
    return address, re.findall(r'<input type="hidden" name="(seen)" value="([^"]*)"', page)


def decided(desk, name, fields, number=0):
    """Sends the form of a question of a submission."""
    address, hidden = opened(desk, name, number)
    return desk.post(address, [*hidden, *fields])


@pytest.mark.long
@pytest.mark.parametrize("written", ["doris", " doris ", HOSTILE_NAME])
def test_a_submission_is_found_without_its_name_in_an_address(desk_class, written):
    desk = desk_class.desk()
    found = desk.post("/appeals", [("student", written)])
    assert found.headers["location"] == f"/{TOKEN}/appeals/{desk.desk.key_of(written.strip())}"
    questions = desk.get(found.headers["location"]).text
    assert "q1" in questions
    assert "One-hot vectors" in questions


@pytest.mark.parametrize("written", ["", "nobody", "dori", SCRIPT, "../results"])
def test_nobody_is_said_without_other_names(desk_class, written):
    answer = desk_class.desk().post("/appeals", [("student", written)])
    assert answer.status_code == 422
    assert "nobody, or more than one, is meant" in answer.text
    assert "doris" not in answer.text
    assert SCRIPT not in answer.text
    shown = desk_class.desk(names=True).post("/appeals", [("student", "dori")])
    assert "did you mean 'doris'?" in unescape(shown.text)


def test_the_evidence_is_beside_the_form(desk_class):
    desk = desk_class.desk()
    page = desk.get(opened(desk, "doris")[0]).text
    assert "4 is not the number that is asked for" in page
    assert 'name="by" value="N. Neumann"' in page
    assert desk.get(f"/appeals/{desk.desk.key_of('doris')}/2").status_code == 404


def test_a_decision_is_added_and_counts_from_the_next_run_on(desk_class):
    desk_class.overrides.write_text("# ours\n- {submission: emma, excused: q1, by: N. N.}  # tail\n")
    desk = desk_class.desk()
    answer = decided(desk, "doris", DECISION)
    assert answer.status_code == 200
    assert "kept in overrides.yaml:3:1; it counts from the next run of grade on" in answer.text
    assert f"--out {desk_class.results}" in answer.text
    assert "overrides.yaml:3:3 decides: 7 points, by N. Neumann because the sheet said four" in answer.text
    assert desk_class.overrides.read_text() == (
        "# ours\n- {submission: emma, excused: q1, by: N. N.}  # tail\n"
        "- submission: doris\n  question: q1\n  points: 7\n  reason: the sheet said four\n  by: N. Neumann\n"
    )
    desk_class.grade()
    with (desk_class.results / "grades.csv").open() as table:
        marks = {row["submission"]: row["q1"] for row in csv.DictReader(table)}
    assert (marks["doris"], marks["frieda"]) == ("7", "0")
    assert "7</b> / 10" in desk.get(opened(desk, "doris")[0]).text
    again = decided(desk, "doris", DECISION)
    assert again.status_code == 422
    assert "overrides.yaml:3:3: q1 was decided before by N. Neumann" in again.text


def test_a_decision_about_somebody_who_handed_in_nothing_names_the_student(desk_class):
    """Zoe has a report, as people decided of her before; it is that of no submission."""
    (desk_class.results.parent / "roster.csv").write_text("id,name\n1001,Zoe Lee\n1002,Max Lee\ndoris,Doris Day\n")
    earlier = "- {student: '1001', excused: q2}\n- {student: '1002', excused: q2}\n"
    desk_class.overrides.write_text(earlier)
    desk_class.grade("--roster", str(desk_class.results.parent / "roster.csv"))
    assert decided(desk_class.desk(), "Zoe Lee", DECISION).status_code == 200
    assert "- student: '1001'\n  question: q1\n" in desk_class.overrides.read_text()
    desk_class.grade("--roster", str(desk_class.results.parent / "roster.csv"))
    with (desk_class.results / "grades.csv").open() as table:
        assert {row["submission"]: row["q1"] for row in csv.DictReader(table)}["Zoe Lee"] == "7"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], "say points, a reason and who decides it"),
        (DECISION[:1], "say a reason and who decides it"),
        ([*DECISION[:2], ("by", " ")], "say who decides it"),
        (DECISION[1:], "say points"),
        ([("points", "11"), *DECISION[1:]], "wanted are points from 0 to 10, not 11"),
        ([("points", "-1"), *DECISION[1:]], "wanted are points from 0 to 10, not -1"),
        ([("points", "7"), ("reason", "x" * 20_001), ("by", "N.")], "the reason has 20001 characters"),
    ],
)
def test_a_decision_that_says_too_little_or_too_much_is_refused(desk_class, fields, said):
    answer = decided(desk_class.desk(), "doris", fields)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert not desk_class.overrides.exists()
    assert all(value in unescape(answer.text) for _, value in fields)  # what was written is there to be mended


def test_points_are_given_for_a_line_too(desk_class):
    desk = desk_class.desk()
    assert '<select name="line">' not in desk.get(opened(desk, "doris")[0]).text
    assert decided(desk, "doris", [*DECISION, ("line", "0")]).status_code == 200
    assert "line: the number is right" in desk_class.overrides.read_text()


def test_hostile_names_and_reasons_are_kept_as_text(desk_class):
    desk = desk_class.desk()
    reason = f'{SCRIPT}: "so" # not\r\n- {{submission: x}}\x07'
    answer = decided(desk, HOSTILE_NAME, [("points", "1/3"), ("reason", reason), ("by", SCRIPT)])
    assert answer.status_code == 200
    assert SCRIPT not in answer.text
    desk_class.grade()
    with (desk_class.results / "grades.csv").open() as table:
        marks = {row["submission"]: (row["q1"], row["decisions"]) for row in csv.DictReader(table)}
    assert marks[HOSTILE_NAME][0] == "0.333333"
    assert f"by {SCRIPT}" in marks[HOSTILE_NAME][1]


def test_what_was_graded_again_meanwhile_is_looked_at_again(desk_class):
    desk = desk_class.desk()
    address, hidden = opened(desk, "doris")
    desk_class.overrides.write_text("- {submission: doris, question: q1, points: 2, reason: r, by: b}\n")
    desk_class.grade()
    answer = desk.post(address, [*hidden, *DECISION])
    assert answer.status_code == 409
    assert "were changed since this page was opened" in answer.text
    assert "the sheet said four" in answer.text


@pytest.mark.parametrize("text", ["- {submission: doris\n", "- {student: doris, question: q1}\n", "[]\n", "x: 1\n"])
def test_a_file_of_decisions_with_a_slip_stays_as_it_is(desk_class, text):
    desk = desk_class.desk()
    address, hidden = opened(desk, "doris")
    desk_class.overrides.write_text(text)
    answer = desk.post(address, [*hidden, *DECISION])
    assert answer.status_code == 422
    assert "overrides.yaml" in answer.text
    assert desk_class.overrides.read_text() == text


def test_a_second_reader_has_no_appeals(desk_class):
    from grader.review.desk_answers import SecondReading

    desk = desk_class.desk("second", SecondReading("second", 3, "0"))
    assert "Appeals" not in desk.get("/").text
    assert desk.get("/appeals").status_code == 404
