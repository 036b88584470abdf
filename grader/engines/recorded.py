"""Decides rubric lines by what a report says of them, as far as that holds when it is looked at anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.engines.checkers import proof_of
from grader.engines.claim import Claim, UnreadableCertificate
from grader.engines.empty_input import empty_input_findings
from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.met_lines import is_about_some_step
from grader.evidence import Certificate, Evidence, NoEvidence
from grader.language.tree import Tree
from grader.machines.enclosed import judged_run
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification


@dataclass
class RecordedEngine:
    """What a report says: words that break lines (by number), lines that are proved, and by what.

    `left` are lines of which it need say nothing, since lines above them are broken. `refused` says why the certificate
    was no proof when it was looked at last, `accepted` that it once was one.
    """

    words: Mapping[int, Broken]
    proved: frozenset[int]
    left: frozenset[int]
    certificate: Certificate | None
    name: str = "report"
    only_runs: bool = True
    accepted: bool = False
    refused: str = field(default="")

    def undecidable(self, tree: Tree) -> Iterable[tuple[Tree, str]]:
        """Nothing: a report was made by other engines."""
        return ()

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """The same findings, once each word was run and the certificate was checked."""
        if not isinstance(network, EquationMachine):
            return Unknown("the network is no system of equations", applies=False)
        if lines.numbers - self.words.keys() - self.proved - self.left:
            if self.proved:  # what the report proves of other lines is checked all the same
                self._proof(Claim(network, specification, self.proved, budget.bounds))
            return Unknown("the report neither proves nor refutes every line", applies=False)
        if not all(_breaks(network, specification, line, found) for line, found in self.words.items()):
            return Unknown("an input of the report does not break its line", applies=False)
        holds: Evidence = NoEvidence()
        if self.proved:
            holds = self._proof(Claim(network, specification, self.proved, budget.bounds))
            if isinstance(holds, NoEvidence):
                return Unknown(self.refused, applies=False)
        about = {line for line in self.proved if is_about_some_step(network, specification, line, budget)}
        return Findings(self.words, holds, met=frozenset(about | self.words.keys()))

    def _proof(self, claim: Claim) -> Evidence:
        """The proof by the certificate; no evidence where it is none."""
        if self.certificate is None:
            self.refused = "there is no certificate"
            return NoEvidence()
        try:
            proof = proof_of(claim, self.certificate)
        except UnreadableCertificate as error:
            self.refused = str(error)
            return NoEvidence()
        if proof is None:
            self.refused = "it does not show that no input breaks the line"
            return NoEvidence()
        self.accepted = True
        return proof


def _breaks(network: EquationMachine, specification: Specification, line: int, found: Broken) -> bool:
    """Whether an allowed word breaks a line at its last step."""
    if not found.word:
        return line in empty_input_findings(network, specification).broken
    wanted = specification.machine().run(found.word)
    run = judged_run(network, specification, found.word, wanted)
    if len(run.right) != len(found.word):
        return False
    return line in specification.lines_applying_to(wanted[-1]) and run.right[-1] is False
