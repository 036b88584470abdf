"""Workers that are forked of a process that has imported the grader, where a test asks nothing of how they start.

A worker that is spawned, as those of users are, imports all of it each time. In `tests/classroom`, `test_determinism`,
`test_grade` and `test_killed_processes` have real ones.
"""

import multiprocessing
import os
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext

import pytest

from grader.classroom.worker_process import serve


class _ForkedWorkers(ForkServerContext):
    def Process(self, *, target, args, daemon):  # noqa: N802  # as the context that it stands in for has it
        assert target is serve
        return super().Process(target=_serve_under_fork_server, args=args[:3], daemon=daemon)


def _serve_under_fork_server(connection, at, work):
    """The parent of what is forked is the process that forks."""
    serve(connection, at, work, os.getppid())


@contextmanager
def forked():
    """In here, also those of a cluster."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield
        return
    real = multiprocessing.get_context
    multiprocessing.set_forkserver_preload(["distributed", "grader.classroom.cluster_worker", "tests.classroom.works"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            multiprocessing, "get_context", lambda method=None: _ForkedWorkers() if method == "spawn" else real(method)
        )
        yield


@pytest.fixture(scope="module", autouse=True)
def forked_workers():
    """For all tests of a file."""
    with forked():
        yield
