"""A real as a polynomial of unknowns with rational coefficients; an unknown is a value of a function at a point."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from flint import arb, fmpq

from grader.language.arrays import Array, Scalar, Value, lifted
from grader.language.ball_numbers import BALL_ONE, BALL_ZERO
from grader.language.functions.operations import EntryValues
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO

MAX_EXPANDED_TERMS = 48
"""Terms of the longest polynomial; a longer one becomes an unknown of its own."""

Monomial = tuple[int, ...]
"""Unknowns by number, in order; one that is squared comes twice."""


class Unknowns:
    """The unknowns that were met, each with a ball; the same for the same point of the same function."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.balls: list[arb] = []
        self.points: dict[int, tuple[EntryValues, Scalar]] = {}
        """The function and the point, by unknown, of those of which the sign at a point says enough."""

    def forget(self) -> None:
        """Begins anew: before each evaluation, as balls are as wide as the precision of the moment."""
        self.numbers.clear()
        self.balls.clear()
        self.points.clear()

    def get(self, key: Hashable, ball: Callable[[], arb]) -> Expansion:
        """The unknown of a key."""
        number = self.numbers.get(key)
        if number is None:
            self.balls.append(ball())
            number = self.numbers[key] = len(self.balls) - 1
        return Expansion({(number,): RATIONAL_ONE})


UNKNOWNS = Unknowns()


class Expansion:
    """A polynomial of unknowns with rational coefficients, none of them 0."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, fmpq]) -> None:
        self.terms = terms

    @property
    def key(self) -> Hashable:
        """Equal for equal polynomials."""
        return frozenset((monomial, int(c.p), int(c.q)) for monomial, c in self.terms.items())

    @property
    def ball(self) -> arb:
        """A ball of its value."""
        total = BALL_ZERO
        for monomial, coefficient in self.terms.items():
            product = BALL_ONE
            for number in monomial:
                product = product * UNKNOWNS.balls[number]
            total = total + product * coefficient
        return total

    @property
    def leading(self) -> fmpq:
        """The coefficient of the first monomial."""
        return self.terms[min(self.terms)]

    def scaled(self, factor: fmpq) -> Scalar:
        """The polynomial times a number."""
        return Expansion({m: c * factor for m, c in self.terms.items()}) if factor else RATIONAL_ZERO

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Array):
            return NotImplemented
        terms = dict(self.terms)
        for monomial, coefficient in _terms(other).items():
            terms[monomial] = terms.get(monomial, RATIONAL_ZERO) + coefficient
        return _simplified(terms)

    __radd__ = __add__

    def __neg__(self) -> Any:
        return self.scaled(-RATIONAL_ONE)

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Array) else self + -other

    def __rsub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Array) else -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Array):
            return NotImplemented
        if not isinstance(other, Expansion):
            return self.scaled(other)
        left, right = _short(self, other)
        terms: dict[Monomial, fmpq] = {}
        for m, c in left.terms.items():
            for n, d in right.terms.items():
                monomial = tuple(sorted(m + n))
                terms[monomial] = terms.get(monomial, RATIONAL_ZERO) + c * d
        return _simplified(terms)

    __rmul__ = __mul__


def _terms(number: Scalar) -> Mapping[Monomial, fmpq]:
    if isinstance(number, Expansion):
        return number.terms
    return {(): number} if number else {}


def _simplified(terms: Mapping[Monomial, fmpq]) -> Scalar:
    kept = {monomial: coefficient for monomial, coefficient in terms.items() if coefficient}
    if kept.keys() <= {()}:
        return kept.get((), RATIONAL_ZERO)
    return _opaque(Expansion(kept)) if len(kept) > MAX_EXPANDED_TERMS else Expansion(kept)


def _short(left: Expansion, right: Expansion) -> tuple[Expansion, Expansion]:
    """Two factors whose product is not too long."""
    is_short = len(left.terms) * len(right.terms) <= MAX_EXPANDED_TERMS
    return (left, right) if is_short else (_opaque(left), _opaque(right))


def _opaque(number: Expansion) -> Expansion:
    """The number as an unknown of its own."""
    return UNKNOWNS.get(("sum", number.key), lambda: number.ball)


def ball_of(number: Scalar) -> arb:
    """A ball of a number of this domain."""
    return number.ball if isinstance(number, Expansion) else arb(number)


def is_expansion(value: Value) -> bool:
    """True if some number of a value is an `Expansion`."""
    entries = value.entries if isinstance(value, Array) else (value,)
    return any(isinstance(entry, Expansion) for entry in entries)


def in_balls(value: Value) -> Value:
    """The value with a ball in place of each `Expansion`."""
    return lifted(lambda number: number.ball if isinstance(number, Expansion) else number)(value)
