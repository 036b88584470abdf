"""Exponentials, logarithms, roots and absolute values as rational functions of independent atoms."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.fractions import Fraction, Polynomial, Rebase, Ring, Unprovable, common_denominator, terms

MAX_EXPONENTIAL_POWER = 40
"""Largest power of one exponential."""

MAX_FACTORED_INTEGER = 2**64
"""Largest whole number that is split into primes."""

Vector = dict[Any, fmpq]


@dataclass(frozen=True)
class Exponent:
    """A basis vector of the arguments of exponentials; its atom is `sigmoid(argument)` or `exp(argument)`."""

    argument: Fraction
    atom: Polynomial
    kind: Literal["sigmoid", "exp"]


@dataclass
class Atoms:
    """The transcendental atoms of one ring."""

    ring: Ring
    exponents: list[Exponent] = field(default_factory=list)
    logs: dict[Any, tuple[Polynomial, Polynomial]] = field(default_factory=dict)
    rows: list[tuple[Any, Vector, dict[int, fmpq]]] = field(default_factory=list)
    """The basis in triangular form: a pivot, the vector (1 at the pivot), and what it is in the basis."""

    def express(self, u: Fraction, kind: Literal["sigmoid", "exp"]) -> dict[int, int]:
        """`u` as a whole combination of basis vectors, of which a new one is made where it is needed.

        Raises:
            Rebase: if `u` is a fractional combination.
        """
        rest, combination = _vector(u), dict[int, fmpq]()
        for pivot, row, parts in self.rows:
            if factor := rest.get(pivot):
                _subtract(rest, row, factor)
                _subtract(combination, parts, -factor)
        if rest:
            return self._extended(u, rest, combination, kind)
        if common_denominator(combination.values()) > 1:
            finer = dict(self.ring.divisors)
            for number, factor in combination.items():
                finer[number] = finer.get(number, 1) * int(factor.q)
            raise Rebase(finer)
        return {number: int(factor.p) for number, factor in combination.items()}

    def _extended(
        self, u: Fraction, rest: Vector, combination: dict[int, fmpq], kind: Literal["sigmoid", "exp"]
    ) -> dict[int, int]:
        number = len(self.exponents)
        divisor = self.ring.divisors.get(number, 1)
        argument = u * self.ring.number(fmpq(1, divisor))
        atom = self.ring.atom((kind, number), positive=True)
        if kind == "sigmoid":
            self.ring.positive.add(terms(self.ring.unit - atom))
        self.exponents.append(Exponent(argument, atom, kind))
        pivot = max(rest)
        scale = 1 / rest[pivot]
        parts = {other: -factor * scale for other, factor in combination.items()}
        parts[number] = divisor * scale
        self.rows.append((pivot, {key: value * scale for key, value in rest.items()}, parts))
        return {number: divisor}

    def exp(self, u: Fraction, kind: Literal["sigmoid", "exp"] = "exp") -> Fraction:
        """`exp(u)`."""
        result, u = self._without_logs(u)
        for number, multiple in self.express(u, kind).items():
            if abs(multiple) > MAX_EXPONENTIAL_POWER:
                raise Unprovable("a power of an exponential is too large")
            exponent = self.exponents[number]
            base = self.ring.polynomial(exponent.atom)
            if exponent.kind == "sigmoid":
                base = base * (self.ring.one - base).inverse()
            result = result * base.power(multiple)
        return result

    def _without_logs(self, u: Fraction) -> tuple[Fraction, Fraction]:
        """`exp(2*log(x) + y)` as `x**2` and `y`."""
        result = self.ring.one
        if not self.logs or not u.den.is_one():
            return result, u
        for atom, inside in self.logs.values():
            [(exponents, _)] = atom.terms()
            coefficient = dict(u.num.terms()).get(exponents, fmpq(0))
            if coefficient and coefficient.q == 1 and abs(coefficient) <= MAX_EXPONENTIAL_POWER:
                result = result * self.abs(self.ring.polynomial(inside)).power(int(coefficient.p))
                u = u - self.ring.polynomial(atom * coefficient)
        return result, u

    def _log_atom(self, key: Any, inside: Polynomial) -> Fraction:
        atom = self.ring.atom(("log", key))
        self.logs[key] = (atom, inside)
        return self.ring.polynomial(atom)

    def sigmoid(self, u: Fraction) -> Fraction:
        """`sigmoid(u)`."""
        combination = self.express(u, "sigmoid")
        if len(combination) == 1:
            [(number, multiple)] = combination.items()
            if self.exponents[number].kind == "sigmoid" and multiple in (1, -1):
                atom = self.ring.polynomial(self.exponents[number].atom)
                return atom if multiple == 1 else self.ring.one - atom
        power = self.exp(u, "sigmoid")
        return power * (self.ring.one + power).inverse()

    def log(self, u: Fraction) -> Fraction:
        """`log(u)`, the sum over the factors of u of log|factor|: right wherever log(u) exists."""
        total = self.ring.zero
        for polynomial, sign in ((u.num, 1), (u.den, -1)):
            content, factors = self.ring.factors(polynomial)
            total = total + self._log_number(abs(content)) * self.ring.number(fmpq(sign))
            for factor, multiplicity in factors:
                total = total + self._log_factor(factor) * self.ring.number(fmpq(sign * multiplicity))
        return total

    def _log_number(self, value: fmpq) -> Fraction:
        total = self.ring.zero
        for whole, sign in ((value.p, 1), (value.q, -1)):
            if whole > MAX_FACTORED_INTEGER:
                raise Unprovable("the logarithm of a long number")
            for prime, times in whole.factor():
                atom = self._log_atom(int(prime), self.ring.context.constant(prime))
                total = total + atom * self.ring.number(fmpq(sign * int(times)))
        return total

    def _log_factor(self, factor: Polynomial) -> Fraction:
        for exponent in self.exponents:
            if exponent.kind == "exp" and factor == exponent.atom:
                return exponent.argument
            if exponent.kind == "sigmoid" and factor in (self.ring.unit - exponent.atom, exponent.atom - 1):
                return self._log_atom(terms(exponent.atom), exponent.atom) - exponent.argument
        for number, square in self.ring.squares.items():
            if factor == self.ring.generators[number] and terms(factor) in self.ring.positive:
                return self.ring.number(fmpq(1, 2)) * self.log(self.ring.polynomial(square))
        canonical = factor if factor.leading_coefficient() > 0 else -factor
        return self._log_atom(terms(canonical), canonical)

    def abs(self, u: Fraction) -> Fraction:
        """`|u|`, the product over the factors of u."""
        return self._abs(u.num) * self._abs(u.den).inverse() if not u.is_zero() else u

    def _abs(self, polynomial: Polynomial) -> Fraction:
        content, factors = self.ring.factors(polynomial)
        result = self.ring.number(abs(content))
        for factor, multiplicity in factors:
            result = result * self._abs_factor(factor, multiplicity)
        return result

    def _abs_factor(self, factor: Polynomial, multiplicity: int) -> Fraction:
        for positive in (factor, -factor):
            if terms(positive) in self.ring.positive:
                return self.ring.polynomial(positive).power(multiplicity)
        plain = self.ring.polynomial(factor)
        even = plain.power(multiplicity - multiplicity % 2)
        if multiplicity % 2 == 0:
            return even
        canonical = factor if factor.leading_coefficient() > 0 else -factor
        root = self.ring.root(("abs", terms(canonical)), canonical * canonical)
        return even * self.ring.polynomial(root)

    def sqrt(self, u: Fraction) -> Fraction:
        """`sqrt(u)`: squares come out as absolute values, the rest is an atom whose square is known."""
        if u.is_zero():
            return u
        content, factors = self.ring.factors(u.num * u.den)
        inside, outside = self._root_of_number(content), self._abs(u.den).inverse()
        for factor, multiplicity in factors:
            half, odd = divmod(multiplicity, 2)
            if half:
                outside = outside * self._abs_factor(factor, 1).power(half)
            if odd:
                inside = (inside[0], inside[1] * factor)
        scale, rest = inside
        if rest.is_one():
            return outside * self.ring.number(scale)
        return outside * self.ring.number(scale) * self.ring.polynomial(self.ring.root(("sqrt", terms(rest)), rest))

    def _root_of_number(self, value: fmpq) -> tuple[fmpq, Polynomial]:
        """`sqrt(value)` as a rational number and what must stay under the root."""
        whole = value.p * value.q
        if abs(whole) > MAX_FACTORED_INTEGER:
            raise Unprovable("the root of a long number")
        outside, inside = fmpq(1) / fmpq(value.q), fmpq(1 if whole > 0 else -1)
        for prime, times in abs(whole).factor():
            half, odd = divmod(int(times), 2)
            outside *= fmpq(prime) ** half
            inside *= fmpq(prime) ** odd
        return outside, self.ring.context.constant(inside)

    def floor(self, u: Fraction) -> Fraction:
        """The largest whole number up to u: whole parts of u's constant come out, the rest is an atom."""
        whole = fmpq(0)
        if u.den.is_constant():
            for exponents, coefficient in u.num.terms():
                if not any(exponents):
                    whole = fmpq((coefficient / u.den.leading_coefficient()).floor())
        else:
            quotient, _ = divmod(u.num, u.den)
            if quotient.is_constant() and not quotient.is_zero():
                whole = fmpq(quotient.leading_coefficient().floor())
        rest_of_it = u - self.ring.number(whole)
        known = rest_of_it.constant()
        if known is not None:
            return self.ring.number(whole + fmpq(known.floor()))
        return self.ring.number(whole) + self.opaque("floor", rest_of_it, 0)

    def opaque(self, name: str, u: Fraction, sign: int) -> Fraction:
        """An odd (-1), even (1) or other (0) function of which nothing else is known."""
        flip = sign != 0 and not u.is_zero() and u.is_negative()
        shown = -u if flip else u
        atom = self.ring.polynomial(self.ring.atom((name, shown.key())))
        return -atom if flip and sign < 0 else atom

    def sine(self, name: Literal["sin", "cos"], u: Fraction) -> Fraction:
        """`sin(u)` or `cos(u)`, with the relation between their squares."""
        cosine = self.opaque("cos", u, 1)
        if name == "cos":
            return cosine
        shown = -u if not u.is_zero() and u.is_negative() else u
        key = ("sin", shown.key())
        number, known = len(self.ring.variables), key in self.ring.variables
        sine = self.ring.polynomial(self.ring.atom(key))
        if not known:
            self.ring.squares[number] = self.ring.unit - cosine.num * cosine.num
        return sine if shown is u else -sine


def _vector(u: Fraction) -> Vector:
    """Coordinates of a rational function: one for each monomial over each denominator."""
    if u.den.is_one():
        return {((), exponents): coefficient for exponents, coefficient in u.num.terms()}
    den = terms(u.den)
    return {(den, exponents): coefficient for exponents, coefficient in u.num.terms()}


def _subtract(vector: dict[Any, fmpq], other: dict[Any, fmpq], factor: fmpq) -> None:
    for key, value in other.items():
        result = vector.get(key, fmpq(0)) - factor * value
        if result:
            vector[key] = result
        else:
            vector.pop(key, None)
