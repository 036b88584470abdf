"""Decides networks of smooth functions: sigmoid, tanh, softplus, exp, softmax, in RNNs, GRUs, LSTMs and layers.

Boxes of the network's states, one or a few for each state of the behaviour, that are closed under every input and
decide `accept` prove inputs of every length. Where no boxes close, those of one length after the other cover all states
that inputs of up to some length lead to, and what a memory loses in a step bounds how long it surely lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import ctx

from grader.engines.box_certificate import Layers
from grader.engines.box_text import margin_of, text_of
from grader.engines.boxes import BOX_PRECISION_BITS, BoxedSystem, UnboxedStep
from grader.engines.closing import MAX_REMEMBERED_INPUTS, NotClosed, SurelyBroken, closed_boxes
from grader.engines.cover import covered_layers
from grader.engines.drift import surely_right_length
from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.input_cells import cells_of, symbol_of
from grader.engines.input_search import InputsDecided, InputsOpen, decide_inputs
from grader.engines.rationals import nothing_undecidable
from grader.machines.alphabet import FiniteAlphabet, Symbol
from grader.machines.enclosed import judged_run
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification
from grader.verdict import Invariant, Proved

MAX_REMEMBERED_CELLS = 1
"""Last inputs by which boxes are told apart at most where inputs are cells."""


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
                return asked.one_step() if budget.bounds.length == 1 else asked.proof(budget.bounds.length)
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
        if budget.bounds.length == 1:
            return Unknown("one step is decided without a cover")
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
    return _Asked(network, specification, sorted(lines.numbers))


class _Asked:
    """The open lines of one network whose inputs can be listed."""

    def __init__(self, network: EquationMachine, specification: Specification, lines: Sequence[int]) -> None:
        self.network = network
        self.specification = specification
        self.lines = lines

    def proof(self, length: int | None) -> Findings:
        """A proof by closed boxes.

        Raises:
            NotClosed, UnboxedStep: if none were found.
        """
        system, reason = BoxedSystem(self.network, self.specification), ""
        for symbols, most_remembered in self._symbol_sets():
            try:
                layers = closed_boxes(system, symbols, self.lines, most_remembered)
            except SurelyBroken:
                raise
            except NotClosed as error:
                reason = str(error)
                continue
            margin = margin_of(self.network, self.specification, self.lines, symbols, layers[-1])
            invariant = Invariant((text_of(system, layers[-1]),), margin)
            return Findings(holds=Proved(None, length, invariant), met=self._met(system, symbols, layers))
        raise NotClosed(reason or "there are too many kinds of inputs")

    def _symbol_sets(self) -> Iterator[tuple[Sequence[Symbol], int]]:
        """Symbols that together are all inputs of a step, coarse ones first, each with how many to remember at most."""
        if isinstance(self.network.symbol_set, FiniteAlphabet):
            yield self.network.symbol_set.symbols, MAX_REMEMBERED_INPUTS
            return
        alphabet, cuts = self.network.program.system.alphabet, 0
        while cells := cells_of(alphabet, cuts):
            yield [symbol_of(alphabet, cell) for cell in cells], MAX_REMEMBERED_CELLS
            cuts += 1

    def one_step(self) -> Findings | Unknown:
        """What is found about all inputs of one step.

        Raises:
            UnboxedStep: if the state before it is undefined.
        """
        system, broken, lines = BoxedSystem(self.network, self.specification), dict[int, Broken](), list(self.lines)
        alphabet, met = self.network.program.system.alphabet, set[int]()
        while lines:
            found = decide_inputs(system, alphabet, lines, lambda symbol: bool(self._broken_by(symbol, lines)))
            if isinstance(found, InputsDecided):
                return Findings(broken, Proved(None, 1), met=found.met | met)
            if isinstance(found, InputsOpen):
                return Unknown(found.reason, Findings(broken, met=found.met | met))
            now = self._broken_by(found.symbol, lines)
            broken.update({line: Broken((found.symbol,)) for line in now})
            met |= now
            lines = [line for line in lines if line not in now]
        return Findings(broken, met=frozenset(met))

    def _broken_by(self, symbol: Symbol, lines: Sequence[int]) -> set[int]:
        """The lines that one input of one step surely breaks."""
        run = judged_run(self.network, self.specification, (symbol,), self.specification.machine().run((symbol,)))
        if not run.wanted or not run.right or run.right[0] is not False:
            return set()
        return set(lines) & set(self.specification.lines_applying_to(run.wanted[0]))

    def covered(self, length: int | None) -> Findings | Unknown:
        """A proof where boxes cover all inputs of the question, else up to which length nothing is wrong.

        Raises:
            UnboxedStep: if the first state is undefined.
        """
        system, covered = BoxedSystem(self.network, self.specification), list[int]()
        met = set[int]()
        for symbols, most_remembered in self._symbol_sets():
            layers = covered_layers(system, symbols, self.lines, length)
            met |= self._met(system, symbols, layers)
            if len(layers) == length:
                return Findings(holds=Proved(None, length), met=frozenset(met))
            covered.append(len(layers))
            covered += (
                surely_right_length(system, symbols, self.lines, remembered) for remembered in range(most_remembered + 1)
            )
        steps = min(max(covered, default=0), length or max(covered, default=0))
        reason = f"boxes of states show inputs of up to {steps} steps alone to be right"
        return Unknown(reason, Findings(met=frozenset(met), covered=steps))

    def _met(self, system: BoxedSystem, symbols: Sequence[Symbol], layers: Layers) -> frozenset[int]:
        """The lines that surely apply to some step from the boxes, all of which hold states that are reached."""
        landings = (system.step(box, symbol, self.lines) for layer in layers for box in layer for symbol in symbols)
        return frozenset(line for landing in landings if landing for line in landing.applied)
