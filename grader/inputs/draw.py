"""What takes numbers for inputs: Hypothesis, one by one or from a seed that it draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any

from grader.inputs.input_set import Chooser

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Draw = Callable[[SearchStrategy[Any]], Any]

MIN_DRAWN_SIZE = 1e-6
"""Reals closer to 0 are drawn as 0: homework is not about underflow."""

OFTEN_DRAWN_INTEGERS = range(-10, 11)
"""Whole numbers that come up often where there are many: what goes wrong goes wrong there."""

MAX_ENTRIES_DRAWN_SINGLY = 16
"""Entries of an array or a list that are drawn one by one, so that each shrinks; those of a longer one in one go."""

MAX_DRAWN_SINGLY = 64
"""Numbers of one input that are drawn one by one."""


@lru_cache(maxsize=1024)
def _whole_numbers(first: int, last: int, often_small: bool) -> SearchStrategy[int]:
    """Whole numbers between two, small ones more often where that is wanted; made once, as many are drawn."""
    from hypothesis import strategies as st

    anywhere = st.integers(first, last)
    small = range(max(first, OFTEN_DRAWN_INTEGERS[0]), min(last, OFTEN_DRAWN_INTEGERS[-1]) + 1)
    return st.one_of(st.integers(small[0], small[-1]), anywhere, anywhere) if often_small and small else anywhere


@lru_cache(maxsize=1024)
def _reals(low: float, high: float) -> SearchStrategy[float]:
    """Whole numbers and thousandths of the range, which shrink to simple numbers, and any float in it; made once."""
    from hypothesis import strategies as st

    grid = st.integers(0, 1000).map(lambda k: min(max(low + (high - low) * k / 1000, low), high))
    whole = st.integers(math.ceil(low), math.floor(high)) if math.ceil(low) <= math.floor(high) else grid
    anywhere = st.floats(low, high, allow_nan=False).map(lambda value: _not_tiny(value, low, high))
    return st.one_of(whole, grid, anywhere)


class DrawnSingly:
    """Hypothesis draws each number; an input for which there is none is given up."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._left = MAX_DRAWN_SINGLY

    def whole(self, numbers: range, *, often_small: bool = False) -> int:
        """One of them, drawn so that it shrinks towards 0."""
        from hypothesis import reject
        from hypothesis import strategies as st

        if not numbers:
            reject()
        self._left -= 1
        if numbers.step > 1:
            return numbers[self._draw(st.integers(0, len(numbers) - 1))]
        return int(self._draw(_whole_numbers(numbers[0], numbers[-1], often_small)))

    def real(self, low: float, high: float) -> float:
        from hypothesis import reject

        if not low <= high:
            reject()
        self._left -= 1
        return float(self._draw(_reals(low, high)))

    def one_of(self, values: Sequence[Any]) -> Any:
        from hypothesis import strategies as st

        if len(values) == 1:
            return values[0]
        self._left -= 1
        return self._draw(st.sampled_from(values))

    def in_one_go(self, entries: int) -> Chooser:
        """What draws so many entries: singly where they are few, else from a seed and how simple they are."""
        from hypothesis import strategies as st

        if entries <= min(MAX_ENTRIES_DRAWN_SINGLY, self._left):
            return self
        kind = self._draw(st.sampled_from(("simplest", "whole", "grid", "any", "any", "any")))
        return DrawnTogether(self._draw(st.integers(0, 2**32 - 1)), kind)


def _not_tiny(value: float, low: float, high: float) -> float:
    return 0.0 if abs(value) < MIN_DRAWN_SIZE and low <= 0 <= high else value


class DrawnTogether:
    """Draws all numbers from one seed; `kind` says how simple they are."""

    def __init__(self, seed: int, kind: str) -> None:
        self._random = Random(seed).random  # of `random`, this alone is the same in every version of Python
        self._kind = kind

    def whole(self, numbers: range, *, often_small: bool = False) -> int:
        from hypothesis import reject

        if not numbers:
            reject()
        if self._kind == "simplest":
            return min(max(0, numbers[0]), numbers[-1]) if numbers.step == 1 else numbers[0]
        if numbers.step == 1 and (self._kind == "whole" or (often_small and self._random() < 1 / 3)):
            small = range(max(numbers[0], OFTEN_DRAWN_INTEGERS[0]), min(numbers[-1], OFTEN_DRAWN_INTEGERS[-1]) + 1)
            numbers = small or numbers
        return numbers[int(self._random() * len(numbers))]

    def real(self, low: float, high: float) -> float:
        from hypothesis import reject

        if not low <= high:
            reject()
        first, last = math.ceil(low), math.floor(high)
        kind = self._kind if self._kind != "any" else ("whole", "grid", "float", "float")[int(self._random() * 4)]
        if kind == "simplest":
            return min(max(0.0, low), high)
        if kind == "whole" and first <= last:
            return float(self.whole(range(first, last + 1)))
        share = self._random()
        value = low + (high - low) * (share if kind == "float" else int(share * 1001) / 1000)
        value = min(max(value, low), high)
        return _not_tiny(float(value), low, high)

    def one_of(self, values: Sequence[Any]) -> Any:
        return values[0 if self._kind == "simplest" else int(self._random() * len(values))]

    def in_one_go(self, entries: int) -> Chooser:
        return self
