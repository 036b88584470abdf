"""A run that is stopped leaves no process, and what it has judged is kept; a worker that is killed changes no byte."""

import os
import signal
import subprocess
import sys
import time

import pytest

from ..answers.helpers import ROOT, copy_course
from ..processes import below, gone, workers_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]


def started(course, cache, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "grader", "spec", "strength", "assignment3", "--jobs", "2", *arguments],
        cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GRADER_CACHE": str(cache)},
    )  # fmt: skip


def busy_workers(process):
    """The workers, once there are two."""
    while process.poll() is None and len(workers_of(process.pid)) < 2:
        time.sleep(0.01)
    time.sleep(1)  # for whatever they do first; nothing is asserted of how far they are
    return workers_of(process.pid)


@pytest.fixture
def course(tmp_path):
    return copy_course(tmp_path / "course")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_leaves_no_process(course, tmp_path, sent, code):
    with started(course, tmp_path / "cache", "--mutants", "20000") as process:
        assert len(busy_workers(process)) == 2
        there = below(process.pid)
        process.send_signal(sent)
        _, errors = process.communicate(timeout=300)
    assert (process.returncode, "stopped" in errors, "Traceback" in errors) == (code, True, False)
    assert gone(there)


def test_a_worker_that_is_killed_changes_no_byte(course, tmp_path):
    arguments = ("--question", "q5", "--mutants", "600", "--format", "json")
    with started(course, "off", *arguments) as process:
        workers = busy_workers(process)
        os.kill(workers[0], signal.SIGKILL)
        killed, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    with started(course, "off", *arguments) as process:
        whole, _ = process.communicate(timeout=600)
    assert killed == whole
    assert '"killed": 0' not in whole
