"""The project's own workflows: they parse, pin what they use, hold no right to write, and run what there is."""

from __future__ import annotations

import os
import re
import shlex

import pytest
import yaml

from .answers.helpers import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CHECKS = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_only_read_and_pins_what_it_uses(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert "latest" not in str([job["runs-on"], job["strategy"]])
    for step in steps_of(workflow):
        assert ("uses" in step) is not ("run" in step)
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1"))
        assert step.get("shell") == ("bash" if "run" in step else None)
        assert "${{" not in step.get("run", "")  # values reach scripts as variables
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_linux_runs_all_checks_with_each_python_that_is_supported():
    job = CHECKS["jobs"]["linux"]
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', PROJECT)
    assert job["strategy"]["matrix"]["python"] == supported
    last = job["steps"][-1]
    assert (last["run"], last["env"]) == (".ci/run", {"PYTHON": "python"})
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "python=${PYTHON:-python3}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_other_systems_run_the_test_command_of_the_readme():
    job = CHECKS["jobs"]["elsewhere"]
    assert [name.partition("-")[0] for name in job["strategy"]["matrix"]["system"]] == ["macos", "windows"]
    install, tests = (shlex.split(step["run"]) for step in job["steps"] if "run" in step)
    assert install[-2:] == ["-e", ".[test]"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f".venv/bin/{shlex.join(tests[2:])}\n" in readme
