"""Does each mechanism do its work here? Each is tried whole, in a process of its own, and judged by its effect."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import landlock, linux, seccomp, syscalls
from .confine import Policy, becoming, dropping_capabilities, landlocking, limits, make

PROBE_TIMEOUT_S = 5  # seconds for one probe
PRIVATE_UID = 61_000

Settings = Mapping[str, Any]
ProbeFunction = Callable[[Settings], str]


class AbsentError(Exception):
    """The mechanism does not do its work; the message says what was seen."""


def refused(what: str, attempt: Callable[[], object], *numbers: int) -> None:
    """AbsentError unless `attempt` fails with one of the errno `numbers`."""
    try:
        attempt()
    except OSError as error:
        if error.errno not in numbers:
            raise AbsentError(f"{what}: {os.strerror(error.errno or 0)}") from None
    else:
        raise AbsentError(f"{what} was not refused")


def no_new_privileges(_settings: Settings) -> str:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if not linux.prctl(linux.PR_GET_NO_NEW_PRIVS):
        raise AbsentError("it was set and is not on")
    return ""


def landlock_files(settings: Settings) -> str:
    """Reads what it may, and neither reads nor lists nor writes anything else."""
    version = landlock.abi()
    if not version:
        raise AbsentError("the kernel offers no Landlock")
    scratch = _scratch()
    _enforce(settings)
    refused("reading a file", lambda: os.open(__file__, os.O_RDONLY), errno.EACCES)
    refused("listing a folder", lambda: os.listdir("/"), errno.EACCES)
    if scratch is not None:
        refused("making a folder", lambda: _make_folder(scratch), errno.EACCES)
    os.close(os.open(os.__file__, os.O_RDONLY))
    return f"ABI {version}"


def landlock_network(settings: Settings) -> str:
    """No TCP connection, not even to this machine."""
    if landlock.abi() < 4:
        raise AbsentError("the kernel's Landlock has no rules for TCP (ABI 4); the system call filter refuses sockets")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        _enforce(settings)
        refused("connecting", lambda: socket.create_connection(address, 1), errno.EACCES)
    return ""


def _enforce(settings: Settings) -> None:
    made = landlock.ruleset(settings["listable"], settings["readable"])
    make([dropping_capabilities()])
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    make([landlocking(made)])


def system_call_filter(_settings: Settings) -> str:
    """No sockets, processes, programs, signals to others or writing; threads still start."""
    here = syscalls.machine()
    if here is None:
        raise AbsentError(f"there is no table of system calls for {os.uname().machine}")
    parent, scratch = os.getppid(), _scratch()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.ReadyFilter(here).install()
    refused("opening a socket", socket.socket, errno.EACCES)
    refused("forking", _fork, errno.EPERM)
    refused("running a program", lambda: os.execv(os.devnull, ["program"]), errno.EPERM)
    refused("a lock", lambda: fcntl.flock(0, fcntl.LOCK_SH), errno.EPERM)
    refused("a signal to another process", lambda: os.kill(parent, 0), errno.EPERM)
    refused("writing a file", lambda: os.open(os.devnull, os.O_WRONLY), errno.EACCES)
    if scratch is not None:
        refused("making a folder", lambda: _make_folder(scratch), errno.EPERM)
    thread = threading.Thread(target=os.getpid)
    thread.start()
    thread.join()
    return ""


def _scratch() -> str | None:
    """A folder that can be written to before anything is given up (`tempfile` loads too much into the zygote)."""
    return next((folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if os.access(folder, os.W_OK)), None)


def _make_folder(scratch: str) -> None:
    path = f"{scratch}/probe-{os.getpid()}"
    os.mkdir(path)
    os.rmdir(path)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def resource_limits(_settings: Settings) -> str:
    """Memory, descriptors and the size of files stop at their limits."""
    small = Policy(256 << 20, 5, 4096, 32, 32, seccomp=False, ruleset=None, private_user=False, parent=os.getppid())
    make(limits(small))
    try:
        bytearray(512 << 20)
    except MemoryError:
        pass
    else:
        raise AbsentError("512 MiB could be taken under a limit of 256 MiB")
    refused("opening many files", lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(40)], errno.EMFILE)
    if resource.getrlimit(resource.RLIMIT_CORE) != (0, 0):
        raise AbsentError("core dumps are still written")
    return ""


def private_user(settings: Settings) -> str:
    """A user that nobody else is, who can still read the interpreter and cannot become anyone else again."""
    if os.geteuid() != 0:
        raise AbsentError("only root can become another user")
    make(becoming(PRIVATE_UID))
    refused("becoming root again", lambda: os.setuid(0), errno.EPERM)
    for path in [os.__file__, *settings["folders"]]:
        if not os.access(path, os.R_OK):
            raise AbsentError("the interpreter lies in a folder that only root can enter")
    return ""


def death_with_parent(_settings: Settings) -> str:
    """A process whose parent ends is ended too."""
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        if os.fork() == 0:
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            os.write(writing, b"x")
            signal.pause()
        os.read(reading, 1)
        os._exit(0)
    os.close(writing)
    os.waitpid(parent, 0)
    if not select.select([reading], [], [], 2)[0]:
        raise AbsentError("it went on")
    return ""


def process_descriptors(_settings: Settings) -> str:
    """A process can be ended through a descriptor, so that a number used again never ends another one."""
    child = os.fork()
    if child == 0:
        signal.pause()
    descriptor = os.pidfd_open(child)
    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
        raise AbsentError("the signal did not arrive")
    return ""


def closing_descriptors(_settings: Settings) -> str:
    """Every descriptor above a number is closed at once."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    linux.syscall(syscalls.number("close_range"), "close_range", descriptor, 0xFFFFFFFF, 0)
    refused("using a closed descriptor", lambda: os.fstat(descriptor), errno.EBADF)
    return ""


ALL_PROBES: tuple[ProbeFunction, ...] = (
    process_descriptors,
    closing_descriptors,
    resource_limits,
    death_with_parent,
    no_new_privileges,
    system_call_filter,
    landlock_files,
    landlock_network,
    private_user,
)


def run(probes: Sequence[ProbeFunction], settings: Settings) -> dict[str, tuple[bool, str]]:
    """Name -> (does it work, what was seen), one process a probe."""
    return {probe.__name__: _tried(probe, settings) for probe in probes}


def _tried(probe: ProbeFunction, settings: Settings) -> tuple[bool, str]:
    """One that somebody else kills is tried once more: it says nothing about the mechanism."""
    status, report = _in_child(probe, settings)
    if not report and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        status, report = _in_child(probe, settings)
    works, detail = json.loads(report) if report else (False, "it did not finish")
    return works, detail


def _in_child(probe: ProbeFunction, settings: Settings) -> tuple[int, bytes]:
    """The wait status of a process that tries a mechanism, and the JSON of what it saw."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(PROBE_TIMEOUT_S)
        try:
            outcome: tuple[bool, str] = (True, probe(settings))
        except AbsentError as problem:
            outcome = (False, str(problem))
        except OSError as problem:
            outcome = (False, problem.strerror or str(problem))
        except BaseException as problem:
            outcome = (False, f"{type(problem).__name__}: {problem}")
        os.write(writing, json.dumps(outcome).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        report = pipe.read()
    _pid, status = os.waitpid(child, 0)
    return status, report


def main() -> None:
    """Print what every probe saw, as JSON. Settings: listable, readable, folders (paths)."""
    print(json.dumps(run(ALL_PROBES, json.load(sys.stdin))))
