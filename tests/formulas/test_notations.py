"""The tables `notations*.yaml`: every text is read as its tree, which has the value that plain Python gives it."""

import math
import random
from pathlib import Path

import numpy as np
import pytest
import yaml

from grader.formulas import Notation, Quantity, SequenceSymbol, Symbols, read_formula
from grader.language.arrays import Array, entries
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.functions.table import SPELLINGS
from grader.language.parse import ExpressionError, parse
from grader.language.printing import to_text

FILES = sorted(Path(__file__).parent.glob("notations*.yaml"))
TABLES = [yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)) for file in FILES]
TABLE = {
    "declared": {name: group for table in TABLES for name, group in table.get("declared", {}).items()},
    "sections": [section for table in TABLES for section in table["sections"]],
}
SIZES = {"n": 3, "m": 2, "k": 4, "d": 2}
WHOLE = {"t": 3, "T": 6}
STEPS = 12
POINTS = 2


def declared(name):
    """The symbols and the notation of a group of names."""
    group = TABLE["declared"][name]
    symbols = Symbols(
        {name: Quantity(tuple(shape)) for name, shape in group.get("symbols", {}).items()},
        {name: SequenceSymbol(tuple(shape)) for name, shape in group.get("sequences", {}).items()},
        tuple(group.get("integers", ())),
    )
    gradients = group.get("gradients", {})
    names = {"delta": next(iter(gradients.values()))} if len(gradients) == 1 else {}
    by = parse(group["by"]) if "by" in group else None
    return symbols, Notation(gradients, names, SPELLINGS, loss=group.get("loss", "L"), by=by)


DECLARED = {name: declared(name) for name in TABLE["declared"]}
ROWS = [
    {"names": section["names"], "about": section["about"], **row}
    for section in TABLE["sections"]
    for row in section["rows"]
]


def read(row):
    symbols, notation = DECLARED[row["names"]]
    return read_formula(row["text"], symbols, notation)


@pytest.mark.parametrize("row", [row for row in ROWS if "read" in row], ids=lambda row: row["text"])
@pytest.mark.sampled(2)
def test_a_text_is_read_as_its_tree(row):
    reading = read(row)
    assert reading.read_as == row["read"]
    assert parse(reading.read_as) == reading.tree
    assert [f"{to_text(left)} = {to_text(right)}" for left, right in reading.claims] == row.get("claims", [])
    if "notes" in row:
        assert list(reading.notes) == row["notes"]


@pytest.mark.parametrize("row", [row for row in ROWS if "read" in row], ids=lambda row: row["text"])
@pytest.mark.sampled(3)
def test_what_is_shown_as_read_is_read_as_that_again(row):
    """But for powers of matrices, which specs may write and students have to write otherwise."""
    shown = read(row).read_as
    if shown == "A**2":
        with pytest.raises(ExpressionError, match="a matrix has no powers here"):
            read({**row, "text": shown})
    else:
        assert read({**row, "text": shown}).tree == read(row).tree


@pytest.mark.parametrize("row", [row for row in ROWS if "refused" in row], ids=lambda row: row["text"])
def test_a_text_is_refused(row):
    with pytest.raises(ExpressionError) as caught:
        read(row)
    assert row["refused"] in caught.value.message
    assert 0 <= caught.value.at <= len(row["text"])
    assert len(caught.value.message) < 400


@pytest.mark.parametrize("row", [row for row in ROWS if "read" in row], ids=lambda row: row["text"])
@pytest.mark.sampled(3)
def test_the_tree_has_the_value_that_plain_python_gives_it(row):
    symbols, _ = DECLARED[row["names"]]
    tree = read(row).tree
    for seed in range(POINTS):
        values = values_at_random(symbols, random.Random(f"{row['text']}{seed}"))
        wanted = plain_value(row.get("python", row["read"]), values)
        got = Formula(tree, list(values), Floats())({name: in_the_language(value) for name, value in values.items()})
        assert np.allclose(np.ravel(wanted), [float(entry) for entry in entries(got)], rtol=1e-9, atol=1e-12)
        assert np.shape(wanted) == (got.shape if isinstance(got, Array) else ())


def test_the_table_has_no_row_twice():
    texts = [(row["names"], row["text"]) for row in ROWS]
    assert sorted(set(texts)) == sorted(texts)
    assert all(("read" in row) != ("refused" in row) for row in ROWS)


def values_at_random(symbols, rng):
    """A value for every name: whole numbers are fixed, the rest lies between 0.1 and 0.9."""

    def drawn(shape):
        sizes = [SIZES.get(size, size) for size in shape]
        return np.array([rng.uniform(0.1, 0.9) for _ in range(math.prod(sizes))]).reshape(sizes) if sizes else None

    def one(shape):
        return rng.uniform(0.1, 0.9) if not shape else drawn(shape)

    values = {name: one(quantity.shape) for name, quantity in symbols.quantities.items()}
    values |= {name: [one(sequence.shape) for _ in range(STEPS)] for name, sequence in symbols.sequences.items()}
    return values | {name: WHOLE[name] for name in symbols.integers} | {name: SIZES[name] for name in symbols.sizes}


def in_the_language(value):
    if isinstance(value, np.ndarray):
        return Array(value.shape, value.ravel().tolist())
    return [in_the_language(part) for part in value] if isinstance(value, list) else value


def plain_value(text, values):
    """The value of a tree's text, by Python's own parser and NumPy's functions."""
    names = {"__builtins__": {"range": range}, **PLAIN, **values}
    return eval(text, names)  # noqa: S307  # the trees of this repository's own table


def _folded(fold):
    def function(first, *more):
        if more:
            return fold(np.stack(np.broadcast_arrays(first, *more)), 0)
        if isinstance(first, np.ndarray | list):
            return fold(np.asarray(first), None)
        return fold(np.array(list(first)), 0)

    return function


def _softmax(v):
    powers = np.exp(v)
    return powers / powers.sum()


PLAIN = {
    "np": np,
    "float": float,
    "pi": lambda: np.pi,
    "column": lambda v: np.reshape(v, (-1, 1)),
    "abs": np.abs,
    "sign": np.sign,
    "step": lambda z: np.heaviside(z, 1.0),
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-np.asarray(z))),
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sin": np.sin,
    "cos": np.cos,
    "softplus": lambda z: np.log1p(np.exp(z)),
    "softmax": _softmax,
    "norm": lambda v: np.sqrt(np.sum(np.square(v))),
    "dot": np.dot,
    "diag": np.diag,
    "outer": np.outer,
    "len": len,
    "sum": _folded(np.sum),
    "prod": _folded(np.prod),
    "min": _folded(np.min),
    "max": _folded(np.max),
}
"""The functions of the language in NumPy's words."""
