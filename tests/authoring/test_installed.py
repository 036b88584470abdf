"""From `pip install proofgrade` alone, outside of any clone: a wheel is built, installed without extras, and used.

What needs the package index takes long and is `slow`. The index need not have the release: pip finds the wheel that was
built here under the same version (`PIP_FIND_LINKS`).
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.authoring.templates import DEFAULT_TITLES

from ..answers.helpers import ROOT
from ..export.runners import GithubRunner, GitlabRunner

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="scripts as POSIX has them")]

EXTRAS = {"distributed", "h5py", "pypdf", "docx", "uvicorn", "starlette", "scipy", "xdist"}
"""Packages of extras, none of which is there."""


def done(*words, cwd, **environment):
    """What a program says, which ends with 0."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    run = subprocess.run(
        [*map(str, words)], cwd=cwd, env=kept | environment, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1800,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    return run.stdout


def fresh_environment(folder):
    """A virtual environment with nothing in it; its programs."""
    done(Path(sys.base_prefix) / "bin" / "python3", "-m", "venv", folder, cwd=folder.parent)
    return folder / "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    done(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory):
    """Those of an environment in which nothing but the wheel was installed."""
    folder = fresh_environment(tmp_path_factory.mktemp("installed") / "venv")
    done(folder / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def course(programs, tmp_path_factory):
    """A course begun by what was installed."""
    place = tmp_path_factory.mktemp("outside")
    done(programs / "grader", "new", "course", "nn", cwd=place)
    return place / "nn"


def test_the_wheel_holds_every_template(wheel):
    folder = ROOT / "grader" / "authoring" / "templates"
    names = {
        f"grader/authoring/templates/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(wheel) as opened:
        assert names - set(opened.namelist()) == set()
        assert {name for name in opened.namelist() if name.startswith("grader/authoring/templates/")} == names


def test_nothing_of_an_extra_is_installed(programs):
    show = (
        f"import importlib.util, json; print(json.dumps([n for n in {sorted(EXTRAS)} if importlib.util.find_spec(n)]))"
    )
    assert json.loads(done(programs / "python", "-c", show, cwd=programs)) == []


def test_a_question_of_each_kind_can_be_added_and_passes(programs, course, tmp_path):
    copy = shutil.copytree(course, tmp_path / "course")
    for kind in DEFAULT_TITLES:
        done(programs / "grader", "new", "question", kind, "--in", "specs/hw1", cwd=copy)
    assert " 0 to look at, 0 failed\n" in done(programs / "grader", "spec", "check", cwd=copy)


def test_what_was_begun_is_graded(programs, course):
    grader = programs / "grader"
    assert "50 / 60 (10 pending)" in done(grader, "check", "submissions_example/right", cwd=course)
    done(grader, "grade", "submissions_example", "--out", "results", cwd=course)
    rows = (course / "results" / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert [row.partition(",")[0] for row in rows[1:]] == ["mistaken", "right"]


def test_pytest_works_after_that_one_installation(programs, course):
    said = done(programs / "pytest", "--submission", "submissions_example/right", "tests", cwd=course)
    assert "tests/test_by_hand.py .." in said
    assert "q1 ..." in said


def test_the_workflow_of_the_course_is_green(course, wheel, tmp_path):
    runner = GithubRunner(tmp_path / "runner", course, programs=fresh_environment(tmp_path / "venv"))
    runner.environment["PIP_FIND_LINKS"] = str(wheel.parent)
    steps = runner.job(Path(".github/workflows/specs.yml"))
    assert [(name, step.returncode) for name, step in steps] == [
        ("Install the grader", 0), ("Put the specs to the test", 0), ("See that wrong answers lose points", 0),
        ("Grade the examples", 0), ("Tests by hand", 0),
    ], steps[-1][1].stdout  # fmt: skip


def test_an_exported_workflow_installs_a_wheel_and_grades(programs, course, wheel, tmp_path):
    template = shutil.copytree(course / "submissions_example" / "right", tmp_path / "alice")
    done(programs / "grader", "export", "github", "hw1", "-o", template, "--wheel", wheel, cwd=course)
    runner = GithubRunner(tmp_path / "runner", template, programs=fresh_environment(tmp_path / "venv"))
    workflow = Path(".github/workflows/grade.yml")
    (_, installed), (_, graded) = runner.job(workflow, course)
    assert (installed.returncode, graded.returncode) == (0, 0), installed.stdout + graded.stdout
    assert ET.parse(runner.outputs()["junit"]).getroot().get("failures") == "0"
    shutil.copytree(course / "submissions_example" / "mistaken", runner.workspace, dirs_exist_ok=True)
    ((_, graded),) = runner.job(workflow, only="Grade")
    assert graded.returncode == 1
    assert ET.parse(runner.outputs()["junit"]).getroot().get("failures") != "0"


def test_an_exported_pipeline_installs_the_release_and_grades(programs, course, wheel, tmp_path):
    template = shutil.copytree(course / "submissions_example" / "right", tmp_path / "alice")
    done(programs / "grader", "export", "gitlab", "hw1", "-o", template, "--copy", cwd=course)
    runner = GitlabRunner(tmp_path / "runner", template, programs=fresh_environment(tmp_path / "venv"))
    assert runner.job(secret={"PIP_FIND_LINKS": str(wheel.parent)}).returncode == 0
    assert (runner.workspace / ".grader-report" / "junit.xml").is_file()


def test_what_is_installed_is_not_this_clone(programs):
    found = done(programs / "python", "-c", "import grader; print(grader.__file__)", cwd=programs)
    assert not found.startswith(str(ROOT))
    assert sysconfig.get_path("purelib") not in found
