"""Giving up, in the right order and for good, everything that a submission does not need.

The order matters: credentials change first (a change resets the death signal and the dumpable flag), then no new
privileges, then Landlock (which opens files by path), then the system call filter (which forbids all of the above).
The bounding set is emptied by the zygote already, once for all its children: it limits what running a program gains.
"""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import linux, seccomp, syscalls

CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
NO_CAPABILITIES = bytes(24)  # effective, permitted and inheritable ones, of two words each
LAST_DESCRIPTOR = -1  # as an unsigned int, which is what `close_range` takes: the highest that there can be


@dataclass(frozen=True)
class Policy:
    """What one child is confined by.

    `ruleset` is the descriptor of a Landlock ruleset, `private_user` whether the child becomes a user that nobody else
    is, `parent` the process to end with.
    """

    memory: int
    cpu_seconds: int
    file_bytes: int
    open_files: int
    threads: int
    seccomp: bool
    ruleset: int | None
    private_user: bool
    parent: int


def keep_descriptors(wanted: Sequence[int]) -> None:
    """Make `wanted` the descriptors 0, 1, 2, ... in that order and close every other one."""
    moved = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, len(wanted)) for descriptor in wanted]
    for target, descriptor in enumerate(moved):
        os.dup2(descriptor, target)
    make([closing_from(len(wanted))])


class SystemCall(NamedTuple):
    """One that is ready to be made: its number and arguments, and what it is called if it fails."""

    what: str
    arguments: tuple[int | bytes, ...]


def ready(name: str, *arguments: int | bytes, what: str = "") -> SystemCall:
    return SystemCall(what or name, (syscalls.number(name), *arguments))


def make(calls: Iterable[SystemCall]) -> None:
    """OSError names the call that failed."""
    for what, arguments in calls:
        linux.checked(linux.system_call(*arguments), what)


def limits(policy: Policy) -> list[SystemCall]:
    """Resource limits; a hard limit already lower than ours, here where the calls are made ready, stays."""
    wanted = {
        resource.RLIMIT_AS: (policy.memory, policy.memory),
        resource.RLIMIT_CPU: (policy.cpu_seconds, policy.cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (policy.file_bytes, policy.file_bytes),
        resource.RLIMIT_NOFILE: (policy.open_files, policy.open_files),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_SIGPENDING: (64, 64),
    }
    if policy.private_user:  # counted per user: only a user that nobody else is can be limited
        wanted[resource.RLIMIT_NPROC] = (policy.threads, policy.threads)
    calls = []
    for which, (soft, hard) in wanted.items():
        allowed = resource.getrlimit(which)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        calls.append(ready("prlimit64", 0, which, struct.pack("=qq", soft, hard), 0, what=f"limit {which}"))
    return calls


def becoming(uid: int) -> list[SystemCall]:
    return [ready("setgroups", 0, 0), ready("setresgid", uid, uid, uid), ready("setresuid", uid, uid, uid)]


def drop_bounding_set() -> None:
    """What a process may not gain by running a program; its children inherit it. OSError past the last capability."""
    for capability in range(64):
        linux.prctl(linux.PR_CAPBSET_DROP, capability)


def dropping_capabilities() -> SystemCall:
    """All of them; the ambient set holds none that is not permitted (capabilities(7)), so that it is emptied too."""
    return ready("capset", struct.pack("=Ii", CAPABILITY_VERSION, 0), NO_CAPABILITIES)


def process_setting(what: str, option: int, value: int) -> SystemCall:
    """One that `prctl` makes."""
    return ready("prctl", option, value, 0, 0, 0, what=what)


def landlocking(ruleset: int) -> SystemCall:
    """What a ruleset allows and no more, for good; there must be no new privileges."""
    return ready("landlock_restrict_self", ruleset, 0)


def closing_from(first: int) -> SystemCall:
    """Every descriptor from this one on."""
    return ready("close_range", first, LAST_DESCRIPTOR, 0)


class Confinement:
    """What a policy asks for, made ready once for many processes.

    A forked child has each page of memory copied that it writes to, if only to count who uses an object of Python's:
    what is worked out before costs it nothing.
    """

    def __init__(self, policy: Policy, keep: int | None = None) -> None:
        """`keep`: all descriptors but the first so many are closed; None: none is."""
        here = syscalls.machine()
        self._parent = policy.parent
        self._limits = limits(policy)
        self._rest = [dropping_capabilities()] if policy.seccomp or policy.ruleset is not None else []
        self._rest += [
            process_setting("death with the parent", linux.PR_SET_PDEATHSIG, signal.SIGKILL),
            process_setting("no dumps", linux.PR_SET_DUMPABLE, 0),
            process_setting("no new privileges", linux.PR_SET_NO_NEW_PRIVS, 1),
        ]
        if policy.ruleset is not None:
            self._rest.append(landlocking(policy.ruleset))
        if keep is not None:
            self._rest.append(closing_from(keep))
        self._filter = seccomp.ReadyFilter(here) if policy.seccomp and here is not None else None

    def enforce(self, uid: int | None = None) -> None:
        """Confine this single-threaded process, as the user `uid` where one is given; OSError names what failed."""
        make(self._limits)
        if uid is not None:
            make(becoming(uid))
        make(self._rest)
        if os.getppid() != self._parent:  # it has ended before it could be asked to signal that
            os._exit(1)
        if self._filter is not None:
            self._filter.install()
