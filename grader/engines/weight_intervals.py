"""How far a single weight of a right network may move while the network stays right, the others held fixed."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from grader.engines.weight_cells import MovedNetwork, StepsUsedUp, WeightEntry
from grader.engines.weight_forms import AffineConstraint, NotAffine, WeightPoint
from grader.language.numbers import RATIONAL_ZERO

NOT_RIGHT_ITSELF = "the network is not seen to be right where it was proved so"

MAX_BREAKPOINTS = 64
"""Values of a weight, on each side of its own, at which the network changes and is looked at anew."""


@dataclass(frozen=True)
class IntervalEnd:
    """An end of an interval; `value` None: it has none. `exact` False: the network may be right beyond it."""

    value: fmpq | None
    included: bool
    exact: bool = True


@dataclass(frozen=True)
class RightInterval:
    """The values of a weight, around its own, with which the network is right."""

    weight: WeightEntry
    low: IntervalEnd
    high: IntervalEnd


def right_interval(network: MovedNetwork, weight: WeightEntry) -> RightInterval:
    """The largest interval around the value of a weight in which the network is right, as it is at the value itself.

    The network is walked anew behind each value at which one of its comparisons changes, until it is wrong there.

    Raises:
        NotAffine: if something that the network does is no affine function of the weight.
    """
    return RightInterval(weight, _end(network, weight, -1), _end(network, weight, 1))


@dataclass(frozen=True, order=True)
class _Position:
    """A distance from the value of the weight; `beyond` 1: infinitely little more than it."""

    distance: fmpq
    beyond: int


_OWN_POSITION = _Position(RATIONAL_ZERO, 0)
"""At the weight itself, where the network is right, as the caller says."""


def _end(network: MovedNetwork, weight: WeightEntry, way: int) -> IntervalEnd:
    """The end of the interval on one side (`way` 1: above, -1: below)."""
    position = _OWN_POSITION
    for _ in range(MAX_BREAKPOINTS):
        point = WeightPoint((weight.value + way * position.distance,), (fmpq(way * position.beyond),))
        try:
            cell = network.cell([weight], point)
        except StepsUsedUp:
            break
        if position == _OWN_POSITION and not cell.right:
            raise NotAffine(NOT_RIGHT_ITSELF)
        if not cell.right:
            return _before(weight, way, position, exact=cell.right is False)
        changes = [change for c in cell.constraints if (change := _change(c, weight, way, position))]
        if not changes:
            return IntervalEnd(None, included=False)
        position = min(changes)
    return _before(weight, way, position, exact=False)


def _before(weight: WeightEntry, way: int, position: _Position, *, exact: bool) -> IntervalEnd:
    """The end of an interval that holds everything before a position."""
    included = position == _OWN_POSITION or position.beyond == 1
    return IntervalEnd(weight.value + way * position.distance, included, exact)


def _change(constraint: AffineConstraint, weight: WeightEntry, way: int, position: _Position) -> _Position | None:
    """The first position behind one where a constraint holds at which it does not; None: it holds at all of them."""
    value, slope = constraint.at((weight.value,)), way * constraint.coefficients[0]
    root, after = -value / slope, 1 if slope > 0 else -1
    at_root, behind_root = _Position(root, 0), _Position(root, 1)
    if at_root > position and 0 not in constraint.signs:
        return at_root
    return behind_root if behind_root > position and after not in constraint.signs else None
