"""Where the work is done: the order of results, and what is left of a run when a process of it is killed."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from grader.classroom import executors, pool
from grader.classroom.entries import Entry
from grader.classroom.pool import WorkerPool
from grader.classroom.work import Task, held, summary
from grader.errors import SpecError
from grader.verdict import Report

posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def tasks(*names, log=Path()):
    return [Task(Entry(name, log), None, ()) for name in names]


def row(task, run=None):
    return summary(Report("s", task.entry.name, ()))


def logged(task, run):
    """Notes that a task was begun, and by whom."""
    with task.entry.path.open("a") as log:
        log.write(f"{task.entry.name} {os.getpid()}\n")
    return row(task)


def begun(log):
    return [line.split() for line in log.read_text().splitlines()]


def kills_itself(task, run):
    """`deadly` ends its worker each time, `once` the first time only; the others are harmless."""
    name = task.entry.name
    logged(task, run)
    first = [line[0] for line in begun(task.entry.path)].count(name) == 1
    if name.startswith("deadly") or (name.startswith("once") and first):
        os.kill(os.getpid(), signal.SIGKILL)
    return row(task)


def broken_spec(task, run):
    raise SpecError("q1.yaml:1:1: no")


def run(jobs, todo, work):
    made = WorkerPool(jobs, todo, work)
    try:
        return list(made.results())
    finally:
        made.close(at_once=True)


def names(rows):
    return [graded.name for graded in rows]


def test_the_results_come_in_the_order_of_the_tasks_and_each_is_done_once(tmp_path):
    log = tmp_path / "log"
    given = [f"s{number}" for number in range(50)]
    assert names(run(2, tasks(*given, log=log), logged)) == given
    assert sorted(name for name, _ in begun(log)) == sorted(given)
    assert len({pid for _, pid in begun(log)}) <= 2


@posix
def test_a_worker_that_is_killed_costs_nothing_when_the_second_try_is_well(tmp_path):
    log = tmp_path / "log"
    given = tasks("a", "once", "b", "once more", "c", log=log)
    assert run(2, given, kills_itself) == [row(task) for task in given]


@posix
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.sampled(9)
def test_what_ends_its_worker_twice_is_held_and_all_others_are_graded(tmp_path, jobs):
    log = tmp_path / "log"
    given = tasks(*(f"s{number}" for number in range(20)), "deadly 1", "x", "deadly 2", "y", log=log)
    wanted = [held(task, pool.WORKER_ENDED_TWICE) if "deadly" in task.entry.name else row(task) for task in given]
    assert run(jobs, given, kills_itself) == wanted
    tried = [name for name, *_ in begun(log)]
    assert tried.count("deadly") == 4


@posix
def test_a_task_in_doubt_is_tried_again_alone_in_a_fresh_worker(tmp_path):
    log = tmp_path / "log"
    run(2, tasks("a", "b", "c", "d", "e", "f", "deadly", log=log), kills_itself)
    of_second_try = [line[1] for line in begun(log) if line[0] == "deadly"][1]
    assert [line[0] for line in begun(log) if line[1] == of_second_try] == ["deadly"]


@posix
def test_a_worker_that_is_killed_from_outside_at_any_moment_costs_nothing(tmp_path):
    log = tmp_path / "log"
    given = tasks(*(f"s{number}" for number in range(30)), log=log)
    made = WorkerPool(2, given, logged)
    results = made.results()
    found = []
    for number in range(len(given)):
        found.append(next(results))
        if number % 4 == 0 and made._workers:
            worker = made._workers[number % len(made._workers)]
            if not any(made._worker_ends[task] for task in worker.queued):  # one that was hit before may not be again
                os.kill(worker.pid, signal.SIGKILL)
    made.close(at_once=True)
    assert found == [row(task) for task in given]


def test_workers_that_cannot_start_hold_what_is_left(monkeypatch):
    def no_process(*_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(pool, "Worker", no_process)
    given = tasks("a", "b")
    assert run(2, given, row) == [held(task, pool.NO_WORKER_STARTED) for task in given]


class EndsItsReader:
    """What it is sent to ends before it has read it."""

    def __reduce__(self):
        return os._exit, (3,)


def test_workers_that_end_before_their_first_task_hold_what_is_left():
    given = tasks("a", "b")
    assert run(2, given, EndsItsReader()) == [held(task, pool.NO_WORKER_STARTED) for task in given]


def test_a_spec_that_cannot_be_used_is_said_once():
    with pytest.raises(SpecError, match=r"q1\.yaml:1:1: no"):
        run(2, tasks("a", "b"), broken_spec)


def sleeps(task, run):
    time.sleep(600)
    return row(task)


def all_at_work(made):
    """Until each of the two workers has one task of those that never end."""
    made._assign()
    while not all(worker.ready for worker in made._workers):
        made._listen()
    made._assign()
    assert [len(worker.queued) for worker in made._workers] == [1, 1]


@posix
def test_an_interrupt_ends_the_workers_whatever_they_are_doing():
    """It waits while the first result is awaited."""
    made = WorkerPool(2, tasks("a", "b", "c"), sleeps)
    all_at_work(made)
    processes = [worker.pid for worker in made._workers]
    made.close(at_once=True)
    for pid in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_executor_that_is_not_listened_to_ends_its_pool_at_once(monkeypatch):
    closed = []
    monkeypatch.setattr(WorkerPool, "results", lambda self: iter(self._tasks))
    monkeypatch.setattr(WorkerPool, "close", lambda self, *, at_once: closed.append(at_once))
    results = executors.Processes(2).run(["a", "b", "c"])
    assert next(results) == "a"
    results.close()
    assert closed == [True]
    assert list(executors.Processes(2).run(["a", "b"])) == ["a", "b"]
    assert closed == [True, False]


def test_one_job_needs_no_other_process():
    assert isinstance(executors.executor_for(1), executors.InProcess)
    assert executors.executor_for(3).jobs == 3


PARENT = """
import os, sys, time
from grader.classroom.entries import Entry
from grader.classroom.pool import WorkerPool
from grader.classroom.work import Task
from tests.classroom.test_executors import all_at_work, sleeps
if __name__ == "__main__":
    made = WorkerPool(2, [Task(Entry(name, None), None, ()) for name in "ab"], sleeps)
    all_at_work(made)
    print(*(worker.pid for worker in made._workers), flush=True)
    time.sleep(600)
"""


@posix
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_the_process_that_started_it(tmp_path, how):
    import subprocess

    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)}, cwd=root
    ) as parent:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(workers) == 2
        os.kill(parent.pid, how)
    until = time.monotonic() + 400
    while any(runs(pid) for pid in workers):
        assert time.monotonic() < until, "a worker is left"
        time.sleep(0.02)


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return not Path("/proc").is_dir()


STARTS_A_WORKER = """
import multiprocessing, os
from pathlib import Path
from grader.classroom.workers import Worker
from tests.classroom.test_executors import sleeps
if __name__ == "__main__":
    worker = Worker(multiprocessing.get_context("spawn"), sleeps)
    print(Path(f"/proc/{worker.pid}/status").read_text())
    worker.kill()
    worker.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_interrupts_are_blocked_in_the_very_first_worker_before_it_can_say_a_word(tmp_path):
    import subprocess

    script = tmp_path / "parent.py"
    script.write_text(STARTS_A_WORKER)
    root = Path(__file__).parents[2]
    run = [sys.executable, str(script)]
    status = subprocess.run(run, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)}, cwd=root)
    blocked = next(line.split()[1] for line in status.stdout.splitlines() if line.startswith("SigBlk"))
    assert int(blocked, 16) & 1 << (signal.SIGINT - 1)
