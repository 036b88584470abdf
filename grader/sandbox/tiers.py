"""How strong the sandbox is here: the four tiers, what each needs, and what to do about what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.errors import HarnessError

Requirement = Literal["strict", "degraded", "off"]
TierName = Literal["A", "B", "C", "D", "off"]


@dataclass(frozen=True)
class Tier:
    """`holds`: what the sandbox does, in words, for the report."""

    name: TierName
    holds: str


TIERS: Mapping[TierName, Tier] = {
    tier.name: tier
    for tier in (
        Tier("A", "namespaces of its own (bubblewrap), and all of tier B inside them"),
        Tier(
            "B",
            "reads only the interpreter's files, writes none, no network, no other process,"
            " limited memory and time (Landlock, system call filter, resource limits)",
        ),
        Tier(
            "C",
            "writes no file, no network, no other process, limited memory and time (system call filter,"
            " resource limits); it can read what the grader's user can read",
        ),
        Tier(
            "D",
            "a process of its own with limited time, and limited memory where the system can;"
            " nothing else is held back",
        ),
        Tier("off", "a process of its own with limited time and memory, at the user's wish; nothing else is held back"),
    )
}
TIER_ORDER: tuple[TierName, ...] = ("A", "B", "C", "D")
ALLOWED_TIERS: Mapping[Requirement, tuple[TierName, ...]] = {
    "strict": ("A", "B"),
    "degraded": TIER_ORDER,
    "off": ("off",),
}


NEEDED_PROBES: Mapping[TierName, tuple[str, ...]] = {
    "C": (
        "process_descriptors",
        "closing_descriptors",
        "resource_limits",
        "death_with_parent",
        "no_new_privileges",
        "system_call_filter",
    ),
    "B": ("landlock_files",),
    "A": ("bubblewrap",),
}


@dataclass(frozen=True)
class Mechanism:
    """One line of `grader doctor`: does it work here (tried, not asked), what was seen, what to do if it does not."""

    name: str
    purpose: str
    works: bool
    detail: str = ""
    fix: str = ""


# name -> (what it is for, what to do when it is missing)
PROBE_TEXTS: Mapping[str, tuple[str, str]] = {
    "process_descriptors": (
        "ends exactly the process that was meant (pidfd)",
        "use Linux 5.3 or newer; in a container, let its seccomp profile allow pidfd_open",
    ),
    "closing_descriptors": ("nothing inherited stays open (close_range)", "use Linux 5.9 or newer"),
    "resource_limits": (
        "memory, files and processor time stop at a limit",
        "raise the hard limits (ulimit -H) of the grader",
    ),
    "death_with_parent": ("no process outlives the grader", "use Linux"),
    "no_new_privileges": ("no program can give more rights (no_new_privs)", "use Linux 3.5 or newer"),
    "system_call_filter": (
        "no network, no processes, no signals, no writing (seccomp)",
        "use Linux on x86-64 or aarch64 with CONFIG_SECCOMP_FILTER;"
        " in a container, let its seccomp profile allow seccomp()",
    ),
    "landlock_files": (
        "only the interpreter's files can be read (Landlock)",
        "use Linux 5.13 or newer with landlock among the security modules (boot with lsm=landlock,...);"
        " in a container, use Docker 20.10.10 or newer",
    ),
    "landlock_network": (
        "no TCP, a second time (Landlock)",
        "use Linux 6.7 or newer; the system call filter does it as well",
    ),
    "private_user": (
        "threads are limited too, and the grader's user owns nothing of it",
        "run as root with an interpreter that everyone can read; without it tier B still holds",
    ),
    "bubblewrap": (
        "a world without other files, processes and networks (namespaces)",
        "install bubblewrap and allow user namespaces; without it tier B still holds",
    ),
    "numpy": ("students' code can use NumPy", "run: pip install numpy"),
}


def mechanism(name: str, works: bool, detail: str) -> Mechanism:
    purpose, fix = PROBE_TEXTS[name]
    return Mechanism(name, purpose, works, detail, "" if works else fix)


def best(mechanisms: Sequence[Mechanism], highest: TierName = "A") -> Tier:
    """The strongest tier not above `highest` whose mechanisms all work."""
    working = {mechanism.name for mechanism in mechanisms if mechanism.works}
    reached: TierName = "D"
    for name in TIER_ORDER[-2::-1]:
        if TIER_ORDER.index(name) < TIER_ORDER.index(highest) or not working.issuperset(NEEDED_PROBES[name]):
            break
        reached = name
    return TIERS[reached]


def check(tier: Tier, require: Requirement, mechanisms: Sequence[Mechanism]) -> None:
    """HarnessError, with what is missing and what to do about it, when `tier` is less than what was required."""
    if tier.name in ALLOWED_TIERS[require]:
        return
    needed = (*NEEDED_PROBES["C"], *NEEDED_PROBES["B"])
    missing = [mechanism for mechanism in mechanisms if mechanism.name in needed and not mechanism.works]
    reasons = [
        f"{mechanism.name.replace('_', ' ')} does not work ({mechanism.detail}): {mechanism.fix}"
        for mechanism in missing
    ]
    if not reasons:
        reasons = [f"this sandbox was limited to tier {tier.name}"]
    raise HarnessError(
        f"students' code needs a sandbox of tier A or B, and only tier {tier.name} works here",
        *reasons,
        "or ask for less: --require-sandbox degraded runs students' code with what there is, and the report says so",
    )
