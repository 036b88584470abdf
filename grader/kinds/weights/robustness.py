"""How far the weights of a proved answer may move: all together, and each of them by itself; exact where it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flint import fmpq

from grader.engines.engine import Findings
from grader.engines.weight_cells import MovedNetwork, StepAllowance, WeightEntry, weight_entries
from grader.engines.weight_forms import NotAffine
from grader.engines.weight_intervals import IntervalEnd, RightInterval, right_interval
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.language.exact import Exact
from grader.machines.machine import EquationMachine
from grader.verdict import Robustness, SharedRadius, WeightRange

if TYPE_CHECKING:
    from grader.engines.weight_radius import Radius

MAX_INTERVAL_STEPS = 60_000
"""Steps of networks that are worked out for the intervals of all single weights of an answer."""

MAX_RADIUS_STEPS = 40_000
"""The same for one radius."""

NO_BOUND = "no boxes of states were found that hold for all weights near these"
NOT_ROUNDED = "how far weights may move is worked out exactly, and this question is about float64"


def robustness(
    question: WeightsQuestion, machine: EquationMachine, values: Mapping[str, Value], findings: Findings
) -> Robustness | None:
    """The radius and the intervals of an answer that is proved right; None for any other.

    Where a walk has not seen every state, or a step is no affine function of the weights, there is a lower bound of the
    radius at most. Weights are taken for real numbers here, whatever values a question allows.
    """
    if not findings.proved_right:
        return None
    programs = machine.program, question.specification.program
    if any(program.in_doubles for program in programs):
        return Robustness(reason=NOT_ROUNDED)
    is_walked = findings.walk is not None and findings.walk.complete
    if not is_walked or any(type(program.arithmetic) is not Exact for program in programs):
        return _bounded(question, machine, Robustness(reason=NO_BOUND))
    values = {name: value for name, value in values.items() if name in machine.program.system.parameters}
    network = MovedNetwork(
        machine.program, question.specification, values, question.budget.bounds, StepAllowance(MAX_INTERVAL_STEPS)
    )
    weights = weight_entries(values)
    found = [_interval(network, weight) for weight in weights]
    ranges = tuple(_range(interval) for interval in found if isinstance(interval, RightInterval))
    left_out = tuple(w.name for w, interval in zip(weights, found, strict=True) if isinstance(interval, str))
    fixed = [interval.weight for interval in found if isinstance(interval, RightInterval) and _is_one_value(interval)]
    try:
        shared = _shared(network, weights, fixed)
    except NotAffine as error:
        return _bounded(question, machine, Robustness(ranges=ranges, left_out=left_out, reason=str(error)))
    return Robustness(shared, ranges, left_out)


def _bounded(question: WeightsQuestion, machine: EquationMachine, found: Robustness) -> Robustness:
    """What was found, with a lower bound of the radius in place of the reason why there is no exact one."""
    from grader.engines.widened_weights import proved_radius

    bound = proved_radius(machine, question.specification)
    if bound is None:
        return found
    return replace(found, radii=(SharedRadius(str(bound), exact=False),), reason="")


def _interval(network: MovedNetwork, weight: WeightEntry) -> RightInterval | str:
    """The interval of a weight; the reason where it has none that could be worked out."""
    try:
        interval = right_interval(network, weight)
    except NotAffine as error:
        return str(error)
    is_known = any(end.exact or end.value != weight.value for end in (interval.low, interval.high))
    return interval if is_known else "the steps are used up"


def _is_one_value(interval: RightInterval) -> bool:
    """True if the answer is wrong with every other value of the weight."""
    value, ends = interval.weight.value, (interval.low, interval.high)
    return all(end.value == value and end.exact for end in ends)


def _shared(
    network: MovedNetwork, weights: Sequence[WeightEntry], fixed: Sequence[WeightEntry]
) -> tuple[SharedRadius, ...]:
    """The radius of all weights; where some have to keep their values, also that of the others."""
    from grader.engines.weight_radius import Radius, radius

    def of(moved: Sequence[WeightEntry]) -> Radius:
        network.allowance = StepAllowance(MAX_RADIUS_STEPS)
        return radius(network, moved)

    every = SharedRadius(*_of_radius(Radius(fmpq(0)) if fixed else of(weights)))
    others = [weight for weight in weights if weight not in fixed]
    if not fixed or not others:
        return (every,)
    return every, SharedRadius(*_of_radius(of(others)), tuple(weight.name for weight in others))


def _of_radius(found: Radius) -> tuple[str, bool]:
    return "infinity" if found.distance is None else str(found.distance), found.exact


def _range(interval: RightInterval) -> WeightRange:
    weight, low, high = interval.weight, interval.low, interval.high
    return WeightRange(
        weight.name, str(weight.value), _bound(low), _bound(high), low.included, high.included, low.exact, high.exact
    )


def _bound(end: IntervalEnd) -> str:
    return "" if end.value is None else str(end.value)
