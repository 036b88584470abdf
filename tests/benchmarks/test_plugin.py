"""What the plugin costs a run that has nothing to do with it, and what an import of `grader` costs.

`pytest -m slow -s tests/benchmarks`.
"""

import statistics
import sys

import pytest

from .measure import cpu_of, report

pytestmark = pytest.mark.slow

UNRELATED = "import pytest\n\n@pytest.mark.parametrize('n', range(200))\ndef test_it(n):\n    assert n == n\n"
ROUNDS = 15


def ratio(one, other, folder):
    """The CPU time of one command over another's: the median over pairs that ran right after each other."""
    pairs = [(cpu_of(one, folder, 1), cpu_of(other, folder, 1)) for _ in range(ROUNDS)]
    return statistics.median(a / b for a, b in pairs), statistics.median(b for _, b in pairs)


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "test_unrelated.py").write_text(UNRELATED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def test_an_unrelated_run_pays_nothing(elsewhere):
    """200 tests with the plugin and with it left out; the control says how far the same command is from itself."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    without = [*command, "-p", "no:grader"]
    share, seconds = ratio(command, without, elsewhere)
    control, _ = ratio(without, without, elsewhere)
    report(
        "an unrelated pytest run of 200 tests, CPU",
        {"without the plugin (ms)": seconds * 1e3, "with it, times": share, "the same twice, times": control},
    )
    assert share < 1.05


def test_importing_grader_is_nearly_free(elsewhere):
    """An empty Python against one that imports the package."""
    share, seconds = ratio([sys.executable, "-c", "import grader"], [sys.executable, "-c", "import typing"], elsewhere)
    report("import grader, CPU", {"import typing alone (ms)": seconds * 1e3, "and grader, times": share})
    assert share < 1.25
