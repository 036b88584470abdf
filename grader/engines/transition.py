"""The joint step of a network and its specification as constraints: what z3 is asked about all inputs at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import z3
from flint import fmpq

from grader.engines.solver_context import new_context
from grader.engines.terms import as_real, is_linear
from grader.language.arithmetic import MissingValue
from grader.language.arrays import Scalar, entries
from grader.machines.program import State

FULL_EFFORT_BITS = 256
"""Bits of all weights together up to which solvers get their whole resources: a step of theirs costs more on more."""


@dataclass(frozen=True)
class Slot:
    """A number of the state: its name, its variable, and all its values where they are few."""

    name: str
    variable: z3.ArithRef
    values: frozenset[fmpq] | None

    @property
    def constraint(self) -> z3.BoolRef:
        """That the number has one of its values."""
        context = self.variable.ctx
        if self.values is None:
            return z3.BoolVal(True, context)
        return z3.Or([self.variable == as_real(value, context) for value in sorted(self.values)], context)


@dataclass(frozen=True)
class Phase:
    """One kind of step: the state before it, what it makes of it, and which outputs are wrong.

    `allowed` is what inputs and assumptions are; `applies` and `broken` are by rubric line; `following` is the number
    of the next phase and `after` the numbers of its state.
    """

    slots: tuple[Slot, ...]
    allowed: z3.BoolRef
    applies: tuple[z3.BoolRef, ...]
    broken: tuple[z3.BoolRef, ...]
    following: int
    after: tuple[z3.ArithRef, ...]

    @property
    def variables(self) -> list[z3.ArithRef]:
        """The numbers of the state."""
        return [slot.variable for slot in self.slots]

    def in_range(self) -> z3.BoolRef:
        """That every number of the state has one of its values."""
        return z3.And([slot.constraint for slot in self.slots], self.allowed.ctx)

    def is_state(self, numbers: Sequence[fmpq]) -> list[z3.BoolRef]:
        """That the numbers of the state are these."""
        pairs = zip(self.variables, numbers, strict=True)
        return [variable == as_real(number, variable.ctx) for variable, number in pairs]

    def translated(self, context: z3.Context) -> Phase:
        """The phase in another context of z3."""
        return Phase(
            tuple(replace(slot, variable=slot.variable.translate(context)) for slot in self.slots),
            self.allowed.translate(context),
            tuple(applies.translate(context) for applies in self.applies),
            tuple(broken.translate(context) for broken in self.broken),
            self.following,
            tuple(after.translate(context) for after in self.after),
        )


@dataclass(frozen=True)
class Transition:
    """All phases, the first of which starts from the numbers `initial`; `inputs` are the numbers of a symbol.

    `constant_bits` are the bits of all weights and initial values together.
    """

    phases: tuple[Phase, ...]
    initial: tuple[fmpq, ...]
    inputs: tuple[z3.ArithRef, ...]
    constant_bits: int = 0

    def resources(self, limit: int) -> int:
        """What is left of a limit of z3's count of its work, which says nothing of how long its numbers are."""
        return limit * FULL_EFFORT_BITS**2 // max(self.constant_bits, FULL_EFFORT_BITS) ** 2

    def start(self) -> list[z3.BoolRef]:
        """That the state is the initial one."""
        return self.phases[0].is_state(self.initial)

    def in_new_context(self) -> Transition:
        """The same in a context of z3 with nothing else in it: answers depend on what a context has seen before."""
        context = new_context()
        phases = tuple(phase.translated(context) for phase in self.phases)
        return Transition(
            phases, self.initial, tuple(number.translate(context) for number in self.inputs), self.constant_bits
        )

    @cached_property
    def is_linear(self) -> bool:
        """True if no step multiplies two quantities."""
        return all(is_linear([phase.allowed, *phase.broken, *phase.after]) for phase in self.phases)

    @property
    def context(self) -> z3.Context:
        """The context of all its expressions."""
        return self.phases[0].allowed.ctx


def numbers_in(state: State) -> list[Scalar]:
    """The numbers of a state in a row, as the slots of a phase are; what is missing has none."""
    return [number for value in state[1:] if not isinstance(value, MissingValue) for number in entries(value)]
