"""The whole numbers and sizes at which formulas are compared: all small ones together, and large ones, drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from grader.formulas.draws import Draws
from grader.formulas.whole_numbers import whole_number
from grader.notation.symbols import Symbols

IntegerCase = Mapping[str, int]
"""Values of the whole numbers of a question: `{"t": 1, "T": 3, "n": 2, "m": 3}`."""

CASE_SIZES = ((2, 3), (3, 2), (1, 2), (2, 1), (3, 1), (4, 2))
"""Sizes of vectors and matrices: never equal, so that a missing transpose shows."""

CASE_GAPS = (1, 2, 3, 4, 5, 6)
CASE_STARTS = (1, 2, 3, 1, 2, 1)
"""The step `t` of the cases in turn: a formula that holds at step 1 alone must not pass."""

MAX_CASE_GAP = 40
"""The longest distance between two steps that is drawn."""

MAX_COUNTED_NUMBER = 60
"""The largest whole number that is tried where formulas count up to it."""

MAX_WHOLE_NUMBER = 1_000_000
"""The largest whole number that is tried."""

MAX_SMALL_CASES = 64
WIDE_CASES = 20
MAX_VECTOR_SIZE = 6
"""The largest size of a vector that is drawn."""

CASE_SCALES = ((4, 12), (7, 25), (20, MAX_COUNTED_NUMBER), (41, 1_000), (1_000, MAX_WHOLE_NUMBER))
"""Between which numbers the whole numbers of a wide case lie, in turn."""


def usual_cases(symbols: Symbols) -> tuple[IntegerCase, ...]:
    """`t` at 1, 2 and 3; with `T`, every gap from 1 to 6; other whole numbers apart; named sizes unequal."""
    integers = symbols.counted
    if "t" in integers and "T" in integers:
        others = [name for name in integers if name not in ("t", "T")]
        cases: list[IntegerCase] = [
            {**case, **{name: 1 + (number + i) % 4 for i, name in enumerate(others)}}
            for number, case in enumerate(gap_cases())
        ]
    elif integers:
        cases = [{name: start + i for i, name in enumerate(integers)} for start in (1, 2, 3)]
    else:
        cases = [{}]
    sizes = [name for name in symbols.sizes if name not in integers]
    return within_ranges(with_sizes(cases, sizes), symbols)


def within_ranges(cases: Iterable[IntegerCase], symbols: Symbols) -> tuple[IntegerCase, ...]:
    """The cases with every whole number in its range, which may hang on sizes (`0..V-1`); 1 becomes the first of it.

    A case in which a range is empty is left out.
    """
    if not symbols.ranges:
        return tuple(cases)
    found: list[IntegerCase] = []
    for case in cases:
        fitted = dict(case)
        for name, (first, last) in symbols.ranges.items():
            low, high = whole_number(first, fitted), whole_number(last, fitted)
            if high < low:
                break
            fitted[name] = low + (case[name] - 1) % (high - low + 1)
        else:
            found.append(fitted)
    return tuple(found)


def gap_cases(start: str = "t", end: str = "T", gaps: Iterable[int] = CASE_GAPS) -> tuple[IntegerCase, ...]:
    """One case for each distance between two steps."""
    return tuple(
        {start: CASE_STARTS[i % len(CASE_STARTS)], end: CASE_STARTS[i % len(CASE_STARTS)] + gap}
        for i, gap in enumerate(gaps)
    )


def with_sizes(cases: Sequence[IntegerCase], sizes: Sequence[str]) -> tuple[IntegerCase, ...]:
    """The cases, each at other sizes of vectors and matrices; at least four where there are sizes."""
    if not sizes:
        return tuple(cases)
    count = max(4, len(cases))
    result = []
    for i in range(count):
        pair = CASE_SIZES[i % len(CASE_SIZES)]
        result.append({**cases[i % len(cases)], **{name: pair[j % 2] + j // 2 for j, name in enumerate(sizes)}})
    return tuple(result)


def small_cases(names: Sequence[str], sizes: Sequence[str], draws: Draws) -> Iterator[IntegerCase]:
    """Every pair of small whole numbers, equal and apart in either order; `t` comes before `T`, at every gap up to 6.

    Up to three numbers in all combinations, more of them in combinations that are drawn.
    """
    steps = [name for name in ("t", "T") if {"t", "T"} <= set(names)]
    others = [name for name in (*names, *sizes) if name not in steps]
    combined = list(islice(_combinations(others, draws), MAX_SMALL_CASES))
    if not steps:
        yield from combined
        return
    gaps = [*gap_cases(), *({"t": t, "T": t + gap} for gap in (1, 2, 3) for t in (1, 2, 3, 4))]
    for i in range(max(len(gaps), len(combined))):
        yield {**combined[i % len(combined)], **gaps[i % len(gaps)]}


def _combinations(names: Sequence[str], draws: Draws) -> Iterator[IntegerCase]:
    match len(names):
        case 0:
            yield {}
        case 1:
            yield from ({names[0]: value} for value in range(1, 8))
        case 2:
            yield from (dict(zip(names, pair, strict=True)) for pair in product(range(1, 6), repeat=2))
        case 3:
            yield from (dict(zip(names, triple, strict=True)) for triple in product((1, 2, 3), repeat=3))
        case _:
            for number in range(MAX_SMALL_CASES):
                yield {name: draws.between(1, 3, f"small {number} {name}") for name in names}


def wide_cases(names: Sequence[str], sizes: Sequence[str], draws: Draws) -> Iterator[IntegerCase]:
    """Cases with large whole numbers, every third with two equal ones."""
    for number in range(WIDE_CASES if names or sizes else 0):
        case: dict[str, int] = {}
        for i, name in enumerate(names):
            low, high = CASE_SCALES[(number + (i if number % 2 else 0)) % len(CASE_SCALES)]
            case[name] = draws.between(low, high, f"wide {number} {name}")
        if number % 3 == 2 and len(names) > 1:
            first, second = (names[draws.below(len(names), f"equal {number} {i}")] for i in range(2))
            case[first] = case[second]
        if {"t", "T"} <= set(names):
            case["t"] = case["t"] if number % 4 else draws.between(1, 6, f"early {number}")
            case["T"] = case["t"] + draws.between(7, MAX_CASE_GAP, f"gap {number}")
        yield {**case, **{size: draws.between(1, MAX_VECTOR_SIZE, f"wide {number} {size}") for size in sizes}}
