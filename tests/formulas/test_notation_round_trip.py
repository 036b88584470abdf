"""Random formulas, each written in a random notation: what is read has the value that plain Python gives the formula."""

import math
import random

import numpy as np
import pytest

from .test_notations import DECLARED, WHOLE, plain_value, values_at_random
from .test_nothing_is_dropped import outcome

FORMULAS = 100
DEPTH = 3


class Writer:
    """Writes a random formula twice: in Python, and as people write it. Products of letters stand side by side."""

    def __init__(self, rng):
        self.rng = rng
        self.latex = rng.random() < 0.5

    def one(self, *ways):
        return self.rng.choice(ways)

    def atom(self):
        kind = self.rng.random()
        if kind < 0.4:
            letter = self.one("a", "b", "c", "W", "U", "z")
            return letter, letter
        if kind < 0.5:
            return "hbar", self.one(r"\bar{h}", r"\bar h", "h̄", r"\overline{h}") if self.latex else self.one(
                "h̄", "hbar"
            )
        if kind < 0.9:
            return self.step()
        number = self.one("2", "3", "10", "0.5")
        return number, number

    def step(self):
        name, written = self.one(("h", "h"), ("x", "x"), ("yhat", "ŷ"), ("cbar", "c̄"), ("htilde", "h̃"))
        if self.latex:
            accents = {"yhat": r"\hat y", "cbar": r"\bar{c}", "htilde": r"\tilde{h}"}
            written = accents.get(name, self.one(written, rf"\mathbf{{{written}}}"))
        step, digits = self.one(("t", "t"), ("t + 1", "t+1"), ("t - 1", "t-1"))
        plain = (f"{written}[{digits}]", f"{written}({digits})", f"{written}_{{{digits}}}", f"{written}^{{({digits})}}")
        shown = self.one(*plain[2:], rf"{written}^{{\langle {digits} \rangle}}") if self.latex else self.one(*plain)
        return f"{name}[{step}]", shown

    def power(self, depth):
        base, written = self.factor(depth)
        exponent = self.one("2", "3")
        if written[-1] in ")}" and "^" in written.rpartition("_")[2]:
            written = f"({written})"  # a step stands above the name already
        raised = {"2": "²", "3": "³"}[exponent]
        shown = (
            self.one(f"^{exponent}", f"^{{{exponent}}}")
            if self.latex
            else self.one(f"^{exponent}", f"**{exponent}", raised)
        )
        return f"({base})**{exponent}", f"{written}{shown}"

    def factor(self, depth):
        kind = self.rng.random()
        if depth == 0 or kind < 0.55:
            return self.atom()
        if kind < 0.75:
            python, written = self.sum(depth - 1)
            opened = (r"\left(", r"\right)") if self.latex else ("(", ")")
            return f"({python})", f"{opened[0]}{written}{opened[1]}"
        if kind < 0.9:
            python, written = self.sum(depth - 1)
            name, shown = self.one(("sigmoid", "σ"), ("tanh", "tanh"), ("sin", "sin"))
            shown = {"sigmoid": r"\sigma", "tanh": r"\tanh", "sin": r"\sin"}[name] if self.latex else shown
            return f"{name}({python})", f"{shown}({written})"
        if self.latex:
            (top, shown_top), (bottom, shown_bottom) = self.sum(depth - 1), self.atom()
            return f"(({top})/({bottom}))", rf"\frac{{{shown_top}}}{{{shown_bottom}}}"
        return self.atom()

    def product(self, depth):
        factors = [
            self.power(depth) if self.rng.random() < 0.35 else self.factor(depth) for _ in range(self.rng.randint(1, 3))
        ]
        python, written = factors[0]
        for factor, shown in factors[1:]:
            python = f"{python}*{factor}"
            side_by_side = not shown[0].isdigit() and not (written[-1].isdigit() and shown[0] == "e")
            gap = self.one("", " ", r" \cdot " if self.latex else "·") if side_by_side else "*"
            if gap == "" and (
                not (written[-1].isalpha() and written[-1].isascii()) or shown[0] == "(" or len(shown) > 9
            ):
                gap = " "
            written = f"{written}{gap}{shown}"
        return python, written

    def sum(self, depth):
        terms = [self.product(depth) for _ in range(self.rng.randint(1, 3))]
        python, written = terms[0]
        for term, shown in terms[1:]:
            sign = self.one("+", "-")
            python = f"{python} {sign} {term}"
            written = f"{written} {self.one('−', '–', '-') if sign == '-' else '+'} {shown}"
        return python, written

    def formula(self):
        python, written = self.sum(DEPTH)
        return python, f"${written}$" if self.latex else written


GRADIENT = [
    r"\frac{\partial L}{\partial h_{%s}}", r"\frac{\partial{L}}{\partial{h_{%s}}}", "(∂L)/(∂h_(%s) )", "∂L/∂h_(%s) ",
    r"(\nabla_{h_{%s}} L)", "dL/dh_{%s}", "(𝜕𝐿)/(𝜕ℎ_(%s) )",
]  # fmt: skip


def folds_in_a_row(rng):
    """Gradients, sums and products over k, one after the other, in Python and as people write them."""
    python, written = [], []
    for _ in range(rng.randint(2, 4)):
        kind, begin, end = rng.choice(["prod", "sum"]), rng.choice(["t", "t+1", "1"]), rng.choice(["T", "T-1"])
        if written and rng.random() < 0.3:  # behind a fold it would be one of its factors
            step = rng.choice(["t", "t+1", "T"])
            python.insert(0, f"dL[{step}]")
            written.insert(0, rng.choice(GRADIENT) % step)
        letter, name = rng.choice("abW"), rng.choice(["h", "x"])
        python.append(f"{kind}([{letter}*{name}[k] for k in range({begin}, {end} + 1)])")
        sign = {"prod": ("∏", r"\prod"), "sum": ("∑", r"\sum")}[kind][rng.random() < 0.5]
        body = rng.choice(["%s %s_k", "(%s %s_k)", "%s {%s}_{k}", "%s · %s[k]", "〖%s %s_k〗", "|%s %s_k|"]) % (
            letter,
            name,
        )
        written.append(f"{sign}_{{k={begin}}}^{{{end}}} {body}")
    return "*".join(python), rng.choice([" ", " · ", r" \cdot "]).join(written)


@pytest.mark.long
@pytest.mark.parametrize("batch", [0, *(pytest.param(batch, marks=pytest.mark.slow) for batch in range(1, 20))])
def test_sums_and_products_in_a_row_over_one_letter_are_apart(batch):
    symbols, notation = DECLARED["letters"]
    rng = random.Random(batch)
    for _ in range(FORMULAS):
        python, written = folds_in_a_row(rng)
        values = values_at_random(symbols, rng)
        reading, error = outcome(written, symbols, notation)
        assert reading is not None, (written, error.message)
        got, wanted = (plain_value(text, {**values, **WHOLE}) for text in (reading.read_as, python))
        assert math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-12), (written, reading.read_as, python)


@pytest.mark.long
@pytest.mark.parametrize("batch", [0, *(pytest.param(batch, marks=pytest.mark.slow) for batch in range(1, 8))])
def test_a_formula_has_one_value_in_every_notation(batch):
    symbols, notation = DECLARED["letters"]
    rng = random.Random(batch)
    refused = 0
    for _ in range(FORMULAS):
        python, written = Writer(rng).formula()
        values = values_at_random(symbols, rng)
        reading, error = outcome(written, symbols, notation)
        if reading is None:
            refused += 1
            assert "could be" in error.message or "not clear" in error.message, (written, error.message)
            continue
        with np.errstate(over="ignore"):
            got, wanted = (plain_value(text, {**values, **WHOLE}) for text in (reading.read_as, python))
        assert math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-12), (written, reading.read_as, python)
    assert refused < FORMULAS / 10
