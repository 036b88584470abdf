"""Cells of tables: none is a formula wherever a spreadsheet divides, all are read back, and a title names one column."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.cells import FORMULA_STARTS, cell_of_grades, question_of, text_of_grades, titles_of
from grader.classroom.class_row import ClassRow
from grader.classroom.grades_table import table
from grader.classroom.platforms.gradescope import GradescopeBulkFormat
from grader.classroom.platforms.platform import PlatformRequest
from grader.classroom.platforms.spreadsheet import SpreadsheetFormat
from grader.classroom.recorded_rows import class_rows
from grader.classroom.results import ResultsFolder

from .class_rows import question, row

NAMES = ["name", "id", "email", "section", "report", "total", "Status", "max", "exact", "evidence", "submission", "SID"]
FORMULA = re.compile(rf"[\s\"]*[{re.escape(''.join(FORMULA_STARTS))}]")


@given(st.text(st.sampled_from(";,'\"=+ \ta1"), max_size=9))
def test_cells_of_grades_are_read_back(text):
    assert text_of_grades(cell_of_grades(text)) == text


@given(st.text(st.sampled_from(";'\"=+@ ab"), max_size=9))
def test_no_part_between_semicolons_is_a_formula(text):
    assert not any(FORMULA.match(part) for part in cell_of_grades(text).split(";")[1:])


@pytest.fixture
def recorded(tmp_path):
    """The folder of results in which these rows are recorded, each with the points of a submission of its name."""

    def record(*rows):
        folder = ResultsFolder(tmp_path / "out")
        folder.start([one.graded.name for one in rows])
        for one in rows:
            folder.record(one.graded)
        folder.finish([one.graded for one in rows])
        return tmp_path / "out"

    return record


@pytest.mark.parametrize("name", ["a;=1+1", "a; '+1", 'a;"@SUM(1)', "a;''=1", "a;b"])
def test_a_name_of_grades_csv_is_no_formula_where_it_is_divided_at_semicolons(recorded, name):
    results = recorded(row(name, 7))
    parts = (results / "grades.csv").read_text(encoding="utf-8").splitlines()[1].split(";")
    assert not any(FORMULA.match(part) for part in parts)
    (found,) = class_rows(results).rows
    assert (found.graded.name, found.graded.total) == (name, 7)


def test_rows_that_share_their_marks_have_their_own_names_and_totals_in_the_table(recorded):
    """Points of the questions are written once for rows with the same mapping, in the order of all questions."""
    first, other = row("ada", 7).graded, row("bob", 7, question("other", 3)).graded
    shared = replace(first, name="cem", status="pending")
    results = recorded(*(ClassRow(one, one.name) for one in (first, other, shared)))
    lines = list(csv.DictReader(io.StringIO((results / "grades.csv").read_text(encoding="utf-8"))))
    assert [(line["submission"], line["q1"], line["other"], line["status"]) for line in lines] == [
        ("ada", "7", "", "graded"),
        ("bob", "7", "3", "graded"),
        ("cem", "7", "", "pending"),
    ]


def titles(data, format):
    return next(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("format", [SpreadsheetFormat, GradescopeBulkFormat])
def test_no_two_columns_of_a_platforms_table_have_one_title(format):
    rows = [row("ada", *(question(name, 1) for name in NAMES), ids=[("id", "007")])]
    found = titles(format().write(PlatformRequest(rows)).data, format)
    assert len({title.casefold() for title in found}) == len(found)
    assert "SID (question)" in found or format is SpreadsheetFormat


def test_a_question_that_is_called_like_a_column_is_told_apart_in_grades_csv_and_read_back(recorded):
    some = row("ada", *(question(name, number) for number, name in enumerate(NAMES)))
    results = recorded(some)
    header, cells = csv.reader(io.StringIO((results / "grades.csv").read_text(encoding="utf-8"), newline=""))
    assert len({*header}) == len(header)
    assert dict(zip(header, cells, strict=True))["total"] == str(sum(range(len(NAMES))))
    assert dict(zip(header, cells, strict=True))["total (question)"] == str(NAMES.index("total"))
    (found,) = class_rows(results).rows
    assert isinstance(found, ClassRow)
    assert found.graded.marks == some.graded.marks


def test_other_questions_are_the_titles_of_their_columns():
    assert table([row("ada", question("q1", 1), question("name of it", 2)).graded])[0][:3] == [
        "submission", "q1", "name of it",
    ]  # fmt: skip


def test_titles_lead_back_to_their_questions():
    questions = ["total", "total (question)", "total (question) (question)", "q5"]
    assert titles_of(questions, ["TOTAL"]) == [f"{name} (question)" for name in questions[:3]] + ["q5"]
    assert [question_of(title) for title in titles_of(questions, ["TOTAL"])] == questions
