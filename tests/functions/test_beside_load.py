"""Marks and texts do not depend on what else the machine has to do."""

import subprocess
import sys

import pytest

from .conftest import judged

BUSY_PROCESSES = 6
BUSY_S = 5
"""Processor seconds of each: then it ends by itself."""


@pytest.fixture
def load():
    code = f"import time\nwhile time.process_time() < {BUSY_S}: pass"
    others = [subprocess.Popen([sys.executable, "-I", "-S", "-c", code]) for _ in range(BUSY_PROCESSES)]
    yield
    for other in others:
        other.kill()
        other.wait()


INPUTS = """{step: {arguments: {k: integer(0..69)}, gives: ["(k * k + 1) // 70"]}, s: integer(0..69),
             x: "sequence(0..3, integer(0..3))"}"""
LINES = """
equals: reference.mod.f, exhaustive: {length: 1}
feeds: reference.mod.f, exhaustive: {length: 1}
when: len(x) > 0, holds: out == 70, exhaustive: {length: 1}
pure: true, exhaustive: {length: 1}
"""
WALK = "def f(step, s, x):\n    for _ in x:\n        s = step(s)\n    return s\n"
SLEEPS = "import time\n" + WALK.replace("return s", "time.sleep(0.3 if s == 0 and len(x) == 1 else 0)\n    return s")


@pytest.mark.long
def test_beside_other_work_a_class_gets_the_same_marks_and_texts(question, load):
    """350 inputs and a supplied function of 70 rows; a function that is slow itself is so with and without load."""
    asked = question("f(step, s, x)", INPUTS, LINES, "", WALK)
    right = judged(asked, WALK, 0.1)
    assert [*right.earned.values()] == [1, 1, 0, 1]
    assert "step" in right.checks["line 3"].message
    slow = judged(asked, SLEEPS, 0.1)
    assert [*slow.earned.values()] == [0, 0, 0, 0]
    assert "took longer than the 0.1 s that a call may take" in slow.checks["line 1"].message
