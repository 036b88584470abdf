"""Workers that are forked of a process that has loaded the grader: when they are, and what they have of it."""

import errno
import multiprocessing.heap
import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from grader.classroom import executors, workers
from grader.classroom.course_content import CourseContent, open_course, read_course
from grader.deferred import replace
from grader.errors import SpecError
from grader.kinds.open_submission import Resources
from grader.kinds.stored_question import StoredQuestion
from grader.spec.course import CourseSearch

from ..answers.helpers import write
from .works import row, tasks

linux = pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")

ROOT = Path(__file__).parents[2]


class Shared:
    """Something that takes long to open; it notes who closes it."""

    def __init__(self, log):
        self.log, self.opener = log, os.getpid()

    def close(self):
        with self.log.open("a") as log:
            log.write(f"{os.getpid()}\n")


def says_who_opened(work, run):
    """The row has the process that opened what is shared, and the one that grades, in the place of its assignment."""
    found = run.resource("shared", lambda: Shared(Path(work.notes[0])))
    return replace(row(work), assignment=f"{found.opener} {os.getpid()}")


def started_with(monkeypatch, opened):
    """How the first worker is started."""
    contexts = []
    monkeypatch.setattr(workers, "LocalWorker", lambda context, *_: contexts.append(context))
    workers.LocalWorkers(1, row, opened).start()
    return contexts[0].get_start_method()


@linux
def test_a_worker_is_forked_only_of_a_process_with_one_thread_and_only_where_that_is_asked_for(monkeypatch):
    monkeypatch.setattr(os, "listdir", lambda path: ["1"])
    assert started_with(monkeypatch, Resources()) == "fork"
    assert started_with(monkeypatch, None) == "spawn"
    monkeypatch.setattr(os, "listdir", lambda path: ["1", "2"])
    assert started_with(monkeypatch, Resources()) == "spawn"


@linux
def test_threads_are_counted_as_the_system_counts_them():
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert not workers.has_one_thread()
    finally:
        over.set()
        thread.join()


def test_elsewhere_nothing_is_forked(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not workers.has_one_thread()


def note_the_process(file):
    with file.open("a") as notes:
        notes.write(f"{os.getpid()}\n")


def processes(work, **how):
    return executors.Processes(2, work, **how)


def cluster_of_ones_own(work, **how):
    return executors.Dask("local", 2, work=work, **how)


@linux
@pytest.mark.parametrize("made", [processes, cluster_of_ones_own])
def test_forked_workers_use_what_their_parent_has_opened_and_leave_it_open(monkeypatch, tmp_path, made):
    monkeypatch.setattr(workers, "has_one_thread", lambda: True)
    log, run, prepared = tmp_path / "log", Resources(), tmp_path / "prepared"
    run.resource("shared", lambda: Shared(log))
    executor = made(says_who_opened, resources=run, prepare=partial(note_the_process, prepared))
    rows = list(executor.run(tasks(*map(str, range(20)), log=log)))
    opened, graded = zip(*(graded.assignment.split() for graded in rows), strict=True)
    assert set(opened) == {str(os.getpid())}
    assert str(os.getpid()) not in graded
    found = prepared.read_text().split()
    assert found == [str(os.getpid())]
    assert not log.exists()
    run.close()
    assert log.read_text() == f"{os.getpid()}\n"


@linux
def test_a_forked_worker_shares_no_file_with_its_parent_and_a_spawned_one_says_which_it_lacks(monkeypatch, tmp_path):
    """`/dev/shm` may be full, read-only or not there."""

    def no_file(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/dev/shm/pym-1")

    monkeypatch.setattr(multiprocessing.heap.Heap, "malloc", no_file)
    given = tasks("a", "b", log=tmp_path / "log")
    monkeypatch.setattr(workers, "has_one_thread", lambda: True)
    found = list(executors.Processes(2, says_who_opened, resources=Resources()).run(given))
    assert [one.messages for one in found] == [(), ()]
    monkeypatch.setattr(workers, "has_one_thread", lambda: False)
    said = (
        "held, because the grader failed: no process to grade it could be started: OSError: no file can be made in "
        "/dev/shm or the folder for temporary files (Read-only file system): make one of them writable, or grade with --jobs 1"
    )
    assert [one.messages for one in executors.Processes(2, row).run(given)] == [(said,), (said,)]


def test_questions_are_loaded_for_all_workers_but_those_with_code(tmp_path):
    search = CourseSearch(ROOT, tmp_path, None, whole_class=True)
    with_all, run = read_course(search, "assignment3"), Resources()
    try:
        open_course(with_all, run).assignment()  # kept from now on
        run.close()
        course = open_course(with_all, run)
        questions = course.assignment().questions
        assert {type(question) for question in questions} == {StoredQuestion}
        assert not any("whole" in vars(question) for question in questions)
        course.load_questions()
        loaded = {question.id for question in questions if "whole" in vars(question)}
        assert {"q3.1", "q5", "q6"} <= loaded
        assert "q1" not in loaded
    finally:
        run.close()


LOADS = """
import sys
from pathlib import Path
from grader.classroom.course_content import open_course, read_course
from grader.classroom.workers import has_one_thread
from grader.kinds.open_submission import Resources
from grader.spec.course import CourseSearch

folder = Path(sys.argv[1])
run = Resources()
course = open_course(read_course(CourseSearch(folder, folder / "class", folder), "assignment3"), run)
course.load_questions()
assert "grader.kinds.weights.judged" in sys.modules
print(has_one_thread())
run.close()
"""


@linux
@pytest.mark.parametrize("times", [1, 2])  # the second time questions are in the cache
def test_a_process_that_has_loaded_the_questions_may_still_be_forked(times):
    command = [sys.executable, "-c", LOADS, str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


COURSES = {
    "several assignments": {
        "a/assignment.yaml": "assignment: a\nquestions: [q]\n",
        "b/assignment.yaml": "assignment: b\n",
    },
    "a broken spec": {
        "a/assignment.yaml": "assignment: a\nquestions: [q]\n",
        "a/q.yaml": "question: q\nanswer: weights\n",
    },
    "nothing": {},
}


@pytest.mark.parametrize("files", COURSES.values(), ids=COURSES)
def test_a_course_of_which_no_questions_can_be_loaded_is_told_of_by_whoever_grades(tmp_path, files):
    for name, text in files.items():
        write((tmp_path / "specs" / name).parent, {name.rpartition("/")[2]: text})
    run = Resources()
    try:
        content = (
            read_course(CourseSearch(tmp_path, tmp_path / "class", tmp_path), None) if files else CourseContent(())
        )
        opened = open_course(content, run)
        opened.load_questions()
        with pytest.raises(SpecError):
            opened.assignment()
    finally:
        run.close()
