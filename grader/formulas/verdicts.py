"""What a comparison of two formulas finds, each kind a type of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from itertools import islice
from typing import Literal

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.formulas.cases import IntegerCase
from grader.formulas.turns import Turn
from grader.language.arrays import Array, Value
from grader.language.ball_numbers import as_rational
from grader.language.numbers import show_number

Side = Literal["student", "wanted"]

MAX_SHOWN_VALUES = 24
"""Values of a point that are shown."""


@dataclass(frozen=True)
class Point:
    """Where two formulas were evaluated: the whole numbers, the values chosen, and what the network makes of them.

    `values` are texts (`{"W": "2", "v": "[1, 0]"}`), `entries` the exact numbers (`{"v[0]": 1, "v[1]": 0}`). With an
    `edge` (`sin(x) = 0.3`) one of them is not rational: it is the number near it at which that is so.
    """

    case: IntegerCase
    values: Mapping[str, str]
    entries: Mapping[str, fmpq]
    derived: Mapping[str, str] = field(default_factory=dict)
    edge: str = ""

    def __str__(self) -> str:
        """`t = 1, W = 2, h[1] = 1, x[2] = 1, so h[2] = 0.9526`."""
        text, so = _listed({**self.case, **self.values}), _listed(self.derived)
        where = f" (where exactly {self.edge})" if self.edge else ""
        return f"{text}{where}, so {so}" if so else f"{text}{where}"


def _listed(values: Mapping[str, object]) -> str:
    """`t = 1, W = 2`; of very many values, the first ones and how many there are more."""
    shown = [f"{name} = {value}" for name, value in islice(values.items(), MAX_SHOWN_VALUES)]
    more = len(values) - len(shown)
    return ", ".join([*shown, f"and {more} more"] if more else shown)


@dataclass(frozen=True)
class Gap:
    """A set of measure zero on which the answer alone has no value: `where` (`x - 50 is 0`, or ""), a point of it."""

    where: str
    point: Point
    message: str


@dataclass(frozen=True)
class ProvedEqual:
    """Equal for all values of all variables and all whole numbers, by normal form; `points` were looked at besides.

    `gaps` are left out, here and in the other kinds of equality.
    """

    points: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class ProvedInCases:
    """Equal for all values of all variables in each of these cases, by normal form; in others at points alone.

    `given`: the question fixes its cases, so that no others were looked at; `unreached` as in `SampledEqual`.
    """

    cases: tuple[IntegerCase, ...]
    points: int
    given: bool = False
    unreached: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class SampledEqual:
    """Equal at every point looked at, to at least this many bits, in these cases.

    `unreached` are the conditions (`relu(x**2 + 1)`) of which only one side was met.
    """

    points: int
    bits: int
    cases: tuple[IntegerCase, ...] = ()
    given: bool = False
    unreached: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


Equal = ProvedEqual | ProvedInCases | SampledEqual


@dataclass(frozen=True)
class Different:
    """Proved different at a point: two numbers in disjoint balls (shown to as many digits as tell them apart)."""

    point: Point
    student: str
    wanted: str


@dataclass(frozen=True)
class DomainDifference:
    """At a point only one side has a value."""

    point: Point
    undefined: Side
    message: str


@dataclass(frozen=True)
class NeverDefined:
    """A formula without a value at any point looked at."""

    side: Side
    message: str
    point: Point


@dataclass(frozen=True)
class ShapeDifference:
    """A value of another shape than is wanted, or parts that do not fit together."""

    case: IntegerCase
    message: str


@dataclass(frozen=True)
class BeyondLimits:
    """At a point where the right formula has a value, the student's cannot be worked out: the message names the limit
    of steps, size or precision that it exceeds."""

    point: Point
    message: str


@dataclass(frozen=True)
class SealedDifference:
    """Not the formula that was sealed: at one of the points at least its value is another, and nobody can say which."""

    points: int


@dataclass(frozen=True)
class Unsettled:
    """Nothing could be said, and not because of the student's formula: the right one cannot be worked out."""

    message: str


EqualityVerdict = (
    ProvedEqual
    | ProvedInCases
    | SampledEqual
    | Different
    | SealedDifference
    | DomainDifference
    | NeverDefined
    | ShapeDifference
    | BeyondLimits
    | Unsettled
)


def is_equal(verdict: EqualityVerdict) -> bool:
    """Whether the two formulas are equal."""
    return isinstance(verdict, ProvedEqual | ProvedInCases | SampledEqual)


def shown(value: arb, digits: int) -> str:
    """A ball as a decimal number; exactly, where it is exact and short."""
    if (rational := as_rational(value)) is not None and len(exact := show_number(rational)) <= digits + 2:
        return exact
    text: str = value.str(digits, radius=False)
    mantissa, e, power = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + e + power


def show_entry(number: fmpq | Turn | arb) -> str:
    """A number of a point: exactly where it is known so."""
    if isinstance(number, arb):
        return f"about {number.str(15, radius=False)}"
    return str(number) if isinstance(number, Turn) else show_number(number)


def show_value(value: Value, digits: int) -> str:
    """A number, vector or matrix as text."""
    if not isinstance(value, Array):
        return shown(value, digits)
    return bracketed([shown(entry, digits) for entry in value.entries], value.shape)


def bracketed(entries: list[str], shape: tuple[int, ...]) -> str:
    """`[1, 2]`, or `[[1, 2], [3, 4]]`."""
    if len(shape) == 2:
        width = shape[1]
        entries = [bracketed(entries[i : i + width], (width,)) for i in range(0, len(entries), width)]
    return f"[{', '.join(entries)}]" if shape else entries[0]


def show_pair(left: Value, right: Value) -> tuple[str, str]:
    """Both values, to as many digits as tell them apart."""
    texts = ("", "")
    for digits in (4, 7, 12, 20, 40, 80, 200, 500, 1300):
        texts = show_value(left, digits), show_value(right, digits)
        if texts[0] != texts[1]:
            return texts
    return texts
