"""A process that reads one hostile file with a library that is not ours: what it gives up once that is loaded."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence

if sys.platform == "linux":
    from . import confine, landlock


def give_up_the_rest(memory: int, cpu_seconds: int, readable: Sequence[str] = (), threads: int = 1) -> None:
    """No files but those below `readable`, no network, no processes, and limits on time (s) and memory (bytes).

    Each as far as this system can.
    """
    if sys.platform != "linux":
        with contextlib.suppress(ImportError, ValueError, OSError):
            resource = importlib.import_module("resource")
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
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
        uid=None,
        parent=os.getppid(),
    )
    with contextlib.suppress(OSError):  # of a container that forbids a step: those before it hold
        confine.confine(policy)
