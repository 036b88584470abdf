"""A course with a question of each kind that reads files of its own, and hand-ins to it in every wrapping."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import Report

from ..conftest import RUN

ROOT = Path(__file__).parents[2]
Content = str | bytes
Files = Mapping[str, Content]

LATCH = {"W1": 1.0, "W2": 1.0, "b2": -1.5, "W3": 1.0, "b3": 0.0}
Q5 = "q5: {W1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0}\n"
Q5_ALONE = Q5.removeprefix("q5: ")
Q5_JSON = '{"q5": {"W1": 1, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}}'
ESSAY = "One-hot vectors are as long as the vocabulary, and no two of them are alike."
DOUBLE = "def double(x):\n    return 2 * x\n"

_QUESTIONS = {
    "q2.yaml": "question: q2\ntitle: An essay\npoints: 10\nanswer: written\nrubric: [{name: a reason, points: 10}]\n",
    "q3.yaml": (
        "question: q3\ntitle: Twice\npoints: 5\nanswer: function\nsignature: double(x)\ninputs: {x: integer(-9..9)}\n"
        "checks: [{name: twice, points: 5, holds: out == 2*x}]\n"
    ),
    "assignment.yaml": "assignment: sheet\ntitle: A sheet\nquestions: [q2, q3, q5]\n",
}


def make_course(folder: Path) -> Assignment:
    """An assignment with an essay (q2), a function (q3) and weights (q5)."""
    specs = folder / "specs" / "sheet"
    specs.mkdir(parents=True)
    shutil.copy(ROOT / "specs" / "assignment3" / "q5.yaml", specs / "q5.yaml")
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in _QUESTIONS.items():
        (specs / name).write_text(text)
    return load_assignment(specs)


def written(folder: Path, files: Files) -> Path:
    """The folder with these files in it; a name may have folders."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(in_bytes(content))
    return folder


def in_bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    """A tar with these files, compressed as `mode` says."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is a variable
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(in_bytes(content))
            archive.addfile(info, io.BytesIO(in_bytes(content)))
    return stream.getvalue()


def arrays(values: Mapping[str, float] = LATCH) -> bytes:
    """An .npz file."""
    stream = io.BytesIO()
    np.savez(stream, **values)
    return stream.getvalue()


def graded(path: Path, assignment: Assignment) -> Report:
    """The report of a submission, in the sandbox of all tests."""
    return grade(Submission(path), assignment, run=RUN)


def outcomes(report: Report) -> dict[str, str]:
    """What came of each question: its points where it is graded, else its status."""
    return {q.id: f"{q.points}" if q.status == "graded" else q.status for q in report.questions}


def said(report: Report) -> str:
    """Everything that the report says to its reader, a line each."""
    return "\n".join([*report.messages, *(f"{q.id}: {m}" for q in report.questions for m in q.messages)])
