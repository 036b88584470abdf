"""Conditions over what code gave back: where one has no value, it is said why, and no other error comes out."""

import pytest

from grader.language.arithmetic import EvaluationError, TooLarge
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import parse

VECTOR = Array((2,), [1.0, 2.0])
OTHER_KIND = "the values are not of the kind that this check compares"


@pytest.mark.parametrize(
    ("text", "out", "message"),
    [
        ("out**(1/2)", -4.0, r"-4.0 \*\* 0.5 is not real"),
        ("(-1)**out", 0.5, r"-1 \*\* 0.5 is not real"),
        ("1/out", 0, "division by zero"),
        ("out + 1", "one", OTHER_KIND),
        ("out + 1", None, OTHER_KIND),
        ("out[1]", 1.0, "a number has no components"),
        ("out[2]", VECTOR, "index 2 is outside"),
        ("out < 1", {"a": 1}, OTHER_KIND),
    ],
)
def test_what_has_no_value_is_said(text, out, message):
    with pytest.raises(EvaluationError, match=message) as caught:
        Formula(parse(text), ["out"], Floats())({"out": out})
    assert not isinstance(caught.value, TooLarge)
