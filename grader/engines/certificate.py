"""Checks an invariant and searches for none: it holds at the start, every step keeps it, no output under it is wrong.

An invariant has a formula for each phase of a transition, over the variables of the phase's state. That it is
inductive and safe proves the lines for inputs of every length (Floyd, "Assigning meanings to programs", 1967).
"""

from __future__ import annotations

from collections.abc import Sequence

import z3

from grader.engines.transition import Transition

CHECK_RESOURCES = 20_000_000
"""z3's count of its work for one of the questions."""


def holds(system: Transition, lines: Sequence[int], invariant: Sequence[z3.BoolRef]) -> bool:
    """True if the formulas are an invariant under which none of the rubric lines is broken."""
    if not _valid([*system.start(), z3.Not(invariant[0])]):
        return False
    for phase, formula in zip(system.phases, invariant, strict=True):
        step = [formula, phase.allowed]
        variables = system.phases[phase.following].variables
        after = z3.substitute(invariant[phase.following], *zip(variables, phase.after, strict=True))
        broken = z3.Or([phase.broken[line] for line in lines])
        if not _valid([*step, z3.Not(after)]) or not _valid([*step, broken]):
            return False
    return True


def _valid(refuted: Sequence[z3.BoolRef]) -> bool:
    """True if nothing satisfies all of the formulas."""
    solver = z3.Solver(ctx=refuted[0].ctx)
    solver.set("rlimit", CHECK_RESOURCES)
    solver.set("ctrl_c", False)  # an interrupt is Python's to raise, not a proof that failed
    solver.add(*refuted)
    return bool(solver.check() == z3.unsat)
