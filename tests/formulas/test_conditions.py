"""Conditions: both sides are visited, exact roots are met, and what was not reached is named."""

import pytest
from flint import arb, fmpq

from grader.formulas import (
    Different,
    DomainDifference,
    ProvedEqual,
    Quantity,
    SampledEqual,
    SequenceSymbol,
    Setting,
    Symbols,
    decide,
)
from grader.formulas.comparison import MAX_COMPARISON_EFFORT, Comparison
from grader.formulas.conditions import MAX_SEARCH_VISITS, Search
from grader.formulas.edges import search_sides
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.places import starting_places
from grader.formulas.traced import ANY_SIGNS, Traced
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import entries
from grader.language.exact import Exact
from grader.language.formula import Formula
from grader.language.parse import parse

NAMES = "xyzgh"
SETTING = Setting(Symbols({name: Quantity() for name in NAMES}, {"s": SequenceSymbol()}))


def compare(student, wanted, setting=SETTING):
    return decide(parse(student), setting.read(parse(wanted)), setting)


def search_of(text):
    tree = SETTING.read(parse(text))
    search = Search(Comparison(SETTING, tree, tree), lambda finding: False, MAX_COMPARISON_EFFORT)
    search_sides(search, starting_places(search.comparison))
    return search


@pytest.mark.long
@pytest.mark.parametrize(
    "text",
    [
        "relu(x - 12345)",
        "abs(x + y - 0.3)",
        "max(x, y, 77)",
        "min(x, -1e5)",
        "step(x*y - 100)",
        "sign(x**2 - 10.24)",
        "1 if x > 0.1 and y < -5000 else 0",
        "x // 7",
        "x % 1000",
        "sum(relu(s[k] - 500) for k in range(1, 4))",
        "tanh(x) if x >= 0.3 else exp(-x**2) if y == 0.7 else 0",
        "x if z - 3 else y",
        "0**abs(x - 7.3)",
        "relu(x - 900) if y > 77 else 0",
    ],
)
def test_both_sides_and_the_edge_of_every_condition_are_met(text):
    search = search_of(text)
    assert search.unreached() == ()
    bends = {condition: sides for condition, sides in search.sides.items() if condition.sides is not ANY_SIGNS}
    assert bends
    assert all(0 in sides for sides in bends.values()), bends
    assert search.visits <= MAX_SEARCH_VISITS


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("relu(x**2 + 1)", "relu(x**2 + 1)"),
        ("x if exp(x) > -1 else 0", "exp(x) > -1"),
        ("max(x*x, -1)", "max(x*x, -1)"),
    ],
)
def test_a_side_that_does_not_exist_is_named(text, named):
    assert search_of(text).unreached() == (named,)


def test_a_side_that_was_not_reached_is_part_of_what_is_found():
    verdict = compare("sin(h)*max(sin(x), -2) + sin(2*h)", "sin(h)*sin(x) + 2*sin(h)*cos(h)")
    assert isinstance(verdict, SampledEqual)
    assert verdict.unreached == ("max(sin(x), -2)",)


def test_a_search_ends_however_many_conditions_there_are():
    tree = SETTING.read(parse("+".join(f"relu(sin(x*{i}) - y/{i})" for i in range(1, 60))))
    comparison = Comparison(SETTING, tree, tree)
    search = Search(comparison, lambda finding: False, MAX_COMPARISON_EFFORT)
    search_sides(search, starting_places(comparison))
    assert search.visits <= MAX_SEARCH_VISITS


@pytest.mark.parametrize(
    ("student", "wanted", "entry"),
    [
        ("x >= 0.3", "x > 0.3", fmpq(3, 10)),
        ("x + (3*x == 0.7)", "x", fmpq(7, 30)),
        ("tanh(x)*(x <= 1/7)", "tanh(x)*(x < 1/7)", fmpq(1, 7)),
        ("x + (x == 123456.789)", "x", fmpq(123456789, 1000)),
    ],
)
def test_numbers_that_no_ball_holds_are_met_exactly(student, wanted, entry):
    verdict = compare(student, wanted)
    assert isinstance(verdict, Different)
    assert verdict.point.entries == {"x": entry}


def test_edges_are_left_out_where_any_answer_is_right():
    """At a kink there is no derivative: what an answer says there does not matter."""
    wanted = SETTING.read(parse("g*relu(x - 0.3)/(x - 0.3)*(1/7)"))
    student = parse("g/7 if x > 0.3 else 0")
    assert isinstance(decide(student, wanted, SETTING, lenient=True, everywhere=True), ProvedEqual)
    assert isinstance(decide(student, wanted, SETTING), ProvedEqual)
    assert isinstance(decide(student, wanted, SETTING, everywhere=True), DomainDifference)


def test_nothing_is_proved_where_pieces_differ_on_a_line_alone():
    assert isinstance(compare("x + y*(x == 2*y + 0.1)", "x"), Different)
    assert isinstance(compare("x + (x - 2*y - 0.1)*(x == 2*y + 0.1)", "x"), ProvedEqual)


TEXTS = [
    "x + 1/3*y",
    "relu(x - y)*2",
    "max(x, y, 1/7)",
    "x // y",
    "x % y",
    "x**3 - y**2",
    "x if x > y else y/3",
    "1 if x > 0 and not y > 1/3 else 2",
    "sum(x*k for k in range(0, 4))",
    "max(abs(x - k) for k in range(0, 3))",
    "sqrt(x*x)",
    "min([x, y, x*y])",
    "[x, y] @ [y, 1/7]",
]


@pytest.mark.parametrize("text", TEXTS)
def test_tracing_gives_the_exact_values(text):
    """Against the exact domain on its own, and never a ball where a fraction is known."""
    exact = Formula(parse(text), ["x", "y"], Exact())
    compiled = CompiledSetting(SETTING, Traced())
    closure = compiled.compile(parse(text))
    for x, y in ((1, 2), (-3, 7), (0, 1), (5, -2)):
        values = {"x": fmpq(x, 3), "y": fmpq(y, 7)}
        evaluation = Evaluation(compiled, {}, 0, lambda key, domain, values=values: values[key])
        try:
            wanted = exact(values)
        except EvaluationError:
            continue
        got = evaluation.value(closure)
        assert got == wanted
        assert all(isinstance(entry, fmpq) for entry in entries(got))


def test_tracing_goes_on_in_balls_where_there_is_no_fraction():
    compiled = CompiledSetting(SETTING, Traced())
    closure = compiled.compile(parse("exp(x) + y + max(sin(x), 1/7) + 2**1000"))
    third = arb(fmpq(1, 3))
    value = Evaluation(compiled, {}, 0, lambda key, domain: fmpq(1, 3)).value(closure)
    assert isinstance(value, arb)
    assert value.overlaps(third.exp() + third + third.sin() + arb(2) ** 1000)
