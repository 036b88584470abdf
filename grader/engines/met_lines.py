"""Whether a rubric line is about some step at all, where what proves it does not visit single inputs."""

from __future__ import annotations

from grader.engines.engine import Budget
from grader.engines.joint import reached_lines
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.enclosed import EnclosedMachine
from grader.machines.machine import EquationMachine
from grader.machines.specification import Specification


def is_about_some_step(network: EquationMachine, specification: Specification, line: int, budget: Budget) -> bool:
    """Whether a line is about a step of some input."""
    alphabet = network.symbol_set
    if isinstance(alphabet, FiniteAlphabet) and reached_lines(specification, alphabet, budget.bounds).word(line):
        return True
    return _as_terms(network, specification, line, budget) or budget.corpus.about(line) > 0


def _as_terms(network: EquationMachine, specification: Specification, line: int, budget: Budget) -> bool:
    """The same as z3 finds it, where steps can be written as terms."""
    if isinstance(network, EnclosedMachine) or network.program.in_doubles:
        return False
    from grader.engines.bounded import BoundedSearch  # with z3, which takes long to load
    from grader.engines.transition_builder import transition

    try:
        system = transition(network, specification)
    except (EvaluationError, ShapeError):
        return False
    return BoundedSearch(system, network.program.system.alphabet).is_met(line, budget.bounds.length)
