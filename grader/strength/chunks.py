"""Mutants as work that any process can do: a few of one question at a time, judged behind a fence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from pathlib import Path

from grader.deferred import dataclass
from grader.errors import HarnessError, reason_of
from grader.kinds.fingerprint import question_fingerprints
from grader.kinds.kind import kind_of
from grader.kinds.mutants import Mutant, MutantVerdict
from grader.kinds.open_submission import Resources
from grader.kinds.table import load_assignment, ways_of
from grader.spec.assignment import Assignment
from grader.spec.question import Question

MAX_CHUNK_MUTANTS = 16
"""Of one question that a process is given at a time."""


@dataclass(frozen=True)
class ChunkSettings:
    """What all chunks of a run share: where the spec lies, the questions `asked` for (none: all), and fingerprints.

    These are of the questions as they were read; another process reads them again.
    """

    spec: Path
    asked: tuple[str, ...]
    fingerprints: tuple[tuple[str, str], ...]

    @cached_property
    def digest(self) -> str:
        """A SHA-256 digest over all of it."""
        return hashlib.sha256(
            repr((str(self.spec), self.asked, self.fingerprints)).encode("utf-8", "surrogateescape")
        ).hexdigest()


@dataclass(frozen=True)
class MutantChunk:
    """Some mutants of one way (a number from 0) to answer a question; pools of workers ask for what is nothing here."""

    settings: ChunkSettings
    question: str
    way: int
    mutants: tuple[Mutant, ...]
    told: tuple[()] = ()
    likeness: tuple[()] = ()

    @property
    def byte_count(self) -> int:
        """About how many bytes it takes to send it."""
        return sum(len(repr(mutant.answer)) + len(mutant.change) for mutant in self.mutants)

    def read(self) -> MutantChunk:
        """Itself: nothing has to be read."""
        return self


ChunkVerdicts = tuple[MutantVerdict, ...]
"""One for each mutant of a chunk, in their order."""

ChunkJudge = Callable[[Sequence[MutantChunk]], Generator[ChunkVerdicts, None, None]]
"""Judges chunks, in this process or in others; the results come in the order of the chunks.

Closed before its end, it ends whatever it has started."""


class _LoadedSpec:
    """The assignment of a run, as this process has read it."""

    def __init__(self, assignment: Assignment, fingerprints: tuple[tuple[str, str], ...]) -> None:
        self.assignment = assignment
        self.is_same = tuple(question_fingerprints(assignment).items()) == fingerprints

    def close(self) -> None:
        """Nothing is held open."""


def chunk_settings(assignment: Assignment, asked: Sequence[str] = ()) -> ChunkSettings:
    """The settings of a run over an assignment that was loaded with the questions `asked` for."""
    return ChunkSettings(assignment.path.resolve(), tuple(asked), tuple(question_fingerprints(assignment).items()))


def _loaded(settings: ChunkSettings, run: Resources, assignment: Assignment | None = None) -> _LoadedSpec:
    """The assignment of a run, read once a process; `assignment` is it where it was read already."""

    def load() -> _LoadedSpec:
        return _LoadedSpec(assignment or load_assignment(settings.spec, asked=settings.asked), settings.fingerprints)

    return run.resource(f"spec of mutants {settings.digest}", load)


def judge_chunk(chunk: MutantChunk, run: Resources) -> ChunkVerdicts:
    """The verdicts on the mutants of a chunk; what a fault keeps from being judged is held."""
    try:
        loaded = _loaded(chunk.settings, run)
        if not loaded.is_same:
            raise HarnessError("the spec has changed since the mutants were made: run it again")
        question = next(one for one in loaded.assignment.questions if one.id == chunk.question)
        return judged(ways_of(question)[chunk.way], chunk.mutants, run)
    except Exception as error:
        return held_chunk(chunk, reason_of(error))


def held_chunk(chunk: MutantChunk, reason: str) -> ChunkVerdicts:
    """Every mutant of the chunk held."""
    return tuple(_held(mutant, reason) for mutant in chunk.mutants)


def judged(way: Question, mutants: Sequence[Mutant], run: Resources) -> ChunkVerdicts:
    """What the kind makes of these mutants; where it fails they are judged one by one, and those that fail are held."""
    found = _attempted(way, mutants, run)
    if isinstance(found, tuple):
        return found
    if len(mutants) == 1:
        return (_held(mutants[0], reason_of(found)),)
    return tuple(verdict for mutant in mutants for verdict in judged(way, [mutant], run))


def _attempted(way: Question, mutants: Sequence[Mutant], run: Resources) -> ChunkVerdicts | Exception:
    try:
        found = tuple(islice(kind_of(way).judge_mutants(way, mutants, run), len(mutants) + 1))
        if [verdict.mutant for verdict in found] != list(mutants):
            raise HarnessError(f"{way.id}: {len(found)} verdicts on {len(mutants)} mutants, or in another order")
        return tuple(map(_without_contradiction, found, [way] * len(found)))
    except Exception as error:
        return error


def _without_contradiction(verdict: MutantVerdict, way: Question) -> MutantVerdict:
    """The verdict, if its status is what its points say.

    Raises:
        HarnessError: if it is killed and has all points, or survives and has not.
    """
    has_all = verdict.points >= way.points
    if (verdict.status == "killed" and has_all) or (verdict.status == "survived" and not has_all):
        raise HarnessError(
            f"{way.id}: a mutant with {verdict.points} of {way.points} points is called {verdict.status}"
        )
    return verdict


def _held(mutant: Mutant, reason: str) -> MutantVerdict:
    return MutantVerdict(mutant, "held", Fraction(0), reason=reason)


def single_chunks(chunk: MutantChunk) -> list[MutantChunk]:
    """A chunk for each mutant of this one."""
    return [replace(chunk, mutants=(mutant,)) for mutant in chunk.mutants]


def judged_here(
    chunks: Iterable[MutantChunk], assignment: Assignment, run: Resources
) -> Generator[ChunkVerdicts, None, None]:
    """Judges chunks of an assignment one after the other in this process."""
    for chunk in chunks:
        _loaded(chunk.settings, run, assignment)
        yield judge_chunk(chunk, run)
