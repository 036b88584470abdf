"""A course of questions about weights whose outputs tell every entry from every other, graded in this process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import QuestionResult

from ..answers.helpers import write
from ..conftest import RUN

PARAMETERS = {"W": np.array([[1, 2], [-3, 0.5]]), "b": np.array([2, 1]), "s": np.array(1)}
"""What is right in the question `weights_question`, but for how it is stored."""

ELMAN = "from: {W: rnn.weight_ih_l0, b: [rnn.bias_ih_l0, rnn.bias_hh_l0], s: out.bias}\n"


def weights_question(extra: str = "", points: int = 7, **shapes: str) -> str:
    """A spec whose output is right where `s`, `b` and `W` are PARAMETERS, and wrong where W is transposed, b turned."""
    return f"""
question: q
title: Weights
points: {points}
answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{s: {shapes.get("s", "scalar")}, b: [2], W: [2, 2]}}
  equations: {{y: "s*x[t] + b[0] - 2*b[1] + 10*(W[0][0] - 1) + 20*(W[0][1] - 2) + 40*(W[1][0] + 3) + 80*(W[1][1] - 1/2)"}}
  output: y
{extra}
behaviour: {{equations: {{e: "x[t]"}}, output: e}}
checks: [{{name: right, points: {points}}}]
"""


def matrix_question(shape: str = "[2, 2]", right: str = "W[0][0] == 1", extra: str = "") -> str:
    """A spec of one parameter, whose output is 1 where a condition on it holds."""
    return f"""
question: q
title: A matrix
points: 3
answer: weights
network:
  inputs: {{x: bit}}
  parameters: {{W: {shape}}}
  equations: {{y: "1 if {right} else 0"}}
  output: y
{extra}
behaviour: {{equations: {{e: "1"}}, output: e}}
checks: [{{name: right, points: 3}}]
"""


@cache
def assignment_of(question: str, packages: str = "") -> Assignment:
    """The assignment of one question; `packages` is a line of `assignment.yaml`."""
    with TemporaryDirectory() as folder:
        specs = write(
            Path(folder), {"assignment.yaml": f"assignment: hw\nquestions: [q]\n{packages}", "q.yaml": question}
        )
        return load_assignment(specs)


def graded(files: Mapping[str, str | bytes], question: str, packages: str = "") -> QuestionResult:
    """What comes of the question `q` of a folder of files."""
    with TemporaryDirectory() as folder:
        submission = Submission(write(Path(folder) / "alice", files))
        (result,) = grade(submission, assignment_of(question, packages), run=RUN).questions
    return result


def earned(files: Mapping[str, str | bytes], question: str, packages: str = "") -> tuple[str, int, str]:
    """Status, points and messages."""
    result = graded(files, question, packages)
    return result.status, int(result.points), "\n".join(result.messages)


def rejected_for(files: Mapping[str, str | bytes], question: str, packages: str = "") -> str:
    """Why an answer is refused, without marks."""
    status, points, message = earned(files, question, packages)
    assert (status, points) == ("rejected", 0), message
    return message
