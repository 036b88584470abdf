"""A process that grades one task after the other, seen from both sides; it never outlives the one that started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext

from grader.classroom.work import Graded, Task
from grader.errors import HarnessError
from grader.kinds.open_submission import Resources

GradeTask = Callable[[Task, Resources], Graded]
"""Grades a task; the resources are those of the process that it runs in."""

READY = "ready"
"""The first message of a worker; then come pairs of a task's number and its result or exception."""

EXIT_TIMEOUT_S = 10.0
"""For a worker that has nothing left to do; then it is killed."""


class Worker:
    """A started worker. `queued`: the numbers of the tasks it was sent and has not answered, in their order."""

    def __init__(self, context: SpawnContext, work: GradeTask) -> None:
        """OSError: no process could be started."""
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, work, os.getpid()), daemon=True)
        with theirs, _interrupts_are_for_us():  # their end is the worker's alone, so it closes when the worker ends
            self._process.start()
        self.queued: list[int] = []
        self.ready = False
        self.used = False
        self.alone = False

    @property
    def pid(self) -> int | None:
        """The id of its process."""
        return self._process.pid

    def send(self, index: int, task: Task) -> None:
        """Gives it a task; that it has ended is heard when its answer is read."""
        with suppress(OSError):
            self.connection.send((index, task))

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


def serve(connection: Connection, work: GradeTask, parent: int) -> None:
    """What a worker does: answers tasks until it is dismissed or its parent has ended."""
    end_with(parent)
    with suppress(EOFError, OSError), closing(Resources()) as run:
        connection.send(READY)
        while (request := connection.recv()) is not None:
            index, task = request
            try:
                outcome: Graded | Exception = work(task, run)
            except Exception as error:
                outcome = error
            _answer(connection, index, outcome)


def _answer(connection: Connection, index: int, outcome: Graded | Exception) -> None:
    """Sends a result; one that cannot be sent is a fault of ours, and said instead."""
    try:
        connection.send((index, outcome))
    except OSError:
        raise
    except Exception as error:  # nothing was sent: it is pickled as a whole before
        connection.send((index, HarnessError(f"the result cannot be sent: {type(error).__name__}: {error}")))


def end_with(parent: int) -> None:
    """Makes this process end when `parent` does, also in the middle of a long calculation.

    Linux has a signal for it, which also ends a process that is busy outside of Python; elsewhere a thread watches.
    """
    if sys.platform == "linux":
        from grader.sandbox.child import linux

        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the signal was asked for
            os._exit(1)
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_are_for_us() -> Iterator[None]:
    """Processes that are started in here never see Ctrl-C: they end when this one does, without a traceback each."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it unblocks interrupts when it starts, which the first process would start with
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
