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

from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import Alphabet, Kind, Symbol, Word
from grader.machines.judge import Judge
from grader.machines.machine import Step

if TYPE_CHECKING:
    import hypothesis
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
        import hypothesis

        def breaks(word: Word) -> bool:
            return first_break(word) is not None

        settings = _settings(len(self.words))
        try:
            small: Word = hypothesis.find(self.strategy, breaks, settings=settings, random=Random(self.seed))
        except hypothesis.errors.NoSuchExample:
            small = found
        if len(small) > len(found):
            small = found
        return small[: first_break(small)]


def draw_corpus(alphabet: Alphabet, judge: Judge, longest: int | None, examples: int, seed: int) -> Corpus:
    """The words that Hypothesis draws from a fixed seed: the same on every run."""
    import hypothesis

    drawn: list[Word] = []
    strategy = words(alphabet, judge, longest)

    @hypothesis.seed(seed)
    @_settings(examples)
    @hypothesis.given(strategy)
    def draw(word: Word) -> None:
        drawn.append(word)

    draw()
    behaviour = judge.machine(alphabet.symbols() or ())
    return Corpus(drawn, [behaviour.run(word) for word in drawn], strategy, seed)


def _settings(examples: int) -> hypothesis.settings:
    import hypothesis

    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )


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
            targets = list(dict.fromkeys(edge.target for edge in edges))
            target = targets[choice % len(targets)]
            symbol = random.choice([i for i, edge in enumerate(edges) if edge.target == target])
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
