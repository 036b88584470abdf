"""Sets as Hypothesis strategies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from grader.inputs.array_types import of_type
from grader.inputs.enumerate import table_of
from grader.inputs.ranges import bounds, sizes, whole_numbers
from grader.inputs.sets import (
    ArraySet,
    Case,
    Choice,
    DictionarySet,
    Either,
    GeneratorSet,
    InputSet,
    NumberSet,
    PartsSet,
    Seed,
    SequenceSet,
    TableOf,
    TypedSet,
)
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.parse import ExpressionError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Draw = Callable[[SearchStrategy[Any]], Any]

MIN_DRAWN_SIZE = 1e-6
"""Reals closer to 0 are drawn as 0: homework is not about underflow."""

SMALL = range(-10, 11)
"""Whole numbers that come up often where there are many: what goes wrong goes wrong there."""

MAX_ENTRIES_DRAWN_SINGLY = 16
"""Entries of an array or a list that are drawn one by one, so that each shrinks; those of a longer one in one go."""

MAX_DRAWN_SINGLY = 64
"""Numbers of one input that are drawn one by one."""

FIRST_INTEGERS = (0, 1, -1, 2, 3, 5, 10, 100, 1_001, -10, -1_001, 4, 7, 9_973)
"""What whole numbers are among the first inputs, as far as the set holds them."""

MIN_MANY_INTEGERS = 101
"""Members from which on a set of whole numbers is one in which the first must be named."""


class Chooser(Protocol):
    """Takes members of sets of which only the bounds matter."""

    def whole(self, numbers: range, *, often_small: bool = False) -> int: ...
    def real(self, low: float, high: float) -> float: ...
    def one_of(self, values: Sequence[Any]) -> Any: ...
    def in_one_go(self, entries: int) -> Chooser:
        """What takes the entries of an array or a list of so many."""


def cases(sets: Mapping[str, InputSet], first: int | None = None) -> SearchStrategy[Case]:
    """A strategy for whole inputs: each set may speak of the values before it.

    `first`: the whole number that every argument is, where its set holds that many that this one has to be named.
    """
    from hypothesis import strategies as st

    @st.composite
    def case(draw: Draw) -> Case:
        env: dict[str, Any] = {}
        chooser = DrawnSingly(draw)
        for name, input_set in sets.items():
            named = first is not None and first in many_integers(input_set, env)
            env[name] = first if named else drawn(chooser, input_set, env)
        return env

    return case()


def many_integers(input_set: InputSet, env: Mapping[str, Any]) -> range:
    """The members of a set of many whole numbers; none of another set."""
    if not isinstance(input_set, NumberSet) or input_set.kind != "integer":
        return range(0)
    numbers = whole_numbers(input_set, env)
    return numbers if len(numbers) >= MIN_MANY_INTEGERS else range(0)


def may_be_many(input_set: InputSet) -> bool:
    """Whether a set is one of many whole numbers, as far as can be told without the values before it."""
    try:
        return bool(many_integers(input_set, {}))
    except (ExpressionError, EvaluationError):
        return True


def drawn(chooser: Chooser, input_set: InputSet, env: Mapping[str, Any]) -> Any:
    """One member of a set, given the values before it."""
    match input_set:
        case NumberSet(kind="integer"):
            endless = input_set.low is None or input_set.high is None
            return chooser.whole(whole_numbers(input_set, env), often_small=endless)
        case NumberSet():
            return chooser.real(*bounds(input_set, env))
        case Choice(values=values):
            return chooser.one_of(values)
        case SequenceSet(form=form, length=length, element=element):
            size = chooser.whole(sizes(length, env))
            each = chooser.in_one_go(size)
            items = several(each, element, env, size)
            return "".join(items) if form == "word" else Array((size,), items) if form == "vector" else items
        case ArraySet(sizes=lengths, element=element):
            shape = tuple(chooser.whole(sizes(length, env)) for length in lengths)
            each = chooser.in_one_go(math.prod(shape))
            return Array(shape, several(each, element, env, math.prod(shape)))
        case TypedSet(members=arrays, type=kind):
            return of_type(drawn(chooser, arrays, env), kind.dtype)
        case DictionarySet(entries=entries):
            return {key: drawn(chooser, one, env) for key, one in entries.items()}
        case PartsSet(form=form, parts=parts):
            made = [drawn(chooser, one, env) for one in parts]
            return tuple(made) if form == "tuple" else made
        case Either(sets=sets):
            return drawn(chooser, sets[chooser.whole(range(len(sets)))], env)
        case GeneratorSet():
            return Seed(chooser.whole(range(2**32)))
        case TableOf():
            return table_of(input_set, env, lambda one, before: drawn(chooser, one, before))


def several(chooser: Chooser, input_set: InputSet, env: Mapping[str, Any], count: int) -> list[Any]:
    """So many members of a set; what numbers lie between is worked out once."""
    match input_set:
        case NumberSet(kind="integer"):
            numbers, endless = whole_numbers(input_set, env), input_set.low is None or input_set.high is None
            return [chooser.whole(numbers, often_small=endless) for _ in range(count)]
        case NumberSet():
            low, high = bounds(input_set, env)
            return [chooser.real(low, high) for _ in range(count)]
    return [drawn(chooser, input_set, env) for _ in range(count)]


@lru_cache(maxsize=1024)
def _whole_numbers(first: int, last: int, often_small: bool) -> SearchStrategy[int]:
    """Whole numbers between two, small ones more often where that is wanted; made once, as many are drawn."""
    from hypothesis import strategies as st

    anywhere = st.integers(first, last)
    small = range(max(first, SMALL[0]), min(last, SMALL[-1]) + 1)
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
            small = range(max(numbers[0], SMALL[0]), min(numbers[-1], SMALL[-1]) + 1)
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
