"""What is said of an answer beside its marks, once these are known; whatever goes wrong here costs nobody a mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.engines.engine import Findings
from grader.kinds.open_submission import Details
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.machines.machine import EquationMachine
from grader.network_details import MinimalMachines, Robustness
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.kinds.weights.behaviours import NetworkBehaviour


def with_details(
    result: QuestionResult,
    question: WeightsQuestion,
    machine: EquationMachine,
    values: Mapping[str, Value],
    findings: Findings,
    details: Details,
) -> QuestionResult:
    """The result with the fingerprint of a wrong network that loses points, and the details that are asked for."""
    if details.robustness:
        result = replace(result, robustness=_robustness(question, machine, values, findings))
    loses = bool(findings.broken) and result.points < result.max_points
    if details.machines or loses:
        result = _with_behaviour(result, question, machine, details, loses=loses)
    return result


def _robustness(
    question: WeightsQuestion, machine: EquationMachine, values: Mapping[str, Value], findings: Findings
) -> Robustness | None:
    from grader.kinds.weights.robustness import robustness

    try:
        return robustness(question, machine, values, findings)
    except Exception as error:  # the marks are known already
        return Robustness(reason=_fault(error))


def _with_behaviour(
    result: QuestionResult,
    question: WeightsQuestion,
    machine: EquationMachine,
    details: Details,
    *,
    loses: bool,
) -> QuestionResult:
    from grader.kinds.weights.behaviours import network_behaviour

    try:
        behaviour = network_behaviour(question, machine)
        machines = _tables(question, behaviour) if details.machines else None
    except Exception as error:  # as above
        return replace(result, machines=MinimalMachines(reason=_fault(error)) if details.machines else None)
    fingerprint = behaviour.fingerprint(question.symbols_in_words) if behaviour and loses else ""
    return replace(result, machines=machines, fingerprint=fingerprint)


def _tables(question: WeightsQuestion, behaviour: NetworkBehaviour | None) -> MinimalMachines:
    from grader.kinds.weights.machine_tables import machine_tables

    return machine_tables(question, behaviour)


def _fault(error: Exception) -> str:
    return f"the grader failed: {type(error).__name__}: {error}"
