"""Connecting to a cluster of Dask, or starting one in this process; nothing of Dask's own talk reaches the terminal."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from distributed import Client, Scheduler, SpecCluster, Worker

from grader.classroom.cluster import ClusterError
from grader.classroom.cluster_worker import kill_sessions
from grader.classroom.private_folder import PrivateFolder
from grader.classroom.workers import interrupts_are_for_us

LOCAL = "local"
"""In place of a scheduler's address: a cluster of one's own on this machine."""

CONNECT_TIMEOUT_S = 10
CLUSTER_CLOSE_TIMEOUT_S = 10

NO_SERVER = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""No dashboard; Dask opens a port for its pages all the same, which is closed again (`_without_pages`)."""


@contextmanager
def connected(address: str, jobs: int) -> Iterator[Client]:
    """A client of the scheduler at an address, or of a cluster of so many workers in this process.

    Raises:
        ClusterError: if there is no scheduler.
    """
    with _quiet():
        if address == LOCAL:
            with _local_cluster(jobs) as cluster, _client(cluster) as client:
                yield client
        else:
            with _client(address) as client:
                yield client


@contextmanager
def _client(cluster: SpecCluster | str) -> Iterator[Client]:
    try:
        with _no_warnings():
            client = Client(cluster, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
        raise ClusterError(
            f"no scheduler of Dask answers at {cluster} ({type(error).__name__}): start one with `dask scheduler`, and "
            f"workers with `dask worker {cluster}`; or grade on this machine, with --jobs"
        ) from None
    try:
        yield client
    finally:
        with _no_warnings(), suppress(Exception):  # the scheduler may be gone
            client.close(timeout=CLUSTER_CLOSE_TIMEOUT_S)


@contextmanager
def _local_cluster(jobs: int) -> Iterator[SpecCluster]:
    """A scheduler and workers in this process, which talk through its memory and listen nowhere.

    So nobody else on the machine can send them anything. Each worker hosts a process of its own that grades.
    """
    folder = PrivateFolder()
    options = {"nthreads": 1, "memory_limit": 0, "local_directory": str(folder.path), **NO_SERVER}
    try:
        with _no_warnings(), interrupts_are_for_us():
            cluster = SpecCluster(
                workers={number: {"cls": Worker, "options": options} for number in range(jobs)},
                scheduler={"cls": Scheduler, "options": {"protocol": "inproc://", **NO_SERVER}},
                silence_logs=logging.CRITICAL,
            )
        try:
            _without_pages(cluster)
            yield cluster
        finally:
            kill_sessions()  # after Ctrl-C they may be at something long; else they have nothing to do
            with _no_warnings():
                cluster.close(timeout=CLUSTER_CLOSE_TIMEOUT_S)
    finally:
        folder.close()


def _without_pages(cluster: SpecCluster) -> None:
    async def stop() -> None:
        for server in (cluster.scheduler, *cluster.workers.values()):
            server.http_server.stop()

    cluster.sync(stop)


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing is logged in here: Dask and what it rests on log to stderr, from threads of their own."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
