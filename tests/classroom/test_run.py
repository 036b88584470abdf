"""A run hands every result to all recorders, in order, and finishes those that were started whatever happens."""

from fractions import Fraction

import pytest

from grader.classroom import run
from grader.classroom.entries import Entry
from grader.classroom.graded import Graded, TextsInMemory
from grader.classroom.kept_row import packed_result
from grader.classroom.run import grade_class
from grader.classroom.work import NO_SETTINGS, Task
from grader.errors import HarnessError
from tests.classroom.class_rows import row

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


class GivesInAnotherOrder:
    """An executor that mistakes the order of what it is given, as none may."""

    def run(self, tasks):
        for task in reversed(tasks):
            yield packed_result(row(task.entry.name, 70).graded)


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


def test_nobody_gets_the_result_of_another(tasks):
    steps = []
    with pytest.raises(HarnessError, match="the result of 'carol' came in the place of that of 'alice'"):
        grade_class(NAMES, tasks, GivesInAnotherOrder(), [Notes("a", steps)])
    assert steps == ["a starts alice,bob,carol", "a breaks off"]


def test_every_recorder_sees_the_whole_run(tasks):
    steps = []
    rows = grade_class(NAMES, tasks, Gives(), [Notes("a", steps), Notes("b", steps)])
    assert [row.name for row in rows] == NAMES
    assert steps == [
        "a starts alice,bob,carol", "b starts alice,bob,carol",
        "a alice", "b alice", "a bob", "b bob", "a carol", "b carol",
        "b finishes", "a finishes",
    ]  # fmt: skip


def test_a_row_that_a_recorder_cannot_keep_is_held_for_all_and_the_run_goes_on(tasks):
    """The recorders that have it get it again, held; the ones after it get it held the first time."""
    steps = []
    rows = grade_class(NAMES, tasks, Gives(), [Notes("a", steps), Notes("b", steps, fails_at="bob"), Notes("c", steps)])
    assert [(row.name, row.status, row.total, dict(row.marks)) for row in rows] == [
        ("alice", "graded", 1, {"q": 1}), ("bob", "held", None, {"q": None}), ("carol", "graded", 1, {"q": 1}),
    ]  # fmt: skip
    assert rows[1].messages == ("held, because the grader failed: no bob",)
    assert steps[6:11] == ["a bob", "b bob", "a bob", "b bob", "c bob"]
    assert steps[-3:] == ["c finishes", "b finishes", "a finishes"]


def test_a_recorder_that_cannot_start_is_not_finished(tasks):
    steps = []
    with pytest.raises(HarnessError, match="no starts"):
        grade_class(NAMES, tasks, Gives(), [Notes("a", steps), Notes("b", steps, fails_at="starts alice,bob,carol")])
    assert steps == ["a starts alice,bob,carol", "b starts alice,bob,carol", "a breaks off"]


def test_an_interrupted_run_breaks_off(tasks):
    class Interrupted(Gives):
        def run(self, tasks):
            yield next(super().run(tasks))
            raise KeyboardInterrupt

    steps = []
    with pytest.raises(KeyboardInterrupt):
        grade_class(NAMES, tasks, Interrupted(), [Notes("a", steps)])
    assert steps == ["a starts alice,bob,carol", "a alice", "a breaks off"]


@pytest.fixture
def without_a_clock(monkeypatch):
    """However long a row takes, others are waited for."""
    monkeypatch.setattr(run, "MAX_UNKEPT_S", float("inf"))
    monkeypatch.setattr(run, "MAX_ROWS_TOGETHER", 2)


def kept_together(steps):
    return lambda rows: steps.append(f"keeps {','.join(row.name for row in rows)}")


def test_rows_are_kept_together_right_before_each_of_them_is_recorded(tasks, without_a_clock):
    steps = []
    rows = grade_class(NAMES, tasks, Gives(), [Notes("a", steps)], keep_together=kept_together(steps))
    assert [row.name for row in rows] == NAMES
    assert steps[1:] == ["keeps alice,bob", "a alice", "a bob", "keeps carol", "a carol", "a finishes"]


def test_a_row_that_took_long_waits_for_no_other(tasks, without_a_clock, monkeypatch):
    monkeypatch.setattr(run, "MAX_UNKEPT_S", 0.0)
    steps = []
    grade_class(NAMES, tasks, Gives(), [Notes("a", steps)], keep_together=kept_together(steps))
    assert steps[1:-1] == ["keeps alice", "a alice", "keeps bob", "a bob", "keeps carol", "a carol"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, HarnessError("no worker")])
def test_what_waits_when_a_run_breaks_off_is_recorded_before_its_recorders_hear_of_that(tasks, without_a_clock, error):
    class BreaksOff(Gives):
        def run(self, tasks):
            yield next(super().run(tasks))
            raise error

    steps = []
    with pytest.raises((KeyboardInterrupt, HarnessError)):
        grade_class(NAMES, tasks, BreaksOff(), [Notes("a", steps)], keep_together=kept_together(steps))
    assert steps[1:] == ["keeps alice", "a alice", "a breaks off"]


def test_an_interrupt_while_rows_are_recorded_loses_none_of_them(tasks, without_a_clock):
    class Interrupted(Notes):
        def record(self, graded):
            super().record(graded)
            if self.steps.count("a alice") == 1:
                raise KeyboardInterrupt

    steps = []
    with pytest.raises(KeyboardInterrupt):
        grade_class(NAMES, tasks, Gives(), [Interrupted("a", steps)], keep_together=kept_together(steps))
    assert steps[1:] == ["keeps alice,bob", "a alice", "keeps alice,bob", "a alice", "a bob", "a breaks off"]
