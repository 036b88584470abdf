"""What isolation costs: five functions of a submission in the sandbox, against a fresh interpreter for each submission.

What a submission is made of is measured part by part, in the child and in the grader.
`pytest -m slow -s tests/benchmarks/test_functions.py`; both ways do the same calls and judge them alike.
"""

import json
import marshal
import multiprocessing
import resource
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from grader.answers.submission import Submission
from grader.classroom.course_content import read_course
from grader.classroom.entries import Entry
from grader.classroom.work import RunSettings, Task, grade_work
from grader.grading import grade
from grader.kinds.function.code_runner import runner_pool
from grader.kinds.function.plan import plan_of, prefetch_plan
from grader.kinds.function.score import score_function
from grader.kinds.table import load_assignment
from grader.sandbox import FunctionCall, LoadedProgram, Returned, Sandbox, StudentProgram
from grader.spec.course import CourseSearch

from ..conftest import RUN
from .measure import processor_seconds, report, seconds

pytestmark = pytest.mark.slow

SOURCE = """\
import math
import numpy as np

def clip(g, c):
    norm = np.linalg.norm(g)
    return g * (c / norm) if norm > c else g

def total(x):
    return sum(x)

def decay(i, k):
    return k / (k + math.exp(i / k))

def one_hot(index, size):
    return np.eye(size)[index]

def smooth(z):
    return 1 / (1 + math.exp(-z))
"""
NEVER_SEEN = """
def _nudged(function):
    return lambda *arguments: function(*arguments) * (1 - {number}e-14)
clip, decay, smooth = map(_nudged, (clip, decay, smooth))
"""
"""Right, with answers to three of the five functions that no submission has given before."""

QUESTIONS = {
    "clip": (
        "clip(g, c)",
        '{g: "vector(1..8, real(-1000..1000))", c: "one of 0.5, 1, 5"}',
        "norm(out) <= c * (1 + 1e-9)",
    ),
    "total": ("total(x)", '{x: "sequence(1..10, integer(-9..9))"}', ""),
    "decay": ("decay(i, k)", '{i: "integer(0..100)", k: "real(1..50)"}', ""),
    "one_hot": ("one_hot(index, size)", "{size: integer(1..40), index: integer(0..size - 1)}", ""),
    "smooth": ("smooth(z)", '{z: "real(-30..30)"}', "0 <= out and out <= 1"),
}
"""Signature, inputs, and what holds (else: what the reference says)."""

CLOCK = """\
import time
_began = time.process_time()
def at_first(): return _began
def so_far(): return time.process_time()
"""
"""What a child has used before the first statement of its program, and what it has used in all."""

FRESH = """\
import sys, json, marshal, base64
import numpy
source, requests = marshal.load(sys.stdin.buffer)
batches = [marshal.loads(request) for request in requests]
scope = {}
exec(source, scope)
def made(argument, values):
    if type(argument) is not dict:
        return argument
    if "v" in argument:
        return made(values[argument["v"]], values)
    return numpy.frombuffer(base64.b64decode(argument["a"][2])).copy()
def given(value):
    return {"a": value.tolist()} if isinstance(value, (numpy.ndarray, numpy.generic)) else value
def answers(_tables, values, _together, some_calls):
    calls = [call for some in some_calls for call in marshal.loads(some)]
    return [given(scope[name](*[made(a, values) for a in arguments])) for name, arguments, _ in calls]
json.dump([answers(*batch) for batch in batches], sys.stdout)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course of five questions, and a right submission to it."""
    root = tmp_path_factory.mktemp("lab")
    (root / "reference").mkdir()
    (root / "reference" / "lab.py").write_text(SOURCE)
    specs = root / "specs" / "lab"
    specs.mkdir(parents=True)
    (specs / "assignment.yaml").write_text(f"assignment: lab\nquestions: [{', '.join(QUESTIONS)}]\n")
    for name, (signature, inputs, holds) in QUESTIONS.items():
        (specs / f"{name}.yaml").write_text(
            f"question: {name}\ntitle: {name}\npoints: 1\nanswer: function\nsignature: {signature}\ninputs: {inputs}\n"
            f"cases: 215\nchecks: [{{name: right, points: 1, {f'holds: {holds}' if holds else f'equals: reference.lab.{name}'}}}]\n"
        )
    (root / "alice").mkdir()
    (root / "alice" / "solution.py").write_text(SOURCE)
    return root


def others(folder, count):
    """Submissions whose answers are right and never the same."""
    for number in range(1, count + 1):
        name = f"other{number}"
        (folder / name).mkdir()
        (folder / name / "solution.py").write_text(SOURCE + NEVER_SEEN.format(number=number))
        yield name


class Fresh:
    """What `judge_function` asks of a runner, answered by one fresh interpreter that made all calls at once."""

    def __init__(self, plans):
        requests = [plan.groups[0].batch.request() for plan in plans]
        command = [sys.executable, "-I", "-c", FRESH]
        done = subprocess.run(command, input=marshal.dumps([SOURCE, requests]), capture_output=True, check=True)
        self.answers = iter(json.loads(done.stdout))
        self.load = LoadedProgram(tuple(QUESTIONS))

    def begin(self):
        pass

    def call(self, calls, **_):
        """The next batch: the questions ask in their order, once each."""
        return [Returned(value["a"] if isinstance(value, dict) else value) for value in next(self.answers)]


def graded(folder, assignment, name="alice"):
    result = grade(Submission(folder / name), assignment, run=RUN)
    assert result.points == len(QUESTIONS)
    return result


def graded_in_class(task):
    row = grade_work(task.read(), RUN)
    assert row.total == len(QUESTIONS)
    return row


def graded_fresh(assignment):
    runner = Fresh([plan_of(question) for question in assignment.questions])
    results = [score_function(question, runner) for question in assignment.questions]
    assert sum(result.points for result in results) == len(QUESTIONS)
    return results


def sampled(assignment):
    return [len(plan_of(question).groups[0].cases) for question in assignment.questions]


def test_an_isolated_submission_against_a_fresh_interpreter(folder):
    """A tenth of the time, verdicts included; the zygote starts once."""
    assignment = load_assignment(folder / "specs" / "lab")
    began = time.perf_counter()
    graded(folder, assignment)
    first = time.perf_counter() - began
    zygote = runner_pool(RUN, "strict")._sandbox._zygote
    isolated = fresh = float("inf")
    for _ in range(12):  # the best of both, in turns: others may be busy on the machine
        isolated = min(isolated, *(seconds(lambda: graded(folder, assignment), 1) for _ in range(25)))
        fresh = min(fresh, *(seconds(lambda: graded_fresh(assignment), 1) for _ in range(4)))
    unseen = min(seconds(lambda name=name: graded(folder, assignment, name), 1) for name in others(folder, 40))
    assert zygote is not None
    assert runner_pool(RUN, "strict")._sandbox._zygote is zygote
    report(
        f"five functions, {sampled(assignment)} inputs",
        {
            "the first submission: zygote, cases, references (ms)": first * 1e3,
            "isolated, verdicts included (ms)": isolated * 1e3,
            "isolated, answers that nobody has given before (ms)": unseen * 1e3,
            "a fresh interpreter with NumPy, verdicts included (ms)": fresh * 1e3,
            "share": isolated / fresh,
        },
    )
    assert min(sampled(assignment)) >= 150
    assert sum(sampled(assignment)) >= 1000
    assert isolated / fresh <= 1 / 10


class Parts(NamedTuple):
    """Processor seconds of one submission, from its files to its row.

    Of the child until the first statement of the code (`confined`), for that code (`loaded`), in the `calls` alone and
    around them (`answers`); of the zygote and the kernel (`around`); of the grader with the child and with the rest.
    """

    confined: float
    loaded: float
    calls: float
    answers: float
    around: float
    conversation: float
    judged: float


def children_used():
    """Processor seconds of the children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def conversations(count, batch):
    """A program loaded and asked so often in a sandbox of its own.

    The least processor seconds of this process for one, and those of all processes of the sandbox together.
    """
    before, program, ours = children_used(), StudentProgram(SOURCE.encode()), float("inf")

    def one():
        with sandbox.open(program) as session:
            assert all(isinstance(reply, Returned) for reply in session.call(batch))

    with Sandbox(highest="B") as sandbox:  # bubblewrap, which starts once, does not say what its processes have used
        for _ in range(count):
            ours = min(ours, processor_seconds(one, 1))
    return ours, children_used() - before


def clocked(sandbox, batch):
    """What a child has used before its program, when that is loaded, and when all calls are answered."""
    clocks = [FunctionCall("at_first"), FunctionCall("so_far")]
    with sandbox.open(StudentProgram(f"{CLOCK}{SOURCE}".encode())) as session:
        began, loaded = session.call(clocks)
        session.call(batch)
        (ended,) = session.call(clocks[1:])
    return [reply.value for reply in (began, loaded, ended)]


def parts_of(task, batch, rounds=40):
    """Each part by itself, the least of all rounds: what others do on the machine lengthens it."""
    scope = {}
    exec(SOURCE, scope)
    made = [
        (scope[call.function], [np.array(a) if isinstance(a, np.ndarray) else a for a in call.args])
        for call in batch.calls
    ]
    alone = processor_seconds(lambda: [function(*arguments) for function, arguments in made], rounds)
    with Sandbox(highest="B") as sandbox:
        found = [clocked(sandbox, batch) for _ in range(rounds)]
    confined = min(began for began, _, _ in found)
    loaded = min(loaded - began for began, loaded, _ in found)
    answered = min(ended - loaded for _, loaded, ended in found)
    _, started = map(min, zip(*(conversations(1, batch) for _ in range(6)), strict=True))
    conversation, used = map(min, zip(*(conversations(1 + rounds, batch) for _ in range(6)), strict=True))
    graded = processor_seconds(lambda: graded_in_class(task), rounds)
    around = (used - started) / rounds - confined - loaded - answered
    return Parts(confined, loaded, alone, answered - alone, around, conversation, graded - conversation)


def test_what_a_submission_is_made_of(folder):
    """Where its processor time goes, in the child and in the grader; no part is left out, as their sum shows."""
    assignment = load_assignment(folder / "specs" / "lab")
    batch = prefetch_plan(tuple(assignment.questions)).whole
    course = read_course(CourseSearch(folder), str(folder / "specs" / "lab"))
    task = Task(Entry.at("alice", folder / "alice"), RunSettings(course))
    graded_in_class(task)
    parts = parts_of(task, batch)
    report(
        f"processor time of one submission of five functions, {len(batch)} calls (ms)",
        {
            "the child: confinement, until the first statement": parts.confined * 1e3,
            "the child: the code is loaded": parts.loaded * 1e3,
            "the child: the calls alone (in a warm interpreter)": parts.calls * 1e3,
            "the child: arguments read, answers written and sent": parts.answers * 1e3,
            "the zygote and the kernel: fork, its end": parts.around * 1e3,
            "the grader: what it sends and takes": parts.conversation * 1e3,
            "the grader: files, verdicts, the row": parts.judged * 1e3,
            "together": sum(parts) * 1e3,
        },
    )
    assert all(part > 0 for part in parts), parts


def work(way, folder, duration, ready, go, counts):
    """One worker: as many submissions as it can until the time is over."""
    assignment = load_assignment(Path(folder) / "specs" / "lab")
    course = read_course(CourseSearch(Path(folder)), str(Path(folder) / "specs" / "lab"))
    task = Task(Entry.at("alice", Path(folder) / "alice"), RunSettings(course))
    one = {"isolated": lambda: graded_in_class(task), "fresh": lambda: graded_fresh(assignment)}[way]
    one()
    ready.release()
    go.wait()
    count, end = 0, time.perf_counter() + duration
    while time.perf_counter() < end:
        one()
        count += 1
    counts.put(count)


def throughput(way, folder, duration):
    """Submissions a second of two processes."""
    context = multiprocessing.get_context("fork")
    shared = SimpleNamespace(ready=context.Semaphore(0), go=context.Event(), counts=context.Queue())
    arguments = (way, str(folder), duration, shared.ready, shared.go, shared.counts)
    workers = [context.Process(target=work, args=arguments) for _ in range(2)]
    for worker in workers:
        worker.start()
    for _ in workers:
        shared.ready.acquire()
    shared.go.set()
    total = sum(shared.counts.get() for _ in workers)
    for worker in workers:
        worker.join()
    return total / duration


def test_a_class_on_two_workers_against_fresh_interpreters(folder):
    """At least 150 a second where the machine is quiet: a multiple of the other way, which is as busy as this one."""
    isolated, fresh = [], []
    for _ in range(3):
        fresh.append(throughput("fresh", folder, 3))
        isolated.append(throughput("isolated", folder, 3))
    ratio = sorted(a / b for a, b in zip(isolated, fresh, strict=True))[1]
    report(
        "submissions a second on two workers",
        {"isolated": max(isolated), "fresh interpreters": max(fresh), "times more (median of three runs)": ratio},
    )
    assert ratio >= 6
