"""Landlock: which files a submission may read; nothing may be written (docs.kernel.org/userspace-api/landlock.html)."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from . import linux, syscalls

READ_FILE, READ_DIR = 1 << 2, 1 << 3
RULE_PATH_BENEATH = 1
VERSION_FLAG = 1
# How many file rights each ABI knows: 1-13, 2 (refer) 14, 3 (truncate) 15, 5 (ioctl) 16.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NEWEST_KNOWN_ABI = 6
TCP_RIGHTS = 0b11  # bind and connect, since ABI 4
SCOPES = 0b11  # abstract Unix sockets and signals, since ABI 6


def abi() -> int:
    """The version that the kernel offers; 0: none."""
    if syscalls.machine() is None:
        return 0
    try:
        return linux.syscall(syscalls.number("landlock_create_ruleset"), "landlock", None, 0, VERSION_FLAG)
    except OSError:
        return 0


def ruleset(listable: Iterable[str], readable: Iterable[str]) -> int:
    """A descriptor of a ruleset that refuses everything but listing folders below `listable` and reading `readable`.

    Paths that do not exist are left out. The ruleset is made once and serves every child.
    """
    version = min(abi(), NEWEST_KNOWN_ABI)
    if not version:
        raise OSError("this kernel offers no Landlock")
    files = (1 << FILE_RIGHTS[min(version, 5)]) - 1
    fields = (files, TCP_RIGHTS, SCOPES)[: 1 if version < 4 else 2 if version < 6 else 3]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    made = linux.syscall(
        syscalls.number("landlock_create_ruleset"), "landlock_create_ruleset", attributes, len(attributes), 0
    )
    for path in listable:
        _allow(made, path, READ_DIR)
    for path in readable:
        _allow(made, path, READ_FILE | READ_DIR)
    return made


def _allow(made: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not there, or not ours to read: nothing to allow
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= ~READ_DIR
        rule = struct.pack("=Qi", rights, descriptor)
        linux.syscall(syscalls.number("landlock_add_rule"), f"landlock rule {path}", made, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
