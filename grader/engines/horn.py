"""Decides networks that are piecewise linear over inputs and states without end: real inputs, numbers that grow.

The joint step is a system of constrained Horn clauses, which z3's Spacer solves (Komuravelli, Gurfinkel, Chaki:
"SMT-based model checking for recursive programs", 2014): either an invariant of the joint state that keeps every output
right, which `certificate` checks anew, or the fact that a wrong output is reached. The shortest input to one is then
looked for step by step (bounded model checking) and made simple; it counts only after a run in exact arithmetic.
All bounds are z3's own count of its work, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.rationals import IRRATIONAL_VALUES, not_exact
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.machines.enclosed import EnclosedMachine
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification
from grader.verdict import Evidence, Invariant, NoEvidence, Proved

if TYPE_CHECKING:
    from grader.engines.spacer import Reached
    from grader.engines.transition import Transition
    from grader.machines.alphabet import Word

MAX_SEARCHED_STEPS = 10
"""Steps of the inputs that are searched one length after the other; longer ones come from z3's own refutation."""


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
        from grader.engines.transition import transition

        try:
            system = transition(network, specification)
        except (EvaluationError, ShapeError) as error:
            return Unknown(str(error), remedy="finite inputs and a `length`")
        longest = budget.bounds.length
        if not system.is_linear and (longest is None or longest > MAX_SEARCHED_STEPS):
            remedy = f"a `length` of at most {MAX_SEARCHED_STEPS}"
            return Unknown("two quantities that take any value are multiplied", remedy=remedy)
        decision = _Decision(system, network, specification, lines, budget)
        try:
            invariant = decision.decide_lines()
        except _GivenUpError as error:
            return Unknown(str(error), decision.findings(NoEvidence()), "bounds on the inputs, or `assume`")
        return decision.findings(Proved(None, longest, invariant))


class _GivenUpError(Exception):
    """z3 could not decide an open line; the message says what it could not decide."""


class _Decision:
    """The open lines of one network, decided one after the other."""

    def __init__(
        self,
        system: Transition,
        network: EquationMachine,
        specification: Specification,
        lines: OpenLines,
        budget: Budget,
    ) -> None:
        from grader.engines.bounded import BoundedSearch

        self.system = system
        self.network = network
        self.specification = specification
        self.open = sorted(lines.numbers)
        self.visited = lines.length
        self.budget = budget
        self.length = budget.bounds.length
        self.broken: dict[int, Broken] = {}
        self.search = BoundedSearch(system, network.program.system.alphabet)
        self.met = {line for line in self.open if self._is_met(line)}

    def findings(self, holds: Evidence) -> Findings:
        """What was decided, with the evidence for the lines that are not broken."""
        return Findings(self.broken, holds, met=frozenset(self.met | self.broken.keys()))

    def decide_lines(self) -> Invariant | None:
        """Decides every open line; the invariant under which those hold that are not broken.

        None: all lines are broken, or inputs are short and all were searched.

        Raises:
            _GivenUpError: if z3 comes to no end.
        """
        from grader.engines.spacer import is_unbroken, solve

        if self.length is not None and self.length <= MAX_SEARCHED_STEPS:
            self._search(self.length)
            return None
        while self.open:
            outcome = solve(self.system, self.open)
            if isinstance(outcome, Invariant):
                return outcome
            before = len(self.open)
            if isinstance(outcome, str):
                self._search(MAX_SEARCHED_STEPS)
                reason = outcome
            elif self.length is not None and len(outcome.states) > self.length:
                if is_unbroken(self.system, self.open, self.length):
                    return None
                reason = f"z3 could not decide all inputs of up to {self.length} steps"
            else:
                self._refute(outcome)
                reason = "an input that z3 found is right in exact arithmetic"
            if len(self.open) == before:
                raise _GivenUpError(reason)
        return None

    def _is_met(self, line: int) -> bool:
        return self.search.is_met(line, self.length) or self.budget.corpus.about(line) > 0

    def _search(self, steps: int, *, stop_at_first: bool = False) -> None:
        """Looks at all inputs of up to so many steps, or of as many as the first that breaks an open line.

        Raises:
            _GivenUpError: if z3 cannot say whether one breaks a line.
        """
        while self.open and self.search.length < steps:
            found = self.search.next_length(self.open)
            if found is None:
                raise _GivenUpError(f"z3 could not decide all inputs of {self.search.length} steps")
            for line, word in found.items():
                self._record(word)
                if line in self.open:
                    raise _GivenUpError("an input that z3 found is right in exact arithmetic")
            if found and stop_at_first:
                return

    def _refute(self, reached: Reached) -> None:
        """Finds a line that is broken by an input as long as the one that z3 knows."""
        from grader.engines.bounded import word_along

        if len(reached.states) <= MAX_SEARCHED_STEPS:  # z3 leaves out steps that it has worked out beforehand
            self._search(MAX_SEARCHED_STEPS, stop_at_first=True)
            return
        word = word_along(self.system, self.network.program.system.alphabet, reached.states, self.open)
        if word is not None:
            self._record(word)

    def _record(self, word: Word) -> None:
        """Takes the open lines that a word breaks in exact arithmetic as broken, each at its first wrong step."""
        specification = self.specification
        answered, wanted = self.network.run(word), specification.machine().run(word)
        for t, (answer, want) in enumerate(zip(answered, wanted, strict=False), 1):
            if not specification.allows(want):
                return
            if specification.accepts(answer.output, want):
                continue
            for line in specification.lines_applying_to(want):
                if line in self.open:
                    self.broken[line] = Broken(word[:t], self._is_shortest(line, t))
                    self.open.remove(line)

    def _is_shortest(self, line: int, steps: int) -> bool:
        """True if no input of fewer steps breaks the line."""
        from grader.engines.spacer import is_unbroken

        searched = max(self.visited, self.search.length if self.search.length < steps else steps - 1)
        return searched >= steps - 1 or is_unbroken(self.system, [line], steps - 1)
