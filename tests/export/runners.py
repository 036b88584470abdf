"""Stand-ins for the runners of GitHub and GitLab: they run the scripts of a written workflow as those do.

Sources: docs.github.com/actions/reference ("Workflow syntax": `shell: bash` is `bash --noprofile --norc -eo pipefail`;
"Variables": what a runner sets), docs.gitlab.com/runner ("Shells": the script of a job is one script that stops at the
first command that fails; docs.gitlab.com/ci/variables: what a job is given).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]

# Stands in for python3: a virtual environment whose interpreter is this one, and whose pip writes down what it is told.
PYTHON3 = """#!/bin/sh
[ "$1 $2 $3" = "-I -m venv" ] || exec "{python}" "$@"
mkdir -p "$4/bin"
cat >"$4/bin/python" <<'END'
#!/bin/sh
if [ "$1 $2 $3" = "-I -m pip" ]; then printf '%s\\n' "$@" >"{pip}"; exit; fi
exec "{python}" "$@"
END
chmod +x "$4/bin/python"
"""


def put_python_beside(folder: Path, pip: Path) -> None:
    """Puts the stand-in into a folder of programs; what pip is told is written into a file."""
    folder.mkdir(parents=True)
    (folder / "python3").write_text(PYTHON3.format(python=sys.executable, pip=pip))
    (folder / "python3").chmod(0o755)


class PushRunner:
    """A machine that a pushed submission comes to, with a stand-in for python3, or the `programs` of a real one.

    `pip` is the file with what the stand-in's pip was told; `environment` is what scripts find beside what their step
    gives them.
    """

    def __init__(self, folder: Path, repository: Path, *, programs: Path | None = None) -> None:
        self.folder, self.pip = folder, folder / "pip"
        self.workspace = shutil.copytree(repository, folder / "work space", symlinks=True)
        (folder / "temp").mkdir()
        if programs is None:
            put_python_beside(folder / "bin", self.pip)
        path = f"{programs or folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        kept = ("XDG_CACHE_HOME", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "HOME")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ} | {
            "PATH": path,
            "CI": "true",
        }

    def run(self, script: str, shell: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Runs a script in the workspace with these variables and those of the machine, and no others."""
        file = self.folder / "script.sh"
        file.write_text(script, encoding="utf-8")
        return subprocess.run(
            [*shell, str(file)], cwd=self.workspace, env=self.environment | variables, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600,
        )  # fmt: skip


class GithubRunner(PushRunner):
    """A runner of GitHub: each step of a job is a script of its own; actions are what the tests make of them."""

    def __init__(self, folder: Path, repository: Path, **options: Any) -> None:
        super().__init__(folder, repository, **options)
        self.summary, self.output = folder / "summary", folder / "output"
        self.environment |= {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "RUNNER_TEMP": str(folder / "temp"),
        }

    def job(
        self, workflow: Path, course: Path | None = None, *, only: str = ""
    ) -> list[tuple[str, subprocess.CompletedProcess[str]]]:
        """Every step of the only job in its order, up to the first that fails: the names and what became of each.

        A checkout with a path puts the `course` there; a variable GRADER_COURSE that is asked for has a value. `only`:
        this step alone, once more.
        """
        (job,) = yaml.safe_load((self.workspace / workflow).read_text(encoding="utf-8"))["jobs"].values()
        done = []
        for step in job["steps"]:
            if only not in ("", step["name"]):
                continue
            if "run" not in step:
                if course is not None and "path" in step["with"] and "checkout" in step["uses"]:
                    shutil.copytree(course, self.workspace / step["with"]["path"])
                continue
            if step.get("if") == "vars.GRADER_COURSE == ''" and course is not None:
                continue
            assert "${{" not in step["run"] + "".join(step.get("env", {}).values())
            done.append((step["name"], self.run(step["run"], SHELL, step.get("env", {}))))
            if done[-1][1].returncode:
                break
        return done

    def outputs(self) -> dict[str, str]:
        """What the steps have given to later ones."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


class GitlabRunner(PushRunner):
    """A runner of GitLab: the script of a job is one script, in bash where the image has it, else in sh."""

    def job(
        self, shell: list[str] | None = None, secret: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The only job of `.gitlab-ci.yml`; `secret` are variables of the project."""
        (job,) = yaml.safe_load((self.workspace / ".gitlab-ci.yml").read_text(encoding="utf-8")).values()
        variables = (
            {"CI_JOB_TOKEN": "job-token", "CI_PROJECT_DIR": str(self.workspace)} | job["variables"] | (secret or {})
        )
        return self.run("\n".join(job["script"]), shell or SHELL, variables)
