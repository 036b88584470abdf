"""Long words for machines whose states do not end: uniform, in runs, and steered by the behaviour.

Uniform random words almost never stay where things are interesting (random pairs of bit sequences are soon unequal),
so two thirds of the words are made of runs: of one symbol, or of symbols that take the behaviour to one kind of state.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import takewhile
from random import Random
from typing import TYPE_CHECKING

from flint import fmpq

from grader.deferred import dataclass
from grader.engines.constants import numbers_near
from grader.engines.edge_words import edge_words, long_words
from grader.engines.joint import reached_lines
from grader.engines.long_runs import MAX_SAMPLED_LENGTH, LongRunBits, steps_within
from grader.engines.search import InputSearch
from grader.hypothesis_corpus import corpus, smallest
from grader.language.arithmetic import TooLarge
from grader.language.numbers import from_float
from grader.machines.alphabet import Alphabet, FiniteAlphabet, NumberDomain, Symbol, Word, numbers_of
from grader.machines.explore import Bounds
from grader.machines.machine import EquationMachine, Step, state_key
from grader.machines.specification import Specification

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MAX_VALUES_DRAWN_ALIKE = 64
"""Values of a finite kind that are drawn alike; of more, those near constants are drawn more often."""

DEFAULT_SAMPLE_BOUND = 1_000
"""How far sampled numbers go where a kind has no bounds."""

DEFAULT_LONGEST = 2_000
"""Steps of the longest words: what leaks or drifts slowly shows there."""

MIN_INPUTS_PER_LINE = 10
"""Inputs about a rubric line that are looked at, where so many are found."""

MAX_SEARCH_STEPS, MAX_MORE_STEPS = 60_000, 2_000
"""Steps of the behaviour in a search for inputs about one rubric line: where none was drawn, and where a few were."""

MAX_THINNING_STEPS = 30_000
"""Steps of the words that are tried where a word is made shorter by leaving out parts."""


@dataclass(frozen=True)
class Trial:
    """An input as far as the question allows it, what is wanted at each step, and the rubric lines that it is about.

    `whole`: it was not cut because numbers of the behaviour grew beyond the limits.
    """

    word: Word
    wanted: tuple[Step, ...]
    lines: frozenset[int]
    whole: bool


@dataclass(frozen=True)
class Corpus:
    """The words of a question, drawn once for the whole class, and more that were searched for; all different."""

    trials: tuple[Trial, ...]
    """Those that were drawn come first."""
    drawn: int
    """How many of the trials were drawn."""
    strategy: SearchStrategy[Word]
    examples: int
    seed: int
    longest: int = DEFAULT_LONGEST
    """Steps of the longest words."""

    @property
    def words(self) -> list[Word]:
        """The words of the trials."""
        return [trial.word for trial in self.trials]

    def about(self, line: int) -> int:
        """How many words have a step that a rubric line is about."""
        return _about(line, self.trials)

    def shrink(self, found: Word, first_break: Callable[[Word], int | None], *, drawn: bool = True) -> Word:
        """The smallest wrong word that Hypothesis finds, or `found` made smaller; it ends with its first wrong step.

        `first_break` gives the steps of a word up to its first wrong one; None: it is right, or too long to be judged,
        so that the word is not always as small as it could be. `drawn`: some drawn word is known to be wrong; where
        none is, Hypothesis does not look for one.
        """

        broken = [(found, len(found))]

        def breaks(word: Word) -> bool:
            length = first_break(word)
            if length is not None:
                broken.append((word, length))
            return length is not None

        small = smallest(self.strategy, breaks, self.examples, self.seed) if drawn else None
        if small is None or len(small) > len(found):
            small = _thinned(found, breaks)
        return small[: next(length for word, length in reversed(broken) if word is small)]


def _thinned(word: Word, breaks: Callable[[Word], bool]) -> Word:
    """The word without the stretches that can be left out one after the other, long ones first."""
    size, left = len(word) // 2, MAX_THINNING_STEPS
    while size:
        start = 0
        while start < len(word) and left > 0:
            shorter = word[:start] + word[start + size :]
            left -= len(shorter)
            if shorter and breaks(shorter):
                word = shorter
            else:
                start += size
        size //= 2
    return word


def draw_corpus(
    alphabet: Alphabet,
    specification: Specification,
    bounds: Bounds,
    examples: int,
    seed: int,
    constants: Sequence[fmpq] = (),
    longest: int = DEFAULT_LONGEST,
) -> Corpus:
    """The words that Hypothesis draws from a fixed seed, and inputs about each rubric line: the same on every run.

    After them come words at the edges of what the question is about, and long ones of up to `longest` steps.
    """
    longest = min(longest, bounds.length or longest)
    strategy = words(alphabet, specification, longest, constants)
    drawn = _distinct(_trials(specification, corpus(strategy, examples, seed)))
    sought = _trials(specification, _sought(alphabet, specification, bounds, constants, drawn))
    edges = _trials(specification, edge_words(alphabet, longest, constants, examples))
    short = _distinct([*drawn, *sought, *edges])
    long = []
    if longest > MAX_SAMPLED_LENGTH:
        pairs = [(trial.word, trial.wanted) for trial in short]
        long = _trials(specification, long_words(specification, longest, pairs))
    return Corpus(tuple(_distinct([*short, *long])), len(drawn), strategy, examples, seed, longest)


def _distinct(trials: Iterable[Trial]) -> list[Trial]:
    """The first trial of each word."""
    found: dict[tuple[Hashable, ...], Trial] = {}
    for trial in trials:
        found.setdefault(tuple(map(state_key, trial.word)), trial)
    return list(found.values())


def _different(found: Iterable[Word]) -> Iterator[Word]:
    """Each word once, where it comes first; Hypothesis draws the words of a small language again and again."""
    seen: set[tuple[Hashable, ...]] = set()
    for word in found:
        key = tuple(map(state_key, word))
        if key not in seen:
            seen.add(key)
            yield word


def in_floats(found: Corpus, alphabet: Alphabet, specification: Specification, *, long_words: bool = False) -> Corpus:
    """The same words with each number at its nearest float, which a reference in Python takes without rounding.

    Without `long_words`, those of more than MAX_SAMPLED_LENGTH steps are left out: rounding adds up in them.
    """
    chosen = [word for word in found.words if long_words or len(word) <= MAX_SAMPLED_LENGTH]

    def rounded(word: Word) -> Word:
        return tuple(_rounded(alphabet, symbol) for symbol in word)

    trials = _distinct(_trials(specification, filter(all, map(rounded, chosen))))
    strategy = found.strategy.map(rounded).filter(all)
    return Corpus(tuple(trials), len(trials), strategy, found.examples, found.seed, found.longest)


def _rounded(alphabet: Alphabet, symbol: Symbol) -> Symbol:
    """A step of floats, but for named symbols; empty where a float is outside of what an input may be."""
    floats = [from_float(int(n.p) / int(n.q)) for n in numbers_of(symbol)]
    named = [bool(channel.names) for channel in alphabet.channels.values() for _ in range(channel.size)]
    floats = [n if keep else near for n, near, keep in zip(numbers_of(symbol), floats, named, strict=True)]
    fits = all(kind.holds(number) for kind, number in zip(alphabet.number_domains, floats, strict=True))
    return alphabet.symbol(floats) if fits else ()


def _sought(
    alphabet: Alphabet, specification: Specification, bounds: Bounds, constants: Sequence[fmpq], drawn: Sequence[Trial]
) -> Iterator[Word]:
    """Words about the rubric lines that few drawn words are about."""
    few = {i: n for i in range(len(specification.lines)) if (n := _about(i, drawn)) < MIN_INPUTS_PER_LINE}
    if few and isinstance(alphabet.symbol_set, FiniteAlphabet):
        reached = reached_lines(specification, alphabet.symbol_set, bounds)
        words_to_few = {line: word for line in few if (word := reached.word(line))}
        yield from words_to_few.values()
        if reached.complete:
            few = {i: n for i, n in few.items() if i in words_to_few}
    search = InputSearch(specification, alphabet, bounds.length, constants)
    for line, n in few.items():
        yield from search.words(line, MIN_INPUTS_PER_LINE - n, MAX_MORE_STEPS if n else MAX_SEARCH_STEPS)


def _about(line: int, trials: Sequence[Trial]) -> int:
    return sum(line in trial.lines for trial in trials)


def _trials(specification: Specification, found: Iterable[Word]) -> list[Trial]:
    behaviour = EquationMachine(specification.program, {}, keep_frames=not specification.compares_outputs)
    trials, bits = [], LongRunBits()
    for word in _different(found):
        steps = steps_within(behaviour, word, bits)
        allowed = list(takewhile(specification.allows, steps))
        if allowed:
            lines = frozenset(line for step in allowed for line in specification.lines_applying_to(step))
            whole = len(steps) == len(word) or len(allowed) < len(steps)
            trials.append(Trial(word[: len(allowed)], tuple(allowed), lines, whole))
    return trials


def words(
    alphabet: Alphabet, specification: Specification, longest: int | None, constants: Sequence[fmpq] = ()
) -> SearchStrategy[Word]:
    """Words of 1 to `longest` symbols (`MAX_SAMPLED_LENGTH` at most); `constants` are numbers to draw around.

    Of a language, words that belong to it; they may be longer, to be whole.
    """
    from hypothesis import strategies as st

    most = min(longest or MAX_SAMPLED_LENGTH, MAX_SAMPLED_LENGTH)
    symbol_set = alphabet.symbol_set
    symbols = symbol_set.symbols if isinstance(symbol_set, FiniteAlphabet) else ()
    one = st.sampled_from(symbols) if symbols else symbol_strategy(alphabet, constants)
    ways = [st.lists(one, min_size=1, max_size=most).map(tuple), _runs(one, most)]
    if symbols:
        one_run = st.tuples(st.integers(0, 3), st.integers(1, most), st.randoms(use_true_random=False))
        plans = st.lists(one_run, min_size=1, max_size=6)
        ways.append(plans.map(lambda plan: _steered(specification, symbols, plan, most)))
    drawn = st.one_of(*ways)
    return drawn if alphabet.language is None else drawn.map(lambda word: alphabet.fitted(word, longest))


def _runs(one: SearchStrategy[Symbol], most: int) -> SearchStrategy[Word]:
    """Words of stretches in which one symbol is repeated."""
    from hypothesis import strategies as st

    runs = st.lists(st.tuples(one, st.integers(1, most)), min_size=1, max_size=8)
    return runs.map(lambda parts: tuple(s for s, n in parts for _ in range(n))[:most])


def _steered(
    specification: Specification, symbols: tuple[Symbol, ...], plan: list[tuple[int, int, Random]], most: int
) -> Word:
    """A word whose runs each keep taking the behaviour to the same kind of next state."""
    machine, state, word = specification.machine(), 0, list[Symbol]()
    for choice, length, random in plan:
        for _ in range(min(length, most - len(word))):
            try:
                edges = [machine.edge(state, i) for i in range(len(symbols))]
            except TooLarge:
                return tuple(word) or symbols[:1]
            allowed = [i for i, edge in enumerate(edges) if specification.allows(edge.step)]
            if not allowed:
                return tuple(word) or symbols[:1]
            targets = list(dict.fromkeys(edges[i].target for i in allowed))
            target = targets[choice % len(targets)]
            symbol = random.choice([i for i in allowed if edges[i].target == target])
            word.append(symbols[symbol])
            state = target
    return tuple(word)


def symbol_strategy(alphabet: Alphabet, constants: Sequence[fmpq] = ()) -> SearchStrategy[Symbol]:
    """One symbol of an alphabet of any size."""
    from hypothesis import strategies as st

    parts = []
    for channel in alphabet.channels.values():
        if channel.names:
            parts.append(st.sampled_from([symbol.numbers for symbol in channel.names]))
        else:
            parts += [number_strategy(channel.kind, constants).map(lambda n: (n,))] * channel.size
    return st.tuples(*parts).map(lambda numbers: alphabet.symbol([n for part in numbers for n in part]))


def number_strategy(kind: NumberDomain, constants: Sequence[fmpq] = ()) -> SearchStrategy[fmpq]:
    """One number of a kind: as often one near the constants, or simple, or at a bound, as one from the whole range."""
    from hypothesis import strategies as st

    if kind.values is not None and len(kind.values) <= MAX_VALUES_DRAWN_ALIKE:
        return st.sampled_from(kind.values)
    near = numbers_near(kind, constants)
    return st.one_of(st.sampled_from(near), _anywhere(kind)) if near else _anywhere(kind)


def _anywhere(kind: NumberDomain) -> SearchStrategy[fmpq]:
    from hypothesis import strategies as st

    if kind.values is not None:
        return st.sampled_from(kind.values)
    low = kind.low if kind.low is not None else fmpq(-DEFAULT_SAMPLE_BOUND)
    high = kind.high if kind.high is not None else fmpq(DEFAULT_SAMPLE_BOUND)
    if kind.whole:
        return st.integers(int(low.ceil()), int(high.floor())).map(fmpq)
    parts = st.tuples(st.integers(1, 1000), st.integers(0, 1000))  # a fifth of the time that `st.fractions` takes
    return parts.map(lambda pair: low + (high - low) * fmpq(pair[1] % (pair[0] + 1), pair[0]))
