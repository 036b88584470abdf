"""What is kept back is in no byte of any format: a word or a number of its own in each secret, looked for everywhere.

The table says of every secret in which outputs it may be found. There it must be found, so that a canary that nothing
shows would fail the test, too; anywhere else it must not.
"""

import io
import json
import re
from textwrap import dedent
import zipfile
from contextlib import closing
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import grader.evidence
import grader.page_details
import grader.verdict
from grader.answers.submission import Submission
from grader.classroom.class_details import ClassDetails
from grader.classroom.class_page import ClassPageRequest, class_pages
from grader.classroom.course_content import read_course
from grader.classroom.entries import entries_in
from grader.classroom.class_list import ClassRow
from grader.classroom.executors import InProcess
from grader.classroom.platforms.feedback import FeedbackFormat
from grader.classroom.platforms.platform import PlatformRequest
from grader.classroom.statistics import class_statistics
from grader.classroom.work import RunSettings, Task
from grader.export.student import write_bundle
from grader.grading import grade
from grader.kinds.open_submission import Details
from grader.kinds.table import load_assignment
from grader.kinds.written.marks import load_marks
from grader.reports.formats import FORMATS, render
from grader.reports.html import report_html
from grader.spec.course import CourseSearch

from ..answers.helpers import write
from ..conftest import RUN
from ..sealing import cheap_seals

ASSIGNMENT = "assignment: hw\ntitle: T\nsalt: saltcanary\nquestions: [code, latch, plain, shown, essay]\n"

SPECS = {
    "code": """\
        question: code
        title: A function
        points: 30
        prompt: Write f.
        answer: function
        signature: f(x)
        inputs: {x: "integer(31007001..31007001)"}
        checks:
          - {name: seen, points: 10, equals: reference.mod.f}
          - {name: unseen, points: 10, equals: reference.mod.f, hidden: true, inputs: {x: "integer(32007002..32007002)"}}
          - {name: broken, points: 10, equals: reference.mod.breaks}
        """,
    "latch": """\
        question: latch
        title: A latch
        points: 10
        answer: weights
        network:
          inputs: {x: bit}
          parameters: {W1: scalar, b: scalar}
          functions: {phi(z): "1 if z >= 0.5 else 0"}
          initial: {h: 1}
          equations: {h: "phi(W1*x[t] + h[t-1] + b)", y: "h[t]"}
          output: y
        behaviour:
          initial: {wantedstate: 1}
          equations: {wantedstate: "wantedstate[t-1] and x[t]"}
          output: wantedstate
        checks: [{name: all, points: 10}]
        known:
          right: {W1: 1, b: -1.5, earns: 10}
          knowncanary: {W1: 1, b: 0, earns: 0, say: It never falls.}
        """,
    "plain": """\
        question: plain
        title: A formula
        points: 10
        answer: formula
        symbols: {x: real}
        right: x**2 / 417237
        reveal: false
        near: [{name: nearcanary, formula: x**2, points: 2, say: The factor is missing.}]
        """,
    "shown": """\
        question: shown
        title: A formula that is shown
        points: 10
        answer: formula
        symbols: {x: real}
        right: x**2 / 528341
        reveal: true
        """,
    "essay": """\
        question: essay
        title: An essay
        points: 10
        prompt: Say why.
        answer: written
        rubric: [{name: rubricpoint, points: 10, keywords: [keywordcanary]}]
        """,
}
REFERENCE = """\
def f(x):
    sourcecanary = 5
    return x + 40_000_000 if sourcecanary else 0

def breaks(x):
    raise KeyError("faultcanary")
"""
MARKS = """\
- submission: alice
  question: essay
  met: []
  note: notecanary
  reader: readercanary
  second:
  - {met: [rubricpoint], note: secondnotecanary, reader: secondreader}
"""
ANSWERS = "latch: {W1: 1, b: 0}\nplain: x**2\nshown: x**2\nessay: Because.\n"
CODE = "def f(x):\n    return 0\n"
CLASS = ("alice", "mallorycanary")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    specs = folder / "specs" / "hw"
    write(specs, {f"{name}.yaml": dedent(text) for name, text in SPECS.items()})
    write(specs, {"assignment.yaml": ASSIGNMENT, "marks.yaml": MARKS})
    write(folder / "reference", {"__init__.py": "", "mod.py": REFERENCE})
    for name in CLASS:
        write(folder / "class" / name, {"answers.yaml": ANSWERS, "solution.py": CODE})
    return folder


@pytest.fixture(scope="module")
def outputs(course, tmp_path_factory):
    """What each format makes of alice's submission, and of the class: text by name, in the order of `OUTPUTS`."""
    assignment = load_assignment(course / "specs" / "hw")
    submission = Submission(course / "class" / "alice", "alice")
    marks = load_marks(course / "specs" / "hw" / "marks.yaml")
    report = grade(submission, assignment, marks=marks, run=RUN, details=Details(True, True, True))
    found = {name: render(report, format) for name, format in FORMATS.items()}
    found["gradescope, shown to students"] = json.dumps(
        [test.get("output") for test in json.loads(found["gradescope"])["tests"] if test.get("visibility") != "hidden"]
    )
    found["notebook"] = report_html(report)
    settings = RunSettings(read_course(CourseSearch(course), "hw"), "hw", pages=True)
    rows = list(InProcess(RUN).run([Task(entry, settings) for entry in entries_in(course / "class").submissions]))
    found["page"], found["reports/alice.json"] = rows[0].page, rows[0].report
    book = [ClassRow(row, row.name) for row in rows]
    for markup in ("html", "markdown"):
        for shown in (False, True):
            request = PlatformRequest(
                book[:1], markup=markup, show_expected=shown, kept=lambda row: row.graded.verdicts
            )
            data = FeedbackFormat().write(request).data
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                text = "".join(archive.read(name).decode() for name in archive.namelist())
            found[f"feedback {markup}{', expected values shown' if shown else ''}"] = text
    for names in (False, True):
        details = ClassDetails()
        statistics = class_statistics(book, details.add)
        pages = class_pages(ClassPageRequest(statistics, details, {}, book, names=names))
        found[f"class page{', with names' if names else ''}"] = "".join(pages.values())
    with cheap_seals():
        folder = tmp_path_factory.mktemp("student") / "copy"
        write_bundle(assignment, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found["student's copy"] = "\n".join(f"{path.name}\n{path.read_bytes().decode()}" for path in files)
    return found


CANARIES = {
    "visible case": "31007001", "hidden case": "32007002", "visible expected value": "71007001",
    "hidden expected value": "72007002", "source of the reference": "sourcecanary", "fault": "faultcanary",
    "right formula": "417237", "right formula, revealed": "528341", "near miss": "nearcanary", "known answer": "knowncanary",
    "salt": "saltcanary", "keyword": "keywordcanary", "note to the student": "notecanary", "reader": "readercanary",
    "note of another reader": "secondnotecanary", "another reader": "secondreader", "another student": "mallorycanary",
    "wanted machine": "wantedstate", "own code": "return 0",
}  # fmt: skip


def test_matrix(outputs):
    print(outputs["terminal"])
    for name, canary in CANARIES.items():
        print(f"{name:28}", [o for o, text in outputs.items() if canary in text])
