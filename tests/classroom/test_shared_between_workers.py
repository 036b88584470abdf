"""What one worker has found out of an answer is told to the others, once, and never costs anybody a result."""

from fractions import Fraction

import pytest

from grader.classroom import executors
from grader.classroom.pool import TaskAnswered, WorkerEnded, WorkerPool, WorkerReady
from grader.classroom.shared_verdicts import (
    MAX_LEARNED_VERDICTS,
    JudgedQuestion,
    SharedVerdicts,
    is_worth_telling,
    shared_verdicts,
)
from grader.evidence import NoEvidence
from grader.kinds.open_submission import Resources
from grader.verdict import CheckResult, QuestionResult

from .test_executors import held, names, row, tasks

SLOW_S, QUICK_S = 1.0, 1e-6


def judged(key):
    check = CheckResult("line", Fraction(1), Fraction(1), "passed", NoEvidence())
    return JudgedQuestion(key, QuestionResult("q", "a title", "graded", Fraction(1), (check,)), "{}")


def verdict(key, judging_s=SLOW_S):
    return judged(key).packed(judging_s)


class OneByOne:
    """A worker that answers its tasks in their order, has found something out each time, and keeps what it was told."""

    ready = alone = False

    def __init__(self, judging_s):
        self._judging_s = judging_s
        self.queued, self.told, self.done = [], [], []
        self._names = {}

    @property
    def is_fresh(self):
        return not self.done

    def room(self, share):
        return 2 - len(self.queued)

    def send(self, index, work):
        self.queued.append(index)
        self._names[index] = work.name
        self.told += [verdict.key for verdict in work.told]

    def flush(self):
        pass

    def in_doubt(self):
        return self.queued[:1]

    def answer(self):
        index = self.queued[0]
        name = self._names[index]
        self.done.append(name)
        return TaskAnswered(self, index, row(tasks(name)[0]), (verdict(name, self._judging_s),))


class Workers:
    """A `WorkerSource` of some in this process; the first ends by itself after so many tasks."""

    def __init__(self, most, ends_after=None, judging_s=SLOW_S):
        self.most = most
        self._judging_s = judging_s
        self.started = []
        self._here = []
        self._ends_after = ends_after

    def start(self):
        worker = OneByOne(self._judging_s)
        self.started.append(worker)
        self._here.append(worker)
        return worker

    def listen(self):
        for worker in list(self._here):
            if not worker.ready:
                yield WorkerReady(worker)
            elif worker is self.started[0] and len(worker.done) == self._ends_after:
                self._here.remove(worker)
                yield WorkerEnded(worker)
            elif worker.queued:
                yield worker.answer()

    def close(self, *, at_once):
        pass


@pytest.mark.parametrize("most", [1, 2, 3])
def test_each_is_told_what_the_others_have_found_out_and_once(most):
    source, given = Workers(most), [f"s{number}" for number in range(20)]
    assert names(WorkerPool(source, tasks(*given), held).results()) == given
    assert len(source.started) == most
    for worker in source.started:
        others = {name for other in source.started if other is not worker for name in other.done}
        assert len(worker.told) == len(set(worker.told))
        assert set(worker.told) <= others
        assert (
            len(worker.told) >= len(others) - 3 * most
        )  # what is found out after the last task is sent is told nobody


def test_a_worker_that_is_gone_leaves_nothing_to_be_told_to_another():
    source, given = Workers(2, ends_after=3), [f"s{number}" for number in range(20)]
    assert names(WorkerPool(source, tasks(*given), held).results()) == given
    first, second, third = source.started
    assert set(second.told) <= {*first.done, *third.done}
    assert set(third.told) <= {*second.done}


@pytest.mark.parametrize(("judging_s", "most", "is_told"), [(0.004, 2, True), (0.004, 8, False), (0.002, 2, False)])
def test_what_is_judged_sooner_than_told_to_so_many_is_told_nobody(judging_s, most, is_told):
    assert is_worth_telling(judging_s, most) is is_told
    source, given = Workers(most, judging_s=judging_s), [f"s{number}" for number in range(60)]
    assert names(WorkerPool(source, tasks(*given), held).results()) == given
    assert len(source.started) == most
    assert any(worker.told for worker in source.started) is is_told


def learns(work, run):
    """Finds something out each time, and says whom it knows of."""
    shared = shared_verdicts(run)
    shared.take(work.told)
    shared.keep(judged(work.name), SLOW_S)
    return row(work)


def learns_what_cannot_be_sent(work, run):
    found = judged(work.name)
    object.__setattr__(found, "effects", lambda: None)
    shared_verdicts(run).keep(found, SLOW_S)
    return row(work)


@pytest.mark.parametrize(("work", "jobs"), [(learns, 2), (learns_what_cannot_be_sent, 1)])
def test_processes_tell_each_other_and_hold_nothing(work, jobs):
    given = [f"s{number}" for number in range(30)]
    rows = list(executors.Processes(jobs, work).run(tasks(*given)))
    assert names(rows) == given
    assert {graded.status for graded in rows} == {"rejected"}  # no questions, and no fault


def test_what_nobody_asks_for_is_not_piled_up():
    shared = SharedVerdicts()
    for number in range(3 * MAX_LEARNED_VERDICTS):
        shared.keep(judged(str(number)), SLOW_S if number % 2 == 0 else QUICK_S)
    learned = [told.key for told in shared.learned()]
    assert learned == [str(number) for number in range(0, 2 * MAX_LEARNED_VERDICTS, 2)]
    assert shared.learned() == ()
    assert shared.get("5").key == "5"
    shared.close()
    assert shared.get("5") is None


def test_what_was_told_is_not_told_on():
    run = Resources()
    shared_verdicts(run).take([verdict("a")])
    assert shared_verdicts(run).get("a") == judged("a")
    assert shared_verdicts(run).get("a") is shared_verdicts(run).get("a")
    assert shared_verdicts(run).learned() == ()


def test_what_is_known_stays_when_another_tells_it_again():
    shared, own = SharedVerdicts(), judged("a")
    shared.keep(own, QUICK_S)
    shared.take([verdict("a")])
    assert shared.get("a") is own
