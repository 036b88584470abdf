"""A few short runs of a network beside its specification: outputs that are wrong soon, states to fit formulas to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import Any

from flint import fmpq

from grader.engines.constants import numbers_near
from grader.engines.transition import Transition, numbers_in
from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import Alphabet, Channel, Word
from grader.machines.machine import EquationMachine, Undefined
from grader.machines.specification import Specification

MIN_RUNS, MAX_RUNS = 4, 12
"""Runs of a network: as many as give twice as many states as a state has numbers."""

MAX_RUN_STEPS = 80
"""Steps of one run."""

MORE_RUN_STEPS = 8
"""Steps of a run beyond those in which the time passes every phase."""

PLAIN_LONG_STEPS = 2_000
"""Steps of a long run."""


@dataclass(frozen=True)
class ShortRuns:
    """What the runs met: by phase the rows of numbers of joint states, and by rubric line a word that breaks it.

    `met`: by rubric line how many steps a word takes to a step that the line is about.
    """

    states: tuple[tuple[tuple[fmpq, ...], ...], ...]
    wrong: dict[int, Word]
    met: dict[int, int]


def short_runs(system: Transition, network: EquationMachine, specification: Specification) -> ShortRuns:
    """What a few short runs meet, on inputs from a fixed seed: the same whenever a network is run."""
    behaviour = specification.machine()
    met = [dict[tuple[fmpq, ...], None]() for _ in system.phases]
    wrong, about = dict[int, Word](), dict[int, int]()
    steps = min(len(system.phases) + MORE_RUN_STEPS, MAX_RUN_STEPS)
    largest = max(len(phase.slots) for phase in system.phases)
    runs = min(max(2 * largest // MORE_RUN_STEPS, MIN_RUNS), MAX_RUNS)
    for word in _words(network.program.system.alphabet, steps, runs):
        ours: Any = network.initial
        theirs: Any = behaviour.initial
        phase = 0
        for t, symbol in enumerate(word, 1):
            met[phase].setdefault((*numbers_in(ours), *numbers_in(theirs)))
            ours, answer = network.step(ours, symbol)
            try:
                theirs, wanted = behaviour.step(theirs, symbol)
            except TooLarge:
                break
            if not specification.allows(wanted):
                break
            lines = specification.lines_applying_to(wanted)
            about.update({line: min(t, about.get(line, t)) for line in lines})
            if not specification.accepts(answer.output, wanted):
                for line in lines:
                    if line not in wrong or len(wrong[line]) > t:
                        wrong[line] = word[:t]
            if isinstance(answer.output, Undefined):
                break
            phase = system.phases[phase].following
    return ShortRuns(tuple(map(tuple, met)), wrong, about)


def _words(alphabet: Alphabet, steps: int, runs: int) -> list[Word]:
    """Words of small numbers: nothing but the simplest one, then drawn ones, of which each holds more of them."""
    random, words = Random(steps), list[Word]()
    choices = [choice for channel in alphabet.channels.values() for choice in _simple_choices(channel)]
    for i in range(runs):
        drawn = ([random.choice(choice[: 1 + 2 * i]) for choice in choices] for _ in range(steps))
        word = tuple(alphabet.symbol([number for part in parts for number in part]) for parts in drawn)
        words.append(alphabet.fitted(word)[:steps])
    return words


def plain_long_words(alphabet: Alphabet, length: int | None) -> Iterator[Word]:
    """One simple input again and again, from the start and after another one; no longer than the question's inputs."""
    steps = min(PLAIN_LONG_STEPS, length or PLAIN_LONG_STEPS)
    choices = [choice for channel in alphabet.channels.values() for choice in _simple_choices(channel)]
    rows = [[number for choice in choices for number in choice[i % len(choice)]] for i in range(3)]
    symbols = list(dict.fromkeys(map(alphabet.symbol, rows)))
    for symbol in symbols:
        yield alphabet.fitted((symbol,) * steps, length)
    for first, symbol in permutations(symbols, 2):
        yield alphabet.fitted((first, *(symbol,) * (steps - 1)), length)


def _simple_choices(channel: Channel) -> list[Sequence[tuple[fmpq, ...]]]:
    """What the numbers of one step are drawn from, some at a time, simple ones first."""
    if channel.names:
        return [[symbol.numbers for symbol in channel.names]]
    low = channel.kind.low if channel.kind.low is not None else fmpq(0)
    near = numbers_near(channel.kind, ())[:7] or (low,)
    return [[(number,) for number in near]] * channel.size
