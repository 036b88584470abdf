"""The table at the end of a run: at any width no question is hidden without a word, and its length is bounded."""

import re
from fractions import Fraction

import pytest

from grader.classroom.display import MAX_SHOWN_ROWS, MAX_WRAPPED_ROWS, render_table
from grader.classroom.graded import Graded

QUESTIONS = [f"question_{i}" for i in range(1, 13)]


def rows(number, questions=QUESTIONS, name="student"):
    marks = {question: Fraction(i) for i, question in enumerate(questions)}
    total = sum(marks.values(), Fraction(0))
    return [Graded(f"{name}{i}", "a", marks, total, total, "graded", ()) for i in range(number)]


def columns(shown):
    """The cells that stand below each title, over all parts of the table."""
    found = {}
    for part in shown.split("\n\n"):
        header, *lines = [line.split() for line in part.splitlines()]
        for i, title in enumerate(header):
            found.setdefault(title, []).append([line[i] for line in lines])
    return found


@pytest.mark.parametrize("width", [23, 33, 45, 60, 80, 120, 200])
def test_a_small_class_has_every_question_at_every_width(width):
    shown = render_table(rows(3), colour=False, width=width)
    assert max(map(len, shown.splitlines())) <= width
    found = columns(shown)
    names = found.pop("submission")
    assert {title: cells for title, (cells,) in found.items()} == {
        **{question: [str(i)] * 3 for i, question in enumerate(QUESTIONS)},
        "total": ["66"] * 3, "max": ["66"] * 3, "status": ["graded"] * 3,
    }  # fmt: skip
    assert all(part == ["student0", "student1", "student2"] for part in names)


def test_where_all_fits_there_is_one_table():
    shown = render_table(rows(3, ["q1", "q2"]), colour=False, width=80)
    assert shown.splitlines()[0].split() == ["submission", "q1", "q2", "total", "max", "status"]
    assert len(shown.splitlines()) == 4


def test_of_a_large_class_the_questions_that_are_not_shown_are_named():
    size = MAX_WRAPPED_ROWS + 1
    shown = render_table(rows(size), colour=False, width=80).splitlines()
    assert len(shown) == size + 2
    assert shown[0].split() == ["submission", "total", "max", "status"]
    assert (
        shown[-1]
        == f"not shown at 80 columns: the points of {', '.join(QUESTIONS[:-1])} and {QUESTIONS[-1]}: grades.csv has them"
    )
    assert len(render_table(rows(size, ["q1"]), colour=False, width=80).splitlines()) == size + 1


def test_names_that_leave_no_room_hide_nothing():
    shown = render_table(rows(2, name="n" * 100), colour=False, width=80).splitlines()
    assert shown[0].split() == ["submission", *QUESTIONS, "total", "max", "status"]
    assert len(shown) == 3


def test_a_very_large_class_has_a_table_that_ends():
    shown = render_table(rows(MAX_SHOWN_ROWS + 7, ["q1"]), colour=False, width=80).splitlines()
    assert len(shown) == MAX_SHOWN_ROWS + 3
    assert shown[-2:] == ["", "and 7 rows more: grades.csv has all"]


def test_each_part_has_the_colour_of_the_row():
    (row,) = rows(1)
    held = Graded("x", "a", row.marks, None, row.max_points, "held", ())
    shown = render_table([held], colour=True, width=60)
    lines = [line for line in shown.splitlines() if re.search(r"(m|^)x ", line)]
    assert len(lines) > 2
    assert all(line.startswith("\x1b[35m\x1b[1mx ") for line in lines)
