"""Invariants that are guessed from runs: the linear equations that all joint states met so far satisfy.

The smallest affine space around them (Karr, "Affine relationships among variables of a program", 1976), once over all
states and once for each combination of the numbers that take few values. A guess is only that until it is checked; it
is made of the network's own runs, so that a report does not depend on the answers that were graded before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import z3
from flint import fmpq, fmpq_mat

from grader.engines.short_runs import ShortRuns
from grader.engines.terms import as_real
from grader.engines.transition import Phase, Transition

MAX_AFFINE_MODES = 32
"""Combinations of the numbers that take few values."""


def affine_guesses(system: Transition, found: ShortRuns) -> Iterator[list[z3.BoolRef]]:
    """For each phase a formula; the simplest guess first, none where a phase was never met."""
    if not all(found.states):
        return
    whole = [_in_modes(phase, rows, []) for phase, rows in zip(system.phases, found.states, strict=True)]
    yield [formula for formula in whole if formula is not None]
    few = [[i for i, slot in enumerate(phase.slots) if slot.values is not None] for phase in system.phases]
    if any(few):
        parts = [_in_modes(*each) for each in zip(system.phases, found.states, few, strict=True)]
        if None not in parts:
            yield [formula for formula in parts if formula is not None]


def _in_modes(phase: Phase, rows: Sequence[tuple[fmpq, ...]], few: Sequence[int]) -> z3.BoolRef | None:
    """The equations of the states that agree in the numbers `few`; None: these have too many combinations."""
    modes: dict[tuple[tuple[int, int], ...], list[tuple[fmpq, ...]]] = {}
    for row in rows:
        modes.setdefault(tuple((int(row[i].p), int(row[i].q)) for i in few), []).append(row)
    if len(modes) > MAX_AFFINE_MODES:
        return None
    context = phase.allowed.ctx
    return z3.Or([z3.And(list(_equations(phase, modes[mode])), context) for mode in sorted(modes)], context)


def _equations(phase: Phase, rows: Sequence[tuple[fmpq, ...]]) -> Iterator[z3.BoolRef]:
    """A basis of the linear equations that hold in all of the rows, each solved for the first of its quantities."""
    context, width = phase.allowed.ctx, len(phase.slots)
    for coefficients in _kernel([[*row, fmpq(1)] for row in rows], width + 1):
        first = next(i for i, c in enumerate(coefficients) if c)
        if first == width:
            continue
        scale = -1 / coefficients[first]
        others = [(v, c * scale) for v, c in zip(phase.variables, coefficients, strict=False) if c][1:]
        terms = [v if c == 1 else as_real(c, context) * v for v, c in others]
        constant = coefficients[width] * scale
        if constant or not terms:
            terms.append(as_real(constant, context))
        yield phase.variables[first] == (z3.Sum(terms) if len(terms) > 1 else terms[0])


def _kernel(rows: list[list[fmpq]], width: int) -> list[list[fmpq]]:
    """The reduced basis of all c with c.row = 0 for every row, its leading entries from the left."""
    reduced, rank = fmpq_mat(rows).rref()
    pivots = [next(j for j in range(width) if reduced[i, j]) for i in range(rank)]
    free = [j for j in range(width) if j not in pivots]
    if not free:
        return []
    basis = []
    for j in free:
        vector = [fmpq(0)] * width
        vector[j] = fmpq(1)
        for i, pivot in enumerate(pivots):
            vector[pivot] = -reduced[i, j]
        basis.append(vector)
    tidy, size = fmpq_mat(basis).rref()
    return [[tidy[i, j] for j in range(width)] for i in range(size)]
