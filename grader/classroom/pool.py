"""Work in several processes: which worker has which tasks, and what happens to them if a worker ends by itself.

Where workers come from is a `WorkerSource`: processes that are started here, or those of a cluster. Of a worker that
has ended only the tasks that it may have been at are in doubt. Each of them is tried once more, alone in a worker that
has nothing else to do; if that one ends too, it is held and all others are graded.

The parent holds a bounded number of tasks and results, however large the class is: a submission is read when a worker
is there for it, and nothing is begun that is too far ahead of the first result which is still awaited.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from grader.classroom.shared_verdicts import SharedVerdict, is_worth_telling
from grader.classroom.waiting_tasks import WaitingTasks
from grader.deferred import dataclass
from grader.errors import SpecError, reason_of
from grader.kinds.open_submission import Resources

PoolWork = Callable[[Any, Resources], Any]
"""Does the work on a task, such as grading a submission; the resources are those of the process that it runs in.

Work is a dataclass with `settings` that many tasks share (they have a `digest`), a `byte_count`, what it is `told`, and
a `likeness`: where those of two tasks are equal, whoever did the one has less to do for the other (empty: for none).
"""

Result = TypeVar("Result")

WINDOW_PER_WORKER = 256
"""How many tasks may be begun ahead of the first that has no result: results that wait for their turn are kept.

Half of them wait while workers of a cluster have two batches each, so that the next are as large.
"""

MAX_WORKER_ENDS = 2
"""A task at which so many workers have ended is held."""

MAX_FAILED_STARTS = 5
"""Workers in a row that may end before their first task; then no more are started."""

WORKER_ENDED_TWICE = "the process that graded this ended twice; grade it again, alone or on a machine with more memory"
NO_WORKER_STARTED = f"{MAX_FAILED_STARTS} processes to grade it ended before they could begin"


class PoolTask(Protocol):
    """What is to be done; the work on it is read when a worker is there for it."""

    def read(self) -> Any: ...


class WorkerHandle(Protocol):
    """A worker as the pool sees it. `queued`: the tasks it was sent and has not answered, in their order.

    `ready`: it has begun to take tasks; `alone`: it may be sent no other until it has answered.
    """

    queued: list[int]
    ready: bool
    alone: bool

    @property
    def is_fresh(self) -> bool:
        """Whether it may take a task that is in doubt."""

    def room(self, share: int) -> int:
        """How many more tasks it may be sent now; `share` is how many of those that wait would be its own."""

    def send(self, index: int, work: Any) -> None:
        """Gives it a task; that it has ended is heard later."""

    def flush(self) -> None:
        """Called when it has been sent all that it gets for now."""

    def in_doubt(self) -> list[int]:
        """Of those in `queued`, the ones that it may have been at when it ended."""


@dataclass(frozen=True)
class WorkerReady:
    """A worker has begun to take tasks."""

    worker: WorkerHandle


@dataclass(frozen=True)
class TaskAnswered:
    """A worker has done a task, or could not (`outcome` is the exception).

    `learned` are verdicts that spare other workers some work.
    """

    worker: WorkerHandle
    index: int
    outcome: Any
    learned: tuple[SharedVerdict, ...] = ()


@dataclass(frozen=True)
class WorkerEnded:
    """A worker has ended by itself; `is_failure` False: it went before it had begun, for a reason of its own."""

    worker: WorkerHandle
    is_failure: bool = True


WorkerEvent = WorkerReady | TaskAnswered | WorkerEnded


class WorkerSource(Protocol):
    """Where workers come from."""

    @property
    def most(self) -> int:
        """How many there may be now."""

    def start(self) -> WorkerHandle | None:
        """A further worker; None if there is none to be had at present.

        Raises:
            OSError: if it cannot be started.
        """

    def listen(self) -> Iterator[WorkerEvent]:
        """What workers have to say; waits until there is something, but not for long.

        Raises:
            HarnessError: if none of them can be reached any more.
        """

    def close(self, *, at_once: bool) -> None:
        """Ends the workers: `at_once`, whatever they are doing, or as soon as they have nothing to do."""


class WorkerPool(Generic[Result]):
    """The tasks of one run, given to the workers of a source, which is closed by whoever made it."""

    def __init__(self, source: WorkerSource, tasks: Iterable[PoolTask], held: Callable[[Any, str], Result]) -> None:
        """`held` makes the result of a task that could not be done, and why."""
        self._source = source
        self._held = held
        self._coming = iter(tasks)
        self._tasks: dict[int, PoolTask] = {}  # those that are begun and have no result
        self._begun = 0
        self._returned = 0
        self._waiting = WaitingTasks(self._read)
        self._in_doubt: deque[int] = deque()
        self._worker_ends: Counter[int] = Counter()
        self._failed_starts = 0
        self._why_not_started = NO_WORKER_STARTED
        self._workers: list[WorkerHandle] = []
        self._untold: dict[int, list[SharedVerdict]] = {}  # by the id of a worker: what others have found out
        self._results: dict[int, Result] = {}

    def begin(self) -> None:
        """Starts workers for the first tasks, and waits for none of them."""
        self._take_more()
        self._assign()

    def results(self) -> Iterator[Result]:
        """One a task, in the order of the tasks.

        Raises:
            SpecError: if a worker cannot use the spec.
            HarnessError: if no worker can be reached any more.
        """
        self._take_more()
        while self._returned < self._begun:
            while self._returned not in self._results:
                self._assign()
                if self._returned in self._results:
                    break
                for event in self._source.listen():
                    self._hear(event)
            result = self._results.pop(self._returned)
            self._returned += 1
            self._take_more()
            yield result

    def _take_more(self) -> None:
        """Takes tasks into the window."""
        window = WINDOW_PER_WORKER * max(1, self._source.most)
        while self._begun < self._returned + window and (task := next(self._coming, None)) is not None:
            self._tasks[self._begun] = task
            self._waiting.todo.append(self._begun)
            self._begun += 1

    def _assign(self) -> None:
        """Starts the workers that are wanted and hands out tasks."""
        self._start_workers()
        for worker in self._workers:
            self._hand_out(worker)

    # ------------------------------------------------------------- workers
    def _start_workers(self) -> None:
        while self._wants_worker() and self._failed_starts < MAX_FAILED_STARTS:
            try:
                worker = self._source.start()
            except OSError as error:  # no memory, no more processes or files: as if it had ended at once
                self._failed_starts += 1
                self._why_not_started = f"no process to grade it could be started: {reason_of(error)}"
                continue
            if worker is None:
                return
            self._workers.append(worker)
        if self._failed_starts >= MAX_FAILED_STARTS:
            self._hold_all(self._in_doubt)
            if not self._workers:
                self._hold_all(self._waiting.todo)

    def _wants_worker(self) -> bool:
        """Whether a task waits for a worker, and another may be started."""
        fresh = sum(worker.is_fresh and not worker.alone for worker in self._workers)
        idle = sum(not worker.queued for worker in self._workers)
        waiting = fresh < len(self._in_doubt) or idle < len(self._waiting) + len(self._in_doubt)
        return waiting and len(self._workers) < self._source.most

    def _hold_all(self, indices: deque[int]) -> None:
        while indices:
            self._hold(indices.popleft(), self._why_not_started)

    def _hold(self, index: int, reason: str) -> None:
        self._results[index] = self._held(self._tasks.pop(index), reason)

    def _hand_out(self, worker: WorkerHandle) -> None:
        """Tasks for a worker: one that is in doubt goes alone to a worker that has nothing else to do."""
        if not worker.ready or worker.alone:
            return
        while self._in_doubt and worker.is_fresh and not worker.alone:
            index = self._in_doubt.popleft()
            if (work := self._read(index)) is not None:
                worker.alone = True
                self._send(worker, index, work)
        share = len(self._waiting) // (2 * max(1, len(self._workers)))  # the last ones go one by one
        while not worker.alone and worker.room(share) > 0 and (found := self._waiting.next_for(id(worker))) is not None:
            self._send(worker, *found)
        worker.flush()

    def _read(self, index: int) -> Any:
        """The work on a task; None where it cannot be read, and is held."""
        try:
            return self._tasks[index].read()
        except Exception as error:  # ours: whatever a student hands in is read or said to be unreadable
            self._hold(index, f"{type(error).__name__}: {error}")
            return None

    def _send(self, worker: WorkerHandle, index: int, work: Any) -> None:
        told = tuple(self._untold.pop(id(worker), ()))
        worker.send(index, replace(work, told=told) if told else work)

    def _hear(self, event: WorkerEvent) -> None:
        if isinstance(event, WorkerReady):
            event.worker.ready, self._failed_starts = True, 0
        elif isinstance(event, WorkerEnded):
            self._replace(event)
        else:
            learned = [one for one in event.learned if is_worth_telling(one.judging_s, len(self._workers))]
            for other in self._workers if learned else ():
                if other is not event.worker:
                    self._untold.setdefault(id(other), []).extend(learned)
            self._take_answer(event.worker, event.index, event.outcome)

    def _take_answer(self, worker: WorkerHandle, index: int, outcome: Any) -> None:
        if isinstance(outcome, SpecError):
            raise outcome
        worker.queued.remove(index)
        worker.alone = False
        if isinstance(outcome, BaseException):
            self._hold(index, f"{type(outcome).__name__}: {outcome}")
        else:
            del self._tasks[index]
            self._results[index] = outcome

    def _replace(self, event: WorkerEnded) -> None:
        """Puts back what a worker that has ended was given, and sees to what it may have been at.

        Where that may have been one of several, none of them is known to have ended it, and it counts for none.
        """
        worker = event.worker
        self._workers.remove(worker)
        self._untold.pop(id(worker), None)
        self._waiting.forget(id(worker))
        if not worker.ready:
            self._failed_starts += event.is_failure
            self._why_not_started = NO_WORKER_STARTED
            return
        doubtful = worker.in_doubt()
        self._waiting.put_back([index for index in worker.queued if index not in doubtful])
        for index in doubtful:
            self._worker_ends[index] += len(doubtful) == 1
            if self._worker_ends[index] < MAX_WORKER_ENDS:
                self._in_doubt.append(index)
            else:
                self._hold(index, WORKER_ENDED_TWICE)
