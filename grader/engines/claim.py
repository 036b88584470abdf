"""What a certificate shows: that a network breaks none of some rubric lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.machines.machine import Machine
from grader.machines.specification import Specification


@dataclass(frozen=True)
class Claim:
    """No input of up to `length` steps (None: of any length) breaks one of the rubric lines (by number)."""

    network: Machine
    specification: Specification
    lines: Iterable[int]
    length: int | None


class UnreadableCertificate(ValueError):  # noqa: N818  # names the condition
    """A certificate that is not written as its kind is; the message says what was wanted."""
