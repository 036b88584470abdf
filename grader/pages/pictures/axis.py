"""The vertical axis of a plot: numbers to pixels, whatever their size, and the texts of its ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PlotAxis:
    """Numbers from `low` to `high` on pixels from `bottom` up to `top`; a single number lies in the middle."""

    low: float
    high: float
    top: float
    bottom: float

    def at(self, value: float) -> float:
        """The pixel of a number."""
        if self.low == self.high:
            return (self.top + self.bottom) / 2
        return self.bottom - share_between(self.low, self.high, value) * (self.bottom - self.top)

    @property
    def ends(self) -> list[tuple[float, str]]:
        """The numbers at the ends of the axis and their texts, one where they are the same."""
        return [(value, short(value)) for value in dict.fromkeys((self.low, self.high))]


def share_between(low: float, high: float, value: float) -> float:
    """How far a number is on the way from one to a larger one: 0 to 1."""
    if math.isfinite(high - low):
        return (value - low) / (high - low)
    return (value / 2 - low / 2) / (high / 2 - low / 2)  # the difference is too large for a double


def axis_of(numbers: Sequence[float], top: float, bottom: float) -> PlotAxis:
    """The axis from the smallest number to the largest; with 0 where nothing is to be plotted."""
    return PlotAxis(min(numbers, default=0.0), max(numbers, default=0.0), top, bottom)


def short(value: float) -> str:
    """A number in at most four digits: `0.5`, `1e+20`."""
    text = f"{value:.4g}"
    return "0" if text == "-0" else text
