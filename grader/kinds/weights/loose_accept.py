"""Networks that `accept` takes for right, although they do not tell apart what right answers tell apart.

What is wrong is what `accept` refuses; so a condition that refuses too little hides its own mistakes. The rule here: a
network is wrong, too, if it gives one output at two steps at which a right answer gives different ones, of which one
would be wrong at the other step. A tolerance of one half takes 0.5 for 0 and for 1; `y >= expected` takes 1 for both.
Where `accept` takes each output of a right answer at every step, whatever differs from these outputs is wrong.

Left out are steps at which `accept` takes whatever comes: there the course asks for nothing. Only a network that gives
one output at all steps is wrong all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, takewhile
from typing import NamedTuple

from grader.engines.joint import walk_allowed
from grader.kinds.weights.behaviours import output_key
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_accept import constant_outputs
from grader.kinds.weights.telling_inputs import MAX_BALL_INPUTS, shown_input, tried_inputs
from grader.language.arrays import Value, entries
from grader.language.reals import is_ball
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.display import shown
from grader.machines.enclosed import EnclosedMachine, narrow_run
from grader.machines.explore import Bounds, Stop, Walk
from grader.machines.machine import Edge, Machine, Step

MAX_COMPARED_STATES, MAX_COMPARED_STEPS = 1_000, 3_000
"""Joint states, and steps, at which a network is compared with a right answer."""

MAX_DRAWN_WORDS, MAX_DRAWN_STEPS = 60, 30
"""Inputs on which this is done where they cannot be listed, and their steps."""

MAX_STEPS_OF_OUTPUT = 8
"""Steps that are looked at of those at which both give the same outputs."""

MAX_OUTPUTS = 12
"""Outputs of a right answer that are tried at other steps."""


class TakenForRight(NamedTuple):
    """Why a network is wrong that `accept` takes, and the inputs that show it."""

    reason: str
    words: tuple[Word, ...]


class _Compared(NamedTuple):
    """A step that counts: what the network gives, what a right answer does, and the input up to there."""

    given: Value
    right: Value
    wanted: Step
    word: Word


class LooseAccept:
    """What `accept` of a question takes for right, beside a network that is right."""

    def __init__(self, question: WeightsQuestion, right: Machine) -> None:
        self._question = question
        self._right = right
        self._accepts = question.specification.accepts
        steps = list(_compared(question, right, right))
        self._anything = constant_outputs(question, [step.wanted for step in steps])
        outputs = {_key(step.right): step.right for step in steps[::-1]}
        self._varies = len(outputs) > 1
        tried = list(outputs.values())[:MAX_OUTPUTS]
        self._takes_all = all(self._accepts(output, step.wanted) for step in steps for output in tried)

    def taken_for_right(self, network: Machine) -> TakenForRight | None:
        """Why a network is wrong that `accept` takes everywhere; None where nothing shows that it is."""
        if not self._varies:
            return None
        steps = list(_compared(self._question, network, self._right))
        other = next((step for step in steps if _key(step.given) != _key(step.right)), None)
        if other is None:
            return None
        if self._takes_all:
            given = f"{shown(other.given)} on input {shown_input(self._question, other.word)}"
            reason = f"`accept` takes every output of a right answer at every step: here {given}"
            return TakenForRight(f"{reason}, where a right answer gives {shown(other.right)}", (other.word,))
        groups: dict[str, dict[str, list[_Compared]]] = {}
        for step in steps:
            alike = groups.setdefault(_key(step.given), {}).setdefault(_key(step.right), [])
            if len(alike) < MAX_STEPS_OF_OUTPUT:
                alike.append(step)
        is_constant = len(groups) == 1
        for group in groups.values():
            for one, other in combinations([step for alike in group.values() for step in alike], 2):
                if self._are_apart(one, other) and (is_constant or not self._is_free(one, other)):
                    return self._confused(one, other)
        return None

    def _are_apart(self, one: _Compared, other: _Compared) -> bool:
        """Whether a right answer gives two outputs, one of which would be wrong at the other step."""
        if _key(one.right) == _key(other.right):
            return False
        return not (self._accepts(one.right, other.wanted) and self._accepts(other.right, one.wanted))

    def _is_free(self, *steps: _Compared) -> bool:
        """Whether `accept` takes whatever comes at one of these steps."""
        return any(all(self._accepts(output, step.wanted) for output in self._anything) for step in steps)

    def _confused(self, one: _Compared, other: _Compared) -> TakenForRight:
        telling = [step for step in (one, other) if _key(step.given) != _key(step.right)]
        texts = [
            f"{shown_input(self._question, step.word)}, where a right answer gives {shown(step.right)}"
            for step in (one, other)
        ]
        reason = f"`accept` takes {shown(one.given)} both after {' and after '.join(texts)}"
        return TakenForRight(reason, tuple(step.word for step in telling))


def _key(output: Value) -> str:
    """The same text for equal outputs; balls count as equal that agree in all digits that are shown of them."""
    return shown(output) if any(map(is_ball, entries(output))) else output_key(output)


def _compared(question: WeightsQuestion, network: Machine, right: Machine) -> Iterator[_Compared]:
    """The steps that count, as far as is looked."""
    alphabet, specification = question.alphabet.symbol_set, question.specification
    in_balls = isinstance(network, EnclosedMachine) or isinstance(right, EnclosedMachine)
    if isinstance(alphabet, FiniteAlphabet) and not in_balls:
        yield from _walked(question, alphabet, network, right)
        return
    behaviour, run = specification.machine(), narrow_run if in_balls else _run
    for tried in tried_inputs(question)[: MAX_BALL_INPUTS if in_balls else MAX_DRAWN_WORDS]:
        word = tried[:MAX_DRAWN_STEPS]
        wanted = list(takewhile(specification.allows, behaviour.run(word)))
        for i, (given, due, step) in enumerate(zip(run(network, word), run(right, word), wanted, strict=False), 1):
            if specification.counts(step):
                yield _Compared(given.output, due.output, step, word[:i])


def _run(machine: Machine, word: Word) -> list[Step]:
    return machine.run(word)


def _walked(question: WeightsQuestion, alphabet: FiniteAlphabet, network: Machine, right: Machine) -> list[_Compared]:
    specification, found = question.specification, list[_Compared]()

    def look(walk: Walk, node: int, symbol: int, edges: Sequence[Edge]) -> None:
        given, due, wanted = (edge.step for edge in edges)
        if specification.counts(wanted):
            found.append(_Compared(given.output, due.output, wanted, walk.word(node, symbol)))
        if len(found) >= MAX_COMPARED_STEPS:
            raise Stop

    bounds = Bounds(MAX_COMPARED_STATES, question.budget.bounds.length)
    walk_allowed(specification, [network, right], alphabet, bounds, look)
    return found
