"""What a command loads when it starts: it imports nothing that it does not use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..answers.helpers import Q5, Q6, copy_course, write

HEAVY = {"numpy", "pydantic", "hypothesis", "z3", "jinja2", "markdown_it", "pytest", "distributed"}
"""What takes longer to import than a command takes to start."""

SHOWN = "import sys\nfrom grader.cli import cli\ncli.main(sys.argv[1:], standalone_mode=False)\n"
SHOWN += "print('\\nloaded', *sys.modules)\n"
"""A program that runs a command and says which modules it has loaded."""


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """A course, a class that was graded, and a cache that has the assignment."""
    folder = tmp_path_factory.mktemp("start")
    course = copy_course(folder / "course")
    for student in ("alice", "bob"):
        write(folder / "class" / student, {"answers.yaml": Q5 + Q6})
    environment = os.environ | {"GRADER_CACHE": str(folder / "cache")}
    environment |= {"PYTHONWARNINGS": "error"}

    def loaded(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", SHOWN, *arguments],
            cwd=course, env=environment, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return set(done.stdout.rpartition("\nloaded ")[2].split())

    loaded("grade", "../class", "--out", "../results")
    loaded("check", "../class/alice")
    return loaded


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="nothing is kept where nobody owns files")
@pytest.mark.parametrize(
    ("arguments", "unused"),
    [
        (["check", "../class/alice"], {"shutil", "sqlite3", "grader.documents.advice"}),
        (["check", "../class/alice", "--format", "json"], {"rich.console"}),
        (["grade", "../class", "--out", "../results"], {"yaml", "flint", "rich.console"}),
        (["class", "../results"], {"yaml", "flint", "rich.console"}),
        (["--help"], {"yaml", "flint", "rich.console", "sqlite3", "hashlib", "importlib.resources", "grader.kinds"}),
    ],
    ids=lambda part: part[0] if isinstance(part, list) else "",
)
def test_a_command_loads_what_it_uses(classroom, arguments, unused):
    """Of a class, and of an assignment, that is the one it was before."""
    loaded = classroom(*arguments)
    assert "grader.cli" in loaded
    assert loaded & (HEAVY | unused) == set()


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")
def test_two_processes_are_forked_with_what_their_answers_need_loaded_and_the_sandbox_only_for_code(
    classroom, tmp_path
):
    """Each would load it again, and a class without code loads no sandbox at all."""
    questions = Path(__file__).parents[2] / "specs" / "assignment3"
    two = ["grade", "../class", "--jobs", "2", "--fresh"]
    loaded = classroom(*two, "--spec", str(questions / "q5.yaml"), "--out", str(tmp_path / "weights"))
    assert {"grader.documents.yaml_tree", "grader.engines.walk", "grader.kinds.weights.judged"} <= loaded
    assert "grader.sandbox" not in loaded
    assert "grader.sandbox" in classroom(*two, "--spec", str(questions / "q1.yaml"), "--out", str(tmp_path / "code"))
