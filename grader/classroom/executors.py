"""Where the work is done: in this process, in several, or on a cluster; results come in the order of the tasks."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Protocol

from grader.classroom.cluster_address import LOCAL_CLUSTER, refuse_no_cluster
from grader.classroom.graded import Graded
from grader.classroom.pool import PoolTask, PoolWork, WorkerPool
from grader.classroom.work import Task, grade_work, held, packed_work
from grader.kinds.open_submission import Resources

MIN_TASKS_PER_PROCESS = 8
"""What makes up for the start of a process, where nobody says how many there should be."""

CGROUP_CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")
"""What a container on Linux may use: microseconds of processor time in a period, and the period."""


HeldResult = Callable[[Any, str], Any]
"""Makes the result of a task that could not be done, and why."""


class Executor(Protocol):
    """Something that grades tasks and hands back the results in the order of the tasks.

    Tasks are read one by one, as they are needed.
    """

    def run(self, tasks: Iterable[Task]) -> Generator[Graded, None, None]: ...


class InProcess:
    """One after the other, here."""

    def __init__(
        self, resources: Resources | None = None, work: PoolWork = grade_work, held: HeldResult = held
    ) -> None:
        """`resources` are closed by whoever made them; without them, each run has its own."""
        self._resources = resources
        self._work = work
        self._held = held

    def run(self, tasks: Iterable[PoolTask]) -> Generator[Any, None, None]:
        with ExitStack() as stack:
            resources = self._resources or stack.enter_context(closing(Resources()))
            for task in tasks:
                yield self._graded(task, resources)

    def _graded(self, task: PoolTask, resources: Resources) -> Any:
        try:
            work = task.read()
        except Exception as error:  # ours: whatever a student hands in is read or said to be unreadable
            return self._held(task, f"{type(error).__name__}: {error}")
        return self._work(work, resources)


class Processes:
    """On several cores: processes of their own, a few tasks at a time, which are started as soon as `run` is called."""

    def __init__(
        self,
        jobs: int,
        work: PoolWork = grade_work,
        held: HeldResult = held,
        resources: Resources | None = None,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """`resources`: what workers need not open again that are forked of this process; None: none is forked.

        `prepare` is called before they are forked, for what else they all need.
        """
        self.jobs = jobs
        self._work = work
        self._held = held
        self._resources = resources
        self._prepare = prepare

    def run(self, tasks: Iterable[PoolTask]) -> Generator[Any, None, None]:
        results = self._results(tasks)
        next(results)
        return results

    def _results(self, tasks: Iterable[PoolTask]) -> Generator[Any, None, None]:
        """None when the workers are starting, and then the results."""
        from grader.classroom.workers import LocalWorkers

        workers = LocalWorkers(self.jobs, self._work, self._resources, self._prepare)
        finished = False
        try:
            pool = WorkerPool(workers, tasks, self._held)
            pool.begin()
            yield None
            yield from pool.results()
            finished = True
        finally:  # after Ctrl-C, most often, what is being graded may take a minute, and nobody waits for it
            workers.close(at_once=not finished)


class Dask:
    """On the workers of a cluster of Dask, or (`local`) of one in this process with so many workers.

    The processes of a local cluster are started as soon as `run` is called, before Dask is imported and has threads.
    """

    def __init__(
        self,
        cluster: str,
        jobs: int = 1,
        say: Callable[[str], None] = lambda _: None,
        work: PoolWork = grade_work,
        resources: Resources | None = None,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """`cluster`: the address of a scheduler, or `local`; `say` gets what is to be said of workers.

        `resources` and `prepare` are for the processes of a local cluster what they are for `Processes`.

        Raises:
            ClusterError: if it is neither, or Dask is not installed.
        """
        refuse_no_cluster(cluster)
        self.cluster = cluster
        self.jobs = jobs
        self._say = say
        self._work = work
        self._resources = resources
        self._prepare = prepare

    def run(self, tasks: Iterable[Task]) -> Generator[Graded, None, None]:
        results = self._results(tasks)
        next(results)
        return results

    def _results(self, tasks: Iterable[Task]) -> Generator[Any, None, None]:
        """None when the processes of a local cluster are starting, and then the results."""
        with ExitStack() as stack:
            if self.cluster == LOCAL_CLUSTER:
                from grader.classroom.cluster_worker import processes_for_sessions

                processes = processes_for_sessions(self.jobs, self._work, self._resources, self._prepare)
                stack.enter_context(processes)
            yield None
            from grader.classroom.cluster import ClusterWorkers
            from grader.classroom.cluster_client import connected

            client = stack.enter_context(connected(self.cluster, self.jobs))
            workers = ClusterWorkers(client, self._work, self._say)
            stack.callback(workers.close, at_once=True)
            yield from WorkerPool(workers, tasks, held).results()


def executor_for(
    jobs: int | None,
    count: int,
    resources: Resources | None = None,
    cluster: str | None = None,
    say: Callable[[str], None] = lambda _: None,
    prepare: Callable[[], None] = lambda: None,
) -> Executor:
    """The executor for so many submissions. `jobs` None: as many processes here as are worth their start.

    `prepare` loads what processes that are forked of this one would each have to load.

    Raises:
        ClusterError: if the `cluster` cannot be used.
    """
    if cluster is not None:
        refuse_no_cluster(cluster, jobs)
        most = min(jobs or usable_cores(), max(1, count))
        return Dask(cluster, most, say, packed_work, resources, prepare)
    wanted = min(usable_cores(), count // MIN_TASKS_PER_PROCESS) if jobs is None else min(jobs, count)
    if wanted > 1:
        return Processes(wanted, packed_work, resources=resources, prepare=prepare)
    return InProcess(resources, packed_work)


def usable_cores() -> int:
    """The cores that this process may use: those it is bound to, and no more than its container is given."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _container_cores(cores)))


def _container_cores(otherwise: int) -> int:
    try:
        quota, period = CGROUP_CPU_LIMIT.read_text(encoding="ascii").split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError):  # no such file, or no limit ("max")
        return otherwise
