"""What the system says of this process, limits on it, and larger pages of memory, so that forks of it cost little."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
from collections.abc import Iterator

LARGE_PAGE_BYTES = 2 << 20  # on both machines that are supported, with pages of 4 KiB
MADV_COLLAPSE = 25  # linux/mman.h, since Linux 6.1


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
        for start, end in self._private_memory():
            first = -(-start // LARGE_PAGE_BYTES) * LARGE_PAGE_BYTES
            for at in range(first, end - LARGE_PAGE_BYTES + 1, LARGE_PAGE_BYTES):
                libc.madvise(at, LARGE_PAGE_BYTES, MADV_COLLAPSE)  # one that is refused stays as it is

    def _private_memory(self) -> Iterator[tuple[int, int]]:
        """The places of what is in no file and may be written to."""
        for line in self._text("maps").splitlines():
            addresses, rights, _offset, _device, inode, *_name = line.split()
            if rights == "rw-p" and inode == "0":
                start, _, end = addresses.partition("-")
                yield int(start, 16), int(end, 16)

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
