"""A comparison of nothing is false in every domain, and so is `all` of nothing; sides of unlike shape never compare."""

import numpy as np
import pytest

from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.balls import Balls
from grader.language.exact import Exact
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import parse

DOMAINS = {"floats": Floats, "exact": Exact, "balls": Balls}
NOTHING = [Array((0,), ()), Array((0, 3), ()), Array((2, 0), ())]


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize(
    "text", [*(f"out {op} 3" for op in ("==", "!=", "<", "<=", ">", ">=")), "out == out", "all(out)"]
)
@pytest.mark.parametrize("out", NOTHING)
def test_nothing_is_not_compared(domain, text, out):
    assert Formula(parse(text), ["out"], DOMAINS[domain]()).holds({"out": out}) is False


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("text", ["out == out", "out >= out", "all(out)"])
def test_where_nothing_is_wanted_it_is_true_of_nothing(domain, text):
    assert Formula(parse(text), ["out"], DOMAINS[domain](vacuous=True)).holds({"out": NOTHING[0]}) is True


def test_closeness_of_nothing_is_false():
    assert Formula(parse("out ~ 3", closeness=True), ["out"], Floats()).holds({"out": NOTHING[0]}) is False


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("domain", DOMAINS)
def test_unlike_shapes_are_neither_equal_nor_unequal(domain, op):
    made = DOMAINS[domain]()
    number = made.number(Exact().number(parse("1").value))
    for shapes in (((3,), (1,)), ((3,), (3, 1)), ((1, 3), (3,))):
        values = dict(zip("ab", (Array(shape, [number] * int(np.prod(shape))) for shape in shapes), strict=True))
        try:
            held = Formula(parse(f"a {op} b"), ["a", "b"], made).holds(values)
        except EvaluationError:
            held = False
        assert held is False
