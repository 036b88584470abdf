"""With `watch`, the comparisons of measured names note how far they are from tipping over."""

from fractions import Fraction

import pytest

from grader.language.arithmetic import THRESHOLDS
from grader.language.exact import Exact

from .evaluation import Definitions, evaluate, functions, plain, rational


def noted(
    text: str, defined: Definitions | None = None, measured: str = "h W", watch: bool = True, **values: object
) -> list[object]:
    """What lands in the list of thresholds, in order."""
    inputs = {name: rational(value) for name, value in values.items()}
    names = frozenset(measured.split())
    _, frame = evaluate(text, Exact(), inputs, functions(defined or {}), measured=names, watch=watch)
    return [plain(value) for value in frame[THRESHOLDS]]


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
def test_order_comparisons_note_left_minus_right(op: str) -> None:
    assert noted(f"h {op} 1/2", h=2) == [Fraction(3, 2)]
    assert noted(f"1/2 {op} h", h=2) == [Fraction(-3, 2)]


@pytest.mark.parametrize("op", ["==", "!="])
def test_equalities_are_no_thresholds(op: str) -> None:
    assert noted(f"h {op} 1", h=2) == []


def test_comparisons_of_what_is_not_measured_are_not_noted() -> None:
    assert noted("x > 1 and t > 1", x=2, t=2) == []


def test_nothing_is_noted_without_watch() -> None:
    assert noted("h > 1", watch=False, h=2) == []


def test_any_measured_name_in_either_side_counts() -> None:
    assert noted("x*2 > 1 + W*x", x=1, W=3) == [-2]


def test_a_chain_notes_its_measured_links_alone() -> None:
    assert noted("0 < h <= 3", h=1) == [-1, -2]
    assert noted("x < 1 < h", x=0, h=4) == [-3]
    assert noted("1 == h < 3", h=1) == [-2]


def test_vectors_are_noted_whole() -> None:
    assert noted("all(h > 1)", h=[1, 3]) == [[0, 2]]


def test_a_function_notes_what_it_is_given() -> None:
    phi = {"phi": ("z", "1 if z >= 1/2 else 0")}
    assert noted("phi(W*x)", phi, x=2, W=1) == [Fraction(3, 2)]
    assert noted("phi(x)", phi, x=2) == []
    assert noted("phi(x) + phi(h)", phi, x=2, h=1) == [Fraction(1, 2)]


def test_a_parameter_that_hides_a_measured_name_is_not_measured_itself() -> None:
    assert noted("f(x)", {"f": ("h", "h > 1")}, x=2, h=9) == []
    assert noted("f(h)", {"f": ("x", "x > 1")}, x=2, h=9) == [8]


def test_a_measured_name_of_the_spec_counts_inside_functions() -> None:
    assert noted("f(x)", {"f": ("z", "z > W")}, x=2, W=5) == [-3]


def test_measured_parameters_of_a_caller_do_not_leak_into_other_functions() -> None:
    """g's z is not measured though f's z is."""
    defined = {"f": ("z", "g(1) + (z > 0)"), "g": ("y", "y > 3")}
    assert noted("f(h)", defined, h=7) == [7]


def test_a_loop_variable_that_hides_a_measured_name_is_not_measured() -> None:
    assert noted("sum(h > 1 for h in range(3))", h=5) == []


def test_loops_note_every_round() -> None:
    assert noted("sum(h > i for i in range(3))", h=1) == [1, 0, -1]


def test_jumping_built_ins_note_their_argument() -> None:
    assert noted("step(h - 1) + sign(h)", h=3) == [2, 3]
    assert noted("step(x) + relu(h) + abs(h)", x=1, h=3) == []


def test_what_is_not_worked_out_is_not_noted() -> None:
    assert noted("x and h > 1", x=0, h=3) == []
    assert noted("(h > 1 if x else h > 2)", x=1, h=3) == [2]


def test_watching_does_not_change_the_value() -> None:
    text = "(0 < h < 2) + step(h) + (1 if h >= 1 else 5)"
    watched, _ = evaluate(text, Exact(), {"h": rational(1)}, {}, measured=frozenset({"h"}), watch=True)
    assert watched == evaluate(text, Exact(), {"h": rational(1)}, {})[0] == rational(3)
