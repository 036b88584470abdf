"""Arithmetic on arrays takes one thread: in commands, and in processes that grade a class."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from grader.classroom.executors import Processes
from grader.startup import ONE_THREAD_SETTINGS

from ..classroom.works import row, tasks

PROGRAM = """
import atexit, os, sys
from grader.cli import main

def tell():
    import numpy
    print(os.environ["OPENBLAS_NUM_THREADS"], len(os.listdir("/proc/self/task")))

atexit.register(tell)
sys.argv = ["grader", "spec", "schema"]
main()
"""


def last_line(**settings):
    """What the program says, where no number of threads is set but in these settings."""
    environment = {name: value for name, value in os.environ.items() if name not in ONE_THREAD_SETTINGS}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment | settings
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_command_that_loads_numpy_has_one_thread():
    """Those of OpenBLAS would take a tenth of a second of each further core."""
    assert last_line() == "1 1"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_number_of_threads_that_the_user_has_set_stays():
    assert last_line(OPENBLAS_NUM_THREADS="2").split()[0] == "2"


def says_how_many_threads(work, run):
    """The row has the settings of the process that grades in the place of its assignment."""
    return replace(row(work), assignment=" ".join(os.environ.get(name, "-") for name in ONE_THREAD_SETTINGS))


def test_a_process_that_grades_calculates_in_one_thread_whoever_has_started_it(monkeypatch):
    for name in ONE_THREAD_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    given = tasks(*"ab")
    wanted = [replace(row(task), assignment="1 1 1 1 1") for task in given]
    assert list(Processes(2, says_how_many_threads).run(given)) == wanted
