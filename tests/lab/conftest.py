"""The second assignment: its specs, its references, its example submissions, and one grading of each for all tests."""

import importlib.util
from functools import cache
from pathlib import Path

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment

from ..conftest import RUN

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def lab():
    return load_assignment(ROOT / "specs" / "sequence_lab")


@pytest.fixture(scope="session")
def q1():
    return load_assignment(ROOT / "specs" / "assignment3" / "q1.yaml").questions[0].ways[0]


@pytest.fixture(scope="session")
def graded(lab):
    """The report of an example submission, made once."""
    return cache(lambda name: grade(Submission(ROOT / "submissions_example" / name), lab, run=RUN))


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
