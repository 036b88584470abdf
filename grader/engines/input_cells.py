"""Inputs that cannot be listed as cells: numbers with bounds or without, cut in two where a cell is too wide."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.language.arrays import Scalar
from grader.language.interval_numbers import Interval, RationalInterval
from grader.machines.alphabet import Alphabet, NumberDomain, Symbol

MAX_LISTED_CHOICES = 64
"""Combinations of the numbers that have few values, which are listed beside the cells of the others."""

_MAX_SIMPLE_DECIMALS = 12
_ENDLESS_WIDTH, _TINY = fmpq(8), fmpq(1, 10**300)


@dataclass(frozen=True)
class Span:
    """The values of one number: those from `low` to `high` (None: without end); whole ones alone if it is `whole`."""

    low: fmpq | None
    high: fmpq | None
    whole: bool = False

    @property
    def is_point(self) -> bool:
        """True if there is one value."""
        return self.low is not None and self.low == self.high

    def values(self) -> Scalar:
        """The values as a number of the domain of intervals."""
        if self.low is not None and self.high is not None:
            return self.low if self.is_point else RationalInterval(self.low, self.high)
        low, high = (
            arb("-inf") if self.low is None else arb(self.low),
            arb("inf") if self.high is None else arb(self.high),
        )
        return Interval(low, high)

    def middle(self) -> fmpq:
        """Where it is cut: in the middle; where it has no end, at 0 or at numbers that grow."""
        if self.low is None:
            return fmpq(0) if self.high is None or self.high > 0 else 2 * self.high - 1
        if self.high is None:
            return fmpq(0) if self.low < 0 else 2 * self.low + 1
        middle = (self.low + self.high) / 2
        return fmpq(middle.floor()) if self.whole else middle

    def halves(self) -> tuple[Span, Span]:
        """Both parts; whole numbers are shared out, of others the middle belongs to both."""
        middle = self.middle()
        above = middle + 1 if self.whole else middle
        return Span(self.low, middle, self.whole), Span(above, self.high, self.whole)

    def simplest(self) -> fmpq:
        """A value with few decimals, near the middle."""
        middle = self.middle()
        for decimals in range(_MAX_SIMPLE_DECIMALS):
            scale = fmpq(10) ** decimals
            number = fmpq((middle * scale + fmpq(1, 2)).floor()) / scale
            if (self.low is None or number >= self.low) and (self.high is None or number <= self.high):
                return number
        return middle


Cell = tuple[Span, ...]
"""Values of all numbers of a symbol."""


def whole_cells(alphabet: Alphabet) -> list[Cell] | None:
    """All inputs of one step: a cell for each combination of numbers that have few values; None: there are too many."""
    choices, total = list[list[Span]](), 1
    for domain in alphabet.number_domains:
        choices.append(_spans(domain))
        total *= len(choices[-1])
        if total > MAX_LISTED_CHOICES:
            return None
    return list(itertools.product(*choices))


def _spans(domain: NumberDomain) -> list[Span]:
    values = domain.values
    if values is None:
        return [Span(domain.low, domain.high, domain.whole)]
    if domain.whole and len(values) > 2:
        return [Span(min(values), max(values), whole=True)]
    return [Span(value, value) for value in values]


def cells_of(alphabet: Alphabet, cuts: int) -> list[Cell] | None:
    """All inputs of one step, every cell cut in two so many times; None: too many cells, or nothing to cut."""
    cells = domains = whole_cells(alphabet)
    for _ in range(cuts):
        if cells is None or domains is None or 2 * len(cells) > MAX_LISTED_CHOICES:
            return None
        places = [widest(cell, domain) for cell, domain in zip(cells, domains, strict=True)]
        if None in places:
            return None
        halves = [halved(cell, place) for cell, place in zip(cells, places, strict=True) if place is not None]
        cells = [half for pair in halves for half in pair]
        domains = [domain for domain in domains for _ in range(2)]
    return cells


def symbol_of(alphabet: Alphabet, cell: Cell) -> Symbol:
    """A cell as a symbol whose values are intervals."""
    return alphabet.symbol([span.values() for span in cell])


def simplest_symbol(alphabet: Alphabet, cell: Cell) -> Symbol:
    """A symbol of a cell with few decimals."""
    return alphabet.symbol([span.simplest() for span in cell])


def corner_symbols(alphabet: Alphabet, cell: Cell) -> Iterator[Symbol]:
    """The symbols at the two ends of a cell and in its middle, as far as it has ends."""
    yield alphabet.symbol([span.middle() for span in cell])
    for side in ("low", "high"):
        ends = [end for span in cell if (end := getattr(span, side)) is not None]
        if len(ends) == len(cell):
            yield alphabet.symbol(ends)


def widest(cell: Cell, domain: Cell) -> int | None:
    """The place of the number that is cut first: its span is the widest beside its domain. None: no span has width."""
    widths = [_width(span, whole) for span, whole in zip(cell, domain, strict=True)]
    best = max(widths)
    return widths.index(best) if best else None


def _width(span: Span, domain: Span) -> fmpq:
    """How wide a span is: as a share of a domain with ends, else beside its distance from 0."""
    if span.low is not None and span.high is not None:
        if domain.low is not None and domain.high is not None:
            return (span.high - span.low) / max(domain.high - domain.low, _TINY)
        return (span.high - span.low) / (1 + min(abs(span.low), abs(span.high)))
    return _ENDLESS_WIDTH / (1 + max(abs(end or fmpq(0)) for end in (span.low, span.high)))


def halved(cell: Cell, place: int) -> tuple[Cell, Cell]:
    """A cell cut in two."""
    first, second = cell[place].halves()
    return (*cell[:place], first, *cell[place + 1 :]), (*cell[:place], second, *cell[place + 1 :])
