"""A cluster of Dask for tests: a scheduler and workers in this process, reached over the loopback."""

import logging
import warnings
from contextlib import contextmanager

from distributed import Scheduler, SpecCluster, Worker

from grader.classroom.cluster_client import NO_SERVER


@contextmanager
def cluster_in_process(number, threads=1):
    """The address of its scheduler."""
    where = {"host": "127.0.0.1", "protocol": "tcp://", **NO_SERVER}
    worker = {"cls": Worker, "options": {"nthreads": threads, "memory_limit": 0, **where}}
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cluster = SpecCluster(
                workers=dict.fromkeys(range(number), worker), scheduler={"cls": Scheduler, "options": where}
            )
        try:
            yield cluster.scheduler_address
        finally:
            cluster.close()
    finally:
        logging.disable(logging.NOTSET)
