"""A cluster of Dask: how it is named, what is refused, and what is left of a run when a part of it goes away."""

import logging
import os
import signal
import threading
from types import SimpleNamespace

import pytest

from grader.classroom import cluster_address
from grader.classroom.cluster import FIRST_BATCH_TASKS, MAX_BATCH_TASKS, ClusterWorker
from grader.classroom.cluster_address import ClusterError
from grader.classroom.cluster_worker import BatchOutcome, GradingSession, kill_sessions, processes_for_sessions
from grader.classroom.executors import Dask, executor_for
from grader.classroom.pool import MAX_WORKER_ENDS, WORKER_ENDED_TWICE, WorkerPool
from grader.classroom.versions import installed_versions
from grader.classroom.work import NO_SETTINGS, Task, held
from grader.classroom.worker_requests import packed, packed_request, unpacked
from grader.classroom.workers import LocalWorkers
from grader.deferred import replace
from grader.errors import HarnessError

from ..answers.helpers import Q5, Q6, write
from ..forked import forked_workers
from .works import EndsItsReader, begun, kills_itself, logged, row, tasks, waits_at_the_third, waits_for_another

__all__ = ["forked_workers"]


@pytest.fixture(scope="module")
def cluster_here():
    """Makes clusters; Dask takes long to import, which each worker of a test run would do that collects this file."""
    from .clusters import cluster_here

    return cluster_here


@pytest.fixture(scope="module")
def address(cluster_here):
    with cluster_here(1, threads=2) as cluster:
        yield cluster.address


NO_CLUSTERS = [
    "foo",
    "tcp://",
    "tcp://host",
    "tcp://host:port",
    "localhost:8786",
    "LOCAL",
    "",
    "http://host:80",
    "tcp:8786",
]


@pytest.mark.parametrize("named", NO_CLUSTERS)
def test_what_names_no_cluster_is_refused_with_what_does(named):
    with pytest.raises(ClusterError, match=r"name a scheduler of Dask as tcp://HOST:PORT .* or say local"):
        Dask(named)


def test_processes_of_this_machine_are_not_those_of_a_cluster():
    with pytest.raises(ClusterError, match="--jobs counts processes on this machine"):
        executor_for(2, 100, cluster="tcp://host:8786")
    assert executor_for(2, 100, cluster="local").jobs == 2


def test_what_to_install_is_said_where_dask_is_not(monkeypatch):
    monkeypatch.setattr(cluster_address.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ClusterError, match=r"not installed: pip install 'proofgrade\[cluster\]'"):
        Dask("local")


def test_no_scheduler_ends_with_2_and_how_one_is_started(course, run, tmp_path, monkeypatch):
    monkeypatch.setattr("grader.classroom.cluster_client.CONNECT_TIMEOUT_S", 1)
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    result = run("grade", tmp_path / "class", "--cluster", "tcp://127.0.0.1:1", "--out", tmp_path / "out")
    assert result.code == 2
    assert "no scheduler of Dask answers at tcp://127.0.0.1:1" in result.err
    assert "start one with `dask scheduler`, and workers with `dask worker tcp://127.0.0.1:1`" in result.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("given", [("--cluster", "foo"), ("--cluster", "tcp://127.0.0.1:1", "--jobs", "2")])
def test_what_names_no_cluster_is_refused_also_where_nothing_has_changed(course, run, tmp_path, given):
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    arguments = ("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert [run(*arguments).code for _ in range(2)] == [0, 0]
    assert run(*arguments, *given).code == 2


def test_certificates_are_asked_for_where_the_address_wants_them():
    with pytest.raises(ClusterError, match=r"name no certificates: set distributed\.comm\.tls"):
        list(Dask("tls://127.0.0.1:1").run(tasks("a")))


def test_a_cluster_of_ones_own_listens_nowhere_and_says_nothing(tmp_path, capfd, monkeypatch):
    """Nobody else on the machine can send it anything; Dask's own words reach no terminal."""
    import socket

    listening = []
    real = socket.socket.listen
    monkeypatch.setattr(socket.socket, "listen", lambda self, *most: (real(self, *most), listening.append(self))[0])
    before, given = logging.root.manager.disable, tasks(*"abcdef", log=tmp_path / "log")
    results = Dask("local", 2, work=logged).run(given)
    first = next(results)
    assert [one for one in listening if one.fileno() != -1] == []
    assert [first, *results] == [row(task) for task in given]
    assert capfd.readouterr() == ("", "")
    assert logging.root.manager.disable == before


@pytest.mark.parametrize("there", [(), ("dask-scratch-space",)])
def test_a_cluster_of_ones_own_leaves_nothing_in_the_folder_for_temporary_files(tmp_path, monkeypatch, there):
    """And takes nothing that lies there: everybody on the machine may have put it there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in there:
        (tmp_path / name).write_text("of somebody else")
    given = tasks(*"abc")
    assert list(Dask("local", 2, work=row).run(given)) == [row(task) for task in given]
    left = [path.name for path in tmp_path.iterdir()]
    assert [name for name in left if not name.startswith("pymp-")] == [*there]  # Python removes that when it ends


@pytest.fixture
def started(monkeypatch):
    """The processes that `LocalWorkers` have started."""
    found = []
    real = LocalWorkers.start
    monkeypatch.setattr(LocalWorkers, "start", lambda self: found.append(real(self)) or found[-1])
    return found


def test_the_processes_of_a_cluster_of_ones_own_start_before_dask_and_are_those_that_grade(tmp_path, started):
    given = tasks(*(f"s{number}" for number in range(30)), log=tmp_path / "log")
    results = Dask("local", 2, work=waits_for_another).run(given)
    pids = {worker.pid for worker in started}
    assert len(pids) == 2
    assert list(results) == [row(task) for task in given]
    assert {int(pid) for _, pid in begun(tmp_path / "log")} == pids


def test_a_session_takes_a_process_that_was_started_for_its_work_and_no_other(started):
    with processes_for_sessions(1, logged, None):
        other, own, new = GradingSession(waits_for_another), GradingSession(logged), GradingSession(logged)
        pids = [session._worker.pid for session in (other, own, new)]
        assert [pid == started[0].pid for pid in pids] == [False, True, False]
        assert len(set(pids)) == 3


def test_a_session_hands_on_what_is_packed_and_opens_none_of_it():
    """What ends whoever unpacks it ends the process that grades, and not its host."""
    harmless, deadly = (task.read() for task in tasks("a", "b"))
    deadly = replace(deadly, notes=(EndsItsReader(),))
    requests = [packed_request(7, harmless, with_settings=True), packed_request(8, deadly, with_settings=False)]
    outcome = GradingSession(row).grade(requests)
    answered = [unpacked(answer)[:2] for answer in outcome.answers]
    assert answered in ([], [(7, row(harmless))])  # kept back where it was quick, to be done again
    assert outcome.ended_at == 8


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_cluster_of_ones_own_knows_which_task_of_a_batch_has_ended_its_process(tmp_path, jobs):
    """What was done before it in the batch, and kept back, is graded again; nothing but it is held."""
    log = tmp_path / "log"
    given = tasks(*(f"s{number}" for number in range(40)), "deadly", *(f"t{number}" for number in range(40)), log=log)
    wanted = [held(task, WORKER_ENDED_TWICE) if task.entry.name == "deadly" else row(task) for task in given]
    assert list(Dask("local", jobs, work=kills_itself).run(given)) == wanted
    assert [name for name, _ in begun(log)].count("deadly") == MAX_WORKER_ENDS


class RecordingClient:
    """In place of Dask's: it keeps the batches that are submitted, and answers none."""

    def __init__(self):
        self.batches = []

    def submit(self, function, session, requests, **how):
        self.batches.append([(index, *unpacked(data)) for index, data in requests])
        return SimpleNamespace(release=lambda: None)


def test_settings_are_in_each_batch_until_one_has_come_back_in_whichever_order_they_come(monkeypatch):
    monkeypatch.setattr(ClusterWorker, "_on_loop", lambda self, coroutine: coroutine.close())
    client = RecordingClient()
    worker = ClusterWorker(client, "tcp://nowhere", 1, row, lambda message: None)
    settings = replace(NO_SETTINGS, spec="a spec")
    work = [Task(task.entry, settings).read() for task in tasks(*"abcdef")]
    for batch in (0, 2):
        for index in (batch, batch + 1):
            worker.send(index, work[index])
        worker.flush()
    assert worker.room(8) == 0
    answers = tuple(packed((index, row(work[index]), ())) for index in (0, 1))
    answered = list(worker.taken(1, BatchOutcome(answers, ended_at=None, seconds=0.1)))
    assert [(one.index, one.outcome) for one in answered] == [(0, row(work[0])), (1, row(work[1]))]
    assert worker.room(8) == 4
    worker.send(4, work[4])
    worker.flush()
    found = [[(index, sent.settings) for index, digest, sent in batch] for batch in client.batches]
    bare = NO_SETTINGS
    assert found == [[(0, settings), (1, bare)], [(2, settings), (3, bare)], [(4, bare)]]
    assert {digest for batch in client.batches for _, digest, _ in batch} == {settings.digest}


def test_the_last_batches_get_smaller_but_a_quick_worker_is_not_sent_its_tasks_one_by_one(monkeypatch):
    monkeypatch.setattr(ClusterWorker, "_on_loop", lambda self, coroutine: coroutine.close())
    worker = ClusterWorker(RecordingClient(), "tcp://nowhere", 1, row, lambda message: None)
    assert [worker.room(share) for share in (100, 1, 0)] == [FIRST_BATCH_TASKS, 1, 1]
    worker._size = 64
    assert [worker.room(share) for share in (100, 10, 1, 0)] == [64, 10, 4, 4]


class TwoWorkers:
    """A source of two workers that have shown that they are quick, and answer nothing more."""

    most = 2

    def __init__(self, client):
        self.client = client

    def start(self):
        worker = ClusterWorker(self.client, "tcp://nowhere", 1, row, lambda message: None)
        worker.ready, worker._size = True, MAX_BATCH_TASKS
        return worker


def test_in_the_midst_of_a_class_quick_workers_are_sent_whole_batches(monkeypatch):
    """Each batch costs the process that reads and records: many small ones keep it from that."""
    monkeypatch.setattr(ClusterWorker, "_on_loop", lambda self, coroutine: coroutine.close())
    client = RecordingClient()
    given = WorkerPool(TwoWorkers(client), tasks(*map(str, range(1000))), held)
    given.begin()
    given.begin()
    assert [len(batch) for batch in client.batches] == [MAX_BATCH_TASKS] * 4


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_processes_that_no_session_has_taken_are_ended(started):
    with processes_for_sessions(2, logged, None):
        pids = [worker.pid for worker in started]
        for pid in pids:
            os.kill(pid, 0)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_workers_of_a_cluster_of_ones_own_are_not_watched():
    """What is looked at 50 times a second for Dask's pages, which nobody sees, takes the processor from grading."""
    import dask.config

    from grader.classroom.cluster_client import connected

    with connected("local", 2) as client:
        found = client.run(lambda dask_worker: {**dask_worker.periodic_callbacks}, on_error="raise")
        assert len(found) == 2
        for callbacks in found.values():
            assert "profile" not in callbacks
            assert callbacks["tick"].callback_time == 1000
            assert callbacks["monitor"].callback_time == 3_600_000
    assert dask.config.get("distributed.worker.profile.enabled") is True


def real_versions():
    return installed_versions


class OtherVersions:
    """Other versions here; what is sent to a worker in its place gives those that it has."""

    def __init__(self, **versions):
        self.versions = versions

    def __call__(self):
        return {**installed_versions(), **self.versions}

    def __reduce__(self):
        return real_versions, ()


@pytest.mark.parametrize("name", ["Python", "proofgrade", "numpy"])
def test_a_worker_with_something_else_installed_is_refused(address, monkeypatch, name):
    monkeypatch.setattr("grader.classroom.cluster.installed_versions", OtherVersions(**{name: "0.0.1"}))
    there, said = installed_versions()[name], list[str]()
    with pytest.raises(
        ClusterError, match="no worker of the cluster can be used: install there what is installed here"
    ):
        list(Dask(address, say=said.append).run(tasks("a")))
    (message,) = said  # once, however many threads it has
    assert f"is not used: {name} {there} (here 0.0.1): install the same on both" in message


def test_a_worker_in_this_process_is_not_asked_what_is_installed(monkeypatch):
    asked = []
    monkeypatch.setattr("grader.classroom.cluster.installed_versions", lambda: asked.append("here") or {})
    given = tasks("a", "b")
    assert list(Dask("local", work=row).run(given)) == [row(task) for task in given]
    assert asked == []


def test_a_worker_with_several_threads_hosts_a_process_in_each(address, tmp_path):
    given = tasks(*(f"s{number}" for number in range(30)), log=tmp_path / "log")
    assert list(Dask(address, work=waits_for_another).run(given)) == [row(task) for task in given]
    assert len({pid for _, pid in begun(tmp_path / "log")}) == 2


def test_a_scheduler_that_goes_away_is_said_and_what_came_before_is_kept(cluster_here):
    with cluster_here(1) as cluster:
        results = Dask(cluster.address, work=waits_at_the_third).run(tasks("s0", "s1", "s2"))
        assert [next(results).name, next(results).name] == ["s0", "s1"]
        threading.Timer(0.2, cluster.stop_scheduler).start()
        with pytest.raises(HarnessError, match="the scheduler of the cluster does not answer any more") as error:
            next(results)
        kill_sessions()  # which hosts would wait for
    assert "what was graded until then is kept" in str(error.value)
    assert "give the same command again" in str(error.value)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_worker_that_dies_has_its_submissions_graded_elsewhere(cluster_here, tmp_path):
    with cluster_here(2, in_processes=True) as cluster:
        given = tasks(*(f"s{number}" for number in range(60)), log=tmp_path / "log")
        results = Dask(cluster.address, work=logged).run(given)
        found = [next(results)]
        os.kill(cluster.pids()[0], signal.SIGKILL)
        found += results
        assert found == [row(task) for task in given]
        assert {name for name, _ in begun(tmp_path / "log")} == {task.entry.name for task in given}
