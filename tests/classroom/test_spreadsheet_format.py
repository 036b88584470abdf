"""The CSV for spreadsheets and Gradescope's: every mark exact, what is no mark a word or empty, and nothing a formula."""

import csv
import io
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.classroom.graded import TextsInMemory
from grader.classroom.people import Person
from grader.classroom.platforms.gradescope import GRADESCOPE_COLUMNS, GradescopeBulkFormat
from grader.classroom.platforms.marks import decimal, number_in
from grader.classroom.platforms.platform import PlatformRequest
from grader.classroom.platforms.spreadsheet import SpreadsheetFormat, mixed_number
from grader.errors import SpecError

from .class_rows import excused, question, row, without_mark

ADA = [("id", "007"), ("email", "ada@example.org")]


def table(rows, format=SpreadsheetFormat, **options):
    file = format().write(PlatformRequest(rows, **options))
    text = file.data.decode("utf-8-sig")
    header, *lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=";" if options.get("decimal_comma") and format is SpreadsheetFormat else ",",
    )
    return [dict(zip(header, line, strict=True)) for line in lines], file


def test_a_row_in_full():
    rows = [row("ada", question("q1", "15/2"), question("q2", 0), ids=ADA, person="Ada, Lovelace", section="Lab 1")]
    (line,), file = table(rows)
    assert line == {
        "submission": "ada", "id": "007", "name": "Ada, Lovelace", "email": "ada@example.org", "section": "Lab 1",
        "q1": "7.5", "q2": "0", "total": "7.5", "max": "140", "status": "graded",
    }  # fmt: skip
    assert file.data.startswith(b"\xef\xbb\xbfsubmission,id,")
    assert file.data.count(b"\r\n") == file.data.count(b"\n") == 2


@pytest.mark.parametrize("word", without_mark())
def test_what_is_no_mark_is_a_word(word):
    (line,), _ = table([without_mark()[word]])
    said = "missing" if word == "nothing" else word
    assert line["total"] == said
    assert line["q2" if word == "pending" else "q1"] == said
    assert "0" not in (line["total"], line["q1"], line.get("q2"))


def test_what_is_excused_is_a_word_and_counts_neither_way():
    rows = [row("x", question("q1", 30), excused("q2", 5)), row("y", excused("q1", 0), excused("q2", 0))]
    (some, all_), _ = table(rows)
    assert (some["q1"], some["q2"], some["total"], some["max"]) == ("30", "excused", "30", "70")
    assert (all_["q1"], all_["q2"], all_["total"], all_["status"]) == ("excused", "excused", "excused", "excused")
    (some, all_), _ = table([replace(one, person=Person("", (("id", "1"),))) for one in rows], GradescopeBulkFormat)
    assert [(line["Total Score"], line["Status"], line["q2"]) for line in (some, all_)] == [
        ("30", "Graded", ""),
        ("", "Excused", ""),
    ]


def test_a_question_left_out_is_a_word_and_the_total_that_of_the_others():
    (line,), _ = table([row("x", question("q1", 30), question("q2", 0, 70, "missing"))])
    assert (line["q1"], line["q2"], line["total"]) == ("30", "missing", "30")


def test_a_mark_whose_decimal_does_not_end_is_exact_beside_it():
    lines, _ = table([row("a", "140/3"), row("b", "7")])
    assert [(line["total"], line["exact"]) for line in lines] == [("46.6666666666667", "46 2/3"), ("7", "")]


def test_a_decimal_comma_comes_with_semicolons():
    (line,), file = table([row("a", "15/2")], decimal_comma=True)
    assert line["total"] == "7,5"
    assert file.data.startswith(b"\xef\xbb\xbfsubmission;id;")


FORMULAS = ['=HYPERLINK("http://evil.example")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1", "'=1"]


@pytest.mark.parametrize("format", [SpreadsheetFormat, GradescopeBulkFormat])
@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text, format):
    rows = [row(text, 7, ids=[("id", text), ("email", text)], person=text, section=text)]
    (line,), _ = table(rows, format)
    assert [cell for cell in line.values() if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))] == []


@pytest.mark.parametrize("format", [SpreadsheetFormat, GradescopeBulkFormat])
def test_one_row_that_fails_is_held_alone(format):
    rows = [row("a", 7, ids=ADA), row("b", 8, ids=[("email", "b@example.org")])]
    object.__setattr__(rows[0].graded, "texts", TextsInMemory("{"))
    lines, file = table(rows, format) if format is SpreadsheetFormat else (None, format().write(PlatformRequest(rows)))
    assert file.faults[0].startswith("a: held, because the grader failed: JSONDecodeError")
    assert len(file.faults) == 1
    if lines:
        assert [line["total"] for line in lines] == ["held", "8"]
    else:
        assert "007,ada@example.org,,,,Ungraded" in file.data.decode()


# ------------------------------------------------------------- Gradescope
def test_gradescope_has_its_own_columns():
    rows = [row("x", question("q1", "15/2"), ids=ADA, person="Lovelace, Ada", section="Lab 1")]
    (line,), file = table(rows, GradescopeBulkFormat)
    assert tuple(line) == (*GRADESCOPE_COLUMNS, "q1")
    assert list(line.values()) == ["Ada", "Lovelace", "007", "ada@example.org", "Lab 1", "7.5", "70", "Graded", "7.5"]
    assert file.said == ()


@pytest.mark.parametrize("word", without_mark())
def test_gradescope_has_no_score_where_there_is_no_mark(word):
    (line,), _ = table([without_mark()[word]], GradescopeBulkFormat)
    assert line["Total Score"] == ""
    assert line["Status"] == ("Missing" if word in ("missing", "nothing") else "Ungraded")


def test_gradescope_needs_somebody_it_can_know():
    with pytest.raises(SpecError, match="nobody in the results has an e-mail or an id"):
        table([row("x", 7)], GradescopeBulkFormat)
    _, file = table([row("x", 7), row("y", 8, ids=ADA)], GradescopeBulkFormat)
    assert file.said == ("no e-mail and no id is known, so that no line is written: x",)


@pytest.mark.parametrize("status", ["missing", "rejected"])
def test_marks_that_lateness_took_are_a_zero(status):
    late = row("x", question("q1", 7), question("q2", 0, status=status), ids=ADA)
    late = replace(late, graded=replace(late.graded, total=Fraction(0)), late_points=Fraction(7))
    assert table([late])[0][0]["total"] == "0"
    (line,), _ = table([late], GradescopeBulkFormat)
    assert (line["Total Score"], line["Status"]) == ("0", "Graded")


def test_gradescope_wants_an_email_for_each():
    _, file = table([row("x", 7, ids=ADA), row("y", 8, ids=[("email", "ADA@example.org")])], GradescopeBulkFormat)
    assert file.said == ("one e-mail stands for several, and Gradescope wants one a person: x and y",)


# ------------------------------------------------------------- numbers
@pytest.mark.parametrize(
    ("points", "text"),
    [(0, "0"), (7, "7"), ("1/8", "0.125"), ("-3/2", "-1.5"), ("1/3", "0.333333"), ("-1/3", "-0.333333"), ("2/3", "0.666667"),
     ("1/1024", "0.0009765625"), ("1/30000000", "0"), ("-1/30000000", "0"), (10**20, "1" + 20 * "0"), ("99/100", "0.99")],
)  # fmt: skip
def test_decimals(points, text):
    assert decimal(Fraction(points)) == text
    assert decimal(Fraction(points), comma=True) == text.replace(".", ",")


def test_decimals_are_read_back():
    for numerator in range(-60, 60):
        for denominator in (1, 2, 4, 5, 8, 10, 25):
            points = Fraction(numerator, denominator)
            assert number_in(decimal(points)) == number_in(decimal(points, comma=True)) == points


@pytest.mark.parametrize("text", ["", "-", "EX", "1.000,5", "1e5", "½", "1/2", "٣", "7 %", "9" * 40])
def test_what_is_no_number(text):
    assert number_in(text) is None


@pytest.mark.parametrize(("points", "text"), [("140/3", "46 2/3"), ("1/3", "0 1/3"), ("-4/3", "-1 1/3")])
def test_mixed_numbers(points, text):
    assert mixed_number(Fraction(points)) == text


@pytest.mark.parametrize("format", [SpreadsheetFormat, GradescopeBulkFormat])
@pytest.mark.parametrize("text", ["a;=1+1;b", "a; =1+1;b", "a,+1", 'a;"=1', "a;'@x", "a;＝1"])
def test_no_part_of_a_cell_is_a_formula_where_another_sign_divides_cells(text, format):
    """A spreadsheet of a country with decimal commas divides at semicolons whatever divides the file."""
    rows = [row("x", 7, ids=ADA, person=text, section=text)]
    (line,), _ = table(rows, format)
    parts = [part.strip().lstrip('"') for cell in line.values() for part in re.split("[,;]", cell)]
    assert [part for part in parts if part.startswith(("=", "+", "@", "＝"))] == []
