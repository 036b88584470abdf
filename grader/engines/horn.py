"""Decides networks that are piecewise linear over inputs and states without end: real inputs, numbers that grow.

The joint step is a system of constrained Horn clauses, which z3's Spacer solves (Komuravelli, Gurfinkel, Chaki:
"SMT-based model checking for recursive programs", 2014): either an invariant of the joint state that keeps every output
right, which `certificate` checks anew, or the fact that a wrong output is reached. The shortest input to one is then
looked for step by step (bounded model checking) and made simple; it counts only after a run in exact arithmetic.
All bounds are z3's own count of its work, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

from grader.engines.engine import Budget, Findings, OpenLines, Unknown
from grader.engines.rationals import IRRATIONAL_VALUES, not_exact
from grader.evidence import NoEvidence
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.machines.enclosed import EnclosedMachine
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification


class HornEngine:
    """Proves by an invariant, or refutes by a shortest input."""

    name = "Horn clauses"
    only_runs = False
    undecidable = staticmethod(not_exact)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof for the lines that hold and a word for each that breaks; Unknown where z3 comes to no end."""
        if type(specification) is not Specification or not isinstance(network, EquationMachine):
            return Unknown("the network, or what is right, is no system of equations", applies=False)
        if isinstance(network, EnclosedMachine):
            return Unknown(IRRATIONAL_VALUES, applies=False)
        from grader.engines.horn_decision import MAX_SEARCHED_STEPS, GivenUp, HornDecision
        from grader.engines.transition_builder import transition

        try:
            system = transition(network, specification)
        except (EvaluationError, ShapeError) as error:
            return Unknown(str(error), remedy="finite inputs and a `length`")
        longest = budget.bounds.length
        if not system.is_linear and (longest is None or longest > MAX_SEARCHED_STEPS):
            remedy = f"a `length` of at most {MAX_SEARCHED_STEPS}"
            return Unknown("two quantities that take any value are multiplied", remedy=remedy)
        decision = HornDecision(system, network, specification, lines, budget)
        try:
            return decision.findings(decision.decide_lines())
        except GivenUp as error:
            return Unknown(str(error), decision.findings(NoEvidence()), "bounds on the inputs, or `assume`")
