"""What Windows lacks is asked for nowhere: every module is imported, and answers are graded, in a process without it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from .answers.helpers import DOUBLE, ROOT, copy_course, write


@pytest.mark.long
def test_answers_are_graded_where_unix_is_not(tmp_path):
    course = copy_course(tmp_path / "course")
    spec = write(tmp_path, {"double.yaml": DOUBLE}) / "double.yaml"
    for name in ("room_to_spare", "forgets_the_past"):
        shutil.copytree(ROOT / "submissions_example" / name, tmp_path / "submissions" / name)
    (tmp_path / "temporary").mkdir()
    # It has no locks of Unix, so that other tests would take its temporary folders for abandoned and remove them.
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.without_unix", course, spec],
        cwd=ROOT, capture_output=True, text=True, timeout=300, env=environment,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[:3] == ["cannot be imported: []", "q5 graded 70", "double graded 3"], done.stderr
    assert lines[-1] == "grade 0", done.stderr
    assert (tmp_path / "results" / "grades.csv").read_text().splitlines()[1:] == [
        "forgets_the_past,40,45,85,140,graded,proved",
        "room_to_spare,70,70,140,140,graded,proved",
    ]


@pytest.mark.slow
def test_all_tests_are_collected_where_unix_is_not():
    pytest.importorskip("playwright")
    done = subprocess.run(
        [sys.executable, "-m", "tests.without_unix"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.stdout.splitlines()[-1] == "pytest 0", done.stdout[-4000:]
