"""The open lines of one network, decided one after the other by invariants and by bounded search."""

from __future__ import annotations

from collections.abc import Sequence

import z3

from grader.engines.affine import affine_guesses
from grader.engines.bounded import BoundedSearch, word_along
from grader.engines.claim import UnreadableCertificate
from grader.engines.engine import Broken, Budget, Findings, OpenLines
from grader.engines.horn_certificate import invariant_certificate, proof_by, unrolled_certificate
from grader.engines.long_runs import MAX_SAMPLED_LENGTH, LongRunBits, steps_within
from grader.engines.short_runs import ShortRuns, plain_long_words, short_runs
from grader.engines.spacer import FIRST_RESOURCES, InvariantFound, Reached, solve
from grader.engines.transition import Transition
from grader.evidence import Certificate, Evidence, Proved
from grader.machines.alphabet import Word
from grader.machines.machine import EquationMachine, OutputBeyondLimits, Step
from grader.machines.specification import Specification

MAX_SEARCHED_STEPS = 10
"""Steps of the inputs that are searched one length after the other; longer ones come from z3's own refutation."""

MAX_SHORTEST_STEPS = 100
"""Steps of the longest input of which z3 is asked whether a shorter one is wrong, too."""


class GivenUp(Exception):
    """z3 could not decide an open line; the message says what it could not decide."""


class HornDecision:
    """The open lines of one network, decided one after the other."""

    def __init__(
        self,
        system: Transition,
        network: EquationMachine,
        specification: Specification,
        lines: OpenLines,
        budget: Budget,
    ) -> None:
        self.system = system
        self.network = network
        self.specification = specification
        self.open = sorted(lines.numbers)
        self.visited = lines.length
        self.budget = budget
        self.length = budget.bounds.length
        self.broken: dict[int, Broken] = {}
        self.search = BoundedSearch(system, network.program.system.alphabet)
        self.runs = short_runs(system, network, specification)
        self.met = {line for line in self.open if self._is_met(line)}

    def findings(self, holds: Evidence) -> Findings:
        """What was decided, with the evidence for the lines that are not broken."""
        return Findings(self.broken, holds, met=frozenset(self.met | self.broken.keys()))

    def decide_lines(self) -> Proved:
        """Decides every open line; the proof of those that are not broken, without a certificate where all are.

        Raises:
            GivenUp: if z3 comes to no end.
        """
        found = self.runs
        if self.length is not None and self.length <= MAX_SEARCHED_STEPS:
            if proof := self._guessed(found):
                return proof
            self._search(self.length)
            return self._unrolled(self.length) if self.open else Proved(None, self.length)
        self._take_wrong(found)
        while self.open:
            if proof := self._guessed(found) or self._next_line():
                return proof
        return Proved(None, self.length)

    def _take_wrong(self, found: ShortRuns) -> None:
        """Refutes the lines that some run breaks soon, by shortest inputs where z3 finds them."""
        words = [word for word in found.wrong.values() if len(word) <= MAX_SEARCHED_STEPS]
        if words:
            try:
                self._search(min(map(len, words)))
            except GivenUp:
                for word in words:
                    self._record(word)

    def _take_late(self) -> None:
        """Refutes the lines that a long run breaks: z3 would have to follow all of its steps."""
        bits, behaviour = LongRunBits(), self.specification.machine()
        for word in plain_long_words(self.network.program.system.alphabet, self.length):
            wanted = steps_within(behaviour, word, bits)
            answered = steps_within(self.network, word[: len(wanted)], bits)
            self._record(word[: len(answered)], answered, wanted)

    def _guessed(self, found: ShortRuns) -> Proved | None:
        """A proof of all open lines by linear equations that hold in every state of a few runs."""
        if self.length == 1 or not self.system.is_linear or not found.wrong.keys().isdisjoint(self.open):
            return None
        return next(filter(None, (self._proof(formulas) for formulas in affine_guesses(self.system, found))), None)

    def _next_line(self) -> Proved | None:
        """A proof of all open lines, or None after some of them were refuted.

        Raises:
            GivenUp: if there is neither.
        """
        before = len(self.open)
        outcome = solve(self.system, self.open, resources=FIRST_RESOURCES)
        if isinstance(outcome, str):
            self._take_late()
            if len(self.open) < before:
                return None
            outcome = solve(self.system, self.open)
        if isinstance(outcome, InvariantFound):
            if proof := self._proof(outcome.formulas):
                return proof
            reason = "the invariant that z3 gave does not hold"
        elif isinstance(outcome, str):
            self._search(MAX_SEARCHED_STEPS)
            reason = outcome
        elif self.length is not None and len(outcome.states) > self.length:
            if proof := self._unbroken(self.open, self.length):
                return proof
            reason = f"z3 could not decide all inputs of up to {self.length} steps"
        else:
            self._refute(outcome)
            reason = "an input that z3 found is right in exact arithmetic"
        if len(self.open) == before:
            raise GivenUp(reason)
        return None

    def _proof(self, formulas: Sequence[z3.BoolRef]) -> Proved | None:
        """The proof that an invariant of the open lines is, once the text that a report will carry was checked."""
        return self._checked(invariant_certificate(self.system, formulas), self.open, self.length)

    def _unbroken(self, lines: Sequence[int], steps: int) -> Proved | None:
        """The proof that no input of up to so many steps breaks one of the lines, if z3 finds one."""
        outcome = solve(self.system, lines, steps)
        if not isinstance(outcome, InvariantFound):
            return None
        return self._checked(invariant_certificate(self.system, outcome.formulas, steps), lines, steps)

    def _unrolled(self, length: int) -> Proved:
        """The proof of the open lines after all inputs were searched: z3 is asked anew, by the checker.

        Raises:
            GivenUp: if it cannot say.
        """
        proof = self._checked(unrolled_certificate(length), self.open, length)
        if proof is None:
            raise GivenUp(f"z3 could not decide all inputs of up to {length} steps a second time")
        return proof

    def _checked(self, certificate: Certificate, lines: Sequence[int], length: int | None) -> Proved | None:
        try:
            return proof_by(self.system, lines, certificate, length)
        except UnreadableCertificate:  # it is larger than what a report may carry
            return None

    def _is_met(self, line: int) -> bool:
        steps = self.runs.met.get(line)
        if steps is not None and (self.length is None or steps <= self.length):
            return True
        return self.search.is_met(line, self.length) or self.budget.corpus.about(line) > 0

    def _search(self, steps: int, *, stop_at_first: bool = False) -> None:
        """Looks at all inputs of up to so many steps, or of as many as the first that breaks an open line.

        Raises:
            GivenUp: if z3 cannot say whether one breaks a line.
        """
        while self.open and self.search.length < steps:
            found = self.search.next_length(self.open)
            if found is None:
                raise GivenUp(f"z3 could not decide all inputs of {self.search.length} steps")
            for line, word in found.items():
                self._record(word)
                if line in self.open:
                    raise GivenUp("an input that z3 found is right in exact arithmetic")
            if found and stop_at_first:
                return

    def _refute(self, reached: Reached) -> None:
        """Finds a line that is broken by an input as long as the one that z3 knows."""
        if len(reached.states) <= MAX_SEARCHED_STEPS:  # z3 leaves out steps that it has worked out beforehand
            self._search(MAX_SEARCHED_STEPS, stop_at_first=True)
            return
        word = word_along(self.system, self.network.program.system.alphabet, reached.states, self.open)
        if word is not None:
            self._record(word)

    def _record(self, word: Word, answered: Sequence[Step] = (), wanted: Sequence[Step] = ()) -> None:
        """Takes the open lines that a word breaks in exact arithmetic as broken, each at its first wrong step.

        `answered` and `wanted` are its steps, where these are known.
        """
        specification = self.specification
        answered, wanted = answered or self.network.run(word), wanted or specification.machine().run(word)
        for t, (answer, want) in enumerate(zip(answered, wanted, strict=False), 1):
            if not specification.allows(want):
                return
            if isinstance(answer.output, OutputBeyondLimits) and t > MAX_SAMPLED_LENGTH:
                return  # as in a walk: numbers that grow beyond the limits so late cost nothing
            if specification.accepts(answer.output, want):
                continue
            for line in specification.lines_applying_to(want):
                if line in self.open:
                    self.broken[line] = Broken(word[:t], self._is_shortest(line, t))
                    self.open.remove(line)

    def _is_shortest(self, line: int, steps: int) -> bool:
        """True if no input of fewer steps breaks the line."""
        if steps > MAX_SHORTEST_STEPS:
            return False
        searched = max(self.visited, self.search.length if self.search.length < steps else steps - 1)
        return searched >= steps - 1 or self._unbroken([line], steps - 1) is not None
