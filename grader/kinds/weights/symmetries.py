"""Weights up to what does not change a network: the order of its hidden units, and their scale.

The rule: two answers have the same fingerprint if one becomes the other by renaming hidden units, by multiplying all
that a unit with a step at a threshold sums up, as far as it is beyond that threshold, with a positive number, and by
multiplying what comes into a unit with ReLU with a positive number and dividing what goes out of it by that number.
Only what the equations show for sure is used; where they do not, answers are compared as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import permutations, product
from math import factorial, prod
from typing import TYPE_CHECKING

from flint import fmpq

from grader.kinds.weights.forms import ONLY_FORM
from grader.kinds.weights.relu_units import ReluUnit, relu_units
from grader.kinds.weights.step_units import StepUnit, step_units
from grader.kinds.weights.unit_axes import hidden_axes
from grader.language.arrays import Array, Value

if TYPE_CHECKING:
    from grader.kinds.weights.question import WeightsQuestion

MAX_REORDERED_ENTRIES = 10_000
"""Entries of parameters, times the orders of hidden units, up to which all orders are tried; else the own one alone."""

MAX_KEPT_QUESTIONS = 64

WEIGHTS_FINGERPRINT_DIGITS = 32


def weights_fingerprint(question: WeightsQuestion, values: Mapping[str, Value]) -> str:
    """The same text for weights that differ in the order of hidden units and in scale alone.

    "" for those of a known answer of the spec, which are no surprise; where students choose the form of the network;
    and where numbers are no fractions.
    """
    if question.form != ONLY_FORM:
        return ""
    found = _fingerprint(question, values)
    return "" if found in _known(question) else found


@lru_cache(maxsize=MAX_KEPT_QUESTIONS)
def _known(question: WeightsQuestion) -> frozenset[str]:
    return frozenset(_fingerprint(question, known.values) for known in question.known)


@lru_cache(maxsize=MAX_KEPT_QUESTIONS)
def _symmetries(
    question: WeightsQuestion,
) -> tuple[Sequence[ReluUnit | StepUnit], Sequence[Mapping[tuple[str, int], int]]]:
    """The units with a scale, in the order of scaling, and by kind of hidden units the axes that they lie on."""
    axes = hidden_axes(question.program)
    system = question.program.system
    units: list[ReluUnit | StepUnit] = [
        *relu_units(system, axes),
        *step_units(system, axes),
    ]  # a step has no scale behind it
    return units, [group.lengths for group in axes.groups]


def _fingerprint(question: WeightsQuestion, values: Mapping[str, Value]) -> str:
    numbers = {}
    for name, value in values.items():
        entries = value.entries if isinstance(value, Array) else (value,)
        if not all(isinstance(entry, fmpq) for entry in entries):
            return ""
        numbers[name] = (value.shape if isinstance(value, Array) else (), tuple(entries))
    units, groups = _symmetries(question)
    for unit in units:
        numbers = unit.scaled(numbers)
    sizes = [next(iter(group.values())) for group in groups]
    room = MAX_REORDERED_ENTRIES // max(1, sum(len(entries) for _, entries in numbers.values()))
    if max(sizes, default=0) > room or prod(map(factorial, sizes)) > room:
        groups = []
    entries_of = {name: entries for name, (_, entries) in sorted(numbers.items())}
    least = list(entries_of.items())
    if groups:
        shapes = tuple((name, numbers[name][0]) for name in entries_of)
        orders = _orders(shapes, tuple(tuple(group.items()) for group in groups))
        tried = ([(name, tuple([entries_of[name][i] for i in places])) for name, places in order] for order in orders)
        least = min(tried)
    text = json.dumps([[name, list(map(str, entries))] for name, entries in least])
    return hashlib.sha256(text.encode()).hexdigest()[:WEIGHTS_FINGERPRINT_DIGITS]


@lru_cache(maxsize=MAX_KEPT_QUESTIONS)
def _orders(
    shapes: tuple[tuple[str, tuple[int, ...]], ...], groups: tuple[tuple[tuple[tuple[str, int], int], ...], ...]
) -> list[list[tuple[str, list[int]]]]:
    """For each order of the units of all groups: by parameter the places of its entries, as they then stand.

    `shapes` are those of the parameters; a group has the axes that its units lie on, each with the number of units.
    """
    sizes = [group[0][1] for group in groups]
    axes = [{axis for axis, _ in group} for group in groups]
    return [
        [(name, _places(name, shape, axes, order)) for name, shape in shapes]
        for order in product(*(permutations(range(size)) for size in sizes))
    ]


def _places(
    name: str, shape: Sequence[int], groups: Sequence[Collection[tuple[str, int]]], order: Sequence[Sequence[int]]
) -> list[int]:
    """The places of a parameter's entries with the units of each group in an order."""
    along: list[Sequence[int]] = [range(length) for length in shape]
    for group, units in zip(groups, order, strict=True):
        along = [units if (name, axis) in group else place for axis, place in enumerate(along)]
    strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return [sum(i * step for i, step in zip(place, strides, strict=True)) for place in product(*along)]
