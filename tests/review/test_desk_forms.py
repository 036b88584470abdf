"""Texts and numbers of forms: read exactly, or refused with what is wanted."""

from fractions import Fraction

import pytest

from grader.errors import SubmissionError
from grader.review.forms import SentForm, note_in, points_in


@pytest.mark.parametrize(
    ("written", "points"),
    [("12.5", "25/2"), ("12,5", "25/2"), ("0", "0"), ("40", "40"), (" 7 ", "7"), ("1/3", "1/3"), ("+3", "3"),
     (".5", "1/2"), ("007", "7"), ("39.999999", "39999999/1000000"), ("40.000", "40"), ("80/2", "40")],
)  # fmt: skip
def test_points_are_read_exactly(written, points):
    assert points_in(SentForm({"points": [written]}), Fraction(40)) == Fraction(points)


@pytest.mark.parametrize(
    "written",
    ["-1", "41", "40.0001", "1e1", "1E1", "1_0", "nan", "inf", "-0.5", "ten", "1/0", "1/", "/", ".", "٣", "0x10", "1 0",
     "1" * 400, "1/-3", "-1/3", "--1", "<b>", "121/3", "\x00", "½", "1,2,3", "1/2/3"],
)  # fmt: skip
def test_other_points_are_refused(written):
    with pytest.raises(SubmissionError, match="wanted are points from 0 to 40, not"):
        points_in(SentForm({"points": [written]}), Fraction(40))


@pytest.mark.parametrize("written", ["", "  ", "\t"])
def test_no_points_are_none(written):
    assert points_in(SentForm({"points": [written]}), Fraction(40)) is None
    assert points_in(SentForm({}), Fraction(40)) is None


def test_a_note_is_kept_whole_or_refused():
    assert note_in(SentForm({"note": [f" {'x' * 20_000}\n"]})) == "x" * 20_000
    with pytest.raises(SubmissionError, match="the note has 20001 characters, and at most 20000 are kept"):
        note_in(SentForm({"note": ["x" * 20_001]}))
