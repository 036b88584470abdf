"""What the plugin costs a run that has nothing to do with it, and what an import of `grader` costs.

`pytest -m slow -s tests/benchmarks`.
"""

import sys

import pytest

from .measure import cpu_of, report

pytestmark = pytest.mark.slow

UNRELATED = "import pytest\n\n@pytest.mark.parametrize('n', range(200))\ndef test_it(n):\n    assert n == n\n"
ROUNDS = 24


def ratios(commands, folder):
    """The least CPU time of each command over that of the last one, and that one's in seconds.

    They run in turn, each first in some rounds. What others do on the machine lengthens a time, and nothing shortens
    it: of pairs that ran right after each other the medians of a command and itself lay 3 % apart.
    """
    times = {name: [] for name in commands}
    order = [*commands]
    for _ in range(ROUNDS):
        order = [*order[1:], order[0]]
        for name in order:
            times[name].append(cpu_of(commands[name], folder, 1))
    least = {name: min(found) for name, found in times.items()}
    *_, last = least.values()
    return [cost / last for cost in least.values()][:-1], last


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "test_unrelated.py").write_text(UNRELATED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def test_an_unrelated_run_pays_nothing(elsewhere):
    """200 tests with the plugin and with it left out; the control says how far the same command is from itself."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    without = [*command, "-p", "no:grader"]
    commands = {"with": command, "the same twice": without, "without": without}
    (share, control), seconds = ratios(commands, elsewhere)
    report(
        "an unrelated pytest run of 200 tests, CPU",
        {"without the plugin (ms)": seconds * 1e3, "with it, times": share, "the same twice, times": control},
    )
    assert share < 1.05


def test_importing_grader_is_nearly_free(elsewhere):
    """An empty Python against one that imports the package."""
    commands = {name: [sys.executable, "-c", f"import {name}"] for name in ("grader", "typing")}
    (share,), seconds = ratios(commands, elsewhere)
    report("import grader, CPU", {"import typing alone (ms)": seconds * 1e3, "and grader, times": share})
    assert share < 1.25
