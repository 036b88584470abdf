"""Decides networks of smooth functions: sigmoid, tanh, softplus, exp, softmax, in RNNs, GRUs, LSTMs and layers.

Boxes of the network's states, one or a few for each state of the behaviour, that are closed under every input and
decide `accept` prove inputs of every length. Where no boxes close, those of one length after the other cover all states
that inputs of up to some length lead to, and what a memory loses in a step bounds how long it surely lasts. Inputs in
intervals are divided into cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from flint import ctx

from grader.engines.box_proof import MAX_CERTIFICATE_BOXES, boxes_certificate, cuts_certificate, proof_by, symbols_of
from grader.engines.boxes import BOX_PRECISION_BITS, BoxedSystem, UnboxedStep
from grader.engines.closing import (
    LONG_WAYS,
    MAX_REMEMBERED_INPUTS,
    Closed,
    NotClosed,
    SurelyBroken,
    Way,
    closed_boxes,
    plain_ways,
)
from grader.engines.cover import covered_layers
from grader.engines.drift import surely_right_length
from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.input_search import InputsDecided, InputsOpen, cuts_of, decide_inputs
from grader.engines.met_lines import is_about_some_step
from grader.engines.rationals import nothing_undecidable
from grader.evidence import Certificate, Proved
from grader.language.ball_numbers import Undecided
from grader.language.precision import Refinement
from grader.machines.alphabet import FiniteAlphabet, Symbol
from grader.machines.enclosed import EnclosedMachine, judged_run
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification

MAX_STEPS_WITH_CUTS = 12_000
"""Steps of boxes after which inputs are not cut any finer."""

MAX_REMEMBERED_CELLS = 1
"""Last inputs by which boxes are told apart at most where inputs are cells."""


class BoxEngine:
    """Proves inputs of every length by closed boxes, and decides those of one step."""

    name = "boxes"
    only_runs = False
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof for the open lines; Unknown where no boxes close."""
        asked = _asked(network, specification, lines, budget)
        if isinstance(asked, str):
            return Unknown(asked, applies=False)
        try:
            with ctx.workprec(BOX_PRECISION_BITS):
                found = asked.one_step() if asked.length == 1 else asked.proof()
        except (NotClosed, UnboxedStep, Undecided) as error:
            reason = f"no boxes of states prove it: {error}"
            return Unknown(reason, remedy="a `length`", applies=isinstance(network, EnclosedMachine))
        return asked.with_lines_met(found, budget)


class CoverEngine:
    """Finds up to which length inputs surely break no line, where nothing proves it for every length."""

    name = "cover"
    only_runs = False
    undecidable = staticmethod(nothing_undecidable)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof where boxes cover all inputs or some lines are known to be broken; else up to which length."""
        asked = _asked(network, specification, lines, budget)
        if isinstance(asked, str):
            return Unknown(asked, applies=False)
        if asked.length == 1:
            return Unknown("inputs of one step are not covered any better", applies=False)
        with ctx.workprec(BOX_PRECISION_BITS):
            with suppress(NotClosed, UnboxedStep, Undecided):
                if len(lines.numbers) < len(specification.lines):
                    return asked.with_lines_met(asked.proof(), budget)
            try:
                found = asked.covered()
            except (UnboxedStep, Undecided) as error:
                return Unknown(str(error), applies=False)
        return asked.with_lines_met(found, budget)


def _asked(network: Machine, specification: Specification, lines: OpenLines, budget: Budget) -> _Asked | str:
    """What boxes are asked about; text: why they cannot be."""
    if type(specification) is not Specification or not isinstance(network, EquationMachine):
        return "the network, or what is right, is no system of equations"
    if network.program.in_doubles:
        return "boxes are about real numbers, not about float64"
    return _Asked(network, specification, sorted(lines.numbers), budget.bounds.length)


class _Asked:
    """The open lines of one network, for inputs of up to `length` steps (None: of any)."""

    def __init__(
        self, network: EquationMachine, specification: Specification, lines: Sequence[int], length: int | None
    ) -> None:
        self.network = network
        self.specification = specification
        self.lines = lines
        self.length = length
        self.alphabet = network.program.system.alphabet

    def with_lines_met(self, found: Findings | Unknown, budget: Budget) -> Findings | Unknown:
        """The same with the lines that are about an input inside of a cell, though not surely about all of a cell."""
        if isinstance(found, Unknown):
            return found
        unmet = [line for line in self.lines if line not in found.met and line not in found.broken]
        about = {line for line in unmet if is_about_some_step(self.network, self.specification, line, budget)}
        return replace(found, met=found.met | about)

    def proof(self) -> Findings:
        """A proof by closed boxes.

        Raises:
            NotClosed, UnboxedStep: if none were found.
        """
        system, reason = BoxedSystem(self.network, self.specification), "there are too many kinds of inputs"
        for cuts, symbols in self._symbol_sets():
            try:
                return self._closed(system, cuts, symbols, plain_ways(self._most_remembered))
            except SurelyBroken:
                raise
            except NotClosed as error:
                reason = str(error)
            if system.steps > MAX_STEPS_WITH_CUTS:
                break
        raise NotClosed(reason)

    def _closed(self, system: BoxedSystem, cuts: int, symbols: Sequence[Symbol], ways: Sequence[Way]) -> Findings:
        closed = closed_boxes(system, symbols, self.lines, ways)
        proof = self._proof_by(boxes_certificate(closed.layers, cuts, closed.stride))
        if proof is None:
            raise NotClosed("the boxes that were found do not hold when they are checked anew")
        return Findings(holds=proof, met=self._met(system, symbols, closed))

    def _proof_by(self, certificate: Certificate) -> Proved | None:
        """The proof that is made anew of what was found."""
        return proof_by(self.network, self.specification, self.lines, self.length, certificate)

    @property
    def _most_remembered(self) -> int:
        """The last inputs by which boxes are told apart at most."""
        return MAX_REMEMBERED_INPUTS if isinstance(self.network.symbol_set, FiniteAlphabet) else MAX_REMEMBERED_CELLS

    def _symbol_sets(self) -> Iterator[tuple[int, Sequence[Symbol]]]:
        """How often inputs are cut, and all inputs of a step that are cut so; coarse ones first."""
        cuts = 0
        while symbols := symbols_of(self.alphabet, cuts):
            yield cuts, symbols
            cuts += 1

    def one_step(self) -> Findings | Unknown:
        """What is found about all inputs of one step.

        Raises:
            UnboxedStep: if the state before it is undefined.
        """
        system, broken, met = BoxedSystem(self.network, self.specification), dict[int, Broken](), set[int]()
        refinement = Refinement()
        while still_open := [line for line in self.lines if line not in broken]:
            breaks = partial(self._broken_by, lines=still_open, refinement=refinement)
            found = decide_inputs(system, self.alphabet, still_open, breaks)
            met |= found.met
            if isinstance(found, InputsOpen):
                return Unknown(found.reason, Findings(broken, met=frozenset(met)))
            if isinstance(found, InputsDecided):
                certificate = cuts_certificate(cuts_of(found.trees))
                proof = proof_by(self.network, self.specification, still_open, 1, certificate)
                if proof is None:
                    return Unknown("the cuts of inputs do not hold", Findings(broken, met=frozenset(met)))
                return Findings(broken, proof, met=frozenset(met))
            now = breaks(found.symbol)
            broken.update({line: Broken((found.symbol,)) for line in now})
            met |= now
        return Findings(broken, met=frozenset(met))

    def _broken_by(self, symbol: Symbol, lines: Sequence[int], refinement: Refinement) -> set[int]:
        """The lines that one input of one step surely breaks."""
        wanted = self.specification.machine().run((symbol,))
        run = judged_run(self.network, self.specification, (symbol,), wanted, refinement)
        if not run.wanted or not run.right or run.right[0] is not False:
            return set()
        return set(lines) & set(self.specification.lines_applying_to(run.wanted[0]))

    def covered(self) -> Findings | Unknown:
        """A proof where boxes cover all inputs of the question, else up to which length none is wrong.

        Raises:
            UnboxedStep: if the first state is undefined.
        """
        system, met, longest = BoxedSystem(self.network, self.specification), set[int](), 0
        for cuts, symbols in self._symbol_sets():
            cover = covered_layers(system, symbols, self.lines, self.length)
            met |= cover.met
            if len(cover.layers) == self.length and sum(map(len, cover.layers)) <= MAX_CERTIFICATE_BOXES:
                proof = self._proof_by(boxes_certificate(cover.layers, cuts))
                if proof:
                    return Findings(holds=proof, met=frozenset(met))
            lasting = self._lasting(system, symbols)
            longest = max(longest, len(cover.layers), lasting)
            if not cover.in_doubt and not lasting:
                with suppress(NotClosed, UnboxedStep, Undecided):
                    return self._closed(system, cuts, symbols, LONG_WAYS)
            if lasting or system.steps > MAX_STEPS_WITH_CUTS:
                break
        longest = longest if self.length is None else min(longest, self.length)
        reason = f"boxes of states show inputs of up to {longest} steps to be right, and no longer ones"
        return Unknown(reason, Findings(met=frozenset(met), covered=longest), applies=False)

    def _lasting(self, system: BoxedSystem, symbols: Sequence[Symbol]) -> int:
        """For how many steps a memory that fades surely lasts; 0 where nothing shows it."""
        lengths = (surely_right_length(system, symbols, self.lines, m) for m in range(self._most_remembered + 1))
        return next((length for length in lengths if length), 0)

    def _met(self, system: BoxedSystem, symbols: Sequence[Symbol], closed: Closed) -> frozenset[int]:
        """The lines that surely apply to some step from the boxes, all of which hold states that are reached."""
        boxes = (box for layer in closed.layers for box in layer)
        walks = (system.walk(box, symbols, self.lines, closed.stride) for box in boxes)
        return frozenset(line for walk in walks for _, landing in walk for line in landing.applied)
