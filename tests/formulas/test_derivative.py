"""Derivatives of single expressions, as trees."""

import pytest

from grader.language.derivative import DerivativeError, derivative, pullback
from grader.language.parse import parse
from grader.language.printing import to_text
from grader.language.ranks import Ranks
from grader.language.tree import Name


@pytest.mark.parametrize(
    ("text", "by", "wanted"),
    [
        ("a*x**2 + b*x", "x", "a*2*x + b"),
        ("x", "x", "1"),
        ("a", "x", "0"),
        ("-x", "x", "-1"),
        ("1/x", "x", "-(1/x**2)"),
        ("x**3", "x", "3*x**2"),
        ("a**x", "x", "a**x*log(a)"),
        ("sigmoid(a*x)", "x", "sigmoid(a*x)*(1 - sigmoid(a*x))*a"),
        ("sigmoid(h[t-1])", "h[t-1]", "sigmoid(h[t - 1])*(1 - sigmoid(h[t - 1]))"),
        ("x > 0", "x", "0"),
        ("step(x)", "x", "0"),
        ("len(x)", "x", "0"),
        ("[2, x**2][1]", "x", "2*x"),
        ("[2, x**2][0]", "x", "0"),
    ],
)
def test_derivatives_are_plain_trees(text, by, wanted):
    assert to_text(derivative(parse(text), parse(by))) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x % 2", "the derivative through % is not known here"),
        ("prod(x for i in range(3))", "the derivative through a loop is not known here"),
        ("prod(x)", "the derivative through prod is not known here"),
        ("[1, 2][x]", "the derivative through a component is not known here"),
        ("sum(1 for i in range(x))", "the bounds of a sum have no derivative"),
    ],
)
def test_what_is_not_differentiated_says_so(text, message):
    with pytest.raises(DerivativeError, match=message):
        derivative(parse(text), Name("x"))


def test_matrices_are_pulled_back_with_their_transposes():
    ranks = Ranks({"A": 2, "B": 2, "v": 1, "g": 1, "G": 2})
    assert to_text(pullback(parse("A @ v"), Name("v"), Name("g"), ranks)) == "A.T @ g"
    assert to_text(pullback(parse("v @ A"), Name("v"), Name("g"), ranks)) == "A @ g"
    assert to_text(pullback(parse("A @ v"), Name("A"), Name("g"), ranks)) == "outer(g, v)"
    assert to_text(pullback(parse("A.T @ v"), Name("A"), Name("g"), ranks)) == "outer(g, v).T"
    assert to_text(pullback(parse("A @ B"), Name("B"), Name("G"), ranks)) == "A.T @ G"
    assert to_text(pullback(parse("A @ B"), Name("A"), Name("G"), ranks)) == "G @ B.T"
    assert to_text(pullback(parse("dot(A, v)"), Name("v"), Name("g"), ranks)) == "A.T @ g"
    assert to_text(pullback(parse("dot(v, A)"), Name("v"), Name("g"), ranks)) == "A @ g"
    assert to_text(pullback(parse("dot(2, v)"), Name("v"), Name("g"), ranks)) == "g*2"
    assert to_text(pullback(parse("dot(v, v)"), Name("v"), Name("g"), ranks)) == "g*v + g*v"
