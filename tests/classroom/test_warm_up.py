"""What is judged before workers are forked: answers of the spec alone, of which nothing is left, and no fault is seen."""

import os
import shutil
import subprocess
import sys
from contextlib import closing

import pytest

from grader.classroom import warm_up as module
from grader.classroom.course_content import CourseContent, open_course, read_course
from grader.classroom.entries import Entry
from grader.classroom.shared_verdicts import shared_verdicts
from grader.classroom.warm_up import SUBMISSIONS_PER_PRACTICE, practice_answers, warm_up
from grader.classroom.work import RunSettings, Task, packed_work
from grader.errors import SpecError
from grader.kinds.open_submission import Resources
from grader.spec.course import CourseSearch

from ..answers.helpers import Q5, ROOT, copy_course, write
from ..variants.courses import WEIGHTS
from .test_forked_workers import linux


@pytest.fixture
def run():
    run = Resources()
    yield run
    run.close()


@pytest.fixture
def judged(monkeypatch):
    """The rows of what is judged, with the answers that it was judged for."""
    rows, real = [], module.packed_work

    def noted(work, resources):
        result = real(work, resources)
        rows.append((work.files.files[0].data.decode(), result.row(work.name)))
        return result

    monkeypatch.setattr(module, "packed_work", noted)
    monkeypatch.setattr(module, "MAX_WARM_UP_S", 60)
    return rows


def settings_of(folder, spec=None, **how):
    return RunSettings(read_course(CourseSearch(folder, folder / "class", folder), spec), spec, **how)


@pytest.mark.parametrize("pages", [False, True])
def test_known_answers_are_judged_as_they_stand_in_the_spec_and_the_first_one_twice(tmp_path, run, judged, pages):
    settings = settings_of(copy_course(tmp_path), pages=pages)
    warm_up(settings, run, 4 * SUBMISSIONS_PER_PRACTICE)
    marks = [dict(row.marks) for _, row in judged]
    assert marks == [{"q5": q5, "q6": q6} for q5, q6 in [(70, 70), (70, 70), (70, 70), (40, 25), (0, 45)]]
    assert [row.messages for _, row in judged] == [()] * 5
    assert all(bool(row.page) is pages for _, row in judged)


@pytest.mark.parametrize(("count", "texts"), [(0, 0), (SUBMISSIONS_PER_PRACTICE, 1), (10_000, 8)])
def test_a_run_of_few_submissions_judges_few(tmp_path, run, judged, count, texts):
    warm_up(settings_of(copy_course(tmp_path)), run, count)
    assert len({text for text, _ in judged}) == texts


def test_it_ends_when_it_has_taken_long_enough(tmp_path, run, judged, monkeypatch):
    monkeypatch.setattr(module, "MAX_WARM_UP_S", -1)
    warm_up(settings_of(copy_course(tmp_path)), run, 10_000)
    assert len(judged) == 2


def test_nothing_that_was_judged_is_known_to_the_run(tmp_path, run, judged):
    settings = settings_of(copy_course(tmp_path))
    course = open_course(settings.course, run)
    warm_up(settings, run, 10_000)
    assert judged
    assert open_course(settings.course, run) is course
    assert course.assignment("assignment3") is not None
    assert course.marks_of(course.assignment()) == {}
    assert len(shared_verdicts(run)._memo) == 0
    assert list(run._resources) == [f"course {settings.course.digest}", "shared verdicts"]


def test_readers_marks_are_not_read_for_it_and_count_afterwards(tmp_path, run):
    shutil.copytree(ROOT / "specs" / "assignment3", tmp_path / "specs" / "assignment3")
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    write(tmp_path / "specs" / "assignment3", {"marks.yaml": "- {submission: practice, question: q2, met: [}"})
    settings = settings_of(tmp_path)
    warm_up(settings, run, 10_000)
    course = open_course(settings.course, run)
    with pytest.raises(SpecError, match=r"marks\.yaml"):
        course.marks_of(course.assignment())


CODE = "question: q\ntitle: Twice\npoints: 1\nprompt: Double.\nanswer: function\nfunction: double(n)\ninputs: {n: integer(-5..5)}\nchecks: [{name: right, points: 1, holds: out == 2*n}]\n"
COURSES = {
    "no assignment": {},
    "several assignments": {
        "a/assignment.yaml": "assignment: a\nquestions: [q]\n",
        "b/assignment.yaml": "assignment: b\n",
    },
    "a broken spec": {
        "a/assignment.yaml": "assignment: a\nquestions: [q]\n",
        "a/q.yaml": "question: q\nanswer: weights\n",
    },
    "variants alone": {"a/assignment.yaml": "assignment: a\nquestions: [latch]\n", "a/latch.yaml": WEIGHTS},
    "code alone": {"a/assignment.yaml": "assignment: a\nquestions: [q]\n", "a/q.yaml": CODE},
}


@pytest.mark.parametrize("files", COURSES.values(), ids=COURSES)
def test_where_there_is_nothing_to_judge_nothing_happens(tmp_path, run, judged, files):
    (tmp_path / "specs").mkdir()
    for name, text in files.items():
        write((tmp_path / "specs" / name).parent, {name.rpartition("/")[2]: text})
    warm_up(settings_of(tmp_path), run, 10_000)
    assert judged == []


def test_a_course_without_any_file_is_no_fault(run, judged):
    warm_up(RunSettings(CourseContent(())), run, 10_000)
    assert judged == []


def test_a_fault_while_it_judges_is_nobodys(tmp_path, run, monkeypatch):
    def planted(work, resources):
        calls.append(work)
        raise ValueError("planted")

    calls = []
    monkeypatch.setattr(module, "packed_work", planted)
    warm_up(settings_of(copy_course(tmp_path)), run, 10_000)
    assert len(calls) == 1


WARMS_UP = """
import sys
from pathlib import Path
from grader.classroom import warm_up as module
from grader.classroom.workers import has_one_thread
from grader.kinds.open_submission import Resources
from tests.classroom.test_warm_up import settings_of

calls, real = [], module.packed_work
module.packed_work = lambda work, run: calls.append(work) or real(work, run)
run = Resources()
module.warm_up(settings_of(Path(sys.argv[1]), "assignment3"), run, 10_000)
assert calls
print(has_one_thread())
run.close()
"""


@linux
@pytest.mark.parametrize("times", [1, 2])  # the second time questions are in the cache
def test_a_process_that_has_warmed_up_may_still_be_forked(tmp_path_factory, times):
    run = [sys.executable, "-c", WARMS_UP, str(ROOT)]
    done = subprocess.run(run, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_reports_are_the_same_with_and_without(tmp_path, run):
    """Also of those who hand in the very answers that were judged."""
    settings = settings_of(copy_course(tmp_path))
    course = open_course(settings.course, run)
    answers = [
        *practice_answers(course.assignment()),
        Q5,
        Q5.replace("W1: 1", "W1: 1/3"),
        "q5: 3",
        "",
        "q6: {W: [[2, -3]]}",
    ]
    for number, text in enumerate(answers):
        write(tmp_path / "class" / f"s{number}", {"answers.yaml": text})
    entries = [Entry.at(f"s{number}", tmp_path / "class" / f"s{number}") for number in range(len(answers))]
    works = [Task(entry, settings).read() for entry in entries]
    warm_up(settings, run, 10_000)
    with closing(Resources(run)) as warm, closing(Resources()) as cold:
        for work in works:
            assert packed_work(work, warm) == packed_work(work, cold)
