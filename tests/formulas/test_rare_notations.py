"""Notations that are seldom typed: what each is read as, or why it is not."""

from random import Random

import numpy as np
import pytest

from grader.formulas import Quantity, SequenceSymbol, Symbols, read_formula, usual_notation
from grader.inputs.ranges import value_of
from grader.language.arrays import Array
from grader.language.parse import ExpressionError
from grader.language.printing import to_text

SYMBOLS = Symbols(
    {"a": Quantity(()), "b": Quantity(()), "u": Quantity(("n",)), "v": Quantity(("n",)), "W": Quantity(("n", "n"))},
    {"x": SequenceSymbol(()), "dL": SequenceSymbol(())},
    ("t", "T"),
)
NO_EINSUM = "this einsum cannot be read: forms of one or two vectors and matrices are read, such as 'ij,j->i'"


def read(text):
    return read_formula(text, SYMBOLS, usual_notation(SYMBOLS, []))


@pytest.mark.parametrize(
    ("text", "tree", "notes"),
    [
        ("sum(v, axis=None)", "sum(v)", ["axis= is left out: a vector has one axis"]),
        ("sum(v, axis=-1)", "sum(v)", ["axis= is left out: a vector has one axis"]),
        ("\\left. a \\right.", "a", []),
        ("\\prod_{k=-t}^{T} x_k", "prod(x[k] for k in range(-t, T + 1))", ["k runs from -t to T, both included"]),
        ("\\prod_{k=t+1}^{T} (x_k)^2", "prod(x[k]**2 for k in range(t + 1, T + 1))", ["k runs from t + 1 to T, both included"]),
        ("p where p = q, q = 3", "3", ["q stands for 3", "p stands for 3"]),
        ("x^{(t)} a", "x[t]*a", ["x^(t) is read as x[t]"]),
        ("a if b > 0 else b", "a if b > 0 else b", []),
        ("\\frac{\\partial}{\\partial x_t} L", "dL[t]", ["dL/dx is read as dL[t]"]),
    ],
)  # fmt: skip
def test_what_is_read(text, tree, notes):
    found = read(text)
    assert (to_text(found.tree), list(found.notes)) == (tree, notes)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("{" * 60 + "a" + "}" * 60, "the formula is nested more than 50 deep", 50),
        ("sum(x[k] for k in range())", "range takes one to three numbers, not 0", 18),
        ("sum(x[k] for k in range(1, 2, 3, 4))", "range takes one to three numbers, not 4", 18),
        ("sum(W, axis=0)", "axis= is read for vectors alone, which have one axis (0)", 7),
        ("\\tanh{a}(b)", "write the * between the two brackets", 8),
        ("einsum('i,j->i',u,v)", NO_EINSUM, 7),
        ("einsum('ij,jk->',W,W)", NO_EINSUM, 7),
        ("einsum('ij,kl->il',W,W)", NO_EINSUM, 7),
        ("einsum('ij", "a quote is never closed", 7),
        ("z where z = a, z = b", "z is defined twice", 15),
        ("p[1] where p[1] = a, p[1] = b", "p[1] is defined twice", 21),
        ("\\5 a", "\\5 has no meaning here", 0),
        ("\\prod_{k=-1}^{-3} x_k", "k runs downwards, from -1 to -3, which holds nothing: write it from -3 to -1", 0),
    ],
)
def test_what_is_not_read(text, message, at):
    with pytest.raises(ExpressionError) as caught:
        read(text)
    assert (caught.value.message, caught.value.at) == (message, at)


@pytest.mark.parametrize(
    ("subscripts", "names"),
    [("i,j->", "uv"), ("i,j->ji", "uv"), (",i->i", "av"), ("i,->i", "va"), ("i,i->", "uv"), ("ij,kl->", "WW"), ("ij,ij->ij", "WW"), ("ij,j->i", "Wv"), ("ij->ji", "W")],
)  # fmt: skip
def test_an_einsum_is_what_numpy_makes_of_it(subscripts, names):
    drawn = Random(3)
    arrays = {"a": 1.5} | {name: np.array([drawn.uniform(-2, 2) for _ in range(3)]) for name in "uv"}
    arrays["W"] = np.array([[drawn.uniform(-2, 2) for _ in range(3)] for _ in range(3)])
    values = {
        name: Array(np.shape(one), map(float, np.ravel(one))) if np.ndim(one) else one for name, one in arrays.items()
    }
    found = value_of(read(f"einsum('{subscripts}', {', '.join(names)})").tree, values)
    wanted = np.einsum(subscripts, *(arrays[name] for name in names))
    got = np.reshape(found.entries, found.shape) if isinstance(found, Array) else found
    assert np.shape(got) == np.shape(wanted)
    assert np.allclose(got, wanted)
