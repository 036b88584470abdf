"""Connecting to a cluster of Dask, or starting one in this process; nothing of Dask's own talk reaches the terminal."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dask.config
from distributed import Client, Scheduler, Security, SpecCluster, Worker, rpc

from grader.classroom.cluster_address import LOCAL_CLUSTER, ClusterError
from grader.classroom.cluster_worker import kill_sessions
from grader.classroom.private_folder import PrivateFolder
from grader.classroom.workers import interrupts_are_for_us

CONNECT_TIMEOUT_S = 10
CLUSTER_CLOSE_TIMEOUT_S = 10

NO_SERVER = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""No dashboard; Dask opens a port for its pages all the same, which is closed again (`_without_pages`)."""


UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "1h",
}
"""A cluster of one's own is not watched by anybody: what its threads are at, and what the machine is used for, would be
looked at 50 and more times a second, in the process that reads and keeps."""


@contextmanager
def connected(address: str, jobs: int) -> Iterator[Client]:
    """A client of the scheduler at an address, or of a cluster of so many workers in this process.

    Raises:
        ClusterError: if there is no scheduler.
    """
    with _quiet():
        if address == LOCAL_CLUSTER:
            with _local_cluster(jobs) as cluster, _client(cluster) as client:
                yield client
        else:
            _refuse_no_scheduler(address)
            with _client(address) as client:
                yield client


def _refuse_no_scheduler(address: str) -> None:
    """ClusterError where no scheduler answers in time: a client of something else waits for ever."""
    security = Security()
    if address.startswith("tls://") and security.tls_ca_file is None:
        raise ClusterError(f"{address}: Dask's settings name no certificates: set distributed.comm.tls, or use tcp://")
    try:
        kind = asyncio.run(asyncio.wait_for(_kind_of(address, security), CONNECT_TIMEOUT_S))
    except (OSError, ValueError, TypeError, MemoryError) as error:
        kind = type(error).__name__
    if kind != "Scheduler":
        raise ClusterError(
            f"no scheduler of Dask answers at {address} ({kind}): start one with `dask scheduler`, and workers with "
            f"`dask worker {address}`; or grade on this machine, with --jobs"
        )


async def _kind_of(address: str, security: Security) -> str:
    """What answers at an address."""
    arguments = security.get_connection_args("client")
    async with rpc(address, timeout=CONNECT_TIMEOUT_S, connection_args=arguments) as there:
        return str((await there.identity())["type"])


@contextmanager
def _client(cluster: SpecCluster | str) -> Iterator[Client]:
    with _no_warnings():
        client = Client(cluster, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
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
    options = {"nthreads": 1, "memory_limit": 0, **NO_SERVER}
    settings = {**UNWATCHED, "temporary-directory": str(folder.path)}  # else the scheduler's own stays in a shared one
    try:
        with _no_warnings(), interrupts_are_for_us(), dask.config.set(settings):
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
