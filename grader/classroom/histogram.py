"""Marks as a histogram in text, exact: a line a mark where there are few different ones, else ten ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from grader.verdict import points_in_words

MAX_SINGLE_MARKS = 10
"""Different marks up to which each has a line of its own."""

MARK_RANGES = 10

MAX_BAR_COLUMNS = 40


def histogram_lines(counts: Mapping[Fraction, int], max_points: Fraction, width: int) -> Iterator[str]:
    """A line for each mark, or for each range from the lowest to the highest possible mark, with its bar and number.

    A range holds its lower end; the last one holds its upper end too. Every mark that was given has a bar of at least
    one sign.
    """
    if not counts:
        return
    bars = _single(counts) if len(counts) <= MAX_SINGLE_MARKS else _ranges(counts, max_points)
    left = max(len(label) for label, _ in bars)
    most = max(number for _, number in bars)
    room = max(1, min(MAX_BAR_COLUMNS, width - left - len(str(most)) - 6))
    for label, number in bars:
        length = -(-number * room // most)
        yield f"  {label:>{left}}  {'#' * length}{' ' if length else ''}{number}"


def _single(counts: Mapping[Fraction, int]) -> list[tuple[str, int]]:
    return [(points_in_words(mark), counts[mark]) for mark in sorted(counts)]


def _ranges(counts: Mapping[Fraction, int], max_points: Fraction) -> list[tuple[str, int]]:
    low, high = min(Fraction(0), *counts), max(max_points, *counts)
    step = (high - low) / MARK_RANGES
    numbers = [0] * MARK_RANGES
    for mark, often in counts.items():
        numbers[min(int((mark - low) / step), MARK_RANGES - 1)] += often
    ends = [points_in_words(low + step * i) for i in range(MARK_RANGES + 1)]
    labels = [f"{ends[i]} to {'' if i == MARK_RANGES - 1 else 'below '}{ends[i + 1]}" for i in range(MARK_RANGES)]
    return list(zip(labels, numbers, strict=True))


def in_percent(part: int, whole: int) -> str:
    """`6%`; `<1%` and `>99%` where rounding would say none or all; `-` of nothing."""
    if not whole:
        return "-"
    percent = round(Fraction(100 * part, whole))
    if percent == 0 and part:
        return "<1%"
    return ">99%" if percent == 100 and part < whole else f"{percent}%"
