"""Gradescope's side: /autograder in a file tree of its own, set up once, and `run_autograder` as it is run there."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.export.gradescope import write_autograder
from grader.kinds.table import load_assignment

from ..answers.helpers import copy_course, write

# A new root of bind mounts with /autograder and /opt/grader in it, seen by this one process and its children alone.
ENTER = r"""
set -eu
autograder=$1 home=$2 root=$3; shift 3
mount -t tmpfs none "$root"
for entry in /*; do
    if [ -L "$entry" ]; then cp -P "$entry" "$root$entry"
    elif [ "$entry" = /opt ] || [ "$entry" = /autograder ]; then :
    elif [ -d "$entry" ]; then mkdir "$root$entry" && mount --rbind "$entry" "$root$entry"
    fi
done
mkdir -p "$root/autograder" "$root/opt/grader"
mount --bind "$autograder" "$root/autograder"
mount --bind "$home" "$root/opt/grader"
if [ -n "${READ_ONLY:-}" ]; then
    mount --bind "$autograder/submission" "$root/autograder/submission"
    mount -o remount,bind,ro "$root/autograder/submission"
fi
cd "$root"
exec chroot "$root" /bin/bash -c 'cd /autograder && exec "$@"' bash "$@"
"""

# The interpreter of this run, whose packages, with pip where it has one, stand in for the package index.
PYTHON = """#!/bin/sh
[ "$2" = venv ] && "{python}" -c "import pip" 2>/dev/null && set -- "$@" --without-pip
"{python}" "$@" || exit
if [ "$2" = venv ]; then
    for folder in "$3"/lib/python3*/site-packages; do echo "{packages}" >"$folder/index.pth"; done
fi
"""

LAB = """
question: {name}
title: Twice
points: 3
answer: function
signature: twice(n)
inputs: {{n: "integer(0..50)"}}
checks:
  - {{name: doubles, points: 2, equals: "reference.secret.twice"}}
  - {{name: doubles what is hidden, points: 1, equals: "reference.secret.twice", hidden: true}}
"""
SECRET = '"""The secret: ksxqvz."""\n\n\ndef twice(n):\n    return 2 * n\n'


class Results(NamedTuple):
    """What a run left behind: its exit code, what it printed, results.json, and the folder."""

    code: int
    out: str
    data: dict
    folder: Path

    @property
    def visible(self):
        """All the text that students see."""
        tests = [test for test in self.data["tests"] if test["visibility"] == "visible"]
        return json.dumps([self.data["output"], tests])


class Autograder:
    """An autograder.zip that was unpacked and set up."""

    def __init__(self, base):
        self.base, self.source, self.home = base, base / "source", base / "home"

    def enter(self, *command, folder=None, env=None, **settings):
        """Runs a command where the folder is /autograder."""
        root = self.base / "root"
        root.mkdir(exist_ok=True)
        prefix = ["unshare", "--mount", "--propagation", "private"]
        if os.geteuid() != 0:
            prefix = ["unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"]
        path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        clean = {"PATH": path, "PIP_NO_INDEX": "1", "HOME": "/", **(env or {})}
        return subprocess.run(
            [*prefix, "bash", "-c", ENTER, "bash", folder or self.base, self.home, root, *command],
            env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **settings,
        )  # fmt: skip

    def lay_out(self, folder, files):
        """The platform's folders, with the script where the platform copies it."""
        write(folder / "submission", files)
        (folder / "results").mkdir()
        shutil.copytree(self.source, folder / "source", symlinks=True)
        shutil.copy(self.source / "run_autograder", folder / "run_autograder")
        return folder

    def run(self, folder, env=None):
        """`run_autograder`, as the platform runs it, and the results that the platform then reads."""
        done = self.enter("/autograder/run_autograder", folder=folder, env=env)
        data = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
        assert sorted(path.name for path in (folder / "results").iterdir()) == ["results.json"]
        return Results(done.returncode, done.stdout, data, folder)


def unpack(archive, folder):
    """As `unzip` does it: with the modes that the archive has."""
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            packed.extract(entry, folder)
            os.chmod(folder / entry.filename, entry.external_attr >> 16 & 0o777)


def lab_course(folder, questions="q5, q6, q7", secret=SECRET):
    """A course with these questions, of which q7 is about a function, whose reference has a secret in it."""
    copy_course(folder)
    spec = folder / "specs" / "assignment3"
    write(spec, {"q7.yaml": LAB.format(name="q7")})
    write(spec, {"assignment.yaml": f"assignment: assignment3\nquestions: [{questions}]\n"})
    write(folder / "reference", {"secret.py": secret})
    return folder


@pytest.fixture(scope="session")
def autograder(tmp_path_factory):
    """Set up with the zip's own setup.sh, without a network."""
    probe = Autograder(tmp_path_factory.mktemp("probe"))
    probe.home.mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("no private mount namespace here: there is no unshare")
    if (found := probe.enter("true")).returncode:
        pytest.skip(f"no private mount namespace here: {found.stdout.strip()}")
    made = Autograder(tmp_path_factory.mktemp("autograder"))
    made.home.mkdir()
    course = lab_course(tmp_path_factory.mktemp("lab"))
    write_autograder(load_assignment(course / "specs" / "assignment3"), made.base / "autograder.zip")
    unpack(made.base / "autograder.zip", made.source)
    python = made.base / "python"
    python.write_text(PYTHON.format(python=sys.executable, packages=sysconfig.get_path("purelib")))
    python.chmod(0o755)
    done = made.enter("bash", "/autograder/source/setup.sh", env={"GRADER_PYTHON": "/autograder/python"})
    assert done.returncode == 0, done.stdout
    made.log = done.stdout
    return made
