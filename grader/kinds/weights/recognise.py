"""Known mistakes and conventions under which an answer would be right, recognised by what the network does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.engines.ball_walk import judged_alike
from grader.engines.joint import compare
from grader.engines.table import proved_or_broken
from grader.kinds.weights.question import Known, WeightsQuestion
from grader.language.arrays import Value
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.enclosed import EnclosedMachine
from grader.machines.explore import Bounds
from grader.machines.machine import Edge, Machine

MAX_RECOGNITION_STATES = 2_000
"""Two machines whose joint states do not end within this are not said to be the same."""


def same_behaviour(question: WeightsQuestion, alphabet: FiniteAlphabet, one: Machine, other: Machine) -> bool:
    """True if two machines answer alike on every input of every length that the question allows.

    Where `accept` is more than equality, alike means right and wrong at the same steps. For networks in balls it is no
    proof (see `judged_alike`): what is said of them costs nothing.
    """
    specification = question.specification
    if isinstance(one, EnclosedMachine) and isinstance(other, EnclosedMachine):
        return judged_alike(specification, one, other, question.budget.bounds.length, MAX_RECOGNITION_STATES)

    def agree(edges: Sequence[Edge]) -> bool:
        first, second, wanted = edges[0].step, edges[1].step, edges[2].step
        if specification.compares_outputs:
            return bool(first.output == second.output)
        return specification.accepts(first.output, wanted) is specification.accepts(second.output, wanted)

    bounds = Bounds(MAX_RECOGNITION_STATES, question.budget.bounds.length)
    return compare(specification, [one, other], alphabet, bounds, agree).proved_alike


def recognised(question: WeightsQuestion, machine: Machine) -> Known | None:
    """The first known answer that behaves like the machine, of those that say something to students."""
    alphabet = question.alphabet.symbol_set
    if isinstance(alphabet, FiniteAlphabet):
        for known in question.known:
            if known.say and same_behaviour(question, alphabet, machine, question.known_network(known)):
                return known
    return None


def right_readings(question: WeightsQuestion, values: Mapping[str, Value]) -> list[str]:
    """The names of the readings under which the answer is right for every input."""
    return [r.name for r in question.readings if proved_accepted(question, question.network(values, r.program))]


def proved_accepted(question: WeightsQuestion, machine: Machine) -> bool:
    """True if every step is accepted and every reachable joint state was seen; never where inputs cannot be listed."""
    specification, alphabet = question.specification, question.alphabet.symbol_set
    if isinstance(machine, EnclosedMachine):
        return proved_or_broken(machine, specification, question.budget).proved_right
    if not isinstance(alphabet, FiniteAlphabet):
        return False

    def agree(edges: Sequence[Edge]) -> bool:
        return specification.accepts(edges[0].step.output, edges[1].step)

    return compare(specification, [machine], alphabet, question.budget.bounds, agree).proved_alike
