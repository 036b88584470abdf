"""The engines, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grader.engines.engine import Broken, Budget, Engine, Findings, OpenLines
from grader.engines.horn import HornEngine
from grader.engines.listing import ListingEngine
from grader.engines.sample import SampleEngine
from grader.engines.walk import WalkEngine
from grader.errors import HarnessError
from grader.language.tree import Tree
from grader.machines.machine import Machine
from grader.machines.specification import Specification

ENGINES: tuple[Engine, ...] = (WalkEngine(), HornEngine(), ListingEngine(), SampleEngine())


class Undecidable(NamedTuple):
    """A part of one of several expressions (by number) that keeps an engine from deciding a network, and the reason."""

    expression: int
    part: Tree
    reason: str


def undecidable(expressions: Sequence[Tree], engines: Sequence[Engine] = ENGINES) -> list[Undecidable]:
    """What keeps every engine from deciding a question with these expressions; empty if some engine can.

    Of several engines that cannot, the first says what stands in its way.
    """
    obstacles = [
        [Undecidable(i, *found) for i, tree in enumerate(expressions) for found in engine.undecidable(tree)]
        for engine in engines
    ]
    return obstacles[0] if all(obstacles) else []


def empty_input_findings(network: Machine, specification: Specification) -> Findings:
    """Which rubric lines are broken by the empty input, and which it is about; none where it does not count."""
    answer = network.empty_input() if specification.judged.empty else None
    if answer is None:
        return Findings()
    wanted = specification.empty_input
    lines = frozenset(specification.lines_applying_to(wanted))
    right = specification.accepts(answer.output, wanted)
    return Findings({} if right else {line: Broken(()) for line in lines}, met=lines)


def decide(
    network: Machine, specification: Specification, budget: Budget, engines: Sequence[Engine] = ENGINES
) -> Findings:
    """What is found about every rubric line: each engine decides those that the ones before it left open.

    Raises:
        HarnessError: if the last engine leaves a line open.
        DefinitionError: if the behaviour or `accept` cannot be worked out.
    """
    every, found = frozenset(range(len(specification.lines))), empty_input_findings(network, specification)
    reasons: list[str] = []
    for engine in engines:
        lines = OpenLines(every - found.broken.keys(), found.walk.length if found.walk else 0)
        outcome = engine.decide(network, specification, lines, budget)
        if isinstance(outcome, Findings):
            return outcome.after(found)
        found = outcome.findings.after(found)
        reasons.append(f"{engine.name}: {outcome.reason}")
    raise HarnessError(f"no engine decides every line ({'; '.join(reasons)})")
