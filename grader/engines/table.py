"""The engines, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import chain, islice
from typing import NamedTuple, overload

from grader.engines.empty_input import empty_input_findings
from grader.engines.engine import Budget, Engine, Findings, OpenLines, Unknown
from grader.errors import HarnessError
from grader.evidence import NoProof
from grader.language.tree import Tree
from grader.machines.machine import EquationMachine, Machine
from grader.machines.specification import Specification


class EngineTable(Sequence[Engine]):
    """Engines in their order; the value of a row is a module and its class, imported when the row is first asked for.

    Most questions are decided by the first engine, and the others are large.
    """

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self._rows = tuple(rows)
        self._made: dict[int, Engine] = {}

    @overload
    def __getitem__(self, index: int) -> Engine: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Engine, ...]: ...
    def __getitem__(self, index: int | slice) -> Engine | tuple[Engine, ...]:
        found = range(len(self._rows))[index]
        return self._engine(found) if isinstance(found, int) else tuple(map(self._engine, found))

    def _engine(self, number: int) -> Engine:
        if number not in self._made:
            module, name = self._rows[number]
            self._made[number] = getattr(import_module(module), name)()
        return self._made[number]

    def __len__(self) -> int:
        return len(self._rows)


ENGINES = EngineTable(
    [
        ("grader.engines.walk", "WalkEngine"),
        ("grader.engines.horn", "HornEngine"),
        ("grader.engines.ball_walk", "ShortWordsEngine"),
        ("grader.engines.smooth", "BoxEngine"),
        ("grader.engines.listing", "ListingEngine"),
        ("grader.engines.ball_walk", "GridWalkEngine"),
        ("grader.engines.smooth", "CoverEngine"),
        ("grader.engines.sample", "SampleEngine"),
    ]
)


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


def decide(
    network: Machine, specification: Specification, budget: Budget, engines: Sequence[Engine] = ENGINES
) -> Findings:
    """What is found about every rubric line: each engine decides those that the ones before it left open.

    Raises:
        HarnessError: if the last engine leaves a line open.
        DefinitionError: if the behaviour or `accept` cannot be worked out.
    """
    outcome = _tried(network, specification, budget, engines)
    if isinstance(outcome, Unknown):
        raise HarnessError(f"no engine decides every line ({outcome.reason})")
    return outcome


def proved_or_broken(network: Machine, specification: Specification, budget: Budget) -> Findings:
    """What is found without sampling: a proof, broken lines, or neither.

    Raises:
        DefinitionError: if the behaviour or `accept` cannot be worked out.
    """
    without_sampling = islice(ENGINES, len(ENGINES) - 1)  # the last one samples
    outcome = _tried(network, specification, budget, without_sampling)
    return outcome.findings if isinstance(outcome, Unknown) else outcome


def _tried(
    network: Machine, specification: Specification, budget: Budget, engines: Iterable[Engine]
) -> Findings | Unknown:
    before, unknown = empty_input_findings(network, specification), list[tuple[str, Unknown]]()
    every, found = frozenset(range(len(specification.lines))), before
    asked = (ENGINES[0], ENGINES[-1]) if budget.is_small else engines
    for engine in chain(budget.first, asked):
        lines = OpenLines(every - found.broken.keys(), found.visited)
        if _rounds(network) and not engine.only_runs:
            unknown.append((engine.name, Unknown("it does not round as float64 does", applies=False)))
            continue
        outcome = engine.decide(network, specification, lines, budget)
        if isinstance(outcome, Findings):
            findings = outcome.after(found).with_undecided(before.undecided)
            return findings.by(engine.name, _no_proof([earlier for _, earlier in unknown]))
        found = outcome.findings.after(found)
        unknown.append((engine.name, outcome))
    reason = "; ".join(f"{name}: {outcome.reason}" for name, outcome in unknown)
    return Unknown(reason, found.with_undecided(before.undecided))


def _rounds(network: Machine) -> bool:
    """Whether every operation of a network is rounded."""
    return isinstance(network, EquationMachine) and network.program.in_doubles


def _no_proof(unknown: Sequence[Unknown]) -> NoProof | None:
    """Why the engines before the last one proved nothing, and what would help; those that do not apply say nothing."""
    if not unknown:
        return None
    told = [outcome for outcome in unknown if outcome.applies] or list(unknown[-1:])
    remedies = dict.fromkeys(outcome.remedy for outcome in told if outcome.remedy)
    reasons = dict.fromkeys(outcome.reason for outcome in told)
    return NoProof("; ".join(reasons), tuple(remedies))
