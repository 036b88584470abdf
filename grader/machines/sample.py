"""Long words for machines whose states do not end: uniform, in runs, and steered by the behaviour.

Uniform random words almost never stay where things are interesting (random pairs of bit sequences are soon unequal),
so two thirds of the words are made of runs: of one symbol, or of symbols that take the behaviour to one kind of state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from flint import fmpq

from grader.drawing import corpus, smallest
from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import Alphabet, Kind, Symbol, Word
from grader.machines.judge import Judge
from grader.machines.machine import Step

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MAX_LENGTH = 80
"""Longest sampled word."""

WIDE = 1_000
"""How far sampled numbers go where a kind has no bounds."""


@dataclass(frozen=True)
class Corpus:
    """The words of a question, drawn once for the whole class, with what the behaviour does on each."""

    words: list[Word]
    wanted: list[list[Step]]
    strategy: SearchStrategy[Word]
    seed: int

    def shrink(self, found: Word, first_break: Callable[[Word], int | None]) -> Word:
        """The smallest word that Hypothesis finds on which `first_break` finds one too, cut at its first wrong step."""

        def breaks(word: Word) -> bool:
            return first_break(word) is not None

        small = smallest(self.strategy, breaks, len(self.words), self.seed)
        if small is None or len(small) > len(found):
            small = _thinned(found, breaks)
        return small[: first_break(small)]


def _thinned(word: Word, breaks: Callable[[Word], bool]) -> Word:
    """The word without the stretches that can be left out one after the other, long ones first."""
    size = len(word) // 2
    while size:
        start = 0
        while start < len(word):
            shorter = word[:start] + word[start + size :]
            if shorter and breaks(shorter):
                word = shorter
            else:
                start += size
        size //= 2
    return word


def draw_corpus(alphabet: Alphabet, judge: Judge, longest: int | None, examples: int, seed: int) -> Corpus:
    """The words that Hypothesis draws from a fixed seed: the same on every run."""
    strategy = words(alphabet, judge, longest)
    drawn = corpus(strategy, examples, seed)
    behaviour = judge.machine(alphabet.symbols() or ())
    return Corpus(drawn, [behaviour.run(word) for word in drawn], strategy, seed)


def words(alphabet: Alphabet, judge: Judge, longest: int | None) -> SearchStrategy[Word]:
    """A strategy for words of 1 to `longest` symbols (MAX_LENGTH at most)."""
    from hypothesis import strategies as st

    most = min(longest or MAX_LENGTH, MAX_LENGTH)
    symbols = alphabet.symbols()
    if symbols is None:
        one = symbol_strategy(alphabet)
        return st.lists(one, min_size=1, max_size=most).map(tuple)
    one = st.sampled_from(symbols)
    runs = st.lists(st.tuples(one, st.integers(1, most)), min_size=1, max_size=8)
    one_run = st.tuples(st.integers(0, 3), st.integers(1, most), st.randoms(use_true_random=False))
    plans = st.lists(one_run, min_size=1, max_size=6)
    return st.one_of(
        st.lists(one, min_size=1, max_size=most).map(tuple),
        runs.map(lambda parts: tuple(s for s, n in parts for _ in range(n))[:most]),
        plans.map(lambda plan: _steered(judge, symbols, plan, most)),
    )


def _steered(judge: Judge, symbols: tuple[Symbol, ...], plan: list[tuple[int, int, Random]], most: int) -> Word:
    """A word whose runs each keep taking the behaviour to the same kind of next state."""
    machine, state, word = judge.machine(symbols), 0, list[Symbol]()
    for choice, length, random in plan:
        for _ in range(min(length, most - len(word))):
            try:
                edges = [machine.edge(state, i) for i in range(len(symbols))]
            except TooLarge:
                return tuple(word) or symbols[:1]
            allowed = [i for i, edge in enumerate(edges) if judge.allows(edge.step)]
            if not allowed:
                return tuple(word) or symbols[:1]
            targets = list(dict.fromkeys(edges[i].target for i in allowed))
            target = targets[choice % len(targets)]
            symbol = random.choice([i for i in allowed if edges[i].target == target])
            word.append(symbols[symbol])
            state = target
    return tuple(word)


def symbol_strategy(alphabet: Alphabet) -> SearchStrategy[Symbol]:
    """One symbol of an alphabet of any size."""
    from hypothesis import strategies as st

    numbers = [number_strategy(c.kind) for c in alphabet.channels.values() for _ in range(c.size)]
    return st.tuples(*numbers).map(alphabet.symbol)


def number_strategy(kind: Kind) -> SearchStrategy[fmpq]:
    """One number of a kind."""
    from hypothesis import strategies as st

    if kind.values is not None:
        return st.sampled_from(kind.values)
    low = kind.low if kind.low is not None else fmpq(-WIDE)
    high = kind.high if kind.high is not None else fmpq(WIDE)
    if kind.whole:
        return st.integers(int(low.ceil()), int(high.floor())).map(fmpq)
    share = st.fractions(0, 1, max_denominator=1000).map(lambda f: fmpq(f.numerator, f.denominator))
    return share.map(lambda part: low + (high - low) * part)
