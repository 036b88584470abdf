"""Work that executors are given in tests, and the tasks that it is done on.

A file of its own, which imports little: each process that is started for such work imports it.
"""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from grader.classroom.entries import Entry
from grader.classroom.reported_row import summary
from grader.classroom.work import NO_SETTINGS, Task
from grader.errors import SpecError
from grader.verdict import Report


def tasks(*names, log=Path()):
    """Tasks whose entries are not there; the path of a log is handed on as a note."""
    return [Task(Entry.at(name, Path("nowhere") / name, notes=(str(log),)), NO_SETTINGS) for name in names]


def begun(log):
    """The name of each task that was begun, with the process that began it."""
    return [line.split() for line in log.read_text().splitlines()]


def row(work, run=None):
    name = work.entry.name if isinstance(work, Task) else work.name
    return summary(Report("s", name, ()))


def logged(work, run):
    """Notes that a task was begun, and by whom."""
    with Path(work.notes[0]).open("a") as log:
        log.write(f"{work.name} {os.getpid()}\n")
    return row(work)


def kills_itself(work, run):
    """`deadly` ends its process each time, `once` the first time only; the others are harmless."""
    logged(work, run)
    first = [line[0] for line in begun(Path(work.notes[0]))].count(work.name) == 1
    if work.name.startswith("deadly") or (work.name.startswith("once") and first):
        os.kill(os.getpid(), signal.SIGKILL)
    return row(work)


def broken_spec(work, run):
    raise SpecError("q1.yaml:1:1: no")


def gives_what_cannot_be_sent(work, run):
    graded = row(work)
    if work.name == "b":
        object.__setattr__(graded, "messages", (lambda: None,))
    return graded


def raises(work, run):
    if work.name == "b":
        raise ValueError("planted")
    return row(work)


LARGE = "x" * (1 << 20)
"""More than the system keeps of what nobody reads yet."""


def gives_back_much(work, run):
    return replace(row(work), messages=(LARGE,))


class EndsItsReader:
    """What it is sent to ends before it has read it."""

    def __reduce__(self):
        return os._exit, (3,)


def sleeps(work, run):
    time.sleep(600)
    return row(work)


def waits_for_another(work, run):
    """Until a second process has begun something."""
    graded, until = logged(work, run), time.monotonic() + 300
    while len({pid for _, pid in begun(Path(work.notes[0]))}) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    return graded


def waits_at_the_third(work, run):
    if work.name == "s2":
        time.sleep(300)
    return row(work)
