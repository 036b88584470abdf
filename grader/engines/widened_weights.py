"""Proofs by boxes for all networks at once whose weights are near those of one: a lower bound of its radius."""

from __future__ import annotations

from itertools import pairwise

from flint import ctx, fmpq

from grader.engines.box_certificate import boxes_hold
from grader.engines.boxes import BOX_PRECISION_BITS, BoxedSystem, UnboxedStep
from grader.engines.closing import MAX_REMEMBERED_INPUTS, NotClosed, closed_boxes, plain_ways
from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, EvaluationError
from grader.language.arrays import ShapeError, Value, lifted
from grader.language.ball_numbers import Undecided
from grader.language.interval_numbers import RationalInterval
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.machine import EquationMachine
from grader.machines.specification import Specification

TRIED_RADII = tuple(fmpq(2) ** -k for k in range(-2, 17, 2))
"""Radii that are tried, large ones first."""

REFINEMENTS = 3
"""How often the radius is moved towards one for which there was no proof, by half of what is between them."""

MAX_WIDENED_STEPS = 10_000
"""Steps of boxes that are worked out for one lower bound."""


class _WidenedSystem(BoxedSystem):
    """The joint step of all networks whose weights differ by at most a radius."""

    def __init__(self, network: EquationMachine, specification: Specification, radius: fmpq) -> None:
        super().__init__(network, specification)

        def widened(value: Value) -> Value:
            return lifted(lambda entry: RationalInterval(entry - radius, entry + radius))(value)

        names = self.network.layout.scope.names
        for name, value in network.parameter_values.items():
            self._network_frame[names[name]] = widened(value)
        self._network_frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        try:
            state = self.network.initial_state(self._network_frame)
        except (EvaluationError, ShapeError, Undecided) as error:
            raise UnboxedStep(str(error)) from None
        self.start = type(self.start)(state, self.start.behaviour)


def proved_radius(network: EquationMachine, specification: Specification) -> fmpq | None:
    """A number such that every network is right whose weights differ by no more than it; None: none was found.

    It is looked for where inputs can be listed, and every input that counts has a step.
    """
    is_asked = type(specification) is Specification and not specification.judged.empty
    if not is_asked or not isinstance(network.symbol_set, FiniteAlphabet):
        return None
    search = _RadiusByBoxes(network, specification)
    for larger, radius in pairwise((2 * TRIED_RADII[0], *TRIED_RADII)):
        if search.is_proved(radius):
            return search.refined(radius, larger)
    return None


class _RadiusByBoxes:
    def __init__(self, network: EquationMachine, specification: Specification) -> None:
        self.network = network
        self.specification = specification
        self.steps = 0

    def is_proved(self, radius: fmpq) -> bool:
        """True if boxes are closed and decide every line, whichever the weights within the radius are."""
        symbols, lines = self.network.symbol_set, range(len(self.specification.lines))
        if self.steps > MAX_WIDENED_STEPS or not isinstance(symbols, FiniteAlphabet):
            return False
        try:
            with ctx.workprec(BOX_PRECISION_BITS):
                system = _WidenedSystem(self.network, self.specification, radius)
        except UnboxedStep:
            return False
        try:
            closed = closed_boxes(system, symbols.symbols, lines, plain_ways(MAX_REMEMBERED_INPUTS))
        except NotClosed:
            return False
        finally:
            self.steps += system.steps
        anew = _WidenedSystem(self.network, self.specification, radius)
        return boxes_hold(anew, lines, symbols.symbols, closed.layers, stride=closed.stride)

    def refined(self, proved: fmpq, failed: fmpq) -> fmpq:
        """A radius that is proved, nearer to one that is not."""
        for _ in range(REFINEMENTS):
            middle = (proved + failed) / 2
            if self.is_proved(middle):
                proved = middle
            else:
                failed = middle
        return proved
