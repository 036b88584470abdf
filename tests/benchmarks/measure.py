"""Timing for benchmarks: medians and ratios within one run, since machines are noisy."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence


def seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The median time of a call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def processor_seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The least processor time of a call: what others do on the machine lengthens it, and nothing shortens it."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def cpu_of(command: Sequence[str], cwd: os.PathLike[str] | str, rounds: int = 3) -> float:
    """The median CPU time (user and system) of a whole process and its children."""
    import resource  # here, for this file is read on Windows too

    times = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=cwd, check=False, capture_output=True, timeout=300)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times)


def report(title: str, rows: dict[str, object]) -> None:
    """Prints figures where `pytest -s` shows them."""
    print(f"\n{title}")
    for label, value in rows.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        print(f"  {label:<58} {shown}")
