"""Every example submission earns the marks that its mistake deserves, no more and no less."""

from pathlib import Path

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.spec.assignment import load_assignment
from grader.verdict import as_number

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "submissions_example"

MARKS = {
    "biases_swapped": {"q5": 0, "q6": 25},
    "broken_file": {"q5": 0, "q6": 0},
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
    "solved_sheet": {"q5": 70, "q6": 70},
    "threshold_off_by_one": {"q5": 20, "q6": 25},
}
STATUSES = {"broken_file": "rejected", "missing_answer": "missing", "misspelt_parameter": "rejected"}


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(ROOT / "specs" / "assignment3")


def test_every_example_has_its_marks_stated():
    assert sorted(path.name for path in EXAMPLES.iterdir()) == sorted(MARKS)


@pytest.mark.parametrize("name", MARKS)
def test_example_earns_its_marks(assignment, name):
    report = grade(Submission(EXAMPLES / name), assignment)
    assert {q.id: as_number(q.points) for q in report.questions} == MARKS[name]
    assert report.status == STATUSES.get(name, "graded")
