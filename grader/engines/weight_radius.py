"""How far all weights of a right network may move together before it is wrong: its distance to the nearest wrong one.

Weights fall into cells in which the network does the same. The search starts in the cell of the network and goes on, the
nearest ones first, through cells that are right, until the nearest cell that is left is wrong: its distance is the
radius, since everything that is nearer was seen. Distances are of the largest change of a weight (L-infinity); z3 finds
them as optima of linear programs over the rationals.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import z3
from flint import fmpq

from grader.engines.affine import AffineConstraint, WeightPoint
from grader.engines.terms import as_real
from grader.engines.weight_cells import MovedNetwork, StepsUsedUp, WeightCell, WeightEntry
from grader.language.numbers import RATIONAL_ZERO

MAX_CELLS = 200
"""Cells of weights that are looked at for one radius."""

MAX_PROGRAMS = 2_000
"""Linear programs that are solved for one radius."""

PROGRAM_RESOURCES = 2_000_000
"""z3's count of its work for one linear program."""


@dataclass(frozen=True)
class Radius:
    """Every network whose weights differ by less is right. `distance` None: it is right whatever the weights are.

    `exact`: some network is wrong whose weights are those of `nearest`, moved by a multiple of `toward` that is as small
    as one likes; else the radius may be larger.
    """

    distance: fmpq | None
    exact: bool = True
    nearest: tuple[fmpq, ...] = ()
    toward: tuple[fmpq, ...] = ()


@dataclass(frozen=True)
class _Region:
    """Weights that meet all constraints; if `nearest` is known, `inside` is a point of them.

    `nearest` is the nearest point of their closure: they come as near to it as one likes.
    """

    constraints: tuple[AffineConstraint, ...]
    nearest: tuple[fmpq, ...] | None = None
    inside: tuple[fmpq, ...] = ()


@dataclass(order=True)
class _Entry:
    """A region in the order of what is known of its distance: at least so much, so much where `nearest` is known."""

    distance: fmpq
    number: int
    region: _Region = field(compare=False)


def radius(network: MovedNetwork, weights: Sequence[WeightEntry]) -> Radius:
    """The supremum of all r such that every network is right whose weights differ by less than r from a right one.

    Raises:
        NotAffine: if something that the network does is no affine function of all weights together.
    """
    return _Search(network, weights).run()


class _Search:
    def __init__(self, network: MovedNetwork, weights: Sequence[WeightEntry]) -> None:
        self.network = network
        self.weights = weights
        self.center = tuple(weight.value for weight in weights)
        self._queue: list[_Entry] = []
        self._numbers = count()
        self._programs = _Programs(self.center)

    def run(self) -> Radius:
        still = (RATIONAL_ZERO,) * len(self.center)
        try:
            self._leave(_Region(()), self._cell(self.center, still), RATIONAL_ZERO)
        except StepsUsedUp:
            return Radius(RATIONAL_ZERO, exact=False)
        cells = 1
        while self._queue:
            entry = heapq.heappop(self._queue)
            region = entry.region
            if region.nearest is None:
                if self._programs.solved >= MAX_PROGRAMS:
                    return Radius(entry.distance, exact=False)
                solved = self._programs.solve(region.constraints)
                if solved == z3.unknown:
                    return Radius(entry.distance, exact=False)
                if isinstance(solved, _Region):
                    self._push(self._distance(solved), solved)
                continue
            cells += 1
            toward = tuple(q - p for p, q in zip(region.nearest, region.inside, strict=True))
            try:
                cell = self._cell(region.nearest, toward) if cells <= MAX_CELLS else WeightCell(None, ())
            except StepsUsedUp:
                cell = WeightCell(None, ())
            if cell.right is None:
                return Radius(entry.distance, exact=False)
            if not cell.right:
                return Radius(entry.distance, nearest=region.nearest, toward=toward)
            self._leave(region, cell, entry.distance)
        return Radius(None)

    def _cell(self, point: tuple[fmpq, ...], direction: tuple[fmpq, ...]) -> WeightCell:
        return self.network.cell(self.weights, WeightPoint(point, direction))

    def _leave(self, region: _Region, cell: WeightCell, distance: fmpq) -> None:
        """Puts what lies outside of a right cell into the queue, cut into regions that have nothing in common."""
        kept = list(region.constraints)
        for constraint in sorted(cell.constraints, key=self._room):
            for piece in constraint.pieces_outside():
                least = max(distance, self._room(piece))
                self._push(least, _Region((*kept, piece)))
            kept.append(constraint)

    def _push(self, distance: fmpq, region: _Region) -> None:
        heapq.heappush(self._queue, _Entry(distance, next(self._numbers), region))

    def _room(self, constraint: AffineConstraint) -> fmpq:
        """How far the center is from where the form of a constraint is 0."""
        return abs(constraint.at(self.center)) / sum(map(abs, constraint.coefficients), RATIONAL_ZERO)

    def _distance(self, region: _Region) -> fmpq:
        assert region.nearest is not None
        return max(abs(p - c) for p, c in zip(region.nearest, self.center, strict=True))


class _Programs:
    """Linear programs over the weights."""

    def __init__(self, center: tuple[fmpq, ...]) -> None:
        self.solved = 0
        context = self._context = z3.Context()
        z3.Z3_set_error_handler(context.ref(), 0)  # its own handler does nothing, but an interrupt would be lost in it
        self._unknowns = [z3.Real(f"w{i}", context) for i in range(len(center))]
        self._distance = z3.Real("distance", context)
        self._near = [
            condition
            for unknown, value in zip(self._unknowns, center, strict=True)
            for condition in (
                unknown - as_real(value, context) <= self._distance,
                as_real(value, context) - unknown <= self._distance,
            )
        ]

    def solve(self, constraints: Sequence[AffineConstraint]) -> _Region | z3.CheckSatResult:
        """The region with the nearest point of its closure and a point inside; unsat: it is empty."""
        self.solved += 1
        strict = z3.Solver(ctx=self._context)
        self._prepare(strict, [self._condition(c) for c in constraints])
        answer = strict.check()
        if answer != z3.sat:
            return answer
        inside = self._point(strict.model())
        closed = z3.Optimize(ctx=self._context)
        closure = [self._condition(c, closed=True) for c in constraints]
        self._prepare(closed, [*closure, *self._near])
        closed.minimize(self._distance)
        if closed.check() != z3.sat:
            return z3.unknown
        nearest, distance = self._point(closed.model()), closed.model().eval(self._distance)
        nearer = z3.Solver(ctx=self._context)
        self._prepare(nearer, [*closure, *self._near, self._distance < distance])
        return _Region(tuple(constraints), nearest, inside) if nearer.check() == z3.unsat else z3.unknown

    @staticmethod
    def _prepare(solver: z3.Solver | z3.Optimize, conditions: Sequence[z3.BoolRef]) -> None:
        solver.set("rlimit", PROGRAM_RESOURCES)
        solver.set("ctrl_c", False)  # an interrupt is Python's to raise, not a reason to give up
        solver.add(*conditions)

    def _condition(self, constraint: AffineConstraint, *, closed: bool = False) -> z3.BoolRef:
        """A constraint; of `closed` ones, their border belongs to them."""
        pairs = zip(constraint.coefficients, self._unknowns, strict=True)
        terms = [as_real(c, self._context) * unknown for c, unknown in pairs if c]
        left, zero = z3.Sum([as_real(constraint.constant, self._context), *terms]), as_real(RATIONAL_ZERO, self._context)
        if constraint.signs == {0}:
            return left == zero
        if 1 in constraint.signs:
            return left >= zero if closed or 0 in constraint.signs else left > zero
        return left <= zero if closed or 0 in constraint.signs else left < zero

    def _point(self, model: z3.ModelRef) -> tuple[fmpq, ...]:
        numbers = [model.eval(unknown, model_completion=True) for unknown in self._unknowns]
        return tuple(fmpq(n.numerator_as_long(), n.denominator_as_long()) for n in numbers)
