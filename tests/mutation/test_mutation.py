"""The mutator itself, on a toy: which changes it makes, and that it tells those that a test notices from the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.__main__ import _ended
from tests.mutation.groups import GROUPS
from tests.mutation.mutants import mutants_of

ROOT = Path(__file__).parents[2]
TOY = """\
def clipped(value: int | None, low=0, high=9):
    \"\"\"A number between two others.\"\"\"
    return min(max(value, low), high) if value is not None else low
"""


def changes(source):
    return [(mutant.line, mutant.before, mutant.after) for mutant in mutants_of(source)]


def test_every_change_of_a_toy_is_listed_by_line_and_annotations_and_text_stay():
    whole = "min(max(value, low), high) if value is not None else low"
    assert changes(TOY) == [
        (1, "0", "1"),
        (1, "9", "10"),
        (3, "max", "min"),
        (3, "min", "max"),
        (3, whole, "low"),
        (3, whole, "min(max(value, low), high)"),
        (3, f"return {whole}", "return None"),
        (3, "value is not None", "value is None"),
    ]


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("a < b", "a <= b"), ("a != b", "a == b"), ("a in b", "a not in b"), ("a and b", "a or b"), ("not a", "a"),
        ("a + b", "a - b"), ("a | b", "a & b"), ("True", "False"), ("x[:n]", "x[:]"), ("any(x)", "all(x)"),
        ("d.setdefault(k, v)", "d.__setitem__(k, v)"),
    ],
)  # fmt: skip
def test_each_kind_of_change(source, after):
    (mutant,) = mutants_of(source)
    assert mutant.after in after
    compiled = compile(mutant.module, "toy", "exec")
    assert compiled.co_code or compiled.co_consts


def test_each_mutant_has_one_change_and_all_that_a_thorough_test_can_notice_are_noticed():
    def thorough(clipped):
        return [clipped(value) for value in (None, -1, 0, 1, 8, 9, 10)] == [0, 0, 0, 1, 8, 9, 9]

    def fails(mutant):
        names = {}
        exec(compile(mutant.module, "toy", "exec"), names)
        try:
            return not thorough(names["clipped"])
        except TypeError:
            return True

    assert [mutant.after for mutant in mutants_of(TOY) if not fails(mutant)] == []


RUN = """
import json, sys
from pathlib import Path
from tests.mutation.__main__ import places, survivors
from tests.mutation.groups import Group
group, root = Group(("toy/*.py",), ("test_toy.py",)), Path(sys.argv[1])
print(json.dumps([str(place) for place in survivors(group, root, places(group, root))]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants run in forked processes")
def test_what_a_poor_test_does_not_notice_is_shown_with_its_file_and_line(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "limits.py").write_text("def small(value):\n    return value < 10\n")
    (tmp_path / "test_toy.py").write_text(
        "from toy.limits import small\ndef test_small():\n    assert small(9) and not small(11)\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)], capture_output=True, text=True, timeout=300, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert json.loads(done.stdout) == [
        "toy/limits.py:2\n  - 10\n  + 11",
        "toy/limits.py:2\n  - value < 10\n  + value <= 10",
    ], done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants run in forked processes")
def test_a_mutant_that_hangs_is_ended_and_counts_as_killed():
    hangs = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
    assert _ended(hangs.pid, 0.1) != 0
    hangs.returncode = -9  # it has been waited for
    ends = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    assert _ended(ends.pid, 300) == 0
    ends.returncode = 0


def test_every_group_has_files_and_tests_that_exist():
    for group in GROUPS.values():
        assert all(list(ROOT.glob(pattern)) for pattern in group.sources)
        assert all((ROOT / test).exists() for test in group.tests)
