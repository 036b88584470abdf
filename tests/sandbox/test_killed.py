"""A child or a zygote that somebody else kills costs no reply; a program that kills its own process gains nothing."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from grader.errors import HarnessError
from grader.sandbox import Died, FunctionCall, Limits, LoadedProgram, Raised, Returned, Sandbox, Session, StudentProgram
from grader.sandbox.endings import Ending
from grader.sandbox.limits import GIB, MIB
from grader.sandbox.process import Process, Stopped
from grader.sandbox.tiers import TierName
from grader.sandbox.zygote import Zygote

from ..processes import children
from .test_lifecycle import kill_with_children

SLOW = StudentProgram(b"import time\ndef f(n):\n    time.sleep(0.4)\n    return n\n")
SLOW_TO_LOAD = StudentProgram(b"import time\ntime.sleep(0.8)\ndef f(n): return n\n")
CALLS = [FunctionCall("f", (number,)) for number in range(4)]


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Kills the child in the middle of its n-th conversations, counted from the one that confines it."""
    moments: set[int] = set()
    timers: list[threading.Timer] = []
    count = 0
    real = Process.exchange

    def end(connection: Any) -> None:
        with suppress(OSError):  # on a busy machine it may come too late, when the child is closed
            connection.kill()

    def exchange(self: Process, *arguments: Any) -> Stopped | None:
        nonlocal count
        count += 1
        if count in moments:
            timers.append(threading.Timer(0.1, end, (self._connection,)))
            timers[-1].start()
        return real(self, *arguments)

    monkeypatch.setattr(Process, "exchange", exchange)
    yield moments.update
    for timer in timers:
        timer.join()


def replies(box: Sandbox, program: StudentProgram, calls: list[FunctionCall] = CALLS) -> list[Any]:
    with box.open(program, Limits(call_seconds=5)) as session:
        return [reply.value if isinstance(reply, Returned) else str(reply) for reply in session.call(calls)]


# Conversations: 1 confines the child, 2 loads the program, 3 asks; then the same for the next child.
@pytest.mark.long
@pytest.mark.parametrize(("program", "moments"), [(SLOW_TO_LOAD, [2]), (SLOW, [3]), (SLOW_TO_LOAD, [2, 6])])
def test_a_child_that_is_killed_is_made_up_for(
    box: Sandbox, kill: Callable[..., None], program: StudentProgram, moments: list[int]
) -> None:
    kill(moments)
    assert replies(box, program) == [0, 1, 2, 3]


def test_a_child_that_is_killed_between_calls_is_made_up_for(box: Sandbox) -> None:
    with box.open(SLOW) as session:
        for call in CALLS:
            assert session._process is not None
            session._process._connection.kill()
            assert isinstance(session.call([call])[0], Returned)
        assert not session.irregular


def test_a_call_that_is_killed_twice_is_held(box: Sandbox, kill: Callable[..., None]) -> None:
    kill([3, 6])
    with pytest.raises(HarnessError, match="was killed twice from outside; nothing was scored"):
        replies(box, SLOW)


def test_a_program_that_is_killed_twice_while_it_is_loaded_is_held(box: Sandbox, kill: Callable[..., None]) -> None:
    kill([2, 4])
    with pytest.raises(HarnessError, match="was killed twice from outside; nothing was scored"):
        replies(box, SLOW_TO_LOAD)


def test_after_what_was_held_a_session_still_answers(box: Sandbox, kill: Callable[..., None]) -> None:
    kill([3, 6])
    with box.open(SLOW) as session:
        with pytest.raises(HarnessError):
            session.call(CALLS)
        assert [reply.value for reply in session.call(CALLS)] == [0, 1, 2, 3]  # type: ignore[union-attr]  # every call returned


def test_what_is_asked_again_is_given_its_time_again(box: Sandbox, kill: Callable[..., None]) -> None:
    kill([3])
    with box.open(SLOW, Limits(run_seconds=60)) as session:
        session.call(CALLS[:1])
        once = session.spent
        session.call(CALLS[:1])
        assert session.spent - once > once / 2  # as much as the first call, in which two children were busy


def test_a_zygote_that_is_killed_during_a_call_costs_nothing() -> None:
    before = set(children(os.getpid()))
    with Sandbox(highest="B") as box, box.open(SLOW) as session:
        (zygote,) = [pid for pid in children(os.getpid()) if pid not in before]
        timer = threading.Timer(0.1, kill_with_children, (zygote,))
        timer.start()
        assert [reply.value for reply in session.call(CALLS)] == [0, 1, 2, 3]  # type: ignore[union-attr]  # every call returned
        timer.join()


SUICIDES = [
    "import os\ndef f():\n    os.kill(os.getpid(), 9)\n",
    "import signal\ndef f():\n    signal.raise_signal(9)\n",
    "import signal, threading\ndef f():\n    signal.pthread_kill(threading.get_ident(), 9)\n",
    "import os\ndef f():\n    os.kill(0, 9)\n",
    "import os\ndef f():\n    os.killpg(os.getpgrp(), 9)\n",
    "import ctypes, os\ndef f():\n    ctypes.CDLL(None).kill(os.getpid(), 9)\n    raise PermissionError\n",
    "import ctypes, os\ndef f():\n    ctypes.CDLL(None).syscall(62, os.getpid(), 9 + (1 << 32))\n"
    "    raise PermissionError\n",
    "import signal, os\ndef f():\n    signal.pidfd_send_signal(os.pidfd_open(os.getpid()), 9)\n",
]


@pytest.mark.parametrize("source", SUICIDES)
def test_a_program_cannot_kill_its_own_process_by_sigkill(box: Sandbox, source: str) -> None:
    with box.open(StudentProgram(source.encode()), Limits(call_seconds=5)) as session:
        (reply,) = session.call([FunctionCall("f")])
    assert isinstance(reply, Raised), reply
    assert reply.type_name in ("PermissionError", "OSError", "AttributeError")


@pytest.mark.parametrize("source", SUICIDES[:2])
def test_where_it_can_that_is_its_own_doing_the_second_time(source: str) -> None:
    with Sandbox("off") as box, box.open(StudentProgram(source.encode())) as session:
        (reply,) = session.call([FunctionCall("f")])
        assert isinstance(reply, Died)
        assert session.irregular


def test_where_it_can_kill_the_zygote_that_is_its_own_doing_the_second_time() -> None:
    source = b"import os, time\ndef f():\n    os.kill(os.getppid(), 9)\n    time.sleep(1)\n"
    with Sandbox("off") as box, box.open(StudentProgram(source)) as session:
        assert isinstance(session.call([FunctionCall("f")])[0], Died)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os\ndef f():\n    os._exit(0)\n", "it ended the process itself"),
        ("import os\ndef f():\n    os.abort()\n", "SIGABRT"),
        ("import ctypes\ndef f():\n    ctypes.string_at(0)\n", "SIGSEGV"),
        ("import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGTERM)\n    return 1", "SIGTERM"),
    ],
)
def test_other_ends_are_its_own_doing_at_once(box: Sandbox, source: str, reason: str) -> None:
    with box.open(StudentProgram(source.encode()), Limits(call_seconds=5)) as session:
        (reply,) = session.call([FunctionCall("f")])
        assert isinstance(reply, Died)
        assert reason in str(reply)
        assert session.irregular


@pytest.mark.long
def test_a_program_that_ignores_the_end_of_its_processor_time_is_not_held(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Limits, "cpu_seconds", 1)
    source = b"import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\ndef f():\n    while True: pass\n"
    with box.open(StudentProgram(source), Limits(call_seconds=20, run_seconds=20)) as session:
        (reply,) = session.call([FunctionCall("f")])
        assert isinstance(reply, Died)
        assert "used up its processor time" in str(reply)


class Killed:
    """A process that is killed by the system in each call, with so much memory."""

    peak_mib = 0
    answered = 0
    spent = 0.0
    may_be_forged = False

    def program(self, body: bytes) -> bytes:
        return body

    def exchange(self, body: Any, wanted: int, seconds: float, left: float, took: Any, *_: Any) -> Stopped | None:
        self.turn = getattr(self, "turn", 0) + 1
        if self.turn < 3:
            took([[b'["confined"]', b'["loaded",["f"],0,[]]'][self.turn - 1]])
            return None
        return Stopped("ended", Ending(signal.SIGKILL, 100, self.peak_mib << 10))

    def end(self) -> None:
        pass


@pytest.mark.parametrize(("peak_mib", "held"), [(100, True), (512, True), (513, False), (900, False)])
def test_what_is_killed_twice_with_most_of_its_memory_in_use_is_not_held(
    monkeypatch: pytest.MonkeyPatch, peak_mib: int, held: bool
) -> None:
    monkeypatch.setattr(Killed, "peak_mib", peak_mib)
    session = Session(lambda _log: Killed(), SLOW, Limits(memory=GIB), 0)  # type: ignore[arg-type, return-value]  # stands in for a child
    assert isinstance(session.load, LoadedProgram)
    if held:
        with pytest.raises(HarnessError, match="was killed twice from outside"):
            session.call(CALLS[:1])
        return
    (reply,) = session.call(CALLS[:1])
    assert reply == Died("it was killed twice (SIGKILL) while it held more than 512 MiB of memory")
    assert GIB // 2 // MIB == 512


@pytest.fixture
def kill_starting(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[Any]]:
    """Kills the first so many zygotes while they start; the list that it returns counts all that were started."""

    def arrange(times: int) -> list[Any]:
        started: list[Any] = []
        real = Zygote._hello

        def hello(self: Zygote, settings: bytes) -> Any:
            started.append(self)
            if len(started) <= times:
                os.killpg(self.pid, signal.SIGKILL)  # with bubblewrap, both of its processes
            return real(self, settings)

        monkeypatch.setattr(Zygote, "_hello", hello)
        return started

    return arrange


@pytest.mark.parametrize("highest", ["A", "B"])
def test_a_zygote_that_is_killed_while_it_starts_is_started_again_in_no_weaker_sandbox(
    box: Sandbox, kill_starting: Callable[[int], list[Any]], highest: TierName
) -> None:
    wanted = "A" if (highest, box.tier.name) == ("A", "A") else "B"
    started = kill_starting(1)
    with Sandbox(highest=highest) as killed:
        assert killed.tier.name == wanted
    given_up = wanted != highest and shutil.which("bwrap") is not None  # as without the kill: it does not work here
    assert len(started) == 2 + given_up


def test_a_zygote_that_is_killed_twice_while_it_starts_is_held(kill_starting: Callable[[int], list[Any]]) -> None:
    started = kill_starting(2)
    with (
        Sandbox() as killed,
        pytest.raises(HarnessError, match=r"did not start: it was killed \(signal 9\)"),
    ):
        _ = killed.tier
    assert len(started) == 2


def test_one_that_is_killed_in_a_run_while_it_starts_anew_costs_no_reply(
    kill_starting: Callable[[int], list[Any]],
) -> None:
    before = set(children(os.getpid()))
    with Sandbox(highest="B") as killed, killed.open(SLOW) as session:
        (zygote,) = [pid for pid in children(os.getpid()) if pid not in before]
        kill_starting(1)
        kill_with_children(zygote)
        assert [reply.value for reply in session.call(CALLS) if isinstance(reply, Returned)] == [0, 1, 2, 3]
