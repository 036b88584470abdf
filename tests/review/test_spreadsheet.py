"""Marks in a spreadsheet: what comes back unchanged changes nothing, and a slip in one cell saves nothing of the table."""

import csv
import io
from fractions import Fraction

import pytest

from grader.errors import SpecError
from grader.kinds.written.marks import Mark, load_marks
from grader.review.spreadsheet import marks_table
from grader.review.spreadsheet_marks import take_marks_table

from ..answers.helpers import write
from .small_class import give, read_now

COLUMNS = [
    "submission", "question", "state", "answer", "essay: says why", "essay: gives an example",
    "none", "points", "note", "reader", "key",
]  # fmt: skip


class Sheet:
    """A table as a person edits it."""

    def __init__(self, data: bytes) -> None:
        assert data.startswith(b"\xef\xbb\xbf")
        self.rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))

    def row(self, submission: str) -> int:
        (found,) = (i for i, row in enumerate(self.rows) if row[0] == submission)
        return found

    def put(self, submission: str, column: str, value: str) -> None:
        self.rows[self.row(submission)][self.rows[0].index(column)] = value

    def write(self, path, *, delimiter=",", encoding="utf-8-sig", newline="\r\n"):
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(self.rows)
        path.write_bytes(out.getvalue().encode(encoding))
        return path


@pytest.fixture
def review(one_class):
    return one_class.review()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "marks.csv"


def sheet_of(review):
    return Sheet(marks_table(review, ["essay"]))


def test_a_row_is_an_answer_with_a_column_for_each_point(review):
    give(
        review,
        "dan",
        "essay",
        read_now(review, "dan", "essay", "gives an example", points=Fraction(9, 2), note="So.", reader="me"),
    )
    give(review, "bob", "essay", read_now(review, "bob", "essay"))
    rows = sheet_of(review).rows
    assert rows[0] == COLUMNS
    assert [row[:-1] for row in rows[1:]] == [
        ["alice", "essay", "pending", "Because it forgets.", "", "", "", "", "", ""],
        ["bob", "essay", "marked", "because  IT forgets.", "", "", "x", "", "", ""],
        ["carol", "essay", "pending", "Because it does not forget.", "", "", "", "", "", ""],
        ["dan", "essay", "marked", "It keeps what it has read,\nfor instance the first letter.\n", "", "x", "", "4.5", "So.", "me"],
    ]  # fmt: skip


STRANGE = Mark(("says why",), "=HYPERLINK(1)\n\"quoted\"; 'x', \t-1", "@reader", points=Fraction(10, 3))


def test_what_comes_back_as_it_was_changes_nothing(review, path):
    """Whichever spreadsheet has saved it: separators, encodings, ends of lines, ticks, decimal commas."""
    for name, mark in {
        "alice": STRANGE,
        "bob": Mark((), "", "", points=Fraction(15, 2)),
        "carol": Mark(("says why",), "'=1", ""),
    }.items():
        give(review, name, "essay", mark)
    before = review.store.path.read_bytes()
    sheet = sheet_of(review)
    for options in (
        {},
        {"delimiter": ";", "newline": "\n"},
        {"delimiter": "\t", "encoding": "utf-16"},
        {"encoding": "utf-8"},
    ):
        assert take_marks_table(review, sheet.write(path, **options)) == ("0 marks saved, 4 rows unchanged",)
    sheet.put("alice", "essay: says why", " X ")
    sheet.put("bob", "points", "7,5")
    sheet.rows = [[*row, ""] for row in sheet.rows] + [[""] * 4]
    assert take_marks_table(review, sheet.write(path)) == ("0 marks saved, 4 rows unchanged",)
    assert review.store.path.read_bytes() == before


def test_no_cell_is_a_formula(small_class, run):
    write(small_class.submissions / "=cmd", {"answers.yaml": "essay: =1+1\ncell: '@SUM(A1)'\n"})
    write(small_class.submissions / "007", {"answers.yaml": "essay: '-1'\ncell: 2024-01-02\n"})
    small_class.grade()
    data = marks_table(small_class.review())
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    for cells in rows:
        assert not [
            c for c in cells if c.startswith(("=", "+", "@", "\t", "\r")) or (c[:1] == "-" and not c[1:].isdigit())
        ]
    assert {"'=cmd", "'007"} <= {row[0] for row in rows}  # and no name becomes a number
    path = small_class.folder / "t.csv"
    path.write_bytes(data)
    assert take_marks_table(small_class.review(), path) == ("0 marks saved, 11 rows unchanged",)


def test_marks_are_saved_with_their_reader(small_class, review, path):
    sheet = sheet_of(review)
    sheet.put("alice", "essay: says why", "x")
    sheet.put("alice", "note", "Well said.")
    sheet.put("bob", "none", "1")
    sheet.put("carol", "points", "2,5")
    sheet.put("carol", "reader", "zoe")
    assert take_marks_table(review, sheet.write(path), "me") == ("3 marks saved, 1 row unchanged",)
    found = load_marks(small_class.marks_file)
    assert found["alice", "essay"] == read_now(review, "alice", "essay", "says why", note="Well said.", reader="me")
    assert found["bob", "essay"] == read_now(review, "bob", "essay", reader="me")
    assert found["carol", "essay"] == read_now(review, "carol", "essay", reader="zoe", points=Fraction(5, 2))
    assert take_marks_table(review, path, "me") == ("0 marks saved, 4 rows unchanged",)  # once more: they are there
    small_class.grade()
    assert [small_class.grades()[name][0] for name in ("alice", "bob", "carol", "dan")] == ["6", "0", "2.5", "0"]


def test_a_row_that_was_blanked_keeps_its_mark(review, path):
    give(review, "dan", "essay", read_now(review, "dan", "essay", "gives an example"))
    sheet = sheet_of(review)
    sheet.put("dan", "essay: gives an example", "")
    assert take_marks_table(review, sheet.write(path)) == (
        "0 marks saved, 3 rows unchanged", "essay of dan: blank in the table; the mark that it has stays",
    )  # fmt: skip
    assert review.answer("dan", "essay").mark.met == ("gives an example",)


SLIPS = {
    ("essay: says why", "maybe"): "2:5: 'maybe' is neither x nor blank",
    ("points", "11"): "2:8: 11 points are more than essay is worth: 10",
    ("points", "-1"): "2:8: '-1' is no number of points: wanted is one from 0 to 10, or a blank cell",
    ("points", "1/0"): "2:8: '1/0' is no number of points: wanted is one from 0 to 10, or a blank cell",
    ("points", "#REF!"): "2:8: '#REF!' is no number of points: wanted is one from 0 to 10, or a blank cell",
    ("points", "1e3"): "2:8: '1e3' is no number of points: wanted is one from 0 to 10, or a blank cell",
    (
        "note",
        "only a note",
    ): "2:9: is filled in, and no mark is: put an x under the points that are met, or under `none`",
    ("submission", "alcie"): "2:1: there is no submission 'alcie' (did you mean 'alice'?)",
    ("submission", "eve"): "2:1: eve has handed in nothing for essay",
    ("submission", "bob"): "2:11: is not the key of bob, essay: names, questions and keys stay as they were written",
    ("question", "cell"): "2:11: is not the key of alice, cell: names, questions and keys stay as they were written",
    ("question", "esay"): "2:2: 'esay' is no written question (did you mean 'essay'?)",
    ("key", ""): "2:11: is not the key of alice, essay: names, questions and keys stay as they were written",
    ("key", "1.2E+5"): "2:11: is not the key of alice, essay: names, questions and keys stay as they were written",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_row_and_column_and_nothing_is_saved(review, path, slip):
    sheet = sheet_of(review)
    sheet.put("dan", "essay: says why", "x")  # a good row
    sheet.put("alice", *slip)
    with pytest.raises(SpecError) as refused:
        take_marks_table(review, sheet.write(path))
    assert str(refused.value).split("\n")[0] == f"marks.csv:{SLIPS[slip]}"
    assert not review.store.path.exists()


def test_every_slip_is_told_at_once(review, path):
    sheet = sheet_of(review)
    sheet.put("alice", "points", "x")
    sheet.put("alice", "none", "?")
    sheet.put("bob", "none", "x")
    sheet.put("bob", "essay: says why", "x")
    sheet.rows.append(sheet.rows[sheet.row("carol")])
    with pytest.raises(SpecError) as refused:
        take_marks_table(review, sheet.write(path))
    assert [str(problem) for problem in refused.value.problems] == [
        "marks.csv:2:7: '?' is neither x nor blank",
        "marks.csv:2:8: 'x' is no number of points: wanted is one from 0 to 10, or a blank cell",
        "marks.csv:3:7: says that no point is met, and points are",
        "marks.csv:6:1: carol, essay is in row 4, too",
    ]


HEADERS = {
    (
        "essay: says why",
        "essay: says wy",
    ): "1:5: 'essay: says wy' is no point of a rubric (did you mean 'essay: says why'?)",
    ("key", "id"): "1:1: the column 'key' is missing: write the table anew",
    ("note", "points"): "1:9: the column 'points' is there twice",
}


@pytest.mark.parametrize("change", HEADERS)
def test_a_header_that_was_changed_is_told(review, path, change):
    sheet = sheet_of(review)
    sheet.rows[0][sheet.rows[0].index(change[0])] = change[1]
    with pytest.raises(SpecError) as refused:
        take_marks_table(review, sheet.write(path))
    assert f"marks.csv:{HEADERS[change]}" in str(refused.value).split("\n")


def test_rows_and_columns_in_another_order_and_columns_of_ones_own(review, path):
    sheet = sheet_of(review)
    sheet.put("alice", "essay: says why", "x")
    sheet.rows = [[*row[::-1], "mine"] for row in (sheet.rows[0], *sheet.rows[:0:-1])]
    assert take_marks_table(review, sheet.write(path)) == (
        "1 mark saved, 3 rows unchanged", "the column 'mine' is none of the table, and was not read",
    )  # fmt: skip
    assert review.answer("alice", "essay").mark.met == ("says why",)


def test_what_others_have_marked_since_is_told_and_not_overwritten(marked_class, review, path):
    sheet = sheet_of(review)
    give(review, "alice", "essay", read_now(review, "alice", "essay", "gives an example", reader="zoe"))
    assert take_marks_table(review, sheet.write(path)) == ("0 marks saved, 4 rows unchanged",)
    sheet.put("alice", "essay: says why", "x")
    sheet.put("bob", "none", "x")
    with pytest.raises(SpecError) as refused:
        take_marks_table(review, sheet.write(path))
    assert str(refused.value) == (
        "marks.csv:2:11: its mark has changed since the table was written (by zoe): write the table anew, and mark this"
        " one again"
    )
    assert review.answer("bob", "essay").mark is None


@pytest.mark.parametrize("what", ["answer", "rubric"])
def test_a_mark_for_an_answer_or_a_rubric_that_has_changed_is_told(small_class, review, path, what):
    sheet = sheet_of(review)
    if what == "answer":
        small_class.hand_in("alice", "essay: Another text.\n")
        small_class.grade()
    else:
        small_class.edit("essay.yaml", "says why, points: 6", "says why, points: 5")
        small_class.edit("essay.yaml", "example, points: 4", "example, points: 5")
    sheet.put("alice", "essay: says why", "x")
    with pytest.raises(SpecError, match=rf"marks.csv:2:11: the {what} has changed since the table was written"):
        take_marks_table(small_class.review(), sheet.write(path))


FILES = {
    b"": "marks.csv:1:1: has no first row",
    b'submission,"question\n': "marks.csv:1:1: is no CSV",
    b"PK\x03\x04": "marks.csv: is a spreadsheet: save it as CSV",
    b"a\x00b": "marks.csv: is no text in UTF-8, UTF-16 nor Windows-1252",
    b"one,two\n1,2\n": "marks.csv:1:1: the column 'submission' is missing",
}


@pytest.mark.parametrize("data", FILES)
def test_a_file_that_is_no_table_is_told(review, path, data):
    path.write_bytes(data)
    with pytest.raises(SpecError) as refused:
        take_marks_table(review, path)
    assert str(refused.value).startswith(FILES[data])


def test_the_command_writes_and_takes_tables(marked_class, run):
    path = marked_class.folder / "out.csv"
    written = run("review", marked_class.results, "--csv-out", path, "-q", "essay")
    assert (written.code, written.err) == (0, "")
    sheet = Sheet(path.read_bytes())
    sheet.put("alice", "essay: says why", "x")
    taken = run("review", marked_class.results, "--csv-in", sheet.write(path), "--reader", "me")
    assert (taken.code, taken.out.splitlines()[0]) == (0, "1 mark saved, 3 rows unchanged")
    refused = run("review", marked_class.results, "--csv-out", marked_class.marks_file)
    assert (refused.code, "has the marks themselves" in refused.err) == (2, True)
    sheet.put("alice", "points", "99")
    assert run("review", marked_class.results, "--csv-in", sheet.write(path)).code == 2
