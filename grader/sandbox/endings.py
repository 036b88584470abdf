"""How a child ended, and whether that was its own doing: the system, or somebody else, may have killed it."""

from __future__ import annotations

import signal
import struct
from typing import NamedTuple

from .limits import KIB, MIB, Limits

ENDING_STRUCT = struct.Struct("<iII")
"""What the status pipe carries: wait status, processor time in ms, largest resident memory in KiB."""

ENDING_SENTENCES = {
    "SIGSEGV": "it crashed (SIGSEGV; endless recursion in C or broken memory)",
    "SIGXCPU": "it used up its processor time (SIGXCPU)",
    "SIGKILL": "it was killed (SIGKILL; it used up its processor time or the memory, or killed itself)",
    "SIGXFSZ": "it wrote too large a file (SIGXFSZ)",
    "SIGSYS": "it made a forbidden system call (SIGSYS)",
}  # fmt: skip
"""By the names of signals, of which Windows has few."""

MEMORY_EXIT_STATUS = 97
"""With which a child ends itself while it loads, as in `child/program.py`."""

UNSENT_EXIT_STATUS = 99
"""With which a child ends itself that cannot go on, as when it can send no answer (see `child/zygote.py`)."""

ENDED_EARLY = " before it answered"

NEVER_STARTED = "the sandbox's processes end before a student's code runs; give them more memory or time"
TOO_BUSY = (
    "this machine is too busy with other things for a student's code to get on; nothing was scored: grade it again"
    " when there is less to do"
)
KILLED_TWICE = "the process of a student's code was killed twice from outside; nothing was scored"


class Ending(NamedTuple):
    """Of a process; times and sizes are 0 where the system does not say them."""

    status: int
    cpu_ms: int = 0
    peak_kib: int = 0

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.status & 0x7F == 9

    @property
    def could_not_send(self) -> bool:
        """Whether it says that it could not go on by itself."""
        return self.status >> 8 == UNSENT_EXIT_STATUS

    def used_up_time(self, limits: Limits) -> bool:
        """Whether it had the processor for as long as it may: then SIGKILL comes from its own limit."""
        return self.cpu_ms >= 1000 * limits.cpu_seconds

    def used_much_memory(self, limits: Limits) -> bool:
        """Whether it held more than half of the memory that it may have: a reason for the system to kill it."""
        return self.peak_kib * KIB > limits.memory // 2

    def in_words(self, limits: Limits) -> str:
        """How it ended, in words for a student."""
        if self.killed and not self.used_up_time(limits) and self.used_much_memory(limits):
            return killed_by_memory(limits)
        return ending_sentence(self.status)


ALIVE = Ending(0)
"""Stands for the ending of a process that has not ended by itself."""


def killed_by_memory(limits: Limits) -> str:
    """What is said of a program that was killed again and again while it held much memory."""
    return f"it was killed twice (SIGKILL) while it held more than {limits.memory // 2 // MIB} MiB of memory"


def ending_sentence(status: int) -> str:
    """Of a wait status, in words for a student."""
    number = status & 0x7F
    if not number:
        return f"it ended the process itself (exit status {status >> 8}){ENDED_EARLY}"
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"it was killed (signal {number})"
    return ENDING_SENTENCES.get(name, f"it was killed ({name})")
