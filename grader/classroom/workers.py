"""A process that grades one task after the other, seen from both sides; it never outlives the one that started it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

from grader.classroom.pool import PoolWork, TaskAnswered, WorkerEnded, WorkerEvent, WorkerReady
from grader.classroom.private_folder import remove_abandoned
from grader.classroom.shared_verdicts import SharedVerdict, shared_verdicts
from grader.classroom.worker_requests import MAX_QUEUED_TASKS, WorkerRequests, packed_request
from grader.errors import HarnessError
from grader.kinds.open_submission import Resources
from grader.startup import look_for_cycles_less_often

READY = "ready"
"""The first message of a worker; then come a task's number, its result or exception, and what others may learn."""

DEATH_SIGNAL_OPTION = 1
"""`PR_SET_PDEATHSIG` of linux/prctl.h: which signal a process gets when its parent ends."""

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

        `opened` is what forked workers use of this process (None: none is forked), and `prepare` what each of them
        does before it is ready.
        """
        self.most = jobs
        self.work = work
        self._opened = opened
        self._prepare = prepare
        self._workers: list[LocalWorker] = []

    def start(self) -> LocalWorker:
        """OSError: no process could be started."""
        if self._opened is not None and has_one_thread():
            import ctypes  # noqa: F401  # once for all workers, each of which calls the system with it

            connections = [worker.connection for worker in self._workers]
            forked = Forked(self._opened, self._prepare, connections)
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
            event = worker.heard()
            if isinstance(event, WorkerEnded):
                self._workers.remove(worker)
                worker.kill()
                worker.join()
            yield event

    def close(self, *, at_once: bool) -> None:
        """Ends the workers: `at_once`, whatever they are doing, or as soon as they have nothing to do."""
        for worker in self._workers:
            worker.kill() if at_once else worker.dismiss()
        for worker in self._workers:
            worker.join()
        self._workers.clear()
        remove_abandoned()  # of those that were killed


class Forked(NamedTuple):
    """What a process that is forked needs: what its parent has opened, what it does before it is ready, and those ends
    of connections that are its parent's.
    """

    opened: Resources
    prepare: Callable[[], None]
    of_parent: Sequence[Connection]


class LocalWorker:
    """A started process, as the pool sees it."""

    def __init__(self, context: BaseContext, work: PoolWork, forked: Forked | None = None) -> None:
        """`forked`: of a process that is forked; it has the connections to other workers.

        OSError: no process could be started.
        """
        self.connection, theirs = context.Pipe()
        if forked is not None:
            forked = forked._replace(of_parent=(self.connection, *forked.of_parent))
        made: type[BaseProcess] = context.Process  # type: ignore[attr-defined]  # as every context of a method has
        self._process = made(target=serve, args=(theirs, work, os.getpid(), forked), daemon=True)
        with theirs, interrupts_are_for_us(forking=forked is not None):  # their end is its alone: it closes with it
            self._process.start()
        self.queued: list[int] = []
        self.ready = False
        self.alone = False
        self._used = False
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

    def room(self, share: int) -> int:
        """How many more tasks it may be sent now."""
        return 0 if self.requests.has_unsent else max(1, min(MAX_QUEUED_TASKS, share)) - len(self.queued)

    def send(self, index: int, work: Any) -> None:
        """Gives it a task; that it has ended is heard later.

        Raises:
            Exception: what pickling the work raises.
        """
        digest = work.settings.digest
        request = packed_request(index, work, with_settings=digest not in self._settings)
        self._settings.add(digest)
        self.queued.append(index)
        self._used = True
        self.requests.add(request)

    def flush(self) -> None:
        """Nothing is kept back."""

    def heard(self) -> WorkerEvent:
        """Its next message, or that it has ended."""
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            return WorkerEnded(self)
        if message == READY:
            return WorkerReady(self)
        index, outcome, learned = message
        self.requests.answered()
        return TaskAnswered(self, index, outcome, learned)

    def in_doubt(self) -> list[int]:
        """The first that it has not answered, since it takes them in their order."""
        return self.queued[:1]

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


def has_one_thread() -> bool:
    """Whether this process has its main thread alone, as the system says, which knows those of libraries as well."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:  # it is not shown
        return False


def serve(connection: Connection, work: PoolWork, parent: int, forked: Forked | None = None) -> None:
    """What a worker does: answers tasks until it is dismissed or its parent has ended. `forked`: of that parent."""
    end_with(parent)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork has that of its parent, whose end by it is told by itself
    if forked is not None:
        for one in forked.of_parent:  # so that a worker hears of the end of its parent, whichever others there are
            one.close()
        forked.prepare()
    look_for_cycles_less_often(at_work=True)
    settings: dict[str, Any] = {}
    with suppress(EOFError, OSError), closing(Resources(forked.opened if forked is not None else None)) as run:
        connection.send(READY)
        while (request := connection.recv()) is not None:
            index, digest, asked = request
            asked = replace(asked, settings=settings.setdefault(digest, asked.settings))
            outcome = outcome_of(asked, work, run)
            _answer(connection, index, outcome, shared_verdicts(run).learned())


def outcome_of(asked: Any, work: PoolWork, run: Resources) -> Any:
    """The result, or what was raised."""
    try:
        return work(asked, run)
    except Exception as error:
        return error


def _answer(connection: Connection, index: int, outcome: Any, learned: tuple[SharedVerdict, ...]) -> None:
    """Sends a result; one that cannot be sent is a fault of ours, and said instead."""
    for message in ((index, outcome, learned), (index, outcome, ())):
        try:
            connection.send(message)
            return
        except OSError:
            raise
        except Exception as error:  # nothing was sent: it is pickled as a whole before
            failure = cannot_be_sent(error)
    connection.send((index, failure, ()))


def cannot_be_sent(error: Exception) -> HarnessError:
    """What is said in place of a result that cannot be pickled."""
    return HarnessError(f"the result cannot be sent: {type(error).__name__}: {error}")


def end_with(parent: int) -> None:
    """Makes this process end when `parent` does, also in the middle of a long calculation.

    Linux has a signal for it, which also ends a process that is busy outside of Python; elsewhere a thread watches.
    """
    if sys.platform == "linux":
        _ask_for_signal_at_end_of_parent()
        if os.getppid() != parent:  # it ended before the signal was asked for
            os._exit(1)
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _ask_for_signal_at_end_of_parent() -> None:
    """Has the system kill this process when its parent ends; without the sandbox, which few classes need."""
    import ctypes

    signal_number, unused = ctypes.c_ulong(signal.SIGKILL), ctypes.c_ulong(0)
    ctypes.CDLL(None).prctl(DEATH_SIGNAL_OPTION, signal_number, unused, unused, unused)


def _exit_after_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
