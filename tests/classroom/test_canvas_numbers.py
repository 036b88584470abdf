"""What a column of Canvas is worth, however the language of its user writes numbers; what may be two is not guessed."""

import pytest

from grader.errors import SpecError

from .class_rows import question, row
from .test_canvas_format import POSSIBLE, filled, gradebook, mark_of, student

ROWS = [row("x", question("q1", 250, 1000), ids=[("id", "s1")])]


def converted(tmp_path, text, other="10.00"):
    """The cell of a mark of 250 out of 1000, in a column that is worth `text`, beside one that is worth `other`."""
    possible = POSSIBLE.replace("140.00", f'"{text}"').replace("10.00", f'"{other}"')
    data = gradebook(student(score="").replace(",9.5,", ",,"), possible=possible)
    return mark_of(filled(tmp_path, data, ROWS, column="12345"))


@pytest.mark.parametrize(
    "text",
    [
        "1000", "1000.0", "1,000.0", "1,000.00", "1.000,0", "1.000,00", "1'000.0", "1’000.00", "1 000,0", "1\u00a0000,00",
        "1\u202f000", "1,000", " 1,000.0 ", "1000,00",
    ],
)  # fmt: skip
def test_points_of_an_assignment_are_read_with_signs_between_thousands(tmp_path, text):
    assert converted(tmp_path, text) == "250"


def test_which_sign_parts_thousands_is_told_by_the_other_numbers_of_the_file(tmp_path):
    assert converted(tmp_path, "1.000", other="10,00") == "250"
    for text, other in (("1.000", "10.00"), ("1,000", "10,00")):
        with pytest.raises(SpecError, match=r"is worth 1 point, the assignment 1000: change it on the platform"):
            converted(tmp_path, text, other)


@pytest.mark.parametrize("other", ["10", "1,234,567.00 and 10", "2.000"])
def test_what_may_be_two_numbers_is_refused_with_both(tmp_path, other):
    said = (
        r"'1,000', what 'Homework 3 \(12345\)' is worth \(Points Possible\), may be 1 or 1000: write it without signs "
        "between thousands"
    )
    with pytest.raises(SpecError, match=said):
        converted(tmp_path, "1,000", other)


@pytest.mark.parametrize("text", ["1,00,000.0", "1,0000.0", "ten", "1.000.00", "-5", "1,000,00"])
def test_what_is_no_number_is_said_and_costs_no_other_column(tmp_path, text):
    said = rf"'{text}', what 'Homework 3 \(12345\)' is worth \(Points Possible\), is no number"
    if text == "-5":
        said = "is worth -5 points, the assignment 1000"
    with pytest.raises(SpecError, match=said):
        converted(tmp_path, text)
    possible = POSSIBLE.replace("140.00", f'"{text}"').replace("10.00", "1000.00")
    assert filled(tmp_path, gradebook(student(), possible=possible), ROWS, column="11").said
