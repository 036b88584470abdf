"""The strength of an assignment: mutants of every question are made, sampled, judged and summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

from grader.deferred import dataclass
from grader.errors import reason_of
from grader.kinds.kind import kind_of
from grader.kinds.mutants import MutantVerdict
from grader.kinds.open_submission import Resources
from grader.kinds.table import ways_of
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.strength.chunks import (
    MAX_CHUNK_MUTANTS,
    ChunkJudge,
    ChunkSettings,
    MutantChunk,
    chunk_settings,
    judged_here,
)
from grader.strength.kept import KeptVerdicts
from grader.strength.outcome import SpecStrength, WayStrength
from grader.strength.sample import SampledMutants, sampled

DEFAULT_MUTANTS = 5_000
"""Of each way to answer a question that are judged."""


MAX_OFFERED_INPUTS = 12
"""Inputs that are offered as examples or tests: those that kill most."""


@dataclass(frozen=True)
class StrengthOptions:
    """How many mutants of a question are judged at most, the seed that they are sampled with, and the share wanted."""

    limit: int = DEFAULT_MUTANTS
    seed: int = 0
    at_least: Fraction | None = None


class Watcher(Protocol):
    """Somebody who watches a run."""

    def total(self, mutants: int) -> None:
        """So many have to be judged."""

    def done(self, mutants: int) -> None:
        """So many more were judged."""


class NobodyWatches:
    """Says nothing."""

    def total(self, mutants: int) -> None: ...
    def done(self, mutants: int) -> None: ...


class _MeasuredWay:
    """A way to answer a question while its mutants are judged; `way` counts from 0."""

    def __init__(self, question: Question, way: int, fingerprint: str) -> None:
        ways = ways_of(question)
        self.question, self.way, self.asked = question, way, ways[way]
        self.is_one_of_several = len(ways) > 1
        self.kept = KeptVerdicts(fingerprint, way)
        self.sample = SampledMutants((), 0)
        self.verdicts: dict[int, MutantVerdict] = {}
        self.fault = ""

    def make(self, options: StrengthOptions, run: Resources) -> None:
        """Makes its mutants, and finds the verdicts that are kept."""
        try:
            self.sample = sampled(kind_of(self.asked).mutants(self.asked, run), options.limit, options.seed)
        except Exception as error:  # ours: the question could be loaded
            self.fault = f"its mutants cannot be made: {reason_of(error)}"
        for number, mutant in enumerate(self.sample.mutants):
            if (verdict := self.kept.get(mutant)) is not None:
                self.verdicts[number] = verdict

    def numbers_to_judge(self) -> Iterator[tuple[int, ...]]:
        """The mutants of which no verdict is kept, in parts that one process judges."""
        left = [number for number in range(len(self.sample.mutants)) if number not in self.verdicts]
        for start in range(0, len(left), MAX_CHUNK_MUTANTS):
            yield tuple(left[start : start + MAX_CHUNK_MUTANTS])

    def chunk(self, numbers: Sequence[int], settings: ChunkSettings) -> MutantChunk:
        """A part of its mutants as work."""
        return MutantChunk(settings, self.question.id, self.way, tuple(self.sample.mutants[n] for n in numbers))

    def keep(self) -> None:
        """Keeps what was judged, also of a run that is interrupted."""
        self.kept.keep(self.verdicts.values())

    def strength(self, run: Resources) -> WayStrength:
        """What came of it."""
        found = WayStrength(
            self.question.id,
            self.way + 1 if self.is_one_of_several else 0,
            kind_of(self.asked).name,
            self.asked.points,
            self.asked.rubric,
            tuple(self.verdicts[number] for number in range(len(self.sample.mutants))),
            self.sample.made,
            self.sample.is_listed_whole,
            fault=self.fault,
        )
        kind, few = kind_of(self.asked), [one.input for one in found.killing_inputs().inputs[:MAX_OFFERED_INPUTS]]
        try:
            remarks = tuple(kind.strength_remarks(self.asked, found.verdicts, run))
            remarks += tuple(kind.tests_of_inputs(self.asked, few, run)) if few else ()
        except Exception as error:
            return replace(found, fault=f"what its mutants say cannot be summed up: {reason_of(error)}")
        return replace(found, remarks=remarks)


def measure(
    assignment: Assignment,
    options: StrengthOptions | None = None,
    *,
    asked: Sequence[str] = (),
    judge: ChunkJudge | None = None,
    watcher: Watcher | None = None,
) -> SpecStrength:
    """The strength of an assignment that was loaded with the questions `asked` for.

    `judge` judges the mutants, in this process where there is none. The rule: no clock and no order of processes enters
    the result; the same spec, options and grader give the same one.
    """
    options, watcher, settings = (
        options or StrengthOptions(),
        watcher or NobodyWatches(),
        chunk_settings(assignment, asked),
    )
    prints = dict(settings.fingerprints)
    with closing(Resources()) as run:
        ways = [
            _MeasuredWay(question, way, prints[question.id])
            for question in assignment.questions
            for way in range(len(ways_of(question)))
        ]
        for way in ways:
            way.make(options, run)
        try:
            _judge(ways, settings, judge or (lambda chunks: judged_here(chunks, assignment, run)), watcher)
        finally:
            for way in ways:
                way.keep()
        found = tuple(way.strength(run) for way in ways)
    return SpecStrength(assignment.id, found, options.limit, options.seed, options.at_least)


def _judge(ways: Sequence[_MeasuredWay], settings: ChunkSettings, judge: ChunkJudge, watcher: Watcher) -> None:
    """Judges all mutants of which no verdict is kept, and gives each way its own."""
    parts = [(way, numbers) for way in ways for numbers in way.numbers_to_judge()]
    watcher.total(sum(len(numbers) for _, numbers in parts))
    if not parts:
        return
    left = Counter(way for way, _ in parts)
    with closing(judge([way.chunk(numbers, settings) for way, numbers in parts])) as results:
        for (way, numbers), verdicts in zip(parts, results, strict=True):
            way.verdicts.update(zip(numbers, verdicts, strict=True))
            watcher.done(len(numbers))
            left[way] -= 1
            if not left[way]:  # a run that is killed later has it all the same
                way.keep()
