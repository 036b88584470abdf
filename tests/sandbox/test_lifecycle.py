"""Processes: what starts when, what is put up again, what is left when the grader goes; the same answers every time."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from grader.errors import HarnessError
from grader.sandbox import FunctionCall, Limits, LoadedProgram, Returned, Sandbox, Session, StudentProgram
from grader.sandbox.child.confine import Confinement, Policy
from grader.sandbox.child.warm_up import WARM_UP_CALLS, WARM_UP_SOURCE
from grader.sandbox.endings import Ending
from grader.sandbox.process import Stopped
from grader.sandbox.tiers import TierName

from ..processes import children, gone

ONE = StudentProgram(b"def f(): return 1\n")
CALL = [FunctionCall("f")]


def test_nothing_starts_before_it_is_needed() -> None:
    before = children(os.getpid())
    with Sandbox():
        assert children(os.getpid()) == before


def test_nothing_is_left_after_closing() -> None:
    before = set(children(os.getpid()))
    with Sandbox(highest="B") as box:
        for _ in range(4):
            with box.open(ONE) as session:
                assert isinstance(session.call(CALL)[0], Returned)
        (zygote,) = [pid for pid in children(os.getpid()) if pid not in before]
        below = children(zygote)
    assert gone([zygote, *below])


WITH_64_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from tests.sandbox.test_lifecycle import CALL, ONE, Sandbox
with Sandbox() as box, box.open(ONE) as session:
    print(type(session.call(CALL)[0]).__name__)
"""


def test_a_limit_of_64_open_files_is_enough() -> None:
    """In a process of its own: that of the tests has many files open."""
    command = [sys.executable, "-c", WITH_64_FILES]
    found = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "Returned\n"), found.stderr


def test_a_zygote_that_is_killed_is_replaced() -> None:
    before = set(children(os.getpid()))
    with Sandbox(highest="B") as box:
        box.open(ONE).close()
        for _ in range(2):
            (zygote,) = [pid for pid in children(os.getpid()) if pid not in before]
            os.kill(zygote, signal.SIGKILL)
            with box.open(ONE) as session:
                assert isinstance(session.call(CALL)[0], Returned)


def kill_with_children(zygote: int) -> None:
    below = children(zygote)
    os.kill(zygote, signal.SIGKILL)
    assert gone(below)


def test_a_zygote_that_dies_during_a_session_costs_no_reply() -> None:
    before = set(children(os.getpid()))
    with Sandbox(highest="B") as box, box.open(ONE) as session:
        (zygote,) = [pid for pid in children(os.getpid()) if pid not in before]
        kill_with_children(zygote)
        assert isinstance(session.call(CALL)[0], Returned)
        (zygote,) = [pid for pid in children(os.getpid()) if pid not in before]
        kill_with_children(zygote)
        assert isinstance(session.call(CALL)[0], Returned)


def test_a_program_lies_in_memory_that_nobody_can_change() -> None:
    import fcntl  # here, for this file is read on Windows too

    with Sandbox(highest="B") as box, box.open(ONE) as session:
        assert session._process is not None
        memory = session._process._connection._program  # type: ignore[attr-defined]  # what the zygote's connection has
        assert b"def f(): return 1" in os.pread(memory, 1000, 0)
        for change in (lambda: os.pwrite(memory, b"x", 0), lambda: os.ftruncate(memory, 0)):
            with pytest.raises(PermissionError):
                change()
        with pytest.raises(PermissionError):
            fcntl.fcntl(memory, fcntl.F_ADD_SEALS, 0)


def test_a_child_has_given_everything_up() -> None:
    """As the kernel tells it of a child that waits for a call."""
    with Sandbox("degraded", highest="B") as box, box.open(ONE, Limits(memory=256 << 20)) as session:
        assert session._process is not None
        pidfd = session._process._connection._pidfd  # type: ignore[attr-defined]  # what the zygote's connection has
        child = Path("/proc") / stated(Path(f"/proc/self/fdinfo/{pidfd}"))["Pid"]
        status, limits = stated(child / "status"), (child / "limits").read_text()
    capabilities = {name for name, value in status.items() if name.startswith("Cap") and int(value, 16)}
    assert capabilities <= (set() if os.geteuid() == 0 else {"CapBnd"})  # which only root can empty, and use
    assert (status["NoNewPrivs"], status["Seccomp"], status["Threads"]) == ("1", "2", "1")
    assert re.search(rf"Max address space +{256 << 20} +{256 << 20} ", limits)
    assert re.search(r"Max core file size +0 +0 ", limits)
    assert re.search(r"Max open files +64 +64 ", limits)


def stated(path: Path) -> dict[str, str]:
    """The lines `name: value` of a file of the kernel's."""
    parts = (line.partition(":") for line in path.read_text().splitlines())
    return {name: value.strip() for name, _, value in parts}


class Stillborn:
    """A process that ends before it has said anything."""

    def program(self, body: bytes) -> bytes:
        return body

    def exchange(self, *_arguments: object) -> Stopped:
        return Stopped("ended", Ending(99))

    def end(self) -> None:
        pass


def test_a_child_that_ends_before_any_students_code_is_our_fault() -> None:
    with pytest.raises(HarnessError, match="end before a student's code runs; give them more memory or time"):
        Session(lambda _log: Stillborn(), ONE, Limits(), 0)  # type: ignore[arg-type, return-value]  # stands in for a child


def test_a_child_that_cannot_be_confined_is_our_fault() -> None:
    with Sandbox(highest="B") as box, pytest.raises(HarnessError, match="the sandbox could not be put up: "):
        box.open(ONE, Limits(open_files=-5))


OPEN = StudentProgram(
    b"import os\n"
    b"def open_ones():\n"
    b"    found = []\n"
    b"    for number in range(64):\n"
    b"        try:\n"
    b"            os.fstat(number)\n"
    b"            found.append(number)\n"
    b"        except OSError:\n"
    b"            pass\n"
    b"    return found\n"
    b"def printed(text):\n"
    b"    print(text)\n"
    b"    return os.read(0, 1) == b''\n"
)


@pytest.mark.parametrize("highest", ["A", "B", "C"])
def test_children_that_live_side_by_side_have_their_own_descriptors_alone(highest: TierName) -> None:
    """Input that is empty, two for what is printed, one for requests and one for answers; no other, nor another's."""
    with Sandbox("degraded", highest=highest) as box, box.open(OPEN) as first, box.open(OPEN) as second:
        for session, word in ((second, "two"), (first, "one"), (second, "three")):
            calls = [FunctionCall("open_ones"), FunctionCall("printed", (word,))]
            assert [reply.value for reply in session.call(calls)] == [[0, 1, 2, 3, 4], True]
    assert first.log == b"one\n"
    assert second.log == b"two\nthree\n"


GRADER = """
import sys, time
from grader.sandbox import FunctionCall, Sandbox, StudentProgram
with Sandbox({arguments}) as box:
    with box.open(StudentProgram(b"import time\\ndef f():\\n    print('in', flush=True)\\n    time.sleep(60)")) as session:
        print("ready", flush=True)
        session.call([FunctionCall("f")])
"""


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # it only confines itself
def test_a_child_whose_zygote_ended_before_it_could_be_bound_to_it_ends_at_once() -> None:
    """Between the fork and the request for a death signal, nobody would tell it."""
    started = os.fork()
    if started == 0:
        policy = Policy(1 << 30, 5, 4096, 32, 32, seccomp=False, ruleset=None, private_user=False, parent=1 << 22)
        Confinement(policy).enforce()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(started, 0)[1]) == 1


@pytest.mark.parametrize("arguments", ["", "highest='B'", "'off'"])
def test_nothing_outlives_a_grader_that_is_killed(arguments: str) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", GRADER.format(arguments=arguments)], stdout=subprocess.PIPE, cwd=root
    ) as grader:
        assert grader.stdout is not None
        assert grader.stdout.readline() == b"ready\n"
        below = []
        while len(below) < 2 and grader.poll() is None:
            below = children(grader.pid)
            for pid in below:
                below += children(pid)
        assert len(below) >= 2
        grader.kill()
    assert gone(below)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # it only runs the sandbox
def test_a_fork_of_the_grader_starts_its_own() -> None:
    with Sandbox(highest="B") as box:
        box.open(ONE).close()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                with box.open(ONE) as session:
                    code = 0 if isinstance(session.call(CALL)[0], Returned) else 2
                box.close()
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        with box.open(ONE) as session:
            assert isinstance(session.call(CALL)[0], Returned)


def writable_shared_memory(pid: int) -> list[str]:
    """The numbers of files whose memory a process can write to as others see it."""
    lines = [line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    return [inode for _place, rights, _offset, _device, inode, *_name in lines if rights[1] == "w" and rights[3] == "s"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees the memory of a process that allows no dumps")
def test_no_memory_is_shared_between_children() -> None:
    """Each has one for the answers that it holds, with the grader alone; the zygote, whose memory all have, has none."""
    with Sandbox(highest="B") as box, box.open(ONE) as first, box.open(ONE) as second:
        assert [session.call(CALL)[0].value for session in (first, second)] == [1, 1]
        assert box._zygote is not None
        assert writable_shared_memory(box._zygote.pid) == []
        shared = [writable_shared_memory(pid) for pid in children(box._zygote.pid)[:2]]
    assert [len(memory) for memory in shared] == [1, 1]
    assert shared[0] != shared[1]


SURROUNDINGS = StudentProgram(
    b"import builtins, linecache, random, sys, types\n"
    b"import numpy as np\n"
    b"def surroundings():\n"
    b"    return [[type(finder).__name__ for finder in sys.meta_path], [finder.handed_in for finder in sys.meta_path[-1:]],\n"
    b"        list(linecache.cache), sys.argv, sorted(vars(builtins)), random.random(), float(np.random.rand()),\n"
    b"        [name for name, module in sys.modules.items() if not isinstance(module, types.ModuleType)],\n"
    b"        [name for name in sys.modules if name in ('solution', '__main__')]]\n"
    b"def kinds():\n"
    b"    return [kind.__name__ for kind in object.__subclasses__() if kind.__module__ == 'solution']\n"
)


def test_what_the_warm_up_of_a_zygote_did_leaves_no_trace_in_a_child() -> None:
    """A process of its own, where there is no warm-up, has the same surroundings."""
    seen = []
    for highest in "B", "D":
        with Sandbox("degraded", highest=highest) as box, box.open(SURROUNDINGS) as session:
            found, kinds = session.call([FunctionCall("surroundings"), FunctionCall("kinds")])
            seen.append(found.value)
            assert kinds.value == []
    assert seen[0] == seen[1]
    assert seen[0][2] == ["solution.py"]
    assert seen[0][5:7] == [random.Random(0).random(), float(numpy.random.RandomState(0).rand())]


def test_what_a_zygote_warms_up_with_is_a_program_that_runs() -> None:
    """Else its children would do for the first time what it has not come to."""
    array = numpy.array([1.0, 1.0])
    calls = [
        *(
            FunctionCall("clip", (array, 1.0)),
            FunctionCall("total", ([1, 2.5, -3],)),
            FunctionCall("total", ((1, 2), 1)),
        ),
        *(FunctionCall("described", (0.25,)), FunctionCall("failing", ("text",))),
    ]
    with Sandbox(highest="B") as box, box.open(StudentProgram(WARM_UP_SOURCE.encode())) as session:
        assert session.load == LoadedProgram(("clip", "total", "described", "failing"))
        *returned, raised = session.call(calls)
    assert [type(reply) for reply in returned] == [Returned] * 4
    assert (raised.type_name, raised.message) == ("ValueError", "t")
    assert {name for name, _arguments, _tagged in WARM_UP_CALLS} == {call.function for call in calls}


CHANCE = StudentProgram(
    b"import random\nimport numpy as np\n"
    b"def f():\n    return [random.random(), float(np.random.rand()), hash('text'), list({'a', 'b', 'c', 'd', 'e'})]\n"
    b"def g():\n    raise ValueError(f'{object()} in {f}')\n"
)


def test_two_sandboxes_answer_alike() -> None:
    answers = []
    for _ in range(2):
        with Sandbox(highest="B") as box, box.open(CHANCE, seed=5) as session:
            answers.append(
                (session.seed, box.hash_seed, session.call(CALL)[0].value, session.call([FunctionCall("g")]))
            )
    assert answers[0] == answers[1]
    assert answers[0][3][0].message == "<object object at 0x…> in <function f at 0x…>"


def test_the_seed_matters() -> None:
    with Sandbox(highest="B") as box:
        values = []
        for seed in (1, 2):
            with box.open(CHANCE, seed=seed) as session:
                values.append(session.call(CALL)[0].value[:2])
    assert values[0] != values[1]


def test_messages_hold_no_path_of_the_installation() -> None:
    with Sandbox(highest="B") as box, box.open(StudentProgram(b"from numpy import nonesuch\n")) as session:
        assert "(…/site-packages/numpy/__init__.py)" in str(session.load)


def test_sessions_may_overlap() -> None:
    with Sandbox(highest="B") as box:
        sessions = [box.open(StudentProgram(f"def f(): return {number}".encode())) for number in range(5)]
        assert [session.call(CALL)[0].value for session in reversed(sessions)] == [4, 3, 2, 1, 0]
        for session in sessions:
            session.close()


def test_a_session_leaves_no_descriptor_behind(box: Sandbox) -> None:
    counts = []
    for _ in range(3):
        with box.open(StudentProgram(b"def f():\n    return 1\n")) as session:
            assert isinstance(session.call([FunctionCall("f")])[0], Returned)
        counts.append(len(os.listdir("/proc/self/fd")))
    assert counts[1] == counts[2]
