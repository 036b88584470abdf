"""Processes that grade, on this machine, as the pool and the sessions of a cluster see them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from mmap import mmap
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from grader.classroom.pool import PoolWork, TaskAnswered, WorkerEnded, WorkerEvent, WorkerReady
from grader.classroom.private_folder import remove_abandoned
from grader.classroom.worker_process import NO_TASK, Forked, serve
from grader.classroom.worker_requests import (
    MAX_MESSAGE_TASKS,
    MAX_QUEUED_TASKS,
    PackedRequest,
    WorkerRequests,
    packed_request,
    unpacked,
)
from grader.kinds.open_submission import Resources

if TYPE_CHECKING:
    from ctypes import c_longlong

EXIT_TIMEOUT_S = 10.0
"""For a worker that has nothing left to do; then it is killed."""


class LocalWorkers:
    """Processes that are started here, and ended when this one ends, however it does.

    The rule: a worker is forked of this process, with all that it has imported and opened, only on Linux and only while
    this process has no thread beside its main one, which might hold a lock; otherwise it is spawned.
    """

    def __init__(
        self, jobs: int, work: PoolWork, opened: Resources | None = None, prepare: Callable[[], None] = lambda: None
    ) -> None:
        """`work` is a function of a module, since other processes import it by its name.

        `opened` is what forked workers use of this process (None: none is forked); `prepare` is called before any is
        forked, for what else they all need.
        """
        self.most = jobs
        self.work = work
        self._opened = opened
        self._workers: list[LocalWorker] = []
        if opened is not None and has_one_thread():
            prepare()

    def start(self) -> LocalWorker:
        """OSError: no process could be started."""
        if self._opened is not None and has_one_thread():
            connections = [worker.connection for worker in self._workers]
            forked = Forked(self._opened, connections)
            worker = LocalWorker(multiprocessing.get_context("fork"), self.work, forked)
        else:
            worker = LocalWorker(multiprocessing.get_context("spawn"), self.work)
        self._workers.append(worker)
        return worker

    def give_away(self) -> LocalWorker | None:
        """One of those that were started, which is ended by whoever takes it; None if there is none."""
        return self._workers.pop(0) if self._workers else None

    def listen(self) -> Iterator[WorkerEvent]:
        """What workers have to say; waits until there is something."""
        by_connection = {worker.connection: worker for worker in self._workers}
        for connection in wait(list(by_connection)) if by_connection else ():
            worker = by_connection[connection]  # type: ignore[index]  # one of those that were waited for
            try:
                events = worker.heard()
            except (EOFError, OSError):
                self._workers.remove(worker)
                worker.kill()
                worker.join()
                events = [WorkerEnded(worker)]
            yield from events

    def close(self, *, at_once: bool) -> None:
        """Ends the workers: `at_once`, whatever they are doing, or as soon as they have nothing to do."""
        for worker in self._workers:
            worker.kill() if at_once else worker.dismiss()
        for worker in self._workers:
            worker.join()
        self._workers.clear()
        remove_abandoned()  # of those that were killed


class LocalWorker:
    """A started process, as the pool sees it."""

    def __init__(self, context: BaseContext, work: PoolWork, forked: Forked | None = None) -> None:
        """`forked`: of a process that is forked; it has the connections to other workers.

        OSError: no process could be started.
        """
        self.connection, theirs = context.Pipe()
        self._at = _number_shared_with(context, forked)
        if forked is not None:
            forked = forked._replace(of_parent=(self.connection, *forked.of_parent))
        made: type[BaseProcess] = context.Process  # type: ignore[attr-defined]  # as every context of a method has
        self._process = made(target=serve, args=(theirs, self._at, work, os.getpid(), forked), daemon=True)
        with theirs, interrupts_are_for_us(forking=forked is not None):  # their end is its alone: it closes with it
            self._process.start()
        self.queued: list[int] = []
        self.ready = False
        self.alone = False
        self._used = False
        self._batch: list[PackedRequest] = []
        self.requests = WorkerRequests(self.connection)
        self._settings: set[str] = set()

    @property
    def pid(self) -> int | None:
        """The id of its process."""
        return self._process.pid

    @property
    def is_fresh(self) -> bool:
        """Whether it has had no task."""
        return not self._used

    @property
    def at(self) -> int:
        """The number of the task that it has begun last, also when it has ended; `NO_TASK` before its first."""
        return self._at.value

    def room(self, share: int) -> int:
        """How many more tasks it may be sent now: none until it has answered half of what it may have at once.

        So tasks go in whole messages as long as many wait, however slowly each of them is answered.
        """
        if self.requests.has_unsent or sum(len(data) for _, data in self._batch) > self.requests.buffer_bytes:
            return 0
        sent = len(self.queued) - len(self._batch)
        most = max(1, min(MAX_QUEUED_TASKS, share))
        return min(most, sent + MAX_MESSAGE_TASKS) - len(self.queued) if sent <= most // 2 else 0

    def send(self, index: int, work: Any) -> None:
        """Adds a task to the next message; that the worker has ended is heard later.

        Raises:
            Exception: what pickling the work raises.
        """
        digest = work.settings.digest
        self._batch.append(packed_request(index, work, with_settings=digest not in self._settings))
        self._settings.add(digest)
        self.queued.append(index)
        self._used = True

    def flush(self) -> None:
        """Sends what was added."""
        if self._batch:
            self.requests.add(self._batch)
            self._batch = []

    def heard(self) -> Sequence[WorkerEvent]:
        """What its next message says.

        Raises:
            EOFError, OSError: it has ended.
        """
        answers = self.received()
        return [TaskAnswered(self, *unpacked(one)) for one in answers] or [WorkerReady(self)]

    def received(self) -> Sequence[bytes]:
        """The answers of its next message, as it has packed them; none in its first, with which it is ready.

        Raises:
            EOFError, OSError: it has ended.
        """
        answers: Sequence[bytes] = self.connection.recv()
        self.requests.answered(len(answers))
        return answers

    def in_doubt(self) -> list[int]:
        """The one that it was at."""
        return doubtful_tasks(self.queued, self.at)

    def dismiss(self) -> None:
        """Lets it end when it has done what it was given."""
        with suppress(OSError):
            self.connection.send(None)

    def kill(self) -> None:
        """Ends it where it is; its sandbox ends with it."""
        self._process.kill()

    def join(self) -> None:
        """Waits for its end."""
        self._process.join(EXIT_TIMEOUT_S)
        self._process.kill()
        self._process.join()
        self.connection.close()
        self._process.close()


def _number_shared_with(context: BaseContext, forked: Forked | None) -> c_longlong:
    """Memory of this process and of one that is started by `context`, with `NO_TASK` in it.

    What is forked has it without a file; for others it lies in one (in `/dev/shm` on Linux), which a full or read-only
    disk refuses.

    OSError: that file could not be made.
    """
    from ctypes import c_longlong, sizeof

    if forked is None:
        try:
            shared: c_longlong = context.RawValue(c_longlong, NO_TASK)
        except OSError as error:
            why = f"no file can be made in /dev/shm or the folder for temporary files ({error.strerror})"
            raise OSError(f"{why}: make one of them writable, or grade with --jobs 1") from None
        return shared
    number = c_longlong.from_buffer(mmap(-1, sizeof(c_longlong)))
    number.value = NO_TASK
    return number


def doubtful_tasks(queued: Sequence[int], at: int) -> list[int]:
    """Of the tasks that a worker has not answered, in their order, the one that it was at when it ended.

    `at` is the task that it had begun last. Where that is answered, it was about to read the first of the others.
    """
    return [at] if at in queued else list(queued[:1])


def has_one_thread() -> bool:
    """Whether this process has its main thread alone, as the system says, which knows those of libraries as well."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:  # it is not shown
        return False


@contextmanager
def interrupts_are_for_us(*, forking: bool = False) -> Iterator[None]:
    """Processes that are started in here never see Ctrl-C: they end when this one does, without a traceback each."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    if not forking:
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # which unblocks interrupts, and which the first process would start with
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
