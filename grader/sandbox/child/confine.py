"""Giving up, in the right order and for good, everything that a submission does not need.

The order matters: credentials change first (a change resets the death signal and the dumpable flag), then no new
privileges, then Landlock (which opens files by path), then the system call filter (which forbids all of the above).
The bounding set is emptied by the zygote already, once for all its children: it limits what running a program gains.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from . import landlock, linux, seccomp, syscalls

CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
HIGHEST_DESCRIPTOR = 0xFFFFFFFF
LOWEST_MOVED_DESCRIPTOR = 64


@dataclass(frozen=True)
class Policy:
    """What one child is confined by.

    `ruleset` is the descriptor of a Landlock ruleset, `uid` a private user's id, `parent` the process to end with.
    """

    memory: int
    cpu_seconds: int
    file_bytes: int
    open_files: int
    threads: int
    seccomp: bool
    ruleset: int | None
    uid: int | None
    parent: int


def keep_descriptors(wanted: Sequence[int]) -> None:
    """Make `wanted` the descriptors 0, 1, 2, ... in that order and close every other one."""
    moved = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, LOWEST_MOVED_DESCRIPTOR) for descriptor in wanted]
    for target, descriptor in enumerate(moved):
        os.dup2(descriptor, target)
    linux.syscall(syscalls.number("close_range"), "close_range", len(wanted), HIGHEST_DESCRIPTOR, 0)


def limit(policy: Policy) -> None:
    """Resource limits; a hard limit already lower than ours stays."""
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
    if policy.uid is not None:  # counted per user: only a user that nobody else is can be limited
        wanted[resource.RLIMIT_NPROC] = (policy.threads, policy.threads)
    for which, (soft, hard) in wanted.items():
        allowed = resource.getrlimit(which)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(which, (soft, hard))


def become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def drop_bounding_set() -> None:
    """What a process may not gain by running a program; its children inherit it. OSError past the last capability."""
    for capability in range(64):
        linux.prctl(linux.PR_CAPBSET_DROP, capability)


def drop_capabilities() -> None:
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    linux.syscall(syscalls.number("capset"), "capset", header, bytes(24))
    with contextlib.suppress(OSError):  # kernels before 4.3 have no ambient set
        linux.prctl(linux.PR_CAP_AMBIENT, linux.PR_CAP_AMBIENT_CLEAR_ALL)


def confine(policy: Policy) -> None:
    """Confine this single-threaded process; OSError names the step that failed."""
    limit(policy)
    if policy.uid is not None:
        become(policy.uid)
    if policy.seccomp or policy.ruleset is not None:
        drop_capabilities()
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != policy.parent:  # it has ended before it could be asked to signal that
        os._exit(1)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if policy.ruleset is not None:
        landlock.enforce(policy.ruleset)
        os.close(policy.ruleset)
    here = syscalls.machine()
    if policy.seccomp and here is not None:
        seccomp.install(seccomp.program(here, os.getpid()))
