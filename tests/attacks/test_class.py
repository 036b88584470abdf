"""A class that hands in every attack of the corpus: all are graded, none gains a point, and honest code beside them does."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox import Sandbox

from .conftest import Ground
from .test_attacks import attack_source

QUESTION = """\
question: seven
answer: function
signature: seven(x)
inputs: {x: integer(0..50)}
cases: 30
call_seconds: 0.3
checks: [{name: it is seven, points: 1, equals: reference.number.seven}]
"""
HONEST = "def seven(x):\n    return 7\n"
CALLED = b"\ntry:\n    def seven(x, _f=f): return _f()\nexcept NameError:\n    seven = print\n"
HANGS_AFTER_SECONDS = 1_500


def course(folder: Path, corpus: list[Any], ground: Ground) -> None:
    """A course of one question, and a class of all attacks between two honest submissions."""
    (folder / "reference").mkdir()
    (folder / "reference" / "number.py").write_text(HONEST)
    spec = folder / "specs" / "s"
    spec.mkdir(parents=True)
    (spec / "assignment.yaml").write_text("assignment: s\nquestions: [seven]\n")
    (spec / "seven.yaml").write_text(QUESTION)
    sources = {attack.name: ground.filled(attack_source(attack)) + CALLED for attack in corpus}
    for name, source in {"0-honest": HONEST.encode(), **sources, "zz-honest": HONEST.encode()}.items():
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "solution.py").write_bytes(source)


@pytest.mark.long
@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_a_class_of_attackers_is_graded_to_the_end(
    step: int, tmp_path: Path, corpus: list[Any], ground: Ground, boxes: dict[str, Sandbox]
) -> None:
    """Of every ninth attack always, of all with `pytest -m slow`."""
    corpus = corpus[::step]
    if boxes["A"].tier.name not in ("A", "B"):
        pytest.skip("students' code is not run on this machine unless less is asked for")
    course(tmp_path, corpus, ground)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", "class", "--jobs", "4" if step == 1 else "2", "--out", "out"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=HANGS_AFTER_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    rows = {
        row["submission"]: row for row in csv.DictReader((tmp_path / "out" / "grades.csv").read_text().splitlines())
    }
    assert len(rows) == len(corpus) + 2
    assert {name for name, row in rows.items() if row["total"] != "0"} == {"0-honest", "zz-honest"}
    assert {row["status"] for row in rows.values()} <= {"graded", "rejected"}
    written = "".join(path.read_text() for path in (tmp_path / "out").rglob("*.json"))
    assert ground.canary not in written + done.stdout + done.stderr
