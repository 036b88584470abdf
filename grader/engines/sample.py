"""Runs long inputs, drawn once for the whole class, and shrinks those on which a rubric line breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.engines.corpus import MAX_SAMPLED_LENGTH, Corpus
from grader.engines.engine import Broken, Budget, Findings, OpenLines
from grader.engines.rationals import nothing_undecidable
from grader.language.precision import Refinement
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.enclosed import judged_run, left_open
from grader.machines.explore import count_words
from grader.machines.machine import Machine, OutputBeyondLimits, Step
from grader.machines.specification import Specification
from grader.verdict import MAX_COUNTED_INPUTS, Evidence, Exhausted, NoEvidence, Sampled


class SampleEngine:
    """Decides every line, and proves none."""

    name = "sample"
    only_runs = True
    undecidable = staticmethod(nothing_undecidable)

    def decide(self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget) -> Findings:
        """Small words for the lines that break; for the others, how much was looked at.

        Only words longer than `lines.length` that were run to their end count as drawn.
        """
        corpus, finished, refinement = budget.corpus, 0, Refinement()
        broken, met, drawn, undecided = dict[int, Broken](), set[int](), Counter[int](), dict[int, str]()
        for i, trial in enumerate(corpus.trials):
            run = _compared(specification, network, trial.word, trial.wanted, refinement)
            met |= run.met
            undecided.update({line: why for line, why in run.undecided.items() if line not in undecided})
            for line, steps in run.broken.items():
                if line in lines.numbers and line not in broken:
                    found = trial.word[:steps]
                    broken[line] = _shrunk(specification, network, corpus, found, line, i < corpus.drawn)
            if trial.whole and run.length == len(trial.word) > lines.length and not run.undecided:
                finished += 1
                drawn.update(trial.lines)
        holds: Evidence = NoEvidence()
        if len(broken) < len(lines.numbers):
            sampled = Sampled(finished, budget.seed) if finished else None
            holds = _exhausted(network, specification, lines.length, sampled) or sampled or NoEvidence()
        undecided = {line: why for line, why in undecided.items() if line not in broken}
        return Findings(broken, holds, met=frozenset(met), drawn=drawn, undecided=undecided)


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


def _compared(
    specification: Specification, network: Machine, word: Word, wanted: Sequence[Step], refinement: Refinement
) -> _Run:
    broken, met, undecided = dict[int, int](), set[int](), dict[int, str]()
    run, t = judged_run(network, specification, word, wanted, refinement), 0
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


def _shrunk(
    specification: Specification, network: Machine, corpus: Corpus, found: Word, line: int, drawn: bool
) -> Broken:
    """A small word on which the same line breaks; of drawn words, the smallest that Hypothesis comes to."""
    behaviour, refinement = specification.machine(), Refinement()

    def first_break(word: Word) -> int | None:
        return _compared(specification, network, word, behaviour.run(word), refinement).broken.get(line)

    return Broken(corpus.shrink(found, first_break, drawn=drawn), shortest=False)
