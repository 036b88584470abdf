"""A process that reads one hostile file with a library that is not ours: what it gives up once that is loaded."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from . import syscalls
from .own_process import limit_where_possible

if sys.platform == "linux":
    from . import confine, landlock


def give_up_the_rest(memory: int, cpu_seconds: int, readable: Sequence[str] = (), threads: int = 1) -> None:
    """No files but those below `readable`, no network, no processes, and limits on time (s) and memory (bytes).

    Each as far as this system can.
    """
    if sys.platform != "linux" or syscalls.machine() is None:
        limit_where_possible(memory, cpu_seconds)
        return
    ruleset = landlock.ruleset(readable, readable) if landlock.abi() else None
    policy = confine.Policy(
        memory=memory,
        cpu_seconds=cpu_seconds,
        file_bytes=0,
        open_files=64,
        threads=threads,
        seccomp=True,
        ruleset=ruleset,
        private_user=False,
        parent=os.getppid(),
    )
    with contextlib.suppress(OSError):  # of a container that forbids a step: those before it hold
        confine.Confinement(policy).enforce()
    if ruleset is not None:
        os.close(ruleset)
