"""Where the work is done: in this process, or in several; the order of the results is that of the tasks."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from grader.classroom.work import Graded, Task, work

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

CHUNK = 16
"""Tasks that travel to a process together."""


class Executor(Protocol):
    """Something that grades tasks and hands back the results in the order of the tasks."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Graded]: ...


class InProcess:
    """One after the other, here."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        return map(work, tasks)


class Processes:
    """On several cores: fresh processes (spawned, never forked), a chunk of tasks at a time."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def run(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        todo = list(tasks)
        chunk = max(1, min(CHUNK, len(todo) // self.jobs))
        pool = ProcessPoolExecutor(self.jobs, multiprocessing.get_context("spawn"))
        try:
            with _interrupts_are_for_us():
                results = pool.map(work, todo, chunksize=chunk)
            yield from results
        except BaseException:  # Ctrl-C, most often: what is being graded may take a minute, and nobody waits for it
            _end_workers(pool)
            raise
        finally:  # an iterator that was never begun cancels nothing: after Ctrl-C the whole class would still be graded
            pool.shutdown(cancel_futures=True)


def _end_workers(pool: ProcessPoolExecutor) -> None:
    """Ends the processes of a pool where they are; their sandboxes end with them."""
    for worker in list((getattr(pool, "_processes", None) or {}).values()):  # Python 3.14 has a method for it
        worker.terminate()


@contextmanager
def _interrupts_are_for_us() -> Iterator[None]:
    """Processes that are started in here never see Ctrl-C: they end when this one does, without a traceback each."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def executor_for(jobs: int) -> Executor:
    """The executor for a number of jobs."""
    return InProcess() if jobs == 1 else Processes(jobs)
