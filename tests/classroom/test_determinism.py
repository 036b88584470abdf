"""The same class gives the same bytes, wherever, in whatever order and in whatever environment it is graded."""

import os
import random
import shutil
import signal
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from grader.classroom import workers
from grader.classroom.course_content import read_course
from grader.classroom.entries import entries_in
from grader.classroom.executors import Dask, InProcess, Processes
from grader.classroom.work import RunSettings, Task
from grader.kinds.open_submission import Resources
from grader.spec.course import CourseSearch

from ..answers.helpers import DOUBLE, Q5, Q6, ROOT, command, write
from ..conftest import RUN
from ..forked import forked

ASSIGNMENT = "assignment: mixed\nquestions: [q2, q3, q5, q6, double]\n"
PROSE = 'q2: "Because the gradient explodes, cafés & naïve ones too."\nq3.1: "h[t] + 1"\n'
CODE = "def double(n):\n    print({'b', 'a', 'c'})\n    return n + n\n"
WRONG_CODE = "def double(n):\n    return sum({str(n): n, 'x': n}.values()) if n != 3 else 7\n"


def write_mixed_course(folder, files):
    """A course `mixed` with four questions of `assignment3`, a function, and what else its folder of specs has."""
    specs = folder / "specs" / "mixed"
    specs.mkdir(parents=True)
    for name in ("q2", "q3", "q5", "q6"):
        shutil.copy(ROOT / "specs" / "assignment3" / f"{name}.yaml", specs)
    write(specs, {"double.yaml": DOUBLE, **files})
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Weights, formulas, prose and a function; right, wrong, broken and hostile."""
    folder = tmp_path_factory.mktemp("mixed")
    write_mixed_course(folder, {"assignment.yaml": ASSIGNMENT})
    for name, files in {
        "alice": {"answers.yaml": Q5 + Q6 + PROSE, "solution.py": CODE},
        "bob": {"answers.yaml": Q5.replace("W1: 1", "W1: 3") + PROSE, "solution.py": WRONG_CODE},
        "carol": {"answers.yaml": "q5: [", "solution.py": "import os\ndef double(n):\n    os._exit(3)\n"},
        "dave": {"answers.yaml": Q6.replace("c0: -0.5", "c0: 1/3"), "notes.txt": "unread"},
        "ève": {"solution.py": CODE},
    }.items():
        write(folder / "class" / name, files)
    (folder / "class" / "ève" / "answers.yaml").symlink_to("/etc/passwd")
    return folder


@pytest.fixture(scope="module")
def tasks(course):
    settings = RunSettings(read_course(CourseSearch(course), "mixed"), "mixed", pages=True)
    return [Task(entry, settings) for entry in entries_in(course / "class").submissions]


@pytest.fixture(scope="module")
def wanted(tasks):
    return list(InProcess(RUN).run(tasks))


def test_the_class_has_what_makes_marks_differ(wanted):
    assert {row.status for row in wanted} == {"missing", "rejected"}
    assert len({row.total for row in wanted}) > 2
    assert [row.marks["double"] for row in wanted] == [3, 0, 0, 0, 3]
    for texts in ([row.report for row in wanted], [row.page for row in wanted]):
        assert all(texts)
        assert all(str(ROOT.parent) not in text and "/tmp" not in text for text in texts)


@pytest.mark.long
def test_two_processes_a_cluster_another_order_and_two_halves_give_the_same(tasks, wanted):
    assert list(Processes(2).run(reversed(tasks))) == wanted[::-1]
    with forked():
        assert list(Dask("local", 2).run(tasks)) == wanted
    assert [*InProcess(RUN).run(tasks[3:]), *InProcess(RUN).run(tasks[:3])] == [*wanted[3:], *wanted[:3]]


def test_a_spec_that_changes_while_a_class_is_graded_changes_nothing_of_this_run(course, tasks, wanted):
    spec = course / "specs" / "mixed" / "q5.yaml"
    before = spec.read_bytes()
    results = InProcess().run(tasks)
    rows = [next(results)]
    try:
        spec.write_text("question: [")
        rows += results
    finally:
        spec.write_bytes(before)
    assert rows == wanted


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


ENVIRONMENTS = {
    "another hash seed and locale": {"PYTHONHASHSEED": "77", "LC_ALL": "C", "LANG": "C"},
    "another time zone": {"TZ": "Asia/Kolkata", "PYTHONHASHSEED": "1"},
}


@pytest.mark.long
@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.sampled(9)
def test_another_environment_gives_the_same_bytes(course, wanted, tmp_path, environment):
    done = command(
        "grade", "class", "--spec", "mixed", "--jobs", "1", "--out", tmp_path / "out", cwd=course,
        env=ENVIRONMENTS[environment],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    reports = {name: data for name, data in files_in(tmp_path / "out").items() if name.endswith(".json")}
    assert sorted(reports.values()) == sorted(row.report.encode() for row in wanted)
    pages = files_in(tmp_path / "out" / "pages")
    assert sorted(pages.values()) == sorted(row.page.encode() for row in wanted)


def descendants(pid):
    """Of a process: the numbers of those that it has started, and those that they have."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            continue
    return [*found, *(below for child in found for below in descendants(child))]


SEEDS = [pytest.param(seed, marks=pytest.mark.slow if seed else ()) for seed in range(50)]


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("forked_first", [True, False], ids=["forked", "spawned"])
@pytest.mark.parametrize("seed", SEEDS)
def test_workers_and_zygotes_that_are_killed_at_any_moment_cost_nobody_a_mark(
    tasks, wanted, monkeypatch, forked_first, seed
):
    """Each row is as it would be, or held: the one that two processes ended at.

    Those in the place of workers that were forked are spawned, since there is a thread by then.
    """
    mine = random.Random(seed)
    before, over = set(descendants(os.getpid())), threading.Event()
    monkeypatch.setattr(workers, "has_one_thread", lambda: forked_first and killer.ident is None)

    def kill():
        while not over.wait(mine.uniform(0.05, 1.5)):
            started = [pid for pid in descendants(os.getpid()) if pid not in before and is_graders(pid)]
            if started:
                victims.append(mine.choice(started))
                os.kill(victims[-1], signal.SIGKILL)
            if len(victims) == 2:
                return

    victims = []
    killer = threading.Thread(target=kill)
    with closing(Resources()) as opened, closing(Processes(2, resources=opened).run([*tasks] * 3)) as found:
        first = [pid for pid in descendants(os.getpid()) if pid not in before and is_graders(pid)]
        assert first
        assert not forked_first or not any("spawn_main" in command_of(pid) for pid in first)
        killer.start()
        try:
            rows = list(found)
        finally:
            over.set()
            killer.join()
    assert len(rows) == 3 * len(wanted)
    held = [row for row, right in zip(rows, wanted * 3, strict=True) if row != right]
    assert all(row.status == "held" for row in held)
    assert len(held) <= len(victims)
    until = time.monotonic() + 60
    while set(descendants(os.getpid())) - before and time.monotonic() < until:
        time.sleep(0.02)
    assert set(map(command_of, set(descendants(os.getpid())) - before)) <= {"tracker"}


def command_of(pid):
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return "tracker"
    return "tracker" if b"resource_tracker" in text else text.decode()


def is_graders(pid):
    """Whether it is a worker or a zygote, but for those of multiprocessing itself; a forked worker is called as we."""
    text = command_of(pid)
    return "spawn_main" in text or "zygote" in text or text == command_of(os.getpid())
