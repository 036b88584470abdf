"""A call's time is its own: not its arguments' way to it, its answer's way back, or what it waited for a processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from grader.errors import HarnessError
from grader.sandbox import Batch, FunctionCall, Limits, Returned, Sandbox, StudentProgram, TableFunction, TimedOut
from grader.sandbox.process import Stopped
from grader.sandbox.round import Round
from grader.sandbox.timing import ChildClock, ClockReading, Stopwatch, own_seconds

BUSY_S = 8
BUSY_PROCESSES = 12


def reading(processor: float | None, queued: dict[str, float] | None, ours: float = 0.0) -> ClockReading:
    nanoseconds = None if queued is None else {thread: int(1e9 * seconds) for thread, seconds in queued.items()}
    return ClockReading(processor, nanoseconds, int(1e9 * ours))


@pytest.mark.parametrize(
    ("before", "after", "waited", "own"),
    [
        (reading(1, {"1": 0}), reading(3, {"1": 0}), 2, 2),  # it computes
        (reading(1, {"1": 0}), reading(1, {"1": 0}), 2, 2),  # it sleeps
        (reading(1, {"1": 4}), reading(1.5, {"1": 5.5}), 2, 0.5),  # it has a processor for a quarter of the time
        (reading(1, {"1": 0}, 7), reading(1.5, {"1": 0}, 8.5), 2, 0.5),  # we had one for a quarter of the time
        (reading(1, {"1": 0}), reading(3, {"1": 0}), 0, 2),  # it computed while we were busy with its answers
        (reading(1, {"1": 0}), reading(1, {"1": 0, "2": 1.5}), 2, 0.5),  # a thread of its own stood in the queue
        (reading(1, {"1": 0, "2": 0}), reading(1.1, {"1": 0}), 2, 0.1),  # one that has ended tells nothing
        (reading(1, None), reading(3, None), 2, 2),
        (reading(1, None), reading(1, None), 2, 0.4),  # asleep or in the queue: who knows
        (reading(None, None), reading(None, None), 2, 0.4),
    ],
)
def test_own_time_is_processor_time_or_what_was_waited_less_the_queue(
    before: ClockReading, after: ClockReading, waited: float, own: float
) -> None:
    assert own_seconds(before, after, waited) == pytest.approx(own)


def test_a_clock_tells_of_every_thread_until_it_is_closed_and_keeps_no_file_open() -> None:
    """Read by two threads, each of which has a queue of its own."""
    code = (
        "import threading, sys\nend = threading.Event()\nthreads = [threading.Thread(target=end.wait) for _ in range(2)]"
        "\nfor thread in threads: thread.start()\nprint(flush=True)\nsys.stdin.read()\nend.set()"
    )
    files = len(os.listdir("/proc/self/fd"))
    alone, several = [
        subprocess.Popen([sys.executable, "-I", "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for text in ("import sys\nprint(flush=True)\nsys.stdin.read()", code)
    ]
    for process in (alone, several):
        assert process.stdout is not None
        process.stdout.readline()
    clocks = [ChildClock(process.pid) for process in (alone, several)]
    with ThreadPoolExecutor(1) as other:
        found = [(clock.read(), other.submit(clock.read).result(), clock.read()) for clock in clocks]
    for process in (alone, several):
        process.communicate()
    for number, readings in enumerate(found):
        assert [len(reading.queued or {}) for reading in readings] == [3 if number else 1] * 3
        assert all((reading.processor or 0) > 0 for reading in readings)
    assert [clock.read().queued for clock in clocks] == [None, None]  # both have ended
    for clock in clocks:
        clock.close()
        assert clock.read() == ClockReading(None, None, 0)
    assert len(os.listdir("/proc/self/fd")) == files


class Scripted:
    """A clock that tells one reading after another, and of a child of which it is asked whether it is `ready` that."""

    def __init__(self, *readings: ClockReading, ready: bool | None = None) -> None:
        self.readings = list(readings)
        self.ready = ready

    def read(self) -> ClockReading:
        return self.readings.pop(0) if self.ready is None or len(self.readings) > 1 else self.readings[0]

    def is_ready(self) -> bool:
        assert self.ready is not None
        return self.ready


def watched(monkeypatch: pytest.MonkeyPatch, wall: float, processor: float, queued: float) -> Stopwatch:
    """After one wait of so long, in which the child got so much."""
    now = iter([0.0, wall, wall])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    clock = Scripted(reading(0, {"1": 0}), reading(processor, {"1": queued}), ready=False)
    watch = Stopwatch(clock, 2.0, 5.0)  # type: ignore[arg-type]  # stands in for it
    watch.begin()
    watch.waited(0.0)
    watch.look()
    return watch


def looked_at(monkeypatch: pytest.MonkeyPatch, *looks: ClockReading) -> list[str | None]:
    """What a child's watch says at looks a second apart, the first one after its two seconds: it is ready at each."""
    watch = Stopwatch(Scripted(reading(0, {"1": 0}), *looks, ready=True), 2.0, 9.0)  # type: ignore[arg-type]  # stands in for it
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[-1])
    watch.begin()
    said: list[str | None] = []
    for looked in (2.1, 3.1, 4.1, 5.1):
        now.append(looked)
        watch.waited(now[-2])
        watch.look()
        said.append(watch.over)
    return said


@pytest.mark.parametrize(("seconds", "left", "in_all"), [(2.0, 5.0, False), (2.0, 2.0, True), (30.0, 2.0, True)])
def test_whose_time_is_up_is_known_when_it_is_up(
    monkeypatch: pytest.MonkeyPatch, seconds: float, left: float, in_all: bool
) -> None:
    """That of one answer or of all: by the end of the conversation it may be told that the child stood in the queue."""
    now = iter([0.0, 2.1, 2.1, 2.1])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    clock = Scripted(reading(0, {"1": 0}), reading(2.1, {"1": 0}), reading(1.9, {"1": 0.2}), ready=False)
    watch = Stopwatch(clock, seconds, left)  # type: ignore[arg-type]  # stands in for it
    watch.begin()
    watch.waited(0.0)
    watch.look()
    assert (watch.over, watch.over_in_all) == ("time", in_all)
    assert watch.stop() < left


def test_what_a_child_stands_in_the_queue_is_known_when_it_has_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux tells of the queue when a thread leaves it: at the first two looks it has been in there all the time."""
    waits = [reading(0, {"1": 0}), reading(0, {"1": 0}), reading(0.1, {"1": 4}), reading(0.2, {"1": 4.9})]
    assert looked_at(monkeypatch, *waits) == [None] * 4


def test_a_child_that_sleeps_and_is_only_ready_when_it_is_looked_at_has_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sleeps = [reading(0.1, {"1": 0}), reading(0.2, {"1": 0}), reading(0.3, {"1": 0}), reading(0.4, {"1": 0})]
    assert looked_at(monkeypatch, *sleeps)[:2] == [None, "time"]
    told_late = [reading(0.1, {"1": 0}), reading(0.2, {"1": 0.9}), reading(0.3, {"1": 1}), reading(0.4, {"1": 1.1})]
    assert looked_at(monkeypatch, *told_late)[:3] == [None, None, "time"]


def test_a_child_that_computes_has_its_time_whether_it_is_ready_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_at(monkeypatch, *[reading(2.1, {"1": 0})] * 4)[0] == "time"


@pytest.mark.parametrize("computes", [True, False])
def test_a_thread_that_computes_or_is_in_the_queue_is_ready(computes: bool) -> None:
    code = (
        "import sys, threading, time\ndef compute():\n    while time.process_time() < 8: pass\n"
        f"if {computes}: threading.Thread(target=compute, daemon=True).start()\nprint(flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-I", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        clock = ChildClock(child.pid)
        assert child.stdout is not None
        child.stdout.readline()
        try:
            found = [clock.is_ready() for _ in range(1_000)]
        finally:
            child.kill()
    assert sum(found) > 900 if computes else sum(found) < 900  # it may still be about to sleep
    assert not clock.is_ready()
    assert not ChildClock(None).is_ready()
    clock.close()


def test_time_is_up_when_a_child_has_had_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, 2.1, 2.0, 0.1).over == "time"
    assert watched(monkeypatch, 2.1, 0.0, 0.0).over == "time"
    assert watched(monkeypatch, 20.0, 1.0, 19.0).over is None
    assert watched(monkeypatch, 100.0, 1.0, 99.0).over == "starved"


def test_time_counts_from_when_it_is_waited_for() -> None:
    """Where everything has come already, the clocks are never read."""
    assert Stopwatch(Scripted(), 2.0, 5.0).stop() == 0.0  # type: ignore[arg-type]  # stands in for it
    clock = Scripted(reading(0, {"1": 0}), reading(0.5, {"1": 0}))
    watch = Stopwatch(clock, 2.0, 5.0)  # type: ignore[arg-type]  # stands in for it
    assert watch.wait_seconds() == 2.0
    assert watch.stop() == 0.5
    assert not clock.readings


def test_what_was_queued_before_a_look_counts_for_this_answer_and_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 1.0, 1.0, 2.0, 3.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    readings = [reading(0, {"1": queued}) for queued in (0, 0.8, 1.5, 1.5, 1.6, 1.7, 1.9)]
    watch = Stopwatch(Scripted(*readings), 2.0, 5.0)  # type: ignore[arg-type]  # stands in for it
    watch.begin()
    watch.waited(0.0)
    watch.look()
    assert watch.queued_seconds() == pytest.approx(1.5)
    watch.answered()
    assert watch.queued_seconds() == pytest.approx(1.6)
    watch.answered()
    assert watch.queued_seconds() == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("wall", "processor", "queued", "late"),
    [(0.4, 0.35, 0.0, True), (0.4, 0.1, 0.0, True), (4.0, 0.1, 3.9, False), (4.0, 0.1, None, False)],
)
def test_a_slow_answer_counts_unless_the_program_was_slow(
    wall: float, processor: float, queued: float | None, late: bool
) -> None:
    """Limit 0.3 s; where nobody tells what a child waited, the processor time alone decides."""
    begun = Round(Batch([FunctionCall("f")]), too_slow=TimedOut(0.3))
    limit = 0.3

    def too_slow(wall: float, processor: float) -> bool:
        return processor > limit or (queued is not None and wall - queued > limit)

    begun.next_request(SimpleNamespace(answered=0, too_slow=too_slow))  # type: ignore[arg-type]  # stands in for it
    assert begun.take([json.dumps(["slow", wall, processor, [0, "returned", 7]]).encode()])
    (reply,) = begun.replies
    assert (reply == TimedOut(0.3)) is late
    assert late or (isinstance(reply, Returned) and reply.value == 7)


@pytest.mark.parametrize("frame", [["slow"], ["slow", 1, 2.0, [0, "returned", 7]], ["slow", 1.0, 2.0, [0, "done", 7]]])
def test_what_no_child_says_of_its_time_is_no_answer(frame: list[Any]) -> None:
    begun = Round(Batch([FunctionCall("f")]))
    begun.next_request(SimpleNamespace(answered=0))  # type: ignore[arg-type]  # stands in for it
    assert not begun.take([json.dumps(frame).encode()])
    assert begun.problem == "it sent something that is not an answer"


def test_a_call_that_comes_back_late_is_too_late_and_the_next_one_counts(box: Sandbox) -> None:
    source = b"import time\ndef f(x):\n    if x == 1: time.sleep(0.35)\n    return x\n"
    with box.open(StudentProgram(source), Limits(call_seconds=0.3, run_seconds=9)) as session:
        replies = session.call([FunctionCall("f", (x,)) for x in range(3)])
        assert replies[1] == TimedOut(0.3)
        assert [reply.value for reply in (replies[0], replies[2])] == [0, 2]  # type: ignore[union-attr]  # it is a child that runs


@pytest.mark.long
def test_what_surrounds_a_call_is_not_its_time(box: Sandbox) -> None:
    """Each answer takes longer to write down than the limit, and each argument longer to read."""
    source = b"def f(x):\n    return x[:20_000]\n"
    calls = [FunctionCall("f", (list(range(60_000)),)) for _ in range(4)]
    with box.open(StudentProgram(source), Limits(call_seconds=0.02, run_seconds=20)) as session:
        assert {type(reply) for reply in session.call(calls)} <= {Returned}


def test_a_machine_that_is_too_busy_is_no_fault_of_the_program(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with box.open(StudentProgram(b"def f():\n    return 1\n")) as session:
        process = session._process
        assert process is not None
        monkeypatch.setattr(process, "exchange", lambda *_: Stopped("starved"))
        with pytest.raises(HarnessError, match=r"too busy .* nothing was scored"):
            session.call([FunctionCall("f")])


def test_where_nothing_is_told_of_a_child_the_wall_clock_stands_in(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS: what comes back counts by the processor time it says; what never does is given up after longer."""
    monkeypatch.setattr("grader.sandbox.process.ChildClock", lambda _pid: ChildClock(None))
    source = (
        b"import time\ndef f(x):\n    if x == 1: time.sleep(0.15)\n    while x == 2: pass\n"
        b"    until = time.process_time() + 0.12 * (x == 3)\n    while time.process_time() < until: pass\n    return x\n"
    )
    with box.open(StudentProgram(source), Limits(call_seconds=0.1, run_seconds=9)) as session:
        replies = session.call([FunctionCall("f", (x,)) for x in range(5)])
    assert [getattr(reply, "value", reply) for reply in replies] == [0, 1, TimedOut(0.1), TimedOut(0.1), 4]


@pytest.fixture
def load() -> Iterator[None]:
    """Other processes keep every processor busy, for a bounded time: each in a session, as systems share by those."""
    code = f"import time\nuntil = time.process_time() + {BUSY_S}\nwhile time.process_time() < until: pass"
    others = [
        subprocess.Popen([sys.executable, "-I", "-c", code], start_new_session=True) for _ in range(BUSY_PROCESSES)
    ]
    yield
    for other in others:
        other.kill()
        other.wait()


@pytest.mark.usefixtures("load")
def test_beside_other_work_no_call_is_lost(box: Sandbox) -> None:
    """Each call computes for a third of its limit, and asks a supplied function that a busy grader answers late."""
    table = TableFunction("step", 1, {(k,): k + 1 for k in range(70)}, ("k",))
    source = (
        b"import time\ndef f(step, x):\n    until = time.process_time() + 0.015\n"
        b"    while time.process_time() < until: pass\n    for k in range(10): x = step(k=x % 70)\n    return x\n"
    )
    calls = [FunctionCall("f", (table, x)) for x in range(57, 65)]
    with box.open(StudentProgram(source), Limits(call_seconds=0.045, run_seconds=2)) as session:
        replies = session.call(calls)
    assert [getattr(reply, "value", reply) for reply in replies] == [
        (x + 10 if x + 10 <= 70 else x + 10 - 70) for x in range(57, 65)
    ]
