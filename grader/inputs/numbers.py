"""`bit`, `integer(-5..5)`, `real(0..1)`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from flint import fmpq

from grader.inputs.input_set import Chooser, EndlessError, Env, InputSet
from grader.inputs.ranges import names_of, value_of
from grader.inputs.set_forms import ReadInner, TextForm
from grader.inputs.text_parts import Part, read_range
from grader.language.tree import Number, Tree

DEFAULT_REAL_BOUND = 1_000
"""How far reals without a bound go."""

DEFAULT_INTEGER_BOUND = 10_000
"""How far whole numbers without a bound go."""

MIN_MANY_INTEGERS = 101
"""Members from which on a set of whole numbers is one in which the first must be named."""


@dataclass(frozen=True)
class NumberSet(InputSet):
    """Where a bound is missing, numbers go as far as the defaults."""

    kind: Literal["integer", "real"]
    low: Tree | None = None
    high: Tree | None = None

    def drawn(self, chooser: Chooser, env: Env) -> int | float:
        (number,) = self.several(chooser, env, 1)
        return number

    def several(self, chooser: Chooser, env: Env, count: int) -> list[int | float]:
        """What lies between the bounds is worked out once."""
        if self.is_whole:
            numbers, endless = self._whole_numbers(env), self.low is None or self.high is None
            return [chooser.whole(numbers, often_small=endless) for _ in range(count)]
        low, high = self._bounds(env)
        return [chooser.real(low, high) for _ in range(count)]

    def members(self, env: Env, longest: int) -> Iterator[int]:
        if not self.is_finite:
            raise EndlessError
        return iter(sorted(self._whole_numbers(env), key=lambda n: (abs(n), -n)))

    def _bounds(self, env: Env) -> tuple[float, float]:
        """The least and the greatest."""
        default = DEFAULT_INTEGER_BOUND if self.is_whole else DEFAULT_REAL_BOUND
        low = -default if self.low is None else value_of(self.low, env)
        high = default if self.high is None else value_of(self.high, env)
        return low, high

    def _whole_numbers(self, env: Env) -> range:
        low, high = self._bounds(env)
        return range(math.ceil(low), math.floor(high) + 1)

    def names_used(self) -> list[str]:
        return names_of(self.low, self.high)

    def many_integers(self, env: Env) -> range:
        numbers = self._whole_numbers(env) if self.is_whole else range(0)
        return numbers if len(numbers) >= MIN_MANY_INTEGERS else range(0)

    @property
    def is_finite(self) -> bool:
        return self.is_whole and self.low is not None

    @property
    def is_numeric(self) -> bool:
        return True

    @property
    def is_whole(self) -> bool:
        return self.kind == "integer"

    def argument(self, value: Any) -> Any:
        if isinstance(value, float) and self.is_whole:
            return int(value) if value.is_integer() else value
        return super().argument(value)

    @property
    def sort_of_argument(self) -> object:
        return type(self), self.kind


BIT_SET = NumberSet("integer", Number(fmpq(0)), Number(fmpq(1)))


def _read(kind: Literal["integer", "real"]) -> Callable[[list[Part], ReadInner], InputSet]:
    def read(parts: list[Part], _inner: ReadInner) -> InputSet:
        return NumberSet(kind, *(read_range(parts[0]) if parts else (None, None)))

    return read


BIT_FORM = TextForm("bit", (0,), lambda parts, inner: BIT_SET)
INTEGER_FORM = TextForm("integer(a..b)", (0, 1), _read("integer"))
REAL_FORM = TextForm("real(a..b)", (0, 1), _read("real"))
