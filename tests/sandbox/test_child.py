"""Parts of the child that can be looked at from outside: the filter, the list of files, messages."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.child import seccomp, syscalls
from grader.sandbox.child.failures import described
from grader.sandbox.child.program import ExecutedProgram
from grader.sandbox.installation import CHILD_FOLDER, PYTHON_FLAGS, installation


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURES.values(), ids=syscalls.ARCHITECTURES)
def test_the_filter_is_well_formed_on_both_machines(machine: syscalls.Architecture) -> None:
    packed = seccomp.program(machine, 4242)
    instructions = list(struct.iter_unpack("=HBBI", packed))
    assert len(instructions) <= 4096  # BPF_MAXINSNS
    for at, (code, if_true, if_false, _value) in enumerate(instructions):
        if code in (seccomp.JUMP_EQUAL, seccomp.JUMP_AT_LEAST, seccomp.JUMP_ABOVE, seccomp.JUMP_ANY_BIT):
            assert at + 1 + max(if_true, if_false) < len(instructions)
    assert instructions[0] == (seccomp.LOAD, 0, 0, seccomp.ARCH_AT)
    assert instructions[-1] == (seccomp.RETURN, 0, 0, seccomp.FAIL | 1)


def verdict_of(packed: bytes, machine: syscalls.Architecture, number: int) -> tuple[int, int]:
    """What the filter says of a call whose arguments are 0, and how many instructions it takes to say so."""
    instructions = list(struct.iter_unpack("=HBBI", packed))
    data = {seccomp.NUMBER_AT: number, seccomp.ARCH_AT: machine.audit_arch}
    jumps = {
        seccomp.JUMP_EQUAL: int.__eq__,
        seccomp.JUMP_AT_LEAST: int.__ge__,
        seccomp.JUMP_ABOVE: int.__gt__,
        seccomp.JUMP_ANY_BIT: lambda loaded, bits: bool(loaded & bits),
    }
    at = steps = loaded = 0
    while True:
        code, if_true, if_false, value = instructions[at]
        at, steps = at + 1, steps + 1
        if code == seccomp.RETURN:
            return value, steps
        if code == seccomp.LOAD:
            loaded = data.get(value, 0)
        elif code == seccomp.BITWISE_AND:
            loaded &= value
        else:
            at += if_true if jumps[code](loaded, value) else if_false


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURES.values(), ids=syscalls.ARCHITECTURES)
def test_the_filter_lets_exactly_the_free_calls_through_and_says_so_in_few_steps(machine) -> None:
    """The kernel goes through it for each number when a child installs it."""
    packed = seccomp.program(machine, 4242)
    free = set(syscalls.numbers(syscalls.ALLOWED_CALLS, machine).values())
    ruled = set(syscalls.numbers(syscalls.RULED_CALLS, machine).values())
    for number in (*range(700), seccomp.X32_BIT - 1):
        verdict, steps = verdict_of(packed, machine, number)
        if number not in ruled:
            assert verdict == (seccomp.ALLOW if number in free else seccomp.FAIL | errno.EPERM), number
            assert steps <= 32, number
    assert verdict_of(packed, machine, seccomp.X32_BIT + 1)[0] == seccomp.FAIL | errno.ENOSYS


@pytest.mark.parametrize("machine", syscalls.ARCHITECTURES.values(), ids=syscalls.ARCHITECTURES)
def test_a_filter_made_ready_for_any_process_is_that_of_the_process_that_it_is_given(machine) -> None:
    """Which may be one after the other: a process that forks has its children use the same one."""
    ready = seccomp.ReadyFilter(machine)
    for pid in (1, 4242, 4_194_303):
        ready.name(pid)
        assert ready.instructions.raw == seccomp.program(machine, pid)


AMBIENT = """
import ctypes, re, struct, sys
sys.path.insert(0, sys.argv[1])
from grader.sandbox.child import confine
KILL = 1 << 5
raised = struct.pack("=IIIIII", KILL, KILL, KILL, 0, 0, 0)
confine.make([confine.ready("capset", struct.pack("=Ii", confine.CAPABILITY_VERSION, 0), raised)])
assert ctypes.CDLL(None).prctl(47, 2, 5, 0, 0) == 0  # PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL
for calls in [], [confine.dropping_capabilities()]:
    confine.make(calls)
    print(*re.findall(r"Cap(?:Inh|Prm|Eff|Amb):\\s+(\\w+)", open("/proc/self/status").read()))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to drop")
def test_without_capabilities_there_are_no_ambient_ones() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", AMBIENT, root], capture_output=True, text=True, check=True)
    assert done.stdout == f"{'0000000000000020 ' * 3}0000000000000020\n{'0000000000000000 ' * 3}0000000000000000\n"


def test_no_call_is_both_free_and_ruled() -> None:
    for machine in syscalls.ARCHITECTURES.values():
        free, ruled = (
            syscalls.numbers(table, machine).values() for table in (syscalls.ALLOWED_CALLS, syscalls.RULED_CALLS)
        )
        assert not set(free) & set(ruled)
        assert len(set(free)) == len(list(free))


FORBIDDEN = {
    "execve",
    "fork",
    "connect",
    "bind",
    "ptrace",
    "unlink",
    "rename",
    "mkdir",
    "truncate",
    "memfd_create",
    "bpf",
}


def test_nothing_that_reaches_out_is_listed() -> None:
    assert not FORBIDDEN & {*syscalls.ALLOWED_CALLS, *syscalls.RULED_CALLS}


def test_only_the_library_and_the_packages_can_be_read() -> None:
    here = installation(("numpy",))
    readable = [Path(path) for path in here.readable]
    assert not any(path.name in ("site-packages", "grader") for path in readable)
    for hidden in (CHILD_FOLDER, Path(__file__), Path("/etc/passwd"), Path("/proc/self"), Path.home() / ".ssh"):
        assert not any(hidden == path or path in hidden.parents for path in readable)
    assert any(path.name == "numpy" for path in readable)


def test_the_child_imports_nothing_of_the_grader() -> None:
    """It runs where the package cannot be imported, and leaves nothing of itself importable."""
    script = (
        "import runpy, sys; sys.argv = ['start.py']; space = runpy.run_path(sys.path.pop() + '/start.py');"
        "import importlib, types; seen = [];"
        "space['load'].__globals__['importlib'] = types.SimpleNamespace("
        "util=importlib.util, import_module=lambda name: seen.append(importlib.import_module(name)) or"
        " types.SimpleNamespace(main=lambda: None));"
        "[space['load'](name) for name in ('zygote', 'probes', 'single')];"
        "print(len(seen), [name for name in sys.modules if 'grader' in name])"
    )
    done = subprocess.run(
        [sys.executable, *PYTHON_FLAGS, "-c", f"import sys; sys.path.append({str(CHILD_FOLDER)!r}); {script}"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert done.stdout == "3 []\n"


def test_deep_tracebacks_keep_their_innermost_places() -> None:
    program = ExecutedProgram([("solution.py", "def f(n):\n    return f(n - 1) if n else 1 / 0\n")])
    program.run()
    with pytest.raises(ZeroDivisionError) as caught:
        program.module.f(20)
    lines = described(caught.value, program.sources)[3]
    assert isinstance(lines, list)
    assert lines == ["solution.py, line 2, in f", "    return f(n - 1) if n else 1 / 0"] * 8


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_private_user_is_taken_where_it_can_read_the_interpreter() -> None:
    """Becoming another user is tried for its effect: an interpreter in a closed folder keeps the grader's user."""
    from grader.sandbox.child import probes

    here = installation(("numpy",))
    settings = {"folders": here.folders, "listable": here.listable, "readable": here.readable}
    works, detail = probes.run([probes.private_user], settings)["private_user"]
    assert works or detail == "the interpreter lies in a folder that only root can enter"


UNKNOWN_MACHINE = """
import platform, resource, sys
sys.path.insert(0, sys.argv[1])
platform.machine = lambda: "sparc64"
from grader.sandbox.child.alone import give_up_the_rest
give_up_the_rest(1 << 30, 7)
print(*[resource.getrlimit(which)[1] for which in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)])
"""


def test_a_reader_of_hostile_files_is_limited_where_no_system_call_is_known() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", UNKNOWN_MACHINE, root], capture_output=True, text=True, check=True)
    assert done.stdout == f"{1 << 30} 7 0\n"
