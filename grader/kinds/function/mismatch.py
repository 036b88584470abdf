"""What is wrong with a case or a line, and what a search for the smallest such case has come to: plain values."""

from __future__ import annotations

from dataclasses import dataclass

from grader.inputs.drawn_values import Case


@dataclass(frozen=True)
class Mismatch:
    """What was wanted and what came, in words; `rank` puts failures that say more before those that say less."""

    wanted: str
    got: str
    sentence: str
    rank: int = 0


@dataclass(frozen=True)
class LineVerdict:
    """How many cases a line is about, and those of them (by number) that are wrong."""

    applicable: int
    failing: list[tuple[int, Mismatch]]


@dataclass(frozen=True)
class SearchTrace:
    """A search that was made: each call in it with what it gave, and the smallest failure that it came to."""

    calls: tuple[tuple[Case, tuple[bool, bool, int]], ...]
    found: Case | None
