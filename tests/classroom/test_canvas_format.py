"""Canvas's gradebook: one column is filled, every other byte stays, and nobody gets another one's mark."""

import csv
import io

import pytest

from grader.classroom.platforms.canvas import CanvasFormat
from grader.classroom.platforms.platform import PlatformRequest
from grader.errors import SpecError

from .class_rows import excused, nothing, question, row, without_mark

HEADER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Homework 2 (11),Homework 3 (12345),Assignments Current Score"
)
POSTING = ",,,,,,Manual Posting,,"
POSSIBLE = "    Points Possible,,,,,(read only),10.00,140.00,(read only)"
TEST_STUDENT = '"Student, Test",999,,abcdef,Lab 1,,,,'


def gradebook(*students, header=HEADER, possible=POSSIBLE, end="\r\n", mark="\ufeff"):
    return (mark + end.join([header, POSTING, possible, *students, TEST_STUDENT]) + end).encode()


def student(name='"Lovelace, Ada"', canvas="101", sis="s1", login="ada", mark="", score="88.5"):
    return f"{name},{canvas},{sis},{login},Lab 1,a note,9.5,{mark},{score}"


CY = student('"Young, Cy"', "107", "s7", "cy", "7")
CY_ROW = row("cy", 7, ids=[("id", "s7")])
"""Somebody who is in the file and the results, and whose mark stands in the file already."""


def filled(tmp_path, data, rows, **options):
    path = tmp_path / "exported.csv"
    path.write_bytes(data)
    return CanvasFormat().write(PlatformRequest(rows, path, **options))


def cells(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def mark_of(file):
    """What stands in the column of the first student."""
    return cells(file.data)[3][7]


# ------------------------------------------------------------- bytes
NAMES = ['"Lovelace, Ada"', "Ada", '"Öztürk, Ümit"', '"王, 伟"', '"O""Neil, ""Bo"""', "'=cmd", '"A\nB"']


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_every_other_byte_stays(tmp_path, end, mark):
    before = gradebook(*(student(name, str(i), f"s{i}") for i, name in enumerate(NAMES)), end=end, mark=mark)
    rows = [row(f"x{i}", i + 1, ids=[("id", f"s{i}")]) for i in range(len(NAMES))]
    after = filled(tmp_path, before, rows, column="Homework 3").data
    wanted = gradebook(
        *(student(name, str(i), f"s{i}", mark=str(i + 1)) for i, name in enumerate(NAMES)), end=end, mark=mark
    )
    assert after == wanted


def test_a_mark_that_stands_there_already_keeps_its_bytes(tmp_path):
    before = gradebook(student(mark="70.00"))
    file = filled(tmp_path, before, [row("ada", 70, ids=[("login", "ada")])], column="12345")
    assert file.data == before
    assert not any("something else" in text for text in file.said)


def test_what_a_cell_held_before_is_said(tmp_path):
    file = filled(tmp_path, gradebook(student(mark="50")), [row("ada", 70, ids=[("login", "ada")])], column="12345")
    assert mark_of(file) == "70"
    assert "cells that held something else: ada (50, now 70)" in file.said


# ------------------------------------------------------------- which column
@pytest.mark.parametrize("column", ["Homework 3 (12345)", "Homework 3", "12345", " Homework 3 "])
def test_a_column_is_named_by_title_or_id(tmp_path, column):
    assert mark_of(filled(tmp_path, gradebook(student()), [row("a", 7, ids=[("id", "s1")])], column=column)) == "7"


def test_the_column_of_the_name_of_the_assignment_needs_no_option(tmp_path):
    rows = [row("a", 7, ids=[("id", "s1")], assignment="homework-3")]
    assert mark_of(filled(tmp_path, gradebook(student()), rows)) == "7"


WRONG_COLUMNS = {
    "Homewrok 3": "there is no column 'Homewrok 3' (did you mean 'Homework 3'?), and none is made: name one with"
    " --column: 'Homework 2 (11)' or 'Homework 3 (12345)'",
    "Homework": "there is no column 'Homework' (did you mean 'Homework 3'?), and none is made",
    "1234": "there is no column '1234'",
    "Notes": "'Notes' is no column of an assignment",
    "Assignments Current Score": "'Assignments Current Score' is no column of an assignment",
    "Section": "'Section' is no column of an assignment",
    "": "no column has the name of the assignment, hw3: name one with --column: 'Homework 2 (11)' or",
}


@pytest.mark.parametrize("column", WRONG_COLUMNS)
def test_no_column_is_guessed_or_made(tmp_path, column):
    with pytest.raises(SpecError) as error:
        filled(tmp_path, gradebook(student()), [row("a", 7, ids=[("id", "s1")])], column=column)
    assert str(error.value).startswith(f"exported.csv:1:1: {WRONG_COLUMNS[column]}")


def test_two_columns_of_one_title_are_told_apart_by_id(tmp_path):
    data = gradebook(student(), header=HEADER.replace("Homework 2 (11)", "Homework 3 (11)"))
    rows = [row("a", 7, ids=[("id", "s1")])]
    message = "2 columns are called 'Homework 3': name one with --column: 'Homework 3 \\(11\\)' or"
    with pytest.raises(SpecError, match=message):
        filled(tmp_path, data, rows, column="Homework 3")
    assert mark_of(filled(tmp_path, data, rows, column="12345")) == "7"


@pytest.mark.parametrize("column", ["Homework 3", "Homework 3 (12345)", "12345"])
def test_two_columns_that_nothing_tells_apart_are_no_choice(tmp_path, column):
    data = gradebook(student(), header=HEADER.replace("Homework 2 (11)", "Homework 3 (12345)"))
    with pytest.raises(SpecError) as error:
        filled(tmp_path, data, [row("a", 7, ids=[("id", "s1")])], column=column)
    message = "2 columns are called 'Homework 3 (12345)', by title and id: leave one of them in the file"
    assert str(error.value) == f"exported.csv:1:1: {message}, or export it again"


@pytest.mark.parametrize(
    "header",
    [
        "Name,Mark",
        "Student,ID,Homework 3 (12345)",
        "Identifier,Full name,Grade",
        "Section,Student,ID",
    ],
)
def test_another_file_is_refused(tmp_path, header):
    with pytest.raises(SpecError, match=r"exported\.csv:1:1: is no gradebook that Canvas exported"):
        filled(tmp_path, f"{header}\na,b,c\n".encode(), [row("a", 7)])


# ------------------------------------------------------------- who is who
KNOWN = {
    "by the university's id": [("id", "s1")],
    "by the login": [("login", "ada")],
    "by Canvas's id": [("platform", "101")],
    "by an id of a kind that is not said": [("any", "s1")],
    "by an id in other letters": [("id", "S1 ")],
    "by the second id": [("id", "zzz"), ("login", "ada")],
}


@pytest.mark.parametrize("how", KNOWN)
def test_students_are_known(tmp_path, how):
    file = filled(tmp_path, gradebook(student()), [row("x", 7, ids=KNOWN[how])], column="12345")
    assert mark_of(file) == "7"


def test_a_login_may_be_an_email(tmp_path):
    data = gradebook(student(login="ada@example.org"))
    assert mark_of(filled(tmp_path, data, [row("x", 7, ids=[("email", "Ada@example.org")])], column="12345")) == "7"


def test_a_submission_called_as_an_id_is_that_student(tmp_path):
    assert mark_of(filled(tmp_path, gradebook(student()), [row("ada", 7)], column="12345")) == "7"


UNKNOWN = {
    "by a name": ([], "Ada Lovelace"),
    "by a part of an id": ([("id", "s")], ""),
    "by Canvas's id taken for the university's": ([("id", "101")], ""),
    "by the university's id taken for Canvas's": ([("platform", "s1")], ""),
    "by the name of an e-mail": ([("email", "ada@example.org")], ""),
    "by an id of any kind with another name": ([("any", "s1")], "Robert Boyle"),
    "by nothing": ([], ""),
}


@pytest.mark.parametrize("how", UNKNOWN)
def test_nobody_is_guessed(tmp_path, how):
    ids, person = UNKNOWN[how]
    before = gradebook(student(mark="3"), CY)
    file = filled(tmp_path, before, [row("x", 7, ids=ids, person=person), CY_ROW], column="12345")
    assert file.data == before
    assert "not in exported.csv, so that their marks are not filled in: x" in file.said
    assert (
        "in exported.csv and not in the results, so that their cells stay as they are: Lovelace, Ada (s1)" in file.said
    )


def test_an_id_without_its_zeros_needs_the_name(tmp_path):
    data = gradebook(student(sis="007"), student('"Boyle, Robert"', "102", "0007", "rob"), CY)
    known = row("x", 7, ids=[("id", "7")], person="Ada Lovelace")
    assert [line[7] for line in cells(filled(tmp_path, data, [known], column="12345").data)[3:5]] == ["7", ""]
    assert filled(tmp_path, data, [row("x", 7, ids=[("id", "7")]), CY_ROW], column="12345").data == data


def test_the_id_of_one_with_the_name_of_another_is_neither(tmp_path):
    data = gradebook(student(), student('"Boyle, Robert"', "102", "s2", "rob"))
    file = filled(tmp_path, data, [row("x", 7, ids=[("id", "s1")], person="Robert Boyle")], column="12345")
    assert file.data == data
    assert any("x: may be Lovelace, Ada (s1) or Boyle, Robert (s2) in exported.csv" in text for text in file.said)


def test_two_of_one_name_are_told_apart_by_id(tmp_path):
    data = gradebook(student("Ada", "1", "s1"), student("Ada", "2", "s2", "ada2"))
    rows = [row("b", 2, ids=[("id", "s2")], person="Ada"), row("a", 1, ids=[("id", "s1")], person="Ada")]
    assert [line[7] for line in cells(filled(tmp_path, data, rows, column="12345").data)[3:5]] == ["1", "2"]


def test_two_rows_of_one_student_are_for_the_course_to_decide(tmp_path):
    rows = [row("a", 1, ids=[("id", "s1")]), row("b", 2, ids=[("login", "ada")])]
    file = filled(tmp_path, gradebook(student()), rows, column="12345")
    assert mark_of(file) == ""
    assert "a and b are both Lovelace, Ada (s1) in exported.csv: no mark until the course decides" in file.said
    assert not any("not in the results" in text for text in file.said)


def test_the_test_student_and_rows_of_canvas_are_nobody(tmp_path):
    rows = [row("a", 1, ids=[("platform", "999")]), row("b", 1, ids=[("id", "    Points Possible")])]
    file = filled(tmp_path, gradebook(student(), CY), [*rows, CY_ROW], column="12345")
    assert file.data == gradebook(student(), CY)
    assert not any("Test" in text for text in file.said)


def test_last_and_first_names_may_have_columns_of_their_own(tmp_path):
    data = b"LastName,FirstName,ID,SIS Login ID,Section,HW (5)\n    Points Possible,,,,,140\nLovelace,Ada,101,ada,1,\n"
    file = filled(tmp_path, data, [row("x", 7, ids=[("login", "ada")], person="Ada Lovelace")], column="HW")
    assert file.data == data.replace(b"ada,1,\n", b"ada,1,7\n")


# ------------------------------------------------------------- what is no mark
@pytest.mark.parametrize("old", ["", "0", "0.00", "55"])
@pytest.mark.parametrize("word", without_mark())
def test_what_is_no_mark_is_an_empty_cell(tmp_path, word, old):
    file = filled(tmp_path, gradebook(student(sis=word, mark=old)), [without_mark()[word]], column="12345")
    assert mark_of(file) == ""
    said = "missing" if word == "nothing" else word
    assert f"no mark to fill in ({said}): {word}" in file.said
    assert any(f"{word} ({old}, now empty)" in text for text in file.said) is bool(old)


@pytest.mark.parametrize("old", ["", "0", "55", "EX"])
def test_whoever_is_excused_from_all_is_excused_in_canvas(tmp_path, old):
    rows = [row("x", excused("q1", 0, 140), ids=[("id", "s1")])]
    assert mark_of(filled(tmp_path, gradebook(student(mark=old)), rows, column="12345")) == "EX"


@pytest.mark.parametrize(("scale", "mark"), [(False, ""), (True, "60")])
def test_an_excused_question_changes_the_maximum(tmp_path, scale, mark):
    """Of 70 points 30 are earned, of 140 that would be 60; which of them is meant is for the course to say."""
    full = row("y", question("q1", 70), question("q2", 70), ids=[("id", "s2")])
    data = gradebook(student(), student('"Boyle, Robert"', "102", "s2", "rob"))
    some = row("x", question("q1", 30), excused("q2", 5), ids=[("id", "s1")])
    assert mark_of(filled(tmp_path, data, [some, full], column="12345", scale=scale)) == mark


def test_a_question_excused_of_the_only_marks_so_far_is_no_other_maximum(tmp_path):
    data = gradebook(student(), student('"Boyle, Robert"', "102", "s2", "rob"))
    some = row("x", question("q1", 30), excused("q2", 5), ids=[("id", "s1")])
    waiting = row("y", question("q1", 70), question("q2", 0, 70, "pending"), ids=[("id", "s2")])
    file = filled(tmp_path, data, [some, waiting], column="12345")
    assert "no mark to fill in (worth 70 points in all, not 140: --scale converts it): x" in file.said


def test_a_real_zero_is_a_zero(tmp_path):
    rows = [row("x", question("q1", 0), question("q2", 0), ids=[("id", "s1")])]
    assert mark_of(filled(tmp_path, gradebook(student()), rows, column="12345")) == "0"


@pytest.mark.parametrize("status", ["missing", "rejected"])
def test_a_question_left_out_leaves_the_mark_of_the_others(tmp_path, status):
    rows = [row("x", question("q1", 30), question("q2", 0, 70, status), ids=[("id", "s1")])]
    assert mark_of(filled(tmp_path, gradebook(student()), rows, column="12345")) == "30"


@pytest.mark.parametrize("mark", [30, "held"])
@pytest.mark.parametrize("old", ["EX", "N/A"])
def test_what_canvas_says_of_a_student_stays(tmp_path, old, mark):
    part = question("q1", 30, 140) if mark == 30 else question("q1", 0, 140, "held")
    before = gradebook(student(mark=old))
    file = filled(tmp_path, before, [row("x", part, ids=[("id", "s1")])], column="12345")
    assert file.data == before
    assert any(f"{'excused' if old == 'EX' else 'N/A'}" in text and text.endswith(": x") for text in file.said)


# ------------------------------------------------------------- numbers
@pytest.mark.parametrize(
    ("points", "text"), [("15/2", "7.5"), ("1/8", "0.125"), ("1/3", "0.333333"), ("280/3", "93.333333"), (140, "140")]
)
def test_a_mark_is_exact_where_its_decimal_ends(tmp_path, points, text):
    assert (
        mark_of(filled(tmp_path, gradebook(student()), [row("x", points, ids=[("id", "s1")])], column="12345")) == text
    )


def test_a_file_with_semicolons_and_decimal_commas_keeps_them(tmp_path):
    data = (
        gradebook(student(score="88.5"))
        .decode()
        .replace(",", ";")
        .replace("140.00", "140,00")
        .replace("10.00", "10,00")
    )
    data = data.replace("9.5", "9,5").replace("88.5", "88,5").replace("Lovelace; Ada", "Lovelace, Ada").encode()
    file = filled(tmp_path, data, [row("x", "15/2", ids=[("id", "s1")])], column="12345")
    assert file.data == data.replace(b"a note;9,5;;", b"a note;9,5;7,5;")


def test_another_maximum_is_refused_or_converted(tmp_path):
    data = gradebook(student(), possible=POSSIBLE.replace("140.00", "100"))
    rows = [row("x", 70, ids=[("id", "s1")])]
    with pytest.raises(SpecError, match=r"'Homework 3 \(12345\)' is worth 100 points, the assignment 140: change it"):
        filled(tmp_path, data, rows, column="12345")
    assert mark_of(filled(tmp_path, data, rows, column="12345", scale=True)) == "50"


def test_one_row_with_another_maximum_is_not_filled_in_unless_marks_are_converted(tmp_path):
    """As where a question was excused."""
    data = gradebook(student(), student('"Boyle, Robert"', "102", "s2", "rob"))
    rows = [row("x", 70, ids=[("id", "s1")]), row("y", question("q1", 35, 70), ids=[("id", "s2")])]
    file = filled(tmp_path, data, rows, column="12345")
    assert [line[7] for line in cells(file.data)[3:5]] == ["70", ""]
    assert "no mark to fill in (worth 70 points in all, not 140: --scale converts it): y" in file.said
    file = filled(tmp_path, data, rows, column="12345", scale=True)
    assert [line[7] for line in cells(file.data)[3:5]] == ["70", "70"]


def test_a_column_that_says_no_points_takes_marks_as_they_are(tmp_path):
    data = gradebook(student(), possible=POSSIBLE.replace("140.00", ""))
    assert mark_of(filled(tmp_path, data, [row("x", 70, ids=[("id", "s1")])], column="12345")) == "70"


def test_one_row_that_fails_leaves_the_others(tmp_path, monkeypatch):
    import grader.classroom.platforms.filling as filling

    real = filling.total_mark

    def failing(found):
        if found.graded.name == "x" and getattr(failing, "armed", False):
            raise ValueError("planted")
        return real(found)

    monkeypatch.setattr(filling, "total_mark", failing)
    monkeypatch.setattr(filling.ColumnFilling, "_refuse_other_maximum", lambda *_: setattr(failing, "armed", True))
    data = gradebook(student(mark="3"), student('"Boyle, Robert"', "102", "s2", "rob"))
    rows = [row("x", 7, ids=[("id", "s1")]), row("y", 8, ids=[("id", "s2")])]
    file = filled(tmp_path, data, rows, column="12345")
    assert [line[7] for line in cells(file.data)[3:5]] == ["", "8"]
    assert file.faults == ("x: held, because the grader failed: ValueError: planted",)


def test_who_handed_in_nothing_is_no_stranger(tmp_path):
    file = filled(tmp_path, gradebook(student()), [nothing("ada", ids=[("id", "s1")])], column="12345")
    assert file.data == gradebook(student())
    assert not any("not in" in text for text in file.said)


@pytest.mark.parametrize("scale", [False, True])
def test_a_column_worth_nothing_makes_no_zeros_of_marks(tmp_path, scale):
    data = gradebook(student(), possible=POSSIBLE.replace("140.00", "0"))
    rows = [row("x", 70, ids=[("id", "s1")])]
    with pytest.raises(SpecError) as error:
        filled(tmp_path, data, rows, column="12345", scale=scale)
    assert str(error.value).endswith(
        "is worth 0 points, the assignment 140: change it on the platform and export again"
    )


def test_a_wrong_answer_beside_one_left_out_is_a_zero(tmp_path):
    """It was graded: an empty cell would let the platform leave the assignment out of the final grade."""
    rows = [row("x", question("q1", 0), question("q2", 0, 70, "missing"), ids=[("id", "s1")])]
    assert mark_of(filled(tmp_path, gradebook(student()), rows, column="12345")) == "0"


def test_a_wrong_answer_beside_one_that_cannot_be_used_is_for_a_person_to_decide(tmp_path):
    rows = [row("x", question("q1", 0), question("q2", 0, 70, "rejected"), ids=[("id", "s1")])]
    assert mark_of(filled(tmp_path, gradebook(student()), rows, column="12345")) == ""


@pytest.mark.parametrize(("scale", "mark"), [(False, ""), (True, "60")])
def test_of_a_column_that_says_no_points_a_mark_out_of_others_is_not_filled_in(tmp_path, scale, mark):
    """30 of 70 beside marks of 140 would be taken for 30 of 140."""
    students = [student(), student('"Boyle, Robert"', "102", "s2", "rob"), student('"Cy"', "103", "s3", "cy")]
    some = row("x", question("q1", 30), excused("q2", 5), ids=[("id", "s1")])
    rows = [some, *(row(name, 70, ids=[("id", name)]) for name in ("s2", "s3"))]
    data = gradebook(*students, possible=POSSIBLE.replace("140.00", ""))
    file = filled(tmp_path, data, rows, column="12345", scale=scale)
    assert [line[7] for line in cells(file.data)[3:6]] == [mark, "70", "70"]


def test_a_student_who_stands_there_twice_gets_the_mark_in_both_lines(tmp_path):
    data = gradebook(student(), student().replace("Lab 1", "Lab 2"), student('"Boyle, Robert"', "102", "s2", "rob"))
    file = filled(tmp_path, data, [row("a", 1, ids=[("id", "s1")])], column="12345")
    assert [line[7] for line in cells(file.data)[3:6]] == ["1", "1", ""]
    assert not any("may be" in text for text in file.said)


@pytest.mark.parametrize("words", ["(read only)", "(lecture seule)", "(schreibgeschützt)"])
def test_a_column_that_canvas_computes_is_none_to_fill_in_any_language(tmp_path, words):
    """`Current Score (2026)` is the score of a grading period called 2026, and looks like an assignment."""
    header = HEADER.replace("Assignments Current Score", "Current Score (2026)")
    data = gradebook(student(), header=header, possible=POSSIBLE.replace("(read only)", words))
    with pytest.raises(SpecError, match=r"'Current Score \(2026\)' is no column of an assignment"):
        filled(tmp_path, data, [row("a", 7, ids=[("id", "s1")])], column="Current Score (2026)")


# ------------------------------------------------------------- a file of somebody else
def test_a_file_in_which_nobody_of_the_results_is_is_no_file_with_0_marks(tmp_path):
    rows = [row(f"x{i}", 7, ids=[("id", f"z{i}")], person=f"X {i}") for i in range(5)]
    with pytest.raises(SpecError) as error:
        filled(tmp_path, gradebook(student(), CY), rows, column="12345")
    there = "Lovelace, Ada (s1, 101, ada) and Young, Cy (s7, 107, cy)"
    assert str(error.value) == (
        "exported.csv:1:1: nobody in it is in the results, by id, user name or e-mail: it has"
        f" {there}, the results X 0 (z0), X 1 (z1), X 2 (z2) and 2 more: name the file of this class, or grade with a"
        " --roster that has an id or e-mail which the file has, too"
    )


def test_a_file_without_students_says_so(tmp_path):
    with pytest.raises(SpecError, match="by id, user name or e-mail: it has nobody, the results x: name the file of"):
        filled(tmp_path, gradebook(), [row("x", 7)], column="12345")
