"""A cluster of Dask for tests: a scheduler and workers in this process or in others, reached over the loopback."""

import logging
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import dask.config
from distributed import Client, Nanny, Scheduler, SpecCluster, Worker

from grader.classroom.cluster_client import NO_SERVER


class Cluster(NamedTuple):
    """Where its scheduler is reached, what ends it, and the processes of its workers."""

    address: str
    stop_scheduler: Callable[[], None]
    pids: Callable[[], list[int]]


@contextmanager
def cluster_here(number: int, threads: int = 1, *, in_processes: bool = False) -> Iterator[Cluster]:
    """A cluster with so many workers."""
    where = {"host": "127.0.0.1", "protocol": "tcp://", **NO_SERVER}
    worker = {"cls": Nanny if in_processes else Worker, "options": {"nthreads": threads, "memory_limit": 0, **where}}
    methods = multiprocessing.get_all_start_methods()
    how = {"distributed.worker.multiprocessing-method": "forkserver" if "forkserver" in methods else "spawn"}
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), dask.config.set(how):
            warnings.simplefilter("ignore")
            cluster = SpecCluster(
                workers=dict.fromkeys(range(number), worker), scheduler={"cls": Scheduler, "options": where}
            )
        try:
            yield Cluster(
                cluster.scheduler_address,
                lambda: cluster.sync(cluster.scheduler.close),
                lambda: _pids(cluster.scheduler_address),
            )
        finally:
            # where the scheduler was stopped, it would be looked for half a minute
            with warnings.catch_warnings(), dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
                warnings.simplefilter("ignore")
                cluster.close()
    finally:
        logging.disable(logging.NOTSET)


def _pids(address: str) -> list[int]:
    with Client(address, set_as_default=False) as client:
        return list(client.run(os.getpid).values())
