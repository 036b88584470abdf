"""The vertical axis of a plot: numbers to pixels, whatever their size, and the texts of its ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """Numbers from `low` to `high` on pixels from `bottom` up to `top`; a single number lies in the middle."""

    low: float
    high: float
    top: float
    bottom: float

    def at(self, value: float) -> float:
        """The pixel of a number."""
        if self.low == self.high:
            return (self.top + self.bottom) / 2
        # halves, because the difference of two doubles may be too large for a double
        share = (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return self.bottom - share * (self.bottom - self.top)

    @property
    def ends(self) -> list[tuple[float, str]]:
        """The numbers at the ends of the axis and their texts, one where they are the same."""
        return [(value, short(value)) for value in dict.fromkeys((self.low, self.high))]


def axis_of(numbers: Sequence[float], top: float, bottom: float) -> Axis:
    """The axis from the smallest number to the largest; with 0 where nothing is to be plotted."""
    return Axis(min(numbers, default=0.0), max(numbers, default=0.0), top, bottom)


def short(value: float) -> str:
    """A number in at most four digits: `0.5`, `1e+20`."""
    text = f"{value:.4g}"
    return "0" if text == "-0" else text
