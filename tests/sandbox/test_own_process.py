"""What a zygote does with its own memory, so that forks of it cost little."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.sandbox.child.own_process import Mapping

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
