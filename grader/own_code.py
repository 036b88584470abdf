"""What must hold code that its own author checks, and what is said where that is less than for a class."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.sandbox import Requirement


def requirement_for_own_code(asked: Requirement | None) -> Requirement:
    """What must hold code that is checked on its author's machine: what is asked for, else what the system can have.

    Tiers A to C need Linux. On macOS and Windows a student's own code runs as all else does that the student starts;
    on Linux, where submission repositories and platforms check what others wrote, the default stays strict.
    """
    return asked or ("strict" if sys.platform == "linux" else "degraded")


def said_of_own_code(asked: Requirement | None, ran_in: str) -> str:
    """What is said where own code ran in less than is asked for elsewhere; `ran_in`: the sandbox in a report."""
    if asked is not None or not ran_in:
        return ""
    from grader.sandbox.tiers import ALLOWED_TIERS, TIERS

    tier = TIERS.get(ran_in[:1])  # type: ignore[call-overload]  # a name of a tier, or none
    if tier is None or tier.name in ALLOWED_TIERS["strict"]:
        return ""
    return (
        f"code ran in tier {tier.name}, all that this system has ({tier.holds}): check only your own code here; "
        "`grader grade` asks for tier A or B"
    )
