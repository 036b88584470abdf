"""Submissions that hold the same go to one worker, which knows the verdicts; nobody waits for that."""

import random
from types import SimpleNamespace

import pytest

from grader.classroom import waiting_tasks
from grader.classroom.pool import TaskAnswered, WorkerEnded, WorkerPool, WorkerReady
from grader.classroom.waiting_tasks import MAX_SET_ASIDE_BYTES, MAX_SET_ASIDE_TASKS, WaitingTasks
from grader.classroom.work import Task
from grader.classroom.worker_requests import MAX_QUEUED_TASKS

from .test_executors import held, names
from .works import row, tasks

A, B = 1, 2
"""Two workers."""


def waiting(contents, byte_count=1):
    """Tasks with these contents, all of which are known by a number."""

    def read(index):
        content = contents[index]
        return None if content is None else SimpleNamespace(likeness=content, byte_count=byte_count)

    made = WaitingTasks(read)
    made.todo.extend(range(len(contents)))
    return made


def given(made, *workers):
    """The numbers of the tasks that workers get who ask in this order."""
    found = [made.next_for(worker) for worker in workers]
    return [task and task[0] for task in found]


def test_what_is_like_a_task_of_another_worker_is_set_aside_for_that_one():
    made = waiting("xyxyzx")
    assert given(made, A, B) == [0, 1]
    assert given(made, B) == [3]
    assert len(made) == 3
    assert given(made, B) == [4]
    assert given(made, A, A) == [2, 5]
    assert given(made, A, B) == [None, None]


def test_whoever_has_nothing_else_to_do_takes_what_is_set_aside():
    made = waiting("xxxx")
    assert given(made, A, B, A, B, A, B) == [0, 1, 2, 3, None, None]


def test_few_tasks_are_set_aside_for_one_worker():
    made = waiting("x" * (MAX_SET_ASIDE_TASKS + 5))
    assert given(made, A, B) == [0, 1 + MAX_SET_ASIDE_TASKS]
    assert given(made, A, A, B) == [1, 2, 4 + MAX_SET_ASIDE_TASKS]


def test_of_workers_that_take_whole_messages_one_alone_gets_what_is_alike():
    """Most of 600 hand in what somebody else hands in, too: each content is known to one worker alone."""
    contents = random.Random(3).choices(range(300), k=600)
    made, known = waiting(contents), {A: set(), B: set()}
    for worker in (A, B) * 18:
        known[worker] |= {contents[task] for task in given(made, *[worker] * MAX_QUEUED_TASKS)}
    assert not known[A] & known[B]


@pytest.mark.parametrize(
    ("content", "byte_count"), [("", 1), ("x", MAX_SET_ASIDE_BYTES + 1)], ids=["like no other", "large"]
)
def test_tasks_that_are_like_no_other_or_large_are_anybodys(content, byte_count):
    assert given(waiting([content] * 4, byte_count), A, B, B, A) == [0, 1, 2, 3]


def test_a_task_that_cannot_be_read_is_passed_over():
    assert given(waiting(["x", None, None, "x"]), A, A, A) == [0, 3, None]


def test_what_was_set_aside_for_a_worker_that_ended_is_anybodys_and_it_knows_nothing_any_more():
    made = waiting("xyxxx")
    assert given(made, A, B, B) == [0, 1, 2]
    made = waiting("xyxxzx")
    assert given(made, A, B, B) == [0, 1, 4]
    made.forget(A)
    made.put_back([0])
    assert given(made, B, B, B, B, B) == [0, 2, 3, 5, None]
    assert len(made) == 0


def test_of_contents_only_so_many_are_remembered(monkeypatch):
    monkeypatch.setattr(waiting_tasks, "MAX_WORKERS_BY_CONTENT", 2)
    made = waiting("abcax")
    assert given(made, A, A, A, B) == [0, 1, 2, 3]


class Answering:
    """A worker that answers its tasks in their order, with room for two."""

    ready = alone = False

    def __init__(self):
        self.queued, self.contents, self.is_fresh, self.most_queued = [], [], True, 0
        self.names = {}

    def room(self, share):
        return max(1, min(2, share)) - len(self.queued)

    def send(self, index, work):
        self.queued.append(index)
        self.names[index] = work.name
        self.contents.append(work.likeness)
        self.is_fresh = False
        self.most_queued = max(self.most_queued, len(self.queued))

    def flush(self):
        pass

    def in_doubt(self):
        return self.queued[:1]


class InTurn:
    """A `WorkerSource` of two at a time, of which the first ends by itself after so many tasks."""

    most = 2

    def __init__(self, ends_after=None):
        self.started, self._here, self._ends_after = [], [], ends_after

    def start(self):
        self._here.append(Answering())
        self.started.append(self._here[-1])
        return self._here[-1]

    def listen(self):
        for worker in list(self._here):
            if not worker.ready:
                yield WorkerReady(worker)
            elif worker is self.started[0] and len(worker.contents) - len(worker.queued) == self._ends_after:
                self._here.remove(worker)
                yield WorkerEnded(worker)
            elif worker.queued:
                index = worker.queued[0]
                yield TaskAnswered(worker, index, row(tasks(worker.names[index])[0]))


@pytest.fixture
def same_in_threes(monkeypatch):
    """Tasks s0, s1, ... of which three at a time hold the same, one far from the other; s7 cannot be read."""
    real = Task.read

    def read(task):
        if task.entry.name == "s7":
            raise OSError("the disk is gone")
        work, number = real(task), int(task.entry.name[1:])
        return SimpleNamespace(name=work.name, likeness=(f"{number % 20}",), byte_count=1)

    monkeypatch.setattr(Task, "read", read)
    return tasks(*(f"s{number}" for number in range(60)))


@pytest.mark.parametrize("ends_after", [None, 0, 1, 5, 9])
def test_a_pool_gives_each_content_to_one_worker_and_every_task_is_answered_in_order(same_in_threes, ends_after):
    source = InTurn(ends_after)
    rows = list(WorkerPool(source, same_in_threes, held).results())
    assert names(rows) == [task.entry.name for task in same_in_threes]
    assert [graded.name for graded in rows if graded.status == "held"] == ["s7"]
    assert all(worker.most_queued <= 2 for worker in source.started)
    last = [set(worker.contents) for worker in source.started[-2:]]
    assert len(source.started) == (2 if ends_after is None else 3)
    assert all(len(worker.contents) > 10 for worker in source.started[-2:])
    if ends_after is None:
        assert len(last[0] & last[1]) <= 1  # at the end one is taken by whoever has nothing to do
