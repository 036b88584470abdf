"""Words that are tried whatever is drawn: inputs at the edges of what a question is about, and long repetitive ones.

Where inputs cannot be listed: small whole numbers first, every constant with its neighbours, several scales, ties and
near-ties of the numbers of one step. For inputs of many steps: short ways to different situations of the behaviour,
then one input, or a few in turn, for very long; a memory that leaks, a sum that drifts and a counter that overflows
show there.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator, Sequence
from itertools import islice
from random import Random

from flint import fmpq

from grader.engines.constants import edge_numbers, fitted
from grader.machines.alphabet import Alphabet, FiniteAlphabet, NumberDomain, Symbol, Word
from grader.machines.machine import Step, state_key
from grader.machines.specification import Specification

EDGE_WORDS_PER_SAMPLE = 4
"""Edge words of a step or two, for each example that is drawn."""

MAX_CHAINED_STEPS = 12
"""Edge inputs that follow each other in one word, where words may have many steps."""

TIE_DISTANCES = tuple(fmpq(1, 2**k) for k in (1, 3, 7, 10, 14, 20, 30))
"""How far numbers of a near-tie lie apart."""

MAX_TIED_PAIRS = 6

GRID = tuple(fmpq(n) for n in (0, 1, -1, 2, -2, 3, -3))
"""Small whole numbers of which all combinations are tried, where there are few."""

MAX_LONG_STEPS = 40_000
"""Steps of all long words together, where each has no more than a quarter of them."""

MAX_HEADS, MAX_REPEATED = 6, 4
"""Situations of the behaviour, and inputs, from which long words are made."""


def edge_words(alphabet: Alphabet, longest: int | None, constants: Sequence[fmpq], samples: int) -> Iterator[Word]:
    """Words of one step, and chains of their inputs; none where all inputs of a step are few, or symbols with names."""
    if isinstance(alphabet.symbol_set, FiniteAlphabet) or any(one.names for one in alphabet.channels.values()):
        return
    symbols = list(islice(_edge_symbols(alphabet, constants), EDGE_WORDS_PER_SAMPLE * samples))
    yield from ((symbol,) for symbol in symbols)
    steps = min(longest or MAX_CHAINED_STEPS, MAX_CHAINED_STEPS)
    if steps > 1:
        yield from (tuple(symbols[i : i + steps]) for i in range(0, len(symbols), steps))
        yield from ((symbols[0], symbol) for symbol in symbols[: len(symbols) // 2])


def _edge_symbols(alphabet: Alphabet, constants: Sequence[fmpq]) -> Iterator[Symbol]:
    """In turn from each source, so that each has its share of a small number."""
    kinds = alphabet.number_domains
    numbers = [edge_numbers(kind, constants) or kind.values or () for kind in kinds]
    if not all(numbers):
        return
    if len(kinds) == 1:
        yield from (alphabet.symbol([number]) for number in numbers[0])
        return
    sources = [_grid(kinds), _moved(numbers), _ties(kinds, numbers)]
    rounds = itertools.zip_longest(*sources)
    seen = set[Hashable]()
    for row in (row for rows in rounds for row in rows if row is not None):
        symbol = alphabet.symbol(row)
        if (key := state_key(symbol)) not in seen:
            seen.add(key)
            yield symbol


def _grid(kinds: Sequence[NumberDomain]) -> Iterator[list[fmpq]]:
    """Rows of small whole numbers: all in order of their size where there are few, else drawn ones."""
    choices = [fitted(kind, GRID) or fitted(kind, [kind.low or fmpq(0)]) for kind in kinds]
    if not all(choices):
        return
    if len(kinds) <= 3:
        rows = sorted(itertools.product(*choices), key=lambda row: (max(map(abs, row)), row))
        yield from (list(row) for row in rows)
        return
    random = Random(len(kinds))
    while True:
        yield [random.choice(numbers) for numbers in choices]


def _moved(numbers: Sequence[Sequence[fmpq]]) -> Iterator[list[fmpq]]:
    """Rows of the simplest numbers, in which one is moved through all of its edges; the numbers in turn."""
    simplest = [row[0] for row in numbers]
    for moved in itertools.zip_longest(*numbers):
        for i, number in enumerate(moved):
            if number is not None:
                yield [*simplest[:i], number, *simplest[i + 1 :]]


def _ties(kinds: Sequence[NumberDomain], numbers: Sequence[Sequence[fmpq]]) -> Iterator[list[fmpq]]:
    """Rows of equal numbers, and rows in which two of them are nearly equal."""
    pairs = list(itertools.combinations(range(len(kinds)), 2))[:MAX_TIED_PAIRS]
    for value in (fmpq(0), fmpq(1), *numbers[0][::7]):
        row = [value] * len(kinds)
        if not all(kind.holds(value) for kind in kinds):
            continue
        yield row
        for distance in TIE_DISTANCES:
            for i, j in pairs:
                for low, high in ((i, j), (j, i)):
                    nearly = [*row]
                    nearly[low], nearly[high] = value, value + distance
                    if all(kind.holds(number) for kind, number in zip(kinds, nearly, strict=True)):
                        yield nearly


def long_words(
    specification: Specification, longest: int, short: Sequence[tuple[Word, Sequence[Step]]]
) -> Iterator[Word]:
    """Short words to different situations of the behaviour, then inputs that are repeated up to `longest` steps.

    `short` are words with what is wanted at each of their steps.
    """
    alphabet, heads = specification.program.system.alphabet, dict[Hashable, Word]()
    for word, wanted in sorted(short, key=lambda pair: len(pair[0])):
        situation = (frozenset(specification.lines_applying_to(wanted[-1])), str(wanted[-1].output))
        heads.setdefault(situation, word)
    symbols = list({state_key(symbol): symbol for word, _ in short for symbol in word[:1]}.values())[:MAX_REPEATED]
    steps = MAX_LONG_STEPS
    for word in _repetitive(list(heads.values())[:MAX_HEADS], symbols, longest):
        fitting = alphabet.fitted(word[:longest], longest)
        steps -= len(fitting)
        if steps < 0:
            return
        yield fitting


def _repetitive(heads: Sequence[Word], symbols: Sequence[Symbol], longest: int) -> Iterator[Word]:
    """One input for long, then another; then a few inputs in turn; one half of this, one half of that."""
    for head, (i, symbol) in itertools.product(heads[:3], enumerate(symbols[:2])):
        other = symbols[(i + 1) % len(symbols)]
        yield (*head, *[symbol] * (longest - len(head) - 2), other, symbol)
    for one, other in itertools.permutations(symbols[:3], 2):
        yield tuple(itertools.islice(itertools.cycle((one, other)), longest))
        yield (*[one] * (longest // 2), *[other] * (longest - longest // 2))
        yield tuple(itertools.islice(itertools.cycle((one, one, other)), longest))
    for head, symbol in itertools.product([(), *heads[3:]], symbols):
        yield (*head, *[symbol] * (longest - len(head)))
