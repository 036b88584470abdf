"""Cells of weights, for which a network does the same at every step; whether it is right there.

The network is walked beside the specification as `walk` does it, but its values are affine forms of the weights. Every
comparison of the walk is a hyperplane; while the weights cross none of them, each step gives what it gave.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from grader.engines.empty_input import empty_input_findings
from grader.engines.joint import walk_allowed
from grader.engines.weight_forms import AFFINE_ARITHMETIC, AffineConstraint, AffineForm, WeightPoint, affine_key
from grader.language.arithmetic import Frame
from grader.language.arrays import Array, Value, entries, shape_of
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.explore import Bounds, Stop, Walk
from grader.machines.machine import Edge, EquationMachine, Step, Undefined, state_key
from grader.machines.program import Program, State
from grader.machines.specification import Specification

NUMBERS_OF_ONE_STEP = 16
"""Numbers of a network, and weights that move, from which on a step counts as several."""


class StepsUsedUp(Exception):
    """All steps that may be worked out were."""


@dataclass
class StepAllowance:
    """Steps of networks that may still be worked out; those of large ones count as several."""

    left: int

    def spend(self, steps: int) -> None:
        """Takes some.

        Raises:
            StepsUsedUp: if fewer are left.
        """
        if self.left < steps:
            self.left = 0
            raise StepsUsedUp
        self.left -= steps


@dataclass(frozen=True)
class WeightEntry:
    """A single weight: an entry of a parameter."""

    parameter: str
    position: int
    name: str
    value: fmpq


@dataclass(frozen=True)
class WeightCell:
    """What is done at a point; all weights that meet the constraints do it too.

    `right`: no rubric line is broken, on any input; None: the walk did not see every state.
    """

    right: bool | None
    constraints: tuple[AffineConstraint, ...]


def weight_entries(values: Mapping[str, Value]) -> tuple[WeightEntry, ...]:
    """Every weight, called `W1` or `W[0][1]`."""
    return tuple(
        WeightEntry(parameter, i, f"{parameter}{index}", entry)
        for parameter, value in values.items()
        for i, (index, entry) in enumerate(zip(_indices(shape_of(value)), entries(value), strict=True))
    )


def _indices(shape: tuple[int, ...]) -> list[str]:
    texts = [""]
    for size in shape:
        texts = [f"{text}[{i}]" for text in texts for i in range(size)]
    return texts


class MovedNetwork:
    """A network some of whose weights move, beside its specification.

    Raises (its methods):
        NotAffine: if something that the network does is no affine function of the weights that move.
        StepsUsedUp: if the allowance ends.
    """

    def __init__(
        self,
        program: Program,
        specification: Specification,
        values: Mapping[str, Value],
        bounds: Bounds,
        allowance: StepAllowance,
    ) -> None:
        self.program = program.over(AFFINE_ARITHMETIC)
        self.specification = _AffineSpecification(specification)
        self.values = values
        self.bounds = bounds
        self.allowance = allowance

    def cell(self, weights: Sequence[WeightEntry], point: WeightPoint) -> WeightCell:
        """The cell of a point, whose numbers are those of the given weights; the others keep their values."""
        alphabet = self.program.system.alphabet.symbol_set
        if not isinstance(alphabet, FiniteAlphabet):
            return WeightCell(None, ())
        machine = _AffineMachine(self.program, self._at(weights, point), self.allowance, self._cost(len(weights)))
        specification, right = self.specification, True

        def look(walk: Walk, node: int, symbol: int, edges: Sequence[Edge]) -> None:
            nonlocal right
            wanted = edges[1].step
            if specification.lines_applying_to(wanted) and not specification.accepts(edges[0].step.output, wanted):
                right = False
                raise Stop

        if empty_input_findings(machine, specification).broken:
            return WeightCell(False, tuple(point.constraints))
        walk = walk_allowed(specification, [machine], alphabet, self.bounds, look)
        return WeightCell(right if walk.complete or not right else None, tuple(point.constraints))

    def _cost(self, moved: int) -> int:
        """What a step counts: it grows with the numbers of the network, and with the weights that move."""
        numbers = sum(len(entries(value)) for value in self.values.values())
        return (1 + numbers // NUMBERS_OF_ONE_STEP) * (1 + moved // NUMBERS_OF_ONE_STEP)

    def _at(self, weights: Sequence[WeightEntry], point: WeightPoint) -> dict[str, Value]:
        """The parameters at a point."""
        numbers = {name: list(entries(value)) for name, value in self.values.items()}
        for weight, form in zip(weights, point.weights(), strict=True):
            numbers[weight.parameter][weight.position] = form
        shapes = {name: shape_of(value) for name, value in self.values.items()}
        return {name: Array(shape, numbers[name]) if shape else numbers[name][0] for name, shape in shapes.items()}


class _AffineSpecification(Specification):
    """The same specification, whose `accept` takes outputs that are affine forms."""

    def __init__(self, exact: Specification) -> None:
        vars(self).update(vars(exact))
        self.program = exact.program.over(AFFINE_ARITHMETIC)
        self._machine = None
        vars(self).pop("empty_input", None)  # it is worked out anew, in these numbers

    def _late(self, frame: Frame, output: Value, wanted: Value) -> bool:
        return bool(self.program.evaluate_accept(frame, (output, wanted)))


class _AffineMachine(EquationMachine):
    """A network whose values are affine forms; two states are the same where their forms are."""

    def __init__(
        self, program: Program, parameters: Mapping[str, Value], allowance: StepAllowance, step_cost: int
    ) -> None:
        self.allowance = allowance
        self.step_cost = step_cost
        super().__init__(program, parameters)

    def step(self, state: State | Undefined, symbol: tuple[Value, ...]) -> tuple[Any, Step]:
        self.allowance.spend(self.step_cost)
        return super().step(state, symbol)

    def key_of(self, state: Any) -> Hashable:
        if not isinstance(state, tuple):
            return state_key(state)
        return tuple([tuple(map(_key, value.entries)) if isinstance(value, Array) else _key(value) for value in state])


def _key(value: Any) -> Hashable:
    if isinstance(value, AffineForm):
        return affine_key(value.constant, value.coefficients)
    return (value.p, value.q) if isinstance(value, fmpq) else value
