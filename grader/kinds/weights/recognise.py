"""Mistakes that are known, and conventions under which the answer would be right: both told by behaviour alone."""

from __future__ import annotations

from collections.abc import Mapping

from grader.kinds.weights.question import Known, WeightsQuestion
from grader.language.arrays import Value
from grader.machines.explore import Bounds, Stop, Walk
from grader.machines.machine import AnswerMachine, Edge, Machine

RECOGNITION = Bounds(states=2_000)
"""Two machines whose joint states do not end within this are not said to be the same."""


def same_behaviour(question: WeightsQuestion, one: Machine, other: Machine) -> bool:
    """Whether two machines answer alike on every input of every length that the question allows.

    Where `accept` is more than equality, alike means right and wrong at the same steps.
    """
    specification, same = question.specification, True

    def visit(walk: Walk, node: int, symbol: int, edges: list[Edge]) -> bool:
        nonlocal same
        first, second, wanted = (edge.step for edge in edges)
        if not specification.allows(wanted):
            return False
        if specification.compares_outputs:
            same = bool(first.output == second.output)
        else:
            same = specification.accepts(first.output, wanted) is specification.accepts(second.output, wanted)
        if not same:
            raise Stop
        return True

    walk = Walk([one, other, specification.machine(question.symbols or ())])
    walk.run(visit, Bounds(RECOGNITION.states, question.bounds.length))
    return same and walk.complete


def recognised(question: WeightsQuestion, machine: Machine) -> Known | None:
    """The first known answer with something to say that behaves like the machine."""
    if question.symbols is None:
        return None
    for known in question.known:
        if known.say:
            other = AnswerMachine(question.program, known.values, question.symbols)
            if same_behaviour(question, machine, other):
                return known
    return None


def right_readings(question: WeightsQuestion, values: Mapping[str, Value]) -> list[str]:
    """The names of the readings under which the answer is right for every input."""
    if question.symbols is None:
        return []
    symbols = question.symbols
    return [r.name for r in question.readings if is_right(question, AnswerMachine(r.program, values, symbols))]


def is_right(question: WeightsQuestion, machine: Machine) -> bool:
    """Whether nothing is broken and every reachable joint state was seen."""
    specification, right = question.specification, True

    def visit(walk: Walk, node: int, symbol: int, edges: list[Edge]) -> bool:
        nonlocal right
        answered, wanted = (edge.step for edge in edges)
        if not specification.allows(wanted):
            return False
        right = specification.accepts(answered.output, wanted)
        if not right:
            raise Stop
        return True

    walk = Walk([machine, specification.machine(question.symbols or ())])
    walk.run(visit, question.bounds)
    return right and walk.complete
