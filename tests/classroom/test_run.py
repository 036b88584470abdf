"""A run hands every result to all recorders, in order, and finishes those that were started whatever happens."""

from fractions import Fraction

import pytest

from grader.classroom.entries import Entry
from grader.classroom.graded import Graded, TextsInMemory
from grader.classroom.run import grade_class
from grader.classroom.work import Task
from grader.classroom.worker_requests import NO_SETTINGS
from grader.errors import HarnessError

NAMES = ["alice", "bob", "carol"]


@pytest.fixture
def tasks(tmp_path):
    return [Task(Entry.at(name, tmp_path / name), NO_SETTINGS) for name in NAMES]


class Gives:
    """An executor that grades nothing and gives everybody a point."""

    def run(self, tasks):
        for task in tasks:
            one = Fraction(1)
            yield Graded(task.entry.name, "a", {"q": one}, one, one, "graded", (), TextsInMemory("{}"))


class Notes:
    """A recorder that writes down each step; it fails at the step that is named."""

    def __init__(self, name, steps, fails_at=""):
        self.name, self.steps, self.fails_at = name, steps, fails_at

    def note(self, step):
        self.steps.append(f"{self.name} {step}")
        if step == self.fails_at:
            raise HarnessError(f"no {step}")

    def start(self, submissions):
        self.note(f"starts {','.join(submissions)}")

    def record(self, graded):
        self.note(graded.name)

    def finish(self, rows):
        self.note("breaks off" if rows is None else "finishes")


def test_every_recorder_sees_the_whole_run(tasks):
    steps = []
    rows = grade_class(tasks, Gives(), [Notes("a", steps), Notes("b", steps)])
    assert [row.name for row in rows] == NAMES
    assert steps == [
        "a starts alice,bob,carol", "b starts alice,bob,carol",
        "a alice", "b alice", "a bob", "b bob", "a carol", "b carol",
        "b finishes", "a finishes",
    ]  # fmt: skip


def test_a_row_that_a_recorder_cannot_keep_is_held_for_all_and_the_run_goes_on(tasks):
    """The recorders that have it get it again, held; the ones after it get it held the first time."""
    steps = []
    rows = grade_class(tasks, Gives(), [Notes("a", steps), Notes("b", steps, fails_at="bob"), Notes("c", steps)])
    assert [(row.name, row.status, row.total, dict(row.marks)) for row in rows] == [
        ("alice", "graded", 1, {"q": 1}), ("bob", "held", None, {"q": None}), ("carol", "graded", 1, {"q": 1}),
    ]  # fmt: skip
    assert rows[1].messages == ("held, because the grader failed: no bob",)
    assert steps[6:11] == ["a bob", "b bob", "a bob", "b bob", "c bob"]
    assert steps[-3:] == ["c finishes", "b finishes", "a finishes"]


def test_a_recorder_that_cannot_start_is_not_finished(tasks):
    steps = []
    with pytest.raises(HarnessError, match="no starts"):
        grade_class(tasks, Gives(), [Notes("a", steps), Notes("b", steps, fails_at="starts alice,bob,carol")])
    assert steps == ["a starts alice,bob,carol", "b starts alice,bob,carol", "a breaks off"]


def test_an_interrupted_run_breaks_off(tasks):
    class Interrupted(Gives):
        def run(self, tasks):
            yield next(super().run(tasks))
            raise KeyboardInterrupt

    steps = []
    with pytest.raises(KeyboardInterrupt):
        grade_class(tasks, Interrupted(), [Notes("a", steps)])
    assert steps == ["a starts alice,bob,carol", "a alice", "a breaks off"]
