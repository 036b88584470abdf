"""`somewhere: out > 0`: an expression that is true of at least one input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from grader.kinds.function.aims.holds import Holds, HoldsLine
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.question import Aim, AimKey


@dataclass(frozen=True)
class Somewhere(Holds):
    """An expression that is true of at least one input."""

    keys: ClassVar = {"somewhere": AimKey("property", "An expression that is true of at least one input.")}

    def contradicts(self, other: Aim) -> bool:
        return False


class SomewhereLine(HoldsLine):
    """An expression that one input is enough for."""

    def nowhere(self) -> Mismatch:
        text = self.aim.text.strip()
        return Mismatch(text, "nowhere", f"on none of the inputs that were tried this holds: {text}")
