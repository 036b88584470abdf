"""Where the work is done: one suite for all executors, and what is left of a run when a process of it is killed."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from multiprocessing.context import SpawnContext
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.classroom import executors, pool, worker_requests, workers
from grader.classroom.pool import WorkerPool
from grader.classroom.work import NO_SETTINGS, RunSettings, Task, held
from grader.classroom.worker_process import NO_TASK
from grader.classroom.worker_requests import MAX_MESSAGE_TASKS, MAX_QUEUED_TASKS
from grader.classroom.workers import LocalWorkers
from grader.errors import SpecError
from grader.kinds.open_submission import Resources

from ..forked import forked_workers
from .works import (
    LARGE,
    EndsItsReader,
    begun,
    broken_spec,
    gives_back_much,
    gives_what_cannot_be_sent,
    kills_itself,
    logged,
    raises,
    row,
    sleeps,
    tasks,
)  # fmt: skip

__all__ = ["forked_workers"]

posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
unless_in_process = pytest.mark.parametrize("executor", ["processes", "dask"])
every_executor = pytest.mark.parametrize("executor", ["in-process", "processes", "dask"])


@pytest.fixture(scope="module")
def address():
    """A scheduler and two workers in this process, which talk over TCP all the same."""
    from .clusters import cluster_here  # not above: the processes that grade import this module, too

    with cluster_here(2) as cluster:
        yield cluster.address


@pytest.fixture
def made(address):
    """Makes an executor by its name."""

    def made(name, work, jobs=2):
        if name == "dask":
            return executors.Dask(address, jobs, work=work)
        return executors.Processes(jobs, work) if name == "processes" else executors.InProcess(work=work)

    return made


def names(rows):
    return [graded.name for graded in rows]


# ------------------------------------------------------------- all executors
@every_executor
def test_the_results_come_in_the_order_of_the_tasks_and_each_is_done_once(made, tmp_path, executor):
    log = tmp_path / "log"
    given = [f"s{number}" for number in range(50)]
    assert names(made(executor, logged).run(tasks(*given, log=log))) == given
    assert sorted(name for name, _ in begun(log)) == sorted(given)
    assert len({pid for _, pid in begun(log)}) <= 2


@every_executor
def test_tasks_are_taken_as_they_are_needed_and_never_too_many_at_once(made, tmp_path, monkeypatch, executor):
    """However long the class is: what is begun lies within a window of what has been handed back."""
    monkeypatch.setattr(pool, "WINDOW_PER_WORKER", 4)
    taken = []

    def coming():
        for task in tasks(*(f"s{number}" for number in range(60)), log=tmp_path / "log"):
            taken.append(task)
            yield task

    ahead = [len(taken) - number for number, _ in enumerate(made(executor, logged).run(coming()))]
    assert len(ahead) == 60
    assert max(ahead) <= 9


@every_executor
def test_a_spec_that_cannot_be_used_is_said_once(made, executor):
    with pytest.raises(SpecError, match=r"q1\.yaml:1:1: no"):
        list(made(executor, broken_spec).run(tasks("a", "b")))


@every_executor
def test_a_submission_that_cannot_be_read_by_a_fault_of_ours_is_held_alone(made, tmp_path, monkeypatch, executor):
    real = Task.read

    def read(task):
        if task.entry.name == "b":
            raise OSError("the disk is gone")
        return real(task)

    monkeypatch.setattr(Task, "read", read)
    given = tasks("a", "b", "c", log=tmp_path / "log")
    wanted = [held(task, "OSError: the disk is gone") if task.entry.name == "b" else row(task) for task in given]
    assert list(made(executor, logged).run(given)) == wanted


@every_executor
def test_no_task_is_no_result(made, executor):
    assert list(made(executor, logged).run([])) == []


@pytest.mark.parametrize("work", [gives_what_cannot_be_sent, raises])
@unless_in_process
def test_what_a_process_cannot_hand_back_is_held_alone(made, work, executor):
    found = {graded.name: graded.status for graded in made(executor, work).run(tasks("a", "b", "c"))}
    assert found == {"a": "rejected", "b": "held", "c": "rejected"}


@posix
@unless_in_process
def test_a_process_that_is_killed_costs_nothing_when_the_second_try_is_well(made, tmp_path, executor):
    given = tasks("a", "once", "b", "once more", "c", log=tmp_path / "log")
    assert list(made(executor, kills_itself).run(given)) == [row(task) for task in given]


@posix
@unless_in_process
@pytest.mark.parametrize("jobs", [2, 1])
@pytest.mark.sampled(9)
def test_what_ends_its_process_twice_is_held_and_all_others_are_graded(made, tmp_path, jobs, executor):
    log = tmp_path / "log"
    given = tasks(*(f"s{number}" for number in range(20)), "deadly 1", "x", "deadly 2", "y", log=log)
    wanted = [held(task, pool.WORKER_ENDED_TWICE) if "deadly" in task.entry.name else row(task) for task in given]
    assert list(made(executor, kills_itself, jobs).run(given)) == wanted
    tried = [name for name, *_ in begun(log)]
    assert tried.count("deadly") == 2 * pool.MAX_WORKER_ENDS


@posix
@unless_in_process
def test_a_task_in_doubt_is_tried_again_alone(made, tmp_path, executor):
    """In a process that has had no other, but for those that a worker of a cluster began anew."""
    log = tmp_path / "log"
    list(made(executor, kills_itself).run(tasks("a", "b", "c", "d", "e", "f", "deadly", log=log)))
    of_second_try = [line[1] for line in begun(log) if line[0] == "deadly"][1]
    assert [line[0] for line in begun(log) if line[1] == of_second_try][-1] == "deadly"
    assert len({line[1] for line in begun(log) if line[0] == "deadly"}) == pool.MAX_WORKER_ENDS


def forked_source(work, monkeypatch):
    """Its worker is a fork of this process, as long as no thread of a test is in the way."""
    monkeypatch.setattr(workers, "has_one_thread", lambda: sys.platform == "linux")
    return LocalWorkers(1, work, Resources())


def spawned_source(work, monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: SpawnContext())
    return LocalWorkers(1, work)


@posix
@pytest.mark.parametrize("source", [forked_source, pytest.param(spawned_source, marks=pytest.mark.long)])
def test_what_a_worker_has_done_and_not_sent_is_done_again_and_blamed_for_nothing(monkeypatch, tmp_path, source):
    """It keeps answers of quick tasks back, and is killed at the sixth of a message."""
    log, names_of_message = tmp_path / "log", ["a", "b", "c", "d", "e", "deadly", "f", "g"]
    given = tasks(*names_of_message, *(f"s{number}" for number in range(20)), log=log)
    wanted = [held(task, pool.WORKER_ENDED_TWICE) if task.entry.name == "deadly" else row(task) for task in given]
    local_workers = source(kills_itself, monkeypatch)
    made = WorkerPool(local_workers, given, held)
    assert list(made.results()) == wanted
    local_workers.close(at_once=False)
    assert made._worker_ends == {names_of_message.index("deadly"): pool.MAX_WORKER_ENDS}
    tried = Counter(name for name, _ in begun(log))
    assert tried["deadly"] == pool.MAX_WORKER_ENDS
    assert set(tried) == {task.entry.name for task in given}
    assert {name for name, count in tried.items() if count > 1} <= set(names_of_message[:6])


def test_a_worker_that_ends_before_it_has_begun_what_it_was_sent_is_in_doubt_with_the_first_of_it():
    assert workers.doubtful_tasks([3, 4, 5], at=4) == [4]
    assert workers.doubtful_tasks([3, 4, 5], at=2) == [3]
    assert workers.doubtful_tasks([3, 4, 5], at=NO_TASK) == [3]
    assert workers.doubtful_tasks([], at=2) == []


# ------------------------------------------------------------- processes on this machine
def test_workers_that_cannot_start_hold_what_is_left(monkeypatch):
    def no_process(*_):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workers, "LocalWorker", no_process)
    given = tasks("a", "b")
    said = "no process to grade it could be started: Resource temporarily unavailable: grade it again"
    assert list(executors.Processes(2, row).run(given)) == [held(task, said) for task in given]


def test_workers_that_end_before_their_first_task_hold_what_is_left():
    given = tasks("a", "b")
    found = list(executors.Processes(2, EndsItsReader()).run(given))
    assert found == [held(task, pool.NO_WORKER_STARTED) for task in given]


@posix
def test_a_worker_that_is_killed_from_outside_at_any_moment_costs_nothing(tmp_path):
    given = tasks(*(f"s{number}" for number in range(30)), log=tmp_path / "log")
    source = LocalWorkers(2, logged)
    made = WorkerPool(source, given, held)
    results = made.results()
    found = []
    for number in range(len(given)):
        found.append(next(results))
        if number % 4 == 0 and made._workers:
            worker = made._workers[number % len(made._workers)]
            if not any(made._worker_ends[task] for task in worker.queued):  # one that was hit before may not be again
                with suppress(ProcessLookupError):  # it was killed before, and the pool is about to hear of it
                    os.kill(worker.pid, signal.SIGKILL)
    source.close(at_once=True)
    assert found == [row(task) for task in given]


def received(connection):
    """The messages that were sent until now: in each the numbers of its tasks, and whether with their settings."""
    found = []
    while connection.poll():
        tasks_of_message = [(index, *worker_requests.unpacked(data)) for index, data in connection.recv()]
        found.append([(index, work.settings.digest == digest) for index, digest, work in tasks_of_message])
    return found


def test_a_worker_that_is_busy_is_sent_no_more_than_it_takes_without_being_waited_for(monkeypatch):
    """One that has nothing to do is sent anything; what is large waits until then, and so does what comes behind it."""
    monkeypatch.setattr(worker_requests, "buffer_bytes", lambda connection: 2000)
    ours, theirs = multiprocessing.Pipe()
    requests = worker_requests.WorkerRequests(ours)
    settings = RunSettings(NO_SETTINGS.course, "a spec")
    small, large = (Task(replace(task.entry, notes=notes), settings).read() for task in tasks("a") for notes in NOTES)
    requests.add(
        worker_requests.packed_request(index, work, with_settings=index == 0)
        for index, work in enumerate([large, small, small, large, small])
    )
    assert received(theirs) == [[(0, True)]]
    assert requests.has_unsent
    requests.answered(1)
    assert received(theirs) == [[(1, False), (2, False)]]
    requests.answered(1)
    assert received(theirs) == []
    requests.answered(1)
    assert received(theirs) == [[(3, False)]]
    assert requests.has_unsent
    requests.answered(1)
    assert received(theirs) == [[(4, False)]]
    assert not requests.has_unsent
    ours.close()
    theirs.close()


NOTES = (), ("x" * 10_000,)


def test_a_worker_is_sent_several_tasks_in_a_message_and_a_further_message_before_it_has_answered_all():
    ours, theirs = multiprocessing.Pipe()
    requests = worker_requests.WorkerRequests(ours)
    (work,) = (task.read() for task in tasks("a"))
    count = MAX_QUEUED_TASKS + MAX_MESSAGE_TASKS
    requests.add(worker_requests.packed_request(index, work, with_settings=False) for index in range(count))
    assert [len(message) for message in received(theirs)] == [MAX_MESSAGE_TASKS] * 2
    requests.answered(MAX_MESSAGE_TASKS - 1)
    assert received(theirs) == []
    requests.answered(1)
    assert [len(message) for message in received(theirs)] == [MAX_MESSAGE_TASKS]
    ours.close()
    theirs.close()


def test_a_worker_gets_whole_messages_as_long_as_many_tasks_wait_and_all_of_them_can_be_sent():
    worker = workers.LocalWorker.__new__(workers.LocalWorker)
    worker.queued, worker._batch = [], []
    worker.requests = SimpleNamespace(has_unsent=False, buffer_bytes=1000)
    assert worker.room(100) == MAX_MESSAGE_TASKS
    assert [worker.room(share) for share in (0, 1, 3)] == [1, 1, 3]
    worker.queued, worker._batch = [0], [(0, b"x" * 1000)]
    assert worker.room(100) == MAX_MESSAGE_TASKS - 1
    assert worker.room(0) == 0
    worker._batch = [(0, b"x" * 1001)]
    assert worker.room(100) == 0
    worker.queued, worker._batch = list(range(MAX_MESSAGE_TASKS)), []
    assert worker.room(100) == MAX_MESSAGE_TASKS
    worker.queued.append(MAX_MESSAGE_TASKS)
    assert worker.room(100) == 0
    worker.queued = [0]
    assert worker.room(0) == 0
    worker.requests.has_unsent = True
    assert worker.room(100) == 0


@posix
def test_a_connection_takes_what_is_counted_on_while_nobody_reads_in_messages_of_any_size():
    for size in (1, 1000, 5000, 20_000):
        ours, theirs = multiprocessing.Pipe()
        with ours, theirs:
            room = worker_requests.buffer_bytes(ours)
            assert room >= 8 << 10
            os.set_blocking(ours.fileno(), False)  # what does not fit raises
            for _ in range(min(MAX_QUEUED_TASKS, room // size)):
                ours.send_bytes(b"x" * size)


@unless_in_process
def test_nobody_waits_for_one_who_waits_for_them_however_much_is_sent_both_ways(made, tmp_path, executor):
    """A process that waits until its result is read reads nothing, and so may not be waited for itself."""
    given = [Task(replace(task.entry, notes=(LARGE,)), task.settings) for task in tasks(*map(str, range(12)))]
    found = made(executor, gives_back_much).run(given)
    listening = threading.Thread(target=lambda: rows.extend(found), daemon=True)
    rows = []
    listening.start()
    listening.join(300)  # without an end it would wait for ever
    assert rows == [replace(row(task), messages=(LARGE,)) for task in given]


def all_at_work(source, made):
    """Until each of the two workers has one task of those that never end."""
    made._take_more()
    made._assign()
    while not all(worker.ready for worker in made._workers):
        for event in source.listen():
            made._hear(event)
    made._assign()
    assert [len(worker.queued) for worker in made._workers] == [1, 1]


@posix
def test_an_interrupt_ends_the_workers_whatever_they_are_doing():
    """It waits while the first result is awaited."""
    source = LocalWorkers(2, sleeps)
    made = WorkerPool(source, tasks("a", "b", "c"), held)
    all_at_work(source, made)
    processes = [worker.pid for worker in made._workers]
    source.close(at_once=True)
    for pid in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_executor_that_is_not_listened_to_ends_its_pool_at_once(monkeypatch):
    closed = []
    monkeypatch.setattr(WorkerPool, "begin", lambda self: None)
    monkeypatch.setattr(WorkerPool, "results", lambda self: self._coming)
    monkeypatch.setattr(LocalWorkers, "close", lambda self, *, at_once: closed.append(at_once))
    results = executors.Processes(2).run(["a", "b", "c"])
    assert next(results) == "a"
    results.close()
    assert closed == [True]
    assert list(executors.Processes(2).run(["a", "b"])) == ["a", "b"]
    assert closed == [True, False]


CHOICES = [
    # jobs asked for, submissions, cores: processes (1: this one)
    (None, 1, 64, 1), (None, 15, 64, 1), (None, 16, 64, 2), (None, 100, 64, 12), (None, 10_000, 64, 64),
    (None, 10_000, 1, 1), (1, 10_000, 64, 1), (3, 10_000, 1, 3), (3, 3, 1, 3), (4, 2, 8, 2), (2, 1, 64, 1),
]  # fmt: skip


@pytest.mark.parametrize(("jobs", "count", "cores", "wanted"), CHOICES)
def test_how_many_processes_a_class_gets(monkeypatch, jobs, count, cores, wanted):
    """One process that is not asked for must be worth its start; what is asked for is done, as far as there is work."""
    monkeypatch.setattr(executors, "usable_cores", lambda: cores)
    chosen = executors.executor_for(jobs, count)
    assert getattr(chosen, "jobs", 1) == wanted
    assert isinstance(chosen, executors.InProcess) == (wanted == 1)


@pytest.mark.parametrize(
    ("written", "cores"), [("150000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", 8), ("", 8), (None, 8)]
)
def test_cores_are_those_that_this_process_may_use(monkeypatch, tmp_path, written, cores):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(executors, "CGROUP_CPU_LIMIT", tmp_path / "cpu.max")
    if written is not None:
        (tmp_path / "cpu.max").write_text(written)
    assert executors.usable_cores() == cores


PARENT = """
import os, sys, time
from tests.classroom.test_executors import LocalWorkers, WorkerPool, all_at_work, held
from tests.classroom.works import sleeps, tasks
if __name__ == "__main__":
    source = LocalWorkers(2, sleeps)
    made = WorkerPool(source, tasks("a", "b"), held)
    all_at_work(source, made)
    print(*(worker.pid for worker in made._workers), flush=True)
    time.sleep(600)
"""


@posix
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
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
        os.kill(parent.pid, getattr(signal, how))
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
from grader.classroom.workers import LocalWorker
from tests.classroom.works import sleeps
if __name__ == "__main__":
    worker = LocalWorker(multiprocessing.get_context("spawn"), sleeps)
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
