"""Weights are compared up to the order of hidden units and the scale of units with a step, and up to nothing else."""

import random
from fractions import Fraction

import pytest

HEAD = "question: q\ntitle: A question\npoints: 2\nanswer: weights\n"
TWO_UNITS = (
    HEAD
    + """network:
  inputs: {x: [bit, bit]}
  parameters: {W: [2, 2], b: [2], v: [2], r: scalar, c: scalar}
  functions: {phi(z): 1 if z > 0 else 0}
  initial: {y: 0}
  equations: {h: "phi(W @ x[t] + b)", y: "phi(v @ h[t] + r*y[t-1] + c)"}
  output: y
behaviour: {equations: {o: "x[t][0] and x[t][1]"}, output: o}
checks: [{name: all, points: 2}]
known: {the sheet: {W: [[1, 1], [0, 0]], b: [-1, -1], v: [1, 0], r: 0, c: 0, earns: 2}}
"""
)
RELU = TWO_UNITS.replace("phi(z): 1 if z > 0 else 0", "phi(z): z if z > 0 else 0")
BEYOND = (
    HEAD
    + """network:
  inputs: {x: bit}
  parameters: {w: scalar, u: scalar, b: scalar, a: scalar}
  functions: {phi(z): 1 if z >= 0.5 else 0}
  initial: {h: 1}
  equations: {h: "phi(u*h[t-1] + w*x[t] + b)", y: "a*h[t]"}
  output: y
behaviour: {initial: {s: 1}, equations: {s: "s[t-1] and x[t]"}, output: s}
checks: [{name: all, points: 2}]
"""
)
RECURRENT = (
    HEAD
    + """network:
  inputs: {x: bit}
  parameters: {U: [3], V: [3, 3], v: [3]}
  initial: {h: "[0, 0, 0]"}
  equations: {h: "V @ h[t-1] + U*x[t]", y: "v @ h[t]"}
  output: y
length: 2
behaviour: {equations: {o: "x[t]"}, output: o}
checks: [{name: all, points: 2}]
"""
)
FIRST_UNIT_STARTS_AT_1 = RECURRENT.replace("[0, 0, 0]", "[1, 0, 0]")
TOLD_APART = TWO_UNITS.replace("v @ h[t] +", "v @ h[t] + h[t][0] +")


def yaml_of(values):
    def written(value):
        return f"[{', '.join(map(written, value))}]" if isinstance(value, list) else str(value)

    return "{" + ", ".join(f"{name}: {written(value)}" for name, value in values.items()) + "}"


@pytest.fixture
def print_of(graded):
    def found(spec, **values):
        result = graded(spec, yaml_of(values))
        assert result.status == "graded", result.messages
        return result.weights_fingerprint

    return found


BASE = {"W": [[2, 1], [-1, 3]], "b": [-1, -2], "v": [1, -3], "r": 2, "c": -1}
SWAPPED = {"W": [[-1, 3], [2, 1]], "b": [-2, -1], "v": [-3, 1], "r": 2, "c": -1}
FIRST_SCALED = {"W": [[6, 3], [-1, 3]], "b": [-3, -2], "v": [1, -3], "r": 2, "c": -1}
OUTPUT_SCALED = {**BASE, "v": [2, -6], "r": 4, "c": -2}


@pytest.mark.long
@pytest.mark.parametrize(
    ("spec", "other", "alike"),
    [
        (TWO_UNITS, BASE, True),
        (TWO_UNITS, SWAPPED, True),
        (TWO_UNITS, FIRST_SCALED, True),
        (TWO_UNITS, OUTPUT_SCALED, True),
        (TWO_UNITS, {**SWAPPED, "v": [-6, 2], "r": 4, "c": -2}, True),
        (TWO_UNITS, {**BASE, "c": -2}, False),
        (TWO_UNITS, {**BASE, "W": [[1, 2], [-1, 3]]}, False),  # the inputs are exchanged, not the units
        (TWO_UNITS, {**SWAPPED, "v": [1, -3]}, False),  # the units are exchanged, but not where they are used
        (TWO_UNITS, {**BASE, "W": [[-2, -1], [-1, 3]], "b": [1, -2]}, False),  # a negative scale
        (TWO_UNITS, {**BASE, "v": [2, -6]}, False),
        (RELU, SWAPPED, True),
        (RELU, FIRST_SCALED, False),  # no step
        (TOLD_APART, SWAPPED, False),  # the first unit is not like the second
        (TOLD_APART, OUTPUT_SCALED, False),  # what is added without a parameter is not scaled
        (TOLD_APART, FIRST_SCALED, True),
    ],
)
def test_two_units(print_of, spec, other, alike):
    assert (print_of(spec, **other) == print_of(spec, **BASE)) is alike
    assert print_of(spec, **BASE)


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({"w": 2, "u": 2, "b": "-2.5", "a": 1}, False),  # as far beyond -1.5, not beyond 0.5
        ({"w": 2, "u": 2, "b": "-3.5", "a": 1}, True),
        ({"w": "1/3", "u": "1/3", "b": "-1/6", "a": 1}, True),
        ({"w": 2, "u": 2, "b": -3, "a": 1}, False),
        ({"w": 1, "u": 1, "b": "-1.5", "a": 2}, False),
    ],
)
def test_a_threshold_that_is_not_zero(print_of, other, alike):
    """What is scaled is how far the sum is beyond the threshold."""
    base = {"w": 1, "u": 1, "b": "-1.5", "a": 1}
    assert (print_of(BEYOND, **other) == print_of(BEYOND, **base)) is alike


def reordered(values, order):
    return {
        "U": [values["U"][i] for i in order],
        "V": [[values["V"][i][j] for j in order] for i in order],
        "v": [values["v"][i] for i in order],
    }


def test_recurrent_units_are_renamed_in_rows_and_columns(print_of):
    rng = random.Random(3)
    values = {"U": [1, 2, 3], "V": [[rng.randrange(-3, 4) for _ in range(3)] for _ in range(3)], "v": [1, 0, 2]}
    first = print_of(RECURRENT, **values)
    for order in ([1, 0, 2], [2, 0, 1], [2, 1, 0]):
        assert print_of(RECURRENT, **reordered(values, order)) == first
        rows_alone = {**values, "V": [values["V"][i] for i in order]}
        assert print_of(RECURRENT, **rows_alone) != first


def test_units_that_start_in_another_way_are_told_apart(print_of):
    values = {"U": [1, 2, 3], "V": [[0] * 3] * 3, "v": [1, 0, 2]}
    first = print_of(FIRST_UNIT_STARTS_AT_1, **values)
    assert first
    assert first != print_of(FIRST_UNIT_STARTS_AT_1, **reordered(values, [1, 0, 2]))


@pytest.mark.parametrize("scale", [1, 3])
def test_the_answers_of_the_spec_are_no_surprise(print_of, scale):
    known = {"W": [[0, 0], [scale, scale]], "b": [-1, -scale], "v": [0, 1], "r": 0, "c": 0}
    assert print_of(TWO_UNITS, **known) == ""


def test_of_very_many_units_no_order_is_tried_but_that_of_the_answer(print_of):
    """There are more than 10^6 orders of ten units."""
    spec = RECURRENT.replace("[3, 3]", "[10, 10]").replace("[3]", "[10]").replace("[0, 0, 0]", str([0] * 10))
    values = {"U": [*range(10)], "V": [[0] * 10] * 10, "v": [1] * 10}
    first = print_of(spec, **values)
    assert first
    assert first == print_of(spec, **values) != print_of(spec, **reordered(values, [1, 0, *range(2, 10)]))


DEEP_RELU = (
    HEAD
    + """network:
  inputs: {x: [bit, bit]}
  parameters: {W: [2, 2], b: [2], R: [2, 2], V: [2, 2], d: [2], v: [2], c: scalar}
  functions: {leaky(z): z if z >= 0 else 0.5*z}
  initial: {h: "[0, 0]"}
  equations: {h: "relu(W @ x[t] + R @ h[t-1] + b)", g: "leaky(V @ h[t] + d)", y: "v @ g[t] + c"}
  output: y
length: 2
behaviour: {equations: {o: "x[t][0]"}, output: o}
checks: [{name: all, points: 2}]
"""
)
DEEP = {
    "W": [[2, 1], [-1, 3]],
    "b": [-1, -2],
    "R": [[1, 2], [3, -1]],
    "V": [[1, -2], [4, 1]],
    "d": [1, -1],
    "v": [1, -3],
    "c": 2,
}


def rescaled(values, first=("1", "1"), second=("1", "1")):
    """The same function with the units of both layers at other scales."""
    a, b = [[Fraction(one) for one in scales] for scales in (first, second)]
    two = range(2)
    return {
        "W": [[values["W"][i][j] * a[i] for j in two] for i in two],
        "b": [values["b"][i] * a[i] for i in two],
        "R": [[values["R"][i][j] * a[i] / a[j] for j in two] for i in two],
        "V": [[values["V"][i][j] * b[i] / a[j] for j in two] for i in two],
        "d": [values["d"][i] * b[i] for i in two],
        "v": [values["v"][i] / b[i] for i in two],
        "c": values["c"],
    }


@pytest.mark.parametrize(
    ("scales", "alike"),
    [
        ((("3", "1"), ("1", "1")), True),
        ((("1", "1/2"), ("1", "7")), True),
        ((("3/5", "2"), ("1/4", "9")), True),
        ((("-1", "1"), ("1", "1")), False),
        ((("1", "1"), ("1", "-2")), False),
    ],
)
def test_units_with_relu_have_a_scale(print_of, scales, alike):
    first = print_of(DEEP_RELU, **DEEP)
    assert first
    assert (print_of(DEEP_RELU, **rescaled(DEEP, *scales)) == first) is alike


@pytest.mark.parametrize(
    "changed",
    [
        {"v": [1, -4]},
        {"d": [2, -1]},
        {"R": [[1, 2], [3, 1]]},
        {"W": [[4, 2], [-1, 3]], "b": [-2, -2]},  # scaled where it comes in, and not where it goes out
    ],
)
def test_other_weights_behind_relu_are_others(print_of, changed):
    assert print_of(DEEP_RELU, **{**DEEP, **changed}) != print_of(DEEP_RELU, **DEEP)


@pytest.mark.parametrize(
    "spec",
    [
        DEEP_RELU.replace('y: "v @ g[t] + c"', 'y: "v @ g[t] + c + h[t][0]"'),  # a unit is used without a weight
        DEEP_RELU.replace("relu(W", "tanh(W"),
        DEEP_RELU.replace("relu(W @ x[t] + R @ h[t-1] + b)", "relu(W @ x[t] + R @ h[t-1] + b + [1, 1])"),
        DEEP_RELU.replace('initial: {h: "[0, 0]"}', 'initial: {h: "[1, 1]"}'),
        DEEP_RELU.replace("v @ g[t] + c", "v @ g[t] + c + b[0]*h[t][0]"),  # a parameter stands in two places
    ],
)
def test_a_unit_whose_scale_shows_keeps_it(print_of, spec):
    assert spec != DEEP_RELU
    assert print_of(spec, **rescaled(DEEP, ("3", "1"))) != print_of(spec, **DEEP)
