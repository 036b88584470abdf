"""Derivatives of expressions whose parts are seldom differentiated, against those that were worked out by hand."""

from fractions import Fraction

import pytest

from grader.language.derivative import DerivativeError, derivative, slope
from grader.language.parse import parse
from grader.language.tree import Name

from .evaluation import exact, functions


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("+a**2", 6),
        ("a * +b", 5),
        ("sum([a*b, a**2])", 5 + 6),
        ("[a*b, a**2][1]", 6),
        ("[a*b, [a, 1][0]**2][1] + [b, a][0]", 6),
        ("dot([a, b], [a, 2])", 6),
        ("sum([a, b] * [b, a])", 10),
        ("sum(a*k for k in range(4))", 6),
        ("sum([a*k, k][0] for k in range(4))", 6),
        ("a/b if a > 1 else a**3", Fraction(1, 5)),
    ],
)
def test_a_derivative_is_the_one_by_hand(text, wanted):
    """At a = 3 and b = 5."""
    assert exact(derivative(parse(text), Name("a")), a=3, b=5) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(k for k in range(a))", "the bounds of a sum have no derivative"),
        ("max([a, b])", "the derivative through max is not known here"),
    ],
)
def test_what_has_no_derivative_is_said(text, message):
    with pytest.raises(DerivativeError, match=message):
        derivative(parse(text), Name("a"))


def test_the_slope_of_a_function_of_several_numbers_is_not_clear():
    with pytest.raises(DerivativeError, match="f has several arguments: which derivative is meant is not clear"):
        slope("f", Name("a"), functions({"f": ("x y", "x*y")}))
