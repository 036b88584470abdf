"""A run that is killed (SIGKILL) between any two steps: the next one goes on, to the same bytes."""

import os
import random
import signal
import sqlite3
import sys
from contextlib import suppress

import pytest

from grader.classroom import run
from grader.classroom.gradebook import opened_gradebook
from grader.cli import main
from grader.errors import HarnessError

from .test_grade import posix
from .test_gradebook import edit, grade, own_course, views, whole_course

__all__ = ["grade", "own_course", "whole_course"]

pytestmark = posix
KILLS_OF_A_RUN = 60
"""Steps of a run of three submissions: statements of SQLite, files that are put in their places."""


def killed(arguments, step):
    """Whether a child that grades with these arguments is killed right before a step; else it comes to its end."""
    pid = os.fork()
    if pid == 0:
        count, connect, replace = [0], sqlite3.connect, os.replace

        def passed(*_):
            count[0] += 1
            if count[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def connected(*places, **options):
            connection = connect(*places, **options)
            connection.set_trace_callback(passed)
            return connection

        def replaced(*places, **options):
            passed()
            return replace(*places, **options)

        with suppress(BaseException):
            devnull = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(devnull, descriptor)
            sqlite3.connect, os.replace = connected, replaced
            sys.argv = ["grader", "grade", *map(str, arguments)]
            main()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


@pytest.fixture
def kept_by(monkeypatch):
    """Runs keep each row by itself for even seeds, and all rows at once for odd ones."""
    return lambda seed: monkeypatch.setattr(run, "MAX_UNKEPT_S", float("inf") if seed % 2 else 0.0)


def goes_on_after(steps, grade, tmp_path):
    """Kills a first run, and one after an edited question, at steps; every next run has the views of a fresh one."""
    grade(out="whole")
    arguments = (tmp_path / "class", "--out", tmp_path / "out", "--jobs", 1)
    kills = [killed(arguments, step) for step in steps]
    grade()
    assert views(tmp_path / "out", of_class=True) == views(tmp_path / "whole", of_class=True)
    edit(tmp_path / "course" / "specs" / "assignment3" / "q5.yaml", "title: ", "title: New ")
    grade(out="edited")
    kills += [killed(arguments, step) for step in steps]
    grade()
    assert views(tmp_path / "out", of_class=True) == views(tmp_path / "edited", of_class=True)
    return kills


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_a_killed_run_loses_nothing(own_course, grade, tmp_path, kept_by, seed):
    kept_by(seed)
    chosen = random.Random(seed)
    steps = [chosen.randrange(1, KILLS_OF_A_RUN // 2) for _ in range(3)]
    assert any(goes_on_after(steps, grade, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_wherever_a_run_is_killed_it_loses_nothing(own_course, grade, tmp_path, kept_by, seed):
    kept_by(seed)
    chosen = random.Random(1000 + seed)
    goes_on_after([chosen.randrange(1, KILLS_OF_A_RUN) for _ in range(4)], grade, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(("unkept_s", "first"), [(0.0, 1), (float("inf"), 3)])
def test_what_a_killed_run_has_kept_is_not_graded_again(own_course, grade, tmp_path, monkeypatch, unkept_s, first):
    monkeypatch.setattr(run, "MAX_UNKEPT_S", unkept_s)  # one by one, and all at once
    arguments = (tmp_path / "class", "--out", tmp_path / "out", "--jobs", 1)
    for step in range(8, KILLS_OF_A_RUN):
        assert killed(arguments, step)
        with suppress(HarnessError), opened_gradebook(tmp_path / "out", read_only=True) as book:
            kept = sum(book.latest(name) is not None for name in ("alice", "bob", "carol"))
            if kept:
                break
    assert kept == first
    assert ("1 unchanged, 2 new" if kept == 1 else "3 unchanged; ") in grade().out


def test_what_a_killed_run_was_writing_goes_wherever_it_lies(own_course, grade, tmp_path):
    grade()
    folders = [tmp_path / "out", tmp_path / "out" / "reports", tmp_path / "out" / "pages"]
    for folder in folders:
        (folder / f".grader-{'0' * 32}.part").write_text("half")
    (tmp_path / "out" / "notes.part").write_text("somebody's own")
    grade()
    assert [path.name for folder in folders for path in folder.glob("*.part")] == ["notes.part"]
