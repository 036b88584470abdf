"""What a submission may use up."""

from __future__ import annotations

import math
from dataclasses import dataclass

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30

SPARE_CPU_S = 5
"""Processor seconds of a child in which a grader that has to wait for a processor itself ends it."""


@dataclass(frozen=True)
class Limits:
    """Seconds are of a child's own time (see `timing`); a run is everything a session does but loading.

    `load_seconds` are for all statements of a program; one of them may take half of what is left (see `loading`).
    """

    call_seconds: float = 2.0
    call_note: str = ""  # added where a call is said to have taken longer
    load_seconds: float = 5.0
    run_seconds: float = 10.0
    memory: int = GIB  # address space of the process
    source_bytes: int = MIB
    log_bytes: int = 64 * KIB  # of what it prints, the last so many bytes are kept
    log_limit: int = 4 * MIB  # having printed more since its last answer, it is ended
    frame_bytes: int = 128 * KIB  # one answer
    input_bytes: int = 8 * MIB  # one batch of calls
    output_bytes: int = 8 * MIB  # all answers of one process
    file_bytes: int = 16 * MIB
    open_files: int = 64
    threads: int = 32
    restarts: int = 20  # new processes for calls that come after one that ended its process

    @property
    def cpu_seconds(self) -> int:
        """Of one process: more than the grader gives it, which can say better what took too long."""
        return math.ceil(self.run_seconds + 2 * self.load_seconds) + SPARE_CPU_S


DEFAULT_LIMITS = Limits()
