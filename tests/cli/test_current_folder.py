"""Nothing of the folder that a command is started in is imported, run or read: each command is a process."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ..diagonal import diagonal

DOUBLE = """\
question: double
title: Twice a number
points: 20
answer: function
signature: double(n)
inputs: {n: integer(1..99)}
checks:
  - {name: is twice as much, points: 20, holds: out == 2 * n}
"""
MODULES = [
    *("grader", "numpy", "yaml", "click", "rich", "pydantic", "flint", "hypothesis", "random", "json", "re", "struct"),
    *(
        "socket",
        "pickle",
        "multiprocessing",
        "threading",
        "queue",
        "subprocess",
        "signal",
        "pkgutil",
        "runpy",
        "platform",
    ),
    *("conftest", "sitecustomize", "usercustomize", "_grader_startup", "proofgrade", "platformdirs", "concurrent"),
]
GRADER = [str(Path(sys.executable).with_name("grader"))]
MODULE = [sys.executable, "-m", "grader"]


class Ground:
    """A course, and submissions among which modules lie that tell of their import."""

    def __init__(self, course: Path) -> None:
        self.course, self.imported = course, course / "imported.txt"
        self.spec = course / "specs" / "hw"
        self.spec.mkdir(parents=True)
        (self.spec / "assignment.yaml").write_text("assignment: hw\nquestions: [double]\n")
        (self.spec / "double.yaml").write_text(DOUBLE)
        self.submissions = course / "submissions"
        for name, body in {"x": "return n + n", "y": "return n"}.items():
            folder = self.submissions / name
            folder.mkdir(parents=True)
            (folder / "answers.yaml").write_text("assignment: hw\n")
            (folder / "solution.py").write_text(f"def double(n):\n    {body}\n")

    def plant(self, folder: Path, *, packages: bool = False) -> None:
        text = f"open({str(self.imported)!r}, 'a').write(__name__ + ' ')\n"
        for name in MODULES:
            path = folder / name / "__init__.py" if packages else folder / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        (folder / "x.pth").write_text(f"import sys; {text}")

    def run(self, where: Path, *command: str, **environment: str) -> tuple[int, str, str]:
        """The exit code, what is printed, and what has been imported of what was planted."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(command, cwd=where, env=ours | environment, capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout + done.stderr, self.imported.read_text() if self.imported.exists() else ""


@pytest.fixture
def ground(tmp_path):
    return Ground(tmp_path)


def graded(ground: Ground) -> str:
    return (ground.course / "out" / "grades.csv").read_text()


@pytest.mark.parametrize(("program", "jobs", "packages"), diagonal([GRADER, MODULE], ["1", "2"], [False, True]))
@pytest.mark.sampled(3)
def test_grading_from_among_the_submissions_imports_none_of_them(ground, program, jobs, packages):
    ground.plant(ground.submissions, packages=packages)
    out = str(ground.course / "out")
    _, text, imported = ground.run(
        ground.submissions, *program, "grade", ".", "--spec", str(ground.spec), "--out", out, "--jobs", jobs
    )
    assert imported == ""
    assert "\nx,20,20,20," in graded(ground), text
    assert "\ny,0,0,20," in graded(ground)


@pytest.mark.parametrize(("program", "paths"), diagonal([MODULE, GRADER], ["", os.pathsep, f".{os.pathsep}/nonesuch"]))
@pytest.mark.sampled(3)
def test_checking_from_inside_a_submission_imports_nothing_of_it(ground, program, paths):
    ground.plant(ground.submissions / "x")
    command = [*program, "check", ".", "--spec", str(ground.spec), "--require-sandbox", "off"]
    code, text, imported = ground.run(ground.submissions / "x", *command, PYTHONPATH=paths)
    assert imported == ""
    assert code == 0, text
    assert "20 / 20" in text


@pytest.mark.parametrize("command", [["doctor"], ["spec", "schema"], ["--help"]], ids=lambda command: command[0])
def test_other_commands_import_nothing_either(ground, command):
    ground.plant(ground.submissions)
    code, text, imported = ground.run(ground.submissions, *MODULE, *command)
    assert imported == ""
    assert code == 0, text


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="programs as POSIX has them")
def test_programs_of_the_current_folder_are_not_run(ground):
    for name in ("bwrap", "python", "python3", "git", "dot"):
        path = ground.submissions / "x" / name
        path.write_text(f"#!/bin/sh\necho {name} >> {ground.imported}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    paths = os.pathsep.join(("", ".", os.environ["PATH"]))
    command = [*GRADER, "check", ".", "--spec", str(ground.spec)]
    for line in (command, [*GRADER, "doctor"]):
        code, text, run = ground.run(ground.submissions / "x", *line, PATH=paths)
        assert run == ""
        assert code == 0, text


def test_a_folder_that_the_user_names_in_pythonpath_stays(ground):
    """It is the user's own choice, even where it is the current one."""
    (ground.course / "sitecustomize.py").write_text(f"open({str(ground.imported)!r}, 'a').write('chosen ')\n")
    _, _, imported = ground.run(ground.course, *MODULE, "--help", PYTHONPATH=str(ground.course))
    assert imported == "chosen "


@pytest.mark.long
def test_hypothesis_neither_reads_nor_writes_in_the_current_folder(ground):
    """Its table of letters there would decide which texts are drawn."""
    (ground.course / ".hypothesis").write_text("no folder, so that nothing can be kept in it")
    opened = """
import sys
paths = []
sys.addaudithook(lambda event, values: paths.append(str(values[0])) if event in ("open", "os.mkdir") else None)
from hypothesis import strategies
from grader.hypothesis_corpus import corpus, smallest
assert len(corpus(strategies.text(), 5, 1)) == 5
assert smallest(strategies.text(), lambda text: len(text) > 3, 100, 1)
print([path for path in paths if ".hypothesis" in path])
print(any("unicode_data" in path for path in paths))
"""
    cache = str(ground.course / "cache")
    _, text, _ = ground.run(ground.course, sys.executable, "-c", opened, XDG_CACHE_HOME=cache)
    assert text == "[]\nTrue\n"


def test_hypothesis_of_the_user_keeps_its_own_folder():
    from hypothesis import configuration, strategies

    from grader.hypothesis_corpus import corpus

    before = configuration.storage_directory("examples").path
    assert corpus(strategies.integers(), 3, 1)
    assert configuration.storage_directory("examples").path == before
