"""Questions that are answered with the weights of a given network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from flint import fmpq

from grader.deferred import dataclass
from grader.engines.engine import Budget
from grader.kinds.weights import KIND
from grader.kinds.weights.forms import ONLY_FORM, Convention, Forms, NetworkForm
from grader.kinds.weights.layout import ArrayLayout
from grader.language.arrays import Value
from grader.language.tree import Name
from grader.machines.alphabet import Alphabet, FiniteAlphabet, Word
from grader.machines.enclosed import answer_machine
from grader.machines.machine import AnswerMachine
from grader.machines.program import Program
from grader.machines.specification import MAX_REMEMBERED_STATES, Specification
from grader.machines.system import Parameter, System
from grader.spec.question import BaseQuestion, RubricLine

MAX_REMEMBERED_BITS = 1 << 22
"""Bits of the numbers in the states of a known answer's network that are remembered from one submission to the next."""


@dataclass(frozen=True)
class Known:
    """An answer whose marks are known: a test of the spec, and a misconception to recognise where it says something."""

    name: str
    values: Mapping[str, Value]
    earns: Fraction
    say: str = ""
    reading: str = ""
    form: NetworkForm = ONLY_FORM


@dataclass(frozen=True)
class Example:
    """An input and the output that the prompt promises for it."""

    text: str
    word: Word
    outputs: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class WeightsQuestion(BaseQuestion):
    """A question whose answer is a value for each parameter of a network."""

    kind: ClassVar = KIND

    parameters: Mapping[str, Parameter]
    alphabet: Alphabet
    program: Program
    specification: Specification
    rubric: tuple[RubricLine, ...]
    ladder: bool
    budget: Budget
    examples: tuple[Example, ...]
    known: tuple[Known, ...]
    readings: tuple[Convention, ...]
    reference: str
    path: Path
    layouts: tuple[ArrayLayout, ...] = ()
    """Where the parameters lie in files of weights, in the order in which this is tried."""
    packages: tuple[str, ...] = ()
    """Those that the course allows: files of some libraries are read only with them."""
    unproved_share: Fraction | None = Fraction(1)
    """The share of its points that a line earns which passed and is not proved; None: a person has to look at it."""
    exact_programs: tuple[Program, ...] = ()
    """Of a question about float64: its network in exact arithmetic, in fractions (where it has them) and in balls."""
    reference_rtol: fmpq | None = None
    """How far, relative to its size, rounding may have moved what the reference gives; None: not at all."""
    forms: Forms | None = None
    """The forms of a network in which students choose sizes or functions."""
    form: NetworkForm = ONLY_FORM
    """The form that `parameters`, `program` and `readings` are of."""

    def in_form(self, form: NetworkForm) -> WeightsQuestion:
        """The question about its network in a form.

        Raises:
            DefinitionError: if the network cannot be run in that form.
        """
        if form == self.form or self.forms is None:
            return self
        network = self.forms.network(form)
        return replace(
            self,
            form=form,
            parameters=network.parameters,
            program=network.program,
            exact_programs=network.exact_programs,
            readings=network.readings,
        )

    def under(self, reading: Convention) -> WeightsQuestion:
        """The question about its network under a reading."""
        return replace(self, program=reading.program, exact_programs=reading.exact_programs, readings=())

    def known_network(self, known: Known) -> AnswerMachine:
        """The network with the values of a known answer; its edges are kept from one walk to the next."""
        kept = self._known_networks.get(known.name)
        if kept is None or kept.states > MAX_REMEMBERED_STATES or kept.stored_bits > MAX_REMEMBERED_BITS:
            kept = self._known_networks[known.name] = self.in_form(known.form).network(known.values)
        return kept

    @cached_property
    def _known_networks(self) -> dict[str, AnswerMachine]:
        return {}

    @cached_property
    def earning_readings(self) -> tuple[Convention, ...]:
        """The readings under which an answer earns something, those that earn most first."""
        return tuple(sorted((r for r in self.readings if r.earns), key=lambda reading: -reading.earns))

    def network(
        self, values: Mapping[str, Value], program: Program | None = None, *, keep_frames: bool = False
    ) -> AnswerMachine:
        """The network with an answer's weights, as the question has it or as another program reads it."""
        return answer_machine(program or self.program, values, keep_frames=keep_frames)

    @cached_property
    def symbols_in_words(self) -> tuple[str, ...]:
        """Every input of one step as it is written; none where they cannot be listed."""
        symbols = self.alphabet.symbol_set
        listed = symbols.symbols if isinstance(symbols, FiniteAlphabet) else ()
        return tuple(self.alphabet.show_word([symbol]) for symbol in listed)

    @property
    def output_name(self) -> str:
        """What the network's output is called."""
        return output_name(self.program.system)


def output_name(system: System) -> str:
    """The name of the output where it is a plain quantity, else `output`."""
    return system.output.id if isinstance(system.output, Name) else "output"
