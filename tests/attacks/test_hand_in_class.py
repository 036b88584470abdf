"""A class that hands in the whole corpus, graded by `grader grade` and by `grader grade --jobs 2`."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

import pytest

from grader.sandbox import Sandbox

from . import findings
from .hand_in import LINUX, NAME, HostileSubmission, read_hand_ins
from .surroundings import COURSE, Surroundings, new_surroundings
from .tally import TALLY, Fault
from .test_hand_in_runs import left_over
from .test_hand_ins import graded

pytestmark = LINUX
JOBS = ("1", "2")
CORPUS = [one for one in read_hand_ins() if not one.apart and not one.copy]
FEW = [one for one in CORPUS if crc32(one.id.encode()) % 20 == 0]
"""The usual tests grade a class of these in two processes, `pytest -m slow` the class of all, in one and in two."""
MEMBERS = {"few": FEW, "all": CORPUS}
CLASSES = [("few", "2"), *(pytest.param("all", jobs, marks=pytest.mark.slow) for jobs in JOBS)]
CASES = [
    *(pytest.param(one, "few", "2", id=f"{one.id}-few-2") for one in FEW),
    *(
        pytest.param(one, "all", jobs, id=f"{one.id}-all-{jobs}", marks=pytest.mark.slow)
        for jobs in JOBS
        for one in CORPUS
    ),
]
NEIGHBOURS = sorted(path.name for path in (COURSE / "honest").iterdir())
MAX_SECONDS = 1_500
"""Stops a class that would never end; it takes less than half a minute."""

CANARY = "CANARY-of-the-class-9f31c2"


@dataclass(frozen=True)
class Graded:
    """What `grader grade` has left: its words, the rows of grades.csv, and the reports by name."""

    said: str
    code: int
    grades: str
    rows: list[list[str]]
    reports: Mapping[str, str]
    left: bool
    changed: list[Fault]


def own_name(hand_in: HostileSubmission) -> str:
    """The folder of an attack in the class."""
    return f"{hand_in.kind}-{hand_in.title}" if hand_in.name == NAME else hand_in.name


def neighbours_of(assignment: str) -> list[str]:
    """An honest submission of each assignment stands before all attackers, and one after them."""
    return [f"0-{assignment}", f"zz-{assignment}"]


@pytest.fixture(scope="module")
def surroundings_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Surroundings]:
    """The folders of the class of a size, made when they are first asked for."""

    @cache
    def made(size: str) -> Surroundings:
        surroundings = new_surroundings(tmp_path_factory.mktemp("class") / "surroundings", CANARY)
        for assignment in NEIGHBOURS:
            for name in neighbours_of(assignment):
                surroundings.place_neighbour(assignment, name)
        surroundings.place_neighbour("sheet", "zoe")
        for hand_in in MEMBERS[size]:
            surroundings.place(hand_in, own_name(hand_in))
        return surroundings

    return made


@pytest.fixture(scope="module")
def classes(surroundings_of: Callable[[str], Surroundings], boxes: dict[str, Sandbox]) -> Callable[[str, str], Graded]:
    """The class of a size, graded by so many processes when it is first asked for."""
    if boxes["A"].tier.name not in ("A", "B"):
        pytest.skip("students' code is not run on this machine unless less is asked for")
    return cache(lambda size, jobs: grade_class(surroundings_of(size), jobs))


def grade_class(surroundings: Surroundings, jobs: str) -> Graded:
    """Runs the command and reads what it has written."""
    scripts, out = sysconfig.get_path("scripts"), surroundings.outside / f"results-{jobs}"
    before = surroundings.snapshot()
    process = subprocess.Popen(
        [f"{scripts}/grader", "grade", "class", "--jobs", jobs, "--out", str(out)],
        cwd=surroundings.course,
        env={
            "PATH": f"{scripts}:/usr/bin:/bin",
            "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
            "GRADER_CANARY": CANARY,
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=MAX_SECONDS)
    except subprocess.TimeoutExpired:
        findings.end(findings.session_of(process.pid))
        said, _ = process.communicate()
    text = (out / "grades.csv").read_bytes().decode("utf-8") if (out / "grades.csv").exists() else ""
    reports = [path.read_text(encoding="utf-8") for path in (out / "reports").glob("*.json")]
    return Graded(
        said.decode("utf-8", "replace"),
        process.returncode,
        text,
        list(csv.reader(io.StringIO(text, newline=""))),
        {json.loads(text)["submission"]: text for text in reports},
        left_over(process.pid),
        list(findings.in_surroundings(surroundings, before)),
    )


def report_of(hand_in: HostileSubmission, done: Graded, surroundings: Surroundings) -> dict[str, Any] | None:
    """The report of an attack: the rows stand in the order of the folders, whose names are shown escaped."""
    folders = sorted(path.name for path in surroundings.submissions.iterdir())
    names = [row[0] for row in done.rows[1:]]
    if len(names) != len(folders):
        return None
    name = names[folders.index(own_name(hand_in))]
    text = done.reports.get(name) or done.reports.get(name.removeprefix("'"))  # a quote mark stands before a formula
    return json.loads(text) if text is not None else None


@pytest.mark.long
@pytest.mark.parametrize(("hand_in", "size", "jobs"), CASES)
def test_in_a_class_an_attack_earns_what_it_should(
    hand_in: HostileSubmission,
    size: str,
    jobs: str,
    classes: Callable[[str, str], Graded],
    surroundings_of: Callable[[str], Surroundings],
) -> None:
    done, surroundings = classes(size, jobs), surroundings_of(size)
    faults: list[Fault] = []
    report = report_of(hand_in, done, surroundings)
    if report is None:
        faults.append(Fault("lost results", "it has no report"))
    else:
        faults += findings.in_report(hand_in, report, "A")
        faults += findings.in_text(hand_in, surroundings, json.dumps(report))
    TALLY.add(f"{hand_in.kind} (in a class)", faults)
    assert not faults, f"{hand_in.about}\n" + "\n".join(map(str, faults))


def of_the_class(done: Graded, attackers: int, surroundings: Surroundings) -> Iterator[Fault]:
    """What so many attackers have done to the class as a whole."""
    yield from done.changed
    expected = attackers + 2 * len(NEIGHBOURS) + 1
    if len(done.rows) != expected + 1 or len(done.reports) != expected:
        yield Fault("lost results", f"{len(done.rows) - 1} rows and {len(done.reports)} reports of {expected}")
    if len(done.grades.splitlines()) != len(done.rows):
        yield Fault("lost results", "grades.csv has rows of several lines")
    if done.left:
        yield Fault("other harm", "a process of the class is left")
    if CANARY in done.said:
        yield Fault("leaks", "the canary is shown")
    for assignment in NEIGHBOURS:  # both hand in the same, and differ in their names alone
        first, last = neighbours_of(assignment)
        alone = graded(surroundings.course / "specs" / assignment, surroundings.submissions / first)
        for name in (first, last):
            if done.reports.get(name) != alone.replace(json.dumps(first), json.dumps(name)):
                yield Fault("neighbours harmed", name)


@pytest.mark.long
@pytest.mark.parametrize(("size", "jobs"), CLASSES)
def test_the_class_is_whole_and_no_neighbour_is_harmed(
    size: str, jobs: str, classes: Callable[[str, str], Graded], surroundings_of: Callable[[str], Surroundings]
) -> None:
    done = classes(size, jobs)
    faults = list(of_the_class(done, len(MEMBERS[size]), surroundings_of(size)))
    TALLY.add("whole classes", faults)
    assert not faults, "\n".join(map(str, faults)) + done.said[-1500:]


@pytest.mark.slow
def test_both_ways_to_grade_a_class_write_the_same_bytes(classes: Callable[[str, str], Graded]) -> None:
    """But for code, which may answer by the clock; the neighbours' is compared with what they get alone."""
    one, two = (classes("all", jobs).reports for jobs in JOBS)
    code = {own_name(hand_in) for hand_in in CORPUS if hand_in.has_code}
    assert one.keys() == two.keys()
    assert [name for name in one.keys() - code if one[name] != two[name]] == []
