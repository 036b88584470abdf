"""Conditions that are met only near an extreme of their argument, and the climb that finds it."""

import math

import pytest
from flint import fmpq

from grader.formulas import Different, SampledEqual, Setting, decide, is_equal
from grader.formulas.extremes import MAX_NARROWING_STEPS, MAX_OUTWARD_STEPS, climb, exact_root
from grader.language.parse import parse

NUMBERS = [fmpq(n) for n in range(-5, 6)]

EXTREME = [
    "sin(x) > 0.9999",
    "cos(x*y) > 0.99999",
    "sin(x) + cos(x) > 1.4142",
    "sin(x)*sin(y) > 0.9999",
    "sin(x)*sin(y)*sin(z) > 0.999",
    "x*exp(-x) > 0.3678",
    "sigmoid(x - 9)*sigmoid(9 - x) > 0.249999",
    "1/(1 + (x - 55)**2) > 0.999",
    "abs(x**3 - 5) < 1e-4",
    "x**4 - 10*x**2 + 26 < 1.001",
    "sqrt(x**2 + 1) < 1.0000001",
    "log(q) > 20",
    "q < 1e-9",
    "p > 1 - 1e-7",
    "x % 1 < 0.0001 and x % 1 > 0.00001",
]


@pytest.mark.long
@pytest.mark.parametrize("condition", EXTREME)
def test_a_condition_at_an_extreme_is_met(setting: Setting, condition: str):
    for wrong, right in (
        (f"h + ({condition})", "h"),
        ("h", f"h + ({condition})"),
        (f"sin(h)*(1 - ({condition}))", "sin(h)"),
    ):
        verdict = decide(parse(wrong), setting.read(parse(right)), setting)
        assert isinstance(verdict, Different), (wrong, right, verdict)


@pytest.mark.parametrize("condition", ["sin(x) > 1.0001", "x**2 + y**2 < -1e-9", "sin(x)*sin(y) < -1.01"])
def test_a_condition_that_is_never_met_changes_nothing(setting: Setting, condition: str):
    verdict = decide(parse(f"sin(h) + ({condition})"), setting.read(parse("sin(h)")), setting)
    assert is_equal(verdict)
    if isinstance(verdict, SampledEqual):
        assert verdict.unreached


def counted(function):
    calls = []

    def height(x):
        calls.append(x)
        return function(float(x))

    return height, calls


@pytest.mark.parametrize("peak", [-4.1, -0.3, 0.0, 2.77, 3.999])
def test_a_peak_is_found_closely_in_a_bounded_number_of_steps(peak):
    height, calls = counted(lambda x: -1e-9 - abs(x - peak) ** 1.5)
    found = climb(NUMBERS, height)
    assert float(found) == pytest.approx(peak, abs=1e-6)
    assert len(calls) <= len(NUMBERS) + MAX_NARROWING_STEPS + 2


def test_it_stops_where_the_function_is_above_zero():
    height, calls = counted(lambda x: math.cos(x - 0.5) - 0.99)
    assert math.cos(float(climb(NUMBERS, height)) - 0.5) > 0.99
    assert len(calls) < len(NUMBERS) + MAX_NARROWING_STEPS


def test_it_goes_outwards_where_a_function_only_grows():
    height, calls = counted(lambda x: x - 4e6)
    assert climb(NUMBERS, height) == 5_000_000
    height, calls = counted(lambda x: -math.exp(-abs(x) / 1e12) - 1)
    climb(NUMBERS, height)
    assert len(calls) <= len(NUMBERS) + MAX_OUTWARD_STEPS


def test_where_a_function_has_no_value_nothing_is_found():
    assert climb(NUMBERS, lambda x: None) is None
    assert climb(NUMBERS, lambda x: None if x < 0 else -1 - float(x)) == 0


def test_roots_are_exact_where_they_are_rational():
    assert exact_root(fmpq(49, 100)) == fmpq(7, 10)
    assert abs(exact_root(fmpq(2)) ** 2 - 2) < fmpq(1, 1 << 50)
