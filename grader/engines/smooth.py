"""Decides networks of smooth functions: sigmoid, tanh, softplus, exp, softmax, in RNNs, GRUs, LSTMs and layers.

Boxes of the network's states, one or a few for each state of the behaviour, that are closed under every input and
decide `accept` prove inputs of every length. Where no boxes close, those of one length after the other cover all states
that inputs of up to some length lead to, and what a memory loses in a step bounds how long it surely lasts.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import ctx

from grader.engines.box_certificate import Layers
from grader.engines.box_text import margin_of, text_of
from grader.engines.boxes import BOX_PRECISION_BITS, BoxedSystem, UnboxedStep
from grader.engines.closing import MAX_REMEMBERED_INPUTS, NotClosed, closed_boxes
from grader.engines.cover import covered_layers
from grader.engines.drift import surely_right_length
from grader.engines.engine import Budget, Findings, OpenLines, Unknown
from grader.engines.rationals import nothing_undecidable
from grader.machines.alphabet import FiniteAlphabet, Symbol
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification
from grader.verdict import Invariant, Proved


class BoxEngine:
    """Proves inputs of every length by closed boxes."""

    name = "boxes"
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof for the open lines; Unknown where no boxes close."""
        asked = _asked(network, specification, lines)
        if isinstance(asked, str):
            return Unknown(asked)
        try:
            with ctx.workprec(BOX_PRECISION_BITS):
                return asked.proof(budget.bounds.length)
        except (NotClosed, UnboxedStep) as error:
            return Unknown(str(error))


class CoverEngine:
    """Finds up to which length inputs surely break no line, where nothing proves it for every length."""

    name = "cover"
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof where the question has no longer inputs, or where some lines are known to be broken; else a length."""
        asked = _asked(network, specification, lines)
        if isinstance(asked, str):
            return Unknown(asked)
        with ctx.workprec(BOX_PRECISION_BITS):
            try:
                if len(lines.numbers) < len(specification.lines):
                    return asked.proof(budget.bounds.length)
            except (NotClosed, UnboxedStep):
                pass
            try:
                return asked.covered(budget.bounds.length)
            except UnboxedStep as error:
                return Unknown(str(error))


def _asked(network: Machine, specification: Specification, lines: OpenLines) -> _Asked | str:
    """What boxes are asked about; text: why they cannot be."""
    if type(specification) is not Specification or not isinstance(network, EquationMachine):
        return "the network, or what is right, is no system of equations"
    alphabet = network.symbol_set
    if not isinstance(alphabet, FiniteAlphabet):
        return "the inputs cannot be listed"
    return _Asked(network, specification, sorted(lines.numbers), alphabet.symbols)


class _Asked:
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

    def covered(self, length: int | None) -> Findings | Unknown:
        """A proof where boxes cover all inputs of the question, else up to which length nothing is wrong.

        Raises:
            UnboxedStep: if the first state is undefined.
        """
        system = BoxedSystem(self.network, self.specification)
        layers = covered_layers(system, self.symbols, self.lines, length)
        if layers and (len(layers) == length):
            return Findings(holds=Proved(None, length), met=self._met(system, layers))
        drifts = [
            surely_right_length(system, self.symbols, self.lines, remembered)
            for remembered in range(MAX_REMEMBERED_INPUTS + 1)
        ]
        steps = max(len(layers), *drifts) if length is None else min(max(len(layers), *drifts), length)
        reason = f"boxes of states show inputs of up to {steps} steps alone to be right"
        return Unknown(reason, Findings(met=self._met(system, layers), covered=steps))

    def _met(self, system: BoxedSystem, layers: Layers) -> frozenset[int]:
        """The lines that surely apply to some step from the boxes, all of which hold states that are reached."""
        landings = (system.step(box, s, self.lines) for layer in layers for box in layer for s in self.symbols)
        return frozenset(line for landing in landings if landing for line in landing.applied)
