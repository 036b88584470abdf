"""What a network does, as a minimal machine: beside the one that is wanted, and as a fingerprint that like ones share.

Outputs count as far as `accept` tells them apart, and inputs as far as the question allows them. So networks with one
fingerprint are right and wrong at the same steps, on every input of every length.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from grader.deferred import dataclass
from grader.errors import listed
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arithmetic import TooLarge
from grader.language.arrays import Array, Value
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.display import shown
from grader.machines.enclosed import EnclosedMachine
from grader.machines.machine import AnswerMachine, Machine, Step, Undefined
from grader.machines.minimal import FiniteMachine, LabelledStep, MachineRows, minimal_machine
from grader.machines.specification import Specification

MAX_MACHINE_STEPS = 2_000
"""Joint steps of a network and its specification up to which a minimal machine is made."""

MAX_MACHINE_BITS = 1 << 20
"""Bits of the numbers in all states of a network up to which a minimal machine is made."""

MAX_ACCEPTED_OUTPUTS = 20_000
"""How often `accept` is asked at most, to tell the outputs of one network apart."""

MAX_NAMED_OUTPUTS = 3
"""Outputs of one class (`accept` does not tell them apart) that are named where none of them is wanted."""

MAX_KEPT_BEHAVIOURS = 64
"""Questions whose wanted behaviour, and networks whose fingerprint, is kept from one answer to the next."""

FINGERPRINT_DIGITS = 32


class _JointStep(NamedTuple):
    """Where a step leads; of one that counts the output with its key, and what is wanted."""

    target: int
    output: Value = None
    key: str = ""
    wanted: Step | None = None


@dataclass(frozen=True)
class _Behaviour:
    """All joint steps of a network and the specification, by state and symbol; None where no input has the symbol."""

    rows: Sequence[Sequence[_JointStep | None]]

    def outputs(self) -> list[Value]:
        """Every output of the network that counts, once, in the order in which they are met."""
        return list({step.key: step.output for row in self.rows for step in row if step and step.wanted}.values())

    def wanted(self) -> list[Step]:
        """The steps of the specification that count, in the order in which they are met."""
        return [step.wanted for row in self.rows for step in row if step and step.wanted]

    def minimal(self, labels: Mapping[str, str]) -> FiniteMachine:
        """The minimal machine, whose labels are those of the outputs by their keys, where these count."""

        def labelled(step: _JointStep | None) -> LabelledStep | None:
            if step is None:
                return None
            return LabelledStep(step.target, labels[step.key] if step.wanted else None)

        return minimal_machine(tuple([tuple(map(labelled, row)) for row in self.rows]))


def output_key(output: Value) -> str:
    """The same text for equal outputs, and for all that are undefined."""
    if isinstance(output, Undefined):
        return str(output)
    return str(list(output.entries)) if isinstance(output, Array) else str(output)


@dataclass(frozen=True)
class _JudgedInputs:
    """What is asked of networks of whatever form: what is right, on which inputs, up to which length."""

    specification: Specification
    alphabet: FiniteAlphabet
    length: int | None


def _asked(question: WeightsQuestion) -> _JudgedInputs | None:
    """None where the inputs cannot be listed."""
    alphabet = question.alphabet.symbol_set
    if not isinstance(alphabet, FiniteAlphabet):
        return None
    return _JudgedInputs(question.specification, alphabet, question.budget.bounds.length)


def _behaviour(asked: _JudgedInputs, network: Machine | None) -> _Behaviour | None:
    """Every joint step that an allowed input takes; None where there are too many.

    Without a network, the specification takes its place. Where a question bounds the length of inputs, states at
    different times are different.
    """
    specification, alphabet, length = asked.specification, asked.alphabet, asked.length
    goal = specification.machine()
    network = network or goal
    measured = network if isinstance(network, AnswerMachine) else None
    nodes, rows, left = [(0, 0, 0)], list[list[_JointStep | None]](), MAX_MACHINE_STEPS
    numbers = {nodes[0]: 0}
    for state, wanted, time in nodes:
        row: list[_JointStep | None] = [None] * len(alphabet.symbols)
        rows.append(row)
        for symbol in () if time == length else range(len(alphabet.symbols)):
            left -= 1
            due = goal.edge(wanted, symbol)
            if not specification.allows(due.step):
                continue
            try:
                given = network.edge(state, symbol)
            except TooLarge:
                left = 0
            if not left or (measured and measured.stored_bits > MAX_MACHINE_BITS):
                return None
            key = (given.target, due.target, 0 if length is None else time + 1)
            if key not in numbers:
                numbers[key] = len(nodes)
                nodes.append(key)
            if specification.counts(due.step):
                output = given.step.output
                row[symbol] = _JointStep(numbers[key], output, output_key(output), due.step)
            else:
                row[symbol] = _JointStep(numbers[key])
    return _Behaviour(rows)


@dataclass(frozen=True)
class WantedBehaviour:
    """What a question wants: the steps of its behaviour, and the minimal machine of them, labelled with its outputs.

    `names`: how a class of outputs is shown that has a wanted output, by this output.
    """

    steps: Sequence[Step]
    machine: FiniteMachine
    names: Mapping[str, str]
    empty: str = ""
    """The output that is wanted for the empty input, where this counts."""


def wanted_behaviour(question: WeightsQuestion) -> WantedBehaviour | None:
    """What is wanted, worked out once for a class; None where it is no small finite machine."""
    asked = _asked(question)
    return None if asked is None else _wanted(asked)


@lru_cache(maxsize=MAX_KEPT_BEHAVIOURS)
def _wanted(asked: _JudgedInputs) -> WantedBehaviour | None:
    behaviour, specification = _behaviour(asked, None), asked.specification
    if behaviour is None:
        return None
    steps, outputs = behaviour.wanted(), behaviour.outputs()
    classes = _classes(specification, steps, outputs)
    if classes is None:
        return None
    labels, names = {output_key(output): shown(output) for output in outputs}, dict[str, str]()
    for key, label in labels.items():
        names.setdefault(classes[key], label)
    empty = shown(specification.empty_input.output) if specification.judged.empty else ""
    return WantedBehaviour(steps, behaviour.minimal(labels), names, empty)


def _classes(specification: Specification, steps: Sequence[Step], outputs: Sequence[Value]) -> dict[str, str] | None:
    """For each output, by its key, its class: the same where `accept` says the same of them at each wanted step."""
    if specification.compares_outputs:
        return {key: key for key in map(output_key, outputs)}
    if len(outputs) * len(steps) > MAX_ACCEPTED_OUTPUTS:
        return None
    return {
        output_key(output): "".join("01"[specification.accepts(output, step)] for step in steps) for output in outputs
    }


@dataclass(frozen=True)
class NetworkBehaviour:
    """The minimal machine of a network, labelled with classes of outputs; `members` are the outputs of each class.

    `empty` is the class of the output for the empty input where this counts, `empty_shown` that output.
    """

    machine: FiniteMachine
    members: Mapping[str, Sequence[Value]]
    empty: str = ""
    empty_shown: str = ""

    def fingerprint(self, symbols: Sequence[str]) -> str:
        """Hexadecimal digits that networks share which behave alike, and no others; `symbols` are the inputs."""
        return _fingerprint(tuple(symbols), self.machine.rows, self.empty)

    def names(self, wanted: WantedBehaviour) -> dict[str, str]:
        """How each class of outputs is shown: by the wanted output in it; where none is, by the outputs themselves."""
        return {
            label: wanted.names.get(label) or _several([shown(output) for output in outputs])
            for label, outputs in self.members.items()
        }


@lru_cache(maxsize=MAX_KEPT_BEHAVIOURS)
def _fingerprint(symbols: tuple[str, ...], rows: MachineRows, empty: str) -> str:
    text = json.dumps([symbols, rows, empty], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def network_behaviour(question: WeightsQuestion, network: Machine) -> NetworkBehaviour | None:
    """What a network does; None where it is no small finite machine, or is run in balls, which are no states."""
    asked, wanted = _asked(question), wanted_behaviour(question)
    if asked is None or wanted is None or isinstance(network, EnclosedMachine):
        return None
    behaviour = _behaviour(asked, network)
    if behaviour is None:
        return None
    outputs = behaviour.outputs()
    classes = _classes(asked.specification, wanted.steps, outputs)
    if classes is None:
        return None
    members: dict[str, list[Value]] = {}
    for output in outputs:
        members.setdefault(classes[output_key(output)], []).append(output)
    before = _before_the_first_step(asked.specification, network)
    return NetworkBehaviour(behaviour.minimal(classes), members, *before)


def _before_the_first_step(specification: Specification, network: Machine) -> tuple[str, str]:
    """The class of the output for the empty input, and that output; empty texts where it does not count."""
    answer = network.empty_input() if specification.judged.empty else None
    if answer is None:
        return "", ""
    output = answer.output
    is_right = specification.accepts(output, specification.empty_input)
    return output_key(output) if specification.compares_outputs else "01"[is_right], shown(output)


def _several(outputs: Sequence[str]) -> str:
    """`0.5`, `0.5 or 0.6`, `0.5, 0.6 or others`."""
    return listed(outputs if len(outputs) <= MAX_NAMED_OUTPUTS else [*outputs[: MAX_NAMED_OUTPUTS - 1], "others"], "or")
