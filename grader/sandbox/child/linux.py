"""The few Linux calls that the standard library lacks, through libc; OSError names the call that failed."""

from __future__ import annotations

import ctypes
import os
from typing import Any

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39

_libc = ctypes.CDLL(None, use_errno=True)
system_call = _libc.syscall  # takes whole numbers of 32 bits and bytes, and answers -1 where the call has failed


def checked(result: int, what: str) -> int:
    """`result`, or OSError with the errno of the call that has just failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, what: str, *arguments: Any) -> int:
    return checked(system_call(number, *arguments), what)


def prctl(option: int, value: int = 0) -> int:
    unused = ctypes.c_ulong(0)
    return checked(_libc.prctl(option, ctypes.c_ulong(value), unused, unused, unused), f"prctl {option}")
