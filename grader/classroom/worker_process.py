"""What a process does that grades one task after the other; it never outlives the one that started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.classroom.pool import PoolWork
from grader.classroom.shared_verdicts import SharedVerdict, shared_verdicts
from grader.classroom.worker_requests import packed, unpacked
from grader.errors import HarnessError
from grader.kinds.open_submission import Resources
from grader.startup import calculate_in_one_thread, look_for_cycles_less_often

if TYPE_CHECKING:
    from ctypes import c_longlong

MAX_UNSENT_WORK_S = 0.02
"""Work whose answers a worker keeps back, to send them together: what ends it costs no more than doing this again."""

NO_TASK = -1
"""In place of the number of the task that a worker is at, before its first."""

DEATH_SIGNAL_OPTION = 1
"""`PR_SET_PDEATHSIG` of linux/prctl.h: which signal a process gets when its parent ends."""


class Forked(NamedTuple):
    """What a process that is forked needs: what its parent has opened, and which connections are that one's."""

    opened: Resources
    of_parent: Sequence[Connection]


def serve(connection: Connection, at: c_longlong, work: PoolWork, parent: int, forked: Forked | None = None) -> None:
    """What a worker does: answers tasks until it is dismissed or its parent has ended. `forked`: of that parent.

    `at` is memory that it shares with whoever started it. The number of each task is written there before that is
    unpacked, so that of several tasks in a message the one is known which ends this process. No code of a student runs
    in this process, nor in one that has this memory.
    """
    _end_with(parent)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a fork has that of its parent, whose end by it is told by itself
    if forked is not None:
        for one in forked.of_parent:  # so that a worker hears of the end of its parent, whichever others there are
            one.close()
    look_for_cycles_less_often(at_work=True)
    calculate_in_one_thread()
    settings: dict[str, Any] = {}
    with suppress(EOFError, OSError), closing(Resources(forked.opened if forked is not None else None)) as run:
        connection.send(())
        while (message := connection.recv()) is not None:
            unsent, since = list[bytes](), time.perf_counter()
            for index, data in message:
                at.value = index
                digest, asked = unpacked(data)
                asked = replace(asked, settings=settings.setdefault(digest, asked.settings))
                outcome = _outcome_of(asked, work, run)
                unsent.append(_packed_answer(index, outcome, shared_verdicts(run).learned()))
                if time.perf_counter() - since > MAX_UNSENT_WORK_S:  # it enters no result, when that is sent
                    connection.send(unsent)
                    unsent, since = [], time.perf_counter()
            if unsent:
                connection.send(unsent)


def _outcome_of(asked: Any, work: PoolWork, run: Resources) -> Any:
    """The result, or what was raised."""
    try:
        return work(asked, run)
    except Exception as error:
        return error


def _packed_answer(index: int, outcome: Any, learned: tuple[SharedVerdict, ...]) -> bytes:
    """An answer as it is sent: the number of the task, its result or exception, and what others may learn.

    A result that cannot be pickled is a fault of ours, and said instead.
    """
    try:
        return packed((index, outcome, learned))
    except Exception as error:
        failure = HarnessError(f"the result cannot be sent: {type(error).__name__}: {error}")
        return packed((index, failure, learned))


def _end_with(parent: int) -> None:
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
