"""Drawn inputs on disk: the same values come back, damage and missing rights cost nothing, nothing secret lies there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.inputs.drawn_values import Seed, Table
from grader.inputs.store import stored, value_from, written
from grader.language.arrays import Array

SCALARS = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(max_size=5)
ARRAYS = st.lists(st.floats(allow_nan=False), max_size=6).map(lambda entries: Array((len(entries),), entries))
KEYS = st.tuples(st.integers(0, 9), st.text(max_size=2))
TABLES = st.dictionaries(KEYS, SCALARS | st.tuples(SCALARS, SCALARS), max_size=4).map(
    lambda rows: Table(("state", "token"), rows)
)
VALUES = SCALARS | ARRAYS | TABLES | st.integers(0, 2**32).map(Seed) | st.lists(SCALARS | ARRAYS, max_size=4)


def plain(value: Any) -> Any:
    """Everything that tells two values apart, their types among it."""
    return ("table", value.parameters, [*value.rows.items()]) if isinstance(value, Table) else value


@pytest.mark.long
@given(VALUES)
def test_a_value_comes_back_as_it_was_written(value: Any) -> None:
    again = value_from(json.loads(json.dumps(written(value))))
    assert repr(plain(again)) == repr(plain(value))


@pytest.mark.parametrize(
    "sent", [{}, {"array": []}, {"seed": "1"}, {"thing": 1}, {"seed": 1, "array": 2}, {"tuple": 1}, [{"table": [[]]}]]
)
def test_what_nobody_wrote_is_not_read(sent: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        value_from(sent)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the corpora of this test lie."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "proofgrade" / "inputs"


class Drawing:
    """Counts how often it had to draw."""

    def __init__(self, *values: Any) -> None:
        self.times = 0
        self.values = values

    def __call__(self) -> list[Any]:
        self.times += 1
        return [{"x": value} for value in self.values]


def test_inputs_are_drawn_once(folder: Path) -> None:
    draw = Drawing(1, 2.5)
    assert stored(["one"], draw) == stored(["one"], draw) == [{"x": 1}, {"x": 2.5}]
    assert draw.times == 1
    stored(["another"], draw)
    assert draw.times == 2
    assert len([*folder.iterdir()]) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"1", b"2"),
        lambda data: b"\xff" * len(data),
        lambda data: data.partition(b"\n")[2],
        lambda data: b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_drawn_anew_and_mended(folder: Path, damage: Any) -> None:
    draw = Drawing(1)
    stored(["one"], draw)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert stored(["one"], draw) == [{"x": 1}]
    assert draw.times == 2
    assert file.read_bytes() == whole


def test_a_folder_that_is_none_costs_only_time(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("in the way")
    draw = Drawing(1)
    assert stored(["one"], draw) == stored(["one"], draw) == [{"x": 1}]
    assert draw.times == 2


def test_a_file_that_cannot_be_moved_to_its_place_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_paths: object, **_folders: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "replace", refused)
    assert stored(["one"], Drawing(1)) == [{"x": 1}]
    assert [*folder.iterdir()] == []


QUESTION = """\
question: double
title: Double
points: 2
answer: function
signature: double(x)
inputs: {x: "integer(0..500)"}
checks:
  - {name: shown,  points: 1, equals: reference.secret.double}
  - {name: hidden, points: 1, equals: reference.secret.double, hidden: true, inputs: {x: "integer(600..900)"}}
"""
REFERENCE = "def double(x):\n    return 2 * x + 1_000_003\n"
SCRIPT = """
import sys
from grader.kinds.function.plan import plan_of
from grader.kinds.table import load_assignment
(question,) = load_assignment(sys.argv[1]).questions
for group in plan_of(question).groups:
    print(group.cases)
print("hypothesis" in sys.modules)
"""


@pytest.mark.long
def test_another_process_meets_the_same_inputs_without_drawing_and_nothing_there_is_right(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "secret.py").write_text(REFERENCE)
    spec = tmp_path / "double.yaml"
    spec.write_text(QUESTION)
    printed = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT.replace("sys.argv[1]", f"__import__('pathlib').Path({str(spec)!r})")],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        ).stdout.splitlines()
        for _ in range(2)
    ]
    assert printed[0][:2] == printed[1][:2]
    assert (printed[0][2], printed[1][2]) == ("True", "False")
    files = [*folder.iterdir()]
    assert len(files) == 2
    for file in files:
        kept = json.loads(file.read_text().partition("\n")[2])
        assert kept
        assert {*map(tuple, kept)} == {("x",)}
        assert all(case["x"] < 1000 for case in kept)
