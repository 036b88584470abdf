"""An answer that several students hand in is judged once in a run, and nothing that is written shows it."""

from contextlib import ExitStack, closing

import pytest

import grader.kinds.formula.score
import grader.reports.json
from grader.classroom.course_content import read_course
from grader.classroom.entries import Entry
from grader.classroom.work import RunSettings, Task, grade_work
from grader.kinds.memo import BoundedMemo
from grader.kinds.open_submission import Resources
from grader.kinds.table import KINDS
from grader.spec.course import CourseSearch

from ..answers.helpers import write

ASSIGNMENT = "assignment: hw\ntitle: Homework\nquestions: [q1, q2, q3, q4, q5]\n"
QUESTIONS = {
    "q1.yaml": "question: q1\ntitle: C\npoints: 4\nanswer: choice\noptions: {a: one, b: two, c: three}\nright: [a, b]\n",
    "q2.yaml": """question: q2
title: F
points: 2
answer: formula
symbols: {x: real, y: real}
right: x*(x + y)
near: [{formula: x*(x - y), name: a sign, points: 1, say: Look at the sign.}]
""",
    "q3.yaml": "question: q3\ntitle: N\npoints: 3\nanswer: number\nvalue: 3/2\n",
    "q4.yaml": """question: q4
title: V
points: 7
answer: weights
network: {inputs: {x: bit}, parameters: {s: scalar, b: scalar}, equations: {y: "s*x[t] + b"}, output: y}
behaviour: {equations: {e: "x[t]"}, output: e}
checks: [{name: zero, points: 7/3, when: "not x[t]"}, {name: one, points: 14/3, when: "x[t]"}]
""",
    "q5.yaml": "question: q5\ntitle: W\npoints: 5\nanswer: written\nrubric: [{name: the gate, points: 5}]\n",
}
RIGHT = "q1: [a, b]\nq2: x^2 + x*y\nq3: 1.5\nq4: {s: 1, b: 0}\nq5: It forgets.\n"
WRONG = "q1: [a]\nq2: x*(x - y)\nq3: 2\nq4: {s: 1, b: 1}\nq5: It forgets.\n"
REFUSED = "q1: [z]\nq2: x*(x +\nq3: many\nq4: {s: 1}\n"
ALONE = ("choice", "formula", "number", "weights")
"""The kinds whose verdicts rest on the answer alone."""


@pytest.fixture(scope="module", params=[False, True], ids=["without pages", "with pages"])
def settings(request, tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    specs = write(root / "specs" / "hw", {"assignment.yaml": ASSIGNMENT, **QUESTIONS})
    return RunSettings(read_course(CourseSearch(root), str(specs)), pages=request.param)


@pytest.fixture
def graded(settings, tmp_path):
    """Grades submissions by name in the run that is given, or each in one of its own."""
    with ExitStack() as stack:

        def grade(submissions, run=None):
            rows = {}
            for name, text in submissions.items():
                folder = write(tmp_path / name, {"answers.yaml": text})
                shared = run or stack.enter_context(closing(Resources()))
                rows[name] = grade_work(Task(Entry.at(name, folder), settings).read(), shared)
            return rows

        yield grade


@pytest.fixture
def run():
    with closing(Resources()) as resources:
        yield resources


@pytest.fixture
def judged(monkeypatch):
    """The questions that were judged, one by one."""
    seen = []
    for name in ALONE:
        kind = KINDS[name]
        real = kind.score_entry

        def score(question, entry, opened, real=real):
            seen.append(question.id)
            return real(question, entry, opened)

        monkeypatch.setattr(kind, "score_entry", score)
    return seen


@pytest.mark.parametrize("text", [RIGHT, WRONG])
def test_the_same_answer_is_judged_once(graded, judged, run, text):
    students = {f"student{i}": text for i in range(4)}
    apart = graded(students)
    assert judged == ["q1", "q2", "q3", "q4"] * 4
    judged.clear()
    together = graded(students, run)
    assert judged == ["q1", "q2", "q3", "q4"]
    assert together == apart


ANSWERS = {
    "right": RIGHT,
    "wrong": WRONG,
    "refused": REFUSED,
    "refused lower": f"# a word\n\n{REFUSED}",
    "one line lower": f"# a word\n{WRONG}",
    "another comment": WRONG.replace("q3: 2", "q3: 2 # or three"),
    "quoted": WRONG.replace("q3: 2", "q3: '2'"),
    "written in another way": RIGHT.replace("s: 1,", "s: 1.0,"),
    "fewer": "q3: 1.5\nq4: {s: 1, b: 0}\n",
    "another order": "q4: {s: 1, b: 0}\nq3: 1.5\nq2: x^2 + x*y\nq1: [a, b]\n",
    "capitals": RIGHT.replace("q3", "Q3"),
    "nothing": "",
}


def test_a_class_has_the_same_rows_whoever_is_graded_before(graded):
    """Marks, reports, places, and what is kept for later runs, whatever was judged before in the process."""
    apart = graded(ANSWERS)
    for order in (list(ANSWERS), list(reversed(ANSWERS))):
        with closing(Resources()) as run:
            for _ in range(2):
                assert graded({name: ANSWERS[name] for name in order}, run) == apart


EITHER = """question: q1
title: E
points: 2
answer: either
ways: [{answer: number, value: 4}, {answer: choice, options: {a: one, b: two, c: three}, right: [a, c]}]
"""


@pytest.mark.parametrize("pages", [False, True])
@pytest.mark.parametrize("question", [EITHER, QUESTIONS["q1.yaml"]], ids=["either", "choice"])
def test_a_page_shows_the_lines_of_its_own_file(tmp_path, run, pages, question):
    """The same answer at the same place, with other words of the student's around it."""
    files = {"assignment.yaml": "assignment: hw\ntitle: Homework\nquestions: [q1]\n", "q1.yaml": question}
    specs = write(tmp_path / "specs" / "hw", files)
    settings = RunSettings(read_course(CourseSearch(tmp_path), str(specs)), pages=pages)
    for name in ("ann", "ben"):
        folder = write(tmp_path / name, {"answers.yaml": f"q1:\n- b\n# I am {name}\n- a\n"})
        row = grade_work(Task(Entry.at(name, folder), settings).read(), run)
        assert (f"I am {name}" in row.page) is pages


def test_what_waits_for_a_reader_is_never_shared(graded, run, monkeypatch):
    """Prose is marked by who wrote it: a verdict of a kind that rests on more than the answer is worked out anew."""
    real, seen = KINDS["written"].score_entry, []

    def score(question, entry, opened):
        seen.append(opened.submission.name)
        return real(question, entry, opened)

    monkeypatch.setattr(KINDS["written"], "score_entry", score)
    graded({"ann": RIGHT, "ben": RIGHT}, run)
    assert seen == ["ann", "ben"]


def test_what_is_held_is_tried_again(graded, run, monkeypatch):
    kind = KINDS["number"]
    real = kind.score_entry

    def fails(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(kind, "score_entry", fails)
    assert graded({"ann": RIGHT}, run)["ann"].status == "held"
    monkeypatch.setattr(kind, "score_entry", real)
    assert graded({"ben": RIGHT}, run)["ben"].marks["q3"] == 3


def test_what_leaves_more_behind_than_marks_is_not_shared(graded, run, monkeypatch):
    """A sentence for the report as a whole stands in each report."""
    kind = KINDS["number"]
    real = kind.score_entry

    def says(question, entry, opened):
        opened.notes.append("a sentence")
        return real(question, entry, opened)

    monkeypatch.setattr(kind, "score_entry", says)
    for row in graded({"ann": RIGHT, "ben": RIGHT}, run).values():
        assert '"a sentence"' in row.report


def test_what_cannot_be_written_is_held_and_not_shared(graded, run, monkeypatch):
    real = grader.reports.json.render_question

    def fails(question):
        if question.id == "q3" and question.status == "graded":
            raise ValueError("no such number")
        return real(question)

    monkeypatch.setattr(grader.reports.json, "render_question", fails)
    assert graded({"ann": RIGHT}, run)["ann"].marks["q3"] is None
    monkeypatch.setattr(grader.reports.json, "render_question", real)
    assert graded({"ben": RIGHT}, run)["ben"].marks["q3"] == 3


def test_formulas_are_decided_once_wherever_they_stand(graded, run, monkeypatch):
    real, texts = grader.kinds.formula.score.score_formula, []

    def score(question, text):
        texts.append(str(text))
        return real(question, text)

    monkeypatch.setattr(grader.kinds.formula.score, "score_formula", score)
    students = {"ann": WRONG, "ben": f"# a word\n{WRONG}", "cleo": f"\n\n{WRONG}"}
    together = graded(students, run)
    assert texts == ["x*(x - y)"]
    assert together == graded(students)


def test_a_memo_forgets_what_was_not_asked_for_longest():
    memo = BoundedMemo(3, 100)
    for key in "abc":
        memo.keep(key, key.upper(), 10)
    assert memo.get("a") == "A"
    memo.keep("d", "D", 10)
    assert [memo.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    memo.keep("e", "E", 85)
    assert [memo.get(key) for key in "acde"] == [None, None, "D", "E"]
    memo.keep("e", "F", 90)
    assert (memo.get("e"), len(memo)) == ("F", 2)
    memo.keep("g", "G", 101)
    assert memo.get("g") is None
    memo.close()
    assert len(memo) == 0
