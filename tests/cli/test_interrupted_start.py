"""Ctrl-C while the command still starts: it ends with 130 and without a traceback."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ..answers.helpers import write

AS_A_SCRIPT = "import sys; from grader.__main__ import start; sys.exit(start())"
"""What a script does that pip makes of the entry point."""

INTERRUPTS = """\
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have told the tests to ignore it
signal.raise_signal(signal.SIGINT)
"""
LOADED_FIRST = """\
import __future__, sys, typing
before = {*sys.modules}
import grader.__main__
print(*sorted({*sys.modules} - before))
"""
pyproject = Path(__file__).parents[2] / "pyproject.toml"


@pytest.mark.parametrize("program", [["-m", "grader"], ["-c", AS_A_SCRIPT]], ids=["module", "script"])
@pytest.mark.parametrize("module", ["click", "grader_interrupts_here"])
def test_an_interrupt_while_modules_are_imported_is_quiet(tmp_path, program, module):
    """The interrupt comes where the first module from outside of the standard library is imported, or not at all."""
    folder = write(tmp_path / "first", {f"{module}.py": INTERRUPTS})
    done = subprocess.run(
        [sys.executable, *program, "--version"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(pyproject.parent)])},
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    is_interrupted = module == "click"
    assert (done.returncode, done.stderr) == (130 if is_interrupted else 0, "")
    assert bool(done.stdout) != is_interrupted


def test_next_to_nothing_is_imported_before_interrupts_are_heeded():
    done = subprocess.run([sys.executable, "-c", LOADED_FIRST], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["grader", "grader.__main__"]


def test_the_script_that_is_installed_starts_there():
    assert tomllib.loads(pyproject.read_text())["project"]["scripts"] == {"grader": "grader.__main__:start"}
