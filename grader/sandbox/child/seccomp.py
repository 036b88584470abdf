"""The system call filter: an allow-list that refuses everything else with EPERM (seccomp_unix, classic BPF)."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import struct
from collections.abc import Callable, Iterable, Sequence

from . import linux, syscalls

# linux/bpf_common.h, as used by linux/seccomp.h
LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_AT_LEAST, JUMP_ANY_BIT = 0x20, 0x15, 0x25, 0x35, 0x45
BITWISE_AND, RETURN = 0x54, 0x06
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
SET_MODE_FILTER, FLAG_TSYNC = 1, 1
ANY_PROCESS = 0xFFFFFFFF  # stands for a number of a process, and is none
# struct seccomp_data
NUMBER_AT, ARCH_AT, ARGUMENTS_AT = 0, 4, 16
X32_BIT = 0x40000000

CLONE_THREAD = 0x00010000
CLONE_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag
WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# TCGETS FIONREAD FIOCLEX FIONCLEX FIONBIO TIOCGWINSZ: what Python itself asks of a descriptor
IOCTLS = (0x5401, 0x541B, 0x5451, 0x5450, 0x5421, 0x5413)
# F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_DUPFD_CLOEXEC F_GETPIPE_SZ;
# not F_SETOWN and F_SETSIG: together they send any signal to any process of the same user;
# no locks (nor `flock`): held on a file that all may read, they tell one submission what another says
FCNTLS = (0, 1, 2, 3, 4, 1030, 1032)
# PR_SET_NAME PR_GET_NAME PR_GET_DUMPABLE PR_SET_VMA
PRCTLS = (15, 16, 3, 0x53564D41)


class Filter:
    """Instructions in the order they run; `rule` adds a block for one system call, which must end in a verdict."""

    def __init__(self) -> None:
        self.instructions: list[tuple[int, int, int, int]] = []

    def add(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.instructions.append((code, if_true, if_false, value))

    def verdict(self, value: int) -> None:
        self.add(RETURN, value)

    def fail(self, number: int) -> None:
        self.verdict(FAIL | number)

    def load_argument(self, index: int) -> None:
        """The low half of an argument (both machines are little-endian); every argument ruled on is an int."""
        self.add(LOAD, ARGUMENTS_AT + 8 * index)

    def rule(self, number: int | None, block: Callable[[], None]) -> None:
        if number is None:
            return
        at = len(self.instructions)
        self.instructions.append((0, 0, 0, 0))
        block()
        self.instructions[at] = (JUMP_EQUAL, 0, len(self.instructions) - at - 1, number)

    def allow_if_argument_in(self, index: int, values: tuple[int, ...], otherwise: int) -> None:
        self.load_argument(index)
        for value in values:
            self.add(JUMP_EQUAL, value, 0, 1)
            self.verdict(ALLOW)
        self.fail(otherwise)

    def allow_unless_bits(self, index: int, bits: int, otherwise: int) -> None:
        self.load_argument(index)
        self.add(JUMP_ANY_BIT, bits, 0, 1)
        self.fail(otherwise)
        self.verdict(ALLOW)


def program(here: syscalls.Architecture, pid: int) -> bytes:
    """The filter for a process `pid` on this machine."""
    made = Filter()
    ruled = syscalls.numbers(syscalls.RULED_CALLS, here)
    made.add(LOAD, ARCH_AT)
    made.add(JUMP_EQUAL, here.audit_arch, 1, 0)
    made.verdict(KILL)
    made.add(LOAD, NUMBER_AT)
    made.add(JUMP_AT_LEAST, X32_BIT, 0, 1)
    made.fail(errno.ENOSYS)
    made.rule(ruled["kill"], lambda: _signals_to_itself(made, pid, 1))
    made.rule(ruled["tgkill"], lambda: _signals_to_itself(made, pid, 2))
    _rules(made, ruled)
    made.instructions += _allowed(_runs(syscalls.numbers(syscalls.ALLOWED_CALLS, here).values()))
    made.verdict(ALLOW)
    made.fail(errno.EPERM)
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in made.instructions)


def _signals_to_itself(made: Filter, pid: int, signal_at: int) -> None:
    """But for SIGKILL, so that a child that was killed was killed by somebody else."""
    made.load_argument(signal_at)
    made.add(JUMP_EQUAL, signal.SIGKILL, 0, 1)
    made.fail(errno.EPERM)
    made.allow_if_argument_in(0, (pid,), errno.EPERM)


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as runs from a first to a last one, ascending."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        first = runs.pop()[0] if runs and runs[-1][1] == number - 1 else number
        runs.append((first, number))
    return runs


def _allowed(runs: Sequence[tuple[int, int]], behind: int = 0) -> list[tuple[int, int, int, int]]:
    """Jumps to the first instruction behind them for a number in one of the runs, to the second for any other.

    `behind`: how many instructions come before that one. The runs are halved, for the kernel goes through a filter for
    every number when it is installed, which is once for each child.
    """
    if len(runs) == 1:
        ((first, last),) = runs
        return [(JUMP_AT_LEAST, 0, behind + 2, first), (JUMP_ABOVE, behind + 1, behind, last)]
    upper = _allowed(runs[len(runs) // 2 :], behind)
    lower = _allowed(runs[: len(runs) // 2], behind + len(upper))
    return [(JUMP_AT_LEAST, len(lower), 0, runs[len(runs) // 2][0]), *lower, *upper]


def _rules(made: Filter, ruled: dict[str, int]) -> None:
    for name in ("clone3", "openat2"):  # their flags lie in memory, out of sight: libc falls back to the older call
        made.rule(ruled[name], lambda: made.fail(errno.ENOSYS))
    made.rule(ruled["clone"], lambda: _threads_only(made))
    made.rule(ruled["prlimit64"], lambda: _own_limits_only(made))
    made.rule(ruled["ioctl"], lambda: made.allow_if_argument_in(1, IOCTLS, errno.ENOTTY))
    made.rule(ruled["fcntl"], lambda: made.allow_if_argument_in(1, FCNTLS, errno.EPERM))
    made.rule(ruled["prctl"], lambda: made.allow_if_argument_in(0, PRCTLS, errno.EPERM))
    made.rule(ruled.get("open"), lambda: made.allow_unless_bits(1, WRITE_FLAGS, errno.EACCES))
    made.rule(ruled["openat"], lambda: made.allow_unless_bits(2, WRITE_FLAGS, errno.EACCES))
    made.rule(ruled["socketpair"], lambda: _stream_pairs_only(made))
    made.rule(ruled["socket"], lambda: made.fail(errno.EACCES))


def _threads_only(made: Filter) -> None:
    made.load_argument(0)
    made.add(JUMP_ANY_BIT, CLONE_NAMESPACES, 0, 1)
    made.fail(errno.EPERM)
    made.add(JUMP_ANY_BIT, CLONE_THREAD, 0, 1)
    made.verdict(ALLOW)
    made.fail(errno.EPERM)


def _own_limits_only(made: Filter) -> None:
    """Reading one's own limits: pid is 0 and the new limit is a null pointer (both halves)."""
    made.load_argument(0)
    made.add(JUMP_EQUAL, 0, 1, 0)
    made.fail(errno.EPERM)
    for offset in (0, 4):
        made.add(LOAD, ARGUMENTS_AT + 16 + offset)
        made.add(JUMP_EQUAL, 0, 1, 0)
        made.fail(errno.EPERM)
    made.verdict(ALLOW)


def _stream_pairs_only(made: Filter) -> None:
    """AF_UNIX, SOCK_STREAM: a datagram pair could send to any Unix socket by its address."""
    made.load_argument(0)
    made.add(JUMP_EQUAL, socket.AF_UNIX, 1, 0)
    made.fail(errno.EACCES)
    made.load_argument(1)
    made.add(BITWISE_AND, 0xF)
    made.add(JUMP_EQUAL, socket.SOCK_STREAM, 0, 1)
    made.verdict(ALLOW)
    made.fail(errno.EACCES)


class ReadyFilter:
    """The filter of this machine, made ready for whichever process will install it."""

    def __init__(self, here: syscalls.Architecture) -> None:
        self._number = syscalls.number("seccomp")
        packed = program(here, ANY_PROCESS)
        values = [value for *_code, value in struct.iter_unpack("=HBBI", packed)]
        self._numbers_at = [8 * at + 4 for at, value in enumerate(values) if value == ANY_PROCESS]
        self.instructions = ctypes.create_string_buffer(packed, len(packed))
        self._described = struct.pack("=H6xQ", len(values), ctypes.addressof(self.instructions))

    def install(self) -> None:
        """Confine every thread of this process for good; `no_new_privs` must be set."""
        self.name(os.getpid())
        linux.syscall(self._number, "seccomp", SET_MODE_FILTER, FLAG_TSYNC, self._described)

    def name(self, pid: int) -> None:
        """Put the number of the process into it."""
        for at in self._numbers_at:
            struct.pack_into("=I", self.instructions, at, pid)
