"""Runs long inputs, drawn once for the whole class, and shrinks those on which a rubric line breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.engines.corpus import Corpus
from grader.engines.engine import Broken, Budget, Findings, OpenLines
from grader.engines.long_runs import MAX_SAMPLED_LENGTH, LongRunBits, steps_within
from grader.engines.rationals import irrational_parts
from grader.engines.turning_points import TurningPoints
from grader.machines.alphabet import FiniteAlphabet, UnlistedAlphabet, Word
from grader.machines.explore import count_words
from grader.machines.machine import EquationMachine, Machine, OutputBeyondLimits, Step
from grader.machines.specification import Specification
from grader.verdict import Evidence, Exhausted, NoEvidence, Sampled

MAX_STEERED_PREFIXES, MAX_STEERED_STEPS = 4, 6
"""Words after which turning points are looked for, and their steps."""


class SampleEngine:
    """Decides every line, and proves none."""

    name = "sample"
    undecidable = staticmethod(irrational_parts)

    def decide(self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget) -> Findings:
        """Small words for the lines that break; for the others, how much was looked at.

        Only words longer than `lines.length` that were run to their end count as drawn.
        """
        corpus, sampling = budget.corpus, _Sampling(specification, network, lines.numbers, budget.corpus)
        finished, drawn = 0, Counter[int]()
        for i, trial in enumerate(corpus.trials):
            if sampling.all_broken:
                break
            length = sampling.look(trial.word, trial.wanted, drawn=i < corpus.drawn)
            if trial.whole and length == len(trial.word) > lines.length:
                finished += 1
                drawn.update(trial.lines)
        for word in _steered(network, specification, corpus):
            if sampling.all_broken:
                break
            sampling.look(word, specification.machine().run(word), drawn=False)
        holds: Evidence = NoEvidence()
        if not sampling.all_broken:
            sampled = Sampled(finished, budget.seed) if finished else None
            holds = _exhausted(network, specification, lines.length, sampled) or sampled or NoEvidence()
        return Findings(sampling.broken, holds, met=frozenset(sampling.met), drawn=drawn)


class _Sampling:
    """One answer on one word after the other: the lines that it breaks, and those that some step is about."""

    def __init__(self, specification: Specification, network: Machine, lines: frozenset[int], corpus: Corpus) -> None:
        self.specification = specification
        self.network = network
        self.lines = lines
        self.corpus = corpus
        self.broken: dict[int, Broken] = {}
        self.met: set[int] = set()
        self.bits = LongRunBits()

    @property
    def all_broken(self) -> bool:
        """Nothing more can be found."""
        return len(self.broken) == len(self.lines)

    def look(self, word: Word, wanted: Sequence[Step], *, drawn: bool) -> int:
        """Runs a word, and shrinks it for each line that it breaks first; how many of its steps were compared."""
        run = _compared(self.specification, self.network, word, wanted, self.bits)
        self.met |= run.met
        for line, steps in run.broken.items():
            if line in self.lines and line not in self.broken:
                self.broken[line] = self._shrunk(word[:steps], line, drawn)
        return run.length

    def _shrunk(self, found: Word, line: int, drawn: bool) -> Broken:
        """A small word on which the same line breaks; of drawn words, the smallest that Hypothesis comes to."""
        behaviour, bits = self.specification.machine(), LongRunBits()

        def first_break(word: Word) -> int | None:
            wanted = steps_within(behaviour, word, bits)
            return _compared(self.specification, self.network, word, wanted, bits).broken.get(line)

        small = self.corpus.shrink(found, first_break, drawn=drawn)
        return Broken(small, shortest=False)


def _steered(network: Machine, specification: Specification, corpus: Corpus) -> Iterator[Word]:
    """Inputs near which the answer's own network turns, after a few short words; they do not count as drawn."""
    if isinstance(network, EquationMachine) and isinstance(network.symbol_set, UnlistedAlphabet):
        short = sorted((trial.word for trial in corpus.trials), key=len)
        longer = [word for word in short if len(word) <= MAX_STEERED_STEPS]
        prefixes = [(), *(longer[:: max(1, len(longer) // MAX_STEERED_PREFIXES)] if corpus.longest != 1 else ())]
        yield from TurningPoints(network, specification).words(prefixes[: MAX_STEERED_PREFIXES + 1])


def _exhausted(
    network: Machine, specification: Specification, length: int, sampled: Sampled | None
) -> Exhausted | None:
    """The evidence that all inputs of up to `length` steps were visited; None where no length was."""
    if not length or not isinstance(network.symbol_set, FiniteAlphabet):
        return None
    counted = count_words(specification.machine(), network.symbol_set, specification.allows, length)
    return Exhausted(length, counted.number, sampled, counted.more)


@dataclass(frozen=True)
class _Run:
    """The rubric lines that a run breaks, each with the length of the word up to its first wrong step.

    `met`: the lines that apply to a compared step; `length`: how many steps were compared.
    """

    broken: dict[int, int]
    met: set[int]
    length: int


def _compared(
    specification: Specification, network: Machine, word: Word, wanted: Sequence[Step], bits: LongRunBits
) -> _Run:
    broken, met = dict[int, int](), set[int]()
    answered, t = steps_within(network, word, bits), 0
    for answer, want in zip(answered, wanted, strict=False):
        if not specification.allows(want):
            break
        if isinstance(answer.output, OutputBeyondLimits) and t >= MAX_SAMPLED_LENGTH:
            break  # as in a walk: numbers that grow beyond the limits so late cost nothing
        t += 1
        lines = specification.lines_applying_to(want)
        met.update(lines)
        if not specification.accepts(answer.output, want):
            for line in lines:
                broken.setdefault(line, t)
    return _Run(broken, met, t)
