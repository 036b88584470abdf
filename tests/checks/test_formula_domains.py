"""What a report says of formulas without a value: a note for single points, a point of a region, never a fault of ours."""

import pytest

from grader.documents import ScalarNode
from grader.errors import HarnessError, SourceLocation
from grader.export.student import students_copy
from grader.kinds.formula.score import score_formula
from grader.kinds.formula.spec_check import check_formula_question
from grader.kinds.table import load_assignment

QUESTIONS = {
    "gap": 'right: "p - y"',
    "every": 'right: "p - y"\neverywhere: true',
    "part": 'right: "log(x - 50)"',
    "kink": 'right: "d*relu\'(z)*W"',
    "jump": 'right: "d*W*(z > 0)"',
    "never": 'right: "1/(x - x)"\nknown: {itself: {formula: "1/(x - x)", earns: 4}}',
}
NAMES = "symbols: {p: scalar, y: scalar, x: scalar, d: scalar, z: scalar, W: scalar}"


def written(specs, names):
    """A folder with some of the questions."""
    specs.mkdir(parents=True)
    (specs / "assignment.yaml").write_text(f"assignment: domains\nquestions: [{', '.join(names)}]\n")
    for name in names:
        right = QUESTIONS[name]
        head = f"question: {name}\ntitle: A formula\npoints: 4\nprompt: Write it.\nanswer: formula\n"
        (specs / f"{name}.yaml").write_text(f"{head}{NAMES}\n{right}\n")
    return specs


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    folder = written(tmp_path_factory.mktemp("course") / "specs" / "domains", QUESTIONS)
    return {question.id: question for question in load_assignment(folder).questions}


CROSS_ENTROPY = "(-y/p + (1 - y)/(1 - p))*p*(1 - p)"

ANSWERS = [
    ("gap", CROSS_ENTROPY, 4, "it has no value where 1 - p is 0, as at p = 1, y = 1 (0 is divided by zero)"),
    ("gap", "p - y", 4, ""),
    ("gap", "p - y + 0*sqrt(x)", 0, "at p = 1, y = 1, x = -1 it has no value (sqrt(-1) does not exist)"),
    ("gap", "sqrt(p)**2 - y", 0, "it has no value (sqrt(-1) does not exist)"),
    ("gap", "p - y + 0*log(-1 - x*x)", 0, "it has no value at any point that was tried, as at"),
    ("every", CROSS_ENTROPY, 0, "at p = 1, y = 1 it has no value (a division by zero)"),
    ("every", "p - y", 4, ""),
    ("part", "2*log(sqrt(x - 50))", 4, ""),
    ("part", "log(x - 51)", 0, ""),
    ("part", "log(x - 50) + 0*sqrt(100 - x)", 0, "it has no value (sqrt("),
    ("kink", "d*W if z > 0 else 0", 4, ""),
    ("kink", "d*W*(z >= 0)", 4, ""),
    ("kink", "d*W*(z >= 1)", 0, ""),
    ("jump", "d*relu'(z)*W", 4, "it has no value where z is 0"),
    ("jump", "d*W*(z >= 0)", 0, "z = 0"),
]


@pytest.mark.parametrize(("name", "text", "points", "said"), ANSWERS)
def test_marks_and_what_is_said(questions, name, text, points, said):
    result = score_formula(questions[name], ScalarNode(text, SourceLocation("answers.yaml")))
    [check] = result.checks
    assert check.points == points
    assert said in " ".join([check.message, *result.messages])
    assert points == 0 or ("no value" in " ".join(result.messages)) == bool(said)


def test_a_right_formula_without_any_value_is_held_and_fails_the_check_of_the_spec(questions):
    with pytest.raises(HarnessError, match="the right formula has no value at any point looked at"):
        score_formula(questions["never"], ScalarNode("x", SourceLocation("answers.yaml")))
    assert "fail" in [finding.level for finding in check_formula_question(questions["never"])]


def test_a_copy_for_students_says_whether_every_point_counts(tmp_path):
    copy = students_copy(load_assignment(written(tmp_path / "specs" / "domains", ["every"])))
    assert any("everywhere: true" in text and "sealed:" in text for text in copy.files.values())
