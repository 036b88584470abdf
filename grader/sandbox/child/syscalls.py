"""System call numbers on the two machines that are supported, and which calls a submission may make.

Numbers: Linux, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h (aarch64);
None: the machine has no such call.
"""

from __future__ import annotations

import platform
from functools import cache
from typing import NamedTuple


class Architecture(NamedTuple):
    column: int
    audit_arch: int  # linux/audit.h


ARCHITECTURES = {"x86_64": Architecture(0, 0xC000003E), "aarch64": Architecture(1, 0xC00000B7)}

# Allowed whatever the arguments: none of them names another process, opens a file or leaves the machine.
ALLOWED_CALLS: dict[str, tuple[int | None, int | None]] = {
    # memory
    "brk": (12, 214), "mmap": (9, 222), "mprotect": (10, 226), "mremap": (25, 216), "msync": (26, 227),
    "munmap": (11, 215), "madvise": (28, 233), "membarrier": (324, 283),
    # descriptors that are already open
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "pwrite64": (18, 68),
    "preadv": (295, 69), "pwritev": (296, 70), "lseek": (8, 62), "close": (3, 57), "close_range": (436, 436),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "pipe": (22, None), "pipe2": (293, 59),
    "fsync": (74, 82), "fdatasync": (75, 83), "fadvise64": (221, 223), "fstat": (5, 80),
    "fstatfs": (138, 44), "getdents": (78, None), "getdents64": (217, 61), "fchdir": (81, 50),
    # looking at paths; what may be read is Landlock's matter
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "stat": (4, None), "lstat": (6, None),
    "newfstatat": (262, 79), "statx": (332, 291), "statfs": (137, 43), "readlink": (89, None), "readlinkat": (267, 78),
    "getcwd": (79, 17), "chdir": (80, 49), "umask": (95, 166),
    # waiting, and asyncio's self-pipe (a socket pair: see `seccomp`)
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "epoll_create": (213, None),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "eventfd2": (290, 19), "sendto": (44, 206), "recvfrom": (45, 207), "shutdown": (48, 210), "pause": (34, None),
    "wait4": (61, 260), "waitid": (247, 95),
    # clocks and timers of its own
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101),
    "gettimeofday": (96, 169), "time": (201, None), "times": (100, 153), "alarm": (37, None), "getitimer": (36, 102),
    "setitimer": (38, 103), "restart_syscall": (219, 128),
    # signals to itself arrive; see `seccomp` for kill and tgkill
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133), "rt_sigtimedwait": (128, 137), "sigaltstack": (131, 132),
    # threads of its own
    "exit": (60, 93), "exit_group": (231, 94), "futex": (202, 98), "futex_waitv": (449, 449), "rseq": (334, 293),
    "set_robust_list": (273, 99), "get_robust_list": (274, 100), "set_tid_address": (218, 96), "gettid": (186, 178),
    "arch_prctl": (158, None), "sched_yield": (24, 124), "getcpu": (309, 168),
    # asking about itself and the machine
    "getpid": (39, 172), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177), "getgroups": (115, 158), "getresuid": (118, 148), "getresgid": (120, 150),
    "getpgid": (121, 155), "getpgrp": (111, None), "getsid": (124, 156), "getpriority": (140, 141),
    "getrlimit": (97, 163), "getrusage": (98, 165), "sched_getaffinity": (204, 123), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "getrandom": (318, 278), "sysinfo": (99, 179), "uname": (63, 160),
}  # fmt: skip

# Allowed for some arguments, or refused in a way of their own: `seccomp` has a rule for each.
RULED_CALLS: dict[str, tuple[int | None, int | None]] = {
    "clone": (56, 220), "clone3": (435, 435), "fcntl": (72, 25), "ioctl": (16, 29), "kill": (62, 129),
    "tgkill": (234, 131), "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "prctl": (157, 167),
    "prlimit64": (302, 261), "socket": (41, 198), "socketpair": (53, 199),
}  # fmt: skip

# Needed on the way into confinement.
CONFINING_CALLS: dict[str, tuple[int | None, int | None]] = {
    "capset": (126, 91), "seccomp": (317, 277), "close_range": (436, 436), "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445), "landlock_restrict_self": (446, 446), "prctl": (157, 167),
    "prlimit64": (302, 261), "setsid": (112, 157), "setgroups": (116, 159), "setresgid": (119, 149),
    "setresuid": (117, 147),
}  # fmt: skip


def machine() -> Architecture | None:
    """The machine that this process runs on, or None when there is no table for it."""
    return ARCHITECTURES.get(platform.machine())


def numbers(table: dict[str, tuple[int | None, int | None]], here: Architecture) -> dict[str, int]:
    """Name -> number, for the calls of `table` that this machine has."""
    found = {name: columns[here.column] for name, columns in table.items()}
    return {name: number for name, number in found.items() if number is not None}


@cache
def number(name: str) -> int:
    """The number of one of our own calls; OSError-free callers check `machine()` first."""
    here = machine()
    if here is None:
        raise OSError(f"no table of system calls for {platform.machine()}")
    return numbers(CONFINING_CALLS, here)[name]
