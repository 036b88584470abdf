"""Rational functions over named atoms, and the relations between exponentials, logarithms and roots.

Every transcendental value is written in as few independent atoms as there are, so that equality becomes equality of
polynomials. Arguments of exponentials span a lattice: one atom a basis vector b, either `sigmoid(b)` or `exp(b)`, and
everything else (`exp(2*b)`, `tanh(b/2)`, `sigmoid(-b)`, softmax quotients) is a rational function of those. That is
complete for exponentials of independent arguments (Ax 1971; Risch's structure theorem); here it serves as a proof of
equality alone, and a failure to prove says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx, fmpz

from grader.deferred import dataclass

Polynomial = Any
"""FLINT's `fmpq_mpoly`."""

MAX_RING_VARIABLES = 64
MAX_POLYNOMIAL_TERMS = 1_500
MAX_POLYNOMIAL_DEGREE = 120
MAX_FRACTION_WORK = 60_000
MAX_FACTORED_SIZE = 400


class Unprovable(Exception):
    """The normal form is not defined here, or would be too large: sampling must do."""


class Rebase(Exception):
    """The basis must be divided more finely: start again with `divisors`."""

    def __init__(self, divisors: Mapping[int, int]) -> None:
        super().__init__(dict(divisors))
        self.divisors = dict(divisors)


class Fraction:
    """A reduced quotient of polynomials of one `Ring`."""

    __slots__ = ("den", "num", "ring")

    def __init__(self, ring: Ring, num: Polynomial, den: Polynomial) -> None:
        self.ring, self.num, self.den = ring, num, den

    def __add__(self, other: Fraction) -> Fraction:
        if type(other) is not Fraction:
            return NotImplemented
        if self.den == other.den:
            return self.ring.reduced(self.num + other.num, self.den)
        self.ring.spend(self.num, other.den)
        self.ring.spend(other.num, self.den)
        return self.ring.reduced(self.num * other.den + other.num * self.den, self.den * other.den)

    def __neg__(self) -> Fraction:
        return Fraction(self.ring, -self.num, self.den)

    def __sub__(self, other: Fraction) -> Fraction:
        if type(other) is not Fraction:
            return NotImplemented
        return self + -other

    def __mul__(self, other: Fraction) -> Fraction:
        if type(other) is not Fraction:
            return NotImplemented
        self.ring.spend(self.num, other.num)
        self.ring.spend(self.den, other.den)
        return self.ring.reduced(self.num * other.num, self.den * other.den)

    def inverse(self) -> Fraction:
        """One over it; it must not be zero."""
        return self.ring.reduced(self.den, self.num)

    def power(self, exponent: int) -> Fraction:
        """A whole power, by repeated multiplication."""
        base, result, size = self, self.ring.one, abs(exponent)
        while size:
            if size % 2:
                result = result * base
            size //= 2
            if size:
                base = base * base
        return result.inverse() if exponent < 0 else result

    def is_zero(self) -> bool:
        return bool(self.num.is_zero())

    def constant(self) -> fmpq | None:
        """The number, if it is one."""
        if not self.num.is_constant() or not self.den.is_constant():
            return None
        return fmpq(0) if self.num.is_zero() else self.num.leading_coefficient() / self.den.leading_coefficient()

    def key(self) -> tuple[Any, ...]:
        """Equal for equal fractions."""
        return terms(self.num), terms(self.den)

    def is_negative(self) -> bool:
        """Whether the leading coefficient is negative: the way to choose one of u and -u."""
        return bool(self.num.leading_coefficient() < 0)


def terms(polynomial: Polynomial) -> tuple[tuple[tuple[int, ...], fmpq], ...]:
    """The polynomial as hashable plain data."""
    return tuple(polynomial.terms())


@dataclass
class Ring:
    """The polynomial ring of one proof: which variable stands for which atom, and what the atoms satisfy.

    `divisors` says how finely the k-th basis vector of the lattice of exponents is to be divided.
    """

    divisors: dict[int, int] = field(default_factory=dict)
    work: int = MAX_FRACTION_WORK
    variables: dict[Any, Polynomial] = field(default_factory=dict)
    positive: set[Any] = field(default_factory=set)
    squares: dict[int, Polynomial] = field(default_factory=dict)
    """The polynomial that the square of a variable is, by the variable's number."""

    def __post_init__(self) -> None:
        names = [f"v{i}" for i in range(MAX_RING_VARIABLES)]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.generators = self.context.gens()
        self.unit: Polynomial = self.context.constant(1)
        self.one = Fraction(self, self.unit, self.unit)
        self.zero = Fraction(self, self.context.constant(0), self.unit)

    def number(self, value: fmpq) -> Fraction:
        return Fraction(self, self.context.constant(value), self.unit)

    def polynomial(self, value: Polynomial) -> Fraction:
        return Fraction(self, value, self.unit)

    def atom(self, key: Any, *, positive: bool = False) -> Polynomial:
        """The variable that stands for `key`."""
        if key not in self.variables:
            if len(self.variables) == MAX_RING_VARIABLES:
                raise Unprovable("more atoms than the normal form holds")
            self.variables[key] = self.generators[len(self.variables)]
            if positive:
                self.positive.add(terms(self.variables[key]))
        return self.variables[key]

    def root(self, key: Any, square: Polynomial) -> Polynomial:
        """The variable of a non-negative value whose square is known."""
        number = len(self.variables)
        known = key in self.variables
        variable = self.atom(key, positive=True)
        if not known:
            self.squares[number] = square
        return variable

    def is_positive(self, value: Fraction) -> bool:
        """Whether the value is known to be positive: a positive number, or an atom that stands for one."""
        constant = value.constant()
        if constant is not None:
            return bool(constant > 0)
        return value.den.is_one() and terms(value.num) in self.positive

    def spend(self, left: Polynomial, right: Polynomial) -> None:
        """Pays for a product."""
        size = len(left) * len(right)
        self.work -= size
        if self.work < 0 or size > 20 * MAX_POLYNOMIAL_TERMS:
            raise Unprovable("the normal form is too large")

    def factors(self, polynomial: Polynomial) -> tuple[fmpq, list[tuple[Polynomial, int]]]:
        """A number and irreducible polynomials with their multiplicities."""
        size = len(polynomial) * (1 + int(polynomial.total_degree()))
        self.work -= 4 * size
        if self.work < 0 or size > MAX_FACTORED_SIZE:
            raise Unprovable("a polynomial is too large to be factored")
        content, found = polynomial.factor()
        return content, [(factor, int(multiplicity)) for factor, multiplicity in found]

    def reduced(self, num: Polynomial, den: Polynomial) -> Fraction:
        """`num / den` in lowest terms, the denominator's leading coefficient 1."""
        if len(num) > MAX_POLYNOMIAL_TERMS or len(den) > MAX_POLYNOMIAL_TERMS:
            raise Unprovable("the normal form is too large")
        if den.is_one():
            return Fraction(self, num, den)
        if not den.is_constant():
            if num.total_degree() > MAX_POLYNOMIAL_DEGREE or den.total_degree() > MAX_POLYNOMIAL_DEGREE:
                raise Unprovable("the normal form is too large")
            self.spend(num, den)
            common = num.gcd(den)
            num, den = num // common, den // common
        lead = den.leading_coefficient()
        return Fraction(self, num / lead, den / lead)

    def vanishes(self, value: Fraction) -> bool:
        """Whether the value is zero, the squares of roots considered."""
        num = value.num
        for number in sorted(self.squares, reverse=True):
            num = self._without_squares(num, number, self.squares[number])
        return bool(num.is_zero())

    def _without_squares(self, polynomial: Polynomial, number: int, square: Polynomial) -> Polynomial:
        if not any(exponents[number] > 1 for exponents, _ in polynomial.terms()):
            return polynomial
        parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
        for exponents, coefficient in polynomial.terms():
            kept = (*exponents[:number], exponents[number] % 2, *exponents[number + 1 :])
            parts.setdefault(exponents[number] // 2, {})[kept] = coefficient
        total = self.context.constant(0)
        for times, part in parts.items():
            factor = self.unit
            for _ in range(times):
                self.spend(factor, square)
                factor = factor * square
            rest = self.context.from_dict(part)
            self.spend(factor, rest)
            total = total + factor * rest
        return total


def common_denominator(values: Iterable[fmpq]) -> int:
    """The least whole number that makes all of them whole."""
    result = fmpz(1)
    for value in values:
        result = result.lcm(value.q)
    return int(result)
