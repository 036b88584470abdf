"""Where the work is done: in this process, or in several; the order of the results is that of the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Protocol

from grader.classroom.work import Graded, Task, work
from grader.kinds.open_submission import Resources


class Executor(Protocol):
    """Something that grades tasks and hands back the results in the order of the tasks."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Graded]: ...


class InProcess:
    """One after the other, here."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        with closing(Resources()) as resources:
            for task in tasks:
                yield work(task, resources)


class Processes:
    """On several cores: fresh processes (spawned, never forked), a few tasks at a time."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def run(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        from grader.classroom.pool import WorkerPool

        pool = WorkerPool(self.jobs, list(tasks), work)
        finished = False
        try:
            yield from pool.results()
            finished = True
        finally:  # after Ctrl-C, most often, what is being graded may take a minute, and nobody waits for it
            pool.close(at_once=not finished)


def executor_for(jobs: int) -> Executor:
    """The executor for a number of jobs."""
    return InProcess() if jobs == 1 else Processes(jobs)
