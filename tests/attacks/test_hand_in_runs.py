"""Hostile hand-ins on the command lines that are the point of them: what ran, what was marked, what was written where.

The first command of every ninth one is tried always, the others with `pytest -m slow`: each is a process of its own.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import findings
from .hand_in import LINUX, HostileSubmission, Run, read_hand_ins
from .surroundings import NEIGHBOURS, Surroundings
from .tally import TALLY, Fault
from .test_hand_ins import graded

CASES = [
    pytest.param(one, run, id=f"{one.id}-{number}", marks=[pytest.mark.slow] if number > 1 or place % 9 else [])
    for place, one in enumerate(one for one in read_hand_ins() if one.runs)
    for number, run in enumerate(one.runs, 1)
]
pytestmark = LINUX
MAX_SECONDS = 400
"""Stops what would never end; most take less than one second."""

LAST_WORDS = re.compile(r"^(.+): ([\d.]+) of ([\d.]+) points$", re.MULTILINE)
"""What the pytest plugin says at the end of a run."""


@dataclass(frozen=True)
class Done:
    """What came of a command, and whether processes of it are left."""

    code: int
    said: str
    left: bool


def command_line(run: Run, surroundings: Surroundings, folder: Path) -> list[str]:
    """The command with the places of this surroundings; results and reports go outside of it, unless `writes` says where."""
    words = shlex.split(surroundings.filled(folder, run.command))
    if words[1:2] == ["check"] or words[:4] == ["python", "-m", "grader", "check"]:
        words += ["--format", "json", "--output", str(surroundings.outside / "report.json")]
    if "grade" in words and not run.writes:
        words += ["--out", str(surroundings.outside / "results")]
    if words[0] == "python":
        return [sys.executable, *words[1:]]
    return [str(Path(sysconfig.get_path("scripts")) / words[0]), *words[1:]]


def carried_out(run: Run, surroundings: Surroundings, folder: Path) -> Done | None:
    """The command, in a session of its own; None where it did not end in time."""
    environment = {
        "PATH": f"{sysconfig.get_path('scripts')}:/usr/bin:/bin",
        "HOME": str(surroundings.outside),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "GRADER_CANARY": surroundings.canary,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
    }
    process = subprocess.Popen(
        command_line(run, surroundings, folder),
        cwd=surroundings.folder / run.start.replace("@MY_NAME@", folder.name),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=MAX_SECONDS)
    except subprocess.TimeoutExpired:
        findings.end(findings.session_of(process.pid))
        process.wait()
        return None
    return Done(process.returncode, said.decode("utf-8", "replace"), left_over(process.pid))


def left_over(session: int) -> bool:
    """Whether processes of the command outlive it; what was killed takes a moment to go."""
    until = time.monotonic() + 400
    while found := list(findings.session_of(session)):
        if time.monotonic() > until:
            findings.end(found)
            return True
        time.sleep(0.005)
    return False


def in_results(hand_in: HostileSubmission, run: Run, surroundings: Surroundings, results: Path) -> Iterator[Fault]:
    """The marks of a class: the attacker's, and the neighbours' in the bytes that they have alone."""
    text = (results / "grades.csv").read_bytes().decode("utf-8")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    if any(len(row) != len(header) for row in rows) or len(text.splitlines()) != len(rows) + 1:
        yield Fault("lost results", "grades.csv has rows that are not one submission each")
    reports = {}
    for path in (results / "reports").glob("*.json"):
        report = json.loads(path.read_text(encoding="utf-8"))
        reports[report["submission"]] = report, path
    if len(reports) != len(rows):
        yield Fault("lost results", f"{len(rows)} rows and {len(reports)} reports")
    for name in NEIGHBOURS:
        found = reports.pop(name, None)
        whole = found and found[1].read_text(encoding="utf-8")
        if whole != graded(surroundings.spec(hand_in), surroundings.submissions / name):
            yield Fault("neighbours harmed", f"{name}: {(whole or 'no report')[:300]}")
    if not reports:
        yield Fault("lost results", "the attacker has no report")
    for report, _ in reports.values():
        yield from findings.in_report(hand_in, report, "a class")


def in_done(hand_in: HostileSubmission, run: Run, surroundings: Surroundings, done: Done) -> Iterator[Fault]:
    """The marks that a command gave, or that it was refused as it should be."""
    report, results = surroundings.outside / "report.json", surroundings.outside / "results"
    if run.writes:
        results = surroundings.folder / run.writes
    said = LAST_WORDS.findall(done.said)
    if report.exists():
        yield from findings.in_report(hand_in, json.loads(report.read_text(encoding="utf-8")), "a check")
    elif (results / "grades.csv").exists():
        yield from in_results(hand_in, run, surroundings, results)
    elif said:
        allowed = {sum(chosen) for chosen in itertools.product(*map(hand_in.may_earn, hand_in.marks))}
        if float(said[-1][1]) not in allowed:
            yield Fault("wrong marks", f"{said[-1][1]} points, not {allowed}")
    elif not run.refused or not re.search(run.refused, done.said):
        yield Fault("lost results", f"no marks, and it says (exit code {done.code}): {done.said[-600:]}")


@pytest.mark.long
@pytest.mark.parametrize(("hand_in", "run"), CASES)
def test_a_run_of_the_command_is_not_taken_in(
    hand_in: HostileSubmission, run: Run, make_surroundings: Callable[[], Surroundings]
) -> None:
    surroundings = make_surroundings()
    for name in NEIGHBOURS:
        surroundings.place_neighbour(hand_in.assignment, name)
    folder = surroundings.place(hand_in)
    before = surroundings.snapshot()
    done = carried_out(run, surroundings, folder)
    faults: list[Fault] = []
    if done is None:
        faults.append(Fault("hangs", f"{run.command} has not ended after {MAX_SECONDS} s"))
    else:
        faults += in_done(hand_in, run, surroundings, done)
        faults += findings.in_text(hand_in, surroundings, done.said)
        if done.left:
            faults.append(Fault("other harm", "a process of the command is left"))
    faults += findings.in_surroundings(surroundings, before, run.writes)
    TALLY.add(f"{hand_in.kind} (commands)", faults)
    output = f"\n{done.said[-1500:]}" if done else ""
    assert not faults, f"{hand_in.about} ({run.command} in {run.start})\n" + "\n".join(map(str, faults)) + output
