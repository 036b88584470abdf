"""`grader diff`: whose marks a regrade has changed; `grader report`: one student's report with the answers."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.student_report import row_of
from grader.errors import SubmissionError

from ..answers.helpers import Q5, Q6, write
from .class_rows import row
from .test_gradebook import COPIES_X, edit, grade, own_course, whole_course

__all__ = ["grade", "own_course", "whole_course"]


@pytest.fixture
def told(run, tmp_path):
    """What a command says of the results."""

    def told(command, *arguments, code=0):
        result = run(command, tmp_path / "out", *arguments)
        assert result.code == code, result.err
        return result.out if code == 0 else result.err

    return told


def test_a_regrade_is_told_line_by_line(own_course, grade, told):
    grade()
    assert told("diff") == (
        "alice: new, 140 of 150 (pending)\nbob: new, 110 of 150 (pending)\ncarol: new, 70 of 150 (missing)\n"
        "the marks of 3 submissions have changed since run 0 (marks of the grader, before what overrides.yaml decides)\n"
    )
    spec = Path("specs/assignment3/q5.yaml")
    edit(spec, 'points: 20, when: "alive[t]"}', 'points: 15, when: "alive[t]"}')
    edit(spec, 'points: 30, when: "not alive[t-1]"}', 'points: 35, when: "not alive[t-1]"}')
    grade()
    found = told("diff")
    assert "bob: 110 of 150 (pending) -> 105 of 150 (pending)\n" in found
    assert "  q5, stays 1 while every input is 1: passed 20 of 20 -> passed 15 of 15\n" in found
    assert "alice" not in found  # all lines together are worth the same
    assert found.endswith(
        "the marks of 1 submission have changed since run 1; 2 more graded anew with the same marks (marks of the grader, before what overrides.yaml decides)\n"
    )
    assert (
        told("diff", "--since", 2)
        == "no marks have changed since run 2 (marks of the grader, before what overrides.yaml decides)\n"
    )
    assert "there is no run 9: the runs are 1 to 2" in told("diff", "--since", 9, code=2)


def test_a_submission_that_went_away_shows_its_last_report_and_says_so(own_course, grade, told, tmp_path):
    grade()
    before = told("report", "carol")
    (tmp_path / "class" / "carol.yaml").rename(tmp_path / "carol.yaml")
    grade()
    edit(Path("specs/assignment3/q5.yaml"), "title: ", "title: New ")
    grade()
    said = "  is not in the class any more: these are its marks after run 1, before what people decided\n"
    head, _, rest = before.partition("\n")
    shown = told("report", "carol")
    assert " ".join(shown.split()) == " ".join(f"{head}\n{said}{rest}".split())
    assert "q6, as it was handed in:" in shown
    assert "these are its marks after run 1" in told("report", "carol", "--format", "html")
    assert "carol: went away, had 70 of 150 (missing)\n" in told("diff", "--since", 1)
    assert "there is no student or submission 'caro' in the results" in told("report", "caro", code=2)
    (tmp_path / "carol.yaml").rename(tmp_path / "class" / "carol.yaml")
    grade()
    assert "any more" not in told("report", "carol")


def test_who_is_missing_now_shows_the_last_report_of_what_went_away(own_course, grade, told, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nalice,Alice Adams\nbob,Bob Brown\ncarol,Carol Cox\n")
    grade("--roster", roster)
    (tmp_path / "class" / "carol.yaml").unlink()
    grade("--roster", roster)
    assert "these are its marks after run 1" in told("report", "carol")
    assert told("report", "Carol Cox") == "Carol Cox: missing: there is no report\n"


def test_who_came_went_and_was_graded_to_the_same_marks_is_told(own_course, grade, told, tmp_path):
    grade()
    edit(Path("specs/assignment3/q5.yaml"), "title: ", "title: New ")
    (tmp_path / "class" / "carol.yaml").unlink()
    write(tmp_path / "class" / "dora", {"answers.yaml": COPIES_X})
    grade()
    assert told("diff") == (
        "carol: went away, had 70 of 150 (missing)\ndora: new, 40 of 150 (missing)\n"
        "the marks of 2 submissions have changed since run 1; 2 more graded anew with the same marks (marks of the grader, before what overrides.yaml decides)\n"
    )
    grade()
    assert "carol: went away" in told("diff")  # a run that changes nothing is no regrade


def test_a_report_comes_with_the_answers_themselves(own_course, grade, told, tmp_path):
    write(tmp_path / "class" / "bob", {"answers.yaml": f"{COPIES_X}{Q6}q7: |\n  Because # of gradients\n  vanish.\n"})
    grade()
    found = told("report", "bob")
    assert "A latch that remembers the first zero" in found
    assert "\nq5, as it was handed in:\n  q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n" in found
    assert "\nq7, as it was handed in:\n  Because # of gradients\n  vanish.\n" in found
    assert "there is no student or submission 'bop' in the results (did you mean 'bob'?)" in told(
        "report", "bop", code=2
    )
    assert "the results are of alice, bob and carol" in told("report", "zzzzzz", code=2)


def test_people_are_found_by_what_the_roster_says(own_course, grade, told, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name,email\n1001,Alice Adams,a@x.org\n1002,Bob Brown,b@x.org\n1003,Alan Brown,c@x.org\n")
    for old, new in (("alice", "1001"), ("bob", "1002")):
        (tmp_path / "class" / old).rename(tmp_path / "class" / new)
    (tmp_path / "class" / "carol.yaml").rename(tmp_path / "class" / "1003.yaml")
    grade("--roster", roster)
    for name in ("1001", "Alice Adams", "Adams, Alice", "A@X.org"):
        assert "Because gradients vanish." in told("report", name)
    assert "q7, as it was handed in:\n  x\n" in told("report", "Bob Brown")
    assert "(did you mean 'Bob Brown'?)" in told("report", "Bob Browne", code=2)
    who = "1001 (Alice Adams), 1002 (Bob Brown) and 1003 (Alan Brown)"
    assert f"the results are of {who}" in told("report", "zzzzzz", code=2)


def test_a_submission_means_one_row_where_its_students_have_one_report():
    """Where people decided of one of them, that student has another report, and it has to be said which one is meant."""
    ada, bob, kim = (row(name, 7, submission="s1") for name in ("Ada", "Bob", "Kim"))
    ada, bob, kim = replace(ada, report_stem="s1"), replace(bob, report_stem="s1"), replace(kim, report_stem="s1, Kim")
    assert row_of([ada, bob], "s1") is ada
    with pytest.raises(SubmissionError, match="'s1' may be Ada or Kim: name one of them"):
        row_of([ada, bob, kim], "s1")
    assert row_of([ada, bob, kim], "Bob") is bob


def test_of_two_of_one_name_no_report_is_shown(own_course, grade, told, tmp_path):
    """Also where one of them has a row of just that name."""
    (tmp_path / "roster.csv").write_text("id,name\n1001,Ann Lee\n1002,Ann Lee\n1003,Kim\n1004,Lou\n")
    (tmp_path / "groups.csv").write_text("group,id\nalice,1001\nalice,1002\nbob,1003\nbob,1004\n")
    decided = "- {student: '1001', question: q7, points: 3, reason: oral, by: N}\n"
    (tmp_path / "o.yaml").write_text(decided)
    files = [f"--{name}={tmp_path / file}" for name, file in (("roster", "roster.csv"), ("groups", "groups.csv"))]
    grade(*files, "--overrides", tmp_path / "o.yaml")
    may_be = "'Ann Lee' may be Ann Lee (1001) or Ann Lee (1002): write the id or e-mail"
    assert may_be in told("report", "Ann Lee", code=2)
    assert "overridden by N" in told("report", "1001")
    assert "overridden by N" not in told("report", "1002")
    assert "alice - assignment3" in told("report", "alice")


def test_a_report_of_code_shows_the_code_once(own_course, grade, told, tmp_path):
    specs = Path("specs/assignment3")
    (specs / "q8.yaml").write_text(
        "question: q8\ntitle: Twice\npoints: 4\nanswer: function\nsignature: twice(x)\ninputs: {x: integer(-5..5)}\n"
        "checks: [{name: doubles, points: 4, holds: out == 2*x}]\n"
    )
    edit(specs / "assignment.yaml", "[q5, q6, q7]", "[q8]")
    shutil.rmtree(tmp_path / "class")
    write(tmp_path / "class" / "bob", {"solution.py": "def twice(x):\n    return 2 * x\n"})
    grade("--spec", specs / "q8.yaml", "--require-sandbox", "off")
    assert "q8, as it was handed in:\n  solution.py:\n  def twice(x):\n      return 2 * x\n" in told("report", "bob")


def test_a_question_that_is_missing_is_shown_as_it_is(own_course, grade, told):
    grade()
    assert Q5 not in told("report", "carol")
    assert "no answer was handed in" in told("report", "carol")
