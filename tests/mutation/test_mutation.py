"""The mutator itself, on a toy: which changes it makes, and that it tells those that a test notices from the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.groups import GROUPS
from tests.mutation.mutants import sampled_mutants
from tests.mutation.runs import ended

ROOT = Path(__file__).parents[2]
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants run in forked processes")
TOY = '''\
"""Limits."""

from __future__ import annotations
from typing import TYPE_CHECKING

if TYPE_CHECKING or 1 == 2:
    WIDE = 3


def clipped(value: int | None, low=0) -> int:
    """A number of at least 0."""
    if value is None:
        raise ValueError("no number 1 was given" + "x")
    return max(
        value,
        low,
    )
'''


def toy(tmp_path, text=TOY):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "limits.py").write_text(text)
    return tmp_path


def test_the_changes_are_those_of_programs_and_sentences_and_what_is_there_for_types_stay(tmp_path):
    found = list(sampled_mutants(toy(tmp_path), ["toy/limits.py"], 1000, 1))
    changes = {(mutant.line, mutant.after) for mutant in found}
    assert len(changes) == len(found)
    assert {
        (10, "def clipped(value: int | None, low=1) -> int:"), (12, "if value is not None:"), (12, "if False:"),
        (13, 'raise ValueError("no number 1 was given" + "")'), (13, "pass"), (14, "return min("), (15, "low,"),
    } <= changes  # fmt: skip
    assert {mutant.line for mutant in found} == {10, 12, 13, 14, 15, 16}
    assert (13, 'raise ValueError("" + "x")') not in changes
    assert {mutant.statement for mutant in found if mutant.line == 12} == {range(12, 13)}
    assert {mutant.statement for mutant in found if mutant.line == 16} == {range(14, 18)}
    for mutant in found:
        compile(mutant.text, "toy", "exec")


def test_a_sample_is_the_same_for_the_same_seed_and_has_as_many_as_asked_for(tmp_path):
    root = toy(tmp_path)

    def sample(number, seed):
        return [str(mutant) for mutant in sampled_mutants(root, ["toy/limits.py"], number, seed)]

    assert sample(4, 1) == sample(4, 1)
    assert sample(4, 1) == sample(1000, 1)[:4]
    assert sample(1000, 1) != sample(1000, 2)
    assert sorted(sample(1000, 1)) == sorted(sample(1000, 2))


MODULE = """\
LIMIT = True
def small(value):
    return value < 10 and LIMIT
def ends():
    while True:
        return 3
def outer(by):
    def inner(value):
        return by * value
    return inner
double = outer("2")
def unused():
    return 1
def computed():
    return 5
"""
LAZY = "def late():\n    return 7\n"
TESTS = """\
import pytest
from toy.limits import computed, double, ends, small
def test_small():
    assert small(9) and not small(11)
def test_ends():
    assert ends() == 3
def test_double():
    assert double(4) == '2222'
@pytest.fixture(scope="module")
def kept():
    return computed()
def test_first(kept):
    assert kept
def test_second(kept):
    from toy.lazy import late
    assert kept + late() == 12
"""
RUN = """
import json, sys
from pathlib import Path
from tests.mutation.runs import from_fork, outcomes
root = Path(sys.argv[1])
def make(out):
    import pickle
    from tests.mutation.mutants import sampled_mutants
    pickle.dump(list(sampled_mutants(root, ["toy/limits.py", "toy/lazy.py"], 1000, 1)), out)
for name in ("pytest", "coverage"):
    __import__(name)
found = outcomes(root, ["test_toy.py"], next(from_fork(make)), min_seconds=1)
print(json.dumps([(mutant.file, mutant.line, mutant.after, outcome) for mutant, outcome in found]))
"""


def outcomes_of_toy(root, tests=TESTS):
    (root / "toy" / "lazy.py").write_text(LAZY)
    (root / "test_toy.py").write_text(tests)
    (root / "pytest.ini").write_text("[pytest]\n")
    return subprocess.run(
        [sys.executable, "-c", RUN, str(root)], capture_output=True, text=True, timeout=300, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip


@pytest.mark.long
@FORKS
def test_what_a_poor_test_does_not_notice_is_shown_with_its_file_and_line_and_nothing_else(tmp_path):
    done = outcomes_of_toy(toy(tmp_path, MODULE))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    survivors = {(line, after): outcome for file, line, after, outcome in found if outcome != "killed"}
    assert survivors.pop((3, "return value < 11 and LIMIT")) == "survived"
    assert survivors.pop((3, "return value <= 10 and LIMIT")) == "survived"
    unused = {place: outcome for place, outcome in survivors.items() if place[0] == 13}
    assert set(unused.values()) == {"executed by no test"}
    assert survivors == unused
    killed = {(file, line, after) for file, line, after, outcome in found if outcome == "killed"}
    assert {
        ("toy/limits.py", 1, "LIMIT = False"), ("toy/limits.py", 9, "return by + value"), ("toy/lazy.py", 2, "return 8"),
        ("toy/limits.py", 15, "return 4"), ("toy/limits.py", 11, 'double = outer("")'),
    } <= killed  # fmt: skip
    assert ("toy/limits.py", 6, "pass") in killed  # it hangs


@FORKS
def test_tests_that_fail_without_a_change_say_nothing_of_one(tmp_path):
    done = outcomes_of_toy(toy(tmp_path, MODULE), TESTS.replace("2222", "2223"))
    assert done.returncode != 0
    assert "without any change these tests fail: test_toy.py::test_double" in done.stderr


@FORKS
def test_a_process_that_hangs_is_ended_and_counts_as_one_that_failed():
    hangs = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
    assert ended(hangs.pid, 0.1) != 0
    hangs.returncode = -9  # it has been waited for
    ends = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    assert ended(ends.pid, 300) == 0
    ends.returncode = 0


def test_every_group_has_files_and_tests_that_exist():
    for group in GROUPS.values():
        assert all(list(ROOT.glob(pattern)) for pattern in group.sources)
        assert group.files(ROOT)
        assert all((ROOT / test).exists() for test in group.tests)
