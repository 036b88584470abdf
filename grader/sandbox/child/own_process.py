"""What the system says of this process, limits on it, and larger pages of memory, so that forks of it cost little."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
from itertools import pairwise
from typing import NamedTuple

PROTECT_READ, PROTECT_WRITE, PROTECT_EXECUTE = 1, 2, 4  # linux/mman.h
LARGE_PAGE_BYTES = 2 << 20  # on both machines that are supported, with pages of 4 KiB
MADV_COLLAPSE = 25  # linux/mman.h, since Linux 6.1


class Mapping(NamedTuple):
    """One of the stretches of addresses of a process, by the rights it has and the number of the file that lies there.

    `start` and `end` are addresses, `file` is 0 for memory that is in no file.
    """

    start: int
    end: int
    rights: str
    file: int
    name: str

    @classmethod
    def of(cls, line: str) -> Mapping:
        """As a line of `maps` has it (proc_pid_maps(5))."""
        addresses, rights, _offset, _device, inode, *name = line.split(maxsplit=5)
        start, _, end = addresses.partition("-")
        return cls(int(start, 16), int(end, 16), rights, int(inode), "".join(name))

    def goes_on_in(self, following: Mapping) -> bool:
        """Whether the next stretch is of the same file."""
        return self.end == following.start and self.file == following.file != 0


class OwnProcess:
    """`proc`: a descriptor of the folder /proc, where that cannot be seen any more (in a namespace of its own)."""

    def __init__(self, proc: int | None = None) -> None:
        self._proc = proc

    def _opened(self, name: str) -> int:
        if self._proc is None:
            return os.open(f"/proc/self/{name}", os.O_RDONLY)
        return os.open(f"self/{name}", os.O_RDONLY, dir_fd=self._proc)

    def _text(self, name: str) -> str:
        """ "" where the system does not say."""
        try:
            with open(self._opened(name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def threads(self) -> int:
        """How many there are; 0 where the system does not say."""
        try:
            folder = self._opened("task")
        except OSError:
            return 0
        try:
            return len(os.listdir(folder))
        finally:
            os.close(folder)

    def address_space_bytes(self) -> int:
        """What it has of addresses, which is what a limit on memory counts; 0 where the system does not say."""
        numbers = self._text("statm").split()
        return int(numbers[0]) * os.sysconf("SC_PAGE_SIZE") if numbers else 0

    def use_large_pages(self) -> None:
        """Put what was loaded into large pages where the system can: a fork copies an entry for each page."""
        libc = ctypes.CDLL(None)
        libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        for mapping in self._mappings():
            if mapping.rights == "rw-p" and not mapping.file:
                first = -(-mapping.start // LARGE_PAGE_BYTES) * LARGE_PAGE_BYTES
                for at in range(first, mapping.end - LARGE_PAGE_BYTES + 1, LARGE_PAGE_BYTES):
                    libc.madvise(at, LARGE_PAGE_BYTES, MADV_COLLAPSE)  # one that is refused stays as it is

    def join_library_mappings(self) -> None:
        """Make one mapping of what can be read of a library, and one of what is written: a fork copies each by itself.

        A library comes as five: its headers, code and constants, and the data that are settled once it is loaded beside
        those that are not. Headers and constants may then be executed too, as code may, and settled data be written to,
        as all others may: this gives nothing to code that can write or jump to raw addresses in its own process, for
        which the other half lies beside it. Nothing can be both written to and executed, and files stay as they are.
        """
        libc = ctypes.CDLL(None)
        libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        mappings = [mapping for mapping in self._mappings() if ".so" in mapping.name]
        pairs = pairwise(mappings)
        settled = {first for first, second in pairs if first.goes_on_in(second) and second.rights == "rw-p"}
        for mapping in mappings:
            if mapping.rights == "r--p":
                more = PROTECT_WRITE if mapping in settled else PROTECT_EXECUTE
                libc.mprotect(mapping.start, mapping.end - mapping.start, PROTECT_READ | more)  # or it stays as it is

    def _mappings(self) -> list[Mapping]:
        return [Mapping.of(line) for line in self._text("maps").splitlines()]

    def close(self) -> None:
        """Let go of the folder."""
        if self._proc is not None:
            with contextlib.suppress(OSError):
                os.close(self._proc)
            self._proc = None


def limit_where_possible(memory: int, cpu_seconds: int) -> None:
    """Limits on the address space (bytes), on the processor (s) and on dumps, each where this system has it."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:  # Windows
        return
    wanted = {"RLIMIT_AS": memory, "RLIMIT_CPU": cpu_seconds, "RLIMIT_CORE": 0}
    for name, value in wanted.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(getattr(resource, name), (value, value))
