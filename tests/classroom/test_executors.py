"""Where the work is done: an interrupt ends it, at whatever moment it comes."""

import concurrent.futures
from contextlib import contextmanager

import pytest

from grader.classroom import executors


class Pool:
    """Stands in for the processes, and remembers how it was shut down."""

    def __init__(self, *_):
        self.cancelled = None
        Pool.last = self

    def map(self, work, tasks, chunksize):
        return iter(tasks)

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.cancelled = cancel_futures


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", Pool)
    return Pool


def test_an_interrupt_before_the_first_result_cancels_what_is_queued(pool, monkeypatch):
    """It waits while processes are started, and comes before the iterator over their results has begun."""

    @contextmanager
    def interrupted():
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(executors, "_interrupts_are_for_us", interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(executors.Processes(2).run(["a", "b"]))
    assert pool.last.cancelled is True


def test_an_interrupt_between_results_cancels_what_is_queued(pool):
    results = executors.Processes(2).run(["a", "b", "c"])
    assert next(results) == "a"
    results.close()
    assert pool.last.cancelled is True


def test_the_results_come_in_the_order_of_the_tasks(pool):
    assert list(executors.Processes(2).run(["a", "b", "c"])) == ["a", "b", "c"]


def test_one_job_needs_no_other_process():
    assert isinstance(executors.executor_for(1), executors.InProcess)
    assert executors.executor_for(3).jobs == 3
