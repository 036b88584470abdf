"""Tasks that wait for a worker, and which of them a worker is given: of those that are alike one worker does all.

It knows the verdicts on the answers of the first, and no other has to find them out. The rule: a task that is like one
that was given to another worker is set aside for that one, as long as few are; whoever has nothing else to do takes
those as well. So no worker waits while there is something to do, and which one did it changes nothing of a result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

MAX_SET_ASIDE_TASKS = 32
"""For one worker, beside those that it has been given: while another takes as many as a worker has at once, it passes
over about as many that are meant for this one, and where they have no room it finds out what this one knows."""

MAX_SET_ASIDE_BYTES = 64 << 10
"""Of the files of one task: they are in memory as long as it is set aside."""

MAX_WORKERS_BY_CONTENT = 2_000
"""Contents of which it is known who was given the first task with it; a worker knows the verdicts on about as many."""


class WaitingTasks:
    """Tasks by their numbers, each of which is read when a worker is there for it; workers go by their `id`.

    `todo` are those that nobody is meant for.
    """

    def __init__(self, read: Callable[[int], Any]) -> None:
        """`read` gives the work on a task, which says what it is like (`likeness`); None: the task is done with."""
        self.todo: deque[int] = deque()
        self._read = read
        self._set_aside: dict[int, deque[tuple[int, Any]]] = {}
        self._count_aside = 0  # so that no look at how many wait goes through all workers
        self._workers: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self.todo) + self._count_aside

    def put_back(self, indices: Sequence[int]) -> None:
        """Tasks that come before all others, in this order."""
        self.todo.extendleft(reversed(indices))

    def next_for(self, worker: int) -> tuple[int, Any] | None:
        """The next task for a worker, with the work on it; None if there is none."""
        if self._set_aside.get(worker):
            return self._taken_from(worker)
        while self.todo:
            index = self.todo.popleft()
            if (work := self._read(index)) is None:
                continue
            if (other := self._meant_for(work, worker)) == worker:
                return index, work
            self._set_aside.setdefault(other, deque()).append((index, work))
            self._count_aside += 1
        if not self._count_aside:
            return None
        return self._taken_from(max(self._set_aside, key=lambda other: len(self._set_aside[other])))

    def _taken_from(self, worker: int) -> tuple[int, Any]:
        self._count_aside -= 1
        return self._set_aside[worker].popleft()

    def forget(self, worker: int) -> None:
        """Called when a worker has ended: what was set aside for it is anybody's."""
        left = self._set_aside.pop(worker, ())
        self._count_aside -= len(left)
        self.put_back([index for index, _ in left])
        self._workers = {likeness: other for likeness, other in self._workers.items() if other != worker}

    def _meant_for(self, work: Any, worker: int) -> int:
        """The worker that was given what is like this, if more may be set aside for it; else the one that asks."""
        if not work.likeness:
            return worker
        other = self._workers.setdefault(work.likeness, worker)
        if len(self._workers) > MAX_WORKERS_BY_CONTENT:
            del self._workers[next(iter(self._workers))]
        has_room = len(self._set_aside.get(other, ())) < MAX_SET_ASIDE_TASKS
        return other if has_room and work.byte_count <= MAX_SET_ASIDE_BYTES else worker
