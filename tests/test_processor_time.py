"""The plugin that says which tests take processor time."""

import re
from pathlib import Path

import pytest

pytest.importorskip("resource")
pytest_plugins = ["pytester"]

TESTS = """
import subprocess, sys, time
import pytest

BUSY = "import time\\nwhile time.process_time() < 0.05: pass"

@pytest.mark.parametrize("number", range(2))
def test_here(number):
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass

def test_in_a_child():
    subprocess.run([sys.executable, "-S", "-c", BUSY], check=True)

def test_waits():
    time.sleep(0.05)
"""


@pytest.mark.long
def test_it_counts_what_is_worked_out_here_and_in_children_and_not_what_waits(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    pytester.makepyfile(test_some=TESTS)
    result = pytester.runpytest_subprocess("-p", "tests.processor_time", "-p", "no:xdist", "-q")
    seconds = {name: float(n) for n, name in re.findall(r"^ +([\d.]+)  (test_some\S*)$", result.stdout.str(), re.M)}
    assert result.ret == 0
    assert seconds["test_some.py::test_here"] >= 0.09
    assert seconds["test_some.py::test_in_a_child"] >= 0.04
    assert seconds["test_some.py::test_waits"] < seconds["test_some.py::test_here"]
    assert seconds["test_some.py"] == pytest.approx(sum(n for name, n in seconds.items() if "::" in name), abs=0.03)
