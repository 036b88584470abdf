"""The second assignment: its specs, its references, its example submissions, and one grading of each for all tests."""

import importlib.util
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from grader.kinds.table import load_assignment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def lab():
    return load_assignment(ROOT / "specs" / "sequence_lab")


@pytest.fixture(scope="session")
def q1():
    return load_assignment(ROOT / "specs" / "assignment3" / "q1.yaml").questions[0].ways[0]


@pytest.fixture(scope="session")
def part_of_lab(lab):
    """The lab with these of its questions alone."""
    return lambda names: replace(lab, questions=tuple(q for q in lab.questions if q.id in names))


@pytest.fixture(scope="session")
def reference():
    """A module of the course's references by name."""

    @cache
    def load(name):
        spec = importlib.util.spec_from_file_location(f"course_{name}", ROOT / "reference" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
