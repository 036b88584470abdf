"""The engines, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence

from grader.engines.engine import Budget, Engine, Findings, OpenLines
from grader.engines.sample import SampleEngine
from grader.engines.walk import WalkEngine
from grader.errors import HarnessError
from grader.machines.machine import Machine
from grader.machines.specification import Specification

ENGINES: tuple[Engine, ...] = (WalkEngine(), SampleEngine())

NOTHING_FOUND = Findings()


def decide(
    network: Machine, specification: Specification, budget: Budget, engines: Sequence[Engine] = ENGINES
) -> Findings:
    """What is found about every rubric line: each engine decides those that the ones before it left open.

    Raises:
        HarnessError: if the last engine leaves a line open.
        DefinitionError: if the behaviour or `accept` cannot be worked out.
    """
    every, found, reasons = frozenset(range(len(specification.lines))), NOTHING_FOUND, list[str]()
    for engine in engines:
        lines = OpenLines(every - found.broken.keys(), found.walk.length if found.walk else 0)
        outcome = engine.decide(network, specification, lines, budget)
        if isinstance(outcome, Findings):
            return outcome.after(found) if reasons else outcome
        found = outcome.findings.after(found)
        reasons.append(f"{engine.name}: {outcome.reason}")
    raise HarnessError(f"no engine decides every line ({'; '.join(reasons)})")
