"""The composite action: its YAML, and its steps run in the shell that GitHub runs them in."""

import base64
import json
import os
import re
import subprocess
from xml.etree import ElementTree as ET

import pytest
import yaml

from grader.export.on_push import script_of

from ..answers.helpers import Q5, Q6, ROOT, write
from ..reports.test_github import read_by_the_runner
from .runners import SHELL, put_python_beside

FOLDER = ROOT / ".github" / "actions" / "grade"
ACTION = yaml.safe_load((FOLDER / "action.yml").read_text(encoding="utf-8"))


class Runner:
    """The parts of GitHub's runner that the steps meet."""

    def __init__(self, folder, course):
        self.folder, self.course = folder, course
        self.summary, self.output, self.pip = folder / "summary", folder / "output", folder / "pip"
        self.temp = folder / "temp"
        self.temp.mkdir(parents=True)
        put_python_beside(folder / "bin", self.pip)

    def step(self, name, **inputs):
        """One step with its inputs put into its environment, as the runner does it."""
        step = next(step for step in ACTION["runs"]["steps"] if step["name"] == name)
        given = {f"inputs.{key}": value.get("default", "") for key, value in ACTION["inputs"].items()}
        given |= {f"inputs.{key.replace('_', '-')}": value for key, value in inputs.items()}
        given["github.action_path"] = str(FOLDER)
        expression = re.compile(r"\$\{\{ (.*?) \}\}")
        env = {key: expression.sub(lambda match: given[match[1]], text) for key, text in step["env"].items()}
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        known = {"GITHUB_STEP_SUMMARY": self.summary, "GITHUB_OUTPUT": self.output, "RUNNER_TEMP": self.temp}
        script = write(self.folder, {"step.sh": step["run"]}) / "step.sh"
        return subprocess.run(
            [*SHELL, script], cwd=self.course, env={"PATH": path, **{k: str(v) for k, v in known.items()}, **env},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip

    def outputs(self):
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


def commands_in(log):
    """The commands that the runner acts on: none between `::stop-commands::word` and `::word::`."""
    stopped, acted_on = "", []
    for line in log.splitlines():
        if stopped:
            stopped = "" if line == f"::{stopped}::" else stopped
        elif line.startswith("::stop-commands::"):
            stopped = line.removeprefix("::stop-commands::")
        elif line.startswith("::"):
            acted_on += read_by_the_runner(line)
        else:
            assert "##[" not in line
    assert not stopped
    return acted_on


@pytest.fixture
def runner(tmp_path, shared_course):
    made = Runner(tmp_path / "runner", shared_course)
    assert made.step("Install the grader").returncode == 0
    return made


def test_the_action_runs_the_scripts_that_workflows_have():
    """They lie in the package for `grader export github`, and here for who uses the action of a clone."""
    assert [step["run"] for step in ACTION["runs"]["steps"]] == [
        script_of("github/install.sh"),
        script_of("github/grade.sh"),
    ]


def test_the_action_is_a_composite_one_and_puts_no_input_into_a_script():
    assert {"name", "description", "inputs", "outputs", "runs"} == set(ACTION)
    assert ACTION["runs"]["using"] == "composite"
    assert set(ACTION["inputs"]) == {"submission", "spec", "source", "packages", "require-sandbox"}
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.grade.outputs.{name} }}}}"


@pytest.mark.parametrize(
    ("source", "installed"), [("", f"{FOLDER}/../../.."), ("proofgrade==0.1.0", "proofgrade==0.1.0")]
)
def test_the_grader_comes_from_the_actions_own_repository_or_from_where_one_says(runner, source, installed):
    assert runner.step("Install the grader", source=source).returncode == 0
    assert runner.pip.read_text().splitlines()[-2:] == ["--", installed]
    assert (FOLDER / ".." / ".." / ".." / "pyproject.toml").resolve() == ROOT / "pyproject.toml"
    assert runner.step("Install the grader", source=source, packages="scipy torch").returncode == 0
    assert runner.pip.read_text().splitlines()[-4:] == ["--", installed, "scipy", "torch"]


@pytest.mark.long
def test_lost_points_are_annotated_summed_up_and_kept(runner, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": f"q5: {{W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}}\n{Q6}"})
    done = runner.step("Grade", submission=str(folder), spec="specs/assignment3")
    assert done.returncode == 1
    (command,) = commands_in(done.stdout)
    assert (command.kind, command.properties["line"]) == ("error", "1")
    assert "alice - assignment3" in done.stdout
    assert runner.summary.read_text().startswith("## alice - assignment3: 110 / 140\n")
    outputs = runner.outputs()
    assert outputs["exit-code"] == "1"
    assert ET.parse(outputs["junit"]).getroot().get("failures") == "1"
    assert json.loads(base64.b64decode(outputs["result"]))["status"] == "fail"


INJECTION = "::error file=x::pwned\n::stop-commands::x\n##[error]pwned\n"


@pytest.mark.long
def test_no_answer_commands_the_runner(runner, tmp_path):
    answers = json.dumps({"q5": {INJECTION: 1, "W1": INJECTION}, INJECTION: INJECTION})
    folder = write(tmp_path / "alice", {"answers.json": answers})
    done = runner.step("Grade", submission=str(folder), spec="specs/assignment3")
    assert done.returncode == 2
    assert {command.kind for command in commands_in(done.stdout)} == {"error"}
    assert "pwned" not in [command.message for command in commands_in(done.stdout)]
    assert set(runner.outputs()) == {"junit", "result", "exit-code"}


@pytest.mark.long
@pytest.mark.parametrize("spec", ["nowhere", "$(touch pwned)", "'; touch pwned; '", "--help"])
@pytest.mark.sampled(3)
def test_an_input_is_never_run_and_what_cannot_be_used_is_an_error(runner, tmp_path, spec):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    done = runner.step("Grade", submission=str(folder), spec=spec)
    assert done.returncode == 2
    assert [command.properties["title"] for command in commands_in(done.stdout)] == ["No report"]
    assert runner.outputs() == {"exit-code": "2"}
    assert not (runner.course / "pwned").exists()


def test_a_submission_may_be_called_anything(runner, tmp_path, monkeypatch):
    folder = write(tmp_path / "-x ; touch pwned", {"answers.yaml": Q5 + Q6})
    monkeypatch.setattr(runner, "course", tmp_path)
    done = runner.step("Grade", submission=folder.name, spec=str(ROOT / "specs" / "assignment3" / "q5.yaml"))
    assert done.returncode == 0
    assert not (tmp_path / "pwned").exists()
