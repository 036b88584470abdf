"""A course with one question of a function, and hand-ins to it as files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import Report

from ..conftest import RUN

QUESTION = """\
question: f
title: An affine function
points: 4
answer: function
signature: f(x)
inputs: {x: "vector(1..3, real(-4..4))"}
cases: 12
checks: [{name: right, points: 4, equals: reference.lab.f}]
"""
REFERENCE = "def f(x):\n    return 2 * x + 1\n"


def write_course(root: Path, packages: str = "", question: str = QUESTION, reference: str = REFERENCE) -> Path:
    """The folder of the spec, in a course of its own; `packages` is the line of `assignment.yaml`."""
    specs = root / "specs" / "lab"
    specs.mkdir(parents=True)
    (root / "reference").mkdir()
    (root / "reference" / "lab.py").write_text(reference)
    (specs / "assignment.yaml").write_text(f"assignment: lab\nquestions: [f]\n{packages}")
    (specs / "f.yaml").write_text(question)
    return specs


def notebook(*cells: str) -> str:
    """A notebook of these code cells."""
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@cache
def loaded(specs: Path) -> Assignment:
    """The assignment, loaded once."""
    return load_assignment(specs)


def hand_in(folder: Path, files: Mapping[str, str | bytes], specs: Path) -> Report:
    """The report of a submission of these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return grade(Submission(folder), loaded(specs), run=RUN)
