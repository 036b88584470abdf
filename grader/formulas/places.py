"""Where two formulas are compared beyond the simple points: more whole numbers, all scales, where a proof points to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flint import fmpq

from grader.formulas.cases import (
    MAX_CASE_GAP,
    MAX_COUNTED_NUMBER,
    MAX_VECTOR_SIZE,
    IntegerCase,
    small_cases,
    wide_cases,
    within_ranges,
)
from grader.formulas.comparison import Comparison, GridPoint
from grader.formulas.samples import QUARTERS, SMALL_INTEGERS, Sample, wide_samples
from grader.formulas.whole_numbers import whole_number
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.language.parse import ExpressionError
from grader.language.tree import Comprehension

MAX_MOVED_INTEGER = 10**15
"""The largest whole number to which one is moved."""

MAX_MOVED_SIZE = 2 * MAX_VECTOR_SIZE
"""The largest size of a vector in any case: sizes that are steps as well, or moved to a condition, reach it."""

WIDE_SAMPLES = 20
"""Samples of all entries at values of all scales."""


def more_cases(comparison: Comparison) -> tuple[list[IntegerCase], list[IntegerCase]]:
    """Further cases: small ones and wide ones; none where the question fixes its cases."""
    if comparison.setting.cases or not comparison.matters & set(comparison.setting.symbols.whole):
        return [], []
    symbols = comparison.setting.symbols
    names = [name for name in symbols.counted if name in comparison.matters]
    sizes = [name for name in symbols.sizes if name in comparison.matters and name not in names]
    given = comparison.setting.all_cases[0]
    known = [comparison.relevant(case) for case in comparison.cases]
    small = [case for case in small_cases(names, sizes, comparison.draws) if case not in known]
    wide = within_ranges(({**given, **case} for case in wide_cases(names, sizes, comparison.draws)), symbols)
    near = within_ranges(({**given, **case} for case in small), symbols)
    return list(near), [case for case in wide if not too_long(comparison, case)]


def too_long(comparison: Comparison, case: IntegerCase) -> bool:
    """Whether a case is too large for both sides to be evaluated: long vectors, or too many steps to count through."""
    if any(case.get(size, 0) > MAX_MOVED_SIZE for size in comparison.setting.symbols.sizes):
        return True
    wholes = [value for name, value in case.items() if name in comparison.matters]
    wholes += comparison.constant_steps if comparison.setting.steps else []
    if comparison.setting.initial and max(wholes, default=0) > MAX_CASE_GAP:
        return True
    if (comparison.setting.steps or comparison.backward) and max(wholes, default=0) - min(
        wholes, default=0
    ) > MAX_CASE_GAP:
        return True
    if (gradients := comparison.compiled.gradients) and gradients.span(case) > MAX_CASE_GAP:
        return True
    most = MAX_CASE_GAP if comparison.setting.steps else MAX_COUNTED_NUMBER
    return any(_rounds(comprehension, case) > most for comprehension in comparison.comprehensions)


def _rounds(comprehension: Comprehension, case: IntegerCase) -> int:
    """How often a loop runs in a case; more than is tried where its bounds hang on another loop, or do not exist."""
    try:
        start, stop = (whole_number(bound, case) for bound in (comprehension.start, comprehension.stop))
    except (EvaluationError, ShapeError, ExpressionError):
        return max(case.values(), default=0)
    return abs(stop - start)


def more_places(comparison: Comparison) -> Iterator[GridPoint]:
    """Points with all small whole numbers, with wide ones, and with values of all scales."""
    small, wide = more_cases(comparison)
    for case in small:
        yield from sampled(comparison, case, [Sample((fmpq(1),)), Sample(SMALL_INTEGERS, 1), Sample(QUARTERS, 2)])
    first = comparison.cases[0]
    keys = comparison.used_keys(GridPoint(first, comparison.origin(first), Sample((fmpq(1),))))
    yield from sampled(comparison, first, wide_samples(keys, comparison.draws, WIDE_SAMPLES))
    for case in (*comparison.cases[1:], *wide):
        yield from sampled(
            comparison, case, [*(Sample((), seed, draws=comparison.draws) for seed in (0, 2, 3)), Sample((fmpq(2),))]
        )


def starting_places(comparison: Comparison) -> Iterator[GridPoint]:
    """Where the search for conditions starts."""
    yield from comparison.bases
    samples = [
        Sample((fmpq(1),)),
        Sample(SMALL_INTEGERS, 1),
        *(Sample((), seed, draws=comparison.draws) for seed in (0, 2, 1)),
    ]
    for case in dict.fromkeys((0, len(comparison.cases) - 1)):
        yield from sampled(comparison, comparison.cases[case], samples)


def witness_places(comparison: Comparison, witnesses: Iterable[Mapping[str, fmpq]]) -> Iterator[GridPoint]:
    """The points that name entries and whole numbers; whole numbers are tried on either side."""
    case = comparison.cases[0]
    for point in witnesses:
        for up in (0, 1):
            wholes = {n: max(1, int(point[n].floor()) + up) for n in case if n in point}
            there = {**case, **wholes}
            rest = {name: value for name, value in point.items() if name not in case}
            yield GridPoint(there, comparison.origin(there), Sample((fmpq(1),), 0, rest))
            if not wholes:
                break


def sampled(comparison: Comparison, case: IntegerCase, chosen: Iterable[Sample]) -> Iterator[GridPoint]:
    """A case at some samples; at one alone where nothing is drawn."""
    origin = comparison.origin(case)
    for number, sample in enumerate(chosen):
        if number == 1 and not comparison.used_keys(GridPoint(case, origin, sample)):
            return
        yield GridPoint(case, origin, sample)


def case_with(comparison: Comparison, case: IntegerCase, key: str, value: fmpq) -> IntegerCase:
    """A case with another whole number; `t` stays before `T`, and what is counted stays short."""
    most = MAX_MOVED_SIZE if key in comparison.setting.symbols.sizes else MAX_MOVED_INTEGER
    for limit in (most, MAX_COUNTED_NUMBER):
        moved = {**case, key: min(max(int(value.floor()), 1), limit)}
        if {"t", "T"} <= set(moved) and moved["t"] >= moved["T"]:
            other = moved["t"] + 1 if key == "t" else max(moved["T"] - 1, 1)
            moved["T" if key == "t" else "t"] = other
            moved["T"] = max(moved["T"], moved["t"] + 1)
        fitting = within_ranges([moved], comparison.setting.symbols)
        if fitting and not too_long(comparison, dict(fitting[0])):
            return fitting[0]
    return case
