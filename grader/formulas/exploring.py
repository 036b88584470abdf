"""All pieces of two formulas: equal in every one, or values at which they should differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import cast

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.cases import IntegerCase
from grader.formulas.comparison import Comparison
from grader.formulas.draws import Draws
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.fractions import MAX_FRACTION_WORK, Fraction, Rebase, Ring, Unprovable
from grader.formulas.pieces import Assumption, Free, PiecePath, Pieces, vanishes
from grader.formulas.regions import Inequality, inequality, solution
from grader.language.arithmetic import Closure, EvaluationError, TooLarge
from grader.language.arrays import ShapeError, Value, entries, shape_of
from grader.language.numbers import RATIONAL_ONE
from grader.notation.symbols import Domain

MAX_EXPLORED_PIECES = 150
MAX_EXPLORING_REBASES = 8
MAX_WITNESSES = 40
WITNESSES_OF_A_PIECE = 4


@dataclass
class Explored:
    """Whether all pieces are equal, and points in pieces that are not, by the names of entries and whole numbers."""

    equal: bool = True
    witnesses: list[Mapping[str, fmpq]] = field(default_factory=list)


def explored(comparison: Comparison, case: IntegerCase, symbolic: frozenset[str]) -> Explored:
    """All pieces of both formulas in a case; the `symbolic` whole numbers are variables that are at least 1."""
    result = Explored()
    left: list[tuple[Assumption, ...]] = [()]
    for _ in range(MAX_EXPLORED_PIECES):
        if not left:
            return result
        try:
            _Piece(comparison, case, symbolic, left.pop(), left).compare(result)
        except (Unprovable, ArithmeticError, RecursionError, TooLarge):
            result.equal = False
            if not left or comparison.work.left < 0:
                return result
        if len(result.witnesses) >= MAX_WITNESSES:
            break
    result.equal = False
    return result


class _Piece:
    """One piece: the formulas are evaluated along its path, with what is equal there put in from the start."""

    def __init__(
        self,
        comparison: Comparison,
        case: IntegerCase,
        symbolic: frozenset[str],
        assumptions: tuple[Assumption, ...],
        left: list[tuple[Assumption, ...]],
    ) -> None:
        self.comparison, self.case, self.symbolic = comparison, case, symbolic
        self.assumptions, self.left = assumptions, left
        self.discrete = set(symbolic)
        self.equal = _equalities([item for item in assumptions if isinstance(item, Inequality)])

    def compare(self, result: Explored) -> None:
        """Compares both formulas in this piece.

        Raises:
            Unprovable: if a normal form is too large or does not exist.
        """
        divisors: dict[int, int] = {}
        for _ in range(MAX_EXPLORING_REBASES):
            split = len(self.left)
            try:
                ring = Ring(divisors)
                self.comparison.work.spend(self.comparison.cost)
                self.compared(result, ring)
                self.comparison.work.spend((MAX_FRACTION_WORK - max(ring.work, 0)) // 4)
                return
            except Rebase as finer:
                divisors = finer.divisors
                del self.left[split:]
        raise Unprovable("the exponents have no common basis")

    def compared(self, result: Explored, ring: Ring) -> None:
        comparison = self.comparison
        path = PiecePath(list(self.assumptions), self.left, comparison.work)
        arithmetic = Pieces(ring, path)
        compiled = CompiledSetting(comparison.setting, arithmetic, comparison.backward)
        right, left = compiled.compile(comparison.wanted), compiled.compile(comparison.student)
        known: dict[str, Fraction] = {}

        def draw(key: str, domain: Domain) -> Fraction:
            if key not in known:
                known[key] = self.variable(ring, path, key, domain)
            return known[key]

        evaluation = Evaluation(compiled, self.case, comparison.origin(self.case), draw)
        for name in sorted(self.symbolic):
            evaluation.frame[compiled.scope.names[name]] = self.whole(ring, path, name)
        wanted, asked = _value(evaluation, right), list(path.known)
        student = _value(evaluation, left)
        if self.uncompared(path, student is None, wanted is None):
            return
        zeros = arithmetic.signs.zeros
        if wanted is None or student is None or shape_of(wanted) != shape_of(student):
            same = False
        else:
            pairs = zip(entries(wanted), entries(student), strict=True)
            same = all(vanishes(ring, a - b, zeros) for a, b in pairs)
        if not same and not (comparison.lenient and any(self.on_edge(path, ring, item) for item in asked)):
            result.equal = False
            result.witnesses += self.witnesses(path)

    def uncompared(self, path: PiecePath, student_without: bool, wanted_without: bool) -> bool:
        """Whether nothing is compared in this piece, because of which sides are without a value there."""
        if self.comparison.everywhere:
            return wanted_without and (student_without or self.comparison.lenient)
        return wanted_without or (student_without and self.on_a_line(path))

    def on_a_line(self, path: PiecePath) -> bool:
        """Whether an equality of real numbers holds in this piece, so that it has measure zero."""
        return any({name, *others} - self.discrete for name, (others, _) in _equalities(path.linear).items())

    def on_edge(self, path: PiecePath, ring: Ring, asked: Assumption) -> bool:
        """Whether what a condition of real numbers hangs on is 0 in this piece."""
        if isinstance(asked, Free):
            names = list(ring.variables)
            powers = [monomial for monomial, _ in cast(tuple[tuple[tuple[int, ...], fmpq], ...], asked.polynomial)]
            used = {names[i] for monomial in powers for i, power in enumerate(monomial) if power}
            implied = [path.implied(replace(asked, strict=strict, holds=True)) for strict in (True, False)]
            return bool(used - self.discrete) and implied == [False, True]
        sides = (replace(asked, strict=True), replace(asked.negated(), strict=True))
        real = {name for name, _ in asked.coefficients} - self.discrete
        return bool(real) and all(solution([*path.linear, side], self.comparison.work) is None for side in sides)

    def variable(self, ring: Ring, path: PiecePath, key: str, domain: Domain) -> Fraction:
        """What a free entry is here: a variable, or what an equality of the piece makes of it."""
        if domain in ("integer", "bit"):
            self.discrete.add(key)
        for item in _limits(key, domain):
            if item not in path.assumptions:
                path.assumptions.append(item)
        if key in self.equal:
            coefficients, constant = self.equal[key]
            total = ring.number(constant)
            for name, coefficient in coefficients.items():
                total = total + ring.polynomial(ring.atom(name) * coefficient)
            return total
        return ring.polynomial(ring.atom(key, positive=domain in ("positive", "unit")))

    def whole(self, ring: Ring, path: PiecePath, name: str) -> Fraction:
        """A whole number as a variable."""
        at_least_one = inequality({name: RATIONAL_ONE}, -RATIONAL_ONE, strict=False)
        if at_least_one not in path.assumptions:
            path.assumptions.append(at_least_one)
        return self.variable(ring, path, name, "positive")

    def witnesses(self, path: PiecePath) -> list[Mapping[str, fmpq]]:
        """Points of the piece: a simple one and some that are drawn."""
        draws = self.comparison.draws
        found: list[Mapping[str, fmpq]] = []
        for number in range(WITNESSES_OF_A_PIECE):
            chosen = Draws.of(draws.secret.hex(), f"witness {number}") if number else None
            point = solution(path.linear, self.comparison.work, chosen)
            if point is not None:
                found.append(point)
        return found


def _value(evaluation: Evaluation, closure: Closure) -> Value:
    """The value of a formula in a piece; None where it has none."""
    try:
        return evaluation.value(closure)
    except TooLarge:
        raise
    except ShapeError:
        raise Unprovable("shapes that do not fit") from None
    except EvaluationError:
        return None


def _limits(key: str, domain: Domain) -> list[Inequality]:
    """What a domain says of a variable."""
    match domain:
        case "positive":
            return [inequality({key: RATIONAL_ONE}, fmpq(0), strict=True)]
        case "nonnegative":
            return [inequality({key: RATIONAL_ONE}, fmpq(0), strict=False)]
        case "unit":
            return [
                inequality({key: RATIONAL_ONE}, fmpq(0), strict=True),
                inequality({key: -RATIONAL_ONE}, RATIONAL_ONE, strict=True),
            ]
        case "bit":
            return [
                inequality({key: RATIONAL_ONE}, fmpq(0), strict=False),
                inequality({key: -RATIONAL_ONE}, RATIONAL_ONE, strict=False),
            ]
    return []


Affine = tuple[dict[str, fmpq], fmpq]
"""Coefficients by name, and a constant."""


def _equalities(system: list[Inequality]) -> dict[str, Affine]:
    """What is determined by two opposite inequalities, in terms of the other names."""
    solved: dict[str, Affine] = {}
    loose = [item for item in system if not item.strict]
    for i, item in enumerate(loose):
        opposite = Inequality(tuple((n, -c) for n, c in item.coefficients), -item.constant, strict=False)
        if opposite not in loose[:i]:
            continue
        coefficients, constant = _substituted(dict(item.coefficients), item.constant, solved)
        name = next((n for n, c in coefficients.items() if c), None)
        if name is None:
            continue
        scale = -coefficients.pop(name)
        affine = {n: c / scale for n, c in coefficients.items() if c}, constant / scale
        solved = {n: _substituted(*other, {name: affine}) for n, other in solved.items()} | {name: affine}
    return solved


def _substituted(coefficients: dict[str, fmpq], constant: fmpq, known: Mapping[str, Affine]) -> Affine:
    total: dict[str, fmpq] = {}
    for name, coefficient in coefficients.items():
        inner, shift = known.get(name, ({name: RATIONAL_ONE}, fmpq(0)))
        constant += coefficient * shift
        for other, factor in inner.items():
            total[other] = total.get(other, fmpq(0)) + coefficient * factor
    return total, constant
