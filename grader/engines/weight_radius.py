"""How far all weights of a right network may move together before it is wrong: its distance to the nearest wrong one.

Weights fall into cells in which the network does the same. z3 looks for weights, within a distance that grows step by
step, that lie in no cell that was seen yet; the network is walked there, until every cell up to the nearest wrong one
was seen. Distances are those of the largest change of a weight (L-infinity), all numbers are rational.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import z3
from flint import fmpq

from grader.engines.solver_context import new_context
from grader.engines.terms import as_real
from grader.engines.weight_cells import MovedNetwork, StepsUsedUp, WeightCell, WeightEntry
from grader.engines.weight_forms import AffineConstraint, NotAffine, WeightPoint
from grader.engines.weight_intervals import NOT_RIGHT_ITSELF
from grader.language.numbers import RATIONAL_ZERO

MAX_WEIGHT_CELLS = 300
"""Cells of weights that are looked at for one radius."""

RADIUS_RESOURCES = 3_000_000
"""z3's count of its work for each of its answers about one radius."""


@dataclass(frozen=True)
class Radius:
    """Every network whose weights differ by less is right. `distance` None: it is right whatever the weights are.

    `exact`: some networks are wrong whose weights are those of `nearest`, moved by a multiple of `toward` that is as
    small as one likes; else the radius may be larger.
    """

    distance: fmpq | None
    exact: bool = True
    nearest: tuple[fmpq, ...] = ()
    toward: tuple[fmpq, ...] = ()


def radius(network: MovedNetwork, weights: Sequence[WeightEntry]) -> Radius:
    """The supremum of all r such that every network is right whose weights differ by less than r from a right one.

    Raises:
        NotAffine: if something that the network does is no affine function of all weights together.
    """
    return _RadiusSearch(network, weights).run()


class _Undecided(Exception):
    """Nothing more can be found within the bounds."""


class _RadiusSearch:
    """`proved` is a distance below which every network is right; `wrong` the nearest wrong one that is known."""

    def __init__(self, network: MovedNetwork, weights: Sequence[WeightEntry]) -> None:
        self.network = network
        self.weights = weights
        self.center = tuple(weight.value for weight in weights)
        self.cells = 0
        self.proved = RATIONAL_ZERO
        self.wrong: Radius | None = None

    def run(self) -> Radius:
        still = (RATIONAL_ZERO,) * len(self.center)
        try:
            first = self._cell(self.center, still)
            if not first.right:
                raise NotAffine(NOT_RIGHT_ITSELF)
            ordered = sorted(first.constraints, key=self._room)
            rooms = sorted({self._room(constraint) for constraint in ordered})
            self.proved = rooms[0] if rooms else RATIONAL_ZERO
            self._cross(ordered)
            self._see_all(first, rooms)
        except (_Undecided, StepsUsedUp):
            return Radius(self.proved, exact=False)
        return self.wrong or Radius(None)

    def _cross(self, constraints: Sequence[AffineConstraint]) -> None:
        """Looks behind the border of each constraint at the nearest weights, until the network is wrong."""
        for constraint in constraints:
            room = self._room(constraint)
            for piece in constraint.pieces_outside():
                side = _sign(constraint.at(self.center)) or -next(sign for sign in piece.signs if sign)
                corner = tuple(fmpq(-side * _sign(c)) for c in constraint.coefficients)
                nearest = tuple(value + room * c for value, c in zip(self.center, corner, strict=True))
                toward = corner if 0 not in piece.signs else tuple(RATIONAL_ZERO for _ in corner)
                cell = self._cell(nearest, toward)
                if cell.right is False:
                    self.wrong = Radius(room, nearest=nearest, toward=toward)
                    return

    def _see_all(self, first: WeightCell, rooms: Sequence[fmpq]) -> None:
        """Looks at every cell that is nearer than the nearest wrong one."""
        space = _WeightSpace(self.center)
        space.exclude(first.constraints)
        levels = [*rooms, None]
        for level in levels:
            while True:
                limit = self._limit(level)
                if limit is not None and limit <= self.proved:
                    break
                weights = space.unseen(limit)
                if weights is None:
                    break
                self._look(space, weights)
            limit = self._limit(level)
            if limit is not None:
                self.proved = max(self.proved, limit)
            if self.wrong is not None and self.wrong.distance == self.proved:
                return

    def _limit(self, level: fmpq | None) -> fmpq | None:
        """How far to look: no farther than a network that is known to be wrong. None: as far as there are weights."""
        if self.wrong is None or self.wrong.distance is None:
            return level
        return self.wrong.distance if level is None else min(level, self.wrong.distance)

    def _look(self, space: _WeightSpace, weights: tuple[fmpq, ...]) -> None:
        cell = self._cell(weights, (RATIONAL_ZERO,) * len(weights))
        if cell.right:
            space.exclude(cell.constraints)
            return
        nearest = space.nearest(cell.constraints)
        distance = max(abs(a - b) for a, b in zip(nearest, self.center, strict=True))
        toward = tuple(a - b for a, b in zip(weights, nearest, strict=True))
        self.wrong = Radius(distance, nearest=nearest, toward=toward)

    def _cell(self, point: tuple[fmpq, ...], direction: tuple[fmpq, ...]) -> WeightCell:
        self.cells += 1
        if self.cells > MAX_WEIGHT_CELLS:
            raise _Undecided
        cell = self.network.cell(self.weights, WeightPoint(point, direction))
        if cell.right is None:
            raise _Undecided
        return cell

    def _room(self, constraint: AffineConstraint) -> fmpq:
        """How far the center is from where the form of a constraint is 0."""
        return abs(constraint.at(self.center)) / sum(map(abs, constraint.coefficients), RATIONAL_ZERO)


def _sign(number: fmpq) -> int:
    return (number > 0) - (number < 0)


class _WeightSpace:
    """All weights, some cells of which are excluded."""

    def __init__(self, center: tuple[fmpq, ...]) -> None:
        context = self._context = new_context()
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
        self._unseen = self._prepared(z3.Solver(ctx=context))
        self._unseen.add(self._near)

    def exclude(self, cell: Sequence[AffineConstraint]) -> None:
        """Has `unseen` find no weights that meet all of the constraints."""
        outside = [self._condition(piece) for constraint in cell for piece in constraint.pieces_outside()]
        self._unseen.add(z3.Or([*outside, z3.BoolVal(False, self._context)]))

    def unseen(self, limit: fmpq | None) -> tuple[fmpq, ...] | None:
        """Weights in no excluded cell and nearer than the limit; None: there are none.

        Raises:
            _Undecided: if z3 cannot say.
        """
        self._unseen.push()
        if limit is not None:
            self._unseen.add(self._distance < as_real(limit, self._context))
        answer = self._unseen.check()
        found = self._point(self._unseen.model()) if answer == z3.sat else None
        self._unseen.pop()
        if answer == z3.unknown:
            raise _Undecided
        return found

    def nearest(self, cell: Sequence[AffineConstraint]) -> tuple[fmpq, ...]:
        """The weights nearest to the center in the closure of a cell, which is not empty.

        Raises:
            _Undecided: if z3 cannot say.
        """
        closure = [*self._near, *(self._condition(constraint, closed=True) for constraint in cell)]
        optimum = self._prepared(z3.Optimize(ctx=self._context))
        optimum.add(closure)
        optimum.minimize(self._distance)
        if optimum.check() != z3.sat:
            raise _Undecided
        return self._point(optimum.model())

    @staticmethod
    def _prepared(solver: z3.Solver | z3.Optimize) -> z3.Solver | z3.Optimize:
        solver.set("rlimit", RADIUS_RESOURCES)
        solver.set("ctrl_c", False)  # an interrupt is Python's to raise, not a reason to give up
        return solver

    def _condition(self, constraint: AffineConstraint, *, closed: bool = False) -> z3.BoolRef:
        """A constraint; of `closed` ones, their border belongs to them."""
        pairs = zip(constraint.coefficients, self._unknowns, strict=True)
        terms = [as_real(c, self._context) * unknown for c, unknown in pairs if c]
        left, zero = (
            z3.Sum([as_real(constraint.constant, self._context), *terms]),
            as_real(RATIONAL_ZERO, self._context),
        )
        if constraint.signs == {0}:
            return left == zero
        if 1 in constraint.signs:
            return left >= zero if closed or 0 in constraint.signs else left > zero
        return left <= zero if closed or 0 in constraint.signs else left < zero

    def _point(self, model: z3.ModelRef) -> tuple[fmpq, ...]:
        numbers = [model.eval(unknown, model_completion=True) for unknown in self._unknowns]
        return tuple(fmpq(n.numerator_as_long(), n.denominator_as_long()) for n in numbers)
