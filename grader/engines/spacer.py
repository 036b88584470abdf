"""Invariants of a joint step, found by z3's Spacer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import z3
from flint import fmpq

from grader.engines.certificate import steps_taken
from grader.engines.transition import Transition

PROOF_RESOURCES, FIRST_RESOURCES = 4_000_000, 500_000
"""z3's count of its work for one proof, and for a first try at it: most proofs take less."""

_OPTIONS = {
    "engine": "spacer",
    "ctrl_c": False,  # an interrupt is Python's to raise, not a reason to give up
    "spacer.random_seed": 0,
    "xform.inline_eager": False,  # so that every phase keeps its predicate, whose meaning is asked for
    "xform.inline_linear": False,
    "xform.slice": False,
    "xform.coi": False,
}


@dataclass(frozen=True)
class Reached:
    """An input breaks a line at its last step; `states` has the numbers of the joint state before each of its steps.

    z3 leaves out steps that it has worked out beforehand, so that some states may be missing.
    """

    states: tuple[tuple[fmpq, ...], ...]


@dataclass(frozen=True)
class InvariantFound:
    """What z3 found to be true of the states of each phase (and of the steps taken); nothing has checked it yet."""

    formulas: tuple[z3.BoolRef, ...]


def solve(
    system: Transition, lines: Sequence[int], steps: int | None = None, resources: int = PROOF_RESOURCES
) -> InvariantFound | Reached | str:
    """An invariant under which none of the lines is ever broken, or how one is broken; else why neither was found.

    With `steps`, of inputs of up to so many. `resources` is z3's count of its work.
    """
    clauses = _Clauses(system, lines, steps, resources)
    answer = clauses.answer()
    if answer == z3.sat:
        return Reached(clauses.states() if steps is None else ())
    if answer == z3.unknown:
        return "z3 found neither an invariant nor an input that breaks a line"
    return InvariantFound(tuple(clauses.formulas()))


class _Clauses:
    """The Horn clauses of a transition and of its rubric lines; with `steps`, those of inputs of up to so many.

    A predicate for each phase holds of the numbers of its reachable states; with `steps` also of the steps before.
    """

    def __init__(self, system: Transition, lines: Sequence[int], steps: int | None, resources: int) -> None:
        self.system = system
        self.solver = z3.Fixedpoint(ctx=system.context)
        self.solver.set(rlimit=system.resources(resources), **_OPTIONS)
        counted = self.counted = [] if steps is None else [steps_taken(system)]
        sorts = [z3.RealSort(system.context) for _ in counted]
        self.predicates = [
            z3.Function(
                f"phase {i}", *[z3.RealSort(system.context)] * len(phase.slots), *sorts, z3.BoolSort(system.context)
            )
            for i, phase in enumerate(system.phases)
        ]
        self.broken = z3.Function("broken", z3.BoolSort(system.context))
        self.solver.register_relation(*self.predicates, self.broken)
        self.solver.declare_var(*_all_variables(system), *counted)
        start = system.phases[0].variables
        self.solver.rule(self.predicates[0](*start, *counted), [*system.start(), *[c == 0 for c in counted]])
        for phase, predicate in zip(system.phases, self.predicates, strict=True):
            before = [predicate(*phase.variables, *counted), phase.in_range(), phase.allowed]
            following = self.predicates[phase.following]
            self.solver.rule(following(*phase.after, *[c + 1 for c in counted]), before)
            short = [c < steps for c in counted]
            self.solver.rule(self.broken(), [*before, *short, z3.Or([phase.broken[line] for line in lines])])

    def answer(self) -> z3.CheckSatResult:
        """Whether z3 reaches `broken`: `unsat` if it never is, `unknown` if the resources are used up."""
        try:
            return self.solver.query(self.broken())
        except z3.Z3Exception:  # the resources are used up
            return z3.unknown

    def formulas(self) -> list[z3.BoolRef]:
        """What z3 found to be true of the states of each phase."""
        return [
            z3.substitute_vars(self.solver.get_cover_delta(-1, predicate), *phase.variables, *self.counted)
            for phase, predicate in zip(self.system.phases, self.predicates, strict=True)
        ]

    def states(self) -> tuple[tuple[fmpq, ...], ...]:
        """The states on the way to a broken line, from the proof by hyper-resolution that z3 gives."""
        names, found = {predicate.name() for predicate in self.predicates}, list[tuple[fmpq, ...]]()
        todo = [self.solver.get_answer()]
        while todo:
            proof = todo.pop()
            for part in proof.children():
                if part.decl().name() in names:
                    found.append(tuple(_rational(number) for number in part.children()))
                elif z3.is_app(part) and part.children() and part.decl().kind() in _PROOF_STEPS:
                    todo.append(part)
        return tuple(reversed(found))


_PROOF_STEPS = (z3.Z3_OP_PR_HYPER_RESOLVE, z3.Z3_OP_PR_MODUS_PONENS)


def _rational(number: z3.ExprRef) -> fmpq:
    return fmpq(number.numerator_as_long(), number.denominator_as_long())


def _all_variables(system: Transition) -> list[z3.ArithRef]:
    variables = [*(v for phase in system.phases for v in phase.variables), *system.inputs]
    return list({variable.get_id(): variable for variable in variables}.values())
