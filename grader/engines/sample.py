"""Runs long inputs, drawn once for the whole class, and shrinks those on which a rubric line breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.deferred import dataclass
from grader.engines.corpus import Corpus
from grader.engines.engine import Broken, Budget, Findings, OpenLines
from grader.engines.long_runs import BALL_STEP_BITS, MAX_SAMPLED_LENGTH, LongRunBits, steps_within
from grader.engines.rationals import nothing_undecidable
from grader.engines.turning_points import TurningPoints
from grader.evidence import MAX_COUNTED_INPUTS, Evidence, Exhausted, NoEvidence, Sampled
from grader.language.precision import Refinement
from grader.machines.alphabet import FiniteAlphabet, UnlistedAlphabet, Word
from grader.machines.enclosed import EnclosedMachine, judged_run, left_open
from grader.machines.explore import count_words
from grader.machines.machine import EquationMachine, Machine, OutputBeyondLimits, Step
from grader.machines.specification import Specification

MAX_STEERED_PREFIXES, MAX_STEERED_STEPS = 4, 6
"""Words after which turning points are looked for, and their steps."""


class SampleEngine:
    """Decides every line, and proves none."""

    name = "sample"
    only_runs = True
    undecidable = staticmethod(nothing_undecidable)

    def decide(self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget) -> Findings:
        """Small words for the lines that break; for the others, how much was looked at.

        Only words longer than `lines.length` that were run to their end count as drawn.
        """
        corpus, sampling = budget.corpus, _Sampling(specification, network, lines.numbers, budget.corpus)
        finished, drawn = 0, Counter[int]()
        for i, trial in enumerate(corpus.trials):
            if sampling.all_broken:
                break
            run = sampling.look(trial.word, trial.wanted, drawn=i < corpus.drawn)
            if trial.whole and run.length == len(trial.word) > lines.length and not run.undecided:
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
        undecided = {line: why for line, why in sampling.undecided.items() if line not in sampling.broken}
        return Findings(sampling.broken, holds, met=frozenset(sampling.met), drawn=drawn, undecided=undecided)


class _Sampling:
    """One answer on one word after the other: the lines that it breaks, and those that some step is about.

    `undecided`: what was left open of an output, for the lines that it is about.
    """

    def __init__(self, specification: Specification, network: Machine, lines: frozenset[int], corpus: Corpus) -> None:
        self.specification = specification
        self.network = network
        self.lines = lines
        self.corpus = corpus
        self.broken: dict[int, Broken] = {}
        self.met: set[int] = set()
        self.undecided: dict[int, str] = {}
        self.effort = _Effort(Refinement(), Refinement(), LongRunBits())

    @property
    def all_broken(self) -> bool:
        """Nothing more can be found."""
        return len(self.broken) == len(self.lines)

    def look(self, word: Word, wanted: Sequence[Step], *, drawn: bool) -> _Run:
        """Runs a word, and shrinks it for each line that it is the first to break."""
        run = _compared(self.specification, self.network, word, wanted, self.effort)
        self.met |= run.met
        self.undecided.update({line: why for line, why in run.undecided.items() if line not in self.undecided})
        for line, steps in run.broken.items():
            if line in self.lines and line not in self.broken:
                self.broken[line] = self._shrunk(word[:steps], line, drawn)
        return run

    def _shrunk(self, found: Word, line: int, drawn: bool) -> Broken:
        """A small word on which the same line breaks; of drawn words, the smallest that Hypothesis comes to."""
        behaviour, effort = self.specification.machine(), _Effort(Refinement(), Refinement(), LongRunBits())

        def first_break(word: Word) -> int | None:
            wanted = steps_within(behaviour, word, effort.bits)
            return _compared(self.specification, self.network, word, wanted, effort).broken.get(line)

        return Broken(self.corpus.shrink(found, first_break, drawn=drawn), shortest=False)


def _steered(network: Machine, specification: Specification, corpus: Corpus) -> Iterator[Word]:
    """Inputs near which the answer's own network turns, after a few short words; they do not count as drawn."""
    if isinstance(network, EquationMachine) and isinstance(network.symbol_set, UnlistedAlphabet):
        short = sorted((trial.word for trial in corpus.trials), key=len)
        longer = [word for word in short if 0 < len(word) <= MAX_STEERED_STEPS]
        prefixes = [(), *(longer[:: max(1, len(longer) // MAX_STEERED_PREFIXES)] if corpus.longest != 1 else ())]
        yield from TurningPoints(network, specification).words(prefixes[: MAX_STEERED_PREFIXES + 1])


def _exhausted(
    network: Machine, specification: Specification, length: int, sampled: Sampled | None
) -> Exhausted | None:
    """The evidence that all inputs of up to `length` steps were visited or covered; None where no length was."""
    if not length:
        return None
    if not isinstance(network.symbol_set, FiniteAlphabet):
        return Exhausted(length, MAX_COUNTED_INPUTS, sampled, more=True)
    counted = count_words(
        specification.machine(), network.symbol_set, specification.allows, length, counts=specification.counts
    )
    return Exhausted(length, counted.number, sampled, counted.more)


@dataclass(frozen=True)
class _Run:
    """The rubric lines that a run breaks, each with the length of the word up to its first wrong step.

    `met`: the lines that apply to a compared step; `length`: how many steps were compared; `undecided`: what was left
    open of the outputs, for the lines that apply where it was.
    """

    broken: dict[int, int]
    met: set[int]
    length: int
    undecided: dict[int, str]


class _Effort(NamedTuple):
    """How much is left for runs of one answer: the precision of balls, the bits of long words.

    `short`: for words of up to MAX_SAMPLED_LENGTH steps and the first steps of longer ones. These have to be decided,
    however much the later steps take, which may be left open.
    """

    long: Refinement
    short: Refinement
    bits: LongRunBits


def _compared(
    specification: Specification, network: Machine, word: Word, wanted: Sequence[Step], effort: _Effort
) -> _Run:
    broken, met, undecided = dict[int, int](), set[int](), dict[int, str]()
    answered = None
    if isinstance(network, EnclosedMachine):
        if len(word) > MAX_SAMPLED_LENGTH and not effort.bits.take(len(word) * BALL_STEP_BITS):
            word, wanted = word[:MAX_SAMPLED_LENGTH], wanted[:MAX_SAMPLED_LENGTH]
    elif word:
        answered = steps_within(network, word[: len(wanted)], effort.bits)
    is_long = len(word) > MAX_SAMPLED_LENGTH
    refinement = effort.long if is_long else effort.short
    run, t = judged_run(network, specification, word, wanted, refinement, answered), 0
    if is_long and answered is None and None in run.right_within(MAX_SAMPLED_LENGTH):
        word, wanted = word[:MAX_SAMPLED_LENGTH], wanted[:MAX_SAMPLED_LENGTH]
        run = judged_run(network, specification, word, wanted, effort.short)
    reason = left_open(specification, word, run.open_question, run.bits) if run.open_question else ""
    for answer, want, right in zip(run.answered, run.wanted, run.right, strict=False):
        if isinstance(answer.output, OutputBeyondLimits) and t >= MAX_SAMPLED_LENGTH:
            break  # as in a walk: numbers that grow beyond the limits so late cost nothing
        if right is None and t >= MAX_SAMPLED_LENGTH:
            break  # nor does what balls leave open so late
        t += 1
        lines = specification.lines_applying_to(want)
        met.update(lines)
        if right is None:
            undecided.update({line: reason for line in lines if line not in undecided})
        elif not right:
            for line in lines:
                broken.setdefault(line, t)
    if run.open_question and t == len(run.answered) < min(len(run.wanted), MAX_SAMPLED_LENGTH):
        lines = specification.lines_applying_to(run.wanted[t])
        undecided.update({line: reason for line in lines if line not in undecided})
    return _Run(broken, met, t, undecided)
