"""What is kept back is in no byte of any format: a word or a number of its own in each secret, looked for everywhere.

The table says of every secret in which outputs it may be found. There it must be found, so that a canary that nothing
shows would fail the test, too; anywhere else it must not.
"""

import base64
import io
import json
import zipfile
from dataclasses import fields, replace
from fractions import Fraction
from textwrap import dedent

import pytest

from grader.answers.submission import Submission
from grader.audience import Audience, ReportField, redacted
from grader.classroom.class_details import ClassDetails
from grader.classroom.class_page import ClassPageRequest, class_pages
from grader.classroom.class_row import ClassRow
from grader.classroom.counting import class_statistics
from grader.classroom.course_content import read_course
from grader.classroom.entries import entries_in
from grader.classroom.executors import InProcess
from grader.classroom.platforms.feedback import FeedbackFormat
from grader.classroom.platforms.platform import PlatformRequest
from grader.classroom.work import RunSettings, Task
from grader.evidence import Counterexample, Proved
from grader.export.student import write_bundle
from grader.grading import grade
from grader.kinds.open_submission import Details
from grader.kinds.table import load_assignment
from grader.kinds.written.marks import load_marks
from grader.network_details import MachineStep, MachineTable, MinimalMachines
from grader.page_details import PageDetails, ShownArray, ShownCall
from grader.reports.formats import FORMATS, render
from grader.reports.html import report_html
from grader.spec.course import CourseSearch
from grader.verdict import CheckResult, QuestionResult, Report

from ..answers.helpers import write
from ..conftest import RUN
from ..sealing import cheap_seals

ASSIGNMENT = "assignment: hw\ntitle: T\nsalt: saltcanary\nquestions: [code, fails, latch, plain, shown, count, essay]\n"

SPECS = {
    "code": """\
        question: code
        title: A function
        points: 20
        prompt: Write f.
        answer: function
        signature: f(x)
        inputs: {x: "integer(31007001..31007001)"}
        checks:
          - {name: seen, points: 10, equals: reference.mod.f}
          - {name: unseen, points: 10, equals: reference.mod.f, hidden: true, inputs: {x: "integer(32007002..32007002)"}}
        """,
    "fails": """\
        question: fails
        title: A question that the grader fails at
        points: 10
        answer: function
        signature: f(x)
        inputs: {x: integer}
        checks: [{name: broken, points: 10, equals: reference.mod.breaks}]
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
    "count": """\
        question: count
        title: A number
        points: 10
        answer: number
        value: 86429753
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
ANSWERS = "latch: {W1: 1, b: 0}\nplain: x**2\nshown: x**2\ncount: 7\nessay: Because.\n"
CODE = "def f(x):\n    return 999\n"
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
    without_held = replace(report, questions=tuple(one for one in report.questions if one.status != "held"))
    found |= {
        name: render(without_held, FORMATS[name]) for name in ("prairielearn", "submitty")
    }  # they say nothing of the others
    found["classroom"] = base64.b64decode(found["classroom"].partition("=")[2]).decode()
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


PAGES = {"html", "notebook", "page"}
TEXTS = {"classroom", "terminal", "json", "junit", "markdown", "github", "reports/alice.json"}
GRADESCOPE = {"gradescope", "gradescope, shown to students"}
PLATFORMS = {"artemis", "autolab", "prairielearn", "submitty"}
FEEDBACK = {"feedback html", "feedback markdown"}
FEEDBACK_EXPECTED = {f"{name}, expected values shown" for name in FEEDBACK}
CLASS_PAGES = {"class page", "class page, with names"}
EVERY_REPORT = PAGES | TEXTS | GRADESCOPE | PLATFORMS | FEEDBACK | FEEDBACK_EXPECTED
COPY = {"student's copy"}

CANARIES = {
    "a case": ("31007001", EVERY_REPORT | CLASS_PAGES | COPY),
    "a case of a hidden line": ("32007002", set()),
    "an expected value": ("71007001", PAGES | TEXTS | FEEDBACK_EXPECTED | CLASS_PAGES),
    "an expected value of a hidden line": ("72007002", set()),
    "a quantity of the behaviour that is wanted": ("wantedstate", {"json", "reports/alice.json"} | COPY),
    "the source of the reference": ("sourcecanary", set()),
    "why the grader failed": ("faultcanary", PAGES | TEXTS | {"gradescope"}),
    "a right formula": ("417237", set()),
    "a right formula that is revealed": (
        "528341", PAGES | {"json", "reports/alice.json", "feedback html", "feedback html, expected values shown"}
    ),
    "a right number": ("86429753", set()),
    "a near miss": ("nearcanary", {"json", "reports/alice.json"} | CLASS_PAGES),
    "a known answer": ("knowncanary", {"json", "reports/alice.json"} | CLASS_PAGES),
    "the salt": ("saltcanary", set()),
    "a keyword for readers": ("keywordcanary", set()),
    "a note to the student": ("notecanary", EVERY_REPORT | CLASS_PAGES),
    "what another reader noted": ("secondnotecanary", set()),
    "another reader": ("secondreader", set()),
    "another student": ("mallorycanary", {"class page, with names"}),
    "the student": ("alice", EVERY_REPORT - {"classroom", "github", "junit", "gradescope, shown to students", "artemis", "prairielearn", "submitty"} | {"class page, with names"}),
    "the student's own code": ("return 999", PAGES | {"feedback html", "feedback html, expected values shown"}),
}  # fmt: skip
"""By what it is of: the canary, and the outputs in which it is found."""


@pytest.mark.parametrize("secret", CANARIES)
def test_a_secret_is_found_where_it_is_shown_and_nowhere_else(outputs, secret):
    canary, wanted = CANARIES[secret]
    assert wanted <= outputs.keys()
    assert {name for name, text in outputs.items() if canary in text} == wanted


def test_every_output_has_something_to_find(outputs):
    """Each is looked into as it is read: none is encoded, compressed or empty."""
    assert set(FORMATS) <= outputs.keys()
    found = {name for name, text in outputs.items() for canary, _ in CANARIES.values() if canary in text}
    assert found == outputs.keys()


DECIDED = {
    Report: {"code": "", "grader": "", "lateness": "", "messages": "FAULT_REASON", "spec": "", "questions": "", "variants_of": ""},
    QuestionResult: {
        "checks": "", "excused": "", "machines": "WANTED_MACHINE", "margins": "", "messages": "FAULT_REASON",
        "mistakes": "MISTAKE_NAME", "override": "", "page": "", "robustness": "", "weights": "", "written": "",
        "right_for": "OTHER_VARIANTS", "variant": "UNSEEN_CONSTANTS",
    },
    CheckResult: {"evidence": "", "message": "EXPECTED_VALUE", "mistakes": "MISTAKE_NAME", "override": "", "unproved": ""},
    Proved: {"states": "", "length": "", "invariant": "INVARIANT", "certificate": "INVARIANT"},
    Counterexample: {
        "input": "CASE", "got": "CASE", "expected": "EXPECTED_VALUE", "condition": "EXPECTED_VALUE", "trace": "EXPECTED_VALUE",
        "latex": "RIGHT_FORMULA", "steps": "RIGHT_FORMULA",
    },
    PageDetails: {
        "prompt": "", "handed_in": "", "formulas": "RIGHT_FORMULA", "network": "", "machines": "WANTED_MACHINE",
        "machine_path": "CASE", "calls": "CASE",
    },
    ShownCall: {"arguments": "CASE", "got": "CASE", "wanted": "EXPECTED_VALUE", "rule": "EXPECTED_VALUE"},
    ShownArray: {"wrong": "EXPECTED_VALUE", "cells": "", "dtype": "", "origin": "", "shape": "", "text": ""},
    MinimalMachines: {"answer": "", "wanted": "WANTED_MACHINE", "joined_outputs": "", "reason": ""},
}  # fmt: skip
"""Of what a report holds: by field what it is in `grader.audience` ("": for everybody who is given the report)."""

NAMED = {
    "id",
    "name",
    "title",
    "points",
    "max_points",
    "outcome",
    "status",
    "assignment",
    "submission",
    "sandbox",
    "check",
}
NAMED |= {"place", "fingerprint", "weights_fingerprint", "shortest"}


@pytest.mark.parametrize("of", DECIDED, ids=lambda of: of.__name__)
def test_it_is_decided_of_each_field_who_sees_it(of):
    """A new field fails here until somebody has said what it is, and `redacted` takes it from whom it is not for."""
    assert {field.name for field in fields(of)} - NAMED == DECIDED[of].keys()
    assert set(DECIDED[of].values()) <= {"", *ReportField.__members__}


def test_what_a_page_draws_is_kept_from_those_who_may_not_see_what_is_wanted():
    value = ShownArray("out", "[1 0]", (("1", "0"),), wrong=((0, 1),))
    call = ShownCall("a line", (value,), (value,), (value,), "out > 1")
    table = MachineTable(("0",), ("",), ((MachineStep(0, "1"),),), remembers=False)
    details = PageDetails("?", machines=MinimalMachines(table, table), calls=(call,))
    report = Report("hw", "alice", (QuestionResult("q", "T", "graded", Fraction(1), page=details),))
    (found,) = redacted(report, Audience.PLATFORM).questions
    assert found.page == PageDetails(
        "?", machines=MinimalMachines(table), calls=(ShownCall("a line", (value,), (replace(value, wrong=()),)),)
    )
    assert redacted(report, Audience.PLATFORM, show_expected=True).questions[0].page == details
    assert redacted(report, Audience.STUDENT) == report
