"""Grading on a cluster of Dask: its workers, as the pool sees them. Imported only where a cluster is asked for.

Each thread of a worker hosts one process that grades (`cluster_worker`). Submissions go there in batches, since each
message has its price; which worker gets which one is decided by the pool, as for processes on one machine.
"""

from __future__ import annotations

import asyncio
import platform
import queue
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.classroom.cluster_address import ClusterError
from grader.classroom.cluster_worker import BatchOutcome, GradingSession, grade_batch
from grader.classroom.pool import PoolWork, TaskAnswered, WorkerEnded, WorkerEvent, WorkerReady
from grader.classroom.versions import NOT_INSTALLED, PYTHON, differences, installed_versions
from grader.classroom.work import Work
from grader.classroom.worker_requests import PackedRequest, packed_request, unpacked
from grader.classroom.workers import doubtful_tasks
from grader.errors import HarnessError
from grader.fingerprint import DISTRIBUTION

if TYPE_CHECKING:
    from distributed import Client, Future

POLL_S = 0.5
"""How often it is looked which workers there are."""

IN_THIS_PROCESS = "inproc://"
"""How the addresses of workers begin that are threads of this process: those of a local cluster."""

ANSWER_TIMEOUT_S = 30.0
"""A scheduler or worker that does not answer for so long is gone."""

NO_WORKER_TIMEOUT_S = 60.0
"""How long a cluster may have no worker; one that is started anew needs some seconds."""

MAX_BATCH_TASKS, MAX_BATCH_BYTES = 64, 4 << 20
FIRST_BATCH_TASKS = 2
SHORT_BATCH_S, LONG_BATCH_S = 0.25, 1.0
"""A batch that took less than the first is followed by one of twice its size, one that took more than the second by
one of half of it: the price of a message is small beside it, and nobody waits long for a result."""

MAX_PARTS_OF_BATCH = 16
"""At the end of a class batches get smaller, so that all workers end at about the same time: down to such a part of
what a worker does in a whole one."""


@dataclass(frozen=True)
class _BatchDone:
    """A batch came back; None: it did not, and nobody knows why."""

    worker: ClusterWorker
    number: int
    outcome: BatchOutcome | None


@dataclass(frozen=True)
class _Refused:
    """A worker cannot be used, and why."""

    worker: ClusterWorker
    reason: str


@dataclass
class _Batch:
    """Requests that are sent together, and the digests of the settings that are among them."""

    requests: list[PackedRequest] = field(default_factory=list)
    settings: set[str] = field(default_factory=set)

    @property
    def byte_count(self) -> int:
        return sum(len(data) for _, data in self.requests)


class _SentBatch(NamedTuple):
    """What comes of a batch, and the digests of the settings that were in it."""

    future: Future[BatchOutcome]
    settings: set[str]


_Message = WorkerEvent | _BatchDone | _Refused


class ClusterWorkers:
    """A `WorkerSource`: the workers of a cluster that has been connected to."""

    def __init__(self, client: Client, work: PoolWork, say: Callable[[str], None]) -> None:
        """`say` gets a sentence for each worker that cannot be used."""
        self._client = client
        self._work = work
        self._say = say
        self._messages: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._threads: dict[str, int] = {}
        self._refused: set[str] = set()
        self._workers: list[ClusterWorker] = []
        self._looked = self._had_some = time.monotonic()
        self._look()

    @property
    def most(self) -> int:
        """The threads of all workers that can be used, as far as is known."""
        return sum(threads for address, threads in self._threads.items() if address not in self._refused)

    def start(self) -> ClusterWorker | None:
        """The next thread that hosts none."""
        used = Counter(worker.address for worker in self._workers)
        for address, threads in self._threads.items():
            if used[address] < threads and address not in self._refused:
                ahead = 1 if threads == 1 else 0  # threads take batches in any order
                worker = ClusterWorker(self._client, address, ahead, self._work, self._messages.put)
                self._workers.append(worker)
                return worker
        return None

    def listen(self) -> Iterator[WorkerEvent]:
        """What workers have to say; waits until there is something, but not for long.

        Raises:
            ClusterError: if no worker can be used.
            HarnessError: if the scheduler is gone, or has had no worker for long.
        """
        with suppress(queue.Empty):
            message = self._messages.get(timeout=POLL_S)
            while True:
                yield from self._events_of(message)
                message = self._messages.get_nowait()
        if self._client.status != "running":
            raise self._is_gone()
        if time.monotonic() - self._looked >= POLL_S:
            self._look()
            for worker in [worker for worker in self._workers if worker.address not in self._threads]:
                yield from self._events_of(WorkerEnded(worker))

    def close(self, *, at_once: bool) -> None:
        """Takes back what has not been begun; what workers host ends with the last batch that is under way."""
        for worker in self._workers:
            worker.release()
        self._workers.clear()

    def _events_of(self, message: _Message) -> Iterator[WorkerEvent]:
        worker = next((one for one in self._workers if one is message.worker), None)
        if worker is None:  # it was given up before
            return
        if isinstance(message, _Refused):
            if worker.address not in self._refused:  # said once, however many threads it has
                self._refused.add(worker.address)
                self._say(f"the worker {worker.address} is not used: {message.reason}")
            message = WorkerEnded(worker, is_failure=False)
        elif isinstance(message, _BatchDone):
            yield from worker.taken(message.number, message.outcome)
            if message.outcome is not None and message.outcome.ended_at is None:
                return
            message = WorkerEnded(worker)
        if isinstance(message, WorkerEnded):
            self._workers = [one for one in self._workers if one is not worker]
            worker.release()
        yield message

    def _look(self) -> None:
        """Looks which workers there are."""
        try:
            self._threads = dict(self._client.nthreads(callback_timeout=ANSWER_TIMEOUT_S))
        except Exception as error:  # whatever a connection can end with
            raise self._is_gone() from error
        self._looked = time.monotonic()
        if self.most:
            self._had_some = self._looked
        elif self._threads:
            raise ClusterError("no worker of the cluster can be used: install there what is installed here")
        elif self._looked - self._had_some > NO_WORKER_TIMEOUT_S:
            start = f"start some with: dask worker {self._scheduler}"
            raise HarnessError(f"the cluster has had no worker for {NO_WORKER_TIMEOUT_S:.0f} seconds: {start}")

    @property
    def _scheduler(self) -> str:
        return str(self._client.scheduler_info().get("address", ""))

    def _is_gone(self) -> HarnessError:
        return HarnessError(
            "the scheduler of the cluster does not answer any more: what was graded until then is kept; start it and "
            "its workers again, and give the same command again"
        )


class ClusterWorker:
    """A process that grades, hosted by a worker of the cluster, as the pool sees it."""

    def __init__(
        self, client: Client, address: str, ahead: int, work: PoolWork, tell: Callable[[_Message], None]
    ) -> None:
        """`ahead`: batches that it may be sent beside the one that it is at."""
        self.address = address
        self.queued: list[int] = []
        self.ready = False
        self.alone = False
        self._client = client
        self._work = work
        self._tell = tell
        self._most_batches = 1 + ahead
        self._size = FIRST_BATCH_TASKS
        self._batch = _Batch()
        self._batches: dict[int, _SentBatch] = {}
        self._count = 0
        self._ended_at: int | None = None
        self._session: Future[GradingSession] | None = None
        self._settings: set[str] = set()  # those that its process has for certain
        self._on_loop(self._begin())

    @property
    def is_fresh(self) -> bool:
        """Whether it has nothing to do."""
        return not self.queued

    def room(self, share: int) -> int:
        """How many more tasks it may be sent now."""
        if len(self._batches) >= self._most_batches or self._batch.byte_count >= MAX_BATCH_BYTES:
            return 0
        return min(self._size, max(1, share, self._size // MAX_PARTS_OF_BATCH)) - len(self._batch.requests)

    def send(self, index: int, work: Work) -> None:
        """Adds a task to the next batch; with its settings, as long as no batch that held them has come back.

        Raises:
            Exception: what pickling the work raises.
        """
        digest = work.settings.digest
        is_known = digest in self._settings or digest in self._batch.settings
        self._batch.requests.append(packed_request(index, work, with_settings=not is_known))
        self._batch.settings.add(digest)
        self.queued.append(index)

    def flush(self) -> None:
        """Sends what was added."""
        batch, self._batch = self._batch, _Batch()
        if not batch.requests:
            return
        self._count += 1
        sent = _SentBatch(self._submit(grade_batch, self._session, batch.requests), batch.settings)
        self._batches[self._count] = sent
        self._on_loop(self._follow(self._count, sent.future))

    def taken(self, number: int, outcome: BatchOutcome | None) -> Iterator[TaskAnswered]:
        """What came of a batch."""
        batch = self._batches.pop(number)
        batch.future.release()
        if outcome is None:
            return
        self._ended_at = outcome.ended_at
        if outcome.ended_at is None:
            self._settings |= batch.settings
        if outcome.seconds < SHORT_BATCH_S:
            self._size = min(2 * self._size, MAX_BATCH_TASKS)
        elif outcome.seconds > LONG_BATCH_S:
            self._size = max(1, self._size // 2)
        for answer in outcome.answers:
            yield TaskAnswered(self, *unpacked(answer))

    def in_doubt(self) -> list[int]:
        """The task that it was at; all of them, where its host has gone with it."""
        return doubtful_tasks(self.queued, self._ended_at) if self._ended_at is not None else list(self.queued)

    def release(self) -> None:
        """Takes back what it was sent; its process ends when nothing of it is under way."""
        for future in (*(batch.future for batch in self._batches.values()), self._session):
            if future is not None:
                with suppress(Exception):  # the cluster may be gone
                    future.cancel()

    # ------------------------------------------------------------- on the client's event loop
    def _on_loop(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._client.submit(function, *arguments, workers=[self.address], allow_other_workers=False, pure=False)

    async def _begin(self) -> None:
        try:
            if found := await asyncio.wait_for(self._differences(), ANSWER_TIMEOUT_S):
                self._tell(_Refused(self, f"{'; '.join(found)}: install the same on both"))
                return
            self._session = self._submit(GradingSession, self._work)
            self._tell(WorkerReady(self) if await self._session.exception() is None else WorkerEnded(self))
        except Exception:  # whatever a connection can end with
            self._tell(WorkerEnded(self))

    async def _differences(self) -> Sequence[str]:
        """What is installed there and is not here, in words; what is not Python's own is only called where it is.

        A worker in this process has what is here, and is not asked.
        """
        if self.address.startswith(IN_THIS_PROCESS):
            return ()
        here = installed_versions()
        python = await self._called(platform.python_version)
        if python != here[PYTHON]:
            return differences({PYTHON: here[PYTHON]}, {PYTHON: str(python)})
        if isinstance(await self._called(metadata.version, DISTRIBUTION), Exception):
            return [f"{DISTRIBUTION} is {NOT_INSTALLED}"]
        there = await self._called(installed_versions)
        if isinstance(there, Exception):
            return [f"{DISTRIBUTION} there is another version ({there})"]
        return differences(here, there)

    async def _called(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a function returns or raises there; it is called beside whatever the worker does."""
        answers = await self._client.run(function, *arguments, workers=[self.address], on_error="return")
        return answers[self.address]

    async def _follow(self, number: int, future: Future[BatchOutcome]) -> None:
        outcome: BatchOutcome | None = None
        with suppress(Exception):  # its host has ended, or the scheduler: the pool sees to what it was sent
            (outcome,) = await self._client.gather([future], asynchronous=True)
        self._tell(_BatchDone(self, number, outcome))
