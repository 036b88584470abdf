"""A run as it is watched: a bar on a terminal, elsewhere a line a minute."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from grader.classroom.graded import Graded

SECONDS_BETWEEN_LINES = 60.0
"""Of a run that nobody watches on a terminal; one that takes less says nothing."""

MAX_PROGRESS_BAR_COLUMNS = 20
"""Of the bar itself, which takes a tenth of a terminal that is not wide."""

COUNTED_KINDS = ("lost points", "rejected", "held", "unproved")
"""Submissions that a TA may want to look at, in the order in which they are told."""


class RunCounts:
    """How many submissions are done, and of which kinds they are."""

    def __init__(self) -> None:
        self.done = 0
        self._kinds: Counter[str] = Counter()
        self._last: tuple[str, tuple[str, ...]] = ("", ())

    def add(self, row: Graded) -> None:
        """Counts a row; one that comes once more, because it is held after all, takes the place of the first."""
        name, kinds = self._last
        if self.done and name == row.name:
            self._kinds.subtract(kinds)
        else:
            self.done += 1
        self._last = (row.name, _kinds(row))
        self._kinds.update(self._last[1])

    def in_words(self) -> str:
        """`12 lost points, 1 rejected, 2 held, 3 unproved`, of those that there are."""
        return ", ".join(f"{self._kinds[kind]} {kind}" for kind in COUNTED_KINDS if self._kinds[kind])


def _kinds(row: Graded) -> tuple[str, ...]:
    """What a row counts as: what is held or rejected has not lost points, and what waits for a reader is not lost."""
    unproved = ("unproved",) if row.unproved else ()
    if row.status in ("rejected", "held"):
        return (row.status, *unproved)
    most = row.max_points - row.pending_points if row.pending_points else row.max_points
    loses = row.total is not None and row.total < most
    return (*(("lost points",) if loses else ()), *unproved)


class ProgressBar:
    """Shows a run on a terminal at stderr: a bar, submissions a second, the time that is left, and the counts.

    On a narrow one the bar is short and the counts take several lines; nothing is cut off.
    """

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.table import Column

        console, whole, in_lines = Console(stderr=True), Column(no_wrap=True), Column()
        columns = (
            BarColumn(bar_width=min(MAX_PROGRESS_BAR_COLUMNS, console.width // 10), table_column=whole),
            MofNCompleteColumn(table_column=whole),
            TextColumn("{task.fields[rate]}", table_column=whole),
            TimeRemainingColumn(compact=True, table_column=whole),
            TextColumn("{task.fields[note]}", table_column=in_lines),
        )
        self._bar = Progress(*columns, console=console, transient=True)
        self._counts = RunCounts()

    def start(self, submissions: Sequence[str]) -> None:
        with suppress(Exception):  # as below: neither ends the run, nor loses its table at the end
            self._task = self._bar.add_task("grading", total=len(submissions), rate="", note="")
            self._bar.start()

    def record(self, graded: Graded) -> None:
        """Counts a submission; what cannot be shown (a terminal that went away) costs nobody marks."""
        with suppress(Exception):
            self._counts.add(graded)
            speed, done = self._bar.tasks[self._task].speed, self._counts.done
            rate = a_second(speed) if speed else ""
            self._bar.update(self._task, completed=done, rate=rate, note=self._counts.in_words())

    def finish(self, rows: Sequence[Graded] | None) -> None:
        with suppress(Exception):
            self._bar.stop()


class ProgressLines:
    """Tells of a run that nobody watches, with `tell`, a line a minute, also while one submission takes long.

    `clock` gives seconds; nothing of it enters a result.
    """

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._counts = RunCounts()
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def start(self, submissions: Sequence[str]) -> None:
        self._total = len(submissions)
        self._since, self._before = self._clock(), 0
        self._thread = threading.Thread(target=self._tell_every_minute, daemon=True)
        self._thread.start()

    def record(self, graded: Graded) -> None:
        with self._lock:
            self._counts.add(graded)

    def finish(self, rows: Sequence[Graded] | None) -> None:
        self._ended.set()
        self._thread.join(timeout=1)  # it may wait for a pipe that nobody reads

    def _tell_every_minute(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LINES):
            with suppress(Exception):  # a pipe that nobody reads any more costs nobody marks
                self._tell(self.line())

    def line(self) -> str:
        """`1200 of 10000 done, 20/s, 7 min left: 300 lost points, 2 held`; the rate is that since the line before."""
        with self._lock:
            now, done, counts = self._clock(), self._counts.done, self._counts.in_words()
        passed, more = now - self._since, done - self._before
        self._since, self._before = now, done
        rate = more / passed if passed > 0 else 0
        told = [f"{done} of {self._total} done", a_second(rate)]
        if rate and done < self._total:
            told.append(f"{duration((self._total - done) / rate)} left")
        return f"{', '.join(told)}{f': {counts}' if counts else ''}"


def a_second(rate: float) -> str:
    """`0.5/s`, `6.17/s`, `9830/s`."""
    return f"{rate:.3g}/s" if rate < 1000 else f"{rate:.0f}/s"


def duration(seconds: float) -> str:
    """`40 s`, `7 min`, `2 h 5 min`: rounded up."""
    whole = -int(-seconds // 1)
    if whole <= 90:
        return f"{whole} s"
    minutes = -(-whole // 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
