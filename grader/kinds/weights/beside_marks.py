"""What is said of an answer beside its marks, once these are known; whatever goes wrong here costs nobody a mark."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from grader.deferred import replace
from grader.engines.engine import Findings
from grader.evidence import Counterexample
from grader.kinds.open_submission import Details
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.display import short_word
from grader.machines.machine import EquationMachine
from grader.network_details import MinimalMachines, Robustness
from grader.page_details import MachinePath, PageDetails
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.kinds.weights.behaviours import NetworkBehaviour

MAX_KEPT_PATH_STEPS = 1_000
"""Steps of a counterexample that are kept as a path through machines."""


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
    if details.machines or details.page or loses:
        result = _with_behaviour(result, question, machine, details, loses=loses)
    return _with_drawings(result, question, values, findings) if details.page else result


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
        machines = _tables(question, behaviour) if details.machines or details.page else None
    except Exception as error:  # as above
        return replace(result, machines=MinimalMachines(reason=_fault(error)) if details.machines else None)
    fingerprint = behaviour.fingerprint(question.symbols_in_words) if behaviour and loses else ""
    page = replace(result.page or PageDetails(), machines=machines) if details.page else result.page
    return replace(result, machines=machines if details.machines else None, fingerprint=fingerprint, page=page)


def _with_drawings(
    result: QuestionResult, question: WeightsQuestion, values: Mapping[str, Value], findings: Findings
) -> QuestionResult:
    """With what pictures are drawn from beside machines: the network, and the path of its counterexample."""
    page = result.page or PageDetails()
    with suppress(Exception):  # as above
        page = replace(page, machine_path=_path(result, question, findings))
    with suppress(Exception):
        from grader.kinds.weights.drawn_network import drawn_network

        page = replace(page, network=drawn_network(question, values))
    return replace(result, page=page)


def _path(result: QuestionResult, question: WeightsQuestion, findings: Findings) -> MachinePath | None:
    """The inputs of the first counterexample that is reported, where it is one of the network itself.

    (A reading under which the answer earns more is another network, with counterexamples of its own.)
    """
    symbols = question.alphabet.symbol_set
    if not isinstance(symbols, FiniteAlphabet):
        return None
    numbers = {symbol: i for i, symbol in enumerate(symbols.symbols)}
    for line, check in enumerate(result.checks):
        word = findings.broken[line].word if line in findings.broken else ()
        evidence = check.evidence
        if isinstance(evidence, Counterexample) and evidence.input == short_word(question.alphabet, word):
            steps = tuple(numbers[symbol] for symbol in word[:MAX_KEPT_PATH_STEPS])
            return MachinePath(check.name, steps, cut=len(word) > len(steps))
    return None


def _tables(question: WeightsQuestion, behaviour: NetworkBehaviour | None) -> MinimalMachines:
    """The machines of the answer and of what is wanted.

    No line of a question about weights can be `hidden: true`: a wanted machine shows nothing that a line keeps back.
    """
    from grader.kinds.weights.machine_tables import machine_tables

    return machine_tables(question, behaviour)


def _fault(error: Exception) -> str:
    return f"the grader failed: {type(error).__name__}: {error}"
