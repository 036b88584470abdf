"""Proves or refutes every rubric line by visiting each reachable joint state of the network and the behaviour."""

from __future__ import annotations

from collections.abc import Sequence

from grader.engines.engine import Broken, Budget, Findings, OpenLines, Unknown
from grader.engines.joint import walk_allowed
from grader.engines.long_runs import MAX_SAMPLED_LENGTH
from grader.engines.rationals import IRRATIONAL_VALUES, not_exact
from grader.evidence import Certificate, NoEvidence, Proved
from grader.machines.alphabet import UnlistedAlphabet
from grader.machines.enclosed import EnclosedMachine
from grader.machines.explore import Stop, Walk
from grader.machines.machine import AnswerMachine, Edge, Machine, OutputBeyondLimits
from grader.machines.specification import Specification

WALK_KIND = "walk"
"""The kind of a certificate that says how many joint states there are: `states`."""

MAX_STORED_BITS = 1 << 28
"""Bits of all the numbers that the states of one walk remember (32 MiB); more end the walk as too many states do."""


class WalkEngine:
    """Decides all lines where the joint states end; the first word found to break a line is a shortest one."""

    name = "walk"
    only_runs = True
    undecidable = staticmethod(not_exact)

    def decide(
        self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget
    ) -> Findings | Unknown:
        """A proof, or a shortest word for each line where every open line is broken.

        An answer must stay within the limits of exact arithmetic for as many steps as the longest drawn inputs have:
        numbers that grow beyond them earlier are wrong there, and later they end the walk.
        """
        if isinstance(network, EnclosedMachine):
            return Unknown(IRRATIONAL_VALUES, applies=False)
        alphabet = network.symbol_set
        if isinstance(alphabet, UnlistedAlphabet):
            return Unknown("the inputs cannot be listed", remedy="finite inputs")
        measured = network if isinstance(network, AnswerMachine) else None
        broken, met, every = dict[int, Broken](), set[int](), len(specification.lines)

        def look(walk: Walk, node: int, symbol: int, edges: Sequence[Edge]) -> None:
            output, wanted = edges[0].step.output, edges[1].step
            if isinstance(output, OutputBeyondLimits) and walk.depth(node) >= MAX_SAMPLED_LENGTH:
                raise Stop
            if measured and measured.stored_bits > MAX_STORED_BITS:
                raise Stop
            if len(met) < every:
                met.update(specification.lines_applying_to(wanted))
            if not specification.accepts(output, wanted):
                for line in specification.lines_applying_to(wanted):
                    if line in lines.numbers and line not in broken:
                        broken[line] = Broken(walk.word(node, symbol))
                if len(broken) == len(lines.numbers):
                    raise Stop

        walk = walk_allowed(specification, [network], alphabet, budget.bounds, look)
        states = len(walk.nodes)
        proof = Proved(states, budget.bounds.length, certificate=Certificate(WALK_KIND, {"states": states}))
        holds = proof if walk.complete else NoEvidence()
        findings = Findings(broken, holds, walk, frozenset(met))
        if walk.complete or len(broken) == len(lines.numbers):
            return findings
        reason = f"the walk ended after {states} joint states, before all were seen"
        return Unknown(reason, findings, f"a larger budget than `states: {budget.bounds.states}`, if the states end")
