"""Formulas piece by piece: every way in which their conditions may turn out, and the normal forms in each.

A path is a list of inequalities. A formula is evaluated along it; where a condition is met that the path does not
decide, the path goes on with one outcome, and the other is left for later. Conditions that are linear in the variables
are decided exactly; others are taken as free, which may make pieces that no values reach: what is equal in all pieces
is equal, but a difference in one of them must be shown at a point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.atoms import Atoms
from grader.formulas.fractions import Fraction, Polynomial, Ring, terms
from grader.formulas.normal import NormalFormNumbers
from grader.formulas.regions import Inequality, RegionWork, inequality, solution
from grader.formulas.timeline import NormalFormsInTime
from grader.language.arithmetic import COMPARISON_FUNCTIONS
from grader.language.arrays import Value, zipped
from grader.language.functions.table import values_in


@dataclass(frozen=True)
class Free:
    """The sign of a polynomial that is not linear: `> 0`, or `>= 0` where it is not strict; `holds` or not."""

    polynomial: tuple[object, ...]
    strict: bool
    holds: bool = True

    def negated(self) -> Free:
        """What holds exactly where this does not."""
        return Free(self.polynomial, self.strict, not self.holds)


Assumption = Inequality | Free


@dataclass
class PiecePath:
    """One piece: what is assumed in it; `left` collects the pieces that are still to be looked at."""

    assumptions: list[Assumption]
    left: list[tuple[Assumption, ...]]
    work: RegionWork
    known: dict[Assumption, bool] = field(default_factory=dict)

    @property
    def linear(self) -> list[Inequality]:
        """The assumptions that are linear."""
        return [item for item in self.assumptions if isinstance(item, Inequality)]

    def holds(self, asked: Assumption) -> bool:
        """Whether something holds in this piece; if neither is known, the piece is split."""
        if asked not in self.known:
            self.known[asked] = self.decided(asked)
        return self.known[asked]

    def decided(self, asked: Assumption) -> bool:
        opposite = asked.negated()
        if isinstance(asked, Inequality):
            if solution([*self.linear, opposite], self.work) is None:  # type: ignore[list-item]  # negated alike
                return True
            if solution([*self.linear, asked], self.work) is None:
                return False
        elif (implied := self.implied(asked)) is not None:
            return implied
        chosen, other = (asked, opposite) if asked.strict else (opposite, asked)
        self.left.append((*self.assumptions, other))
        self.assumptions.append(chosen)
        return chosen is asked

    def implied(self, asked: Free) -> bool | None:
        """What the assumptions imply for a polynomial that is not linear (> 0 implies >= 0); None if nothing."""
        for item in self.assumptions:
            if not isinstance(item, Free) or item.polynomial != asked.polynomial:
                continue
            if item.strict == asked.strict or (item.strict and item.holds) or (asked.strict and not item.holds):
                return item.holds == asked.holds
        return None


class PieceAtoms(Atoms):
    """Atoms whose absolute values are decided by a path."""

    def __init__(self, ring: Ring, signs: PolynomialSigns) -> None:
        super().__init__(ring)
        self.signs = signs

    def _abs_factor(self, factor: Polynomial, multiplicity: int) -> Fraction:
        plain = self.ring.polynomial(factor).power(multiplicity)
        return plain if multiplicity % 2 == 0 or self.signs.not_negative(factor) else -plain


@dataclass
class PolynomialSigns:
    """The signs of polynomials and fractions along a path; `variables` are the names of what is free."""

    ring: Ring
    path: PiecePath
    zeros: list[Polynomial] = field(default_factory=list)
    """Polynomials that are not linear and 0 in this piece."""

    def not_negative(self, factor: Polynomial) -> bool:
        """Whether an irreducible polynomial is at least 0 in this piece."""
        if terms(factor) in self.ring.positive:
            return True
        if terms(-factor) in self.ring.positive and not self.is_root(-factor):
            return False
        return self.path.holds(self.asked(factor, strict=False))

    def factor_sign(self, factor: Polynomial) -> int:
        """-1, 0 or 1."""
        for sign, other in ((1, factor), (-1, -factor)):
            if terms(other) in self.ring.positive and not self.is_root(other):
                return sign
        if self.path.holds(self.asked(factor, strict=True)):
            return 1
        if not self.not_negative(factor):
            return -1
        self.zeros.append(factor)
        return 0

    def sign(self, value: Fraction) -> int:
        """The sign of a fraction: that of the product of its factors."""
        constant = value.constant()
        if constant is not None:
            return (constant > 0) - (constant < 0)
        result = 1
        for polynomial in (value.num, value.den):
            content, factors = self.ring.factors(polynomial)
            result *= 1 if content > 0 else -1
            for factor, multiplicity in factors:
                result *= self.factor_sign(factor) ** (multiplicity % 2 or 2)
        return result

    def is_root(self, factor: Polynomial) -> bool:
        """Whether a polynomial is a root, which may be 0."""
        return any(factor == self.ring.generators[number] for number in self.ring.squares)

    def asked(self, factor: Polynomial, *, strict: bool) -> Assumption:
        """The question whether a polynomial is positive (or at least 0)."""
        names = list(self.ring.variables)
        coefficients: dict[str, fmpq] = {}
        constant = fmpq(0)
        for exponents, coefficient in factor.terms():
            used = [(number, int(power)) for number, power in enumerate(exponents) if power]
            if not used:
                constant = coefficient
            elif len(used) == 1 and used[0][1] == 1 and isinstance(names[used[0][0]], str):
                coefficients[names[used[0][0]]] = coefficient
            else:
                return self.free(factor, strict=strict)
        return inequality(coefficients, constant, strict=strict)

    def free(self, factor: Polynomial, *, strict: bool) -> Free:
        """The question for a polynomial that is not linear; that for its negative is the same one, negated."""
        scale = factor.leading_coefficient()
        monic = terms(factor * (1 / scale))
        return Free(monic, strict) if scale > 0 else Free(monic, not strict, holds=False)


class Pieces(NormalFormsInTime):
    """Normal forms in which every condition is decided by a path."""

    def __init__(self, ring: Ring, path: PiecePath) -> None:
        super().__init__(ring)
        self.signs = PolynomialSigns(ring, path)
        self.atoms = PieceAtoms(ring, self.signs)
        self._functions = values_in(PieceNumbers(self.atoms, self.signs))

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test = COMPARISON_FUNCTIONS[op]

        def compare(left: Fraction, right: Fraction) -> Fraction:
            return self.number(fmpq(int(test(self.signs.sign(left - right), 0))))

        return lambda left, right: zipped(compare, left, right)

    def is_true(self, number: Fraction) -> bool:
        return self.signs.sign(number) != 0


class PieceNumbers(NormalFormNumbers):
    """The functions of the language in one piece, where every sign is known."""

    def __init__(self, atoms: Atoms, signs: PolynomialSigns) -> None:
        super().__init__(atoms)
        self.signs = signs

    def is_true(self, number: Fraction) -> bool:
        return self.signs.sign(number) != 0

    def jump(self, name: str, u: Fraction, parity: int, of_sign: Callable[[int], int]) -> Fraction:
        return self.number(of_sign(self.signs.sign(u)))


def vanishes(ring: Ring, value: Fraction, zeros: list[Polynomial]) -> bool:
    """Whether a fraction is 0 in a piece in which some polynomials are."""
    if ring.vanishes(value):
        return True
    return any(divmod(value.num, zero)[1].is_zero() for zero in zeros)
