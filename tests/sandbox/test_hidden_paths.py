"""What students' code can find out about the machine by the paths that it sees: nothing where a namespace hides them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import grader
from grader.sandbox import FunctionCall, Returned, Sandbox, StudentProgram
from grader.sandbox.installation import installation
from grader.sandbox.zygote import _absolute

SOURCE = """
import os, sys
import numpy

def paths():
    origins = [str(getattr(module, "__file__", "")) for module in list(sys.modules.values())]
    frames, frame = [], sys._getframe()
    while frame:
        frames.append(frame.f_code.co_filename)
        frame = frame.f_back
    return [*origins, *frames, *numpy.__path__, *sys.path, numpy.linalg.norm.__wrapped__.__code__.co_filename]

def there(paths):
    return [path for path in paths if os.path.exists(path) or os.path.lexists(path)]

def works():
    polynomial = numpy.polynomial.Polynomial([1, 2])(3)
    return [float(polynomial), len(numpy.fft.fft([1.0, 2.0])), bool(numpy.ma.masked), numpy.random.default_rng(1).bit_generator is not None]
"""


@pytest.fixture(scope="module")
def namespace():
    with Sandbox("degraded") as box:
        if box.tier.name != "A":
            pytest.skip("no bubblewrap that works here")
        with box.open(StudentProgram(SOURCE.encode())) as session:
            yield session


def answer(session, name, *arguments):
    reply = session.call([FunctionCall(name, arguments)])[0]
    assert isinstance(reply, Returned), reply
    return reply.value


def outside_of_python(path: str) -> bool:
    """Whether a path tells of more than where Python itself is installed."""
    own = (sys.base_prefix, sys.base_exec_prefix, "/usr/lib", "/packages/", "/sandbox/")
    return os.path.isabs(path) and not path.startswith(own)


def test_no_path_in_a_namespace_tells_of_the_grader_or_the_course(namespace):
    found = answer(namespace, "paths")
    assert "/packages/numpy/__init__.py" in found
    assert "/sandbox/serve.py" in found
    assert [path for path in found if outside_of_python(path)] == []


def test_files_outside_do_not_exist_in_a_namespace(namespace, tmp_path):
    (tmp_path / "solution.py").touch()
    outside = [
        tmp_path,
        tmp_path / "solution.py",
        Path(grader.__file__),
        Path.cwd(),
        Path("/etc/passwd"),
        Path("/proc/self"),
    ]
    assert answer(namespace, "there", [*map(str, outside)]) == []
    assert answer(namespace, "there", ["/packages/numpy", "/sandbox"]) == ["/packages/numpy", "/sandbox"]


def test_numpy_works_where_it_lies_in_a_namespace(namespace):
    """Parts of it are found by its path when they are first used, its shared libraries by where they lie beside it."""
    assert answer(namespace, "works") == [7.0, 2, False, True]


def test_the_folders_of_the_grader_and_of_packages_are_moved():
    inside = installation(("numpy",)).in_namespace()
    assert inside.command("zygote")[-2:] == ["/sandbox/start.py", "zygote"]
    assert inside.folders == ("/packages",)
    assert "/packages/numpy" in inside.readable
    assert not any("site-packages" in path for path in inside.readable)
    assert installation(()).in_namespace().folders == ()


def test_programs_are_looked_for_in_absolute_folders_alone():
    assert _absolute(os.pathsep.join(["", ".", "/usr/bin", "bin", "/bin", ""])) == os.pathsep.join(["/usr/bin", "/bin"])
