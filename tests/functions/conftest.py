"""Questions written on the spot, and students' functions judged by them, in the one sandbox of the test run."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from grader import grading
from grader.answers.code import Code
from grader.answers.submission import Submission
from grader.errors import SubmissionError
from grader.kinds.function.code_runner import runner_pool
from grader.kinds.function.plan import Plan, plan_of
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.score import score_function
from grader.kinds.table import load_assignment
from grader.reports import json, terminal
from grader.sandbox import FunctionCall, Requirement, Returned
from grader.spec.assignment import Assignment
from grader.verdict import CheckResult, QuestionResult, Report

from ..conftest import RUN

POOL = runner_pool(RUN, "strict")
SANDBOX = POOL._sandbox
"""The sandbox of that pool, for tests of sessions."""


def grade(submission: Submission, assignment: Assignment, require: Requirement = "strict") -> Report:
    """The report of a submission, in the sandbox of all tests."""
    return grading.grade(submission, assignment, require, run=RUN)


class Judged(NamedTuple):
    """A question with the marks of an answer to it."""

    question: FunctionQuestion
    result: QuestionResult

    @property
    def checks(self) -> Mapping[str, CheckResult]:
        return {check.name: check for check in self.result.checks}

    @property
    def earned(self) -> Mapping[str, int]:
        return {check.name: int(check.points) for check in self.result.checks}

    @property
    def only(self) -> CheckResult:
        (check,) = self.result.checks
        return check


def question_text(signature: str, inputs: str, checks: str, more: str = "") -> str:
    """A question whose lines are worth one point each, unless they say so; a line is what stands between its braces."""
    lines = [line.strip() for line in checks.strip().splitlines()]
    written = [line if "points:" in line.partition("partly")[0] else f"points: 1, {line}" for line in lines]
    named = [line if "name:" in line else f"name: line {i}, {line}" for i, line in enumerate(written, 1)]
    worth = [line.partition("points: ")[2].partition(",")[0] for line in named]
    rows = "".join(f"  - {{{line}}}\n" for line in named)
    more = textwrap.dedent(more)
    if "cases:" not in more:
        more += "cases: 30\n"
    points = sum(map(int, worth))
    return (
        f"question: q\ntitle: A title\npoints: {points}\nanswer: function\nsignature: {signature}\n"
        f"inputs: {inputs}\n{more}checks:\n{rows}"
    )


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], FunctionQuestion]:
    """The question of a text, in a course with a source as its `reference/mod.py`.

    The same text and source are one question, whose inputs and wanted outputs are worked out once, as for a class.
    """

    @cache
    def made(text: str, reference: str) -> FunctionQuestion:
        folder = tmp_path_factory.mktemp("course")
        (folder / "reference").mkdir()
        (folder / "reference" / "mod.py").write_text(reference)
        path = folder / "q.yaml"
        path.write_text(text, encoding="utf-8")
        (question,) = load_assignment(path).questions
        assert isinstance(question, FunctionQuestion)
        return question

    return made


@pytest.fixture
def question(loaded: Callable[[str, str], FunctionQuestion]) -> Callable[..., FunctionQuestion]:
    """Loads a question; `reference` is the source of its course's `reference/mod.py`."""
    return lambda signature, inputs, checks, more="", reference="": loaded(
        question_text(signature, inputs, checks, more), textwrap.dedent(reference)
    )


CALL_TIMEOUT_OF_TESTS_S = 20.0
"""What a call may take that comes to an end: long enough on however busy a machine."""


def judged(
    question: FunctionQuestion, source: str, seconds: float = CALL_TIMEOUT_OF_TESTS_S, *, shrink: bool = True
) -> Judged:
    """A student's code judged; what never ends is given less time."""
    code = Code("solution.py", textwrap.dedent(source).encode(), "python")
    runner = POOL.open(code, seconds)
    try:
        return Judged(question, score_function(question, runner, shrink=shrink))
    finally:
        runner.close()


@pytest.fixture
def judge(question: Callable[..., FunctionQuestion]) -> Callable[..., Judged]:
    """Judges a source by a question written on the spot."""

    def judge(
        source: str,
        signature: str,
        inputs: str,
        checks: str,
        more: str = "",
        reference: str = "",
        seconds: float = CALL_TIMEOUT_OF_TESTS_S,
    ) -> Judged:
        return judged(question(signature, inputs, checks, more, reference), source, seconds)

    return judge


@pytest.fixture
def course(tmp_path: Path) -> Callable[..., Assignment]:
    """An assignment of several questions, by name."""

    def made(reference: str = "", **questions: str) -> Assignment:
        folder = tmp_path / "course" / "specs" / "lab"
        folder.mkdir(parents=True)
        (tmp_path / "course" / "reference").mkdir()
        (tmp_path / "course" / "reference" / "mod.py").write_text(textwrap.dedent(reference))
        for name, text in questions.items():
            (folder / f"{name}.yaml").write_text(text.replace("question: q\n", f"question: {name}\n"), encoding="utf-8")
        (folder / "assignment.yaml").write_text(f"assignment: lab\nquestions: [{', '.join(questions)}]\n")
        return load_assignment(folder)

    return made


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Submission]:
    """A submission of these files."""

    def made(name: str = "alice", /, **files: str) -> Submission:
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (folder / file.replace("__", ".")).write_text(textwrap.dedent(content), encoding="utf-8")
        return Submission(folder)

    return made


def both_reports(report: Report) -> str:
    """Everything that a student can come to see."""
    return json.render(report) + terminal.render(report) + terminal.render(report, width=200)


__all__ = [
    "SANDBOX", "FunctionCall", "Judged", "Plan", "Report", "Returned", "SubmissionError", "both_reports", "grade", "judged", "plan_of",
    "question_text",
]  # fmt: skip
