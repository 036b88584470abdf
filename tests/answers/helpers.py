"""A course to hand in to, right answers to spoil, and the command run in this process or in one of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.answers.submission import Submission
from grader.cli import main
from grader.evidence import CheckFault
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import QuestionResult, Report

ROOT = Path(__file__).parents[2]
Q5 = "q5: {W1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0}\n"
Q6 = "q6: {W: [[-1, -1], [1, 1]], b: [0.5, -1.5], v: [1, 1], r: 1, c: -1.5, c0: -0.5}\n"
Q5_JSON = '"q5": {"W1": 1, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}'
Q6_JSON = '"q6": {"W": [[-1, -1], [1, 1]], "b": [0.5, -1.5], "v": [1, 1], "r": 1, "c": -1.5, "c0": -0.5}'

Files = Mapping[str, str | bytes]


class Run(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def write(folder: Path, files: Files) -> Path:
    """The folder with these files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def copy_course(folder: Path) -> Path:
    """A course with the questions q5 and q6 as `assignment3`, whatever else this repository comes to hold."""
    specs = folder / "specs" / "assignment3"
    specs.mkdir(parents=True)
    for name in ("q5.yaml", "q6.yaml"):
        shutil.copy(ROOT / "specs" / "assignment3" / name, specs / name)
    (specs / "assignment.yaml").write_text("assignment: assignment3\ntitle: Recurrent networks\nquestions: [q5, q6]\n")
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="session")
def shared_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that no test changes."""
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def assignment(shared_course: Path) -> Assignment:
    return load_assignment(shared_course / "specs" / "assignment3")


@pytest.fixture
def course(shared_course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shared course, as the present folder."""
    monkeypatch.chdir(shared_course)
    return shared_course


@pytest.fixture
def graded(assignment: Assignment, tmp_path: Path) -> Callable[..., Report]:
    """Grades a folder of files (or a path), in this process."""

    def graded(files: Files | Path) -> Report:
        path = files if isinstance(files, Path) else write(tmp_path / "alice", files)
        return grade(Submission(path), assignment)

    return graded


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Runs `grader ...` in this process."""

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Run(stop.value.code, out, err)

    return run


def plain_environment() -> dict[str, str]:
    """The environment, without what bears on colour and width."""
    return {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}


def command(*arguments: object, cwd: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Runs `python -m grader ...` in a process of its own."""
    environment = plain_environment() | settings.pop("env", {})
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300, **settings,
    )  # fmt: skip
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Ends a test that takes longer than any hostile file may."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_: object) -> None:
        raise AssertionError("took longer than 120 seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 120)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def question(report: Report, name: str) -> QuestionResult:
    return next(q for q in report.questions if q.id == name)


def rejected(report: Report, name: str = "q5") -> tuple[str, ...]:
    """The messages of a question whose answer cannot be used: no points, and every line says why."""
    result = question(report, name)
    assert result.status == "rejected"
    assert result.points == 0
    assert {check.outcome for check in result.checks} == {"failed"}
    assert {check.evidence for check in result.checks} == {CheckFault("\n".join(result.messages))}
    return result.messages


def full_marks(report: Report, *names: str) -> None:
    """Asserts that these questions were graded and earned everything."""
    for name in names:
        result = question(report, name)
        assert (result.status, result.points) == ("graded", result.max_points), result.messages


DOUBLE = """question: double
title: Twice a number
points: 3
answer: function
signature: double(n)
inputs: {n: "integer(-5..5)"}
returns: integer
cases: 10
checks: [{name: is twice the number, points: 3, holds: out == 2 * n}]
"""
"""A question about code that takes no time to grade."""
