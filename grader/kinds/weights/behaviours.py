"""What a network does, as a minimal machine: beside the one that is wanted, and as a fingerprint that like ones share.

Outputs count as far as `accept` tells them apart, and inputs as far as the question allows them. So two answers have
the same fingerprint exactly where they are right and wrong alike whatever is wanted, on every input of every length.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.errors import listed
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arithmetic import TooLarge
from grader.language.arrays import Array, Value
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.display import short_word, shown
from grader.machines.machine import Machine, Step, Undefined, state_key
from grader.machines.minimal import FiniteMachine, LabelledStep, minimal_machine
from grader.verdict import MachineStep, MachineTable, MinimalMachines

MAX_MACHINE_STEPS = 2_000
"""Joint steps of a network and its specification up to which a minimal machine is made."""

MAX_ACCEPTED_OUTPUTS = 20_000
"""How often `accept` is asked at most, to tell the outputs of one network apart."""

MAX_NAMED_OUTPUTS = 3
"""Outputs that `accept` does not tell apart and that are named all the same, for want of a wanted one."""

FINGERPRINT_DIGITS = 32

NO_MACHINE_FOR_LENGTH = "the question is about inputs of a bounded length, and its machine would count steps"
NO_FINITE_MACHINE = f"it takes more than {MAX_MACHINE_STEPS} steps to see all of its states"


@dataclass(frozen=True)
class _Behaviour:
    """All joint steps of a network and the specification (of the specification alone: `network` None)."""

    rows: Sequence[Sequence[tuple[int, Step, Step] | None]]
    """The target, the step of the network and that of the specification, by state and symbol."""

    def outputs(self) -> list[Value]:
        """Every output of the network, once, in the order in which they are met."""
        every = (entry[1].output for row in self.rows for entry in row if entry is not None)
        return list({output_key(output): output for output in every}.values())

    def wanted(self) -> list[Step]:
        """The steps of the specification, in the order in which they are met."""
        return [entry[2] for row in self.rows for entry in row if entry is not None]


def output_key(output: Value) -> str:
    """The same text for equal outputs; of undefined ones, whatever the reason."""
    if isinstance(output, Undefined):
        return str(output)
    return str(list(output.entries)) if isinstance(output, Array) else str(output)


def _behaviour(question: WeightsQuestion, network: Machine | None) -> _Behaviour | None:
    """Every joint step that an allowed input takes; None where there are too many, or the inputs cannot be listed.

    Where a question bounds the length of inputs, states at different times are different.
    """
    alphabet, length = question.alphabet.symbol_set, question.budget.bounds.length
    if not isinstance(alphabet, FiniteAlphabet):
        return None
    wanted, allows = question.specification.machine(), question.specification.allows
    nodes, numbers, rows = [(0, 0, 0)], {(0, 0, 0): 0}, list[list[tuple[int, Step, Step] | None]]()
    steps = 0
    for state, goal, time in nodes:
        row: list[tuple[int, Step, Step] | None] = [None] * len(alphabet.symbols)
        rows.append(row)
        for symbol in range(len(alphabet.symbols)) if time != length else ():
            steps += 1
            if steps > MAX_MACHINE_STEPS:
                return None
            due = wanted.edge(goal, symbol)
            if not allows(due.step):
                continue
            try:
                given = network.edge(state, symbol) if network else due
            except TooLarge:
                return None
            key = (given.target if network else 0, due.target, 0 if length is None else time + 1)
            if key not in numbers:
                numbers[key] = len(nodes)
                nodes.append(key)
            row[symbol] = numbers[key], given.step, due.step
    return _Behaviour(rows)


@dataclass(frozen=True)
class WantedBehaviour:
    """The behaviour of a question: its steps in their order, and its own minimal machine, labelled with its outputs."""

    steps: Sequence[Step]
    machine: FiniteMachine
    names: Mapping[str, str]
    """For each class of outputs to which a wanted one belongs, that one as it is shown."""


def wanted_behaviour(question: WeightsQuestion) -> WantedBehaviour | None:
    """What is wanted; None where it is no small finite machine."""
    behaviour = _behaviour(question, None)
    if behaviour is None:
        return None
    steps = behaviour.wanted()
    labels = {output_key(output): shown(output) for output in behaviour.outputs()}
    named = _classes(question, steps, behaviour.outputs())
    if named is None:
        return None
    names = dict[str, str]()
    for key, signature in named.items():
        names.setdefault(signature, labels[key])
    return WantedBehaviour(steps, _minimal(behaviour, labels), names)


def _classes(question: WeightsQuestion, steps: Sequence[Step], outputs: Sequence[Value]) -> dict[str, str] | None:
    """For each output (by its key) its class: the same where `accept` says the same of them at every wanted step."""
    specification = question.specification
    if specification.compares_outputs:
        return {key: key for key in map(output_key, outputs)}
    if len(outputs) * len(steps) > MAX_ACCEPTED_OUTPUTS:
        return None
    return {
        output_key(output): "".join("01"[specification.accepts(output, step)] for step in steps) for output in outputs
    }


def _minimal(behaviour: _Behaviour, labels: Mapping[str, str]) -> FiniteMachine:
    return minimal_machine(
        [
            [None if entry is None else LabelledStep(entry[0], labels[output_key(entry[1].output)]) for entry in row]
            for row in behaviour.rows
        ]
    )


@dataclass(frozen=True)
class NetworkBehaviour:
    """The minimal machine of a network, labelled with classes of outputs, and how each class is shown."""

    machine: FiniteMachine
    names: Mapping[str, str]


def network_behaviour(question: WeightsQuestion, network: Machine) -> NetworkBehaviour | None:
    """What a network does; None where it is no small finite machine."""
    wanted, behaviour = question.wanted_behaviour, _behaviour(question, network)
    if wanted is None or behaviour is None:
        return None
    outputs = behaviour.outputs()
    classes = _classes(question, wanted.steps, outputs)
    if classes is None:
        return None
    members: dict[str, list[str]] = {}
    for output in outputs:
        members.setdefault(classes[output_key(output)], []).append(shown(output))
    names = {label: wanted.names.get(label) or _several(values) for label, values in members.items()}
    return NetworkBehaviour(_minimal(behaviour, classes), names)


def _several(values: Sequence[str]) -> str:
    named = list(dict.fromkeys(values))
    return listed(named if len(named) <= MAX_NAMED_OUTPUTS else [*named[: MAX_NAMED_OUTPUTS - 1], "others"], "or")


def fingerprint(question: WeightsQuestion, behaviour: NetworkBehaviour) -> str:
    """Hexadecimal digits that are the same for networks that behave alike, and no others."""
    alphabet = question.alphabet.symbol_set
    symbols = [question.alphabet.show_word([symbol]) for symbol in getattr(alphabet, "symbols", ())]
    rows = [[step and [step.target, step.label] for step in row] for row in _plain(behaviour.machine)]
    text = json.dumps([symbols, rows], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_DIGITS]
