"""What a look at a spec finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.verdict import Evidence

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `evidence` where there is some."""

    question: str
    level: Level
    text: str
    evidence: Evidence | None = None
