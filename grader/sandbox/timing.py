"""How much time a child has had for itself: what it computed and slept, not what it waited for a processor or for us.

A machine that is busy with other things makes a program wait, and that is nobody's slowness. So limits are put on a
child's own seconds: its processor time, or what the grader has waited for it less what either of them stood in the
queue for a processor, whichever is more. Linux tells both of any process. Where a system tells neither, a fraction of
the wall clock stands in for it: too little counted costs time, too much would cost points.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MARK_INTERVAL_S = 0.02
"""Readings of the system's clocks lie at least so far apart: answers come faster."""

UNTOLD_FACTOR = 5.0
"""Wall seconds that count as one where the system does not say how long a process stood in the queue."""

STARVED_FACTOR = 30.0
MIN_STARVED_S = 30.0
"""Wall seconds for one answer (a multiple of its limit, and at least so many) after which the machine is too busy."""

MIN_WAIT_S = 0.01

NANOSECONDS = 1e-9

LINKS_OF_ONE_THREAD = 3  # of the folder of a process's threads: `.`, `..`, and one for each of them
MAX_SCHEDSTAT_BYTES = 256


@dataclass(frozen=True)
class ClockReading:
    """Of a child (`processor` seconds, and `queued` for each thread) and of the grader's own thread (`ours_queued`).

    None where it is not told.
    """

    processor: float | None
    queued: Mapping[str, int] | None
    ours_queued: int


class QueueFile:
    """Where Linux tells how long a thread was ready to run and had no processor; kept open, as it is read often."""

    def __init__(self, folder: str) -> None:
        self._descriptor = _opened(f"{folder}/schedstat")

    def read(self) -> int | None:
        """Nanoseconds; None where it is not told, or the thread has ended."""
        if self._descriptor is None:
            return None
        try:
            return int(os.pread(self._descriptor, MAX_SCHEDSTAT_BYTES, 0).split()[1])
        except (OSError, IndexError, ValueError):
            return None

    def close(self) -> None:
        """Let go of the file."""
        _close(self._descriptor)
        self._descriptor = None


class ChildClock:
    """Reads what the system tells of a process and of the thread that asks; of `pid` None, nothing."""

    def __init__(self, pid: int | None) -> None:
        self._pid = pid if sys.platform == "linux" else None
        if self._pid is not None:
            self._our_thread, self._ours = threading.get_native_id(), QueueFile("/proc/thread-self")
            self._first_thread = QueueFile(f"/proc/{pid}/task/{pid}")
            self._threads = _opened(f"/proc/{pid}/task")

    def read(self) -> ClockReading:
        if self._pid is None:
            return ClockReading(None, None, 0)
        return ClockReading(self._processor(self._pid), self._queued_threads(str(self._pid)), self._ours_queued())

    def is_ready(self) -> bool:
        """Whether a thread of the child computes or stands in the queue for a processor; False where it is not told."""
        try:
            threads = os.listdir(f"/proc/{self._pid}/task") if self._pid is not None else []
            return any(_state(f"/proc/{self._pid}/task/{thread}") == b"R" for thread in threads)
        except OSError:  # it has ended
            return False

    def close(self) -> None:
        """Let go of what is kept open; from here on it reads nothing."""
        if self._pid is not None:
            self._ours.close()
            self._first_thread.close()
            _close(self._threads)
            self._pid = None

    @staticmethod
    def _processor(pid: int) -> float | None:
        try:
            return time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of a process, as clock_getcpuclockid has it
        except OSError:  # it has ended
            return None

    def _queued_threads(self, pid: str) -> Mapping[str, int] | None:
        """By thread; None where one of them is not told of."""
        if self._threads is None:
            return None
        try:
            if os.fstat(self._threads).st_nlink == LINKS_OF_ONE_THREAD:
                queued = self._first_thread.read()
                return None if queued is None else {pid: queued}
            found = {thread: _queued(f"/proc/{pid}/task/{thread}") for thread in os.listdir(self._threads)}
        except OSError:
            return None
        return None if None in found.values() or not found else {thread: ns or 0 for thread, ns in found.items()}

    def _ours_queued(self) -> int:
        if (thread := threading.get_native_id()) != self._our_thread:
            self._ours.close()
            self._ours, self._our_thread = QueueFile("/proc/thread-self"), thread
        return self._ours.read() or 0


def _opened(path: str) -> int | None:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return None


def _close(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)


def _state(folder: str) -> bytes:
    """The letter by which Linux says what a thread does ("" of one that has ended): behind its name, in brackets."""
    try:
        with open(f"{folder}/stat", "rb") as file:
            return file.read().rpartition(b") ")[2][:1]
    except OSError:
        return b""


def _queued(folder: str) -> int | None:
    """What a thread stood in the queue, of a thread that is asked about once."""
    file = QueueFile(folder)
    try:
        return file.read()
    finally:
        file.close()


def queued_seconds(before: ClockReading, after: ClockReading) -> float | None:
    """What the threads of a child that have not ended stood in the queue between two readings; None: not told."""
    if before.queued is None or after.queued is None:
        return None
    return NANOSECONDS * sum(ns - before.queued.get(thread, 0) for thread, ns in after.queued.items())


def processor_seconds(before: ClockReading, after: ClockReading) -> float:
    """What a child computed between two readings; 0 where it is not told."""
    told = before.processor is not None and after.processor is not None
    return after.processor - before.processor if told else 0.0  # type: ignore[operator]  # both are there


def lost_thread(before: ClockReading, after: ClockReading) -> bool:
    """Whether a thread has ended between two readings, of which nothing is told any more."""
    return after.queued is not None and not (before.queued or {}).keys() <= after.queued.keys()


def own_seconds(before: ClockReading, after: ClockReading, waited: float) -> float:
    """A child's own time between two readings, of which the grader has `waited` for it."""
    processor, queued = processor_seconds(before, after), queued_seconds(before, after)
    if queued is None:
        return max(processor, waited / UNTOLD_FACTOR)
    if lost_thread(before, after):
        return processor
    return max(processor, waited - queued - NANOSECONDS * (after.ours_queued - before.ours_queued))


@dataclass
class Stopwatch:
    """A child's own time in one conversation, where each answer has `seconds` and all have `left`.

    `over` says why no more is waited for: the time is up, or the machine is too busy for it to be used. `over_in_all`:
    it is the time of all answers that is up, whatever a later reading tells of the queue.

    How long a thread has stood in the queue is told only once it has a processor again. So the own time of an answer is
    worked out anew from its beginning at each look, and of a child that stands in the queue at a look, or may, it is
    known at a later one, when it has run again or sleeps.
    """

    clock: ChildClock
    seconds: float
    left: float
    over: Literal["time", "starved"] | None = None
    over_in_all: bool = False
    spent: float = 0.0  # before the mark, as `_answer` is of the answer at hand
    _answer: float = 0.0
    _answer_queued: float | None = 0.0
    _before_queued: float | None = 0.0
    _waited: float = 0.0  # since the mark
    _own: float = 0.0  # the child's own since the mark, as it was at the last look
    _mark: ClockReading | None = None
    _suspected: _Suspicion | None = None
    _marked_at: float = 0.0
    _looked_at: float = 0.0
    _answered_at: float = 0.0

    def begin(self) -> None:
        """The child's time counts from here on; where everything has come already, its clocks are never read."""
        if self._mark is None:
            self._mark = self.clock.read()
            self._marked_at = self._answered_at = self._looked_at = time.monotonic()

    def wait_seconds(self) -> float:
        """How long to wait before looking again, if nothing comes."""
        self.begin()
        return max(self._room() - self._own, MIN_WAIT_S)

    def _room(self) -> float:
        """How much the child may have for itself from the mark on."""
        return min(self.seconds - self._answer, self.left - self.spent)

    def waited(self, began: float) -> None:
        """The grader has waited since `began` (of `time.monotonic`)."""
        self._waited += time.monotonic() - began

    def answered(self) -> None:
        """An answer has come: the next has its own time."""
        self.begin()
        now = time.monotonic()
        if now - self._marked_at >= MARK_INTERVAL_S:
            self._account(self.clock.read(), now)
        self._before_queued, self._answer_queued = self._answer_queued, 0.0
        self._answer, self._answered_at, self._suspected = 0.0, now, None

    def look(self) -> None:
        """Nothing came: is the time over?"""
        self.begin()
        now = self._looked_at = time.monotonic()
        reading = self.clock.read()
        if self._is_over(reading):
            self.over, self.over_in_all = "time", self.left - self.spent <= self.seconds - self._answer
        elif now - self._answered_at >= max(MIN_STARVED_S, STARVED_FACTOR * self.seconds):
            self.over = "starved"
        elif self._mark is not None and lost_thread(self._mark, reading):
            self._account(reading, now)

    def _is_over(self, reading: ClockReading) -> bool:
        """Whether the child has surely had its time for itself."""
        assert self._mark is not None
        self._own = own_seconds(self._mark, reading, self._waited)
        room = self._room()
        if self._own < room:
            self._suspected = None
            return False
        if reading.processor is None or reading.queued is None or processor_seconds(self._mark, reading) >= room:
            return True
        suspected = self._suspected
        has_run = suspected is not None and reading.processor > suspected.processor
        if suspected is not None and has_run and own_seconds(self._mark, reading, suspected.waited) >= room:
            return True  # what it stood in the queue until then has been told since
        if not self.clock.is_ready():  # it sleeps, and has left the queue before this reading
            return own_seconds(self._mark, self.clock.read(), self._waited) >= room
        if suspected is None or has_run:
            self._suspected = _Suspicion(self._waited, reading.processor)
        return False

    def look_now_and_then(self) -> None:
        """Something came that is no answer, which a child may go on with for ever: is the time over?"""
        self.begin()
        if time.monotonic() - self._looked_at >= MARK_INTERVAL_S:
            self.look()

    def _account(self, reading: ClockReading, now: float) -> None:
        """Counts the child's own time until a reading, which is the mark from now on."""
        assert self._mark is not None
        own = max(own_seconds(self._mark, reading, self._waited), 0.0)
        self._answer_queued = self._answer_queued_at(reading)
        self.spent += own
        self._answer += own
        self._mark, self._waited, self._own, self._suspected = reading, 0.0, 0.0, None
        self._marked_at = self._looked_at = now

    def queued_seconds(self) -> float | None:
        """What the child has stood in the queue for this answer and the one before it; None: not told.

        An answer may be seen long after it was sent: what the child waited in between belongs to the next one, and
        counts for both, as nobody tells them apart.
        """
        self.begin()
        queued, before = self._answer_queued_at(self.clock.read()), self._before_queued
        return None if queued is None or before is None else before + queued

    def _answer_queued_at(self, reading: ClockReading) -> float | None:
        queued = None if self._mark is None else queued_seconds(self._mark, reading)
        return None if queued is None or self._answer_queued is None else self._answer_queued + queued

    def stop(self) -> float:
        """The child's own time in the whole conversation."""
        if self._mark is not None:
            self._account(self.clock.read(), time.monotonic())
        return self.spent


@dataclass(frozen=True)
class _Suspicion:
    """A child seemed to have had its time when it may have stood in the queue: what was waited for it until then, and
    its processor seconds."""

    waited: float
    processor: float
