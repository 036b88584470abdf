"""Networks that `accept` takes for right, although they do not tell apart what right answers tell apart.

A network counts as wrong where `accept` refuses an output, so a condition that refuses too little hides mistakes. Three
rules say beside a right answer which networks are wrong although `accept` takes all that they give:

1. It gives one output at two steps, the right answer gives two, and one of these would be wrong at the other step. (A
   tolerance of one half takes 0.5 for 0 and for 1; `y >= expected` takes 1 for both.) Steps at which `accept` takes any
   output are left out: there the course asks for nothing.
2. Each of its outputs would be right at every step, as the output of a constant network would be, and this is not so of
   the right answer.
3. At every step `accept` also takes the next larger and the next smaller of the right answer's few outputs (or of one
   entry of them), and the network gives something else than the right answer there (in that entry).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, takewhile
from typing import NamedTuple

from flint import fmpq

from grader.engines.joint import walk_allowed
from grader.kinds.weights.behaviours import output_key
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_accept import constant_outputs
from grader.kinds.weights.telling_inputs import MAX_BALL_INPUTS, shown_input, tried_inputs
from grader.language.arrays import Array, Value, entries
from grader.language.reals import is_ball
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.display import shown
from grader.machines.enclosed import EnclosedMachine, narrow_run
from grader.machines.explore import Bounds, Stop, Walk
from grader.machines.machine import Edge, Machine, Step

MAX_STATES_BESIDE_RIGHT, MAX_STEPS_BESIDE_RIGHT = 1_000, 3_000
"""Joint states, and steps, at which a network is compared with a right answer."""

MAX_DRAWN_STEPS = 30
"""Steps of inputs on which this is done where they cannot be listed."""

MAX_STEPS_OF_OUTPUT = 8
"""Steps that are looked at of those at which both give the same outputs."""

MAX_INTERCHANGED_OUTPUTS, MAX_INTERCHANGED_STEPS = 60, 200
"""Different outputs of a network up to which all of them are tried at each step, and these steps."""

MAX_OUTPUTS, MAX_OUTPUT_ENTRIES = 12, 16
"""Different outputs of a right answer, and entries of each, whose neighbours are tried."""


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
        found = _compared(question, right, right)
        self._anything = constant_outputs(question, [step.wanted for step in found.steps])
        self._varies = len({_key(step.right) for step in found.steps}) > 1
        self._free_entries = self._entries_without_judgement(found.steps) if found.all_seen else frozenset()

    def taken_for_right(self, network: Machine) -> TakenForRight | None:
        """Why a network is wrong that `accept` takes everywhere; None where nothing shows that it is."""
        if not self._varies:
            return None
        steps = _compared(self._question, network, self._right).steps
        return self._differing(steps) or self._confusing(steps) or self._interchangeable(steps)

    def _entries_without_judgement(self, steps: Sequence[_Compared]) -> frozenset[int]:
        """The entries of the output for which `accept` takes also the next larger and smaller one, at every step."""
        rows = [entries(step.right) for step in steps]
        if len({len(row) for row in rows}) != 1 or len(rows[0]) > MAX_OUTPUT_ENTRIES:
            return frozenset()
        return frozenset(entry for entry in range(len(rows[0])) if self._is_unjudged(steps, rows, entry))

    def _is_unjudged(self, steps: Sequence[_Compared], rows: Sequence[Sequence[Value]], entry: int) -> bool:
        numbers = [row[entry] for row in rows]
        if not all(type(number) is fmpq for number in numbers):
            return False
        values = sorted({(number.p, number.q): number for number in numbers}.values())
        if not 1 < len(values) <= MAX_OUTPUTS:
            return False
        for step, number in zip(steps, numbers, strict=True):
            at = values.index(number)
            for neighbour in values[max(0, at - 1) : at + 2]:
                if not self._accepts(_with_entry(step.right, entry, neighbour), step.wanted):
                    return False
        return True

    def _differing(self, steps: Sequence[_Compared]) -> TakenForRight | None:
        """A step at which an entry differs that `accept` does not judge."""
        for step in steps:
            given, right = entries(step.given), entries(step.right)
            if len(given) == len(right) and any(given[entry] != right[entry] for entry in self._free_entries):
                text = f"`accept` takes {shown(step.given)} after {shown_input(self._question, step.word)}"
                right_one = f"where a right answer gives {shown(step.right)}"
                reason = f"{text}, {right_one}: it takes what a right answer gives at other steps, whatever the step"
                return TakenForRight(reason, (step.word,))
        return None

    def _confusing(self, steps: Sequence[_Compared]) -> TakenForRight | None:
        """Two steps at which the network gives one output, and a right answer two that are not right at both."""
        groups: dict[str, dict[str, list[_Compared]]] = {}
        for step in steps:
            alike = groups.setdefault(_key(step.given), {}).setdefault(_key(step.right), [])
            if len(alike) < MAX_STEPS_OF_OUTPUT:
                alike.append(step)
        for group in groups.values():
            for one, other in combinations([step for alike in group.values() for step in alike], 2):
                if self._are_apart(one, other) and not self._is_free(one, other):
                    return self._confused(one, other)
        return None

    def _interchangeable(self, steps: Sequence[_Compared]) -> TakenForRight | None:
        """Outputs each of which is right at every step, where the right answer gives one that is not."""
        outputs = {_key(step.given): step.given for step in steps}
        looked_at = steps[:MAX_INTERCHANGED_STEPS]
        if len(outputs) > MAX_INTERCHANGED_OUTPUTS:
            return None
        if not all(self._accepts(output, step.wanted) for output in outputs.values() for step in looked_at):
            return None
        for step in looked_at:
            if not all(self._accepts(step.right, other.wanted) for other in looked_at):
                text = f"`accept` takes {shown(step.given)} after {shown_input(self._question, step.word)}"
                right_one = f"where a right answer gives {shown(step.right)}"
                reason = f"{text}, {right_one}: it takes each output of this network at every step"
                return TakenForRight(reason, (step.word,))
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
        return TakenForRight(reason, tuple(sorted((step.word for step in telling), key=len)))


def _key(output: Value) -> str:
    """The same text for equal outputs; balls count as equal that agree in all digits that are shown of them."""
    return shown(output) if any(map(is_ball, entries(output))) else output_key(output)


def _with_entry(value: Value, entry: int, number: fmpq) -> Value:
    if not isinstance(value, Array):
        return number
    numbers = list(value.entries)
    numbers[entry] = number
    return Array(value.shape, numbers)


class _ComparedSteps(NamedTuple):
    """The steps that count, as far as was looked; `all_seen`: there are no others."""

    steps: Sequence[_Compared]
    all_seen: bool


def _compared(question: WeightsQuestion, network: Machine, right: Machine) -> _ComparedSteps:
    alphabet = question.alphabet.symbol_set
    in_balls = isinstance(network, EnclosedMachine) or isinstance(right, EnclosedMachine)
    if isinstance(alphabet, FiniteAlphabet) and not in_balls:
        return _walked(question, alphabet, network, right)
    return _ComparedSteps(list(_run(question, network, right, in_balls=in_balls)), all_seen=False)


def _walked(question: WeightsQuestion, alphabet: FiniteAlphabet, network: Machine, right: Machine) -> _ComparedSteps:
    specification, found = question.specification, list[_Compared]()

    def look(walk: Walk, node: int, symbol: int, edges: Sequence[Edge]) -> None:
        given, due, wanted = (edge.step for edge in edges)
        if specification.counts(wanted):
            found.append(_Compared(given.output, due.output, wanted, walk.word(node, symbol)))
        if len(found) >= MAX_STEPS_BESIDE_RIGHT:
            raise Stop

    bounds = Bounds(MAX_STATES_BESIDE_RIGHT, question.budget.bounds.length)
    return _ComparedSteps(found, walk_allowed(specification, [network, right], alphabet, bounds, look).complete)


def _run(question: WeightsQuestion, network: Machine, right: Machine, *, in_balls: bool) -> Iterator[_Compared]:
    """The same on some inputs, where states are not walked."""
    specification = question.specification
    for tried in tried_inputs(question)[: MAX_BALL_INPUTS if in_balls else None]:
        word = tried[:MAX_DRAWN_STEPS]
        given, due = (narrow_run(m, word) if in_balls else m.run(word) for m in (network, right))
        wanted = takewhile(specification.allows, specification.machine().run(word))
        for i, (one, other, step) in enumerate(zip(given, due, wanted, strict=False), 1):
            if specification.counts(step):
                yield _Compared(one.output, other.output, step, word[:i])
