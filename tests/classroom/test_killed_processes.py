"""Processes of a run that are killed: a worker costs nothing, and nothing outlives the command itself."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.classroom.gradebook_file import is_gradebook_file

from ..answers.helpers import Q5, Q6, copy_course, write
from ..diagonal import diagonal
from ..processes import below, gone, workers_of
from .test_grade import ENDLESS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
ROOT = Path(__file__).parents[2]


def started(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "class", *arguments], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def files(folder):
    """What a run shows: the table and the reports, which are views of the gradebook."""
    shown = [path for path in sorted(folder.rglob("*")) if path.is_file() and not is_gradebook_file(path.name)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in shown}


def end_a_worker_once_there_is_a_report(process, out, how):
    """A signal for one worker, in the middle of its work."""
    while process.poll() is None and not list(out.glob("reports/*.json")):
        time.sleep(0.01)
    workers = workers_of(process.pid)
    assert workers
    os.kill(workers[0], how)


@pytest.mark.parametrize("how", [signal.Signals(9), signal.SIGTERM], ids=["killed", "told to end"])
def test_a_worker_that_is_ended_changes_no_byte_of_the_results_and_says_nothing(tmp_path, run, monkeypatch, how):
    course = copy_course(tmp_path)
    for number in range(60):
        write(course / "class" / f"s{number:03}", {"answers.yaml": Q5.replace("W1: 1", f"W1: {number}") + Q6})
    with started(course, "--jobs", "2", "--out", "killed") as process:
        end_a_worker_once_there_is_a_report(process, course / "killed", how)
        _, errors = process.communicate(timeout=600)
    assert (process.returncode, errors) == (0, "")
    monkeypatch.chdir(course)
    assert run("grade", "class", "--jobs", "1", "--out", "whole").code == 0
    whole = files(course / "whole")
    assert len([name for name in whole if name.startswith("reports")]) == 60
    assert files(course / "killed") == whole


@pytest.fixture
def endless(tmp_path):
    """A class of functions that never return, each of which may take a minute."""
    spec = write(tmp_path / "specs" / "s", {"assignment.yaml": "assignment: s\nquestions: [endless]\n"})
    write(spec, {"endless.yaml": ENDLESS})
    for number in range(4):
        write(tmp_path / "class" / f"s{number}", {"solution.py": "def endless(x):\n    while True: pass\n"})
    return tmp_path


ENDED = {signal.SIGTERM: 143, signal.Signals(9): -9}
"""The exit code of a command that is ended so."""


@pytest.mark.parametrize(("when", "jobs"), diagonal([(how, n) for how in ENDED for n in (1, 5)], [1, 2]))
@pytest.mark.sampled(3)
def test_nothing_outlives_a_command_that_is_ended(endless, jobs, when):
    """As soon as it has so many processes: while workers start, while sandboxes start, while functions run."""
    how, processes = when
    with started(endless, "--jobs", str(jobs)) as command:
        until = time.monotonic() + 400
        while len(below(command.pid)) < processes and command.poll() is None and time.monotonic() < until:
            time.sleep(0.03)
        all_of_them = below(command.pid)
        assert all_of_them
        command.send_signal(how)
        _, errors = command.communicate(timeout=300)
    assert command.returncode == ENDED[how]
    told = f"this goes on: grader grade --jobs {jobs} class\n\ngrader: stopped\n" if how == signal.SIGTERM else ""
    assert errors.endswith(told)
    assert bool(errors) is bool(told)
    assert gone(all_of_them)
    assert not list(endless.rglob("*.part"))
