"""What a certificate shows: that a network breaks none of some rubric lines."""

from __future__ import annotations

from collections.abc import Set

from grader.deferred import dataclass
from grader.machines.explore import Bounds
from grader.machines.machine import EquationMachine
from grader.machines.specification import Specification


@dataclass(frozen=True)
class Claim:
    """No input breaks one of the rubric lines (by number), of any length or of up to `length` steps.

    `bounds` are those of the question: a check visits no more joint states than these.
    """

    network: EquationMachine
    specification: Specification
    lines: Set[int]
    bounds: Bounds

    @property
    def length(self) -> int | None:
        """The steps of the longest input; None: there is none."""
        return self.bounds.length


class UnreadableCertificate(ValueError):
    """A certificate that is not written as its kind is; the message says what was wanted."""
