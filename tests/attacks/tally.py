"""What went wrong, counted by kind of attack, and the table that is shown at the end of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Harm = Literal["wrong marks", "leaks", "hangs", "lost results", "neighbours harmed", "other harm"]
HARMS: tuple[Harm, ...] = ("wrong marks", "leaks", "hangs", "lost results", "neighbours harmed", "other harm")
"""`other harm`: code that ran outside of the sandbox, files that changed, processes that were left, endless reports."""


@dataclass(frozen=True)
class Fault:
    """One thing that an attack has done and must not do."""

    harm: Harm
    what: str

    def __str__(self) -> str:
        return f"{self.harm}: {self.what}"


@dataclass
class Tally:
    """How often each kind was tried, and what came of it."""

    tried: Counter[str] = field(default_factory=Counter)
    harms: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, kind: str, faults: Iterable[Fault]) -> None:
        """One attack that was tried once; a harm counts once, however often it is seen."""
        self.tried[kind] += 1
        for harm in {fault.harm for fault in faults}:
            self.harms[kind, harm] += 1

    def table(self) -> list[str]:
        """The rows as text, with a sum below."""
        header = ["kind", "tried", *HARMS]
        rows = [
            [kind, count, *(self.harms[kind, harm] for harm in HARMS)] for kind, count in sorted(self.tried.items())
        ]
        sums: list[object] = ["all", *(sum(int(str(row[i])) for row in rows) for i in range(1, len(header)))]
        cells = [[str(cell) for cell in row] for row in [header, *rows, sums]]
        widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
        return ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in cells]


TALLY = Tally()
"""Of this run of the tests."""
