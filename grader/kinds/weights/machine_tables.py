"""The minimal machine of an answer beside the one that is wanted, as tables of texts."""

from __future__ import annotations

from collections.abc import Mapping

from grader.kinds.weights.behaviours import MAX_MACHINE_STEPS, NetworkBehaviour, WantedBehaviour, wanted_behaviour
from grader.kinds.weights.question import WeightsQuestion
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.display import short_word
from grader.machines.minimal import FiniteMachine, LabelledStep
from grader.network_details import MachineStep, MachineTable, MinimalMachines

NO_MACHINE_OF_BOUNDED_INPUTS = "the question is about inputs of a bounded length"
NO_SMALL_MACHINE = f"its states, or those of the wanted behaviour, are not all seen within {MAX_MACHINE_STEPS} steps"


def machine_tables(question: WeightsQuestion, behaviour: NetworkBehaviour | None) -> MinimalMachines:
    """The machine of an answer and the wanted one; where there are none, why."""
    alphabet, wanted = question.alphabet.symbol_set, wanted_behaviour(question)
    if question.budget.bounds.length is not None:
        return MinimalMachines(reason=NO_MACHINE_OF_BOUNDED_INPUTS)
    if behaviour is None or wanted is None or not isinstance(alphabet, FiniteAlphabet):
        return MinimalMachines(reason=NO_SMALL_MACHINE)
    return MinimalMachines(
        _table(question, alphabet, behaviour.machine, behaviour.names(wanted), behaviour.empty_shown),
        wanted_table(question, wanted),
        joined_outputs=not question.specification.compares_outputs,
    )


def wanted_table(question: WeightsQuestion, wanted: WantedBehaviour) -> MachineTable:
    """The wanted machine of a question whose inputs can be listed."""
    alphabet = question.alphabet.symbol_set
    assert isinstance(alphabet, FiniteAlphabet)
    return _table(question, alphabet, wanted.machine, {}, wanted.empty)


def _table(
    question: WeightsQuestion, alphabet: FiniteAlphabet, machine: FiniteMachine, names: Mapping[str, str], empty: str
) -> MachineTable:
    words = [tuple(alphabet.symbols[symbol] for symbol in word) for word in machine.words()]

    def shown(step: LabelledStep | None) -> MachineStep | None:
        if step is None:
            return None
        return MachineStep(step.target, "" if step.label is None else names.get(str(step.label), str(step.label)))

    return MachineTable(
        inputs=question.symbols_in_words,
        states=tuple(short_word(question.alphabet, word) if word else "" for word in words),
        steps=tuple(tuple(map(shown, row)) for row in machine.rows),
        remembers=machine.remembers,
        empty=empty,
    )
