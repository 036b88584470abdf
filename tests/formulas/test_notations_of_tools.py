"""Random formulas as code and other tools write them: what is read has the value that plain Python gives the formula."""

import math
import random

import numpy as np
import pytest

from .test_notations import DECLARED, WHOLE, plain_value, values_at_random
from .test_nothing_is_dropped import outcome

FORMULAS = 60
DEPTH = 3
FUNCTIONS = ("exp", "tanh", "sin", "cos", "abs", "sqrt")
TOOLS = {
    # call, step of a sequence, power, choice (condition, then, otherwise), signs of a product
    "julia": ("{0}({1})", "{0}[{1}]", "{0}^{1}", "ifelse({0}, {1}, {2})", ("*", " * ")),
    "matlab": ("{0}({1})", "{0}({1})", "{0}.^{1}", "({1} if {0} else {2})", ("*", ".*", " .* ")),
    "mathematica": ("{0}[{1}]", "{0}[{1}]", "{0}^{1}", "If[{0}, {1}, {2}]", (" ", "*")),
    "numpy": ("np.{0}({1})", "{0}[{1}]", "{0}**{1}", "np.where({0}, {1}, {2})", ("*", " * ")),
    "a spreadsheet": ("{0}({1})", "{0}[{1}]", "POWER({0}, {1})", "IF({0}, {1}, {2})", ("*",)),
    "Word": ("{0}⁡({1})", "{0}_({1})", "{0}^({1})", "({1} if {0} else {2})", ("⋅", "×", " ")),
    "AsciiMath": ("{0}({1})", "{0}_({1})", "{0}^({1})", "({1} if {0} else {2})", (" ", " * ")),
}


class ToolWriter:
    """Writes a random formula twice: in Python, every part in brackets, and as a tool has it."""

    def __init__(self, rng, tool):
        self.rng, self.tool = rng, tool
        self.call, self.index, self.power, self.choice, self.products = TOOLS[tool]

    def spelled(self, function):
        if self.tool == "mathematica":
            return function.capitalize()
        return function.upper() if self.tool == "a spreadsheet" else function

    def atom(self):
        if self.rng.random() < 0.5:
            letter = self.rng.choice("abcWU")
            return letter, letter
        if self.rng.random() < 0.7:
            name, step = self.rng.choice("hx"), self.rng.choice(("t", "t+1", "t-1", "T", "2"))
            return f"{name}[{step}]", self.index.format(name, step)
        number = self.rng.choice(("2", "3", "0.5", "10"))
        return number, number

    def formula(self, depth):
        """The two texts; the second holds together without brackets around it where it is an atom or a call."""
        kind = self.rng.choice(("atom", "sum", "product", "quotient", "power", "minus", "call", "choice"))
        if depth == 0 or kind == "atom":
            return self.atom()
        (a, left), (b, right) = self.formula(depth - 1), self.formula(self.rng.randrange(depth))
        if kind == "call":
            function = self.rng.choice(FUNCTIONS)
            return f"{function}({a})", self.call.format(self.spelled(function), left)
        if kind == "choice":
            sign = self.rng.choice(("<", ">", "<=", ">="))
            return f"({a} if {a} {sign} {b} else {b})", self.choice.format(f"{left} {sign} {right}", left, right)
        if kind == "power":
            exponent = self.rng.choice(("2", "3"))
            return f"({a})**{exponent}", f"({self.power.format(f'({left})', exponent)})"
        if kind == "minus":
            return f"(-({a}))", f"(-({left}))"
        if kind == "product":
            return f"(({a})*({b}))", f"(({left}){self.rng.choice(self.products)}({right}))"
        sign = "/" if kind == "quotient" else self.rng.choice("+-")
        gap = self.rng.choice(("", " "))
        return f"(({a}) {sign} ({b}))", f"(({left}){gap}{sign}{gap}({right}))"


@pytest.mark.long
@pytest.mark.parametrize("tool", TOOLS)
def test_a_formula_has_one_value_in_the_notation_of_every_tool(tool):
    symbols, notation = DECLARED["letters"]
    rng = random.Random(tool)
    decided = 0
    for _ in range(FORMULAS):
        python, written = ToolWriter(rng, tool).formula(DEPTH)
        values = {**values_at_random(symbols, rng), **WHOLE}
        reading, error = outcome(written, symbols, notation)
        assert reading is not None, (written, error.message)
        with np.errstate(all="ignore"):  # sqrt of a negative number is nan
            try:
                wanted = plain_value(python, values)
            except (ZeroDivisionError, OverflowError):
                continue
            got = plain_value(reading.read_as, values)
        if math.isfinite(wanted):
            decided += 1
            assert math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-12), (written, reading.read_as, python)
    assert decided > FORMULAS / 2
