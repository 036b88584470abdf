"""Checks proofs and searches for none; what it trusts is the joint step (`transition`) and z3 where it says "never".

An invariant has a formula for each phase of a transition, over the numbers of the phase's state: it holds at the start,
every step keeps it, and no output under it is wrong, which proves the lines for inputs of every length (Floyd,
"Assigning meanings to programs", 1967). For inputs of up to n steps it may speak of the steps taken so far, too. Short
inputs need no invariant: that one of them breaks a line is written as one formula for each length, which nothing
satisfies.

In all of these questions a number of the state that is said to have few values must keep having one of them, since
the step was written down under that condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import z3

from grader.engines.transition import Phase, Transition

CHECK_RESOURCES = 20_000_000
"""z3's count of its work for one of the questions."""

MAX_UNROLLED_STEPS = 20
"""Steps of the longest inputs about which z3 is asked directly."""


def steps_taken(system: Transition) -> z3.ArithRef:
    """The variable that counts the steps taken, for invariants about inputs of bounded length."""
    return z3.Real("steps taken", system.context)


def holds(system: Transition, lines: Iterable[int], invariant: Sequence[z3.BoolRef], steps: int | None = None) -> bool:
    """True if the formulas are an invariant under which none of the rubric lines is broken.

    With `steps`, that none is broken on inputs of at most so many steps.
    """
    wanted, taken = tuple(lines), steps_taken(system)
    if len(invariant) != len(system.phases):
        return False
    formulas = [z3.And(formula, phase.in_range()) for formula, phase in zip(invariant, system.phases, strict=True)]
    if not _never([*system.start(), taken == 0, z3.Not(formulas[0])]):
        return False
    for phase, formula in zip(system.phases, formulas, strict=True):
        step = [formula, phase.allowed, *([] if steps is None else [taken < steps])]
        now = [*system.phases[phase.following].variables, taken]
        after = z3.substitute(formulas[phase.following], *zip(now, [*phase.after, taken + 1], strict=True))
        if not _never([*step, z3.Not(after)]) or not _never([*step, _broken(phase, wanted)]):
            return False
    return True


def none_breaks(system: Transition, lines: Iterable[int], steps: int) -> bool:
    """True if none of all inputs of up to so many steps breaks one of the rubric lines."""
    wanted, phase = tuple(lines), system.phases[0]
    if steps > MAX_UNROLLED_STEPS:
        return False
    so_far, state = list(system.start()), list(phase.variables)
    for step in range(steps):
        inputs = [z3.Const(f"{number.decl().name()} of step {step}", number.sort()) for number in system.inputs]
        names = [*zip(phase.variables, state, strict=True), *zip(system.inputs, inputs, strict=True)]
        so_far.append(z3.substitute(phase.allowed, *names))
        wrong = z3.Or(_broken(phase, wanted), z3.Not(phase.in_range()))
        if not _never([*so_far, z3.substitute(wrong, *names)]):
            return False
        after = [z3.substitute(number, *names) for number in phase.after]
        phase = system.phases[phase.following]
        state = [z3.Real(f"{slot.name} after step {step}", system.context) for slot in phase.slots]
        so_far += [number == value for number, value in zip(state, after, strict=True)]
    return True


def _broken(phase: Phase, lines: Sequence[int]) -> z3.BoolRef:
    return z3.Or([phase.broken[line] for line in lines], phase.allowed.ctx)


def _never(formulas: Sequence[z3.BoolRef]) -> bool:
    """True if nothing satisfies all of the formulas."""
    solver = z3.Solver(ctx=formulas[0].ctx)
    solver.set("rlimit", CHECK_RESOURCES)
    solver.set("ctrl_c", False)  # an interrupt is Python's to raise, not a proof that failed
    solver.add(z3.And(*formulas))
    return bool(solver.check() == z3.unsat)
