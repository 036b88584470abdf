"""What of the tests needs Linux, and is skipped with a word elsewhere: there students' code is not confined.

The rule: a test in one of these folders or files is about confined or killed processes; any other that comes to start the
sandbox is skipped there. `GRADER_TESTS_WITHOUT_SANDBOX=1` does the same on Linux, to see what is left.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.box import Sandbox

HAS_SANDBOX = sys.platform == "linux" and not os.environ.get("GRADER_TESTS_WITHOUT_SANDBOX")
_START = Sandbox._start
NO_SANDBOX = "students' code is confined on Linux alone"

ON_LINUX_ALONE = (
    "tests/api/test_notebook.py::test_a_function_of_a_cell_",  # a notebook shows what a skip raises
    "tests/attacks/",
    "tests/export/test_action.py",
    "tests/export/test_autograder_runs.py",
    "tests/lab/",
    "tests/sandbox/",
)
"""Folders and files of tests that are about confined processes, or that run scripts of Linux."""

NOT_READ_ON_WINDOWS = (
    []
    if find_spec("resource")
    else [Path(name).relative_to("tests").as_posix() for name in ON_LINUX_ALONE if "::" not in name]
)
"""Their helpers import modules of Unix."""


def skip_where_nothing_is_confined(items: list[pytest.Item]) -> None:
    """Marks the tests of those folders to be skipped, where that is so."""
    for item in items if not HAS_SANDBOX else ():
        if item.nodeid.startswith(ON_LINUX_ALONE):
            item.add_marker(pytest.mark.skip(reason=NO_SANDBOX))


def confined_or_skipped(sandbox: Any) -> Any:
    """Stands in for the start of the sandbox: what has to be confined is not, what need not be runs as it does there."""
    if sandbox.require == "strict":
        pytest.skip(NO_SANDBOX)
    return _START(sandbox)
