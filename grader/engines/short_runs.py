"""A few short runs of a network beside its specification: outputs that are wrong soon, states to fit formulas to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import Any

from flint import fmpq

from grader.engines.constants import numbers_near
from grader.engines.transition import Transition, numbers_in
from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import Alphabet, Word
from grader.machines.machine import EquationMachine, Undefined
from grader.machines.specification import Specification

RUNS = 8
"""Runs of a network."""

MAX_RUN_STEPS = 80
"""Steps of one run."""

MORE_RUN_STEPS = 8
"""Steps of a run beyond those in which the time passes every phase."""

PLAIN_LONG_STEPS = 2_000
"""Steps of a long run."""


@dataclass(frozen=True)
class ShortRuns:
    """What the runs met: by phase the rows of numbers of joint states, and by rubric line a word that breaks it."""

    states: tuple[tuple[tuple[fmpq, ...], ...], ...]
    wrong: dict[int, Word]


def short_runs(system: Transition, network: EquationMachine, specification: Specification) -> ShortRuns:
    """The same for the same network: the inputs come from a fixed seed."""
    behaviour = specification.machine()
    met = [dict[tuple[fmpq, ...], None]() for _ in system.phases]
    wrong: dict[int, Word] = {}
    steps = min(len(system.phases) + MORE_RUN_STEPS, MAX_RUN_STEPS)
    for word in _words(network.program.system.alphabet, steps):
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
            if not specification.accepts(answer.output, wanted):
                for line in specification.lines_applying_to(wanted):
                    if line not in wrong or len(wrong[line]) > t:
                        wrong[line] = word[:t]
            if isinstance(answer.output, Undefined):
                break
            phase = system.phases[phase].following
    return ShortRuns(tuple(map(tuple, met)), wrong)


def _words(alphabet: Alphabet, steps: int) -> list[Word]:
    """Words of small numbers: nothing but the simplest one, then drawn ones, of which each holds more of them."""
    random, choices = Random(steps), [numbers_near(domain, ())[:7] for domain in alphabet.number_domains]
    fallback = [domain.low if domain.low is not None else fmpq(0) for domain in alphabet.number_domains]
    words = []
    for i in range(RUNS):
        pools = [numbers[: 1 + i] or (other,) for numbers, other in zip(choices, fallback, strict=True)]
        words.append(tuple(alphabet.symbol([random.choice(pool) for pool in pools]) for _ in range(steps)))
    return words


def plain_long_words(alphabet: Alphabet, length: int | None) -> Iterator[Word]:
    """One simple input again and again, from the start and after another one; no longer than the question's inputs."""
    steps = min(PLAIN_LONG_STEPS, length or PLAIN_LONG_STEPS)
    kinds = alphabet.number_domains
    choices = [domain.values or numbers_near(domain, ()) or (domain.low or fmpq(0),) for domain in kinds]
    rows = [[numbers[i % len(numbers)] for numbers in choices] for i in range(3)]
    symbols = list(dict.fromkeys(map(alphabet.symbol, rows)))
    for symbol in symbols:
        yield (symbol,) * steps
    for first, symbol in permutations(symbols, 2):
        yield (first, *(symbol,) * (steps - 1))
