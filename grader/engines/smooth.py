"""Decides networks of smooth functions: sigmoid, tanh, softplus, exp, softmax, in RNNs, GRUs, LSTMs and layers.

Boxes of the network's states, one or a few for each state of the behaviour, are closed under every input and decide
`accept`, in arithmetic that rounds outwards: this proves inputs of every length. Where no boxes close, the inputs of up
to some length are covered by boxes, step by step.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import ctx

from grader.engines.box_certificate import Layers
from grader.engines.box_text import margin_of, text_of
from grader.engines.boxes import BOX_PRECISION_BITS, BoxedSystem, UnboxedStep
from grader.engines.closing import NotClosed, closed_boxes
from grader.engines.engine import Budget, Findings, OpenLines, Unknown
from grader.machines.alphabet import FiniteAlphabet, Symbol
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification
from grader.verdict import Invariant, Proved


class SmoothEngine:
    """Proves by closed boxes of states."""

    name = "boxes"

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof for the open lines, or how far boxes cover all inputs."""
        if type(specification) is not Specification or not isinstance(network, EquationMachine):
            return Unknown("the network, or what is right, is no system of equations")
        alphabet = network.symbol_set
        if not isinstance(alphabet, FiniteAlphabet):
            return Unknown("the inputs cannot be listed")
        decision = _Decision(network, specification, sorted(lines.numbers), alphabet.symbols)
        try:
            with ctx.workprec(BOX_PRECISION_BITS):
                return decision.proof(budget.bounds.length)
        except (NotClosed, UnboxedStep) as error:
            return Unknown(str(error))


class _Decision:
    """The open lines of one network whose inputs can be listed."""

    def __init__(
        self, network: EquationMachine, specification: Specification, lines: Sequence[int], symbols: Sequence[Symbol]
    ) -> None:
        self.network = network
        self.specification = specification
        self.lines = lines
        self.symbols = symbols

    def proof(self, length: int | None) -> Findings:
        """A proof by closed boxes.

        Raises:
            NotClosed, UnboxedStep: if none were found.
        """
        system = BoxedSystem(self.network, self.specification)
        layers = closed_boxes(system, self.symbols, self.lines)
        margin = margin_of(self.network, self.specification, self.lines, self.symbols, layers[-1])
        invariant = Invariant((text_of(system, layers[-1]),), margin)
        return Findings(holds=Proved(None, length, invariant), met=self._met(system, layers))

    def _met(self, system: BoxedSystem, layers: Layers) -> frozenset[int]:
        """The lines that surely apply to some step from the boxes, all of which hold states that are reached."""
        landings = (system.step(box, symbol, self.lines) for box in layers[-1] for symbol in self.symbols)
        return frozenset(line for landing in landings if landing for line in landing.applied)
