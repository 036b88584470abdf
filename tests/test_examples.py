"""Every example submission earns the marks that its mistake deserves, no more and no less."""

from functools import cache
from pathlib import Path

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.kinds.written.marks import load_marks
from grader.verdict import as_number

from .conftest import RUN

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "submissions_example"

WEIGHTS_ONLY = {
    "biases_swapped": {"q5": 0, "q6": 25},
    "forgets_the_past": {"q5": 40, "q6": 45},
    "missing_answer": {"q5": 70, "q6": 0},
    "misspelt_parameter": {"q5": 0, "q6": 70},
    "never_rises": {"q5": 0, "q6": 0},
    "numpy_arrays": {"q5": 70, "q6": 70},
    "other_convention": {"q5": 0, "q6": 25},
    "other_weights": {"q5": 70, "q6": 70},
    "right_from_step_two": {"q5": 70, "q6": 0},
    "right_on_the_example": {"q5": 20, "q6": 25},
    "room_to_spare": {"q5": 70, "q6": 70},
    "threshold_off_by_one": {"q5": 20, "q6": 25},
}
"""Submissions that answer the questions about weights alone."""

ORDER = ("q1", "q2", "q3.1", "q3.2", "q3.3", "q3.4", "q3.5", "q4.1", "q4.2", "q4.3", "q5", "q6")
WHOLE = {
    "broken_file": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "in_latex": (40, 0, 20, 20, 30, 30, 0, 0, 0, 0, 70, 70),
    "near_misses": (25, 20, 10, 12, 5, 24, 0, 9, 10, 10, 40, 45),
    "nonsense": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "plain_words": (40, 40, 20, 20, 30, 30, 10, 25, 20, 25, 70, 70),
    "solved_sheet": (40, 40, 20, 20, 10, 6, 10, 25, 20, 25, 70, 70),
}
"""Submissions to the whole assignment, by question, with the reader's marks beside them."""

MARKS = {
    **{name: {**dict.fromkeys(ORDER, 0), **marks} for name, marks in WEIGHTS_ONLY.items()},
    **{name: dict(zip(ORDER, marks, strict=True)) for name, marks in WHOLE.items()},
}
STATUSES = {
    **dict.fromkeys(WEIGHTS_ONLY, "missing"),
    "broken_file": "rejected",
    "in_latex": "pending",
    "misspelt_parameter": "rejected",
    "nonsense": "rejected",
}


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(ROOT / "specs" / "assignment3")


@pytest.fixture(scope="module")
def graded(assignment):
    """The report of an example with the reader's marks, made once."""
    marks = load_marks(ROOT / "specs" / "assignment3" / "marks.yaml")
    return cache(lambda name: grade(Submission(EXAMPLES / name), assignment, marks=marks, run=RUN))


def test_every_example_has_its_marks_stated():
    names = [path.name for path in EXAMPLES.iterdir() if path.is_dir() and not path.name.startswith("lab_")]
    assert sorted(names) == sorted(MARKS)


@pytest.mark.parametrize("name", MARKS)
def test_example_earns_its_marks(graded, name):
    report = graded(name)
    assert {q.id: as_number(q.points) for q in report.questions} == MARKS[name]
    assert report.status == STATUSES.get(name, "graded")


def test_the_whole_assignment_is_worth_400_points(assignment):
    assert assignment.points == 400


def test_five_submissions_answer_every_question(graded):
    """Complete ones: nothing is missing from them."""
    reports = {name: graded(name) for name in WHOLE if name != "broken_file"}
    assert [name for name, r in reports.items() if any(q.status == "missing" for q in r.questions)] == []
    assert len(reports) == 5


def test_the_solved_sheet_is_told_why_it_is_wrong(graded):
    """3.3 lost the power of |W|, 3.4 lost M and squared a slope: the messages name both."""
    report = graded("solved_sheet")
    messages = {q.id: q.checks[0].message for q in report.questions}
    assert messages["q3.3"].startswith("The power of |W| is lost")
    assert messages["q3.4"].startswith("M is lost, and one slope is squared where two different ones belong")


def test_the_form_in_the_last_gradient_alone_gets_most_of_the_marks(graded):
    report = graded("near_misses")
    question = next(q for q in report.questions if q.id == "q3.4")
    assert as_number(question.points) == 24
    assert question.checks[0].message.startswith("Right only for t + 2 = T")
