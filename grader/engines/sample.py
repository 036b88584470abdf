"""Runs long inputs, drawn once for the whole class, and shrinks those on which a rubric line breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.engines.corpus import MAX_SAMPLED_LENGTH, Corpus
from grader.engines.engine import Broken, Budget, Findings, OpenLines
from grader.engines.rationals import irrational_parts
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.explore import count_words
from grader.machines.machine import Machine, OutputBeyondLimits, Step
from grader.machines.specification import Specification
from grader.verdict import Evidence, Exhausted, NoEvidence, Sampled


class SampleEngine:
    """Decides every line, and proves none."""

    name = "sample"
    undecidable = staticmethod(irrational_parts)

    def decide(self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget) -> Findings:
        """Small words for the lines that break; for the others, how much was looked at.

        Only words longer than `lines.length` that were run to their end count as drawn.
        """
        corpus, finished = budget.corpus, 0
        broken, met, drawn = dict[int, Broken](), set[int](), Counter[int]()
        for i, trial in enumerate(corpus.trials):
            run = _compared(specification, network, trial.word, trial.wanted)
            met |= run.met
            for line, steps in run.broken.items():
                if line in lines.numbers and line not in broken:
                    found = trial.word[:steps]
                    broken[line] = _shrunk(specification, network, corpus, found, line, i < corpus.drawn)
            if trial.whole and run.length == len(trial.word) > lines.length:
                finished += 1
                drawn.update(trial.lines)
        holds: Evidence = NoEvidence()
        if len(broken) < len(lines.numbers):
            sampled = Sampled(finished, budget.seed) if finished else None
            holds = _exhausted(network, specification, lines.length, sampled) or sampled or NoEvidence()
        return Findings(broken, holds, met=frozenset(met), drawn=drawn)


def _exhausted(
    network: Machine, specification: Specification, length: int, sampled: Sampled | None
) -> Exhausted | None:
    """The evidence that all inputs of up to `length` steps were visited; None where no length was."""
    if not length or not isinstance(network.symbol_set, FiniteAlphabet):
        return None
    counted = count_words(
        specification.machine(), network.symbol_set, specification.allows, length, specification.counts
    )
    return Exhausted(length, counted.number, sampled, counted.more)


@dataclass(frozen=True)
class _Run:
    """The rubric lines that a run breaks, each with the length of the word up to its first wrong step.

    `met`: the lines that apply to a compared step; `length`: how many steps were compared.
    """

    broken: dict[int, int]
    met: set[int]
    length: int


def _compared(specification: Specification, network: Machine, word: Word, wanted: Sequence[Step]) -> _Run:
    broken, met = dict[int, int](), set[int]()
    answered, t = network.run(word), 0
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


def _shrunk(
    specification: Specification, network: Machine, corpus: Corpus, found: Word, line: int, drawn: bool
) -> Broken:
    """A small word on which the same line breaks; of drawn words, the smallest that Hypothesis comes to."""
    behaviour = specification.machine()

    def first_break(word: Word) -> int | None:
        return _compared(specification, network, word, behaviour.run(word)).broken.get(line)

    return Broken(corpus.shrink(found, first_break, drawn=drawn), shortest=False)
