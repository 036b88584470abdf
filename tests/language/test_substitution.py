"""A function of a spec that is written out gives what a call of it gives, whatever letters its loops count with."""

import pytest

from grader.language.derivative import slope
from grader.language.parse import parse
from grader.language.printing import to_text
from grader.language.rewriting import inlined, substituted
from grader.language.tree import Name

from .evaluation import exact, functions

DEFINED = {
    "f": ("z", "sum(z*k for k in range(4))"),
    "g": ("k", "sum(k for k in range(k))"),
    "p": ("z", "sum(prod(z + j*k for j in range(2)) for k in range(3))"),
    "r": ("z", "sum(z*j + sum(z for z in range(3)) for j in range(2))"),
    "q": ("a b", "f(a) + sum(f(b*k) for k in range(a))"),
}


@pytest.mark.parametrize(
    "text",
    [
        "f(w)",
        "f(k)",
        "f(j)*k",
        "sum(f(k*w) for k in range(3))",
        "sum(f(f(k)) for k in range(3))",
        "g(4) + sum(g(k) for k in range(4))",
        "sum(sum(p(k) * p(j) for j in range(3)) for k in range(2))",
        "sum(sum(p(j + k) for j in range(2)) for k in range(3))",
        "r(w) + r(j)",
        "sum(f(k + sum(k for k in range(3))) for k in range(2))",
        "sum(q(2, k2 + k) for k2 in range(2))",
        "sum(sum(f(k*k2) for k2 in range(2)) for k in range(3))",
    ],
)
def test_a_function_that_is_written_out_gives_what_its_call_gives(text):
    values = {"w": 2, "j": 3, "k": 5, "k2": 7}
    assert exact(inlined(parse(text), functions(DEFINED)), **values) == exact(text, DEFINED, **values)


def test_a_slope_is_taken_at_what_stands_in_a_loop():
    """The slope of z**2*0 + z**2*1 + z**2*2 is 6*z."""
    squares = functions({"s": ("z", "sum(z**2*k for k in range(3))")})
    assert exact(slope("s", parse("k*w"), squares), k=5, w=2) == 60


def test_letters_change_only_where_they_would_be_taken_for_another():
    loop = parse("sum(z*k for k in range(n))")
    assert to_text(substituted(loop, {"z": Name("w"), "n": Name("k")})) == "sum(w*k for k in range(k))"
    assert to_text(substituted(loop, {"z": parse("k + k2")})) == "sum((k + k2)*k3 for k3 in range(n))"
    assert substituted(loop, {"k": Name("w")}) == loop
