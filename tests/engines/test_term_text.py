"""Formulas of z3 in the names of a spec: the text means what the formula does, at every point of a grid."""

import itertools
import math

import pytest
import z3

from grader.engines.term_text import text_of

H, Q = z3.Reals("h q")
FORMULAS = {
    "h == 3*q": H == 3 * Q,
    "h*q >= 2": H * Q >= 2,
    "h*q + h <= q": H * Q + H <= Q,
    "(h >= -3 if h <= 0 else h <= 3)": z3.If(H > 0, H, -H) <= 3,
    "q*(h if h <= 0 else q) <= -2": z3.If(H > 0, Q, H) * Q <= -2,
    "h < 5": z3.ToInt(H) <= 4,
    "floor(h) == h": z3.IsInt(H),
    "h*q < -2 and h*q >= -3": z3.ToInt(H * Q) == -3,
    "(h*q == -1 or h > q)": z3.Or(H * Q == -1, H > Q),
    "h*h*h <= -1": H * H * H <= -1,
    "not (h > 0 and q > 1)": z3.Not(z3.And(H > 0, Q > 1)),
    "(h < 3 and q > 1 or h > 0)": z3.Or(H > 0, z3.And(Q > 1, H < 3)),
    "h == -q + 0.5": z3.Q(1, 2) == H + Q,
    "true": z3.BoolVal(True),
    "false": z3.BoolVal(False),
}


@pytest.mark.parametrize("text", FORMULAS)
def test_the_text_means_what_the_formula_does(text):
    formula = FORMULAS[text]
    found = text_of(formula)
    assert sorted(found) == sorted(text)  # z3 alone decides in which order the parts of a sum or a product stand
    names = {"floor": math.floor, "true": True, "false": False}
    for h, q in itertools.product((-4, -1.5, -1, -0.5, 0, 0.5, 1, 2, 3.5, 6), repeat=2):
        holds = z3.is_true(z3.simplify(z3.substitute(formula, (H, z3.RealVal(h)), (Q, z3.RealVal(q)))))
        meant = eval(found, names, {"h": h, "q": q})  # noqa: S307  # one of the texts above
        assert bool(meant) is holds, (h, q)


def test_a_long_formula_is_cut():
    formula = z3.And([H * (n + 2) <= Q * (n + 1) + n * n for n in range(60)])
    assert len(text_of(formula)) == 400
    assert text_of(formula).endswith("...")
