"""A course of one question a kind, graded in this process: what a hand-in earns, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import QuestionResult, Report

from ..answers.helpers import write
from ..conftest import RUN

QUESTIONS = {
    "assignment": "assignment: hw\ntitle: H\nquestions: [q1, q2, q3, q4, q5, q6]\n",
    "q1": "question: q1\ntitle: C\npoints: 4\nanswer: choice\noptions: {a: one, b: two, c: three}\nright: [a, b]\n",
    "q2": "question: q2\ntitle: W\npoints: 5\nanswer: written\nrubric: [{name: the gate, points: 5}]\n",
    "q3": """
question: q3
title: F
points: 6
parts:
  - {question: q3.1, title: A, points: 3, answer: formula, right: tanh(x) * w, symbols: {x: scalar, w: scalar}}
  - {question: q3.2, title: B, points: 3, answer: formula, right: -x + w, symbols: {x: scalar, w: scalar}}
""",
    "q4": "question: q4\ntitle: N\npoints: 2\nanswer: number\nvalue: 3/2\n",
    "q5": """
question: q5
title: V
points: 7
answer: weights
network:
  inputs: {x: bit}
  parameters: {s: scalar, b: [2], W: [2, 2]}
  equations: {y: "s*x[t] + b[0] - 2*b[1] + 10*(W[0][0] - 1) + 20*(W[0][1] - 2) + 40*(W[1][0] + 3) + 80*(W[1][1] - 1/2)"}
  output: y
behaviour: {equations: {e: "x[t]"}, output: e}
checks: [{name: right, points: 7}]
known: {k: {s: 1, b: [2, 1], W: [[1, 2], [-3, 1/2]], earns: 7}}
""",
    "q6": "question: q6\ntitle: W\npoints: 5\nanswer: written\nrubric: [{name: the cell, points: 5}]\n",
}
RIGHT = {
    "q1": "[a, b]",
    "q2": "The gate forgets.",
    "q3.1": "w * tanh(x)",
    "q3.2": "w - x",
    "q4": "1.5",
    "q5": "{s: 1, b: [2, 1], W: [[1, 2], [-3, 0.5]]}",
    "q6": "The cell keeps.",
}
"""An answer to each question that earns everything, or waits for a reader."""

POINTS = {"q1": 4, "q2": 0, "q3.1": 3, "q3.2": 3, "q4": 2, "q5": 7, "q6": 0}


@cache
def assignment() -> Assignment:
    """The assignment, loaded once."""
    with TemporaryDirectory() as folder:
        write(Path(folder), {f"{name}.yaml": text for name, text in QUESTIONS.items()})
        return load_assignment(Path(folder))


def report_on(files: Mapping[str, str | bytes]) -> Report:
    """What is said of a folder with these files."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "kim", files)
        return grade(Submission(path), assignment(), run=RUN)


def results_of(files: Mapping[str, str | bytes]) -> dict[str, QuestionResult]:
    """The result of each question for a folder with these files."""
    return {question.id: question for question in report_on(files).questions}


def answers(**changed: str | None) -> str:
    """The lines of a file of right answers, with the text of some questions changed (None: left out).

    A name is written with _ in place of the dot; a text that begins with a line break stands below its name.
    """
    texts = RIGHT | {name.replace("q3_", "q3."): text for name, text in changed.items()}
    lines = [
        f"{name}: {text}" if not text.startswith("\n") else f"{name}:{text}"
        for name, text in texts.items()
        if text is not None
    ]
    return "assignment: hw\n" + "\n".join(lines) + "\n"


def keep_their_marks(results: Mapping[str, QuestionResult], but: str) -> None:
    """Asserts that every question but one has what its right answer earns."""
    for name, result in results.items():
        if name != but:
            wanted = "pending" if name in ("q2", "q6") else "graded"
            assert (result.status, result.points) == (wanted, POINTS[name]), (name, result.messages)


def refused(results: Mapping[str, QuestionResult], name: str) -> str:
    """The messages of a question that has to be rejected, in one text."""
    result = results[name]
    assert (result.status, result.points) == ("rejected", 0), (result.status, result.messages)
    return "\n".join(result.messages)
