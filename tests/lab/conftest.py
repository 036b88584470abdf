"""The second assignment: its specs, its references, its example submissions, and one grading of each for all tests."""

import importlib.util
import re
import shutil
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


def write_short_lab(course):
    """A course with the lab, with fewer cases where it asks for many: a quarter of 100, and one of 6 runs with 1000 tokens."""
    for name in ("specs/sequence_lab", "reference"):
        shutil.copytree(ROOT / name, course / name)
    changed = 0
    for path in (course / "specs" / "sequence_lab").glob("*.yaml"):
        text, count = re.subn(
            r"\bcases: (100|6)\b", lambda found: f"cases: {int(found[1]) // 4}", path.read_text("utf-8")
        )
        path.write_text(text, "utf-8")
        changed += count
    assert changed == 4
    return course / "specs" / "sequence_lab"


@pytest.fixture(scope="session")
def short_lab(tmp_path_factory):
    """The lab with fewer cases."""
    return load_assignment(write_short_lab(tmp_path_factory.mktemp("lab")))


@pytest.fixture(scope="session")
def part_of_lab(short_lab):
    """The short lab with these of its questions alone."""
    return lambda names: replace(short_lab, questions=tuple(q for q in short_lab.questions if q.id in names))


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
