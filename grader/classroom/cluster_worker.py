"""What a worker of a cluster does: it hosts a process that grades, the same as those that are started on one machine.

So a submission that ends its process ends no worker, and it is known which one it was; and what a cluster's worker is
busy with otherwise changes nothing of a report.

Dask pickles what goes between the one that grades a class, the scheduler and the workers. All of these are our own
processes, which trust each other; what students hand in is among it as bytes alone, and nobody ever unpickles those.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from grader.classroom.pool import PoolWork
from grader.classroom.private_folder import remove_abandoned
from grader.classroom.worker_requests import PackedRequest
from grader.classroom.workers import LocalWorker, LocalWorkers
from grader.kinds.open_submission import Resources

_STARTING = threading.Lock()
_STARTED: list[LocalWorkers] = []
"""Processes that were started for sessions of this process, and are not theirs yet."""

_SESSIONS: weakref.WeakSet[GradingSession] = weakref.WeakSet()
"""Those of this process."""


@dataclass(frozen=True)
class BatchOutcome:
    """What came of a batch: the answers in the order of its requests, and if the process has ended, the number of the
    task that it had begun last. They stay packed as the process has packed them, until whoever grades the class opens
    them.

    `seconds` is how long it took, from which the size of the next batch follows, and nothing else.
    """

    answers: tuple[bytes, ...]
    ended_at: int | None
    seconds: float


class GradingSession:
    """A process that grades for one run; it is ended when nothing refers to this any more."""

    def __init__(self, work: PoolWork) -> None:
        """OSError: the process could not be started."""
        with _STARTING:
            self._worker = _process_for(work)
        self._lock = threading.Lock()
        self._end = weakref.finalize(self, _ended, self._worker)
        try:
            self._worker.received()
        except (EOFError, OSError):
            self._end()
            raise OSError("the process that grades ended before it could begin") from None
        _SESSIONS.add(self)

    def grade(self, requests: Sequence[PackedRequest]) -> BatchOutcome:
        """Hands requests to the process (`packed_request`), and gives back what it answers."""
        answers: list[bytes] = []
        with self._lock:
            begun = time.perf_counter()
            self._worker.requests.add(requests)
            with suppress(EOFError, OSError):  # it has ended
                while len(answers) < len(requests):
                    answers += self._worker.received()
            if has_ended := len(answers) < len(requests):
                self._end()
            ended_at = self._worker.at if has_ended else None
            return BatchOutcome(tuple(answers), ended_at, time.perf_counter() - begun)

    def kill(self) -> None:
        """Ends the process where it is; one that has ended may be closed already."""
        with suppress(ValueError):
            self._worker.kill()


def grade_batch(session: GradingSession, requests: Sequence[PackedRequest]) -> BatchOutcome:
    """Grades a batch in a session."""
    return session.grade(requests)


def kill_sessions() -> None:
    """Ends what is graded in this process, wherever it is."""
    for session in list(_SESSIONS):
        session.kill()


@contextmanager
def processes_for_sessions(
    count: int, work: PoolWork, opened: Resources | None, prepare: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Starts processes that the sessions take which begin in this process from now on, before Dask is imported.

    `opened` and `prepare` are as for `LocalWorkers`. At the end, those that no session has taken are ended.
    """
    started = LocalWorkers(count, work, opened, prepare)
    _STARTED.append(started)
    try:
        with suppress(OSError):  # each session tries again, and says so
            for _ in range(count):
                started.start()
        yield
    finally:
        _STARTED.remove(started)
        started.close(at_once=True)


def _process_for(work: PoolWork) -> LocalWorker:
    """One of those that were started for this work, else a new one.

    OSError: it could not be started.
    """
    for started in _STARTED:
        if started.work is work and (worker := started.give_away()) is not None:
            return worker
    with _may_have_children():
        return LocalWorker(multiprocessing.get_context("spawn"), work)


def _ended(worker: LocalWorker) -> None:
    worker.kill()
    worker.join()
    remove_abandoned()  # what it has left


@contextmanager
def _may_have_children() -> Iterator[None]:
    """Dask's workers are daemonic, which may start no processes; ours end with them all the same (`serve`)."""
    config = getattr(multiprocessing.current_process(), "_config", {})
    before = config.get("daemon")
    config["daemon"] = False
    try:
        yield
    finally:
        config["daemon"] = before
