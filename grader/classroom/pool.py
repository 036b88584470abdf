"""Grading on several cores: which worker has which tasks, and what happens to them if a worker ends by itself.

`concurrent.futures.ProcessPoolExecutor` gives up every task that is left when one of its processes is killed; here only
the task that this worker was at is in doubt. It is tried once more, alone in a fresh worker; if that one ends too, it
is held and all others are graded.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait

from grader.classroom.work import Graded, Task, held
from grader.classroom.workers import READY, GradeTask, Worker
from grader.errors import SpecError

MAX_QUEUED_TASKS = 8
"""Tasks that one worker has been sent and has not answered."""

MAX_WORKER_ENDS = 2
"""A task at which so many workers have ended is held."""

MAX_FAILED_STARTS = 5
"""Workers in a row that may end before their first task; then no more are started."""

WORKER_ENDED_TWICE = "the process that graded this ended twice; grade it again, alone or on a machine with more memory"
NO_WORKER_STARTED = f"{MAX_FAILED_STARTS} processes to grade it ended before they could begin"


class WorkerPool:
    """The workers of one run. `work` is a function of a module, since other processes import it by its name."""

    def __init__(self, jobs: int, tasks: Sequence[Task], work: GradeTask) -> None:
        self._jobs = jobs
        self._tasks = tasks
        self._work = work
        self._context = multiprocessing.get_context("spawn")
        self._todo = deque(range(len(tasks)))
        self._in_doubt: deque[int] = deque()
        self._worker_ends: Counter[int] = Counter()
        self._failed_starts = 0
        self._workers: list[Worker] = []
        self._results: dict[int, Graded] = {}

    def results(self) -> Iterator[Graded]:
        """One a task, in the order of the tasks; an exception of `work` is raised here."""
        for index in range(len(self._tasks)):
            while index not in self._results:
                self._assign()
                self._listen()
            yield self._results.pop(index)

    def close(self, *, at_once: bool) -> None:
        """Ends the workers: `at_once`, whatever they are doing, or as soon as they have nothing to do."""
        for worker in self._workers:
            worker.kill() if at_once else worker.dismiss()
        for worker in self._workers:
            worker.join()
        self._workers.clear()

    def _assign(self) -> None:
        """Starts the workers that are wanted and hands out tasks."""
        self._start_workers()
        for worker in self._workers:
            self._hand_out(worker)

    def _listen(self) -> None:
        """Waits for messages of workers, and takes them."""
        by_connection = {worker.connection: worker for worker in self._workers}
        for connection in wait(list(by_connection)) if by_connection else ():
            self._hear(by_connection[connection])  # type: ignore[index]  # one of those that were waited for

    # ------------------------------------------------------------- workers
    def _start_workers(self) -> None:
        while self._wants_worker() and self._failed_starts < MAX_FAILED_STARTS:
            try:
                self._workers.append(Worker(self._context, self._work))
            except OSError:  # no memory or no more processes: as if it had ended at once
                self._failed_starts += 1
        if self._failed_starts >= MAX_FAILED_STARTS:
            self._hold_all(self._in_doubt)
            if not self._workers:
                self._hold_all(self._todo)

    def _wants_worker(self) -> bool:
        """Whether a task waits for a worker, and another may be started."""
        unused = sum(not worker.used for worker in self._workers)
        idle = sum(not worker.queued for worker in self._workers)
        waiting = unused < len(self._in_doubt) or idle < len(self._todo) + len(self._in_doubt)
        return waiting and len(self._workers) < self._jobs

    def _hold_all(self, indices: deque[int]) -> None:
        while indices:
            index = indices.popleft()
            self._results[index] = held(self._tasks[index], NO_WORKER_STARTED)

    def _hand_out(self, worker: Worker) -> None:
        """Tasks for a worker: one that is in doubt goes alone to a worker that has had no other."""
        if not worker.ready or worker.alone:
            return
        if self._in_doubt and not worker.used:
            worker.alone = True
            self._send(worker, self._in_doubt.popleft())
            return
        most = max(1, min(MAX_QUEUED_TASKS, len(self._todo) // (2 * self._jobs)))  # the last ones go one by one
        while self._todo and len(worker.queued) < most and worker.ready:
            self._send(worker, self._todo.popleft())

    def _send(self, worker: Worker, index: int) -> None:
        worker.queued.append(index)
        worker.used = True
        worker.send(index, self._tasks[index])

    def _hear(self, worker: Worker) -> None:
        """Takes one message of a worker, or that it has ended."""
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return
        if message == READY:
            worker.ready, self._failed_starts = True, 0
            return
        index, outcome = message
        if isinstance(outcome, SpecError):
            raise outcome
        worker.queued.remove(index)
        worker.alone = False
        if isinstance(outcome, BaseException):
            outcome = held(self._tasks[index], f"{type(outcome).__name__}: {outcome}")
        self._results[index] = outcome

    def _replace(self, worker: Worker) -> None:
        """Puts back what a worker that has ended was given; the first of it is what it was at."""
        self._workers.remove(worker)
        worker.kill()
        worker.join()
        if not worker.ready:
            self._failed_starts += 1
            return
        if not worker.queued:
            return
        doubtful, *others = worker.queued
        self._todo.extendleft(reversed(others))
        self._worker_ends[doubtful] += 1
        if self._worker_ends[doubtful] < MAX_WORKER_ENDS:
            self._in_doubt.append(doubtful)
        else:
            self._results[doubtful] = held(self._tasks[doubtful], WORKER_ENDED_TWICE)
