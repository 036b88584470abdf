"""What a zygote does with its own memory, so that forks of it cost little."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from grader.sandbox.child.own_process import Mapping
from grader.sandbox.installation import installation
from grader.sandbox.zygote import Zygote

PAGE_BYTES = 4096

JOINED = """
import json, pathlib
import numpy
from grader.sandbox.child.own_process import Mapping, OwnProcess
maps = pathlib.Path("/proc/self/maps")
before = maps.read_text().splitlines()
OwnProcess().join_library_mappings()
after = maps.read_text().splitlines()
import decimal  # a library more
solved = numpy.linalg.solve(numpy.eye(2), numpy.ones(2)).tolist()
print(json.dumps([before, after, solved, str(decimal.Decimal(1) / 4)]))
"""

FILLED = """
import json, sys
from grader.sandbox.child.warm_up import fill_pools
gaps = [bytes(31) for _ in range(4000)]
del gaps[::2]
fillers = fill_pools()
made = [bytes(31) for _ in range(512)]
places = [list(map(id, some)) for some in (gaps, made)]
print(json.dumps([*places, sys.getsizeof(made[0]), sum(map(sys.getsizeof, fillers))]))
"""


LARGE_PAGES = """
import mmap, pathlib
from grader.sandbox.child.own_process import LARGE_PAGE_BYTES, OwnProcess
def kib():
    lines = pathlib.Path("/proc/self/smaps").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:"))
memory = mmap.mmap(-1, 4 * LARGE_PAGE_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory[:: mmap.PAGESIZE] = b"x" * (len(memory) // mmap.PAGESIZE)
before = kib()
OwnProcess().use_large_pages()
print(kib() > before, memory[:: mmap.PAGESIZE] == b"x" * (len(memory) // mmap.PAGESIZE))
"""


def has_large_pages() -> bool:
    """Whether the system puts memory into large pages when it is asked to (madvise(2), MADV_COLLAPSE)."""
    if sys.platform != "linux" or tuple(map(int, os.uname().release.split(".")[:2])) < (6, 1):
        return False
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return setting.exists() and "[never]" not in setting.read_text(encoding="ascii")


@pytest.mark.skipif(not has_large_pages(), reason="Linux makes large pages on demand from 6.1 on, where it may")
def test_what_is_in_memory_stays_there_in_large_pages() -> None:
    done = subprocess.run([sys.executable, "-c", LARGE_PAGES], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["True", "True"]


@pytest.mark.skipif(not has_large_pages(), reason="Linux makes large pages on demand from 6.1 on, where it may")
def test_a_zygote_lies_in_large_pages_from_which_it_forks() -> None:
    zygote = Zygote(installation(("numpy",)), bubblewrap=False)
    try:
        lines = Path(f"/proc/{zygote.pid}/smaps").read_text(encoding="utf-8").splitlines()
    except PermissionError:
        pytest.skip("what a zygote has in memory is told to root alone")
    finally:
        zygote.close()
    assert sum(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:")) > 0


def test_a_line_of_maps_is_read() -> None:
    line = "7f00000-7f02000 r-xp 00001000 fe:01 1234                     /usr/lib/a folder/libz.so.1"
    assert Mapping.of(line) == Mapping(0x7F00000, 0x7F02000, "r-xp", 1234, "/usr/lib/a folder/libz.so.1")
    assert Mapping.of("1000-2000 rw-p 00000000 00:00 0").file == 0


def test_mappings_go_on_in_the_same_file_alone() -> None:
    text, data = Mapping(0, 4096, "r--p", 7, "a.so"), Mapping(4096, 8192, "rw-p", 7, "a.so")
    assert text.goes_on_in(data)
    assert not text.goes_on_in(data._replace(file=8))
    assert not text.goes_on_in(data._replace(start=8192))
    assert not text._replace(file=0).goes_on_in(data._replace(file=0))


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has of addresses is told by Linux alone")
def test_joined_libraries_work_and_take_half_of_the_mappings() -> None:
    """Nothing of them is left that can only be read, and nothing can be both written to and executed."""
    done = subprocess.run([sys.executable, "-c", JOINED], capture_output=True, check=True, text=True)
    before, after, solved, quarter = json.loads(done.stdout)
    assert (solved, quarter) == ([1.0, 1.0], "0.25")
    libraries = [[one for one in map(Mapping.of, lines) if ".so" in one.name] for lines in (before, after)]
    assert len(libraries[1]) < 0.6 * len(libraries[0])
    assert any(one.rights == "r--p" for one in libraries[0])
    assert {one.rights for one in libraries[1]} <= {"r-xp", "rw-p", "---p"}
    assert {one.name for one in libraries[0]} == {one.name for one in libraries[1]}


@pytest.mark.skipif(not sysconfig.get_config_var("WITH_PYMALLOC"), reason="needs CPython's own allocator")
@pytest.mark.skipif(bool(sysconfig.get_config_var("Py_GIL_DISABLED")), reason="this Python has another allocator")
def test_objects_made_after_pools_are_filled_lie_side_by_side() -> None:
    """Without that they come to lie between others, in the gaps of a list."""
    done = subprocess.run([sys.executable, "-c", FILLED], capture_output=True, check=True, text=True)
    gaps, made, size, filled_bytes = json.loads(done.stdout)
    pages = {at // PAGE_BYTES for at in made}
    assert len(pages) <= len(made) * size / PAGE_BYTES + 2
    assert pages.isdisjoint(at // PAGE_BYTES for at in gaps)
    assert filled_bytes < 4 << 20
