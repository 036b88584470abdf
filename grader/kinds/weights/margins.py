"""How far every quantity of a proved answer stays from its thresholds, over all reachable steps, exactly."""

from __future__ import annotations

from flint import fmpq

from grader.deferred import dataclass
from grader.errors import listed
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arithmetic import MissingValue
from grader.language.arrays import Array, Value
from grader.machines.alphabet import Symbol
from grader.machines.display import shown
from grader.machines.explore import Walk
from grader.machines.machine import EquationMachine
from grader.verdict import Margin


@dataclass(frozen=True)
class _Closest:
    distance: fmpq
    state: int
    symbol: Symbol


def margins(question: WeightsQuestion, machine: EquationMachine, walk: Walk) -> tuple[Margin, ...]:
    """The smallest distance of each quantity to a threshold, closest quantity first; ties keep the first step met."""
    closest, symbols = dict[str, _Closest](), walk.alphabet.symbols
    specification = question.specification.machine()
    seen: set[tuple[int, int]] = set()
    for node, (state, wanted) in enumerate(walk.nodes):
        if walk.depth(node) == question.budget.bounds.length:
            break
        for symbol in range(len(symbols)):
            if (state, symbol) in seen or not question.specification.allows(specification.edge(wanted, symbol).step):
                continue
            seen.add((state, symbol))
            for quantity, difference in machine.thresholds(state, symbol):
                for name, entry in _entries(quantity, difference):
                    distance = abs(entry)
                    if name not in closest or distance < closest[name].distance:
                        closest[name] = _Closest(distance, state, symbols[symbol])
    ordered = sorted(closest.items(), key=lambda item: item[1].distance)
    return tuple(
        Margin(name, shown(found.distance), _where(question, machine, found), not found.distance)
        for name, found in ordered
    )


def _entries(quantity: str, difference: Value) -> list[tuple[str, fmpq]]:
    if not isinstance(difference, Array):
        return [(quantity, difference)]
    return [(f"{quantity}[{i}]", entry) for i, entry in enumerate(difference.entries)]


def _where(question: WeightsQuestion, machine: EquationMachine, found: _Closest) -> str:
    """`x = 1 and h[t-1] = 1`: the step at which the distance is met first."""
    inputs = question.alphabet.named(found.symbol)
    remembered = machine.state_values(found.state)
    parts = {**inputs, **{name: value for name, value in remembered.items() if not isinstance(value, MissingValue)}}
    return listed(f"{name} = {shown(value)}" for name, value in parts.items())
